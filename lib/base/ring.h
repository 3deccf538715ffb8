/* ring: a byte queue of fixed size, in place: no byte is moved.
 *
 * The memory is reserved at init and touched only as far as it is used: when the queue runs empty
 * it starts again at the front, so a large, mostly empty ring costs little.
 */
#ifndef CALLPIPE_BASE_RING_H
#define CALLPIPE_BASE_RING_H

#include "base/util.h"

struct ring {
	uint8_t *p;   /* storage */
	size_t size;  /* bytes of storage */
	size_t start; /* offset of the oldest byte */
	size_t used;  /* bytes queued */
};

int ring_init(struct ring *r, size_t size_bytes) MUST_USE;
void ring_free(struct ring *r);
static inline size_t ring_space(const struct ring *r)
{
	return r->size - r->used;
}

/* Queue n bytes; all or nothing, -1 if they do not fit. */
int ring_put(struct ring *r, const void *p, size_t n) MUST_USE;
/* Take up to n bytes into p (NULL: drop them); returns how many. */
size_t ring_get(struct ring *r, void *p, size_t n);
/* The oldest bytes that lie together; *ret_n is 0 when empty. */
const uint8_t *ring_peek(const struct ring *r, size_t *ret_n);

#endif
