#include "base/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* One that has been killed and is not yet reaped. */
struct ending {
	struct ending *next;       /* in the list of all */
	struct loop *loop;         /* where its pidfd is watched */
	struct loop_source source; /* the pidfd */
	pid_t pid;
};

static struct ending *endings;

static void reap(pid_t pid, int pid_fd)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(pid_fd);
}

static short ending_mask(void *ctx)
{
	(void)ctx;
	return POLLIN;
}

static void ended(void *ctx, short revents)
{
	struct ending *e = ctx, **link = &endings;

	(void)revents;
	loop_remove(e->loop, &e->source);
	reap(e->pid, e->source.fd);
	while (*link != e)
		link = &(*link)->next;
	*link = e->next;
	free(e);
}

void child_end(struct loop *loop, pid_t pid, int pid_fd, bool group)
{
	struct ending *e = calloc(1, sizeof(*e));

	kill(group ? -pid : pid, SIGKILL);
	if (e) {
		e->loop = loop;
		e->pid = pid;
		e->source = (struct loop_source){
			.fd = pid_fd, .mask = ending_mask, .ready = ended, .ctx = e};
		if (loop_add(loop, &e->source) == 0) {
			e->next = endings;
			endings = e;
			return;
		}
		free(e);
	}
	reap(pid, pid_fd); /* no memory: it takes a moment */
}

void child_finish(void)
{
	while (endings)
		ended(endings, POLLIN);
}

bool child_read(int fd, struct dynbuf *b, bool *ret_over)
{
	char p[PIPE_BUF];
	ssize_t n = read(fd, p, sizeof(p));
	size_t room = b->max - b->n;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if ((size_t)n > room)
		*ret_over = true;
	else
		room = (size_t)n;
	dynbuf_add(b, p, room);
	return n > 0;
}

void child_read_rest(int fd, struct dynbuf *b, bool *ret_over)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (!*ret_over && poll(&p, 1, 0) > 0 && child_read(fd, b, ret_over))
		;
}
