/* input: a table in a file, record by record, whatever wrote it.
 *
 * UTF-8 with or without its mark, UTF-16 (converted), and what is no UTF-8: that is Windows-1252, of which ISO 8859-1 is a
 * part, as long as the file had no character of UTF-8 before; then it is a byte that was damaged. Told row by row, so
 * that a file put together of two is read as well. Text that is handed out is UTF-8.
 *
 * A file, "-" for standard input, or a pipe, which is read once: the hash of its bytes is known at its end.
 */
#ifndef CAMPAIGN_INPUT_H
#define CAMPAIGN_INPUT_H

#include "base/dynbuf.h"
#include "base/hmac.h"
#include "codec/csv.h"

#define INPUT_WHY_MAX 160

enum input_encoding { INPUT_UTF8, INPUT_UTF16LE, INPUT_UTF16BE };

struct input {
	int fd;             /* -1: closed */
	int64_t size;       /* bytes; 0: nobody knows */
	int64_t bytes;      /* read so far */
	int64_t began_ns;   /* monotonic */
	struct sha256 hash; /* of them */
	char *buf;          /* what was read, as UTF-8 or Windows-1252 */
	size_t at, n;       /* parsed; in it */
	bool ended;         /* there is no more to read */
	enum input_encoding encoding;
	uint8_t odd[4]; /* UTF-16: bytes that are no character yet */
	size_t odds;    /* of them */
	struct csv csv;
	int64_t line;         /* of the next record, from 1 */
	bool utf8;            /* there were characters of UTF-8 that ASCII has not */
	int64_t windows_rows; /* rows that were Windows-1252 */
	int64_t damaged_rows; /* rows with bytes that are no character */
	struct dynbuf text;   /* of the record that was converted */
	char why[INPUT_WHY_MAX];
};

/* -1: why says why not, as the end of a message; input_close is harmless then. */
int input_open(struct input *in, const char *path) MUST_USE;
void input_close(struct input *in);

/* What is at the beginning, up to *ret_n bytes that stay valid until the next call: for the header. -1: why. */
int input_peek(struct input *in, const char **ret, size_t *ret_n) MUST_USE;
/* The next record, CSV_REST left out, and the number of its line. 1; 0: there are no more; -1: why. */
int input_next(struct input *in, struct csv_record *ret, int64_t *ret_line) MUST_USE;

/* On a terminal, if it is time to: how many records were made of it so far, how fast, and what is left. */
void input_progress(const struct input *in, int64_t records);

/* The bytes of a field as UTF-8: themselves, or in *buf. One that was damaged has U+FFFD. */
struct csv_field input_text(struct input *in, struct csv_field f, bool windows, struct dynbuf *buf);
/* Is this record one in Windows-1252? Counts it. */
bool input_is_windows(struct input *in, struct csv_field raw);

#endif
