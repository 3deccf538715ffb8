/* outlet: a writer on the loop: what is queued goes to stdout as fast as it takes it.
 *
 * A round makes several writes while the descriptor takes them, each of at most PIPE_BUF after a
 * poll that said so: what a burst of input has made does not pile up because input comes faster
 * than it is written.
 */
#ifndef CALLPIPE_STREAM_OUTLET_H
#define CALLPIPE_STREAM_OUTLET_H

#include "base/loop.h"
#include "stream/writer.h"

struct outlet {
	struct writer writer;       /* queue frames by writer_put */
	struct loop_source source;  /* to be added to a loop */
	void (*drained)(void *ctx); /* nothing waits any more */
	/* The reader has left (err 0), or a write failed (its errno): what was queued is forgotten,
	 * and so will be what comes. */
	void (*gone)(void *ctx, int err);
	/* as in writer_flush; NULL: nobody asks */
	void (*begun)(void *ctx, bool audio, int64_t tag);
	void *ctx; /* handed to all three */
};

/* begun may be set after it. */
void outlet_init(struct outlet *o, int fd, size_t max_event_bytes, void (*drained)(void *ctx),
	void (*gone)(void *ctx, int err), void *ctx);
void outlet_free(struct outlet *o);
static inline bool outlet_pending(const struct outlet *o)
{
	return writer_pending(&o->writer);
}
static inline size_t outlet_bytes(const struct outlet *o)
{
	return o->writer.event_bytes + o->writer.audio_bytes;
}

#endif
