/* hold: the latest caller audio, as the bytes that were read, until it is known whether it belongs to a voice.
 */
#ifndef VAD_HOLD_H
#define VAD_HOLD_H

#include "base/dynbuf.h"

/* Frames of 20 ms: pre-roll, what a voice needs to be certain, and how far its beginning is dated back. */
#define HOLD_FRAMES_MAX 96

struct hold_item {
	int64_t at_ms, to_ms; /* call time of its first sample, and of its end */
	struct dynbuf raw;    /* a frame of the stream */
};

struct hold {
	struct hold_item item[HOLD_FRAMES_MAX]; /* ring; memory is kept for the next */
	int first, n;                           /* oldest, and how many */
};

void hold_init(struct hold *h);
void hold_free(struct hold *h);
/* Keep one more; beyond HOLD_FRAMES_MAX the oldest is forgotten. What is held of the same time or later is replaced by
 * it. -1: no memory. */
int hold_put(struct hold *h, int64_t at_ms, int64_t to_ms, const void *raw, size_t bytes) MUST_USE;
/* Forget what ends at this time or before. */
void hold_drop(struct hold *h, int64_t until_ms);
/* Take the oldest out, valid until the next put; NULL: nothing is held. */
const struct hold_item *hold_take(struct hold *h);

#endif
