#include "fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096 /* what a FIFO takes whole from several writers */

int fifo_open(struct fifo *f, const char *dir)
{
	struct stat st;
	char *path;
	int fd;

	f->fd = -1;
	if (asprintf(&path, "%s/loop", dir) == -1)
		return -1;
	/* for writing too: so there is never an end of file */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	f->fd = fd;
	reader_init(&f->in, fd);
	return 0;
}

void fifo_close(struct fifo *f)
{
	if (f->fd == -1)
		return;
	close(f->fd);
	reader_free(&f->in);
	f->fd = -1;
}

static const char *refuse(const struct frame *f)
{
	static const char *const ours[] = {
		"call-start", "call-end", "clock", "dtmf", "audio-chunk"};

	if (f->raw_bytes > LINE_MAX_BYTES)
		return "a frame of more than 4096 bytes";
	if (memchr(f->raw, '\n', f->raw_bytes) != f->raw + f->raw_bytes - 1)
		return "a frame of more than one line";
	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		if (frame_is(f, ours[i]))
			return "a frame of a type that only as-listen writes";
	}
	return NULL;
}

const char *fifo_read(struct fifo *f, void (*give)(void *ctx, const struct frame *f), void *ctx)
{
	ssize_t n = reader_fill(&f->in);
	struct frame frame;
	int got;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
	if (n == 0)
		return "end of file";
	while ((got = reader_next(&f->in, &frame)) > 0) {
		const char *why = refuse(&frame);

		if (why)
			return why;
		give(ctx, &frame);
	}
	if (got < 0)
		return f->in.why;
	return f->in.in.n - f->in.taken > LINE_MAX_BYTES ? "a frame of more than 4096 bytes" : NULL;
}
