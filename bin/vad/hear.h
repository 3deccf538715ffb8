/* hear: what is known of each 20 ms of a caller's audio: score, level, noise, tone.
 */
#ifndef VAD_HEAR_H
#define VAD_HEAR_H

#include "audio/ear.h"

struct hear {
	struct ear ear;
	int voiced; /* frames in a row that may be a voice, and no tone */
	void (*frame)(void *ctx, const struct endpoint_frame *f);
	void *ctx;
};

/* Before the first audio, which goes to the ear; each frame is handed on. */
void hear_init(struct hear *h, void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx);

#endif
