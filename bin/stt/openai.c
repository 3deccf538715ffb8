#include "openai.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "net/provider.h"
#include "openai-form.h"
#include "openai-reply.h"

#define URL "https://api.openai.com/v1"
#define MARGIN_MS \
	300 /* of a turn on either side of the voice: silence is what models invent words for */
#define CONNECT_MS 3000
#define WARM_NS (4 * NS_PER_S) /* a connection that was used so long ago may be gone */
#define BEFORE_MS 200 /* so long before the turn's time is over it is given up, and said why */
#define REQUESTS_MAX 3
#define REPLY_MAX (1 << 20)
#define GROQ_LEAST_S 10 /* is what a request costs there */

struct openai {
	struct recogniser *r;
	struct http http;
	struct provider p;
	struct openai_model model;
	const char *path;           /* behind the URL */
	struct provider_call *call; /* under way; NULL: none */
	struct openai_form form;
	struct openai_reply reply; /* of the call */
	double sent_s;             /* seconds of sound in it */
	int64_t used_ns;           /* when the connection was used last; 0: never */
};

static void call_done(struct openai *o)
{
	openai_reply_free(&o->reply);
	openai_form_free(&o->form);
	o->call = NULL;
	o->used_ns = now_ns();
}

static void on_partial(void *ctx, const char *text)
{
	struct openai *o = ctx;

	recogniser_partial(o->r, o->r->waiting, text);
}

static void reply_begin(struct openai *o)
{
	openai_reply_init(&o->reply, o->form.prompt, (int64_t)(o->sent_s * 1000));
	o->reply.partial = on_partial;
	o->reply.ctx = o;
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct openai *o = ctx;

	openai_reply_add(&o->reply, p, n);
}

/* What is paid for: as the server says, else what was sent. */
static void used_complete(struct openai *o, struct result *ret)
{
	double least = strstr(o->p.base, "api.groq.com") ? GROQ_LEAST_S : 0;

	if (!ret->used[0].unit)
		ret->used[0] = (struct used){"seconds", o->sent_s};
	if (strcmp(ret->used[0].unit, "seconds") == 0 && ret->used[0].n < least)
		ret->used[0].n = least;
}

static void time_seen(struct openai *o, const char *name, int64_t from_ns, int64_t to_ns)
{
	if (to_ns)
		recogniser_seen(o->r, name, "%.1f ms", (double)(to_ns - from_ns) / NS_PER_MS);
}

static void on_header(void *ctx, const char *name, const char *value)
{
	struct openai *o = ctx;

	if (provider_header_tells(name))
		recogniser_seen(o->r, "header", "%s: %s", name, value);
}

/* For people who look at the provider. */
static void reply_seen(struct openai *o, const struct provider_end *end)
{
	const struct http_reply *h = end->reply;

	if (!h)
		return;
	if (h->status)
		recogniser_seen(o->r, "status", "%d%s", h->status, h->http2 ? " (HTTP/2)" : "");
	recogniser_seen(o->r, "request id", "%s", h->request_id[0] ? h->request_id : "none");
	time_seen(o, "connected", h->start_ns, h->connect_ns);
	time_seen(o, "first byte", h->start_ns, h->first_ns);
	time_seen(o, "end", h->start_ns, h->end_ns);
}

static void on_end(void *ctx, const struct provider_end *end)
{
	struct openai *o = ctx;
	struct result ret = result_none;
	char why[OPENAI_WHY_MAX];

	reply_seen(o, end);
	if (!end->ok) {
		recogniser_trouble_once(o->r, end->code, "openai: %s", end->why);
	} else if (openai_reply_end(&o->reply, &ret, why) < 0) {
		provider_reject(o->call);
		provider_hide(&o->p, why); /* what it says may be our key */
		recogniser_trouble_once(o->r, "broken", "openai: %s", why);
		ret = result_none;
	} else {
		used_complete(o, &ret);
		if (o->reply.invented)
			log_info("openai: words are left out: %s", o->reply.invented);
	}
	call_done(o);
	recogniser_done(o->r, &ret);
}

static void openai_going(struct recogniser *r)
{
	struct openai *o = r->state;

	http_load(&o->http);
}

static void openai_started(struct recogniser *r, struct turn *t)
{
	struct openai *o = r->state;

	(void)t;
	if (o->used_ns && now_ns() - o->used_ns < WARM_NS)
		return;
	o->used_ns = now_ns();
	http_warm(&o->http, o->p.base);
}

