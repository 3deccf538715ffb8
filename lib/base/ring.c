#include "base/ring.h"

#include <stdlib.h>
#include <string.h>

int ring_init(struct ring *r, size_t size_bytes)
{
	*r = (struct ring){.p = malloc(size_bytes), .size = size_bytes};
	return r->p ? 0 : -1;
}

void ring_free(struct ring *r)
{
	free(r->p);
	*r = (struct ring){0};
}

int ring_put(struct ring *r, const void *p, size_t n)
{
	size_t end, first;

	if (n > ring_space(r))
		return -1;
	if (n == 0)
		return 0;
	end = r->start + r->used;
	if (end >= r->size)
		end -= r->size;
	first = r->size - end < n ? r->size - end : n;
	memcpy(r->p + end, p, first);
	memcpy(r->p, (const uint8_t *)p + first, n - first);
	r->used += n;
	return 0;
}

const uint8_t *ring_peek(const struct ring *r, size_t *ret_n)
{
	size_t to_end = r->size - r->start;

	*ret_n = r->used < to_end ? r->used : to_end;
	return r->p + r->start;
}

size_t ring_get(struct ring *r, void *p, size_t n)
{
	uint8_t *to = p;
	size_t taken = 0;

	while (taken < n && r->used > 0) {
		size_t part;
		const uint8_t *from = ring_peek(r, &part);

		if (part > n - taken)
			part = n - taken;
		if (to)
			memcpy(to + taken, from, part);
		taken += part;
		r->used -= part;
		r->start += part;
		if (r->start == r->size || r->used == 0)
			r->start = 0;
	}
	return taken;
}
