/* csv: any bytes as a table. Exercises csv_next: it comes to an end, nothing is passed over or counted twice, fields are of
 * what stands there, and in whatever pieces the bytes come, the records are the same.
 *
 * The first byte chooses the delimiter and the size of the pieces.
 */
#include "codec/csv.h"

#include "base/dynbuf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct csv_record *r, size_t taken)
{
	size_t bytes = 0;

	MUST(r->raw.n <= taken && taken - r->raw.n <= 2);
	MUST(r->ended == (taken > r->raw.n) || r->fault == CSV_REST);
	if (r->fault != CSV_FINE)
		return;
	MUST(r->n >= 1 && r->n <= CSV_FIELDS_MAX);
	for (size_t i = 0; i < r->n; i++)
		bytes += r->fields[i].n;
	MUST(bytes + r->n - 1 <= r->raw.n);
}

static void note(const struct csv_record *r, struct dynbuf *b)
{
	dynbuf_addf(b, "%d %zu %zu %d\n", r->fault, r->raw.n, r->lines, r->ended);
	for (size_t i = 0; r->fault == CSV_FINE && i < r->n; i++) {
		dynbuf_addf(b, "%zu:", r->fields[i].n);
		dynbuf_add(b, r->fields[i].p, r->fields[i].n);
	}
}

static void read_all(
	const uint8_t *data, size_t size, char delimiter, size_t step, struct dynbuf *b)
{
	size_t at = 0, have = 0, lines = 0, ends = 0;
	struct csv_record r;
	struct csv c;

	MUST(csv_init(&c, delimiter) == 0);
	for (;;) {
		char *copy = fuzz_copy(data + at, have - at);
		size_t taken = csv_next(&c, copy, have - at, have == size, &r);

		MUST(taken <= have - at);
		if (taken) {
			check(&r, taken);
			note(&r, b);
			lines += r.lines;
		}
		free(copy);
		at += taken;
		if (!taken && have == size)
			break;
		if (!taken)
			have = size - have < step ? size : have + step;
	}
	MUST(at == size);
	for (size_t i = 0; i < size; i++)
		ends += data[i] == '\n' ||
			(data[i] == '\r' && (i + 1 == size || data[i + 1] != '\n'));
	MUST(lines == ends);
	csv_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = ",;\t|";
	struct dynbuf whole, pieces;

	if (!size)
		return 0;
	dynbuf_init(&whole, SIZE_MAX / 2);
	dynbuf_init(&pieces, SIZE_MAX / 2);
	read_all(data + 1, size - 1, delimiters[*data & 3], size, &whole);
	read_all(data + 1, size - 1, delimiters[*data & 3], 1 + (*data >> 2), &pieces);
	MUST(whole.n == pieces.n && memcmp(whole.p, pieces.p, whole.n) == 0);
	dynbuf_free(&whole);
	dynbuf_free(&pieces);
	return 0;
}