static void openai_recognise(struct recogniser *r, struct turn *t)
{
	static const struct provider_handlers on = {
		.body = on_body, .end = on_end, .header = on_header};
	struct openai *o = r->state;
	int64_t timeout_ms = r->set->timeout_ms;
	char place[HTTP_WHY_MAX];
	struct http_request q = {
		.url = o->path,
		.connect_ms = min_i64(CONNECT_MS, timeout_ms / 2),
		.first_ms = timeout_ms * 6 / 10, /* then there is time for another one */
		.idle_ms = timeout_ms * 6 / 10,
		.total_ms = max_i64(timeout_ms - BEFORE_MS, timeout_ms / 2),
		.max_bytes = REPLY_MAX,
	};

	turn_trim(t, MARGIN_MS);
	o->sent_s = (double)t->samples / t->rate_hz;
	if (openai_form(&o->form, &o->model, r->set->temperature, t) == 0) {
		q.parts = o->form.part;
		q.parts_n = o->form.parts;
		provider_place(&o->p, place);
		recogniser_seen(r, "request", "POST %s%s", place, q.url);
		o->call = provider_ask(&o->p, &q, q.total_ms, &on, o);
	}
	if (o->call) {
		reply_begin(o);
		return;
	}
	openai_form_free(&o->form);
	recogniser_trouble_once(r, "system", "openai: no memory for a request");
	recogniser_done(r, &result_none);
}

static void openai_cancel(struct recogniser *r)
{
	struct openai *o = r->state;

	if (!o || !o->call)
		return;
	provider_cancel(o->call);
	call_done(o);
}

/* A URL may name the resource itself: whisper.cpp has it elsewhere. */
static const char *path_behind(const char *url)
{
	static const char *const ends[] = {"/transcriptions", "/inference"};
	size_t n = strlen(url);

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (n > strlen(ends[i]) && strcmp(url + n - strlen(ends[i]), ends[i]) == 0)
			return "";
	return "/audio/transcriptions";
}

static bool is_temperature(const char *s)
{
	char *end;
	double x;

	if (!s || !*s)
		return true;
	x = strtod(s, &end);
	return *end == '\0' && x >= 0 && x <= 1;
}

/* Who asks for a key: the vendors; others may have one. */
static int provider_setup(struct openai *o, const char *url)
{
	const struct settings *set = o->r->set;
	bool groq = provider_is_at(url, "groq.com"), openai = provider_is_at(url, "openai.com");
	struct provider_spec spec = {
		.stage = "stt",
		.engine = "openai",
		.url = url,
		.auth = PROVIDER_BEARER,
		.secrets = {"CALLPIPE_STT_KEY", groq ? "GROQ_API_KEY" : "OPENAI_API_KEY"},
		.needs_key = groq || openai,
	};
	char why[HTTP_WHY_MAX];
	int status;

	if (!groq && !openai)
		spec.secrets[1] = NULL; /* a key is not for anybody who happens to be asked */
	status = provider_open(&o->p, &spec, &o->http, why);
	if (status == EXIT_USAGE)
		return opt_refuse(&set->url, "%s", why);
	if (status)
		log_error("%s", why);
	/* who looks at a provider sees how it is; the breaker of all calls is not for one turn to open */
	o->p.attempts_max = o->r->seen ? 1 : REQUESTS_MAX;
	return status;
}

static int openai_open(struct recogniser *r)
{
	struct openai *o = calloc(1, sizeof(*o));
	const struct settings *set = r->set;
	const char *url = set->url && *set->url ? set->url : URL;

	r->state = o;
	if (!o) {
		log_error_errno("cannot use the engine openai");
		return EXIT_SYSTEM;
	}
	o->r = r;
	http_init(&o->http, r->loop);
	if (!is_temperature(set->temperature))
		return opt_refuse(&set->temperature, "it is no number from 0 to 1");
	if (breaker_open(set->spool) < 0)
		log_warn_errno("cannot share breakers in '%s'", set->spool);
	http_set(&set->http);
	o->model = openai_model(set->model, url, set->format, set->stream);
	o->path = path_behind(url);
	r->model = o->model.name;
	return provider_setup(o, url);
}

static void openai_close(struct recogniser *r)
{
	struct openai *o = r->state;

	if (!o)
		return;
	openai_cancel(r);
	http_free(&o->http);
	provider_close(&o->p);
	free(o);
}

const struct engine engine_openai = {
	.name = "openai",
	.open = openai_open,
	.going = openai_going,
	.started = openai_started,
	.recognise = openai_recognise,
	.cancel = openai_cancel,
	.close = openai_close,
};
