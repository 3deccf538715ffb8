/* grammar: hints as a grammar for the decoder.
 *
 * Source: JSpeech Grammar Format, W3C note of 5 June 2000, as far as sphinxbase reads it.
 */
#ifndef CALLPIPE_STT_GRAMMAR_H
#define CALLPIPE_STT_GRAMMAR_H

#include "base/dynbuf.h"
#include "hints.h"

#define GRAMMAR_WORD_MAX 48 /* bytes of a word, with its NUL */

/* Next word of a phrase: lower case, letters, apostrophes, hyphens and full stops within it; a digit is a word of its
 * own ("4": "four"). False at the end. *s moves on. Accents go; other letters than
 * a to z end up in the word as they are: no dictionary has it. */
bool grammar_word(const char **s, char word[GRAMMAR_WORD_MAX]);

/* The phones of CMUdict; each has a word of its own, GRAMMAR_SOUND and its name, for sounds that are no words. */
extern const char *const grammar_phones[];
extern const size_t grammar_phones_n;
#define GRAMMAR_SOUND "_"

/* JSGF of what is hinted at into *ret. within: a phrase may stand among other sounds ("er, the internet, please"); digits
 * always stand alone. knows is asked of every word: false leaves out its phrase. -1: the buffer has failed; 0 with an
 * empty buffer: nothing is left. */
int grammar_build(const struct hints *h, bool within, bool (*knows)(void *ctx, const char *word),
	void *ctx, struct dynbuf *ret) MUST_USE;
/* JSGF of any sounds: what words have to fit better than. */
int grammar_sounds(struct dynbuf *ret) MUST_USE;

#endif
