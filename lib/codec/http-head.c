#include "codec/http-head.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Characters of a field's name: RFC 9110, 5.6.2. */
static bool is_token(unsigned char c)
{
	return isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_text(unsigned char c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

bool http_is_name(const char *s)
{
	if (!*s)
		return false;
	while (is_token((unsigned char)*s))
		s++;
	return !*s;
}

bool http_is_plain(const char *s)
{
	while ((unsigned char)*s >= ' ' && *s != 0x7f)
		s++;
	return !*s;
}

/* Bytes of the line at p without its end, *ret_next with it. False: the end is not there. */
static bool line_find(const char *p, size_t n, size_t *ret_n, size_t *ret_next)
{
	const char *lf = memchr(p, '\n', n);

	if (!lf)
		return false;
	*ret_n = (size_t)(lf - p);
	*ret_next = *ret_n + 1;
	if (*ret_n && lf[-1] == '\r')
		--*ret_n;
	return true;
}

/* "HTTP/1.1 101 Switching Protocols": the status, -1: it is none. */
static int status_of(const char *p, size_t n)
{
	static const char version[] = "HTTP/1.";
	int status = 0;

	if (n < 12 || memcmp(p, version, 7) != 0 || (p[7] != '0' && p[7] != '1') || p[8] != ' ' ||
		(n > 12 && p[12] != ' '))
		return -1;
	for (int i = 9; i < 12; i++) {
		if (!isdigit((unsigned char)p[i]))
			return -1;
		status = status * 10 + p[i] - '0';
	}
	for (size_t i = 12; i < n; i++)
		if (!is_text((unsigned char)p[i]))
			return -1;
	return status < 100 || status > 599 ? -1 : status;
}

static bool field_of(const char *p, size_t n, struct http_field *ret)
{
	size_t name = 0, from, to = n;

	while (name < n && is_token((unsigned char)p[name]))
		name++;
	if (!name || name == n || p[name] != ':')
		return false;
	for (from = name + 1; from < n && (p[from] == ' ' || p[from] == '\t'); from++)
		;
	while (to > from && (p[to - 1] == ' ' || p[to - 1] == '\t'))
		to--;
	for (size_t i = from; i < to; i++)
		if (!is_text((unsigned char)p[i]))
			return false;
	*ret = (struct http_field){p, p + from, name, to - from};
	return true;
}

/* What has come does not even begin like a reply: no need to wait for the end of its line. */
static bool is_odd(const char *p, size_t n)
{
	static const char version[] = "HTTP/1.";

	return memcmp(p, version, n < 7 ? n : 7) != 0;
}

int http_head_parse(const char *p, size_t n, struct http_head *ret)
{
	struct http_field field;
	size_t at, line, next, max = n < HTTP_HEAD_MAX ? n : HTTP_HEAD_MAX;

	if (n && is_odd(p, n))
		return -1;
	if (!line_find(p, max, &line, &at))
		return n < HTTP_HEAD_MAX ? 0 : -1;
	ret->status = status_of(p, line);
	if (ret->status < 0)
		return -1;
	ret->fields = p + at;
	for (; line_find(p + at, max - at, &line, &next); at += next) {
		if (!line) {
			ret->fields_n = (size_t)(p + at - ret->fields);
			return (int)(at + next);
		}
		if (!field_of(p + at, line, &field))
			return -1;
	}
	return n < HTTP_HEAD_MAX ? 0 : -1;
}

bool http_head_next(const struct http_head *h, size_t *pos, struct http_field *ret)
{
	size_t line, next;

	if (!line_find(h->fields + *pos, h->fields_n - *pos, &line, &next) ||
		!field_of(h->fields + *pos, line, ret))
		return false;
	*pos += next;
	return true;
}

static bool is_named(const struct http_field *f, const char *name)
{
	return strlen(name) == f->name_n && strncasecmp(f->name, name, f->name_n) == 0;
}

bool http_head_get(const struct http_head *h, const char *name, char *buf, size_t size)
{
	struct http_field f;

	buf[0] = '\0';
	for (size_t pos = 0; http_head_next(h, &pos, &f);) {
		if (!is_named(&f, name))
			continue;
		if (f.value_n >= size)
			f.value_n = size - 1;
		memcpy(buf, f.value, f.value_n);
		buf[f.value_n] = '\0';
		return true;
	}
	return false;
}

static bool list_has(const char *p, size_t n, const char *word)
{
	for (size_t at = 0; at < n;) {
		const char *comma = memchr(p + at, ',', n - at);
		size_t from = at, to = comma ? (size_t)(comma - p) : n;

		at = to + 1;
		while (from < to && (p[from] == ' ' || p[from] == '\t'))
			from++;
		while (to > from && (p[to - 1] == ' ' || p[to - 1] == '\t'))
			to--;
		if (to - from == strlen(word) && strncasecmp(p + from, word, to - from) == 0)
			return true;
	}
	return false;
}

bool http_head_has(const struct http_head *h, const char *name, const char *word)
{
	struct http_field f;

	for (size_t pos = 0; http_head_next(h, &pos, &f);)
		if (is_named(&f, name) && list_has(f.value, f.value_n, word))
			return true;
	return false;
}

/* "1a;extension": the size, -1: it is none. */
static int64_t chunk_size(const char *p, size_t n)
{
	int64_t size = 0;
	size_t i;

	for (i = 0; i < n && isxdigit((unsigned char)p[i]); i++) {
		int c = tolower((unsigned char)p[i]);

		if (size > INT32_MAX)
			return -1;
		size = size * 16 + (isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	if (!i || (i < n && p[i] != ';' && p[i] != ' ' && p[i] != '\t'))
		return -1;
	return size;
}

size_t http_chunks(char *p, size_t n, bool *ret_end)
{
	size_t at = 0, body = 0, line, next;

	*ret_end = false;
	while (line_find(p + at, n - at, &line, &next)) {
		int64_t size = chunk_size(p + at, line);
		size_t have;

		if (size <= 0) {
			*ret_end = true;
			break;
		}
		at += next;
		have = n - at < (size_t)size ? n - at : (size_t)size;
		memmove(p + body, p + at, have);
		body += have;
		at += have;
		if (have < (size_t)size || !line_find(p + at, n - at, &line, &next))
			break;
		if (line) {
			*ret_end = true;
			break;
		}
		at += next;
	}
	return body;
}
