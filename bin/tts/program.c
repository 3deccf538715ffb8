#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "base/spawn.h"

#define READ_BYTES 16384 /* a third of a second at 22050 Hz: converted in about 2 ms */
#define ERR_MAX 512      /* bytes of stderr that are kept: the last */

struct program {
	struct make *m;                /* for whom */
	struct loop *loop;             /* of m */
	pid_t pid;                     /* leader of its group */
	struct loop_source pid_source; /* it has ended */
	struct loop_source out, err;   /* its stdout and stderr; fd -1: closed */
	struct loop_timer timer;       /* nothing has come for too long */
	bool ended;                    /* it is a zombie, so that its number is nobody else's */
	char said[ERR_MAX];            /* the end of what it wrote to stderr */
	size_t said_n;                 /* bytes there */
	char *shared; /* where a child of ours leaves its reason, ERR_MAX bytes; NULL: it is none */
};

static short in_mask(void *ctx)
{
	return POLLIN;
}

static void close_source(struct program *p, struct loop_source *s)
{
	if (s->fd < 0)
		return;
	loop_remove(p->loop, s);
	close(s->fd);
	s->fd = -1;
}

/* It has ended: what is left of its group goes, and it is forgotten. Its wait status. */
static int reap(struct program *p)
{
	int status = 0;

	kill(-p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	close_source(p, &p->out);
	close_source(p, &p->err);
	close_source(p, &p->pid_source);
	loop_remove_timer(p->loop, &p->timer);
	return status;
}

static void program_free(struct program *p)
{
	if (p->shared)
		munmap(p->shared, ERR_MAX);
	free(p);
}

/* Nothing more is taken from it: it is killed, with what it has started, and waited for when it has gone. */
void program_stop(struct make *m)
{
	struct program *p = m->work;

	m->work = NULL;
	if (!p)
		return;
	if (p->ended) {
		reap(p);
	} else {
		close_source(p, &p->out);
		close_source(p, &p->err);
		loop_remove(p->loop, &p->pid_source);
		loop_remove_timer(p->loop, &p->timer);
		child_end(p->loop, p->pid, p->pid_source.fd, true);
	}
	program_free(p);
}

/* The last line of stderr, without its end: a word of the program's own. */
static const char *last_line(struct program *p)
{
	char *line;

	if (p->shared) {
		p->shared[ERR_MAX - 1] = '\0';
		return p->shared;
	}
	while (p->said_n > 0 && strchr("\r\n \t", p->said[p->said_n - 1]))
		p->said_n--;
	p->said[p->said_n] = '\0';
	line = strrchr(p->said, '\n');
	return line ? line + 1 : p->said;
}

static void fail_ended(struct make *m, const char *line, int status)
{
	if (WIFSIGNALED(status))
		make_fail(m, "it was killed by signal %d", WTERMSIG(status));
	else if (*line)
		make_fail(m, "%s", line);
	else
		make_fail(m, "it ended with exit code %d", WEXITSTATUS(status));
}

/* Both its output and itself have ended, in whatever order. */
static void settle(struct program *p)
{
	struct make *m = p->m;
	int status;

	if (!p->ended || p->out.fd >= 0)
		return;
	status = reap(p);
	m->work = NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		make_end(m);
	else
		fail_ended(m, last_line(p), status);
	program_free(p);
}

static void err_ready(void *ctx, short revents)
{
	struct program *p = ctx;
	char buf[ERR_MAX];
	ssize_t n = read(p->err.fd, buf, sizeof buf - 1);
	size_t keep;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_source(p, &p->err);
		return;
	}
	keep = sizeof p->said - 1 - (size_t)n;
	if (p->said_n > keep) {
		memmove(p->said, p->said + p->said_n - keep, keep);
		p->said_n = keep;
	}
	memcpy(p->said + p->said_n, buf, (size_t)n);
	p->said_n += (size_t)n;
}

static void timer_set(struct program *p)
{
	/* not stream time: a recorded stream runs faster than a program can */
	p->timer.at_ns = now_ns() + p->m->voice->timeout_ms * NS_PER_MS;
}

static void out_ready(void *ctx, short revents)
{
	struct program *p = ctx;
	uint8_t buf[READ_BYTES];
	ssize_t n = read(p->out.fd, buf, sizeof buf);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_source(p, &p->out);
		settle(p);
		return;
	}
	timer_set(p);
	/* -1: we have been stopped, and may be gone */
	if (make_bytes(p->m, buf, (size_t)n) < 0)
		return;
}

