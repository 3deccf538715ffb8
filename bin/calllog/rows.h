/* rows: what a call directory tells, as rows of the tables, in the text format of COPY (copy.h).
 */
#ifndef CALLLOG_ROWS_H
#define CALLLOG_ROWS_H

#include "base/dynbuf.h"
#include "record/kept.h"

/* The tables, the call's own first. */
enum rows_table { ROWS_CALL, ROWS_INTERACTION, ROWS_TURN, ROWS_ACTION, ROWS_EVENT, ROWS_TABLES };

/* Name of the table and its columns, as COPY wants them: "call_turn (call_id, ..)"; of the call's own the columns
 * alone, and after them phone_hash. */
extern const char *const rows_columns[ROWS_TABLES];

#define ROWS_SOURCE_MAX 384

struct rows {
	char id[NAME_MAX + 1];        /* of the call */
	char source[ROWS_SOURCE_MAX]; /* the files, their sizes and times: other ones, other rows */
	struct dynbuf table[ROWS_TABLES]; /* rows of each */
	size_t n[ROWS_TABLES];            /* how many */
	int64_t broken_lines;             /* of the journal, set aside */
};

/* The files of the call, for rows.source. -1: no memory. */
void rows_source(const struct kept *k, char ret[ROWS_SOURCE_MAX]);
/* Make them. Each broken line of the journal is said. -1 with errno: it cannot be read, or no memory. */
int rows_make(const struct kept *k, struct rows *ret) MUST_USE;
void rows_free(struct rows *r);

#endif
