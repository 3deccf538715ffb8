/* http: requests on the loop, by libcurl: connections are kept from turn to turn, HTTP/2 where the server has it.
 *
 *	static const struct http_handlers on = {.head = head, .body = body, .end = end};
 *	struct http_request q = {.url = url, .headers = headers, .headers_n = 2, .body = json, .body_bytes = n,
 *		.connect_ms = 2000, .first_ms = 5000, .idle_ms = 5000};
 *	call = http_start(&http, &q, &on, ctx);
 *
 * libcurl is loaded by the first http_start. Names are resolved by a thread of its own, nothing here blocks. TLS is
 * verified. Where it goes through a proxy, and which authorities are trusted: http_set. Redirects are not followed: a key
 * is for the server that was named. The program ignores SIGPIPE.
 *
 * Source: libcurl 7.88, libcurl-multi(3).
 */
#ifndef CALLPIPE_NET_HTTP_H
#define CALLPIPE_NET_HTTP_H

#include "base/loop.h"

#define HTTP_ERROR_MAX 4096 /* bytes of the body of a reply that is an error */
#define HTTP_WHY_MAX 256
#define HTTP_ID_MAX 128

struct http {
	struct loop *loop;
	struct http_state *state; /* NULL: no request was made yet */
};

struct http_header {
	const char *name;
	const char *value; /* a request with a control character in it is refused */
};

/* A part of multipart/form-data. */
struct http_part {
	const char *name;
	const char *file; /* name of a file it is said to be; NULL: a plain field */
	const char *type; /* content type; NULL: none */
	const void *p;
	size_t n;
};

/* All of it is copied. */
struct http_request {
	const char *method; /* NULL: POST with a body or parts, else GET */
	const char *url;
	const struct http_header *headers;
	size_t headers_n;
	const void *body; /* NULL: none */
	size_t body_bytes;
	const struct http_part *parts; /* instead of a body */
	size_t parts_n;
	int64_t connect_ms; /* deadline of the connection, TLS included; 0: none, as of those below */
	int64_t first_ms; /* from the start to the first byte of a body, or the end of an empty one */
	int64_t idle_ms;  /* then, from one piece to the next */
	int64_t total_ms; /* all of it */
	size_t max_bytes; /* of the body; more is a failure; 0: 64 MiB */
	/* a connection of its own: libcurl sends again what it sent over a kept one that broke before a reply, and the
	 * server may have done it by then */
	bool once;
};

enum http_fault {
	HTTP_OK,      /* a reply came, whole; it may still be an error: status */
	HTTP_REFUSED, /* no connection: refused, no route, name not known */
	HTTP_TLS,     /* nobody who can be trusted */
	HTTP_SLOW,    /* a deadline */
	HTTP_BROKEN,  /* the connection broke, or what came is no HTTP */
	HTTP_LONG,    /* more than max_bytes */
	HTTP_UNABLE,  /* here: no memory, no libcurl, a request that cannot be */
};

struct http_reply {
	enum http_fault fault;
	char why[HTTP_WHY_MAX]; /* not OK, or status is no 2xx: in words, one line, no secrets */
	int status;             /* 0: none came */
	char type[64];          /* content type, without parameters; "": none */
	char request_id[HTTP_ID_MAX]; /* as the server names it, "": not at all */
	int64_t retry_after_ms; /* as it asks for: retry-after-ms, retry-after, x-ratelimit-reset; -1: it does not */
	int should_retry; /* x-should-retry: 1 true, 0 false, -1: it does not say */
	const char
		*error; /* status is no 2xx: the beginning of the body, NUL-terminated; else "" */
	size_t error_bytes;
	int64_t start_ns;   /* CLOCK_MONOTONIC */
	int64_t connect_ns; /* connected, TLS done; 0: the connection was there, or never */
	int64_t first_ns;   /* first byte of the body; 0: none */
	int64_t end_ns;
	bool http2;
};

/* Called from the loop, never from http_start. After end, or http_cancel, none is called. head and body only of a reply
 * with status 2xx. */
struct http_handlers {
	void (*head)(void *ctx, const struct http_reply *r); /* may be NULL */
	void (*body)(void *ctx, const void *p, size_t n);    /* as it comes */
	void (*end)(void *ctx, const struct http_reply *r);
	/* every header of the reply, for those who want to see them; may be NULL */
	void (*header)(void *ctx, const char *name, const char *value);
};

struct http_call; /* one request under way */

void http_init(struct http *h, struct loop *loop);
void http_free(struct http *h); /* what is under way is cancelled */
/* NULL: no memory; all else that is wrong is told by end. */
struct http_call *http_start(struct http *h, const struct http_request *q,
	const struct http_handlers *on, void *ctx) MUST_USE;
/* Forget it, at once: the connection is closed, or of HTTP/2 the stream. May be called in handlers. */
void http_cancel(struct http_call *c);
/* Have libcurl loaded, which takes 10 ms or so, before the first request wants it. */
void http_load(struct http *h);
/* Have a connection to this URL made and kept, for the request that will come. */
void http_warm(struct http *h, const char *url);

/* For all requests of this process, before the first: CALLPIPE_CA_FILE, CALLPIPE_PROXY, CALLPIPE_NO_PROXY; NULL or "":
 * those of the system, and of the usual variables (https_proxy, no_proxy, ..). The strings are kept as pointers. */
struct http_settings {
	const char *ca_file;
	const char *proxy;
	const char *no_proxy;
};
void http_set(const struct http_settings *set);
/* Can they be used? 0; -1: the file of authorities cannot be, why says why, as a message without `prog:`. */
int http_check(char why[HTTP_WHY_MAX]) MUST_USE;
/* Their rows in the options of a tool (base/opt.h). */
#define HTTP_OPTIONS(set) \
	{"ca-file", 0, OPT_STR, "FILE", "CALLPIPE_CA_FILE", \
		"authorities that are trusted, PEM; default those of the system", &(set).ca_file}, \
		{"proxy", 0, OPT_STR, "URL", "CALLPIPE_PROXY", \
			"proxy for requests; default that of https_proxy", &(set).proxy}, \
	{ \
		"no-proxy", 0, OPT_STR, "HOSTS", "CALLPIPE_NO_PROXY", \
			"asked without it: 'host,.domain'; default those of no_proxy", \
			&(set).no_proxy \
	}

/* A form-urlencoded value, spaces as %20. -1: no room. */
struct dynbuf;
int http_escape(struct dynbuf *b, const char *value) MUST_USE;

#endif
