#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "check.h"
#include "codec/sse.h"
#include "model/ask.h"
#include "net/retry.h"

#define PROBE_MS 30000

/* One model, being asked. */
struct probe {
	struct asker *asker;
	const struct model *model;
	struct provider *provider;
	struct chat chat;
	struct sse sse;
	struct reply reply;
	int64_t token_ns; /* when the first token came; 0: none */
	bool long_event;
	int status; /* for exit */
};

/* What a server says, which may be our key. */
static void print_said(const struct probe *p, const char *what, const char *said)
{
	char *copy = strdup(said);

	if (!copy)
		return;
	provider_hide(p->provider, copy);
	printf("%s: %s\n", what, copy);
	free(copy);
}

static void on_header(void *ctx, const char *name, const char *value)
{
	if (!provider_header_tells(name))
		return;
	printf("header: ");
	print_said(ctx, name, value);
}

static void on_event(void *ctx, const char *name, const char *data, size_t n)
{
	struct probe *p = ctx;

	p->model->engine->event(&p->reply, name, data, n);
}

static void on_body(void *ctx, const void *data, size_t n)
{
	struct probe *p = ctx;

	if (!p->long_event && sse_add(&p->sse, data, n, on_event, p) < 0)
		p->long_event = true;
	if (!p->token_ns && reply_begun(&p->reply))
		p->token_ns = now_ns();
}

static void print_time(const char *what, const struct http_reply *r, int64_t ns)
{
	if (ns)
		printf("%s: %.1f ms\n", what, (double)(ns - r->start_ns) / NS_PER_MS);
}

/* One line, whatever the model has written. */
static void print_words(const struct dynbuf *words)
{
	printf("answer: ");
	for (size_t i = 0; i < words->n && i < 1000; i++)
		putchar((unsigned char)words->p[i] < ' ' || words->p[i] == 0x7f ? ' '
										: words->p[i]);
	putchar('\n');
}

static int print_answer(struct probe *p)
{
	static const char *const stops[] = {[REPLY_GOING] = "it broke off",
		[REPLY_STOP] = "whole",
		[REPLY_LENGTH] = "it had no more room",
		[REPLY_REFUSED] = "it was refused"};
	const struct reply *r = &p->reply;
	const struct model_usage *u = &r->usage;

	reply_end(&p->reply);
	print_words(&r->words);
	print_said(p, "end of the answer", r->failed ? r->why : stops[r->stop]);
	printf("tokens: %lld in, %lld cached, %lld out\n", (long long)u->input,
		(long long)u->cached, (long long)u->output);
	if (r->skipped > 0)
		printf("not understood: %lld pieces\n", (long long)r->skipped);
	return r->words.n > 0 && r->stop == REPLY_STOP && !r->failed ? EXIT_OK : EXIT_TRY_AGAIN;
}

/* The vendor's word for it. Its message may have a part of the key in it. */
static void print_failure(const struct probe *p, const struct http_reply *r)
{
	char message[HTTP_WHY_MAX], code[64];

	retry_message(r->error, r->error_bytes, message, sizeof(message), code, sizeof(code));
	provider_hide(p->provider, code);
	printf("failed: %s%s%s%s\n", r->why, *code ? " (" : "", code, *code ? ")" : "");
}

static void on_end(void *ctx, const struct http_reply *r)
{
	struct probe *p = ctx;
	int64_t delay_ms;

	if (!p->long_event && sse_end(&p->sse, on_event, p) < 0)
		p->long_event = true;
	if (r->status)
		printf("status: %d%s\n", r->status, r->http2 ? " (HTTP/2)" : "");
	print_said(p, "request id", *r->request_id ? r->request_id : "none");
	print_time("connected", r, r->connect_ns);
	print_time("first byte", r, r->first_ns);
	print_time("first token", r, p->token_ns);
	print_time("end", r, r->end_ns);
	switch (retry_judge(r, 1, false, &delay_ms)) {
	case RETRY_OK:
		p->status = print_answer(p);
		break;
	case RETRY_AGAIN:
		p->status = EXIT_TRY_AGAIN;
		print_failure(p, r);
		break;
	case RETRY_GIVE_UP:
	case RETRY_ACCOUNT:
		p->status = EXIT_REFUSED;
		print_failure(p, r);
		break;
	}
	loop_stop(p->asker->loop);
}

static int ask(struct probe *p)
{
	static const struct http_handlers on = {
		.body = on_body, .end = on_end, .header = on_header};
	const struct model_engine *e = p->model->engine;
	struct http_header headers[4] = {
		{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
	struct http_request q = {.method = "POST",
		.headers = headers,
		.headers_n = 2,
		.connect_ms = PROBE_MS,
		.total_ms = PROBE_MS};
	struct dynbuf body;
	struct http_call *call = NULL;
	char *url;

	if (e->header.name)
		headers[q.headers_n++] = e->header;
	if (p->provider->auth_name)
		headers[q.headers_n++] = (struct http_header){
			p->provider->auth_name, p->provider->auth_value};
	if (asprintf(&url, "%s%s", p->provider->base, e->path(p->model)) < 0)
		return EXIT_SYSTEM;
	printf("provider: %s\nengine: %s\nmodel: %s\nrequest: POST %s\n", p->model->name, e->name,
		p->model->model, url);
	dynbuf_init(&body, MODEL_REQUEST_MAX);
	if (e->request(p->model, &(struct model_question){.chat = &p->chat}, &body) == 0) {
		q.url = url;
		q.body = body.p;
		q.body_bytes = body.n;
		call = http_start(&p->asker->http, &q, &on, p);
	}
	dynbuf_free(&body);
	free(url);
	if (!call || loop_run(p->asker->loop) < 0)
		return EXIT_SYSTEM;
	return p->status;
}

static int probe_one(struct asker *a, size_t i)
{
	struct probe p = {.asker = a, .model = &a->models->model[i], .provider = &a->provider[i]};
	int status = EXIT_SYSTEM;

	chat_init(&p.chat, 2);
	sse_init(&p.sse);
	reply_init(&p.reply);
	a->loop->stopped = false;
	if (chat_system(&p.chat, "You answer a telephone.") == 0 &&
		chat_user(&p.chat, "Hello? Answer with one short sentence, please.", NULL) == 0)
		status = ask(&p);
	if (status == EXIT_SYSTEM)
		log_error("cannot ask '%s': no memory", p.model->name);
	chat_free(&p.chat);
	sse_free(&p.sse);
	reply_free(&p.reply);
	return status;
}

static int probe_all(const struct models *m)
{
	struct loop loop;
	struct asker a;
	char why[HTTP_WHY_MAX];
	int status = EXIT_OK;

	loop_init(&loop);
	status = asker_open(&a, "agent", m, &loop, why);
	if (status != EXIT_OK) {
		log_error("%s", why);
		loop_free(&loop);
		return status == EXIT_SYSTEM ? status : EXIT_CONFIG;
	}
	for (size_t i = 0; i < m->n; i++) {
		if (i > 0)
			putchar('\n');
		int one = probe_one(&a, i);
		/* One that refuses for good says more than one that is busy. */
		if (status == EXIT_OK || one == EXIT_REFUSED)
			status = one;
	}
	asker_close(&a);
	loop_free(&loop);
	return status;
}

int probe_models(const char *path)
{
	struct models *m;
	int status;

	if (check_load_models(path, &m) < 0)
		return EXIT_CONFIG;
	status = probe_all(m);
	models_free(m);
	return status;
}
