#include "codec/csv.h"

#include <stdlib.h>
#include <string.h>

int csv_init(struct csv *c, char delimiter)
{
	c->delimiter = delimiter;
	c->skips = false;
	c->used = 0;
	c->text = malloc(CSV_RECORD_MAX);
	return c->text ? 0 : -1;
}

void csv_free(struct csv *c)
{
	free(c->text);
	c->text = NULL;
}

_Static_assert(CSV_RECORD_MAX == 1048576 && CSV_FIELDS_MAX == 512, "csv_why has them in words");

const char *csv_why(enum csv_fault fault)
{
	switch (fault) {
	case CSV_OPEN_QUOTE:
		return "a quote is not closed";
	case CSV_TOO_LONG:
	case CSV_REST:
		return "longer than 1048576 bytes";
	case CSV_TOO_MANY:
		return "more than 512 columns";
	case CSV_FINE:
		break;
	}
	return NULL;
}

/* Where a record is read. */
struct scan {
	const char *p, *at, *end;
	bool last;    /* nothing is behind end */
	size_t lines; /* line ends within quotes */
};

enum step {
	FIELD,  /* a field, and a delimiter behind it */
	RECORD, /* a field, and the end of its record behind it: at is where the line ends */
	MORE,   /* neither: the bytes are at their end */
	BROKEN, /* the quote is not closed, or not before a delimiter */
};

/* Bytes of the line end at p; 0: more bytes are wanted to know. */
static size_t line_end(const char *p, const char *end, bool last)
{
	if (*p == '\n')
		return 1;
	if (p + 1 == end)
		return last ? 1 : 0;
	return p[1] == '\n' ? 2 : 1;
}

/* The first byte of at .. end that is the delimiter or ends a line; end. */
static const char *find_stop(const char *at, const char *end, char delimiter)
{
	while (at < end && *at != delimiter && *at != '\n' && *at != '\r')
		at++;
	return at;
}

static enum step stopped(struct scan *s, char delimiter)
{
	if (s->at == s->end)
		return s->last ? RECORD : MORE;
	if (*s->at != delimiter)
		return RECORD;
	s->at++;
	return FIELD;
}

static enum step plain_field(const struct csv *c, struct scan *s, struct csv_field *f)
{
	f->p = s->at;
	s->at = find_stop(s->at, s->end, c->delimiter);
	f->n = (size_t)(s->at - f->p);
	return stopped(s, c->delimiter);
}

static void keep(struct csv *c, const char *from, const char *to)
{
	memcpy(c->text + c->used, from, (size_t)(to - from));
	c->used += (size_t)(to - from);
}

/* From behind the quote that opens to behind the one that closes; false: it does not. */
static bool unquote(struct csv *c, struct scan *s)
{
	const char *from = s->at;

	for (; s->at < s->end; s->at++) {
		if (*s->at == '\n' || (*s->at == '\r' && s->at + 1 < s->end && s->at[1] != '\n'))
			s->lines++;
		if (*s->at != '"')
			continue;
		keep(c, from, s->at);
		if (s->at + 1 == s->end && !s->last)
			return false;
		if (s->at + 1 == s->end || s->at[1] != '"') {
			s->at++;
			return true;
		}
		from = ++s->at; /* the second one of two stays */
	}
	return false;
}

static enum step quoted_field(struct csv *c, struct scan *s, struct csv_field *f)
{
	size_t before = c->used, lines = s->lines;
	const char *rest;

	if (!unquote(c, s))
		return s->last ? BROKEN : MORE;
	rest = s->at;
	s->at = find_stop(s->at, s->end, c->delimiter);
	/* a quote that closes in another line, and not before a delimiter, is one that opens */
	if (s->at > rest && s->lines > lines)
		return BROKEN;
	keep(c, rest, s->at);
	f->p = c->text + before;
	f->n = c->used - before;
	return stopped(s, c->delimiter);
}

static enum step next_field(struct csv *c, struct scan *s, struct csv_field *f)
{
	const char *at = s->at;

	while (at < s->end && *at == ' ')
		at++;
	if (at == s->end || *at != '"')
		return plain_field(c, s, f);
	s->at = at + 1;
	return quoted_field(c, s, f);
}

/* Take the line end at `at`, or the end of all: bytes of what was read; 0: more are wanted to know. */
static size_t finish(struct scan *s, struct csv_record *ret)
{
	size_t end = 0;

	if (s->at < s->end) {
		end = line_end(s->at, s->end, s->last);
		if (!end)
			return 0;
	}
	ret->raw = (struct csv_field){s->p, (size_t)(s->at - s->p)};
	ret->lines = s->lines + (end > 0);
	ret->ended = end > 0;
	return ret->raw.n + end;
}

/* The first line alone, which has a quote that is not closed. */
static size_t give_up_line(struct scan *s, struct csv_record *ret)
{
	s->lines = 0;
	s->at = s->p;
	while (s->at < s->end && *s->at != '\n' && *s->at != '\r')
		s->at++;
	ret->fault = CSV_OPEN_QUOTE;
	return finish(s, ret);
}

static size_t give_up_beginning(struct csv *c, struct scan *s, struct csv_record *ret)
{
	c->skips = true;
	ret->fault = CSV_TOO_LONG;
	ret->raw = (struct csv_field){s->p, CSV_RECORD_MAX};
	return CSV_RECORD_MAX;
}

/* A record that does not end in as many bytes as one may have. */
static size_t too_long(struct csv *c, struct scan *s, struct csv_record *ret)
{
	s->end = s->p + CSV_RECORD_MAX;
	s->last = false;
	if (s->lines) {
		size_t taken = give_up_line(s, ret);
		if (taken)
			return taken;
	}
	return give_up_beginning(c, s, ret);
}

static size_t skip(struct csv *c, struct scan *s, struct csv_record *ret)
{
	size_t end;

	ret->fault = CSV_REST;
	while (s->at < s->end && *s->at != '\n' && *s->at != '\r')
		s->at++;
	end = s->at < s->end ? line_end(s->at, s->end, s->last) : 0;
	c->skips = !end;
	ret->raw = (struct csv_field){s->p, (size_t)(s->at - s->p)};
	ret->lines = end > 0;
	return ret->raw.n + end;
}

size_t csv_next(struct csv *c, const char *p, size_t n, bool last, struct csv_record *ret)
{
	struct scan s = {.p = p, .at = p, .end = p + n, .last = last};
	struct csv_field extra, *f;
	enum step step;

	*ret = (struct csv_record){.fields = c->fields};
	if (n > CSV_RECORD_MAX) {
		s.end = p + CSV_RECORD_MAX;
		s.last = false;
	}
	if (n == 0)
		return 0;
	if (c->skips)
		return skip(c, &s, ret);
	c->used = 0;
	do {
		f = ret->n < CSV_FIELDS_MAX ? &c->fields[ret->n] : &extra;
		step = next_field(c, &s, f);
		ret->n += ret->n < CSV_FIELDS_MAX;
		if (f == &extra)
			ret->fault = CSV_TOO_MANY;
	} while (step == FIELD);
	if (step == RECORD) {
		size_t taken = finish(&s, ret);
		if (taken || n < CSV_RECORD_MAX)
			return taken;
		step = MORE;
	}
	if (step == BROKEN)
		return give_up_line(&s, ret);
	return n < CSV_RECORD_MAX ? 0 : too_long(c, &s, ret);
}
