#include "network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (32 << 20)   /* bytes of sound: more than 60 s of any format */
#define PATIENT_FIRST_MS 60000  /* nobody is on the line */
#define PATIENT_MS (10 * 60000) /* all attempts */
#define LATER_NS NS_PER_S
#define CONNECT_MS 2000

/* A phrase that is being asked for. */
struct asking {
	struct make *m;
	const struct phrase *phrase; /* of m */
	struct network_service *service;
	struct provider_call *call;
	struct loop_timer later;            /* ask again, see ask_later */
	struct loop_timer pace;             /* see whether it comes fast enough */
	size_t samples;                     /* that there were the last time */
	int way;                            /* in which it is asked */
	int64_t until_ns;                   /* no further request is made */
	char type[64];                      /* content type of the answer */
	enum { LOOKING, SOUND, TEXT } what; /* it is */
	struct dynbuf first; /* LOOKING: its beginning; TEXT: it, as far as it is of use */
};

static void asking_free(struct asking *a)
{
	a->m->work = NULL;
	loop_remove_timer(a->m->loop, &a->later);
	loop_remove_timer(a->m->loop, &a->pace);
	dynbuf_free(&a->first);
	free(a);
}

void network_stop(struct make *m)
{
	struct asking *a = m->work;

	if (!a)
		return;
	/* not told to stop: what comes is of no use, or has no end */
	if (m->state == MAKE_RUNNING)
		m->code = "broken";
	if (a->call && m->state == MAKE_RUNNING)
		provider_reject(a->call);
	else if (a->call)
		provider_cancel(a->call);
	asking_free(a);
}

/* An answer that is of no use: nothing more of it is wanted. */
static void refuse(struct asking *a, const char *code, const char *why)
{
	struct make *m = a->m;

	network_stop(m);
	m->code = code;
	make_fail(m, "%s", why);
}

/* A page or a message where sound should be: what it says. */
static void refuse_text(struct asking *a)
{
	char said[160], code[64], why[WHY_MAX];

	retry_message(a->first.p, a->first.n, said, sizeof said, code, sizeof code);
	provider_hide(&a->service->provider, said);
	snprintf(why, sizeof why, "its answer is no sound, but says: %s", said);
	refuse(a, "broken", why);
}

static void finish(struct asking *a);

static void pace_set(struct asking *a)
{
	a->samples = a->m->shape.samples;
	a->pace.at_ns = now_ns() + a->m->voice->timeout_ms * NS_PER_MS;
}

/* A server that drips meets every deadline, and the caller hears nothing: sound that comes four times slower than it is
 * played is of no use. */
static void on_pace(void *ctx, int64_t now)
{
	struct asking *a = ctx;
	const struct shape *s = &a->m->shape;
	int64_t due = s->head.rate_hz * a->m->voice->timeout_ms / 1000 / 4;

	if (a->what == SOUND &&
		s->head.data_bytes ==
			0) { /* all that its head speaks of: what follows is of no use */
		provider_cancel(a->call);
		a->call = NULL;
		finish(a);
	} else if (a->what == SOUND && (int64_t)(s->samples - a->samples) >= due) {
		pace_set(a);
	} else {
		refuse(a, "timeout", "its sound comes too slowly");
	}
}

static const char *format_name(enum network_format f)
{
	return f == NETWORK_WAV ? "WAV" : "samples";
}

/* What it is that comes; -1: nothing to be played, and we are gone. */
static int look(struct asking *a)
{
	struct network_say s;
	char why[WHY_MAX];
	enum network_kind kind;
	static const enum wav_coding codings[] = {
		[NETWORK_PCM] = WAV_PCM16, [NETWORK_ULAW] = WAV_ULAW, [NETWORK_ALAW] = WAV_ALAW};

	if (network_say(a->m->engine, a->m->voice, a->phrase, a->way, &s, why) < 0) {
		refuse(a, "system", why);
		return -1;
	}
	kind = network_look(a->first.p, a->first.n, a->type, s.format);
	if (kind == NETWORK_TEXT) {
		a->what = TEXT;
		return 0;
	}
	if (kind == NETWORK_FOREIGN || (kind == NETWORK_SOUND && s.format == NETWORK_WAV)) {
		snprintf(why, sizeof why, "its answer is no %s%s%.60s", format_name(s.format),
			*a->type ? ", but " : "", a->type);
		refuse(a, "broken", why);
		return -1;
	}
	a->what = SOUND;
	if (kind == NETWORK_RIFF)
		make_format(a->m, 0, a->m->voice->gain_db);
	else
		make_coding(a->m, codings[s.format], s.rate_hz, a->m->voice->gain_db);
	return 0;
}

/* The beginning has been looked at, and is used. -1: we are gone. */
static int begin(struct asking *a)
{
	struct make *m = a->m;
	struct dynbuf first;
	int result;

	if (look(a) < 0)
		return -1;
	if (a->what != SOUND)
		return 0;
	first = a->first;
	dynbuf_init(&a->first, HTTP_ERROR_MAX);
	result = make_bytes(m, first.p, first.n);
	dynbuf_free(&first);
	return result;
}

