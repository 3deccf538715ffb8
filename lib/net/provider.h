/* provider: one vendor's service as it is set: where it is, with which key, behind which breaker. Engines of stt, tts and
 * agent ask through it: the breaker is asked, failures are tried again as retry.h says as long as there is time, what
 * happened is told to the breaker.
 */
#ifndef CALLPIPE_NET_PROVIDER_H
#define CALLPIPE_NET_PROVIDER_H

#include "net/breaker.h"
#include "net/http.h"
#include "net/retry.h"

#define PROVIDER_HEADERS_MAX 8

/* What a vendor wants to see of the key. */
enum provider_auth {
	PROVIDER_BEARER, /* Authorization: Bearer KEY */
	PROVIDER_TOKEN,  /* Authorization: Token KEY (Deepgram) */
	PROVIDER_HEADER, /* NAME: KEY */
};

struct provider_spec {
	const char *stage;  /* "stt", "tts", "agent": for messages, and the breaker's name */
	const char *engine; /* "openai" */
	const char *name;   /* what messages call it; NULL: as engine */
	const char *url;    /* base, as set or the vendor's own; a '/' at its end is left out */
	enum provider_auth auth;
	const char *header; /* PROVIDER_HEADER: its name */
	const char *secrets
		[3];    /* names for secret.h, the first that is there counts; NULL at the end */
	bool needs_key; /* there must be one: a vendor's own URL; not for http://127.0.0.1 */
};

struct provider {
	const char *stage, *engine;   /* borrowed */
	char *base;                   /* URL without a '/' at its end */
	char *auth_name, *auth_value; /* header; NULL: no key */
	const char *key;              /* in auth_value */
	struct breaker *breaker;
	struct http *http;
	int attempts_max; /* requests of one question; 0, as provider_open leaves it: while there is time */
};

/* The settings of secrets and URL, checked. 0; or an exit code (78, 64), why says why, as a message without `prog:`. */
int provider_open(struct provider *p, const struct provider_spec *spec, struct http *http,
	char why[HTTP_WHY_MAX]) MUST_USE;
void provider_close(struct provider *p);
/* Where a URL goes: behind its scheme, and a name and password in it. */
const char *provider_host(const char *url);
/* Is this a URL of the domain, or of a host in it? A vendor's usual key is for the vendor alone. */
bool provider_is_at(const char *url, const char *domain);
/* EXIT_CONFIG, why says that it has no key, and how to set one. */
int provider_no_key(const struct provider_spec *spec, char why[HTTP_WHY_MAX]);
/* Does a header of a reply say who answered, what that took and costs, or what is left? For people who look. */
bool provider_header_tells(const char *name);
/* Make stars of the key where a server tells it: for what is shown or logged of a reply. */
void provider_hide(const struct provider *p, char *text);
/* Its URL as it may be shown: without user and password. */
void provider_place(const struct provider *p, char ret[HTTP_WHY_MAX]);

/* How a request went. */
struct provider_end {
	bool ok; /* a whole reply of status 2xx */
	const char *
		code; /* not ok: word for `error` events: "refused", "tls", "timeout", "broken", "account", "rejected",
	                          * "busy", "breaker", "system" */
	char why[HTTP_WHY_MAX]; /* not ok: in words, with the vendor's message and request id, no secrets */
	int attempts;           /* requests made */
	const struct http_reply *reply; /* the last one; NULL: none was made (breaker) */
};

/* Does this code say that a question like it fails until somebody does something? Else it may go well later. */
bool provider_is_refusal(const char *code);

struct provider_handlers {
	void (*body)(void *ctx, const void *p, size_t n);
	void (*end)(void *ctx, const struct provider_end *end);
	/* Before the first body, or the end, of a reply of status 2xx; may be NULL. */
	void (*head)(void *ctx, const struct http_reply *r);
	/* Every header of every reply, for those who want to see them; may be NULL. */
	void (*header)(void *ctx, const char *name, const char *value);
};

/* Tell a breaker that was asked how it went: what failed here, before it went out, says nothing of the server. */
void provider_tell(struct breaker *b, const struct http_reply *r);
/* What a reply means that came another way, as of a WebSocket's handshake: ok, code and why. */
void provider_judge(const struct provider *p, const struct http_reply *r, struct provider_end *ret);

struct provider_call; /* one question, with all its requests */

/* Ask: q->url is the path behind the base ("/audio/speech"); the key's header is added. give_up_ms: from now until the
 * first byte, all attempts together: an attempt that could not begin before that is not made; 0: no limit but of three
 * attempts. As http_start, end is never called from here; NULL: no memory. */
struct provider_call *provider_ask(struct provider *p, const struct http_request *q,
	int64_t give_up_ms, const struct provider_handlers *on, void *ctx) MUST_USE;
void provider_cancel(struct provider_call *c);
/* The same because what came, or did not come, is of no use: it counts for the breaker. In end, too, of an answer that is
 * whole and makes no sense. */
void provider_reject(struct provider_call *c);

#endif
