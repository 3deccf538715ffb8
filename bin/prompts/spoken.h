/* spoken: prompts that are texts: NAME.txt is spoken by tts, or, beside a recording of that name, is what it says.
 */
#ifndef CALLPIPE_PROMPTS_SPOKEN_H
#define CALLPIPE_PROMPTS_SPOKEN_H

#include "book.h"

#define SPOKEN_END ".txt"
#define SPOKEN_MAX 8192 /* bytes of a text */

/* Is it a text, by its name? */
bool spoken_is(const char *path);
/* The recording beside a text: one of these ends instead of its own. NULL: there is none, or no memory; else malloc'd.
 * ends: NULL at the end. */
char *spoken_recording(const char *path, const char *const ends[]);
/* The text beside a recording. NULL: there is none, or no memory; else malloc'd. */
char *spoken_beside(const char *path);

/* These return 0, or an exit code with the reason in why. */

/* The words of a text, in one line; *ret is malloc'd. */
int spoken_read(const char *path, char **ret, char why[WHY_MAX]) MUST_USE;
/* Have tts say them, and make the prompt `name` of that as sound_make does. */
int spoken_make(const struct settings *set, const char *words, int dirfd, const char *name,
	struct entry *e, char why[WHY_MAX]) MUST_USE;

#endif
