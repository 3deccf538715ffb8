#include "codec/sse.h"

#include <errno.h>
#include <string.h>

/* A field's name, and what may stand behind it. */
#define LINE_MAX_BYTES (SSE_DATA_MAX + 64)

void sse_init(struct sse *s)
{
	*s = (struct sse){.begun = false};
	dynbuf_init(&s->line, LINE_MAX_BYTES);
	dynbuf_init(&s->data, SSE_DATA_MAX);
}

void sse_free(struct sse *s)
{
	dynbuf_free(&s->line);
	dynbuf_free(&s->data);
}

static void forget_event(struct sse *s)
{
	dynbuf_reset(&s->data);
	s->name[0] = '\0';
	s->any = false;
}

static void end_event(struct sse *s, sse_event *fn, void *ctx)
{
	if (s->any)
		fn(ctx, s->name[0] ? s->name : "message", s->data.p, s->data.n);
	forget_event(s);
}

static bool is(const char *p, size_t n, const char *name)
{
	return n == strlen(name) && memcmp(p, name, n) == 0;
}

static int take_field(struct sse *s, const char *name, size_t n, const char *value, size_t value_n)
{
	if (is(name, n, "data")) {
		if (s->any && dynbuf_add(&s->data, "\n", 1))
			return -1;
		s->any = true;
		return dynbuf_add(&s->data, value, value_n);
	}
	if (is(name, n, "event")) {
		if (value_n >= sizeof s->name)
			value_n = sizeof s->name - 1;
		memcpy(s->name, value, value_n);
		s->name[value_n] = '\0';
	}
	return 0;
}

static int take_line(struct sse *s, const char *p, size_t n, sse_event *fn, void *ctx)
{
	const char *colon, *value;

	if (!s->begun && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	s->begun = true;
	if (n == 0) {
		end_event(s, fn, ctx);
		return 0;
	}
	colon = memchr(p, ':', n);
	if (!colon)
		return take_field(s, p, n, "", 0);
	value = colon + 1;
	if (value < p + n && *value == ' ')
		value++;
	return take_field(s, p, (size_t)(colon - p), value, (size_t)(p + n - value));
}

/* The first end of a line in n bytes, or their end. */
static const char *line_end(const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	const char *cr = memchr(p, '\r', lf ? (size_t)(lf - p) : n);

	return cr ? cr : lf ? lf : p + n;
}

int sse_add(struct sse *s, const void *bytes, size_t n, sse_event *fn, void *ctx)
{
	const char *p = bytes, *end = p + n;

	while (p < end) {
		const char *stop;

		if (s->cr && *p == '\n')
			p++;
		s->cr = false;
		stop = line_end(p, (size_t)(end - p));
		if (dynbuf_failed(&s->line) || dynbuf_failed(&s->data) ||
			dynbuf_add(&s->line, p, (size_t)(stop - p)))
			goto too_large;
		if (stop == end)
			break;
		if (take_line(s, s->line.p, s->line.n, fn, ctx))
			goto too_large;
		dynbuf_reset(&s->line);
		s->cr = *stop == '\r';
		p = stop + 1;
	}
	return 0;
too_large:
	errno = EMSGSIZE;
	return -1;
}

int sse_end(struct sse *s, sse_event *fn, void *ctx)
{
	if (dynbuf_failed(&s->line) || dynbuf_failed(&s->data) ||
		(s->line.n && take_line(s, s->line.p, s->line.n, fn, ctx))) {
		errno = EMSGSIZE;
		return -1;
	}
	end_event(s, fn, ctx);
	dynbuf_reset(&s->line);
	s->begun = s->cr = false;
	return 0;
}
