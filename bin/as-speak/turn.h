/* turn: how long each step of one answer took, from the end of the caller's speech to the first audible frame.
 *
 * Pure. The steps are seen as their events pass the end of the pipeline. Turn 0 is the greeting, measured from
 * accept.
 */
#ifndef AS_SPEAK_TURN_H
#define AS_SPEAK_TURN_H

#include "base/dynbuf.h"

enum turn_step {
	TURN_ENDPOINT,
	TURN_TRANSCRIPT,
	TURN_ASKED, /* a model */
	TURN_TOKEN, /* its first one */
	TURN_TEXT,
	TURN_AUDIO,
	TURN_FILLER,
	TURN_AUDIBLE,
	TURN_STEPS
};

struct turn_meter {
	bool open;                 /* no answer has been audible yet */
	int64_t turn;              /* number; -1: none was given (a key before any voice) */
	int64_t speech_end_ms;     /* call time the caller stopped speaking */
	int64_t at_ms[TURN_STEPS]; /* call time of each step, -1: not seen */
};

void turn_init(struct turn_meter *m);
/* The caller has stopped: speech ended at speech_end_ms, and that is known now. */
void turn_begin(struct turn_meter *m, int64_t turn, int64_t speech_end_ms, int64_t now_ms);
/* A step of the turn under way; the first time counts. */
void turn_step(struct turn_meter *m, enum turn_step step, int64_t now_ms);
/* The first audible frame of an answer: appends the data of a `turn` event to b and closes the turn; false if
 * no turn is open. */
bool turn_audible(struct turn_meter *m, int64_t now_ms, struct dynbuf *b);

#endif
