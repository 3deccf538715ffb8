/* language: what the agent knows of a language: how intents and moods are put into words.
 *
 * One file holds one table (lang-en.c ...); a new language is such a file and its line in understand.c. Lists are of
 * patterns (phrase.h), written as people write, NULL at the end. Where several fit at one place of what was said the
 * one of most words counts, so that "no problem" is no "no": lists need not mind each other.
 *
 * Mood, in this order (reference: the French outbound qualifier, whose rules these are):
 *	1. idioms, whose words alone mean something else: "pourquoi pas" (positive)
 *	2. questions: "c'est combien"; a question mark, where nothing of 3 and 4 is said
 *	3. strong negatives, strong positives behind a negation ("pas d'accord")
 *	4. strong positives
 *	5. the rest is counted: positives against negatives, a negation turns the next one
 * What shows only that nothing was understood ("Allô ?", "Hein ?"), the intent repeat, is neutral.
 */
#ifndef AGENT_LANGUAGE_H
#define AGENT_LANGUAGE_H

#include <stddef.h>

struct language {
	const char *code; /* ISO 639-1 */

	/* intents, in the order of understand_intents */
	const char *const *yes;      /* strong positives */
	const char *const *no;       /* strong negatives */
	const char *const *operator; /* a person is wanted */
	const char *const *repeat;   /* say it again, not understood */
	const char *const *wait;
	const char *const *bye;
	const char *const *anger;
	const char *const *opt_out; /* never call again */
	const char *const *unsure;
	const char *const *help;
	const char *const *machine; /* an answering machine, a mailbox */

	/* mood */
	const char *const *idioms_yes;
	const char *const *idioms_no;
	const char *const *idioms_neutral; /* politeness and others that are neither */
	const char *const *questions;
	const char *const *positive;  /* counted */
	const char *const *negative;  /* counted */
	const char *const *negations; /* turn what follows within three words */

	/* shows that one listens; all of what was said is of these */
	const char *const *backchannels;

	/* what only a machine that answers says, in the order in which they decide its kind (greeting.h) */
	const char *const *mailbox_full;
	const char *const *screening; /* who calls, and why, is asked before it is put through */
	const char *const *voicemail;
	const char *const *ivr; /* a menu, a queue */
	/* .. and what a person asks: who is calling? */
	const char *const *who_calls;
};

extern const struct language language_en, language_fr, language_ar, language_ru, language_uk;

#endif
