#include "db/table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "codec/jline.h"

/* Types whose text is a number, or JSON, as it stands: their oids never change. */
enum {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_JSON = 114,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_NUMERIC = 1700,
	OID_JSONB = 3802
};
#define CELL_MAX 60 /* columns of a terminal that one cell takes */
#define ROW_MAX ((size_t)64 << 20)

enum table_form table_form(bool json, bool csv)
{
	if (json || csv)
		return json ? TABLE_JSON : TABLE_CSV;
	return isatty(STDOUT_FILENO) ? TABLE_TEXT : TABLE_JSON;
}

static bool is_number(Oid type)
{
	return type == OID_INT2 || type == OID_INT4 || type == OID_INT8 || type == OID_FLOAT4 ||
		type == OID_FLOAT8 || type == OID_NUMERIC;
}

/* As people read it. */
static const char *value_of(const PGresult *result, int r, int column)
{
	const char *value = PQgetvalue(result, r, column);

	if (PQftype(result, column) != OID_BOOL || !*value)
		return value;
	return *value == 't' ? "yes" : "no";
}

/* ---- JSON ---- */

struct writer {
	FILE *out;
	struct dynbuf line; /* of JSON, kept for its memory */
	bool headed;        /* CSV: the names have been written */
};

static void json_value(struct dynbuf *b, const PGresult *row, int r, int column)
{
	const char *value = PQgetvalue(row, r, column);
	Oid type = PQftype(row, column);

	if (PQgetisnull(row, r, column))
		dynbuf_adds(b, "null");
	else if (type == OID_BOOL)
		dynbuf_adds(b, *value == 't' ? "true" : "false");
	else if (type == OID_JSON || type == OID_JSONB ||
		(is_number(type) && strchr("-0123456789", *value)))
		dynbuf_adds(b, value);
	else
		jline_add_quoted(b, value, strlen(value));
}

static int json_line(struct writer *w, const PGresult *result, int r)
{
	dynbuf_reset(&w->line);
	for (int i = 0; i < PQnfields(result); i++) {
		dynbuf_adds(&w->line, i ? "," : "{");
		jline_add_quoted(&w->line, PQfname(result, i), strlen(PQfname(result, i)));
		dynbuf_adds(&w->line, ":");
		json_value(&w->line, result, r, i);
	}
	dynbuf_adds(&w->line, "}\n");
	return fwrite(w->line.p, 1, w->line.n, w->out) == w->line.n ? 0 : -1;
}

static int json_row(const PGresult *row, void *ctx)
{
	return json_line(ctx, row, 0);
}

/* ---- CSV ---- */

/* A spreadsheet computes what begins so, and a cell of somebody else's words is none of ours. */
static bool is_formula(const char *s)
{
	if (strchr("=@\t\r", *s) && *s)
		return true;
	return (*s == '+' || *s == '-') && s[1 + strspn(s + 1, "0123456789 .()-")];
}

static void csv_cell(FILE *out, const char *s, bool first)
{
	bool formula = is_formula(s), quoted = formula || strpbrk(s, ",\"\r\n") || *s == ' ';

	if (!first)
		putc(',', out);
	if (quoted)
		putc('"', out);
	if (formula)
		putc('\'', out);
	for (; *s; s++) {
		if (*s == '"')
			putc('"', out);
		putc(*s, out);
	}
	if (quoted)
		putc('"', out);
}

static void csv_head(struct writer *w, const PGresult *row)
{
	for (int i = 0; i < PQnfields(row); i++)
		csv_cell(w->out, PQfname(row, i), i == 0);
	fputs("\r\n", w->out);
	w->headed = true;
}

static int csv_line(struct writer *w, const PGresult *result, int r)
{
	for (int i = 0; i < PQnfields(result); i++)
		csv_cell(w->out, value_of(result, r, i), i == 0);
	fputs("\r\n", w->out);
	return ferror(w->out) ? -1 : 0;
}

static int csv_row(const PGresult *row, void *ctx)
{
	struct writer *w = ctx;

	if (!w->headed)
		csv_head(w, row);
	return csv_line(w, row, 0);
}

/* ---- a table ---- */

/* Characters that a terminal shows, but no more than most; a character is taken to be a column wide. */
static size_t width(const char *s, size_t most)
{
	size_t n = 0, left = strlen(s);
	uint32_t code;

	for (; left && n < most; n++) {
		size_t bytes = utf8_next(s, left, &code);
		s += bytes;
		left -= bytes;
	}
	return n;
}

