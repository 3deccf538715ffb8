/* record: what as-answer itself has to say in the record of a call, beside what comes from as-speak: what the call has
 * to do without, why as-answer took the line, the verdict, the last lines.
 */
#ifndef AS_ANSWER_RECORD_H
#define AS_ANSWER_RECORD_H

#include <stdarg.h>

#include "calldir.h"
#include "stream/scribe.h"

#define RECORD_REPORTS 4 /* slots, spool, vars, record */

struct record {
	/* set by the caller */
	int64_t t0_ns; /* call time 0 */
	const struct calldir *dir;
	struct scribe *scribe;

	/* read by the caller */
	const char *fail_code;     /* why as-answer took the line, one word; NULL: it did not */
	char fail_text[320];       /* the same in words */
	char verdict[VERDICT_MAX]; /* as written; "": not yet */

	/* private */
	int64_t fail_ms;                      /* when as-answer took the line, call time */
	bool fail_noted;                      /* it is in the journal */
	bool loss_reported;                   /* the pipeline knows that the disk is full */
	struct dynbuf report[RECORD_REPORTS]; /* data of the errors reported to the pipeline */
	size_t reports;                       /* how many */
	size_t echoed; /* how many of them came round the loop into the journal */
};

/* Call time now, ms. */
int64_t record_ms(const struct record *r);

/* Log something that the pipeline can do nothing about, and tell it through the loop FIFO, at most
 * RECORD_REPORTS times. It is in the journal at the latest when the call ends. */
void record_report(struct record *r, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, once, of what the disk does not take. */
void record_loss(struct record *r);
/* A record came from as-speak: one of those reports, perhaps, that has come round the loop. */
void record_heard(struct record *r, const char *type, struct jspan data);

/* As-answer takes the line. */
void record_failure(struct record *r, const char *code, const char *fmt, va_list args)
	PRINTF_LIKE(3, 0);
void record_verdict(struct record *r, const char *verdict);

/* As-speak is gone: its last records, the failure, and every open utterance as failed. */
void record_close(struct record *r);
/* Journal a phrase that as-answer begins to play. */
void record_fallback(struct record *r, const char *path);
/* The last lines of the journal; this verdict, if none is written yet. Frees what r holds. */
void record_finish(struct record *r, const char *verdict);

#endif
