/* understand: what the caller's words mean, as far as words tell it: matches, intents, digits, mood.
 *
 *	struct utterance u;
 *	understand(&u, "Non, c'est le quatre deux dix-sept.", "fr-FR");
 *	understand_words(&u, "compte client", NULL)                   no
 *	understand_intent(&u, "no", NULL)                             yes
 *	understand_digits(&u, 4, 4, digits)                           "4217"
 *	understand_sentiment(&u).mood                                 MOOD_NEGATIVE
 *	understand_free(&u);
 *
 * Everything is compared folded (text/fold.h). What belongs to a language is one table (language.h, lang-fr.c ...);
 * of a language without a table, words, expressions and digits written as digits are understood, nothing else.
 */
#ifndef AGENT_UNDERSTAND_H
#define AGENT_UNDERSTAND_H

#include <regex.h>

#include "base/dynbuf.h"

#define UNDERSTAND_TEXT_MAX 16384 /* bytes of an utterance; what is behind them is not looked at */
#define UNDERSTAND_DIGITS_MAX 64  /* digits of a number that is said or keyed */

struct language; /* the table of a language, language.h */

struct utterance {
	const struct language *language; /* NULL: none is known */
	const char *text;                /* as transcribed; the caller's, must live as long */
	size_t text_bytes;               /* bytes that are looked at */
	struct dynbuf folded;            /* the same, folded */
};

/* A piece of the folded text. */
struct match {
	size_t at; /* offset in folded, bytes */
	size_t n;  /* bytes */
};

enum mood { MOOD_POSITIVE, MOOD_NEGATIVE, MOOD_NEUTRAL, MOOD_INTERROGATIVE };

struct sentiment {
	enum mood mood;
	double confidence; /* 0..1 */
};

/* Language: BCP 47 ("fr", "fr-CA"; NULL, "" or an unknown one: none). -1: no memory. */
int understand(struct utterance *u, const char *text, const char *language) MUST_USE;
void understand_free(struct utterance *u);

/* True if nothing was said: no letter and no digit. */
bool understand_nothing(const struct utterance *u);

/* Does the phrase stand in what was said, as whole words? A word that ends in `*` fits every word that begins so
 * (internet*); a `*` alone fits up to three words, or none (not * interested); `^` at the beginning, `$` at the end
 * stand for the ends of what was said. ret_match may be NULL. */
bool understand_words(const struct utterance *u, const char *phrase, struct match *ret_match);
/* How many phrases of a list of language.h were said, at most this many; *ret_first: the first of them in the list. */
int understand_list(
	const struct utterance *u, const char *const *list, int most, const char **ret_first);

/* Does a compiled expression match, in the folded text or as transcribed (*ret_folded says which)? groups: n of them,
 * as regexec(3) sets them, offsets in that text; n may be 0. */
bool understand_regex(const struct utterance *u, const regex_t *regex, size_t n, regmatch_t *groups,
	bool *ret_folded);

/* The built-in intents: yes, no, operator (a person is wanted), repeat (not understood, say it again), wait, bye,
 * anger, opt_out (never call again), unsure, help, machine (an answering machine speaks); NULL at the end. yes and no
 * exclude each other: "no problem" is a yes, and of "yes, no, yes" the last counts. */
extern const char *const understand_intents[];
bool understand_intent(const struct utterance *u, const char *intent, struct match *ret_match);
/* Some ways to say it, as written, for a recogniser; NULL at the end. NULL: none. Patterns (`*`, `^`, `$`) are among
 * them: pass over those. */
const char *const *understand_intent_words(const char *language, const char *intent);

/* True if the words only show that the caller is listening ("mm-hm", "d'accord"). */
bool understand_backchannel(const struct utterance *u);

/* A number of min to max digits, said one by one, in pairs, in words of any size, or written by the recogniser, mixed
 * as it comes ("oh six, twelve, 34, double seven"). Of several that fit the last one counts, as people correct
 * themselves. */
bool understand_digits(
	const struct utterance *u, int min, int max, char ret[UNDERSTAND_DIGITS_MAX + 1]);

/* The first amount that is said: "twenty-five boxes" 25, "2,500" 2500, "two point five" 2.5. */
bool understand_number(const struct utterance *u, double *ret);

struct sentiment understand_sentiment(const struct utterance *u);
/* "positive", "negative", "neutral", "interrogative". */
const char *mood_name(enum mood mood);

#endif
