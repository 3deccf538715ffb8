/* csv: records of a table in text: RFC 4180, and what spreadsheets and people make of it.
 *
 *	struct csv c;
 *	csv_init(&c, ';');                                // -1: no memory
 *	while ((taken = csv_next(&c, p, n, last, &r))) {  // 0: more bytes are wanted, or there are none
 *		if (r.fault == CSV_FINE)
 *			use(r.fields, r.n);
 *		p += taken, n -= taken, line += r.lines;
 *	}
 *	csv_free(&c);
 *
 * A line ends with LF, CR LF or CR. Quoted fields hold delimiters, line ends and doubled quotes; blanks may stand before
 * the quote, and what stands between the closing quote and the delimiter belongs to the field. In a field that does not
 * begin with a quote, quotes are characters. Bytes are not looked into: there may be NULs, and any encoding that has ASCII.
 *
 * A quote that is never closed would swallow all that follows. It costs one line: the record is given up, and the next one
 * begins on the next line. Pure, no allocation but that of csv_init.
 */
#ifndef CALLPIPE_CODEC_CSV_H
#define CALLPIPE_CODEC_CSV_H

#include "base/util.h"

#define CSV_RECORD_MAX ((size_t)1 << 20) /* bytes of a record */
#define CSV_FIELDS_MAX 512

enum csv_fault {
	CSV_FINE,
	CSV_OPEN_QUOTE, /* one line, in which a quote begins that does not end, or not before a delimiter */
	CSV_TOO_LONG, /* raw is its beginning; then CSV_REST follows, perhaps several times */
	CSV_TOO_MANY, /* fields */
	CSV_REST,     /* no record: what is left of one that was too long */
};

struct csv_field {
	const char *p; /* not NUL-terminated; valid until the next call */
	size_t n;      /* bytes */
};

struct csv_record {
	enum csv_fault fault;
	const struct csv_field *fields; /* of CSV_FINE: n of them, at least 1 */
	size_t n;
	struct csv_field raw; /* as it stands in the input, without its line end */
	size_t lines;         /* ends of lines that were taken */
	bool ended;           /* a line end stood behind it, and not the end of all */
};

struct csv {
	char delimiter;
	bool skips;  /* the record was too long, and its end is looked for */
	char *text;  /* of fields with quotes; CSV_RECORD_MAX bytes */
	size_t used; /* of them */
	struct csv_field fields[CSV_FIELDS_MAX];
};

/* -1: no memory; csv_free is harmless then. */
int csv_init(struct csv *c, char delimiter) MUST_USE;
void csv_free(struct csv *c);

/* Why a record that is not CSV_FINE is none, as the end of a message; NULL: it is one. */
const char *csv_why(enum csv_fault fault);

/* Take a record from n bytes; last: there are no more behind them. Bytes taken; 0: there is no whole record in them. A
 * buffer of CSV_RECORD_MAX bytes or more is never too small. */
size_t csv_next(struct csv *c, const char *p, size_t n, bool last, struct csv_record *ret) MUST_USE;

#endif
