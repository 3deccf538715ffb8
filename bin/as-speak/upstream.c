#include "upstream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int upstream_open(struct upstream *u, const char *dir)
{
	char path[PATH_MAX];
	int fd;

	*u = (struct upstream){0};
	if (!dir)
		return 0;
	if (format_path(path, "%s/loop", dir) < 0)
		return -1;
	/* Reading too: the open succeeds before as-listen is there, and the FIFO has a reader when it has gone. */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	writer_init(&u->out, fd, UPSTREAM_QUEUE_MAX);
	u->open = true;
	return 0;
}

void upstream_close(struct upstream *u)
{
	if (!u->open)
		return;
	writer_free(&u->out);
	close(u->out.fd);
	u->open = false;
}

int upstream_put(struct upstream *u, const char *type, struct jspan data)
{
	struct dynbuf marked, b;
	int rc;

	if (!u->open)
		return 0;
	dynbuf_init(&marked, UPSTREAM_EVENT_MAX);
	dynbuf_init(&b, UPSTREAM_EVENT_MAX);
	dynbuf_add(&marked, data.p, data.n - 1); /* without its closing brace */
	jline_add_int(&marked, "loop", 1);
	dynbuf_adds(&marked, "}");
	rc = dynbuf_failed(&marked) ? -1 : frame_add(&b, type, (struct jspan){marked.p, marked.n});
	if (rc < 0)
		errno = EMSGSIZE;
	else
		rc = writer_put(&u->out, b.p, b.n, false, 0);
	dynbuf_free(&marked);
	dynbuf_free(&b);
	return rc;
}

int upstream_flush(struct upstream *u)
{
	return u->open ? writer_flush_all(&u->out) : 0;
}
