/* listen: one call's ear: everything as-listen holds together.
 *
 *	caller.c   stdin: what Asterisk sends, a message a function
 *	merge.c    what comes round the loop, into the stream
 *	clock.c    call time: the clock event, silence that is due, a pipeline too slow for it
 *	end.c      what goes wrong, how a call ends, stdout
 */
#ifndef AS_LISTEN_LISTEN_H
#define AS_LISTEN_LISTEN_H

#include "base/loop.h"
#include "batch.h"
#include "call.h"
#include "fifo.h"
#include "intake.h"
#include "output.h"
#include "timeline.h"

struct listen {
	struct loop loop;
	struct loop_source caller;    /* stdin */
	struct loop_source fifo_head; /* the loop FIFO */
	struct loop_timer tick;       /* silence is due, or audio is to be placed */
	struct loop_timer clock;      /* the next clock event */
	struct dynbuf in;             /* bytes of stdin, less than a message after each round */
	struct intake intake;
	struct batch batch;
	struct timeline timeline;
	struct fifo fifo;
	struct call call;
	struct output output;
	struct record record;
	int rate_hz;           /* of the call */
	bool live;             /* stdin is a socket: time is real; else it is the audio received */
	int64_t t0_ns;         /* live: call time 0, CLOCK_MONOTONIC */
	int64_t heard_samples; /* given by intake; not live, this is the time */
	int64_t clock_ms;      /* not live: timestamp of the next clock event */
	int64_t slow_since_ns; /* since when too much audio waits, CLOCK_MONOTONIC; 0: it does not */
	int64_t keys_s;        /* second of call time that keys is of */
	int keys;              /* keys that came in it */
	uint64_t keys_lost;    /* keys not passed on */
	uint64_t taken_bytes;  /* of stdin, in whole messages */
	uint64_t messages;     /* they were */
	uint64_t ignored;      /* messages of kinds that mean nothing here */
	bool said_keys, said_slow, said_codec, said_rate; /* reported: once is enough */
	bool ended; /* nothing more is read; when stdout has taken all, that is all */
	int status; /* exit code so far */
};

/* caller.c */
void listen_caller_init(struct listen *l, enum intake_codec codec, bool raw);

/* merge.c; dir may be NULL */
void listen_merge_init(struct listen *l, const char *dir);

/* clock.c */
void listen_clock_init(struct listen *l);
int64_t listen_now_ns(const struct listen *l); /* call time */
void listen_clock_catch_up(struct listen *l);  /* not live: the clock events up to now */
void listen_clock_set_tick(struct listen *l);  /* when there will be something to do */
/* Drop the audio that a pipeline which stays too slow has left. */
void listen_limit_audio(struct listen *l);

/* end.c */
void listen_output_init(struct listen *l, bool raw);
/* A fault the call survives: a line on stderr and an error event. code is one word for the cause. */
void listen_warn(struct listen *l, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The stream cannot go on: the same, fatal, and there will be no call-end. */
void listen_fail(struct listen *l, int status, const char *code, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
void listen_end(struct listen *l, const char *cause);
void listen_signal(void *ctx, int sig);
/* At the end of every handler: is stdout well, is this the end, and when is the next tick. */
void listen_settle(struct listen *l);

#endif
