/* cut: audio of any size, with its call time, to frames of 20 ms.
 */
#ifndef CALLPIPE_AUDIO_CUT_H
#define CALLPIPE_AUDIO_CUT_H

#include "base/util.h"

#define CUT_FRAME_MAX 320 /* samples of 20 ms at 16 kHz */

struct cut {
	int rate_hz;                    /* 8000 or 16000 */
	int16_t samples[CUT_FRAME_MAX]; /* of the frame that is not complete */
	size_t n;                       /* of them */
	int64_t next_ms;                /* call time of the sample after the last */
};

void cut_init(struct cut *c, int rate_hz);
/* Samples (little endian) whose first is at at_ms; each frame that is complete is handed on, with the call time of its
 * first sample. Where they do not follow the last ones, a frame that was begun is dropped. */
void cut_add(struct cut *c, int64_t at_ms, const void *le_bytes, size_t samples,
	void (*frame)(void *ctx, int64_t at_ms, const int16_t *samples), void *ctx);

#endif
