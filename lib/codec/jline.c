#include "codec/jline.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Longest number that jline_number converts: more digits than any double needs to be read back exactly. */
#define NUMBER_MAX 64

struct cursor {
	const uint8_t *p;   /* next byte */
	const uint8_t *end; /* behind the last */
};

static struct cursor cursor_at(const char *p, size_t n)
{
	const uint8_t *start = (const uint8_t *)p;

	return (struct cursor){start, n > 0 ? start + n : start};
}

/* The next byte that is not blank, without taking it; -1 at the end. A line feed is no blank here. */
static int peek(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r'))
		c->p++;
	return c->p < c->end ? *c->p : -1;
}

static bool take(struct cursor *c, int byte)
{
	if (peek(c) != byte)
		return false;
	c->p++;
	return true;
}

/* Bytes of the character at c, or minus those that are none: the most of them are ASCII, and taken here. */
static inline int character_bytes(const struct cursor *c)
{
	uint32_t code;

	return *c->p < 0x80 ? 1 : utf8_decode((const char *)c->p, (size_t)(c->end - c->p), &code);
}

/* Four hexadecimal digits, or -1. */
static int32_t hex4(struct cursor *c)
{
	int32_t code = 0;

	if (c->end - c->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		uint8_t b = *c->p++, letter = b | 0x20;
		if (b >= '0' && b <= '9')
			code = code << 4 | (b - '0');
		else if (letter >= 'a' && letter <= 'f')
			code = code << 4 | (letter - 'a' + 10);
		else
			return -1;
	}
	return code;
}

/* What follows \u, and the second half of a surrogate pair. A half alone stands for nothing in UTF-8 and
 * is refused, as by every reader that keeps strings in UTF-8. */
static int escaped_unit(struct cursor *c, char out[4])
{
	int32_t code = hex4(c);

	if (code < 0 || (code >= 0xdc00 && code <= 0xdfff))
		return -1;
	if (code >= 0xd800 && code <= 0xdbff) {
		if (c->end - c->p < 2 || c->p[0] != '\\' || c->p[1] != 'u')
			return -1;
		c->p += 2;
		int32_t low = hex4(c);
		if (low < 0xdc00 || low > 0xdfff)
			return -1;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	return (int)utf8_encode((uint32_t)code, out);
}

static int escaped(struct cursor *c, char out[4])
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	if (c->p == c->end)
		return -1;
	uint8_t b = *c->p++;
	if (b == 'u')
		return escaped_unit(c, out);
	const char *at = memchr(from, b, sizeof from - 1);
	if (!at)
		return -1;
	out[0] = to[at - from];
	return 1;
}

/* One character inside a string: its bytes of UTF-8 in out, 0 for the closing quote, -1 for a mistake.
 * Checking and unescaping both go through here, so they cannot disagree. */
static inline int character(struct cursor *c, char out[4])
{
	if (c->p == c->end || *c->p < 0x20)
		return -1;
	if (*c->p == '"')
		return c->p++, 0;
	if (*c->p == '\\')
		return c->p++, escaped(c, out);
	int n = character_bytes(c);
	for (int i = 0; i < n; i++)
		out[i] = (char)*c->p++;
	return n;
}

static bool check_string(struct cursor *c)
{
	char out[4];
	int n;

	if (!take(c, '"'))
		return false;
	while ((n = character(c, out)) > 0)
		;
	return n == 0;
}

static bool digits(struct cursor *c)
{
	const uint8_t *start = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p > start;
}

static bool next_is(const struct cursor *c, char a, char b)
{
	return c->p < c->end && (*c->p == a || *c->p == b);
}

static bool check_number(struct cursor *c)
{
	if (next_is(c, '-', '-'))
		c->p++;
	if (next_is(c, '0', '0'))
		c->p++;
	else if (!digits(c))
		return false;
	if (next_is(c, '.', '.')) {
		c->p++;
		if (!digits(c))
			return false;
	}
	if (next_is(c, 'e', 'E')) {
		c->p++;
		if (next_is(c, '+', '-'))
			c->p++;
		if (!digits(c))
			return false;
	}
	return true;
}

