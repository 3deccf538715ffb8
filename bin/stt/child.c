#include "child.h"

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

static struct ending *endings; /* those of a loop that stops are left to whoever inherits them */

static short ending_mask(void *ctx)
{
	(void)ctx;
	return POLLIN;
}

static void ended(void *ctx, short revents)
{
	struct ending *e = ctx, **link = &endings;

	(void)revents;
	waitpid(e->pid, NULL, WNOHANG);
	loop_remove(e->loop, &e->source);
	close(e->source.fd);
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
	waitpid(pid, NULL, 0); /* no memory: it takes a moment */
	close(pid_fd);
}
