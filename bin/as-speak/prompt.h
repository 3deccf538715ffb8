/* prompt: a sound file on its way into the player.
 *
 * Reading and decoding block on the disk, so a child does it, and its samples come through a pipe as they are made.
 */
#ifndef AS_SPEAK_PROMPT_H
#define AS_SPEAK_PROMPT_H

#include "base/loop.h"
#include "player.h"

struct prompt {
	struct loop *loop;         /* reads the pipe */
	struct loop_source source; /* the pipe from the child */
	struct player *player;     /* plays it */
	const char *id;            /* utterance it becomes */
	size_t samples;            /* received */
	uint8_t odd;               /* half a sample that was read */
	bool has_odd;              /* odd holds one; at the end: the child has failed */
	bool over;                 /* all of it has come */
};

/* Announce path as the next utterance and start reading it; -1 with errno. */
int prompt_start(struct prompt *pr, struct loop *loop, struct player *player, const char *id,
	const char *path) MUST_USE;
/* Until all of it has come, however long that takes: not in a call. */
void prompt_wait(struct prompt *pr);

#endif
