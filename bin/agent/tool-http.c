/* Tools that are requests. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "net/provider.h"
#include "scenario/tool.h"
#include "tool-run.h"

#define HEADERS_MAX 24
#define HEADERS_OURS 4
#define CONNECT_MS 3000
#define LATER_MS 100 /* behind the time of the tool, so that it is that which says what was slow */

struct request {
	struct tool_run *run;
	struct tool_request q;
	struct http_header header[HEADERS_MAX];
	size_t headers;
	struct dynbuf value[HEADERS_MAX]; /* of those that are made here */
	char *secret[HEADERS_MAX];        /* of header i; NULL: none */
	size_t request_id;                /* which header changes with every attempt */
	struct http_call *call;           /* under way; NULL: none */
	struct breaker *breaker;
	bool asked;              /* the breaker waits to be told how it went */
	int attempt;             /* from 1 */
	struct loop_timer later; /* the next attempt; or, why is set, that there is none */
	enum tool_fault fault;   /* it cannot be: said by later */
	char why[TOOL_WHY_MAX];
	struct dynbuf body; /* of the reply */
};

static void attempt(struct request *r);

/* Never from start: done is not called before tool_start returns. */
static void fail_later(struct request *r, enum tool_fault fault)
{
	r->fault = fault;
	r->later.at_ns = now_ns();
}

/* ---- headers ---- */

static void add_header(struct request *r, const char *name, const char *value)
{
	size_t i = r->headers++;

	dynbuf_reset(&r->value[i]);
	dynbuf_adds(&r->value[i], value);
	r->header[i] = (struct http_header){.name = name, .value = r->value[i].p};
}

static int add_declared(struct request *r, const struct scenario_header *h)
{
	char why[SECRET_WHY_MAX], **secret = &r->secret[r->headers];

	if (h->secret && secret_find(h->secret, secret, why) < 0) {
		snprintf(r->why, sizeof(r->why), "%s", why);
		return -1;
	}
	if (h->secret && !*secret) {
		snprintf(r->why, sizeof(r->why), "there is no secret '%s'", h->secret);
		return -1;
	}
	add_header(r, h->name, h->value);
	if (h->secret) {
		struct dynbuf *value = &r->value[r->headers - 1];
		dynbuf_adds(value, *secret);
		r->header[r->headers - 1].value = value->p;
	}
	return 0;
}

static int add_headers(struct request *r, const struct scenario_http *http)
{
	for (size_t i = 0; i < HEADERS_MAX; i++)
		dynbuf_init(&r->value[i], (size_t)2 * SECRET_MAX);
	for (size_t i = 0; i < http->headers_n && i < HEADERS_MAX - HEADERS_OURS; i++)
		if (add_declared(r, &http->headers[i]) < 0)
			return -1;
	add_header(r, "Accept", "application/json");
	if (r->q.type)
		add_header(r, "Content-Type", r->q.type);
	if (strcmp(http->method, "GET") != 0)
		add_header(r, "Idempotency-Key", r->run->key);
	r->request_id = r->headers;
	add_header(r, "X-Request-Id", "");
	return 0;
}

/* What a service says of itself may have our key in it. */
static void hide_secrets(const struct request *r, char *text)
{
	for (size_t i = 0; i < r->headers; i++)
		secret_hide(text, r->secret[i]);
}

/* ---- the reply ---- */

static void tell_breaker(struct request *r, void (*how)(struct breaker *b))
{
	if (r->asked)
		how(r->breaker);
	r->asked = false;
}

/* Is it to be made again? Only when the service has said that it did nothing, and while somebody waits for it. */
static bool again(struct request *r, const struct http_reply *reply)
{
	const struct tool_run *t = r->run;
	int64_t delay_ms, until = t->start_ns + t->tool->timeout_ms * NS_PER_MS;

	if (reply->fault != HTTP_OK || (reply->status != 429 && reply->status != 503) ||
		r->attempt > t->tool->http->retries || t->reported)
		return false;
	if (retry_judge(reply, r->attempt, false, &delay_ms) != RETRY_AGAIN)
		return false;
	if (now_ns() + delay_ms * NS_PER_MS >= until)
		return false;
	r->later.at_ns = now_ns() + delay_ms * NS_PER_MS;
	return true;
}

static enum tool_fault fault_of_status(int status)
{
	if (status == 401 || status == 403 || status == 407)
		return TOOL_SETTINGS;
	if (status == 408 || status == 429 || status >= 500)
		return TOOL_BUSY;
	return TOOL_NO;
}

static void say_status(struct request *r, const struct http_reply *reply, char why[TOOL_WHY_MAX])
{
	char message[160] = "", code[64] = "";

	retry_message(
		reply->error, reply->error_bytes, message, sizeof(message), code, sizeof(code));
	snprintf(why, TOOL_WHY_MAX, "HTTP %d%s%s", reply->status, *message ? ": " : "", message);
	hide_secrets(r, why);
}

