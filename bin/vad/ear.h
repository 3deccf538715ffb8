/* ear: audio of any size to frames of 20 ms, and what is known of each: score, level, noise, tone.
 */
#ifndef VAD_EAR_H
#define VAD_EAR_H

#include "audio/cut.h"
#include "audio/endpoint.h"
#include "audio/tone.h"
#include "audio/voice.h"

struct ear {
	int rate_hz; /* 8000 or 16000; 0: not open */
	struct voice *voice;
	struct tone tone;
	int voiced; /* frames in a row that may be a voice, and no tone */
	struct cut cut;
	void (*frame)(void *ctx, const struct endpoint_frame *f); /* of the ear_hear under way */
	void *ctx;
};

/* -1 with errno. */
int ear_open(struct ear *ear, int rate_hz) MUST_USE;
void ear_close(struct ear *ear);
/* Samples (little endian) whose first is at at_ms; each frame that is complete is handed on. Where they do not follow
 * the last ones, a frame that was begun is dropped. */
void ear_hear(struct ear *ear, int64_t at_ms, const void *le_bytes, size_t samples,
	void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx);

#endif
