/* supervise: runs the pipeline of one call and sees it to its end, whatever dies on the way.
 *
 * The phases of a call, and how each is left:
 *
 *	RUNNING    the pipeline has the line    as-speak's `done`: verdict, CLOSING; the caller is gone: LINGER;
 *	                                        failure, or out of patience: KILLED
 *	CLOSING    Asterisk has to close        it does, or is made to after 5 s: LINGER
 *	LINGER     the filters' last work       after --linger: TERMED
 *	TERMED     they were asked to go        after 2 s: KILLED
 *	KILLED     they are made to             nobody is left, or 150 ms
 *	LASTWORD   as-answer has the line       Asterisk has closed, or was made to: OVER
 *	OVER
 *
 * As soon as nobody is left the call is over; if Asterisk is still there it gets the last word first.
 */
#ifndef AS_ANSWER_SUPERVISE_H
#define AS_ANSWER_SUPERVISE_H

#include "calldir.h"
#include "lastword.h"
#include "pipeline.h"
#include "slots.h"
#include "stream/scribe.h"

#define SUPERVISE_REPORTS 4 /* slots, spool, vars, record */

enum phase {
	PHASE_RUNNING,
	PHASE_CLOSING,
	PHASE_LINGER,
	PHASE_TERMED,
	PHASE_KILLED,
	PHASE_LASTWORD,
	PHASE_OVER,
	PHASES,
};

struct supervise {
	/* set by the caller */
	int64_t t0_ns; /* call time 0 */
	const struct call_info *info;
	const char *spool;    /* absolute */
	const char *fallback; /* sound file, or NULL */
	int64_t linger_s;
	int64_t max_duration_s; /* 0: no limit */
	char **argv;            /* the program */
	struct slots *slots;
	struct calldir *dir;
	struct scribe *scribe;

	/* private */
	struct loop loop;
	struct loop_source scribe_source, line_source;
	struct loop_timer step;  /* end of patience with the phase */
	struct loop_timer watch; /* a second without a word from as-speak */
	struct loop_timer limit; /* --max-duration */
	struct lastword word;
	enum phase phase;
	struct pipeline pipeline;
	int silent_s;          /* such seconds, one after the other */
	bool hung_up;          /* Asterisk has closed, or was made to */
	bool end_sent;         /* 00 00 00 is on the line: not a byte may follow */
	bool scribe_over;      /* nothing more to read from the scribe FIFO */
	bool wordless;         /* no phrase: the call was ended on purpose */
	int terms;             /* signals to end received */
	const char *fail_code; /* why as-answer took the line, one word; NULL: it did not */
	char fail_text[320];   /* the same in words */
	int64_t fail_ms;       /* and when, call time */
	bool fail_noted;       /* it is in the journal */
	struct dynbuf report[SUPERVISE_REPORTS]; /* data of the errors reported to the pipeline */
	size_t reports;                          /* how many */
	size_t echoed;             /* how many of them came round the loop into the journal */
	bool loss_reported;        /* the pipeline knows that the disk is full */
	const char *ordered;       /* verdict that as-answer decided on; NULL: as-speak's counts */
	char verdict[VERDICT_MAX]; /* as written; "": not yet */
};

/* Log something that the pipeline can do nothing about, and tell it through the loop FIFO, at most
 * SUPERVISE_REPORTS times. It is in the journal at the latest when the call ends. */
void supervise_report(struct supervise *s, const char *code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Run the call; returns the exit code. SIGTERM, INT, HUP and CHLD must be blocked or unhandled
 * before. */
int supervise_run(struct supervise *s) MUST_USE;

#endif
