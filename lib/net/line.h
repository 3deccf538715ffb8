/* line: a connection with TLS, proxies and names by libcurl, and bytes in and out of it on the loop.
 *
 * Source: libcurl 7.88, CURLOPT_CONNECT_ONLY(3): the handle stays in its multi handle (curl issue 9244: taken out, the
 * connection would be closed); curl_easy_send(3), curl_easy_recv(3).
 */
#ifndef CALLPIPE_NET_LINE_H
#define CALLPIPE_NET_LINE_H

#include "net/curl.h"

#define LINE_OUT_MAX 16384 /* bytes that can wait in it */

struct line {
	struct curl_multi multi;
	CURL *easy;
	char trouble[CURL_ERROR_SIZE]; /* libcurl's words */
	struct loop_source source; /* mask, ready, ctx: the owner's, asked once it is connected */
	bool connected;
	/* it is connected, or why not; may close it */
	void (*opened)(void *ctx, enum http_fault fault, const char *why);
	void *ctx;              /* handed to opened */
	char out[LINE_OUT_MAX]; /* libcurl wants to see bytes it could not send at the same place again */
	size_t out_at, out_n; /* sent and filled */
	bool eof, failed;     /* nothing can be read any more; nothing written */
};

/* Begin; set source, opened and ctx first. url: http: or https:, as far as the path. -1: no memory or no libcurl. */
int line_open(struct line *l, struct loop *loop, const char *url) MUST_USE;
void line_close(struct line *l);
/* Bytes that are there, at most n; 0: none now, or never again: eof. poll(2) does not know of all: read on to 0. */
size_t line_take(struct line *l, void *p, size_t n);
/* As much of n bytes as there is room for: how many. */
size_t line_put(struct line *l, const void *p, size_t n);
/* Send what waits as far as it goes: bytes sent. */
size_t line_push(struct line *l);
static inline size_t line_waiting(const struct line *l)
{
	return l->out_n - l->out_at;
}

#endif
