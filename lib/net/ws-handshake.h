/* ws-handshake: how a WebSocket begins: an HTTP request, and a reply that proves it was understood.
 *
 * Source: RFC 6455, 4.1 and 4.2.2.
 */
#ifndef CALLPIPE_NET_WS_HANDSHAKE_H
#define CALLPIPE_NET_WS_HANDSHAKE_H

#include "base/dynbuf.h"
#include "codec/http-head.h"
#include "net/ws.h"

#define WS_KEY_MAX 32 /* bytes of a key or its answer, with the NUL */

/* Where a WebSocket is. */
struct ws_url {
	char origin[1024];  /* for libcurl: https://host:port/ */
	char host[512];     /* for a Host field */
	char target[12288]; /* path and query */
};
/* -1: no URL with ws: or wss:, too long, or no libcurl. User and password in it are left out. */
int ws_url(const char *url, struct ws_url *ret) MUST_USE;

/* What the server has to answer a key with. */
void ws_answer(const char *key, char ret[WS_KEY_MAX]);
/* A key by lot. -1: there is none. */
int ws_key(char ret[WS_KEY_MAX]) MUST_USE;
/* The request: host as in a Host field, target is path and query. -1: the buffer has failed, or a header or the
 * protocol cannot be written: they have control characters, or the name is none. */
int ws_request_add(struct dynbuf *b, const char *host, const char *target, const char *key,
	const struct ws_request *q) MUST_USE;
/* A reply with status 101 keeps to it: NULL; else what is wrong, as the end of a sentence. */
const char *ws_reply_check(const struct http_head *h, const char *key, const char *protocol);
/* Milliseconds that a reply asks to wait: retry-after-ms, retry-after in seconds; -1: it does not, or by a date. */
int64_t ws_retry_after_ms(const struct http_head *h);

#endif
