/* ws-reply: what a server answers to the request for a WebSocket, as it comes, in whatever pieces. */
#ifndef CALLPIPE_NET_WS_REPLY_H
#define CALLPIPE_NET_WS_REPLY_H

#include "base/dynbuf.h"
#include "net/ws-handshake.h"

enum ws_verdict {
	WS_REPLY_MORE,    /* it is not whole yet */
	WS_REPLY_YES,     /* what is behind `at` are frames */
	WS_REPLY_NO,      /* refused, and as much of the body as is wanted is in error */
	WS_REPLY_STRANGE, /* it is none; why says why */
};

struct ws_reply {
	struct dynbuf in;               /* what has come; add to it */
	size_t at;                      /* used of it */
	int status;                     /* 0: none yet */
	int64_t retry_after_ms;         /* of a refusal; -1: it does not say */
	int64_t length;                 /* of its body; -1: not known */
	bool chunked;                   /* that comes in chunks */
	char error[HTTP_ERROR_MAX + 1]; /* its beginning */
	char why[HTTP_WHY_MAX];
	/* told each field of the head; may be NULL */
	void (*header)(void *ctx, const char *name, const char *value);
	void *ctx; /* handed to header */
};

void ws_reply_init(struct ws_reply *r);
void ws_reply_free(struct ws_reply *r);
/* After bytes were added. last: no more will come. */
enum ws_verdict ws_reply_read(
	struct ws_reply *r, const char *key, const char *protocol, bool last) MUST_USE;

#endif
