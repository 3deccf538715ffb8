/* journal: the records of an events.jsonl, one after the other, of whatever is left of it.
 *
 * Source: callpipe-calldir(5), THE JOURNAL. A line that is no record is given out as such, with the reason, and what
 * follows is read on; so is a last line without its end, as a crash leaves it.
 */
#ifndef CALLPIPE_RECORD_JOURNAL_H
#define CALLPIPE_RECORD_JOURNAL_H

#include <stdio.h>

#include "codec/jline.h"

#define JOURNAL_LINE_MAX (1 << 20) /* bytes: a record may be larger than a frame's header */
#define JOURNAL_TYPE_MAX 64
#define JOURNAL_MS_MAX \
	(INT64_C(1) << 40) /* 34 years: no call is longer, and such times can be added */

struct journal {
	FILE *file;         /* NULL: at its end */
	struct dynbuf line; /* the last one read */
	int64_t number;     /* of the line, from 1 */
	int64_t last_seq;   /* of the record before */
	bool failed;        /* reading has failed: errno */
};

struct journal_record {
	int64_t number;              /* of its line, from 1 */
	const char *bad;             /* why it is no record; then only `line` is set */
	struct jspan line;           /* as it is, without the line feed */
	int64_t seq;                 /* 1, 2, 3 ... */
	int64_t missing;             /* records that were lost before it */
	int64_t t_ms;                /* call time */
	char type[JOURNAL_TYPE_MAX]; /* of the event */
	struct jspan data;           /* object */
};

/* Read from the descriptor, which is taken over. */
int journal_open(int fd, struct journal *ret) MUST_USE;
/* The next record, valid until the next call; false: there is no more (or `failed`). */
bool journal_next(struct journal *j, struct journal_record *ret);
void journal_close(struct journal *j);

#endif
