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
#include "record.h"
#include "stream/slots.h"

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
	struct record *record;

	/* private */
	struct loop loop;
	struct loop_source scribe_source, line_source;
	struct loop_timer step;  /* end of patience with the phase */
	struct loop_timer watch; /* a second without a word from as-speak */
	struct loop_timer limit; /* --max-duration */
	struct lastword word;
	enum phase phase;
	struct pipeline pipeline;
	int silent_s;        /* such seconds, one after the other */
	bool hung_up;        /* Asterisk has closed, or was made to */
	bool end_sent;       /* 00 00 00 is on the line: not a byte may follow */
	bool scribe_over;    /* nothing more to read from the scribe FIFO */
	bool wordless;       /* no phrase: the call was ended on purpose */
	int terms;           /* signals to end received */
	const char *ordered; /* verdict that as-answer decided on; NULL: as-speak's counts */
};

/* Run the call; returns the exit code. SIGTERM, INT, HUP and CHLD must be blocked or unhandled
 * before. */
int supervise_run(struct supervise *s) MUST_USE;

#endif
