#include "stream/reader.h"

#include <errno.h>
#include <unistd.h>

#define READ_BYTES 65536 /* as much as a pipe holds */

void reader_init(struct reader *r, int fd)
{
	*r = (struct reader){.fd = fd};
	dynbuf_init(&r->in, FRAME_MAX + READ_BYTES);
}

void reader_free(struct reader *r)
{
	dynbuf_free(&r->in);
}

ssize_t reader_fill(struct reader *r)
{
	void *room;
	ssize_t n;

	dynbuf_discard(&r->in, r->taken);
	r->taken = 0;
	room = dynbuf_room(&r->in, READ_BYTES);
	if (!room) {
		errno = ENOMEM;
		return -1;
	}
	n = read(r->fd, room, READ_BYTES);
	if (n > 0)
		dynbuf_grow(&r->in, (size_t)n);
	if (n == 0)
		r->eof = true;
	return n;
}

int reader_next(struct reader *r, struct frame *ret)
{
	int n = frame_parse(r->in.p + r->taken, r->in.n - r->taken, ret, &r->why);

	if (n <= 0)
		return n;
	r->taken += (size_t)n;
	r->offset += (uint64_t)n;
	return 1;
}

bool reader_partial(const struct reader *r)
{
	return r->in.n > r->taken;
}
