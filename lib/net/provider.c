#include "net/provider.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dynbuf.h"
#include "base/secret.h"
#include "base/utf8.h"

#define LEAST_MS \
	100 /* an attempt with less time would fail by that alone, and hide why the one before it has failed */
#define ATTEMPTS_UNLIMITED 3 /* without a deadline there has to be some end */
#define KEY_MAX (SECRET_MAX + 128)

struct provider_call {
	struct provider *p;
	struct provider_handlers on;
	void *ctx;

	/* the question, ours */
	struct http_request q;
	struct http_header headers[PROVIDER_HEADERS_MAX + 1];
	struct http_part *parts;
	struct dynbuf texts; /* all that the request points to */

	struct http_call *http; /* under way; NULL: none is */
	struct loop_timer
		timer; /* the next attempt, or an end that could not be told from provider_ask */
	int64_t give_up_ns;      /* no attempt begins behind this; 0: no limit */
	bool asked;              /* the breaker waits for how it went */
	bool begun;              /* bytes of a body have been used */
	bool ending;             /* end is being called */
	char *error;             /* of the last reply */
	struct http_reply reply; /* the last one */
	struct provider_end end;
};

/* Cut where there is no room. */
PRINTF_LIKE(2, 3) static void say(char why[HTTP_WHY_MAX], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, HTTP_WHY_MAX, fmt, ap);
	va_end(ap);
}

/* ---- settings ---- */

static bool starts(const char *s, const char *with)
{
	return strncasecmp(s, with, strlen(with)) == 0;
}

const char *provider_host(const char *url)
{
	const char *host = strstr(url, "://"), *at;

	if (!host)
		return url + strlen(url);
	host += 3;
	at = memrchr(host, '@', strcspn(host, "/?#"));
	return at ? at + 1 : host;
}

static bool is_local(const char *url)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	const char *host = provider_host(url);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (starts(host, names[i]) && strchr(":/?#", host[strlen(names[i])]))
			return true;
	return false;
}

bool provider_is_at(const char *url, const char *domain)
{
	const char *host = provider_host(url);
	size_t n = strcspn(host, ":/?#"), m = strlen(domain);

	return n >= m && strncasecmp(host + n - m, domain, m) == 0 &&
		(n == m || host[n - m - 1] == '.');
}

/* What is wrong with it; NULL: nothing. It may have a password in it, and is not said. */
static const char *url_mistake(const char *url)
{
	const char *host = provider_host(url);

	if (!starts(url, "http://") && !starts(url, "https://") && !starts(url, "ws://") &&
		!starts(url, "wss://"))
		return "begins with none of http: https: ws: wss:";
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p <= 0x20 || *p == 0x7f)
			return "has blanks or control characters in it";
	return *host && !strchr("/?#:", *host) ? NULL : "names no host";
}

static const char *name_of(const struct provider_spec *spec)
{
	return spec->name ? spec->name : spec->engine;
}

int provider_no_key(const struct provider_spec *spec, char why[HTTP_WHY_MAX])
{
	char names[SECRET_WHY_MAX] = "";

	for (size_t i = 0; i < ARRAY_LEN(spec->secrets) && spec->secrets[i]; i++) {
		size_t n = strlen(names);

		snprintf(names + n, sizeof names - n, "%s%s", n ? " or " : "", spec->secrets[i]);
	}
	say(why, "no key for %s '%s': set %s, or .._FILE: see callpipe(7), Secrets", spec->stage,
		name_of(spec), *names ? names : "one");
	return EXIT_CONFIG;
}

/* The first secret there is. */
static int find_key(const struct provider_spec *spec, char **ret, char why[HTTP_WHY_MAX])
{
	char text[SECRET_WHY_MAX];

	*ret = NULL;
	for (size_t i = 0; i < ARRAY_LEN(spec->secrets) && spec->secrets[i]; i++) {
		if (secret_find(spec->secrets[i], ret, text)) {
			say(why, "cannot use the key of %s '%s': %s", spec->stage, name_of(spec),
				text);
			return EXIT_CONFIG;
		}
		if (*ret)
			return 0;
	}
	if (!spec->needs_key || is_local(spec->url))
		return 0;
	return provider_no_key(spec, why);
}

