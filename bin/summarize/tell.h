/* tell: a call in a few sentences, made from its states, results and tools: for people, in English.
 *
 * Pure. What the caller said is quoted, not interpreted.
 */
#ifndef SUMMARIZE_TELL_H
#define SUMMARIZE_TELL_H

#include "base/dynbuf.h"
#include "record/story.h"

/* Appends the text to b. -1: it has no room. */
int tell_call(const struct kept *k, const struct story *s, struct dynbuf *b) MUST_USE;

/* How the call ended, for a sentence: "transferred", "ended by the caller". */
const char *tell_outcome(const struct story *s);

#endif
