/* upstream: the loop, from the end of the pipeline back to its head.
 *
 * playing, played and listen go into $CALLPIPE_DIR/loop, which as-listen merges into the stream. The FIFO is
 * opened here, without blocking; what waits is bounded, and an overflow is fatal: an agent that does not know what
 * was heard must not go on.
 */
#ifndef AS_SPEAK_UPSTREAM_H
#define AS_SPEAK_UPSTREAM_H

#include "stream/writer.h"

#define UPSTREAM_EVENT_MAX 4096 /* bytes of one event: PIPE_BUF, so that it is written whole */
#define UPSTREAM_QUEUE_MAX (64 << 10) /* bytes waiting */

struct upstream {
	struct writer out;
	bool open; /* there is a loop */
};

/* Open dir/loop; dir NULL: no loop, all calls do nothing. -1 with errno if there is one and it cannot be used. */
int upstream_open(struct upstream *u, const char *dir) MUST_USE;
void upstream_close(struct upstream *u);
/* Send an event with "loop":1 added to its data. -1: larger than an event may be (EMSGSIZE), or the queue is full. */
int upstream_put(struct upstream *u, const char *type, struct jspan data) MUST_USE;
/* Write what waits, as far as it goes without blocking. */
int upstream_flush(struct upstream *u) MUST_USE;

#endif
