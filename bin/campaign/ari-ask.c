#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ari-inside.h"
#include "base/secret.h"
#include "net/retry.h"

#define PATH_BYTES 8192
#define BODY_BYTES (1 << 20)
#define REPLY_BYTES (1 << 24) /* the longest is that of all modules */

struct ari_call {
	struct ari_call *next, **back;
	struct ari *a;
	struct http_call *http;
	ari_done *done;
	void *ctx;
	struct dynbuf body; /* of the reply */
	bool once;
};

static void leave(struct ari_call *c)
{
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	if (c->a->asking == c)
		c->a->asking = NULL;
	dynbuf_free(&c->body);
	free(c);
}

void ari_forget(struct ari_call *c)
{
	http_cancel(c->http);
	leave(c);
}

void ari_forget_all(struct ari *a)
{
	for (struct ari_call *c = a->calls, *next; c; c = next) {
		next = c->next;
		ari_forget(c);
	}
}

static enum ari_outcome outcome_of_status(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ARI_DENIED;
	case 404:
		return ARI_MISSING;
	case 409:
		return ARI_CONFLICT;
	case 502: /* somebody between us and it does not know either */
	case 503:
	case 504:
		return ARI_UNKNOWN;
	default:
		return status >= 500 ? ARI_FAILED : status >= 300 ? ARI_REJECTED : ARI_DONE;
	}
}

/* That a connection was refused says something only of a request that was sent once. */
static enum ari_outcome outcome_of(const struct ari_call *c, const struct http_reply *r)
{
	if (r->fault == HTTP_UNABLE)
		return ARI_NOT_SENT;
	if (r->fault == HTTP_OK && r->status)
		return outcome_of_status(r->status);
	if (c->once && (r->fault == HTTP_REFUSED || r->fault == HTTP_TLS) && !r->status)
		return ARI_NOT_SENT;
	return ARI_UNKNOWN;
}

/* What Asterisk says about it, in one line. */
static void say_why(const struct ari_call *c, const struct http_reply *r, char why[HTTP_WHY_MAX])
{
	char message[HTTP_WHY_MAX / 2], code[32];

	retry_message(r->error, r->error_bytes, message, sizeof(message), code, sizeof(code));
	snprintf(why, HTTP_WHY_MAX, "%.110s%s%s", r->why, *message ? ": " : "", message);
	secret_hide(why, c->a->password);
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct ari_call *c = ctx;

	(void)dynbuf_add(&c->body, p, n); /* http has the limit */
}

static void on_end(void *ctx, const struct http_reply *r)
{
	struct ari_call *c = ctx;
	ari_done *done = c->done;
	void *theirs = c->ctx;
	struct ari_reply reply = {.outcome = outcome_of(c, r), .status = r->status};
	char why[HTTP_WHY_MAX] = "";
	json_t *json = NULL;

	if (reply.outcome != ARI_DONE) {
		say_why(c, r, why);
	} else if (c->body.n) {
		json = json_loadb(c->body.p, c->body.n, JSON_REJECT_DUPLICATES, NULL);
		if (!json) {
			reply.outcome = ARI_UNKNOWN;
			snprintf(why, sizeof(why), "the reply is no JSON");
		}
	}
	reply.why = why;
	reply.json = json;
	leave(c);
	done(theirs, &reply); /* may close all */
	json_decref(json);
}

struct ari_call *ari_request(struct ari *a, const char *method, const char *path, const char *body,
	bool once, ari_done *done, void *ctx)
{
	static const struct http_handlers on = {.body = on_body, .end = on_end};
	const struct http_header headers[] = {
		{"Authorization", a->auth}, {"Content-Type", "application/json"}};
	struct ari_call *c = calloc(1, sizeof(*c));
	struct http_request q = {.method = method,
		.headers = headers,
		.headers_n = body ? 2 : 1,
		.body = body,
		.body_bytes = body ? strlen(body) : 0,
		.connect_ms = a->answer_ms,
		.total_ms = a->answer_ms,
		.max_bytes = REPLY_BYTES,
		.once = once};
	char *url = NULL;

	if (c && asprintf(&url, "%s%s", a->base, path) == -1)
		url = NULL;
	if (!url) {
		free(c);
		return NULL;
	}
	q.url = url;
	*c = (struct ari_call){.next = a->calls,
		.back = &a->calls,
		.a = a,
		.done = done,
		.ctx = ctx,
		.once = once};
	dynbuf_init(&c->body, REPLY_BYTES);
	c->http = http_start(&a->http, &q, &on, c);
	free(url);
	if (!c->http) {
		free(c);
		return NULL;
	}
	if (c->next)
		c->next->back = &c->next;
	a->calls = c;
	return c;
}

