#include "base/dynbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What p points to while nothing is allocated; never written to. */
static char nothing[1];

void dynbuf_init(struct dynbuf *b, size_t max_bytes)
{
	*b = (struct dynbuf){.p = nothing, .max = max_bytes};
}

void dynbuf_free(struct dynbuf *b)
{
	if (b->size)
		free(b->p);
	dynbuf_init(b, b->max);
}

void dynbuf_reset(struct dynbuf *b)
{
	b->failed = false;
	b->n = 0;
	if (b->size)
		b->p[0] = '\0';
}

void *dynbuf_room(struct dynbuf *b, size_t n)
{
	size_t size = b->size ? b->size : 64;
	char *p;

	if (n > b->max - b->n)
		goto fail;
	if (b->n + n < b->size)
		return b->p + b->n;

	while (size <= b->n + n)
		size = size > SIZE_MAX / 2 ? SIZE_MAX : size * 2;
	if (size - 1 > b->max)
		size = b->max + 1;
	p = realloc(b->size ? b->p : NULL, size);
	if (!p)
		goto fail;
	if (!b->size)
		p[0] = '\0';
	b->p = p;
	b->size = size;
	return b->p + b->n;
fail:
	b->failed = true;
	return NULL;
}

void dynbuf_grow(struct dynbuf *b, size_t n)
{
	b->n += n;
	if (b->size)
		b->p[b->n] = '\0';
}

int dynbuf_add(struct dynbuf *b, const void *p, size_t n)
{
	void *room = dynbuf_room(b, n);

	if (!room)
		return -1;
	if (n)
		memcpy(room, p, n);
	dynbuf_grow(b, n);
	return 0;
}

int dynbuf_adds(struct dynbuf *b, const char *s)
{
	return dynbuf_add(b, s, strlen(s));
}

int dynbuf_addf(struct dynbuf *b, const char *fmt, ...)
{
	va_list ap;
	char *room;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b->size ? b->p + b->n : NULL, b->size - b->n, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return -1;
	}
	if (b->size && (size_t)n < b->size - b->n) {
		dynbuf_grow(b, (size_t)n);
		return 0;
	}

	/* it did not fit: undo what was written, make room, once more */
	dynbuf_grow(b, 0);
	room = dynbuf_room(b, (size_t)n);
	if (!room)
		return -1;
	va_start(ap, fmt);
	vsnprintf(room, (size_t)n + 1, fmt, ap);
	va_end(ap);
	dynbuf_grow(b, (size_t)n);
	return 0;
}

void dynbuf_truncate(struct dynbuf *b, size_t n)
{
	b->n = n;
	dynbuf_grow(b, 0);
}

void dynbuf_discard(struct dynbuf *b, size_t n)
{
	b->n -= n;
	if (n)
		memmove(b->p, b->p + n, b->n + 1);
}
