/* ws: a WebSocket as a client, on the loop: libcurl makes the connection (TLS, proxies), wslay the frames.
 *
 * Pings are answered, and sent after ping_ms without a byte from the peer; twice that without one is a dead connection.
 * Messages come whole, however they were fragmented. Text that is no UTF-8 ends the connection (1007). Close codes go
 * both ways. Nothing blocks. The program has to ignore SIGPIPE.
 *
 * Source: RFC 6455; libcurl 7.88 CURLOPT_CONNECT_ONLY; wslay 1.1.
 */
#ifndef CALLPIPE_NET_WS_H
#define CALLPIPE_NET_WS_H

#include "net/http.h"

#define WS_MESSAGE_MAX (1 << 20) /* bytes of a message */
#define WS_WAITING_MAX (1 << 20) /* bytes that may wait to be sent */

struct ws; /* opaque */

struct ws_request {
	const char *url; /* ws: or wss: */
	const struct http_header *headers;
	size_t headers_n;
	const char *protocol; /* subprotocol; NULL: none */
	int64_t connect_ms;   /* until the handshake is done; 0: none */
	int64_t ping_ms;      /* see above; 0: never */
};

/* How it ended, or was refused. */
struct ws_end {
	enum http_fault fault; /* HTTP_OK: closed by a close frame of either side */
	int status;            /* of the handshake: 101, or why not; 0: none came */
	int code;         /* of the peer's close frame; 1005: none in it; 1006: there was none */
	char reason[124]; /* and its reason */
	char why[HTTP_WHY_MAX]; /* in words */
	const char *
		error; /* the beginning of the body of a handshake that was refused, NUL-terminated */
	int64_t retry_after_ms; /* of that; -1: it does not say */
};

struct ws_handlers {
	void (*header)(void *ctx, const char *name,
		const char *value); /* of the handshake's reply; may be NULL */
	void (*opened)(void *ctx);
	void (*message)(
		void *ctx, bool text, const void *p, size_t n); /* NUL-terminated, if text */
	void (*room)(void *ctx); /* all that waited has gone; may be NULL */
	void (*ended)(void *ctx, const struct ws_end *end); /* once; the ws is freed behind it */
};

/* NULL: no memory; all else by ended, never from here. libcurl and wslay are loaded by the first. */
struct ws *ws_open(struct loop *loop, const struct ws_request *q, const struct ws_handlers *on,
	void *ctx) MUST_USE;
/* Queue a message, also before it is opened. -1: it is closing, or WS_WAITING_MAX would wait. */
int ws_send(struct ws *w, bool text, const void *p, size_t n) MUST_USE;
/* Say goodbye with this code, when what waits has gone; ended comes when the peer has answered, or after 2 s. */
void ws_close(struct ws *w, int code, const char *reason);
/* Forget it, at once; ended does not come. May be called in handlers. */
void ws_drop(struct ws *w);

#endif
