#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#define SHOW_MS 200 /* progress is shown so often while all are at work */

struct worker {
	pid_t pid;           /* 0: not started */
	int fd;              /* to it: a packet with a path; from it: one with an int */
	char path[PATH_MAX]; /* what it is at, for people; "": it is idle */
};

struct pool {
	int n; /* workers that may be */
	struct worker worker[];
};

/* Progress of the other process may stand on the terminal. */
static void wipe(void)
{
	if (isatty(STDERR_FILENO))
		(void)!write(STDERR_FILENO, "\r\033[K", 4);
}

static _Noreturn void serve(int fd, int (*work)(const char *path))
{
	char path[PATH_MAX];
	ssize_t n;
	int end;

	log_before(wipe);
	while ((n = recv(fd, path, sizeof(path) - 1, 0)) > 0) {
		path[n] = '\0';
		end = work(path);
		if (send(fd, &end, sizeof(end), MSG_NOSIGNAL) == -1)
			break;
	}
	_exit(0); /* exit would put the list on stdin, which is shared, back to where it was read */
}

/* -1: the system has no more. */
static int start(struct pool *p, struct worker *w, int (*work)(const char *path))
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	w->pid = fork();
	if (w->pid == 0) {
		for (int i = 0; i < p->n; i++) /* or the others would not notice our end */
			if (p->worker[i].pid > 0 && &p->worker[i] != w)
				close(p->worker[i].fd);
		close(pair[0]);
		serve(pair[1], work);
	}
	close(pair[1]);
	if (w->pid == -1) {
		w->pid = 0;
		close(pair[0]);
		return -1;
	}
	w->fd = pair[0];
	return 0;
}

/* It is gone, with what it was at. */
static void lost(struct batch *b, struct worker *w)
{
	int status = 0;

	close(w->fd);
	while (waitpid(w->pid, &status, 0) == -1 && errno == EINTR)
		;
	w->pid = 0;
	if (!*w->path)
		return;
	if (WIFSIGNALED(status))
		log_error("cannot encode '%s': its process was ended by signal %d", w->path,
			WTERMSIG(status));
	else
		log_error("cannot encode '%s': its process has ended", w->path);
	*w->path = '\0';
	batch_end(b, EXIT_BUG);
}

/* It has something to say. */
static void answer(struct batch *b, struct worker *w)
{
	int end;

	if (recv(w->fd, &end, sizeof(end), 0) != sizeof(end)) {
		lost(b, w);
		return;
	}
	*w->path = '\0';
	batch_end(b, end);
}

/* Wait until one of those at work has answered. */
static void await(struct batch *b, struct pool *p)
{
	struct pollfd fds[POOL_MAX];

	for (int i = 0; i < p->n; i++)
		fds[i] = (struct pollfd){
			.fd = *p->worker[i].path ? p->worker[i].fd : -1, .events = POLLIN};
	if (poll(fds, (nfds_t)p->n, SHOW_MS) <= 0) {
		batch_show(b);
		return;
	}
	for (int i = 0; i < p->n; i++)
		if (fds[i].fd != -1 && fds[i].revents)
			answer(b, &p->worker[i]);
}

/* Somebody who is idle, started if need be; NULL: all are at work, or no more can be started. */
static struct worker *idle(struct pool *p, int (*work)(const char *path))
{
	for (int i = 0; i < p->n; i++)
		if (p->worker[i].pid && !*p->worker[i].path)
			return &p->worker[i];
	for (int i = 0; i < p->n; i++)
		if (!p->worker[i].pid)
			return start(p, &p->worker[i], work) == 0 ? &p->worker[i] : NULL;
	return NULL;
}

static bool any_at_work(const struct pool *p)
{
	for (int i = 0; i < p->n; i++)
		if (*p->worker[i].path)
			return true;
	return false;
}

static void give(struct batch *b, struct worker *w, const char *path)
{
	strncpy(w->path, path, sizeof(w->path) - 1);
	if (send(w->fd, path, strlen(path), MSG_NOSIGNAL) == -1)
		lost(b, w);
}

/* Give out what there is, and wait for the last. */
static int run(struct batch *b, struct pool *p, int (*work)(const char *path))
{
	const char *path;
	struct worker *w;

	for (;;) {
		w = idle(p, work);
		if (!w && !any_at_work(p)) {
			log_error_errno("cannot start a worker");
			return EXIT_SYSTEM;
		}
		if (w && (path = batch_next(b)))
			give(b, w, path);
		else if (any_at_work(p))
			await(b, p);
		else
			return 0;
	}
}

int pool_run(struct batch *b, int n, int (*work)(const char *path))
{
	struct pool *p = calloc(1, sizeof(*p) + (size_t)n * sizeof(p->worker[0]));
	int err;

	if (!p) {
		log_error("no memory for %d workers", n);
		return EXIT_SYSTEM;
	}
	p->n = n;
	err = run(b, p, work);
	for (int i = 0; i < n; i++)
		if (p->worker[i].pid)
			lost(b, &p->worker[i]);
	free(p);
	return err;
}
