/* writer: frames to a pipe that must not block: a bounded queue, at most PIPE_BUF bytes per write, in order.
 *
 * Events and audio are queued together; when the reader is slow, drop_audio forgets the oldest audio that is not
 * half written. Events are never dropped: more than max_event_bytes of them is an error.
 */
#ifndef CALLPIPE_STREAM_WRITER_H
#define CALLPIPE_STREAM_WRITER_H

#include "stream/frame.h"

struct writer_item;

struct writer {
	int fd;
	struct writer_item *head, *tail; /* queue, oldest first */
	size_t head_done;                /* bytes of head already written */
	size_t event_bytes;              /* queued, events */
	size_t audio_bytes;              /* queued, audio */
	size_t max_event_bytes;
	bool gone; /* the reader has left */
};

void writer_init(struct writer *w, int fd, size_t max_event_bytes);
void writer_free(struct writer *w);
/* Queue one whole frame (or several); when the reader has left it is forgotten at once. -1: events over the maximum,
 * or no memory. tag comes back from writer_drop_audio and to begun. */
int writer_put(struct writer *w, const void *p, size_t n, bool audio, int64_t tag) MUST_USE;
static inline bool writer_pending(const struct writer *w)
{
	return w->head != NULL;
}
/* After POLLOUT: one write of at most PIPE_BUF. 0, or -1 with errno; if the reader has left, gone is set. begun is
 * called, in order, for each item that is now begun and so cannot be dropped any more (may be NULL). */
int writer_flush(
	struct writer *w, void (*begun)(void *ctx, bool audio, int64_t tag), void *ctx) MUST_USE;
/* The same until nothing waits or the descriptor takes no more. */
int writer_flush_all(struct writer *w) MUST_USE;
/* Forget the oldest audio item that is not begun: true and its tag, or false. */
bool writer_drop_audio(struct writer *w, int64_t *ret_tag);

#endif