static bool readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return fd >= 0 && poll(&poll_fd, 1, 0) > 0;
}

static void ended(void *ctx, short revents)
{
	struct program *p = ctx;

	p->ended = true;
	kill(-p->pid, SIGKILL); /* what it has left behind would hold its output open */
	close_source(p, &p->pid_source);
	if (readable(p->err.fd)) /* its last words */
		err_ready(p, POLLIN);
	settle(p);
}

static void late(void *ctx, int64_t now)
{
	struct program *p = ctx;
	struct make *m = p->m;

	program_stop(m);
	make_fail(m, "it has written nothing for %lld ms", (long long)m->voice->timeout_ms);
}

static int add(
	struct program *p, struct loop_source *s, int fd, void (*ready)(void *ctx, short revents))
{
	*s = (struct loop_source){.fd = fd, .mask = in_mask, .ready = ready, .ctx = p};
	return loop_add(p->loop, s);
}

/* A process that runs, and the ends of its pipes. */
static void watch(struct make *m, const struct spawn_pipes *s, char *shared)
{
	struct program *p = calloc(1, sizeof *p);
	bool fits;

	if (!p) {
		kill(-s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
		close(s->out_fd);
		close(s->pid_fd);
		if (s->err_fd >= 0)
			close(s->err_fd);
		make_fail(m, "%s", strerror(ENOMEM));
		return;
	}
	*p = (struct program){
		.m = m, .loop = m->loop, .pid = s->pid, .shared = shared, .err.fd = -1};
	p->timer = (struct loop_timer){.fire = late, .ctx = p};
	m->work = p;
	/* stderr first: its last line is read before the end of the rest is seen */
	fits = s->err_fd < 0 || add(p, &p->err, s->err_fd, err_ready) == 0;
	fits = add(p, &p->out, s->out_fd, out_ready) == 0 && fits;
	fits = add(p, &p->pid_source, s->pid_fd, ended) == 0 && fits;
	if (!fits || loop_add_timer(p->loop, &p->timer) < 0) {
		program_stop(m);
		make_fail(m, "%s", strerror(ENOMEM));
		return;
	}
	timer_set(p);
}

void program_start(struct make *m, char *const argv[], const char *text, size_t n)
{
	struct spawn_pipes s;

	if (n >= PROGRAM_TEXT_MAX) {
		make_fail(m, "its text is too long");
		return;
	}
	if (spawn_piped(argv, NULL, &s) < 0) {
		make_fail(m, "cannot run '%s': %s", argv[0], strerror(errno));
		return;
	}
	/* The pipe is empty, so that this waits for nobody. One that has ended already has an exit code that says
	 * more. */
	if (write_all(s.in_fd, text, n) < 0 || write_all(s.in_fd, "\n", 1) < 0)
		log_debug("'%s' does not read its text", argv[0]);
	close(s.in_fd);
	watch(m, &s, NULL);
}

/* A child of ours whose stdout is s->out_fd: in it 0, here 1, or -1. */
static int fork_child(struct spawn_pipes *s)
{
	int fds[2], saved;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	s->pid = spawn_helper(fds[1]);
	if (s->pid == 0)
		return 0;
	saved = errno;
	close(fds[1]);
	if (s->pid > 0) {
		/* before it can be killed as a group; it has not got anything to execute */
		setpgid(s->pid, s->pid);
		s->pid_fd = pidfd_open(s->pid, 0);
		if (s->pid_fd >= 0) {
			s->out_fd = fds[0];
			return 1;
		}
		saved = errno;
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	close(fds[0]);
	errno = saved;
	return -1;
}

void program_fork(struct make *m, program_child *fn, const void *arg)
{
	char *shared = mmap(
		NULL, ERR_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct spawn_pipes s = {.err_fd = -1};
	int side;

	if (shared == MAP_FAILED) {
		make_fail(m, "%s", strerror(errno));
		return;
	}
	side = fork_child(&s);
	if (side == 0)
		_exit(fn(arg, STDIN_FILENO, shared, ERR_MAX));
	if (side < 0) {
		make_fail(m, "cannot fork: %s", strerror(errno));
		munmap(shared, ERR_MAX);
		return;
	}
	watch(m, &s, shared);
}