static enum tool_fault fault_of_reply(
	struct request *r, const struct http_reply *reply, char why[TOOL_WHY_MAX])
{
	switch (reply->fault) {
	case HTTP_OK:
		say_status(r, reply, why);
		return fault_of_status(reply->status);
	case HTTP_LONG:
		snprintf(why, TOOL_WHY_MAX, "its answer is longer than %d bytes", TOOL_RESULT_MAX);
		return TOOL_ANSWER;
	default:
		snprintf(why, TOOL_WHY_MAX, "%s", reply->why);
		hide_secrets(r, why);
		return reply->fault == HTTP_UNABLE ? TOOL_SETTINGS : TOOL_BUSY;
	}
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct request *r = ctx;

	dynbuf_add(&r->body, p, n);
}

static void on_end(void *ctx, const struct http_reply *reply)
{
	struct request *r = ctx;
	bool ok = reply->fault == HTTP_OK && reply->status >= 200 && reply->status < 300;
	struct tool_end end = {.status = TOOL_FAILED, .code = reply->status};
	char why[TOOL_WHY_MAX];

	r->call = NULL;
	provider_tell(r->breaker, reply);
	r->asked = false;
	if (ok && !dynbuf_failed(&r->body)) {
		tool_over_text(r->run, &r->body, reply->status,
			(struct tool_secrets){.text = r->secret, .n = r->headers});
		return;
	}
	if (again(r, reply))
		return;
	end.fault = ok ? TOOL_ANSWER : fault_of_reply(r, reply, why);
	if (ok)
		snprintf(why, sizeof(why), "its answer is longer than %d bytes", TOOL_RESULT_MAX);
	end.why = why;
	tool_over(r->run, end);
}

/* ---- asking ---- */

static void attempt(struct request *r)
{
	static const struct http_handlers on = {.body = on_body, .end = on_end};
	const struct scenario_http *http = r->run->tool->http;
	int64_t left_ms = (tool_until(r->run) - now_ns()) / NS_PER_MS;
	struct dynbuf *id = &r->value[r->request_id];
	struct http_request q = {
		.method = http->method,
		.url = r->q.url.p,
		.headers = r->header,
		.headers_n = r->headers,
		.body = r->q.type ? r->q.body.p : NULL,
		.body_bytes = r->q.body.n,
		.connect_ms = CONNECT_MS,
		.total_ms = max_i64(left_ms, 1) + LATER_MS,
		.max_bytes = TOOL_RESULT_MAX,
	};

	r->attempt++;
	dynbuf_reset(&r->body);
	dynbuf_reset(id);
	dynbuf_addf(id, "%s.%d", r->run->key, r->attempt);
	r->header[r->request_id].value = id->p;
	r->asked = breaker_ask(r->breaker);
	if (!r->asked) {
		snprintf(r->why, sizeof(r->why), "it has failed too often: not asked for a while");
		fail_later(r, TOOL_BUSY);
		return;
	}
	r->call = http_start(&r->run->runner->http, &q, &on, r);
	if (!r->call) {
		snprintf(r->why, sizeof(r->why), "%s", strerror(ENOMEM));
		fail_later(r, TOOL_SETTINGS);
	}
}

static void on_later(void *ctx, int64_t now)
{
	struct request *r = ctx;

	if (r->fault != TOOL_FINE)
		tool_over_failed(r->run, r->fault, r->why);
	else
		attempt(r);
}

static int start(struct tool_run *t, json_t *arguments)
{
	const struct scenario_http *http = t->tool->http;
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return -1;
	t->state = r;
	r->run = t;
	r->later = (struct loop_timer){.fire = on_later, .ctx = r};
	dynbuf_init(&r->body, TOOL_RESULT_MAX);
	r->breaker = tool_breaker(http->origin);
	if (!r->breaker || loop_add_timer(t->runner->loop, &r->later) < 0)
		return -1;
	if (tool_request(http, arguments, &r->q, r->why, sizeof(r->why)) < 0)
		fail_later(r, TOOL_ARGUMENTS);
	else if (add_headers(r, http) < 0)
		fail_later(r, TOOL_SETTINGS);
	else
		attempt(r);
	return 0;
}

/* What is under way is forgotten; of one with an effect nobody knows then. */
static bool stop(struct tool_run *t, bool slow)
{
	struct request *r = t->state;

	if (r->call)
		http_cancel(r->call);
	r->call = NULL;
	r->later.at_ns = 0;
	tell_breaker(r, slow ? breaker_failure : breaker_abandon);
	return true;
}

static void free_request(struct tool_run *t)
{
	struct request *r = t->state;

	if (!r)
		return;
	stop(t, false);
	loop_remove_timer(t->runner->loop, &r->later);
	tool_request_free(&r->q);
	for (size_t i = 0; i < HEADERS_MAX; i++) {
		if (r->value[i].p && r->value[i].size)
			explicit_bzero(r->value[i].p, r->value[i].size);
		dynbuf_free(&r->value[i]);
		secret_free(r->secret[i]);
	}
	dynbuf_free(&r->body);
	free(r);
}

const struct tool_kind tool_http = {.start = start, .stop = stop, .free = free_request};