/* A path in parts: "/channels/", id, "/dial?timeout=30". Every second one is escaped. NULL ends it. */
static int ask(struct ari *a, const char *method, const char *const part[], const char *body,
	bool once, ari_done *done, void *ctx)
{
	struct dynbuf path;
	int rc = -1;

	dynbuf_init(&path, PATH_BYTES);
	for (size_t i = 0; part[i]; i++) {
		if (i % 2)
			(void)!http_escape(&path, part[i]); /* see below */
		else
			dynbuf_adds(&path, part[i]);
	}
	if (!dynbuf_failed(&path) && ari_request(a, method, path.p, body, once, done, ctx))
		rc = 0;
	dynbuf_free(&path);
	return rc;
}

static void set_text(json_t *object, const char *name, const char *value, int *rc)
{
	if (value && *value && json_object_set_new(object, name, json_string(value)) == -1)
		*rc = -1;
}

/* The caller's number is what the far end sees: a PJSIP channel makes its From of the connected line, of which it must
 * not tell the far end before there is one (,i). */
static char *create_body(const struct ari_create *c)
{
	json_t *body = json_object();
	json_t *variables = c->variables ? json_copy((json_t *)(uintptr_t)c->variables)
					 : json_object();
	char *text = NULL;
	int rc = json_object_set(body, "variables", variables);

	set_text(variables, "CALLERID(num)", c->caller_number, &rc);
	set_text(variables, "CONNECTEDLINE(num,i)", c->caller_number, &rc);
	if (rc == 0)
		text = json_dumps(body, JSON_COMPACT);
	json_decref(variables);
	json_decref(body);
	return text;
}

int ari_create(struct ari *a, const struct ari_create *c, ari_done *done, void *ctx)
{
	const char *const part[] = {"/channels/create?channelId=", c->channel, "&app=", a->app,
		"&endpoint=", c->endpoint, NULL};
	char *body = create_body(c);
	int rc = body ? ask(a, "POST", part, body, false, done, ctx) : -1;

	free(body);
	return rc;
}

int ari_dial(struct ari *a, const char *channel, int64_t ring_s, ari_done *done, void *ctx)
{
	char behind[64];
	const char *const part[] = {"/channels/", channel, behind, NULL};

	snprintf(behind, sizeof(behind), "/dial?timeout=%lld", (long long)ring_s);
	return ask(a, "POST", part, NULL, true, done, ctx);
}

int ari_continue(struct ari *a, const char *channel, const char *context, const char *extension,
	ari_done *done, void *ctx)
{
	const char *const part[] = {"/channels/", channel, "/continue?context=", context,
		"&extension=", extension, "&priority=1", NULL};

	return ask(a, "POST", part, NULL, false, done, ctx);
}

int ari_delete(struct ari *a, const char *channel, ari_done *done, void *ctx)
{
	const char *const part[] = {"/channels/", channel, NULL};

	return ask(a, "DELETE", part, NULL, false, done, ctx);
}

int ari_get(struct ari *a, const char *channel, ari_done *done, void *ctx)
{
	const char *const part[] = {"/channels/", channel, NULL};

	return ask(a, "GET", part, NULL, false, done, ctx);
}

int ari_subscribe(struct ari *a, const char *channel, ari_done *done, void *ctx)
{
	const char *const part[] = {
		"/applications/", a->app, "/subscription?eventSource=channel%3A", channel, NULL};

	return ask(a, "POST", part, NULL, false, done, ctx);
}

int ari_ask(struct ari *a, const char *path, ari_done *done, void *ctx)
{
	return ari_request(a, "GET", path, NULL, false, done, ctx) ? 0 : -1;
}
