#include "deepgram-link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "base/utf8.h"

#define CONNECT_MS 5000
#define PING_MS 5000
#define ALIVE_NS (4 * NS_PER_S) /* the vendor gives up after 10 s without a message */

static void link_free(struct link *l)
{
	loop_remove_timer(l->loop, &l->alive);
	free(l->target);
	free(l);
}

static void breaker_tell(struct link *l, void (*how)(struct breaker *b))
{
	if (l->asked)
		how(l->provider->breaker);
	l->asked = false;
}

static void failed(struct link *l)
{
	breaker_failure(l->provider->breaker);
	l->asked = false;
}

static void alive_fire(void *ctx, int64_t now)
{
	static const char text[] = "{\"type\":\"KeepAlive\"}";
	struct link *l = ctx;

	l->alive.at_ns = now + ALIVE_NS;
	if (l->open && ws_send(l->ws, true, text, sizeof(text) - 1) < 0)
		log_debug("deepgram: there is no room for KeepAlive");
}

static void on_header(void *ctx, const char *name, const char *value)
{
	struct link *l = ctx;

	if (strcasecmp(name, "dg-request-id") == 0)
		snprintf(l->request_id, sizeof(l->request_id), "%s", value);
	if (strcasecmp(name, "dg-error") == 0)
		snprintf(l->refusal, sizeof(l->refusal), "%s", value);
	provider_hide(l->provider, l->request_id);
	l->on->header(l->ctx, name, value);
}

static void on_opened(void *ctx)
{
	struct link *l = ctx;

	l->open = true;
	l->status = 101;
	l->alive.at_ns = l->loop->now + ALIVE_NS;
	l->on->opened(l->ctx, l);
}

static void on_message(void *ctx, bool text, const void *p, size_t n)
{
	struct link *l = ctx;
	struct deepgram_said said;

	l->heard_ns = l->loop->now;
	if (!text || deepgram_read(p, n, &said) < 0)
		log_debug("deepgram: a message that is none");
	else if (said.results && !l->leaving)
		l->on->said(l->ctx, l, &said);
}

static void on_room(void *ctx)
{
	struct link *l = ctx;

	if (!l->leaving)
		l->on->room(l->ctx, l);
}

/* A handshake's end as the reply it is. */
static void refused(struct link *l, const struct ws_end *end, struct provider_end *ret)
{
	struct http_reply r = {.fault = end->fault,
		.status = end->status == 101 ? 0 : end->status,
		.retry_after_ms = end->retry_after_ms,
		.should_retry = -1,
		.error = *end->error ? end->error : l->refusal};

	if (end->status == 101 && r.fault == HTTP_OK)
		r.fault = HTTP_BROKEN;
	r.error_bytes = strlen(r.error);
	snprintf(r.why, sizeof(r.why), "%s", end->why);
	snprintf(r.request_id, sizeof(r.request_id), "%s", l->request_id);
	provider_judge(l->provider, &r, ret);
	ret->reply = NULL;
	if (l->asked)
		provider_tell(l->provider->breaker, &r);
	l->asked = false;
}

/* The codes of a close: the vendor's, with "NET-0001" and the like as reason. */
static void closed(struct link *l, const struct ws_end *end, struct provider_end *ret)
{
	*ret = (struct provider_end){.ok = end->fault == HTTP_OK && end->code <= 1001,
		.code = end->code == 1008 || end->code == 1002 ? "rejected"
			: end->fault == HTTP_SLOW              ? "timeout"
							       : "broken"};
	snprintf(ret->why, sizeof(ret->why), "%.160s%s%s%s", end->why,
		*l->request_id ? " (request " : "", l->request_id, *l->request_id ? ")" : "");
	utf8_repair(ret->why); /* it may be cut */
	provider_hide(l->provider, ret->why);
}

