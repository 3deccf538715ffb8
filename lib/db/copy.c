#include "db/copy.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

#define NUMBER_MAX 300 /* characters of a number in JSON that is taken for one */
#define EXPONENT_MAX 3 /* digits of its exponent */
#define YEAR_9999_MS INT64_C(253402300799000)

void copy_null(struct dynbuf *b)
{
	dynbuf_add(b, "\\N\t", 3);
}

/* One character that COPY does not take as it is. */
static void add_special(struct dynbuf *b, char c)
{
	switch (c) {
	case '\\':
		dynbuf_add(b, "\\\\", 2);
		break;
	case '\t':
		dynbuf_add(b, "\\t", 2);
		break;
	case '\n':
		dynbuf_add(b, "\\n", 2);
		break;
	case '\r':
		dynbuf_add(b, "\\r", 2);
		break;
	default:
		dynbuf_add(b, "\xef\xbf\xbd", 3);
	}
}

static void add(struct dynbuf *b, const char *s, size_t n)
{
	for (size_t i = 0, from = 0; i <= n;) {
		uint32_t code = i < n ? (unsigned char)s[i] : 0;
		int bytes = code < 0x80 ? i < n : utf8_decode(s + i, n - i, &code);
		bool plain = bytes > 0 && code != '\\' && code != '\t' && code != '\n' &&
			code != '\r' && code;

		if (plain) {
			i += (size_t)bytes;
			continue;
		}
		dynbuf_add(b, s + from, i - from);
		if (i == n)
			return;
		add_special(b, bytes > 0 ? s[i] : '\0');
		i += (size_t)abs(bytes);
		from = i;
	}
}

void copy_string(struct dynbuf *b, const char *s)
{
	if (!s) {
		copy_null(b);
		return;
	}
	add(b, s, strlen(s));
	dynbuf_add(b, "\t", 1);
}

void copy_span(struct dynbuf *b, const char *p, size_t n)
{
	if (!n) {
		copy_null(b);
		return;
	}
	add(b, p, n);
	dynbuf_add(b, "\t", 1);
}

void copy_text(struct dynbuf *b, const char *s)
{
	copy_string(b, s && *s ? s : NULL);
}

/* A number of JSON, n bytes, that numeric holds. */
static bool fits(const char *s, size_t n)
{
	const char *e = memchr(s, 'e', n);

	if (!e)
		e = memchr(s, 'E', n);
	return n <= NUMBER_MAX && (!e || n - (size_t)(e - s) - 1 <= EXPONENT_MAX + 1);
}

/* \u0000 is a character that jsonb has not. n: bytes of the string with its quotes. */
static void add_string(struct dynbuf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\\') {
			size_t run = 1;
			while (i + run < n && s[i + run] != '\\')
				run++;
			add(b, s + i, run);
			i += run - 1;
		} else if (i + 5 < n && memcmp(s + i, "\\u0000", 6) == 0) {
			add(b, "\\ufffd", 6);
			i += 5;
		} else {
			add(b, s + i, 2);
			i++;
		}
	}
}

static size_t string_bytes(const char *s)
{
	size_t n = 1;

	while (s[n] && s[n] != '"')
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return s[n] ? n + 1 : n;
}

void copy_json(struct dynbuf *b, const char *s)
{
	if (!s || !*s) {
		copy_null(b);
		return;
	}
	while (*s) {
		size_t n = 1;

		if (*s == '"') {
			n = string_bytes(s);
			add_string(b, s, n);
		} else if (*s == '-' || isdigit((unsigned char)*s)) {
			n = strspn(s, "+-.0123456789eE");
			if (!fits(s, n))
				dynbuf_add(b, "\"", 1);
			dynbuf_add(b, s, n);
			if (!fits(s, n))
				dynbuf_add(b, "\"", 1);
		} else {
			n = strcspn(s, "\"-0123456789");
			add(b, s, n);
		}
		s += n;
	}
	dynbuf_add(b, "\t", 1);
}

void copy_int(struct dynbuf *b, int64_t v)
{
	dynbuf_addf(b, "%" PRId64 "\t", v);
}

void copy_ms(struct dynbuf *b, int64_t ms)
{
	if (ms == -1)
		copy_null(b);
	else
		copy_int(b, max_i64(INT32_MIN, min_i64(INT32_MAX, ms)));
}

void copy_share(struct dynbuf *b, double v)
{
	if (!(v >= 0))
		copy_null(b);
	else
		dynbuf_addf(b, "%.4g\t", fmin(v, 1e6));
}

void copy_bool(struct dynbuf *b, bool v)
{
	dynbuf_add(b, v ? "t\t" : "f\t", 2);
}

void copy_seconds(struct dynbuf *b, int64_t ms)
{
	if (ms < 0)
		copy_null(b);
	else
		dynbuf_addf(b, "%" PRId64 ".%03d\t", min_i64(ms, INT32_MAX) / 1000,
			(int)(min_i64(ms, INT32_MAX) % 1000));
}

void copy_time(struct dynbuf *b, int64_t unix_ms)
{
	int64_t ms = max_i64(0, min_i64(YEAR_9999_MS, unix_ms));
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	dynbuf_addf(b, "%04d-%02d-%02d %02d:%02d:%02d.%03d+00\t", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}

void copy_bytes(struct dynbuf *b, const uint8_t *p, size_t n)
{
	char *at;

	dynbuf_adds(b, "\\\\x");
	at = dynbuf_room(b, 2 * n + 1);
	if (!at)
		return;
	hex_text(p, n, at);
	dynbuf_grow(b, 2 * n);
	dynbuf_add(b, "\t", 1);
}

void copy_end(struct dynbuf *b)
{
	if (b->n && b->p[b->n - 1] == '\t')
		b->p[b->n - 1] = '\n';
}

void copy_element(struct dynbuf *list, const char *s)
{
	dynbuf_adds(list, list->n > 1 ? "," : "");
	if (!s) {
		dynbuf_adds(list, "NULL");
		return;
	}
	dynbuf_adds(list, "\"");
	for (; *s; s++)
		dynbuf_addf(list, "%s%c", *s == '"' || *s == '\\' ? "\\" : "", *s);
	dynbuf_adds(list, "\"");
}