/* How the key is shown to the vendor. */
static int set_auth(struct provider *p, const struct provider_spec *spec, const char *key)
{
	const char *scheme = spec->auth == PROVIDER_BEARER ? "Bearer "
		: spec->auth == PROVIDER_TOKEN             ? "Token "
							   : "";
	size_t n = strlen(scheme);

	p->auth_name = strdup(spec->auth == PROVIDER_HEADER ? spec->header : "Authorization");
	if (!p->auth_name || asprintf(&p->auth_value, "%s%s", scheme, key) == -1) {
		p->auth_value = NULL;
		return -1;
	}
	p->key = p->auth_value + n;
	return 0;
}

static int set_breaker(struct provider *p)
{
	const char *host = provider_host(p->base);
	char name[BREAKER_NAME_MAX];

	snprintf(name, sizeof name, "%s %s %.*s%.*s", p->stage, p->engine,
		(int)(strstr(p->base, "://") + 3 - p->base), p->base, (int)strcspn(host, "/?#"),
		host);
	p->breaker = breaker_find(name);
	return p->breaker ? 0 : -1;
}

int provider_open(struct provider *p, const struct provider_spec *spec, struct http *http,
	char why[HTTP_WHY_MAX])
{
	const char *wrong = url_mistake(spec->url);
	size_t n = strlen(spec->url);
	char *key;
	int err;

	*p = (struct provider){.stage = spec->stage, .engine = spec->engine, .http = http};
	if (wrong) {
		say(why, "the URL of %s '%s' %s", spec->stage, spec->engine, wrong);
		return EXIT_USAGE;
	}
	if (http_check(why) < 0)
		return EXIT_CONFIG;
	err = find_key(spec, &key, why);
	if (err)
		return err;
	while (n && spec->url[n - 1] == '/')
		n--;
	p->base = strndup(spec->url, n);
	for (char *c = p->base; c && *c && *c != ':'; c++) /* as others compare it */
		*c = (char)tolower((unsigned char)*c);
	err = !p->base || (key && set_auth(p, spec, key)) || set_breaker(p) ? EXIT_SYSTEM : 0;
	secret_free(key);
	if (err) {
		say(why, "no memory for %s '%s'", spec->stage, spec->engine);
		provider_close(p);
	}
	return err;
}

void provider_close(struct provider *p)
{
	secret_free(p->auth_value);
	free(p->auth_name);
	free(p->base);
	*p = (struct provider){0};
}

/* ---- what is said about failures ---- */

void provider_hide(const struct provider *p, char *text)
{
	secret_hide(text, p->key);
}

bool provider_header_tells(const char *name)
{
	static const char *const parts[] = {"ratelimit", "request", "retry", "cost", "char-count",
		"processing", "server", "version", "model-name", "organization", "content-type",
		"content-length", "transfer", "dg-error", "via", "cf-ray"};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (strcasestr(name, parts[i]))
			return true;
	return false;
}

void provider_place(const struct provider *p, char ret[HTTP_WHY_MAX])
{
	const char *host = provider_host(p->base), *from = strstr(p->base, "://");

	say(ret, "%.*s%s", from ? (int)(from + 3 - p->base) : 0, p->base, host);
}

static const char *code_of(const struct http_reply *r, enum retry_verdict verdict)
{
	if (verdict == RETRY_ACCOUNT)
		return "account";
	switch (r->status) {
	case 408:
	case 504:
		return "timeout";
	case 429:
	case 498:
	case 503:
	case 529:
		return "busy";
	default:
		break;
	}
	if (r->status >= 300)
		return r->status >= 500 ? "broken" : "rejected";
	switch (r->fault) {
	case HTTP_REFUSED:
		return "refused";
	case HTTP_TLS:
		return "tls";
	case HTTP_SLOW:
		return "timeout";
	case HTTP_UNABLE:
		return "system";
	default:
		return "broken";
	}
}

