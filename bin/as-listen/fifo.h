/* fifo: the loop FIFO of a call directory: events of as-speak and as-answer, to be merged into the
 * head of the stream.
 */
#ifndef AS_LISTEN_FIFO_H
#define AS_LISTEN_FIFO_H

#include "stream/reader.h"

struct fifo {
	int fd; /* -1: not open */
	struct reader in;
};

/* Open DIR/loop; none there is no error. -1 with errno (EINVAL: not a FIFO). */
int fifo_open(struct fifo *f, const char *dir) MUST_USE;
void fifo_close(struct fifo *f);
/* One read; give is called for each whole frame. NULL, or in words why the FIFO cannot be used any
 * more: its bytes are no frames of one line of at most 4096 bytes, or of a type that only as-listen
 * writes. */
const char *fifo_read(
	struct fifo *f, void (*give)(void *ctx, const struct frame *f), void *ctx) MUST_USE;

#endif
