/* report: what a call was like, for programs (one JSON object a line) or for people (a table).
 */
#ifndef CALLPIPE_AS_DIAL_REPORT_H
#define CALLPIPE_AS_DIAL_REPORT_H

#include "call.h"

/* Totals of all calls. */
struct totals {
	uint64_t calls, ok, refused;    /* ended; well; never connected */
	uint64_t frames, frames_due;    /* received; that should have been */
	uint64_t bursts, gaps, illegal; /* as in a call */
	uint64_t unstamped;             /* as in a call */
	int64_t lead_ns;                /* the most that any call was ahead of time */
	struct hist late;               /* of all frames */
	struct hist first_audible; /* from connect, of the calls in which the bot was audible */
	struct hist response;      /* all that were measured */
	int64_t call_ns;           /* sum of the durations */
	int64_t send_late_ns;      /* the latest we ever were with a frame */
	int64_t cpu_ns;            /* our own cost */
};

void totals_add(struct totals *t, const struct call *c);

void report_call_json(const struct call *c, struct dynbuf *to);
void report_totals_json(const struct totals *t, struct dynbuf *to);

void report_head_table(struct dynbuf *to);
void report_call_table(const struct call *c, struct dynbuf *to);
void report_totals_table(const struct totals *t, struct dynbuf *to);

#endif
