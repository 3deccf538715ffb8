/* ear: audio of any size to frames of 20 ms, and what is known of each: score, level, noise, tone.
 */
#ifndef VAD_EAR_H
#define VAD_EAR_H

#include "audio/tone.h"
#include "audio/voice.h"
#include "endpoint.h"

#define EAR_FRAME_MAX 320 /* samples of 20 ms at 16 kHz */

struct ear {
	int rate_hz; /* 8000 or 16000; 0: not open */
	struct voice *voice;
	struct tone tone;
	int voiced;                     /* frames in a row that may be a voice, and no tone */
	int16_t samples[EAR_FRAME_MAX]; /* of the frame that is not complete */
	size_t n;                       /* of them */
	int64_t next_ms;                /* call time of the sample after the last */
};

/* -1 with errno. */
int ear_open(struct ear *ear, int rate_hz) MUST_USE;
void ear_close(struct ear *ear);
/* Samples (little endian) whose first is at at_ms; each frame that is complete is handed on. Where they do not follow
 * the last ones, a frame that was begun is dropped. */
void ear_hear(struct ear *ear, int64_t at_ms, const void *le_bytes, size_t samples,
	void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx);

#endif