static void on_ended(void *ctx, const struct ws_end *end)
{
	struct link *l = ctx;
	struct provider_end ret;

	l->ws = NULL;
	l->status = end->status;
	l->retry_after_ms = end->retry_after_ms;
	if (l->open)
		closed(l, end, &ret);
	else
		refused(l, end, &ret);
	l->open = false;
	if (l->due && !ret.ok)
		failed(l);
	breaker_tell(l, breaker_abandon);
	l->on->ended(l->ctx, l, &ret);
	link_free(l);
}

static const struct ws_handlers handlers = {.header = on_header,
	.opened = on_opened,
	.message = on_message,
	.room = on_room,
	.ended = on_ended};

static int ws_begin(struct link *l)
{
	struct provider *p = l->provider;
	struct http_header auth = {p->auth_name, p->auth_value};
	struct ws_request q = {.headers = &auth,
		.headers_n = p->auth_value ? 1 : 0,
		.connect_ms = CONNECT_MS,
		.ping_ms = PING_MS};
	struct dynbuf url;

	dynbuf_init(&url, 16384);
	/* https: and wss: are the same here */
	dynbuf_addf(&url, "%s%s%s", strncmp(p->base, "http", 4) == 0 ? "ws" : "",
		p->base + (strncmp(p->base, "http", 4) == 0 ? 4 : 0), l->target);
	q.url = url.p;
	l->ws = dynbuf_failed(&url) ? NULL : ws_open(l->loop, &q, &handlers, l);
	dynbuf_free(&url);
	return l->ws ? 0 : -1;
}

struct link *link_open(struct loop *loop, struct provider *p, const char *target, int rate_hz,
	const struct link_handlers *on, void *ctx, bool *ret_no)
{
	struct link *l;

	*ret_no = !breaker_ask(p->breaker);
	if (*ret_no)
		return NULL;
	l = calloc(1, sizeof(*l));
	if (l) {
		*l = (struct link){.loop = loop,
			.provider = p,
			.on = on,
			.ctx = ctx,
			.asked = true,
			.begun_ns = now_ns(),
			.target = strdup(target),
			.alive = {.fire = alive_fire, .ctx = l}};
		sent_init(&l->sent, rate_hz);
		if (l->target && loop_add_timer(loop, &l->alive) == 0 && ws_begin(l) == 0)
			return l;
		link_free(l);
	}
	breaker_abandon(p->breaker);
	return NULL;
}

size_t link_audio(struct link *l, const int16_t *sample, size_t n, int64_t call_ms, int64_t id)
{
	char le[8192];

	if (n > sizeof(le) / 2)
		n = sizeof(le) / 2;
	pcm_to_le(le, sample, n);
	if (!n || !l->open || ws_send(l->ws, false, le, n * 2) < 0)
		return 0;
	sent_add(&l->sent, (int64_t)n, call_ms, id);
	l->due = true;
	l->audio_ns = l->audio_ns ? l->audio_ns : now_ns();
	l->alive.at_ns = l->loop->now + ALIVE_NS;
	return n;
}

void link_finalize(struct link *l)
{
	static const char text[] = "{\"type\":\"Finalize\"}";

	if (l->open && ws_send(l->ws, true, text, sizeof(text) - 1) < 0)
		log_debug("deepgram: there is no room for Finalize");
}

void link_worked(struct link *l)
{
	l->due = false;
	if (l->open)
		breaker_tell(l, breaker_success);
}

void link_fail(struct link *l)
{
	failed(l);
	link_close(l);
}

static void goodbye(struct link *l)
{
	static const char text[] = "{\"type\":\"CloseStream\"}";

	breaker_tell(l, breaker_abandon);
	l->alive.at_ns = 0;
	l->due = false;
	if (l->open && ws_send(l->ws, true, text, sizeof(text) - 1) == 0)
		ws_close(l->ws, 1000, NULL);
}

bool link_leave(struct link *l)
{
	if (!l->open) {
		link_close(l);
		return false;
	}
	goodbye(l);
	l->leaving = true;
	return true;
}

void link_close(struct link *l)
{
	if (!l)
		return;
	if (!l->leaving)
		goodbye(l);
	ws_drop(l->ws);
	link_free(l);
}