static bool check_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		return false;
	c->p += n;
	return true;
}

static bool check_scalar(struct cursor *c)
{
	switch (peek(c)) {
	case '"':
		return check_string(c);
	case 't':
		return check_word(c, "true");
	case 'f':
		return check_word(c, "false");
	case 'n':
		return check_word(c, "null");
	default:
		return check_number(c);
	}
}

int jline_check(const char *p, size_t n)
{
	struct cursor c = cursor_at(p, n);
	char closer[JLINE_DEPTH] = {0}; /* what ends each container that is open */
	size_t depth = 0;

	if (peek(&c) != '{')
		return -1;
	for (;;) {
		int b = peek(&c);
		bool first = b == '{' || b == '[';
		if (first) {
			if (depth == JLINE_DEPTH)
				return -1;
			closer[depth++] = b == '{' ? '}' : ']';
			c.p++;
		} else if (!check_scalar(&c)) {
			return -1;
		}
		while (take(&c, closer[depth - 1])) {
			if (--depth == 0)
				return peek(&c) < 0 ? 0 : -1;
			first = false;
		}
		if (!first && !take(&c, ','))
			return -1;
		if (closer[depth - 1] == '}' && !(check_string(&c) && take(&c, ':')))
			return -1;
	}
}

/* The skips trust that the text is well formed, but never read beyond its end. */
static void skip_string(struct cursor *c)
{
	for (c->p++; c->p < c->end && *c->p != '"'; c->p++)
		if (*c->p == '\\' && c->end - c->p > 1)
			c->p++;
	if (c->p < c->end)
		c->p++;
}

static void skip_value(struct cursor *c)
{
	size_t depth = 0;

	do {
		int b = peek(c);
		if (b < 0)
			return;
		if (b == '"') {
			skip_string(c);
			continue;
		}
		if (b == '{' || b == '[')
			depth++;
		else if ((b == '}' || b == ']') && depth > 0)
			depth--;
		else if (depth == 0) {
			while (c->p < c->end && !strchr(",}] \t\r", *c->p))
				c->p++;
			return;
		}
		c->p++;
	} while (depth > 0);
}

bool jline_next(struct jspan obj, size_t *pos, struct jspan *ret_key, struct jspan *ret_value)
{
	struct cursor c = cursor_at(obj.p, obj.n);

	if (*pos == 0) {
		if (!take(&c, '{'))
			return false;
	} else {
		c.p += *pos;
		if (!take(&c, ','))
			return false;
	}
	if (peek(&c) != '"')
		return false;
	const uint8_t *key = c.p;
	skip_string(&c);
	const uint8_t *key_end = c.p;
	if (!take(&c, ':') || peek(&c) < 0)
		return false;
	const uint8_t *value = c.p;
	skip_value(&c);
	*ret_key = (struct jspan){(const char *)key, (size_t)(key_end - key)};
	*ret_value = (struct jspan){(const char *)value, (size_t)(c.p - value)};
	*pos = (size_t)(c.p - (const uint8_t *)obj.p);
	return true;
}

bool jline_get(struct jspan obj, const char *key, struct jspan *ret)
{
	struct jspan name, value, found = {0};
	size_t pos = 0;

	while (jline_next(obj, &pos, &name, &value))
		if (jline_eq(name, key))
			found = value;
	*ret = found;
	return found.p != NULL;
}

bool jline_int(struct jspan v, int64_t *ret)
{
	int64_t sum = 0;
	size_t i = v.n > 0 && v.p[0] == '-';
	bool negative = i == 1;

	if (i == v.n)
		return false;
	for (; i < v.n; i++) {
		int digit = v.p[i] - '0';
		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(sum, 10, &sum) ||
			__builtin_add_overflow(sum, negative ? -digit : digit, &sum))
			return false;
	}
	*ret = sum;
	return true;
}

bool jline_number(struct jspan v, double *ret)
{
	struct cursor c = cursor_at(v.p, v.n);
	char text[NUMBER_MAX + 1];

	/* strtod knows more than JSON does (hex, nan, blanks), so the form is checked first. */
	if (v.n > NUMBER_MAX || !check_number(&c) || c.p != c.end)
		return false;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	double d = strtod(text, NULL);
	if (!isfinite(d))
		return false;
	*ret = d;
	return true;
}

