/* sse: server-sent events, bytes in, events out, however they are cut.
 *
 * Lines end in LF, CR or CRLF; a blank line ends an event; `data` of several lines is joined with LF; comments, ids and
 * retry are left out; a byte order mark at the beginning too. An event without data is none. What is not ended by a blank
 * line is given by sse_end: servers leave it out.
 *
 * Source: HTML Living Standard, 9.2 Server-sent events.
 */
#ifndef CALLPIPE_CODEC_SSE_H
#define CALLPIPE_CODEC_SSE_H

#include "base/dynbuf.h"

#define SSE_NAME_MAX 64          /* bytes of an event's name, with its NUL; longer ones are cut */
#define SSE_DATA_MAX (256 << 10) /* bytes of an event's data */

/* An event: name is "message" if it has none; data is NUL-terminated. */
typedef void sse_event(void *ctx, const char *name, const char *data, size_t n);

struct sse {
	struct dynbuf line;      /* not ended yet */
	struct dynbuf data;      /* of the event */
	char name[SSE_NAME_MAX]; /* of the event, "": none */
	bool any;                /* it has data */
	bool cr;                 /* the last byte was a CR: an LF belongs to it */
	bool begun;              /* the mark, if there was one, has been passed */
};

void sse_init(struct sse *s);
void sse_free(struct sse *s);
/* -1: an event is larger than SSE_DATA_MAX. fn may not free s. */
int sse_add(struct sse *s, const void *p, size_t n, sse_event *fn, void *ctx) MUST_USE;
int sse_end(struct sse *s, sse_event *fn, void *ctx) MUST_USE;

#endif
