/* campaign-row: any bytes as a file of people. Exercises input, columns_read_list, columns_read and row_make: every line is
 * counted, and what goes to the database is rows of COPY with as many columns as the table, in UTF-8, without a NUL.
 */
#include "row.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "fuzz.h"

#define COLUMNS 19

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Columns and lines are divided by what COPY would have escaped in a text. */
static void check(const struct dynbuf *b, size_t rows)
{
	size_t tabs = 0, lines = 0;

	MUST(!dynbuf_failed(b));
	MUST(utf8_valid(b->p, b->n) && !memchr(b->p, '\0', b->n) && !memchr(b->p, '\r', b->n));
	for (size_t i = 0; i < b->n; i++) {
		tabs += b->p[i] == '\t';
		lines += b->p[i] == '\n';
		if (b->p[i] == '\n')
			MUST(tabs == lines * (COLUMNS - 1));
	}
	MUST(lines == rows);
}

static void read_all(struct input *in, const struct columns *columns)
{
	static struct row_maker m;
	const struct row_lists lists = {.country = "FR", .clean = true};
	struct dynbuf out;
	struct csv_record r;
	int64_t line, before = 0;
	size_t rows = 0;

	dynbuf_init(&out, SIZE_MAX / 2);
	row_init(&m, in, columns, &lists);
	while (input_next(in, &r, &line) == 1) {
		enum row_kind kind = row_make(&m, &r, line, &out);

		MUST(line > before);
		before = line;
		rows += kind != ROW_BLANK;
		MUST(kind != ROW_GOOD || m.number.number[0] == '+');
		MUST(kind != ROW_BAD || *m.why);
	}
	check(&out, rows);
	row_free(&m);
	dynbuf_free(&out);
}

static void read_people(const char *path, bool list)
{
	static struct columns columns;
	struct input in;
	int err;

	MUST(input_open(&in, path) == 0);
	err = list ? columns_read_list(&in, "FR", &columns) : columns_read(&in, &columns);
	if (err == 0)
		read_all(&in, &columns);
	else
		MUST(*in.why && !strpbrk(in.why, "\r\n"));
	columns_free(&columns);
	input_close(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("rows", MFD_CLOEXEC);
	char path[32];

	MUST(fd != -1 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_people(path, false);
	read_people(path, true);
	close(fd);
	return 0;
}
