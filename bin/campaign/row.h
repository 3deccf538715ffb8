/* row: a record of a file as a row of the table that contacts are made from.
 *
 * Each record becomes one row: a contact, with a number; or a line that is bad, with the reason and what stood there. What
 * is blank becomes none.
 */
#ifndef CAMPAIGN_ROW_H
#define CAMPAIGN_ROW_H

#include "columns.h"
#include "text/e164.h"

/* The columns of a row, in their order, as a table is made of them. */
#define ROW_COLUMNS \
	"line bigint, reason text, raw text, phone text COLLATE \"C\", phone_raw text, first_name text, last_name text," \
	" email text, company text, notes text, extra jsonb, status text, priority smallint, tz text, country text," \
	" line_type text, consent_basis text, consent_at timestamptz, consent_proof text"

enum row_kind { ROW_GOOD, ROW_BAD, ROW_BLANK };

/* Whatever is not to be imported, or known. */
struct row_lists {
	const char *country; /* as e164_country() has it; NULL: none */
	bool clean;          /* repair numbers that a spreadsheet has spoilt */
	char **zones;        /* names of time zones, sorted; NULL: any is good */
	size_t n_zones;
	const uint8_t (*erased)[SHA256_BYTES]; /* hashes of numbers, sorted */
	size_t n_erased;
};

/* What rows are made with. */
struct row_maker {
	struct input *in;
	const struct columns *columns;
	const struct row_lists *lists;
	struct dynbuf text, name, extra, json;
	struct csv_field cells[CSV_FIELDS_MAX]; /* of the record, trimmed */
	struct csv_field value[COLUMN_EXTRA];   /* the first of each kind that is not empty */
	struct e164 number;                     /* of the row that was made last */
	char why[INPUT_WHY_MAX];                /* it is bad */
};

void row_init(struct row_maker *m, struct input *in, const struct columns *columns,
	const struct row_lists *lists);
void row_free(struct row_maker *m);
/* Add the row to *ret, in the format of COPY. A buffer that has failed is the caller's to see. */
enum row_kind row_make(
	struct row_maker *m, const struct csv_record *r, int64_t line, struct dynbuf *ret);

/* A cell without blanks around it, and without the apostrophe that keeps a spreadsheet from computing it: export adds it. */
struct csv_field row_trim(struct csv_field f);
/* A number as people write it; with clean, also as spreadsheets spoil it. -1: *ret has the fault of the first try. */
int row_number(
	const char *text, size_t n, const char *country, bool clean, struct e164 *ret) MUST_USE;
/* A day, or a time of one, as ISO 8601 has it: 2026-11-26, 26/11/2026, 26.11.2026 14:30. -1: it is none. */
int row_date(const char *text, size_t n, char ret[32]) MUST_USE;

#endif