static bool span_is(struct jspan v, const char *s)
{
	return v.n == strlen(s) && memcmp(v.p, s, v.n) == 0;
}

bool jline_bool(struct jspan v, bool *ret)
{
	if (!v.p || (!span_is(v, "true") && !span_is(v, "false")))
		return false;
	*ret = v.p[0] == 't';
	return true;
}

bool jline_str(struct jspan v, char *buf, size_t size)
{
	struct cursor c = cursor_at(v.p, v.n);
	char out[4];
	size_t used = 0;
	int n;

	/* Measured first: buf is only touched by what fits. */
	if (!v.p || !take(&c, '"'))
		return false;
	while ((n = character(&c, out)) > 0 && out[0] != '\0')
		used += (size_t)n;
	if (n != 0 || c.p != c.end || used >= size)
		return false;

	c = cursor_at(v.p + 1, v.n - 1);
	for (used = 0; (n = character(&c, out)) > 0; used += (size_t)n)
		memcpy(buf + used, out, (size_t)n);
	buf[used] = '\0';
	return true;
}

bool jline_eq(struct jspan v, const char *s)
{
	size_t n = strlen(s);

	return v.p && v.n == n + 2 && v.p[0] == '"' && memcmp(v.p + 1, s, n) == 0;
}

int64_t jline_get_int(struct jspan obj, const char *key, int64_t fallback)
{
	struct jspan v;

	if (jline_get(obj, key, &v))
		(void)jline_int(v, &fallback);
	return fallback;
}

bool jline_get_str(struct jspan obj, const char *key, char *buf, size_t size)
{
	struct jspan v;

	if (jline_get(obj, key, &v) && jline_str(v, buf, size))
		return true;
	if (size > 0)
		buf[0] = '\0';
	return false;
}

static int add_escape(struct dynbuf *b, uint8_t c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = memchr(from, c, sizeof from - 1);

	if (at)
		return dynbuf_add(b, (char[]){'\\', to[at - from]}, 2);
	return dynbuf_addf(b, "\\u%04x", c);
}

int jline_add_quoted(struct dynbuf *b, const char *s, size_t n)
{
	struct cursor c = cursor_at(s, n);
	const uint8_t *plain = c.p; /* start of what needs no escape */

	dynbuf_adds(b, "\"");
	while (c.p < c.end) {
		int bytes = character_bytes(&c);
		if (bytes > 0 && *c.p >= 0x20 && *c.p != '"' && *c.p != '\\') {
			c.p += bytes;
			continue;
		}
		dynbuf_add(b, plain, (size_t)(c.p - plain));
		if (bytes > 0) {
			add_escape(b, *c.p++);
		} else {
			dynbuf_adds(b, "\xef\xbf\xbd");
			c.p -= bytes;
		}
		plain = c.p;
	}
	dynbuf_add(b, plain, (size_t)(c.p - plain));
	dynbuf_adds(b, "\"");
	return dynbuf_failed(b) ? -1 : 0;
}

static void add_key(struct dynbuf *b, const char *key)
{
	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[')
		dynbuf_adds(b, ",");
	jline_add_quoted(b, key, strlen(key));
	dynbuf_adds(b, ":");
}

int jline_add_str(struct dynbuf *b, const char *key, const char *value)
{
	add_key(b, key);
	return jline_add_quoted(b, value, strlen(value));
}

int jline_add_int(struct dynbuf *b, const char *key, int64_t value)
{
	add_key(b, key);
	return dynbuf_addf(b, "%" PRId64, value);
}

int jline_add_bool(struct dynbuf *b, const char *key, bool value)
{
	add_key(b, key);
	return dynbuf_adds(b, value ? "true" : "false");
}

int jline_add_raw(struct dynbuf *b, const char *key, struct jspan value)
{
	if (!value.p)
		return dynbuf_failed(b) ? -1 : 0;
	add_key(b, key);
	return dynbuf_add(b, value.p, value.n);
}
