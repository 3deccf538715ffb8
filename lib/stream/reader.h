/* reader: frames from a descriptor, one read(2) per wake-up.
 */
#ifndef CALLPIPE_STREAM_READER_H
#define CALLPIPE_STREAM_READER_H

#include "stream/frame.h"

struct reader {
	int fd;
	struct dynbuf in; /* bytes read, not yet taken */
	size_t taken;     /* bytes of in that belong to frames already returned */
	uint64_t offset;  /* stream offset of in.p[taken], for messages */
	bool eof;         /* read returned 0 */
	const char *why;  /* what is malformed at offset */
};

void reader_init(struct reader *r, int fd);
void reader_free(struct reader *r);
/* One read: >0 bytes, 0 end of file, -1 with errno (EAGAIN is possible). Frames returned before are gone. */
ssize_t reader_fill(struct reader *r) MUST_USE;
/* Next whole frame: 1, 0 if more bytes are needed, -1 malformed (why, offset). */
int reader_next(struct reader *r, struct frame *ret) MUST_USE;
/* True if bytes of an unfinished frame are left. */
bool reader_partial(const struct reader *r);

#endif