bool provider_is_refusal(const char *code)
{
	static const char *const codes[] = {"account", "rejected", "tls"};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

/* "HTTP status 429: Rate limit reached (rate_limit_exceeded, request req_1)". */
static void explain(const struct provider *p, const struct http_reply *r, char why[HTTP_WHY_MAX])
{
	char message[HTTP_WHY_MAX], code[64], behind[HTTP_ID_MAX + 96] = "";
	int room;

	retry_message(r->error, r->error_bytes, message, sizeof message, code, sizeof code);
	if (code[0] && r->request_id[0])
		snprintf(behind, sizeof behind, " (%s, request %s)", code, r->request_id);
	else if (code[0])
		snprintf(behind, sizeof behind, " (%s)", code);
	else if (r->request_id[0])
		snprintf(behind, sizeof behind, " (request %s)", r->request_id);
	/* of what is too long the middle is left out */
	room = HTTP_WHY_MAX - (int)(strlen(r->why) + strlen(behind) + 3);
	say(why, "%s%s%.*s%s", r->why, message[0] ? ": " : "",
		(int)utf8_cut(message, strlen(message), room > 0 ? (size_t)room : 0), message,
		behind);
	secret_hide(why, p->key);
}

void provider_judge(const struct provider *p, const struct http_reply *r, struct provider_end *ret)
{
	int64_t delay;
	enum retry_verdict verdict = retry_judge(r, 1, false, &delay);

	*ret = (struct provider_end){.ok = verdict == RETRY_OK, .attempts = 1, .reply = r};
	if (ret->ok)
		return;
	ret->code = code_of(r, verdict);
	explain(p, r, ret->why);
}

/* Its own copy: http's goes with the request. */
static void keep(struct provider_call *c, const struct http_reply *r)
{
	free(c->error);
	c->error = malloc(r->error_bytes + 1);
	if (c->error) {
		memcpy(c->error, r->error, r->error_bytes);
		c->error[r->error_bytes] = '\0';
		secret_hide(c->error, c->p->key);
	}
	c->reply = *r;
	c->reply.error = c->error ? c->error : "";
	c->reply.error_bytes = c->error ? r->error_bytes : 0;
	secret_hide(c->reply.why, c->p->key);
	secret_hide(c->reply.request_id, c->p->key);
	c->end.reply = &c->reply;
}

void provider_tell(struct breaker *b, const struct http_reply *r)
{
	if (r->fault == HTTP_UNABLE && !r->status)
		breaker_abandon(b);
	else if (retry_counts(r))
		breaker_failure(b);
	else
		breaker_success(b);
}

/* ---- attempts ---- */

static void call_free(struct provider_call *c)
{
	loop_remove_timer(c->p->http->loop, &c->timer);
	free(c->parts);
	free(c->error);
	dynbuf_free(&c->texts);
	free(c);
}

/* It was asked, and this is how it went. */
static void tell_breaker(struct provider_call *c, void (*how)(struct breaker *b))
{
	if (c->asked)
		how(c->p->breaker);
	c->asked = false;
}

static void finish(struct provider_call *c)
{
	c->ending = true;
	c->on.end(c->ctx, &c->end);
	tell_breaker(c, breaker_success); /* a whole answer, and nobody found fault with it */
	call_free(c);
}

static void finish_failed(struct provider_call *c, const char *code, const char *why)
{
	c->end.ok = false;
	c->end.code = code;
	say(c->end.why, "%s", why);
	finish(c);
}

static void on_head(void *ctx, const struct http_reply *r)
{
	struct provider_call *c = ctx;

	if (c->on.head)
		c->on.head(c->ctx, r);
}

static void on_header(void *ctx, const char *name, const char *value)
{
	struct provider_call *c = ctx;
	char *copy;

	if (!c->on.header)
		return;
	copy = strdup(value);
	if (!copy)
		return;
	secret_hide(copy, c->p->key);
	c->on.header(c->ctx, name, copy);
	free(copy);
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct provider_call *c = ctx;

	c->begun = true;
	if (c->on.body)
		c->on.body(c->ctx, p, n);
}

static bool may_again(const struct provider_call *c, int64_t delay_ms)
{
	int most = c->p->attempts_max ? c->p->attempts_max
		: c->give_up_ns       ? INT_MAX
				      : ATTEMPTS_UNLIMITED;

	return c->end.attempts < most &&
		(!c->give_up_ns || now_ns() + (delay_ms + LEAST_MS) * NS_PER_MS < c->give_up_ns);
}

static void on_end(void *ctx, const struct http_reply *r)
{
	struct provider_call *c = ctx;
	int64_t delay;
	enum retry_verdict verdict = retry_judge(r, c->end.attempts, c->begun, &delay);

	c->http = NULL;
	keep(c, r);
	if (verdict == RETRY_OK) {
		c->end.ok = true;
		c->end.code = NULL;
		finish(c);
		return;
	}
	provider_tell(c->p->breaker, r);
	c->asked = false;
	c->end.code = code_of(r, verdict);
	explain(c->p, &c->reply, c->end.why);
	if (verdict == RETRY_AGAIN && may_again(c, delay))
		c->timer.at_ns = now_ns() + delay * NS_PER_MS;
	else
		finish(c);
}

static void attempt(void *ctx, int64_t now)
{
	static const struct http_handlers on = {
		.head = on_head, .header = on_header, .body = on_body, .end = on_end};
	struct provider_call *c = ctx;
	struct http_request q = c->q;

	if (!breaker_ask(c->p->breaker)) {
		/* one that failed before says more than that this is the last of too many */
		if (c->end.attempts)
			finish(c);
		else
			finish_failed(
				c, "breaker", "it failed too often, and is left alone for a while");
		return;
	}
	c->asked = true;
	if (c->give_up_ns) {
		int64_t left = max_i64((c->give_up_ns - now_ns()) / NS_PER_MS + 1, 1);

		q.first_ms = q.first_ms ? min_i64(q.first_ms, left) : left;
	}
	c->end.attempts++;
	c->http = http_start(c->p->http, &q, &on, c);
	if (c->http)
		return;
	tell_breaker(c, breaker_abandon);
	finish_failed(c, "system", "no memory");
}

/* ---- the question, copied ---- */

/* Where a copy of p stands in texts, as an offset: they move while they grow. */
static size_t put(struct provider_call *c, const void *p, size_t n)
{
	size_t at = c->texts.n;

	dynbuf_add(&c->texts, p, n);
	dynbuf_add(&c->texts, "", 1);
	return at;
}

static size_t put_text(struct provider_call *c, const char *s)
{
	return put(c, s ? s : "", s ? strlen(s) : 0);
}

/* All that the request points to, twice: to measure, then to point. */
static void copy_pass(struct provider_call *c, const struct http_request *q)
{
	const char *base = c->texts.p;
	const struct provider *p = c->p;
	size_t n = 0;

	dynbuf_reset(&c->texts);
	c->q = *q;
	c->q.url = base + c->texts.n;
	dynbuf_adds(&c->texts, p->base);
	put_text(c, q->url);
	c->q.method = q->method ? base + put_text(c, q->method) : NULL;
	c->q.body = q->body ? base + put(c, q->body, q->body_bytes) : NULL;
	for (size_t i = 0; i < q->headers_n; i++, n++) {
		c->headers[n].name = base + put_text(c, q->headers[i].name);
		c->headers[n].value = base + put_text(c, q->headers[i].value);
	}
	if (p->auth_value)
		c->headers[n++] = (struct http_header){p->auth_name, p->auth_value};
	c->q.headers = c->headers;
	c->q.headers_n = n;
	for (size_t i = 0; i < q->parts_n; i++) {
		const struct http_part *part = &q->parts[i];

		c->parts[i].name = base + put_text(c, part->name);
		c->parts[i].file = part->file ? base + put_text(c, part->file) : NULL;
		c->parts[i].type = part->type ? base + put_text(c, part->type) : NULL;
		c->parts[i].p = base + put(c, part->p, part->n);
		c->parts[i].n = part->n;
	}
	c->q.parts = c->parts;
}

static int copy_request(struct provider_call *c, const struct http_request *q)
{
	dynbuf_init(&c->texts, SIZE_MAX / 2);
	if (q->headers_n > PROVIDER_HEADERS_MAX)
		return -1;
	if (q->parts_n && !(c->parts = calloc(q->parts_n, sizeof(*c->parts))))
		return -1;
	copy_pass(c, q);
	if (!dynbuf_failed(&c->texts))
		copy_pass(c, q);
	return dynbuf_failed(&c->texts) ? -1 : 0;
}

struct provider_call *provider_ask(struct provider *p, const struct http_request *q,
	int64_t give_up_ms, const struct provider_handlers *on, void *ctx)
{
	struct provider_call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->p = p;
	c->on = *on;
	c->ctx = ctx;
	c->timer = (struct loop_timer){.fire = attempt, .ctx = c};
	if (copy_request(c, q) || loop_add_timer(p->http->loop, &c->timer)) {
		call_free(c);
		return NULL;
	}
	c->give_up_ns = give_up_ms > 0 ? now_ns() + give_up_ms * NS_PER_MS : 0;
	c->timer.at_ns = now_ns();
	return c;
}

static void cancel(struct provider_call *c, void (*how)(struct breaker *b))
{
	if (c->ending && how == breaker_failure)
		tell_breaker(c, how);
	if (c->ending)
		return;
	if (c->http)
		http_cancel(c->http);
	tell_breaker(c, how);
	call_free(c);
}

void provider_cancel(struct provider_call *c)
{
	cancel(c, c->begun ? breaker_success : breaker_abandon);
}

void provider_reject(struct provider_call *c)
{
	cancel(c, breaker_failure);
}
