/* dynbuf: a growing byte buffer with a maximum, always NUL-terminated.
 *
 * Adding beyond the maximum, or without memory, frees nothing, adds nothing, marks the buffer
 * failed and returns -1; so a sequence of adds may be checked once, by dynbuf_failed, at its end.
 */
#ifndef CALLPIPE_BASE_DYNBUF_H
#define CALLPIPE_BASE_DYNBUF_H

#include "base/util.h"

struct dynbuf {
	char *p;     /* content; "" before the first add */
	size_t n;    /* bytes in use, without the NUL */
	size_t size; /* bytes allocated */
	size_t max;  /* bytes it may grow to */
	bool failed; /* an add did not fit */
};

void dynbuf_init(struct dynbuf *b, size_t max_bytes);
void dynbuf_free(struct dynbuf *b);
/* Empty it, keep the memory, forget a failure. */
void dynbuf_reset(struct dynbuf *b);
int dynbuf_add(struct dynbuf *b, const void *p, size_t n);
int dynbuf_adds(struct dynbuf *b, const char *s);
int dynbuf_addf(struct dynbuf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Make room for n more bytes and return where they go (NULL: failed); then dynbuf_grow what was
 * filled. */
void *dynbuf_room(struct dynbuf *b, size_t n) MUST_USE;
void dynbuf_grow(struct dynbuf *b, size_t n);
/* Cut to n bytes, n at most what is in use. */
void dynbuf_truncate(struct dynbuf *b, size_t n);
/* Drop n bytes from the front. */
void dynbuf_discard(struct dynbuf *b, size_t n);
static inline bool dynbuf_failed(const struct dynbuf *b)
{
	return b->failed;
}

#endif
