/* sound: a source becomes a prompt: level, true peak, a WAV file in the folder. */
#ifndef CALLPIPE_PROMPTS_SOUND_H
#define CALLPIPE_PROMPTS_SOUND_H

#include "book.h"

/* Write the prompt `name` (it may have folders in it, which are made), and fill what is made in e: source, made, and
 * the figures. 0, or an exit code with the reason in why. */
int sound_make(const struct settings *set, const struct source *s, int dirfd, const char *name,
	struct entry *e, char why[WHY_MAX]) MUST_USE;

#endif
