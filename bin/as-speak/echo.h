/* echo: what the caller says, played back: a test of the line.
 */
#ifndef AS_SPEAK_ECHO_H
#define AS_SPEAK_ECHO_H

#include "base/ring.h"

struct echo {
	struct ring audio;  /* caller's samples, host order */
	size_t frame_bytes; /* 20 ms */
	bool running;       /* enough is there to play without a gap */
};

int echo_init(struct echo *e, int rate_hz) MUST_USE;
void echo_free(struct echo *e);
void echo_put(struct echo *e, const void *le_bytes, size_t samples);
/* 20 ms into out: true, or false (out untouched) if there is nothing to play. */
bool echo_frame(struct echo *e, int16_t *out);

#endif
