/* timeline: caller audio on the clock of the call.
 *
 * Asterisk's frames carry no time and stop during DTMF and hold; all that is known is when each
 * arrived. Frames of any size become chunks of 20 ms at multiples of 20 ms, so that chunk t holds
 * what the caller said at t:
 *
 *  - After 100 ms without a frame silence is put in, in chunks, trailing the clock by about 100 ms.
 *  - What comes after that is gathered for 20 ms (for as long as frames are) and ends when it
 *    arrived. If it was said while the silence was put in, it replaces the silence: chunks with
 *    earlier timestamps are given again. If there is more than room, the oldest is discarded.
 *  - Delay only ever makes a frame late, so the smallest (arrival - end of what has been placed) of
 *    the last 2 s says how far placement is off. It is corrected by at most 20 ms at a time, in
 *    silence if there is any in time.
 *
 * Pure: time is an argument, in ns of call time; nothing here reads a clock or does I/O.
 */
#ifndef AS_LISTEN_TIMELINE_H
#define AS_LISTEN_TIMELINE_H

#include "audio/pcm.h"
#include "floor.h"

#define TIMELINE_RATE_MAX 16000
#define TIMELINE_CHUNK_MAX (TIMELINE_RATE_MAX / 50) /* samples in 20 ms */
#define TIMELINE_WINDOW 4 /* parts of 500 ms of the window the offset is estimated from */

enum timeline_state {
	TIMELINE_RUN,    /* frames follow one another */
	TIMELINE_HOLE,   /* nothing came for 100 ms, or ever */
	TIMELINE_GATHER, /* audio after a hole is being collected */
};

struct timeline {
	int rate_hz;
	size_t chunk_samples; /* in 20 ms */
	bool fill; /* put in silence as time goes on; else only when audio comes after it */
	void (*emit)(void *ctx, int64_t timestamp_ms, const int16_t *samples, size_t heard);
	void *ctx; /* for emit */

	enum timeline_state state;
	int64_t pos; /* end of what has been placed, samples of call time */
	/* What has been placed since the last multiple of 20 ms. */
	int16_t chunk[2 * TIMELINE_CHUNK_MAX];
	size_t chunk_n;  /* samples in it */
	int64_t arrival; /* of the last frame, samples of call time */
	int64_t longest; /* frame so far, within 20 to 60 ms, samples */

	int64_t hole; /* where the hole begins, samples of call time */
	/* The audio of the chunk in which it begins, then silence. */
	int16_t edge[TIMELINE_CHUNK_MAX];

	int16_t *gathered;                /* malloc'd, the audio after the hole */
	size_t gathered_n, gathered_size; /* samples in it and allocated */
	int64_t gathered_start; /* latest place at which all ends by its arrival, samples */
	int64_t gathered_until; /* when it is to be placed, samples of call time */

	/* Smallest (arrival - end) of each 500 ms, newest first, samples; INT64_MAX: none. */
	int64_t late[TIMELINE_WINDOW];
	int64_t late_part;  /* number of the 500 ms that late[0] is of */
	struct floor floor; /* what is silence on this line */

	uint64_t discarded_samples; /* of the caller, for which there was no room */
	uint64_t dropped_samples;   /* taken out to correct the offset */
	uint64_t inserted_samples;  /* put in to correct the offset */
};

/* emit is given every chunk. Its first `heard` samples are final: a later chunk of the same
 * timestamp begins with the same; the rest is silence that may yet be replaced. heard is 0 within
 * put in silence, part of a chunk where it begins, else all of it. Without fill there is no chunk
 * with an earlier timestamp than the one before. */
void timeline_init(struct timeline *t, int rate_hz, bool fill,
	void (*emit)(void *ctx, int64_t timestamp_ms, const int16_t *samples, size_t heard),
	void *ctx);
void timeline_free(struct timeline *t);
/* n samples that have arrived now. -1: no memory. */
int timeline_frame(struct timeline *t, int64_t now, const int16_t *samples, size_t n) MUST_USE;
/* To be called when timeline_due is reached; earlier or later does no harm. */
void timeline_tick(struct timeline *t, int64_t now);
/* When there will be something to do if no frame comes, ns of call time; INT64_MAX: nothing. */
int64_t timeline_due(const struct timeline *t);
/* The last: place and give out what is left, and without fill silence up to now. */
void timeline_end(struct timeline *t, int64_t now);

#endif
