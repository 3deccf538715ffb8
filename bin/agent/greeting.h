/* greeting: what the first words of an outbound call tell of who says them: odds, and which kind of machine it is.
 *
 * What only a machine says ("after the tone", "press one") nearly decides; what a secretary may say, too ("is not available")
 * is the intent machine (language.h) and counts less; a short hello, or who wants to know who calls, speaks for a person.
 */
#ifndef AGENT_GREETING_H
#define AGENT_GREETING_H

#include "understand.h"

#define GREETING_TEXT_MAX 80 /* bytes of the words that were the reason, with the NUL */

struct greeting {
	float odds;                   /* natural logarithm, above 0: a machine */
	bool phrase;                  /* something of a machine was said */
	const char *kind;             /* "voicemail", "ivr", "screening", "full"; NULL: not known */
	char text[GREETING_TEXT_MAX]; /* what of it decided; "": nothing */
};

/* All that has been said in a turn so far. */
void greeting_hear(const struct utterance *u, struct greeting *ret);

#endif