static void on_head(void *ctx, const struct http_reply *r)
{
	struct asking *a = ctx;

	pace_set(a);
	snprintf(a->type, sizeof a->type, "%s", r->type);
	for (char *c = a->type; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	a->service->way = a->way;
	a->service->known = true;
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct asking *a = ctx;
	size_t now = a->first.max - a->first.n;

	if (a->what == SOUND) {
		if (make_bytes(a->m, p, n) < 0) /* over, and we are gone */
			return;
		return;
	}
	now = now < n ? now : n;
	if (dynbuf_add(&a->first, p, now) < 0) {
		refuse(a, "system", "no memory");
		return;
	}
	if (a->what == LOOKING && a->first.n >= NETWORK_LOOK_BYTES) {
		if (begin(a) < 0)
			return;
		if (a->what == SOUND && now < n &&
			make_bytes(a->m, (const char *)p + now, n - now) < 0)
			return;
	}
	if (a->what == TEXT && a->first.n == a->first.max)
		refuse_text(a);
}

static int ask(struct asking *a, char why[WHY_MAX]);

/* Servers of one name that are asked in different ways: which it is shows when it is asked. True: it is asked again. */
static bool ask_otherwise(struct asking *a, const struct provider_end *end)
{
	const struct network_vendor *vendor = a->m->engine->vendor;
	char why[WHY_MAX];

	if (end->ok || !end->reply || !vendor->otherwise || a->service->known ||
		a->way + 1 >= vendor->ways || !vendor->otherwise(a->way, end->reply->status))
		return false;
	a->way++;
	return ask(a, why) == 0;
}

/* Nobody is on the line: a service that is left alone for a while is asked when that is over. True: it will be. */
static bool ask_later(struct asking *a, const struct provider_end *end)
{
	int64_t at_ns = now_ns() + LATER_NS;

	if (!a->m->voice->network->patient || end->ok || strcmp(end->code, "breaker") != 0 ||
		at_ns >= a->until_ns)
		return false;
	a->later.at_ns = at_ns;
	return true;
}

/* All of it has come. */
static void finish(struct asking *a)
{
	struct make *m = a->m;

	if (a->what == LOOKING && a->first.n > 0 && begin(a) < 0)
		return;
	if (a->what == TEXT) {
		refuse_text(a);
	} else if (m->shape.samples == 0) {
		refuse(a, "broken",
			a->first.n == 0 && a->what == LOOKING ? "its answer is empty"
							      : "there is no sound in its answer");
	} else {
		asking_free(a);
		/* a size that is larger than what came: wrong, or the rest is missing */
		m->doubtful = m->shape.head.data_bytes > 0;
		make_end(m);
	}
}

static void on_end(void *ctx, const struct provider_end *end)
{
	struct asking *a = ctx;

	a->pace.at_ns = 0;
	a->service->asked_ns = now_ns();
	if (end->ok) { /* one that is no sound is still to be refused */
		finish(a);
		return;
	}
	a->call = NULL;
	if (!ask_otherwise(a, end) && !ask_later(a, end)) {
		if (strcmp(end->code, "account") == 0) /* nor the next one */
			snprintf(a->service->refused, WHY_MAX, "%s", end->why);
		refuse(a, end->code, end->why);
	}
}

static void on_later(void *ctx, int64_t now)
{
	struct asking *a = ctx;
	char why[WHY_MAX];

	if (ask(a, why) < 0)
		refuse(a, "system", why);
}

static const struct provider_handlers handlers = {.head = on_head, .body = on_body, .end = on_end};

/* One question, in a->way. */
static int ask(struct asking *a, char why[WHY_MAX])
{
	const struct make *m = a->m;
	bool patient = m->voice->network->patient;
	/* 0 would be no limit at all */
	int64_t left_ms = max_i64((a->until_ns - now_ns()) / NS_PER_MS, 1),
		first_ms = patient ? PATIENT_FIRST_MS : left_ms;
	struct http_header type = {.name = "Content-Type"};
	struct http_request q = {.headers = &type,
		.headers_n = 1,
		.connect_ms = min_i64(CONNECT_MS, first_ms),
		.first_ms = first_ms,
		.idle_ms = m->voice->timeout_ms,
		.max_bytes = ANSWER_MAX};
	struct dynbuf path, body;
	int result;

	dynbuf_init(&path, NETWORK_PATH_MAX);
	dynbuf_init(&body, NETWORK_BODY_MAX);
	result = network_request(
		m->engine, m->voice, a->phrase, a->way, &path, &body, &type.value, why);
	if (result == 0) {
		q.url = path.p;
		q.body = body.p;
		q.body_bytes = body.n;
		snprintf(why, WHY_MAX, "no memory");
		a->call = provider_ask(&a->service->provider, &q, left_ms, &handlers, a);
		result = a->call ? 0 : -1;
	}
	dynbuf_free(&path);
	dynbuf_free(&body);
	return result;
}

void network_start(struct make *m, const struct phrase *p)
{
	struct network *n = m->voice->network;
	int64_t ms = m->voice->timeout_ms;
	struct asking *a = calloc(1, sizeof *a);
	char why[WHY_MAX] = "no memory";
	bool timers;

	if (m->more)
		ms = min_i64(ms, NETWORK_FALLBACK_MS);
	if (n->patient)
		ms = PATIENT_MS;
	if (!a) {
		make_fail(m, "%s", why);
		return;
	}
	*a = (struct asking){.m = m, .phrase = p, .service = network_find(n, m->engine)};
	dynbuf_init(&a->first, HTTP_ERROR_MAX);
	m->work = a;
	a->way = a->service->way;
	a->until_ns = now_ns() + ms * NS_PER_MS;
	a->later = (struct loop_timer){.fire = on_later, .ctx = a};
	a->pace = (struct loop_timer){.fire = on_pace, .ctx = a};
	timers = loop_add_timer(m->loop, &a->later) == 0 && loop_add_timer(m->loop, &a->pace) == 0;
	if (*a->service->refused)
		refuse(a, "account", a->service->refused);
	else if (!timers || ask(a, why) < 0)
		refuse(a, "system", why);
}
