/* conform-check: a strict judge of the bytes an AudioSocket server sends, and of when they came.
 *
 * Fed incrementally with bytes and their times of arrival (CLOCK_MONOTONIC ns); does no I/O and has no
 * clock of its own. What it demands is what Asterisk 23.4 needs for a call that lives and sounds right:
 * kinds 0x10-0x18 and 0x00 only, 20 ms of audio a message, a message in one piece, one message every
 * 20 ms from the first moment to the end, nothing after 00 00 00.
 *
 * The plan starts with the first message; message k is due at its time + 20 k ms. A message that is early
 * moves the plan back to it, 60 ms in all; late ones do not move it, so coming back to the plan after a
 * delay is right.
 * After a gap the plan starts again: what was missed then must not be caught up.
 */
#ifndef CALLPIPE_AS_DIAL_CONFORM_CHECK_H
#define CALLPIPE_AS_DIAL_CONFORM_CHECK_H

#include "base/util.h"
#include "codec/asock.h"

enum check_fault {
	CHECK_KIND,   /* a kind Asterisk does not take: it hangs up */
	CHECK_EMPTY,  /* audio of length 0: it hangs up */
	CHECK_ODD,    /* half a sample */
	CHECK_SIZE,   /* not 20 ms: the message's size is the packet's size on the phone line */
	CHECK_SPLIT,  /* not in one piece: after 5 ms Asterisk hangs up */
	CHECK_CUT,    /* the connection ended inside a message */
	CHECK_END,    /* an end message with a length: Asterisk leaves its payload unread */
	CHECK_AFTER,  /* bytes after the end message */
	CHECK_FIRST,  /* the first audio came too late */
	CHECK_GAP,    /* no audio for too long */
	CHECK_BURST,  /* a message right after another */
	CHECK_FAST,   /* more audio than time has passed */
	CHECK_LATE,   /* lateness of the whole */
	CHECK_FAULTS, /* how many there are */
};

struct check_limits {
	int64_t first_ns; /* from check_open to the first audio */
	int64_t split_ns; /* from the first to the last byte of a message, exclusive */
	int64_t gap_ns;   /* between two messages */
	int64_t burst_ns; /* two messages closer than this are a burst, unless the former was late */
	int64_t lead_ns;  /* ahead of the first plan, or of what was due after a backlog */
	int64_t late_ns; /* 99th percentile of lateness; of less than 100 messages the latest may be
			   * 20 ms more; a plan that has moved by no more makes no burst */
};

/* The limits above, with late_ms allowed for the machine's own disorder. */
struct check_limits check_limits(int64_t first_ms, int64_t late_ms);

#define CHECK_LATE_FEW 100  /* less than these have no percentile: the latest is judged */
#define CHECK_LATE_MAX 4096 /* messages whose lateness is kept: 82 s */

struct check {
	struct check_limits limits;
	uint8_t header[ASOCK_HEADER_BYTES]; /* of the message being received */
	size_t have,
		size;     /* its bytes so far, and all of them (the header's until that is there) */
	int64_t begun_ns; /* when its first byte came */
	int64_t open_ns;  /* since when audio is due; 0: not yet */
	int64_t last_ns;  /* when the latest message came; when reading went on, after a backlog */
	int64_t plan_ns;  /* when the next message is due; 0: no plan yet */
	int64_t late_ns;  /* by how much the latest message was late */
	int64_t lead_ns;  /* by how much early messages have moved the plan */
	int64_t first_ns; /* from check_open to the first audio; -1: none yet */
	int64_t gap_ns;   /* longest time between two messages */
	int64_t backlog_ns;              /* until then at least, what comes may have waited */
	bool backlog;                    /* messages have waited unread: their times say nothing */
	bool overdue;                    /* this silence has been reported */
	bool ended;                      /* the end message has come */
	unsigned messages;               /* audio messages so far */
	unsigned lates;                  /* entries of late_us in use */
	int32_t late_us[CHECK_LATE_MAX]; /* lateness of each message of the plan, us */
	unsigned count[CHECK_FAULTS];    /* faults of each sort */
	enum check_fault fault;          /* the first */
	char text[160];                  /* the first in words; "" if there is none */
};

void check_init(struct check *c, const struct check_limits *limits);

/* From now on audio is due (the server has the UUID). */
void check_open(struct check *c, int64_t now);

/* How many bytes the message being received still lacks, as far as is known: a reader that asks for no
 * more gets each message with its own time. */
static inline size_t check_want(const struct check *c)
{
	return c->size - c->have;
}

void check_bytes(struct check *c, const uint8_t *p, size_t n, int64_t now);

/* Nothing more has come until now. */
void check_time(struct check *c, int64_t now);

/* The reader did not read until now: what comes up to `until`, and in a run from there on, may have
 * waited. Of that only the amount is judged, not the times. */
void check_backlog(struct check *c, int64_t now, int64_t until);

/* The connection is at its end. */
void check_close(struct check *c);

/* Judge the lateness of the whole. */
void check_finish(struct check *c);

/* The given percentile (100: the maximum) of lateness in ms; sorts late_us. */
double check_late_ms(struct check *c, int percent);

/* One word for a fault: "split". */
const char *check_name(enum check_fault fault);

static inline bool check_ok(const struct check *c)
{
	return !c->text[0];
}

#endif