static void plain(FILE *out, const char *s, size_t most)
{
	size_t left = strlen(s);
	uint32_t code;

	for (size_t n = 0; left && n < most; n++) {
		size_t bytes = utf8_next(s, left, &code);
		bool odd = code < 0x20 || (code >= 0x7f && code < 0xa0) ||
			(code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
			(code >= 0x2066 && code <= 0x2069);
		if (odd)
			putc('?', out);
		else
			fwrite(s, 1, bytes, out);
		s += bytes;
		left -= bytes;
	}
}

void table_plain(FILE *out, const char *s)
{
	plain(out, s, SIZE_MAX);
}

static void upright_table(const PGresult *result, FILE *out)
{
	size_t name = 0;

	for (int i = 0; i < PQnfields(result); i++)
		if (strlen(PQfname(result, i)) > name)
			name = strlen(PQfname(result, i));
	for (int i = 0; PQntuples(result) && i < PQnfields(result); i++) {
		fprintf(out, "%-*s  ", (int)name, PQfname(result, i));
		table_plain(out, PQgetisnull(result, 0, i) ? "-" : value_of(result, 0, i));
		putc('\n', out);
	}
}

static void cell(const PGresult *result, int column, const char *s, size_t columns, FILE *out)
{
	bool last = column + 1 == PQnfields(result), right = is_number(PQftype(result, column));
	int pad = (int)(columns - width(s, CELL_MAX));

	fprintf(out, "%s%*s", column ? "  " : "", right ? pad : 0, "");
	plain(out, s, CELL_MAX);
	fprintf(out, "%*s", right || last ? 0 : pad, "");
}

static void flat_table(const PGresult *result, FILE *out)
{
	size_t widths[64] = {0};

	for (int i = 0; i < PQnfields(result); i++) {
		widths[i] = width(PQfname(result, i), CELL_MAX);
		for (int r = 0; r < PQntuples(result); r++) {
			size_t w = width(value_of(result, r, i), CELL_MAX);
			widths[i] = w > widths[i] ? w : widths[i];
		}
	}
	for (int r = -1; r < PQntuples(result); r++) {
		for (int i = 0; i < PQnfields(result); i++)
			cell(result, i, r < 0 ? PQfname(result, i) : value_of(result, r, i),
				widths[i], out);
		putc('\n', out);
	}
}

static void text_table(const PGresult *result, bool upright, FILE *out)
{
	if (upright)
		upright_table(result, out);
	else
		flat_table(result, out);
}

/* ---- all ---- */

/* The names stand there too if there are no rows. */
static int csv_all(
	struct db *db, const char *sql, const char *const params[], int n, struct writer *w)
{
	PGresult *result;
	char *none;

	if (db_each(db, sql, params, n, csv_row, w) == -1)
		return -1;
	if (w->headed)
		return 0;
	if (asprintf(&none, "SELECT * FROM (%s) AS q LIMIT 0", sql) == -1)
		return -1;
	if (db_query(db, none, params, n, &result) == 0) {
		csv_head(w, result);
		PQclear(result);
	}
	free(none);
	return 0;
}

int table_write(struct db *db, const char *sql, const char *const params[], int n,
	enum table_form form, bool upright, FILE *out)
{
	struct writer w = {.out = out};
	PGresult *result;
	int err;

	if (form == TABLE_TEXT) {
		if (db_query(db, sql, params, n, &result) == -1)
			return -1;
		text_table(result, upright, out);
		PQclear(result);
		return 0;
	}
	dynbuf_init(&w.line, ROW_MAX);
	db->fault = DB_FINE;
	err = form == TABLE_JSON ? db_each(db, sql, params, n, json_row, &w)
				 : csv_all(db, sql, params, n, &w);
	dynbuf_free(&w.line);
	return err;
}

int table_put(const PGresult *result, enum table_form form, bool upright, FILE *out)
{
	struct writer w = {.out = out};
	int err = 0;

	if (form == TABLE_TEXT) {
		text_table(result, upright, out);
		return 0;
	}
	dynbuf_init(&w.line, ROW_MAX);
	if (form == TABLE_CSV)
		csv_head(&w, result);
	for (int r = 0; !err && r < PQntuples(result); r++)
		err = form == TABLE_JSON ? json_line(&w, result, r) : csv_line(&w, result, r);
	dynbuf_free(&w.line);
	return err;
}
