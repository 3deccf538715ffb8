#include "scenario/memory.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (16 << 10)

struct block {
	struct block *next; /* an older one */
	size_t used;        /* bytes */
	size_t size;        /* bytes */
	alignas(max_align_t) char bytes[];
};

struct deferred {
	struct deferred *next; /* what is undone after it */
	void (*undo)(void *p);
	void *p; /* its argument */
};

struct scenario_memory {
	struct block *blocks;      /* the one that is filled first */
	struct deferred *deferred; /* what is undone first; in blocks */
	jmp_buf *without;          /* where to go without memory */
};

struct scenario_memory *memory_open(jmp_buf *without)
{
	struct scenario_memory *m = calloc(1, sizeof(*m));

	if (m)
		m->without = without;
	return m;
}

void memory_close(struct scenario_memory *m)
{
	if (!m)
		return;
	for (struct deferred *d = m->deferred; d; d = d->next)
		d->undo(d->p);
	for (struct block *b = m->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(m);
}

void memory_none(struct scenario_memory *m)
{
	if (!m->without)
		abort();         /* sealed: a bug */
	longjmp(*m->without, 1); // NOLINT(cert-err52-cpp): see memory.h
}

void memory_seal(struct scenario_memory *m)
{
	m->without = NULL;
}

/* NULL without memory. */
static void *get(struct scenario_memory *m, size_t n)
{
	struct block *b = m->blocks;

	n = (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	if (!b || b->size - b->used < n) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b = calloc(1, sizeof(*b) + size);
		if (!b)
			return NULL;
		b->size = size;
		b->next = m->blocks;
		m->blocks = b;
	}
	b->used += n;
	return b->bytes + b->used - n;
}

void *memory_get(struct scenario_memory *m, size_t n)
{
	void *p = get(m, n ? n : 1);

	if (!p)
		memory_none(m);
	return p;
}

char *memory_format(struct scenario_memory *m, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *s = get(m, n < 0 ? 1 : (size_t)n + 1);
	if (s)
		vsnprintf(s, n < 0 ? 1 : (size_t)n + 1, fmt, again);
	va_end(again);
	if (!s)
		memory_none(m);
	return s;
}

void memory_defer(struct scenario_memory *m, void (*undo)(void *p), void *p)
{
	struct deferred *d = get(m, sizeof(*d));

	if (!d) {
		undo(p);
		memory_none(m);
	}
	*d = (struct deferred){.next = m->deferred, .undo = undo, .p = p};
	m->deferred = d;
}
