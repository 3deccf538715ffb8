/* call: one call of a simulated caller, from connect to its end.
 *
 * A call owns a socket and no thread, timer or poll: call_sweep is called every few milliseconds, sends the
 * frame that is due and takes what has arrived. On the wire it does what Asterisk's AudioSocket application
 * does (asterisk: res_audiosocket.c, app_audiosocket.c): the UUID, then one message per frame; audio stops
 * while a key is held; at 00 00 00 or EOF it closes at once.
 */
#ifndef CALLPIPE_AS_DIAL_CALL_H
#define CALLPIPE_AS_DIAL_CALL_H

#include <netdb.h>

#include "base/loop.h"
#include "clip.h"
#include "codec/asock.h"
#include "meter.h"
#include "script.h"

#define CALL_SWEEP_NS (5 * NS_PER_MS)
#define CALL_CONNECT_NS (2 * NS_PER_S) /* Asterisk's limit, per address */
#define CALL_SIZES 16                  /* different frame sizes */
#define CALL_EXPECT_MS 5000            /* of an expect without "within" */
#define CALL_MAX_PENDING \
	(256 * 1024) /* bytes held for a server that does not read, beyond the kernel's */

/* What all calls share; it outlives them. */
struct call_plan {
	struct loop *loop;              /* waits for connects */
	const struct addrinfo *address; /* tried in order */
	const struct script *script;    /* what to do */
	const struct clip *clip;        /* the script's sounds */
	int rate_hz;                    /* of what is sent */
	size_t frame_bytes[CALL_SIZES]; /* payload sizes, taken in turn */
	size_t sizes;                   /* how many */
	int64_t grid_ns;         /* sweeps come at this time plus multiples of CALL_SWEEP_NS */
	int64_t quiet_ns;        /* see struct meter */
	int64_t timeout_ms;      /* of wait and barge */
	int64_t max_duration_ns; /* of a call */
	bool record;             /* keep what is heard */
	bool record_sent;        /* keep what is said */
	int64_t send_late_ns;    /* result: the latest we ever were with a frame */
};

enum call_end {
	CALL_OPEN,        /* not yet */
	CALL_SERVER_END,  /* 00 00 00 */
	CALL_EOF,         /* the server closed */
	CALL_RESET,       /* ECONNRESET, EPIPE or another error of the connection */
	CALL_HANGUP,      /* our script's end */
	CALL_TIMEOUT,     /* max_duration */
	CALL_UNREAD,      /* the server does not read */
	CALL_REFUSED,     /* no address took the connection */
	CALL_INTERRUPTED, /* a signal told us to stop */
	CALL_SYSTEM,      /* no socket or memory for it */
};

const char *call_end_name(enum call_end end);

/* Sound on the call's time: sample 0 is the connect. */
struct track {
	int16_t *samples; /* so far; holes are 0 */
	size_t n;         /* samples in use */
	size_t size;      /* samples allocated */
	int rate_hz;      /* 0: nothing yet */
};

struct call {
	struct call_plan *plan;
	uint64_t number; /* from 1 */
	uint8_t uuid[ASOCK_UUID_BYTES];
	int fd;                         /* -1: closed */
	struct loop_source source;      /* while connecting */
	bool connecting;                /* source is in the loop */
	const struct addrinfo *address; /* being tried */
	int error;                      /* errno of the last failed connect, or of a reset */
	enum call_end end;

	int64_t dialled_ns;   /* first connect */
	int64_t try_until_ns; /* connect limit of this address */
	int64_t connected_ns; /* call time 0; 0: never */
	int64_t ended_ns;     /* 0: not yet */

	int64_t send_at_ns;    /* next slot of ours */
	uint64_t slot;         /* slots so far, chooses the frame size */
	int64_t hold_until_ns; /* frames are held back until then; 0: not */
	struct dynbuf out;     /* not yet sent */

	size_t step;        /* index into the script */
	int64_t step_at_ns; /* when it began */
	size_t step_pos;    /* samples said, or slots of dtmf */
	bool step_says;     /* a barge has begun to speak */
	int64_t mark_ns;    /* the bot is asked for what it says after this */
	int64_t onset_ns;   /* first audible frame after mark; 0: none */

	int64_t read_at_ns; /* do not read before */
	int64_t read_ns;    /* last read */
	struct dynbuf in;   /* piece of a message that the last read ended in */
	int64_t part_ns;    /* when it arrived */
	uint64_t unstamped; /* frames whose arrival is only known between two reads */
	struct meter meter;
	struct track heard, sent;
	size_t last_samples; /* put on heard last */

	struct dynbuf failed;  /* expectations not met, one a line */
	struct dynbuf illegal; /* what a server must not send, one a line */
	uint64_t illegal_n;    /* how often */
};

/* Begin a call: number from 1, its UUID. Never fails: what cannot be is the call's end. */
void call_start(struct call *c, struct call_plan *plan, uint64_t number,
	const uint8_t uuid[ASOCK_UUID_BYTES], int64_t now);
/* Do what is due. realtime_ns is CLOCK_REALTIME - CLOCK_MONOTONIC. Until c->end says that the call is over. */
void call_sweep(struct call *c, int64_t now, int64_t realtime_ns);
/* Hang up now. */
void call_interrupt(struct call *c, int64_t now);
void call_free(struct call *c);

/* Over, cleanly, with every expectation met. */
bool call_ok(const struct call *c);

/* Between the parts of a call. hear.c: take what has arrived. act.c: send the frames that are due; when the
 * call is over, judge what the script still expected. call.c: the end, queueing bytes, sound on a track. */
void call_hear(struct call *c, int64_t now, int64_t realtime_ns);
void call_act(struct call *c, int64_t now);
void call_judge(struct call *c);
void call_finish(struct call *c, enum call_end end, int64_t at_ns);
void call_queue(struct call *c, const void *p, size_t n);
void track_put(struct track *t, size_t at, const int16_t *samples, size_t n);

#endif
