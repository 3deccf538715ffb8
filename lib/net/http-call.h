/* http-call: one request inside of http: how it is put to libcurl, and what is made of what comes back.
 */
#ifndef CALLPIPE_NET_HTTP_CALL_H
#define CALLPIPE_NET_HTTP_CALL_H

#include "base/dynbuf.h"
#include "net/curl.h"

#define HTTP_HEADERS_MAX 65536  /* bytes of all headers of a reply */
#define HTTP_ERROR_CUT 65536    /* bytes of an error's body that are waited for */
#define HTTP_BODY_MAX (1 << 26) /* bytes of a body, unless the request says how many */

/* When a server says that it may be asked again, in its different ways; -1: not in this one. */
struct http_again {
	int64_t ms;       /* retry-after-ms */
	int64_t after_ms; /* retry-after, as a delay */
	int64_t after_s;  /* or as a time, since 1970 */
	int64_t reset_ms; /* x-ratelimit-reset, as a delay */
	int64_t reset_s;  /* or as a time */
	int64_t date_s;   /* the server's own clock */
};

struct http_call {
	struct http_call *next, **back; /* among all of the state */
	struct http_call *due_next;     /* among those that have something to tell */
	bool due;                       /* it is among those */
	struct http_state *state;
	struct http_handlers on;
	void *ctx;

	CURL *easy; /* NULL: it has ended, or could not begin */
	struct curl_slist *headers;
	curl_mime *mime;
	char error[CURL_ERROR_SIZE]; /* libcurl's words */
	char *warms;                 /* nobody waits for it: the URL that it warms; else NULL */

	/* deadlines, ns; 0: none, or past */
	int64_t connect_at, first_at, idle_at, total_at;
	int64_t connect_ms, first_ms, idle_ms, total_ms; /* as asked for */

	struct http_reply reply;
	struct http_again again;
	enum http_fault fault; /* why we ended it ourselves; HTTP_OK: we did not */
	size_t head_bytes;     /* of headers so far */
	size_t got, max;       /* bytes of the body */
	bool head_done;        /* the headers are whole */
	bool head_told;        /* and have been told */
	bool ended;            /* reply is complete */
	struct dynbuf lines;   /* headers that are to be told: name, NUL, value, NUL */
	struct dynbuf body;    /* what is to be told of it */
	struct dynbuf error_body;
	bool telling; /* a handler is being called */
	bool gone;    /* cancelled by that: freed behind it */
};

/* The request, ready to be added to a multi handle. -1: it cannot be made, reply.why says why. */
int http_prepare(struct http_call *c, const struct http_request *q) MUST_USE;
/* Free what http_prepare made. */
void http_release(struct http_call *c);

/* Begin a reply: nothing is known. */
void http_reply_init(struct http_call *c);
/* Callbacks of libcurl: a line of the head, a piece of the body. */
size_t http_take_header(char *p, size_t size, size_t n, void *call);
size_t http_take_body(char *p, size_t size, size_t n, void *call);
/* It is over: what it means, in the reply. */
void http_conclude(struct http_call *c, CURLcode code);
/* It is over because we say so. */
void http_conclude_fault(struct http_call *c, enum http_fault fault, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* It has something to tell: from the loop, as soon as nothing else is going on. */
void http_due(struct http_call *c);

#endif
