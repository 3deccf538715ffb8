#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

void loop_init(struct loop *l)
{
	*l = (struct loop){.signal_fd = -1, .now = now_ns()};
}

void loop_free(struct loop *l)
{
	if (l->signal_fd != -1)
		close(l->signal_fd);
	free(l->source);
	free(l->timer);
	free(l->poll);
	loop_init(l);
}

int loop_add(struct loop *l, struct loop_source *s)
{
	if (l->sources == l->source_size) {
		size_t size = l->source_size ? l->source_size * 2 : 8;
		struct loop_source **source;
		struct pollfd *poll;

		source = reallocarray(l->source, size, sizeof(*source));
		if (!source)
			return -1;
		l->source = source;
		poll = reallocarray(l->poll, size + 1, sizeof(*poll));
		if (!poll)
			return -1;
		l->poll = poll;
		l->source_size = size;
	}
	l->source[l->sources++] = s;
	return 0;
}

/* Removal only leaves a hole: the lists are walked while callbacks run. */
void loop_remove(struct loop *l, struct loop_source *s)
{
	for (size_t i = 0; i < l->sources; i++) {
		if (l->source[i] == s)
			l->source[i] = NULL;
	}
}

int loop_add_timer(struct loop *l, struct loop_timer *t)
{
	if (l->timers == l->timer_size) {
		size_t size = l->timer_size ? l->timer_size * 2 : 8;
		struct loop_timer **timer = reallocarray(l->timer, size, sizeof(*timer));

		if (!timer)
			return -1;
		l->timer = timer;
		l->timer_size = size;
	}
	l->timer[l->timers++] = t;
	return 0;
}

void loop_remove_timer(struct loop *l, struct loop_timer *t)
{
	for (size_t i = 0; i < l->timers; i++) {
		if (l->timer[i] == t)
			l->timer[i] = NULL;
	}
}

/* Close the holes, in order. */
static void compact(struct loop *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->sources; i++) {
		if (l->source[i])
			l->source[n++] = l->source[i];
	}
	l->sources = n;
	n = 0;
	for (size_t i = 0; i < l->timers; i++) {
		if (l->timer[i])
			l->timer[n++] = l->timer[i];
	}
	l->timers = n;
}

int loop_signals(struct loop *l, const int *sigs, void (*fn)(void *ctx, int sig), void *ctx)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (; *sigs; sigs++) {
		struct sigaction old;

		if (sigaction(*sigs, NULL, &old) == -1)
			return -1;
		if (old.sa_handler == SIG_IGN) {
			/* nohup, or a job in the background: not meant for us */
			if (*sigs == SIGHUP || *sigs == SIGINT || *sigs == SIGQUIT)
				continue;
			/* an ignored SIGCHLD would make children vanish unwaited */
			signal(*sigs, SIG_DFL);
		}
		sigaddset(&set, *sigs);
	}
	fd = signalfd(l->signal_fd, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd == -1)
		return -1;
	l->signal_fd = fd;
	l->on_signal = fn;
	l->signal_ctx = ctx;
	return sigprocmask(SIG_BLOCK, &set, NULL);
}

static void deliver_signals(struct loop *l)
{
	struct signalfd_siginfo info;

	while (!l->stopped && read(l->signal_fd, &info, sizeof(info)) == sizeof(info))
		l->on_signal(l->signal_ctx, (int)info.ssi_signo);
}

/* Ask every source what it waits for. poll[0] is the signals'; poll[i + 1] belongs to source[i]. */
static void ask(struct loop *l, size_t sources)
{
	l->poll[0] = (struct pollfd){.fd = l->signal_fd, .events = POLLIN};
	for (size_t i = 0; i < sources; i++) {
		struct loop_source *s = l->source[i];
		short mask = s ? s->mask(s->ctx) : -1;

		/* poll(2) passes over negative descriptors */
		l->poll[i + 1].fd = mask == -1 ? -1 : s->fd;
		l->poll[i + 1].events = mask;
	}
}

/* Wait for a source, a signal, or the earliest timer. Returns as ppoll(2). */
static int wait_ready(struct loop *l, size_t sources)
{
	struct timespec timeout;
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < l->timers; i++) {
		if (l->timer[i] && l->timer[i]->at_ns)
			at = min_i64(at, l->timer[i]->at_ns);
	}
	if (at != INT64_MAX) {
		int64_t left = max_i64(at - now_ns(), 0);

		timeout = (struct timespec){.tv_sec = left / NS_PER_S, .tv_nsec = left % NS_PER_S};
	}
	return ppoll(l->poll, sources + 1, at == INT64_MAX ? NULL : &timeout, NULL);
}

static void call_sources(struct loop *l, size_t sources)
{
	/* what a callback adds stands behind these; what it removes leaves a hole */
	for (size_t i = 0; i < sources && !l->stopped; i++) {
		struct loop_source *s = l->source[i];

		if (s && l->poll[i + 1].revents)
			s->ready(s->ctx, l->poll[i + 1].revents);
	}
}

static void call_timers(struct loop *l)
{
	/* one that a callback adds or sets again waits for the next round, after the sources */
	for (size_t i = 0, n = l->timers; i < n && !l->stopped; i++) {
		struct loop_timer *t = l->timer[i];

		if (t && t->at_ns && t->at_ns <= l->now) {
			t->at_ns = 0;
			t->fire(t->ctx, l->now);
		}
	}
}

int loop_run(struct loop *l)
{
	/* loop_add makes it grow; without sources there are still the signals */
	if (!l->poll && !(l->poll = calloc(1, sizeof(*l->poll))))
		return -1;
	while (!l->stopped) {
		size_t sources;
		int ready;

		compact(l);
		sources = l->sources;
		ask(l, sources);
		ready = wait_ready(l, sources);
		if (ready == -1 && errno != EINTR)
			return -1;
		l->now = now_ns();
		if (ready > 0 && l->poll[0].revents)
			deliver_signals(l);
		if (ready > 0)
			call_sources(l, sources);
		call_timers(l);
	}
	return 0;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

void ticker_init(struct ticker *t, int64_t start_ns)
{
	*t = (struct ticker){.start_ns = start_ns};
}

int64_t ticker_take(struct ticker *t, int64_t now)
{
	int64_t late = now - ticker_due(t);
	int64_t skipped = late > TICK_RESTART_NS ? late / TICK_NS : 0;

	t->slot += skipped + 1;
	return skipped;
}
