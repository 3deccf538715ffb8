/* One request to each of the real services as they are set, and what they have to say of themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tts.h"

#define WORD "Hello."
#define PROBE_MS 30000
#define SOUND_MAX (8 << 20) /* bytes */

struct probe {
	struct tts *t;
	struct network_service *service;
	struct loop loop;
	struct dynbuf path, body, sound;
	enum network_format format;
	int raw_hz; /* of its answer, if that has no head */
	int way;
	int status; /* for exit */
};

/* What a server says, which may be our key. */
static void print_said(const struct probe *p, const char *what, const char *said)
{
	char *copy = strdup(said);

	if (!copy)
		return;
	provider_hide(&p->service->provider, copy);
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

static void on_body(void *ctx, const void *p, size_t n)
{
	struct probe *p_ = ctx;

	dynbuf_add(&p_->sound, p, n); /* what is more says nothing more */
}

/* The samples in what has come; 0: there are none. */
static size_t samples(struct probe *p, const char **why)
{
	static const enum wav_coding codings[] = {
		[NETWORK_PCM] = WAV_PCM16, [NETWORK_ULAW] = WAV_ULAW, [NETWORK_ALAW] = WAV_ALAW};
	int rate_hz = p->t->voice.rate_hz;
	struct dynbuf out;
	struct shape s;
	size_t n = 0;

	dynbuf_init(&out, (size_t)rate_hz * 2 * MAKE_MAX_S);
	shape_init(&s, rate_hz, p->raw_hz, 0);
	if (p->raw_hz)
		shape_coding(&s, codings[p->format]);
	if (shape_add(&s, p->sound.p, p->sound.n, &out) == 0 && shape_end(&s, &out) == 0)
		n = out.n / 2;
	*why = s.why;
	shape_free(&s);
	dynbuf_free(&out);
	return n;
}

static int print_sound(struct probe *p, const struct http_reply *r)
{
	enum network_kind kind = network_look(p->sound.p, p->sound.n, r->type, p->format);
	char said[200], code[64];
	const char *why = "it is neither WAV nor samples";
	size_t n = 0;

	if (kind == NETWORK_TEXT) {
		retry_message(p->sound.p, p->sound.n, said, sizeof said, code, sizeof code);
		why = said;
	} else if (kind != NETWORK_FOREIGN) {
		if (kind == NETWORK_RIFF)
			p->raw_hz = 0;
		n = samples(p, &why);
	}
	if (n > 0)
		printf("sound: %zu bytes, %.2f s\n", p->sound.n, (double)n / p->t->voice.rate_hz);
	else
		print_said(p, "sound: none", why ? why : "it is empty");
	return n > 0 ? EXIT_OK : EXIT_REFUSED;
}

/* The vendor's word for it. Its message may have a part of the key in it. */
static void print_failure(struct probe *p, const struct http_reply *r)
{
	char message[HTTP_WHY_MAX], code[64], text[HTTP_WHY_MAX + 80];

	retry_message(r->error, r->error_bytes, message, sizeof message, code, sizeof code);
	snprintf(text, sizeof text, "%s%s%s%s", r->why, *code ? " (" : "", code, *code ? ")" : "");
	print_said(p, "failed", text);
}

static void print_times(const struct http_reply *r)
{
	if (r->connect_ns)
		printf("connected: %.1f ms\n", (double)(r->connect_ns - r->start_ns) / NS_PER_MS);
	if (r->first_ns)
		printf("first byte: %.1f ms\n", (double)(r->first_ns - r->start_ns) / NS_PER_MS);
	printf("end: %.1f ms\n", (double)(r->end_ns - r->start_ns) / NS_PER_MS);
}

static int ask(struct probe *p);

static void on_end(void *ctx, const struct http_reply *r)
{
	struct probe *p = ctx;
	const struct network_vendor *vendor = p->service->engine->vendor;
	int64_t delay_ms;

	if (r->status)
		printf("status: %d%s\n", r->status, r->http2 ? " (HTTP/2)" : "");
	if (vendor->otherwise && p->way + 1 < vendor->ways &&
		vendor->otherwise(p->way, r->status)) {
		p->way++;
		if ((p->status = ask(p)) != EXIT_OK)
			loop_stop(&p->loop);
		return;
	}
	print_said(p, "request id", *r->request_id ? r->request_id : "none");
	print_times(r);
	if (r->fault != HTTP_OK || r->status / 100 != 2)
		print_failure(p, r);
	switch (retry_judge(r, 1, false, &delay_ms)) {
	case RETRY_OK:
		p->status = print_sound(p, r);
		break;
	case RETRY_AGAIN:
		p->status = EXIT_TRY_AGAIN;
		break;
	case RETRY_GIVE_UP:
	case RETRY_ACCOUNT:
		p->status = EXIT_REFUSED;
		break;
	}
	loop_stop(&p->loop);
}

/* The request in p->way. 0, or an exit code after a message. */
static int ask(struct probe *p)
{
	static const struct http_handlers on = {
		.body = on_body, .end = on_end, .header = on_header};
	const struct provider *provider = &p->service->provider;
	const struct engine *e = p->service->engine;
	struct phrase phrase = {.text = WORD, .language = p->t->language, .voice = ""};
	struct http_header headers[2] = {{.name = "Content-Type"},
		{.name = provider->auth_name, .value = provider->auth_value}};
	struct http_request q = {.headers = headers,
		.headers_n = provider->auth_name ? 2 : 1,
		.connect_ms = PROBE_MS,
		.total_ms = PROBE_MS};
	struct network_say say;
	char why[WHY_MAX], place[HTTP_WHY_MAX], *url;
	struct http_call *call;

	dynbuf_reset(&p->path);
	dynbuf_reset(&p->body);
	if (network_say(e, &p->t->voice, &phrase, p->way, &say, why) < 0 ||
		network_request(e, &p->t->voice, &phrase, p->way, &p->path, &p->body,
			&headers[0].value, why) < 0) {
		log_error("cannot ask %s: %s", e->name, why);
		return EXIT_CONFIG;
	}
	p->format = say.format;
	p->raw_hz = say.format == NETWORK_WAV ? 0 : say.rate_hz;
	if (asprintf(&url, "%s%s", provider->base, p->path.p) < 0)
		return EXIT_SYSTEM;
	provider_place(provider, place);
	printf("request: POST %s%s\n", place, p->path.p);
	q.url = url;
	q.body = p->body.p;
	q.body_bytes = p->body.n;
	call = http_start(&p->t->network.http, &q, &on, p);
	free(url);
	return call ? EXIT_OK : EXIT_SYSTEM;
}

static int probe_one(struct probe *p, struct network_service *service)
{
	p->service = service;
	p->way = 0;
	p->loop.stopped = false;
	dynbuf_reset(&p->sound);
	printf("engine: %s\n", service->engine->name);
	p->status = ask(p);
	if (p->status == EXIT_OK && loop_run(&p->loop) < 0)
		p->status = EXIT_SYSTEM;
	return p->status;
}

int tts_probe(struct tts *t)
{
	struct probe p = {.t = t};
	int status = EXIT_OK;

	if (t->network.n == 0) {
		log_error("cannot probe: no engine in the list asks a service");
		return EXIT_CONFIG;
	}
	dynbuf_init(&p.path, NETWORK_PATH_MAX);
	dynbuf_init(&p.body, 1 << 16);
	dynbuf_init(&p.sound, SOUND_MAX);
	loop_init(&p.loop);
	network_run(&t->network, &p.loop);
	for (size_t i = 0; i < t->network.n; i++) {
		int code;

		if (i > 0)
			printf("\n");
		code = probe_one(&p, &t->network.service[i]);
		/* One that refuses for good says more than one that is busy. */
		if (status == EXIT_OK || code == EXIT_REFUSED)
			status = code;
	}
	network_stop_all(&t->network);
	loop_free(&p.loop);
	dynbuf_free(&p.path);
	dynbuf_free(&p.body);
	dynbuf_free(&p.sound);
	return status;
}
