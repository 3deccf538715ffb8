/* mood: what of an utterance says yes or no, likes or dislikes, asks: for understand.c.
 */
#ifndef AGENT_MOOD_H
#define AGENT_MOOD_H

#include "language.h"
#include "phrase.h"
#include "understand.h"

/* u->language must be known. */
struct sentiment mood_of(const struct utterance *u, const struct said *said);
/* The last thing that says yes or no: 'y', 'n', 0 (nothing does), and where it stands, in words. */
char mood_answer(const struct utterance *u, const struct said *said, size_t *ret_at, size_t *ret_n);
/* Is every word of what was said in a pattern of the list? */
bool mood_all_of(const struct said *said, const char *const *list);

#endif
