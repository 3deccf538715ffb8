/* ledger: the figures so far, and which calls are in them, kept in a file between two runs.
 *
 * Counters of Prometheus only ever grow, so they are carried on from run to run; and each call is counted once, so
 * the calls of the last two days are remembered by a hash of their names. One file holds both, and is replaced as a
 * whole: whatever is killed and when, no call is counted twice and none is left out.
 *
 *	{"version":1,"days":[{"day":"2026/11/25","calls":2}],"figures":{FAMILY:{LABELS:VALUE,...},...}}\n
 *	hashes of the names, 8 bytes each, in the order of the days, little endian, sorted
 */
#ifndef METRICS_LEDGER_H
#define METRICS_LEDGER_H

#include <jansson.h>

#include "base/dynbuf.h"

#define LEDGER_DAYS 2     /* that are remembered: a call is over within one */
#define LEDGER_DAY_MAX 16 /* bytes of "2026/11/25", with the NUL */
#define LEDGER_SERIES_MAX \
	500 /* of a counter; what is beyond them is counted under the label "other" */
#define LEDGER_BUCKETS_MAX 2000 /* of a histogram, with its sums; the same */
#define LEDGER_SUM \
	"|sum" /* behind the labels of the sum of a histogram; behind a bucket's is "|" and its number */

struct ledger_day {
	char day[LEDGER_DAY_MAX]; /* folder below calls/ */
	uint64_t *seen;         /* hashes of calls that are counted; the first `sorted` in order */
	size_t n, sorted, room; /* of them */
};

struct ledger {
	struct ledger_day days[LEDGER_DAYS]; /* "" : unused */
	json_t *figures;                     /* object of objects: family, labels, value */
	bool changed;                        /* since it was opened */
	bool failed; /* there was no memory for something: it is not to be saved */
	int lock_fd; /* while it is open nobody else has it */
	char path[PATH_MAX];
};

/* Open the file, or begin a new one. 0, or an exit code after a message: another run has it (75), it is none (65). */
int ledger_open(struct ledger *l, const char *path) MUST_USE;
/* Put it back as it is now, if it has changed. 0, or an exit code after a message. */
int ledger_save(struct ledger *l) MUST_USE;
void ledger_close(struct ledger *l);

/* The day, made if need be: then the oldest is forgotten. */
struct ledger_day *ledger_day(struct ledger *l, const char *day);
bool ledger_seen(const struct ledger_day *d, const char *call);
/* -1: no memory. */
int ledger_see(struct ledger *l, struct ledger_day *d, const char *call) MUST_USE;

/* Add to a figure, which only ever grows: what is negative or no number is left out. labels as prom_label makes them,
 * and LEDGER_SUM or a bucket behind the last quote; the sum first. */
void ledger_add(struct ledger *l, const char *family, const char *labels, double value);

#endif
