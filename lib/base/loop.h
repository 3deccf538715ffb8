/* loop: poll(2), absolute timers and signals for one process of a call.
 *
 * Each source is asked for its mask before every poll; POLLHUP and POLLERR count as ready. A
 * callback does one read, or one write of at most PIPE_BUF, and returns. Sources and timers may be
 * added and removed in callbacks. The caller owns the structs; they must live until removed.
 */
#ifndef CALLPIPE_BASE_LOOP_H
#define CALLPIPE_BASE_LOOP_H

#include "base/util.h"

struct loop_source {
	int fd; /* descriptor to wait for */
	/* POLLIN, POLLOUT, both; 0: errors only; -1: do not poll it now */
	short (*mask)(void *ctx);
	void (*ready)(void *ctx, short revents); /* something happened */
	void *ctx;                               /* handed to both */
};

struct loop_timer {
	int64_t at_ns; /* CLOCK_MONOTONIC; 0: not set */
	/* called once when due; set at_ns again for the next */
	void (*fire)(void *ctx, int64_t now);
	void *ctx; /* handed to fire */
};

struct loop {
	struct loop_source **source; /* registered sources */
	struct loop_timer **timer;   /* registered timers */
	struct pollfd *poll;         /* scratch for poll(2): the signals, then one per source */
	size_t sources, source_size; /* used and allocated */
	size_t timers, timer_size;   /* used and allocated */
	/* where signals go, with signal_ctx */
	void (*on_signal)(void *ctx, int sig);
	void *signal_ctx; /* see loop_signals */
	int signal_fd;    /* where they arrive; -1: none asked for */
	int64_t now;      /* time of this round's wake-up, ns */
	bool stopped;     /* loop_stop was called */
};

void loop_init(struct loop *l);
void loop_free(struct loop *l);
int loop_add(struct loop *l, struct loop_source *s) MUST_USE;
void loop_remove(struct loop *l, struct loop_source *s);
int loop_add_timer(struct loop *l, struct loop_timer *t) MUST_USE;
void loop_remove_timer(struct loop *l, struct loop_timer *t);
/* Deliver these signals (a list that ends in 0) to fn between two rounds; one loop per process may
 * do so. They stay blocked from now on (spawn gives children an empty mask). A HUP, INT or QUIT
 * that was ignored when the program started, as by nohup, stays ignored. */
int loop_signals(
	struct loop *l, const int *sigs, void (*fn)(void *ctx, int sig), void *ctx) MUST_USE;
/* Run until loop_stop, after which no callback is called; -1 if poll itself fails. In a round the
 * sources come first, then the timers that are due. */
int loop_run(struct loop *l) MUST_USE;
void loop_stop(struct loop *l);

/* The 20 ms clock: slot k is due at start + k * period, no lead. Late by more than RESTART, the
 * slots that were missed are skipped, never caught up in a burst. */
#define TICK_NS (20 * NS_PER_MS)
#define TICK_RESTART_NS (60 * NS_PER_MS)
struct ticker {
	int64_t start_ns; /* time of slot 0 */
	int64_t slot;     /* the next slot due */
};
void ticker_init(struct ticker *t, int64_t start_ns);
static inline int64_t ticker_due(const struct ticker *t)
{
	return t->start_ns + t->slot * TICK_NS;
}

/* The due slot is being served at now: returns how many slots before it are skipped (0 unless late
 * by more than RESTART), and moves on to the slot after it. */
int64_t ticker_take(struct ticker *t, int64_t now);

#endif
