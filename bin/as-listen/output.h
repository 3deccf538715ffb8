/* output: stdout of as-listen, which may be slow or gone: a queue, in the long run of at most 2 s
 * of audio and 256 KiB of events.
 *
 * What is begun on stdout is listed in the record; what had to be dropped is not.
 */
#ifndef AS_LISTEN_OUTPUT_H
#define AS_LISTEN_OUTPUT_H

#include "record.h"
#include "stream/outlet.h"

#define OUTPUT_EVENT_BYTES 262144
#define OUTPUT_AUDIO_CHUNKS 100    /* 2 s */
#define OUTPUT_CHUNK_BYTES_MAX 640 /* 20 ms at 16 kHz */

struct output {
	struct outlet outlet;
	struct record *record;
	int rate_hz;
	bool raw;    /* samples only, no frames */
	bool closed; /* nothing more is queued; audio is still recorded */
	int failed;  /* errno of what could not be queued: ENOBUFS, too many events; 0: none */
	size_t queued_chunks;             /* of 20 ms, not begun */
	uint64_t dropped_chunks;          /* of 20 ms, never delivered */
	struct dynbuf frame;              /* scratch */
	void (*drained)(void *ctx);       /* as in outlet_init, and to be set after output_init */
	void (*gone)(void *ctx, int err); /* the same */
	void *ctx;                        /* handed to both */
};

void output_init(struct output *o, int fd, int rate_hz, bool raw, struct record *record);
void output_free(struct output *o);
/* Queue an event. One that cannot be queued closes the output, and sets failed. */
void output_event(struct output *o, const char *type, struct jspan data);
/* Queue the last event, for which there is always room, and close. */
void output_last(struct output *o, const char *type, struct jspan data);
/* Queue a frame as it was read; it has no payload. */
void output_frame(struct output *o, const struct frame *f);
/* Record and queue 20 ms of audio; heard as in timeline_init. */
void output_audio(struct output *o, int64_t timestamp_ms, const int16_t *samples, size_t heard);
/* Drop the oldest audio that is over the maximum. */
void output_limit(struct output *o);
static inline bool output_pending(const struct output *o)
{
	return outlet_pending(&o->outlet);
}

#endif
