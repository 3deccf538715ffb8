/* columns: what the columns of a file are, by their names, in English and French.
 */
#ifndef CAMPAIGN_COLUMNS_H
#define CAMPAIGN_COLUMNS_H

#include "input.h"

enum column {
	COLUMN_PHONE, /* there may be several: the first good number is taken */
	COLUMN_FIRST_NAME,
	COLUMN_LAST_NAME,
	COLUMN_EMAIL,
	COLUMN_COMPANY,
	COLUMN_NOTES,
	COLUMN_STATUS,
	COLUMN_PRIORITY,
	COLUMN_CONSENT_BASIS,
	COLUMN_CONSENT_AT,
	COLUMN_CONSENT_PROOF,
	COLUMN_TZ,
	COLUMN_COUNTRY,
	COLUMN_REASON, /* of a list of numbers not to be called */
	COLUMN_SCOPE,
	COLUMN_RESULT, /* of a call, as `export` writes it: passed over */
	COLUMN_EXTRA,  /* all else */
};

struct columns {
	enum column of[CSV_FIELDS_MAX];
	char *names[CSV_FIELDS_MAX]; /* as the header has them */
	size_t n;
	bool has[COLUMN_EXTRA + 1]; /* there is one of that kind */
};

/* Read the header, and set the delimiter of the file by it: the one of , ; tab and | by which most names are known; a first
 * line "sep=;" says which. -1: in->why says what is wrong with it. columns_free in any case. */
int columns_read(struct input *in, struct columns *ret) MUST_USE;
/* The same of a list of numbers, which may have no header: then what has a number in the first line is a column of them.
 * country as e164_country() has it. */
int columns_read_list(struct input *in, const char *country, struct columns *ret) MUST_USE;
void columns_free(struct columns *c);

#endif
