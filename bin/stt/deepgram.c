#include "deepgram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "deepgram-spoken.h"
#include "deepgram-terms.h"

#define URL "https://api.deepgram.com"
#define MODEL "nova-3"
#define PARAMETERS "smart_format=true&endpointing=300"
#define MUTE_NS (5 * NS_PER_S / 2) /* from a service that has not said anything at all */
#define AGAIN_MS 100               /* until the first new connection; then twice as long each */
#define AGAIN_MAX_MS 8000          /* time, but no more than this */
#define BREAKER_MS 1000            /* until the breaker is asked again */

struct deepgram {
	struct recogniser *r;
	struct provider p;
	const char *model, *parameters;
	struct link *link;   /* for turns to come; NULL: none */
	struct link *coming; /* that will be it */
	struct link *old;    /* that was it, and still has a turn */
	struct link *gone;   /* those that are closing */
	struct dynbuf want;  /* what it should be bound to: path and query */
	char language[STT_LANGUAGE_MAX];
	int rate_hz; /* of the call; 0: not known */
	struct deepgram_terms terms;
	char *refused;    /* what was refused for good; NULL: nothing */
	int fails;        /* in a row */
	int64_t again_ns; /* then a new connection; 0: none is wanted */
	const char *code; /* why there is none, for an error event */
	char why[HTTP_WHY_MAX];
	struct spoken *spoken; /* oldest first */
	int64_t ids;
	int64_t spent; /* samples sent for turns that were forgotten: somebody's to pay */
	struct loop_timer timer;
};

static void timer_set(struct deepgram *d);
static void want(struct deepgram *d);

/* Links. */

static void forget_link(struct deepgram *d, struct link **l)
{
	struct link *gone = *l;

	*l = NULL;
	if (!gone || !link_leave(gone))
		return;
	gone->next = d->gone;
	d->gone = gone;
}

static void gone_remove(struct deepgram *d, const struct link *l)
{
	struct link **at = &d->gone;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
}

/* The one that has come takes over; the other stays as long as it has a turn. */
static void take_over(struct deepgram *d)
{
	if (d->link && d->old)
		return;
	d->old = d->link ? d->link : d->old;
	d->link = d->coming;
	d->coming = NULL;
}

static void links_tidy(struct deepgram *d)
{
	if (d->coming && d->coming->open && (!d->link || !spoken_uses(d->spoken, d->link)))
		take_over(d);
	if (d->old && !spoken_uses(d->spoken, d->old))
		forget_link(d, &d->old);
}

/* Turns. */

static void finish(struct deepgram *d, struct spoken *s, bool words)
{
	struct result ret = result_none;

	if (words) {
		deepgram_words_result(&s->words, s->t, &ret);
		link_worked(s->link);
		d->fails = 0;
	}
	ret.used[0] = (struct used){"seconds", (double)(s->sent + d->spent) / s->t->rate_hz};
	if (!(s->sent + d->spent))
		ret.used[0].unit = NULL;
	d->spent = 0;
	spoken_remove(&d->spoken, s);
	links_tidy(d);
	recogniser_done(d->r, &ret);
}

static void fail(struct deepgram *d, struct spoken *s, const char *code, const char *why)
{
	recogniser_trouble_once(d->r, code, "deepgram: %s", why);
	finish(d, s, false);
}

/* Which turns are complete; each answer may bring the next to its end. */
static void settle(struct deepgram *d)
{
	for (struct spoken *s = d->spoken; s; s = s->next)
		if (s->whole && spoken_is_complete(s)) {
			finish(d, s, true);
			break; /* by recogniser_done the next has come here itself */
		}
	timer_set(d);
}

/* Audio. */

static void attach(struct deepgram *d, struct spoken *s)
{
	if (s->link || !s->t->samples || !d->link || !d->link->open)
		return;
	if (strcmp(d->link->language, s->t->language) != 0)
		return; /* in another language it would be nonsense */
	if (d->link->sent.rate_hz == s->t->rate_hz) {
		s->link = d->link;
		return;
	}
	d->rate_hz = s->t->rate_hz; /* it was not what the call said */
	want(d);
}

/* In order: what is said after a turn must not come to the vendor before its end. */
static void pump(struct deepgram *d)
{
	for (struct spoken *s = d->spoken; s; s = s->next) {
		attach(d, s);
		if (!s->link || !spoken_feed(s, d->r->loop->now))
			break;
	}
}

/* What links say. */

/* For people: how long it took until now. */
static void time_seen(struct deepgram *d, const char *name, int64_t from_ns)
{
	recogniser_seen(d->r, name, "%.1f ms", (double)(now_ns() - from_ns) / NS_PER_MS);
}

static void on_opened(void *ctx, struct link *l)
{
	struct deepgram *d = ctx;

	recogniser_seen(d->r, "status", "101");
	recogniser_seen(d->r, "request id", "%s", *l->request_id ? l->request_id : "none");
	time_seen(d, "connected", l->begun_ns);
	if (l == d->link)
		d->again_ns = 0;
	links_tidy(d);
	pump(d);
	settle(d);
}

/* A result is about the turn that its middle lies in. */
static const struct sent_part *part_of(const struct link *l, const struct deepgram_said *said)
{
	double middle = said->first_s >= 0 ? (said->first_s + said->last_s) / 2
					   : said->start_s + said->duration_s / 2;

	return sent_find(&l->sent, middle);
}

static void on_said(void *ctx, struct link *l, const struct deepgram_said *said)
{
	struct deepgram *d = ctx;
	const struct sent_part *part = part_of(l, said);
	struct spoken *s = spoken_at(d->spoken, l, part);

	if (!l->seen && l->audio_ns)
		time_seen(d, "first byte", l->audio_ns);
	l->seen = true;
	if (s) {
		deepgram_words_add(&s->words, said, &l->sent, part);
		if ((!s->whole || !spoken_is_complete(s)) && spoken_news(s))
			recogniser_partial(d->r, s->t, s->said);
	}
	if (said->from_finalize)
		spoken_flush(d->spoken, l, said);
	settle(d);
}

static void on_room(void *ctx, struct link *l)
{
	struct deepgram *d = ctx;

	(void)l;
	pump(d);
	settle(d);
}

static void on_header(void *ctx, const char *name, const char *value)
{
	struct deepgram *d = ctx;
	char *copy = d->r->seen && provider_header_tells(name) ? strdup(value) : NULL;

	if (!copy)
		return;
	provider_hide(&d->p, copy);
	recogniser_seen(d->r, "header", "%s: %s", name, copy);
	free(copy);
}

static void again_later(struct deepgram *d, int64_t least_ms)
{
	int64_t ms = AGAIN_MS;

	for (int i = 0; i < d->fails && ms < AGAIN_MAX_MS; i++)
		ms *= 2;
	d->fails++;
	d->again_ns = now_ns() + max_i64(min_i64(ms, AGAIN_MAX_MS), least_ms) * NS_PER_MS;
}

static void because(struct deepgram *d, const char *code, const char *why)
{
	d->code = code;
	snprintf(d->why, sizeof(d->why), "%s", why);
}

/* Turns that are over and have no link to wait for. */
static void whole_fail(struct deepgram *d)
{
	struct spoken *s = d->spoken;

	if (s && s->whole && !s->link)
		fail(d, s, d->code, d->why); /* and the next comes here itself */
}

static bool is_for_good(const struct link *l, const struct provider_end *end)
{
	return l->status != 101 &&
		(strcmp(end->code, "rejected") == 0 || strcmp(end->code, "account") == 0);
}

static void on_ended(void *ctx, struct link *l, const struct provider_end *end)
{
	struct deepgram *d = ctx;
	bool mine = l == d->link;
	bool for_good = !end->ok && is_for_good(l, end);

	if (l->leaving) {
		gone_remove(d, l);
		return;
	}
	spoken_detach(d->spoken, l);
	recogniser_seen(d->r, "ended", "%s", end->why);
	if (l->status && l->status != 101)
		recogniser_seen(d->r, "status", "%lld", (long long)l->status);
	log_info("deepgram: connection ended: %s", end->why);
	d->link = mine ? NULL : d->link;
	d->coming = l == d->coming ? NULL : d->coming;
	d->old = l == d->old ? NULL : d->old;
	because(d, end->ok ? "broken" : end->code, end->why);
	if (for_good) {
		free(d->refused);
		d->refused = strdup(l->target);
		recogniser_trouble_once(d->r, end->code, "deepgram: %s", end->why);
	}
	if (mine && d->coming)
		take_over(d);
	if (!d->link && !for_good)
		again_later(d, l->retry_after_ms);
	if (!d->link && for_good)
		whole_fail(d);
	pump(d);
	timer_set(d);
}

static const struct link_handlers handlers = {.opened = on_opened,
	.said = on_said,
	.room = on_room,
	.ended = on_ended,
	.header = on_header};

/* A link to what is wanted. */
static void connect_to(struct deepgram *d, struct link **l)
{
	char place[HTTP_WHY_MAX];
	bool no;

	*l = link_open(d->r->loop, &d->p, d->want.p, d->rate_hz, &handlers, d, &no);
	if (*l) {
		snprintf((*l)->language, sizeof((*l)->language), "%s", d->language);
		provider_place(&d->p, place);
		recogniser_seen(d->r, "request", "GET %s%s", place, d->want.p);
		return;
	}
	if (no && d->fails && d->code) /* how it failed says more than that it has */
		recogniser_trouble_once(d->r, d->code, "deepgram: %s", d->why);
	because(d, no ? "breaker" : "system",
		no ? "it failed too often, and is left alone for a while" : "no memory");
	d->again_ns = now_ns() + BREAKER_MS * NS_PER_MS;
}

static bool is_to(const struct link *l, const struct deepgram *d)
{
	return l && strcmp(l->target, d->want.p) == 0;
}

/* See that there is, or will be, a link to what is wanted now. */
static void want(struct deepgram *d)
{
	struct deepgram_wish wish = {.model = d->model,
		.language = d->language,
		.parameters = d->parameters,
		.term = d->terms.term,
		.terms = d->terms.n};

	if (!d->rate_hz)
		d->rate_hz = d->r->rate_hz;
	if (!d->rate_hz)
		return;
	wish.rate_hz = d->rate_hz;
	dynbuf_reset(&d->want);
	if (deepgram_target(&d->want, &wish) < 0 ||
		(d->refused && strcmp(d->refused, d->want.p) == 0))
		return;
	if (is_to(d->link, d) && d->coming)
		forget_link(d, &d->coming);
	if (is_to(d->link, d) || is_to(d->coming, d))
		return;
	if (d->coming)
		forget_link(d, &d->coming);
	if (d->link && !spoken_uses(d->spoken, d->link) &&
		(!d->link->open || strcmp(d->link->language, d->language) != 0 ||
			d->link->sent.rate_hz != d->rate_hz))
		forget_link(d, &d->link);
	connect_to(d, d->link ? &d->coming : &d->link);
}

/* Time. */

/* It takes audio, and has not said anything of this turn: another connection may do better. */
static void leave_mute(struct deepgram *d, struct spoken *s)
{
	struct link *l = s->link;

	spoken_detach(d->spoken, l);
	if (l == d->link)
		d->link = NULL;
	else
		d->old = NULL;
	link_fail(l);
	again_later(d, 0);
}

static void give_up(struct deepgram *d, struct spoken *s)
{
	char why[128];
	struct link *l = s->link;

	if (!l) {
		fail(d, s, d->code ? d->code : "timeout",
			d->code ? d->why : "no connection was made in time");
		return;
	}
	if (l->heard_ns >= s->first_ns) {
		finish(d, s, true);
		return;
	}
	if (d->r->loop->now < s->finalized_ns + MUTE_NS) {
		s->give_up_ns = s->finalized_ns + MUTE_NS;
		return;
	}
	snprintf(why, sizeof(why), "not a word to turn %lld within %lld ms",
		(long long)s->t->number, (long long)(MUTE_NS / NS_PER_MS));
	leave_mute(d, s);
	fail(d, s, "timeout", why);
}

static void timer_fire(void *ctx, int64_t now)
{
	struct deepgram *d = ctx;
	struct spoken *s = d->spoken;

	while (s && !(s->whole && s->give_up_ns && now >= s->give_up_ns))
		s = s->next;
	if (s)
		give_up(d, s);
	if (d->again_ns && now >= d->again_ns) {
		d->again_ns = 0;
		if (!d->link)
			want(d);
	}
	timer_set(d);
}

static void timer_set(struct deepgram *d)
{
	int64_t at = d->again_ns ? d->again_ns : INT64_MAX;

	for (const struct spoken *s = d->spoken; s; s = s->next)
		if (s->whole && s->give_up_ns)
			at = min_i64(at, s->give_up_ns);
	d->timer.at_ns = at == INT64_MAX ? 0 : at;
}

/* The engine. */

/* Behind the greeting, and the first listen, whose phrases it is bound to. */
static void deepgram_going(struct recogniser *r)
{
	struct deepgram *d = r->state;

	snprintf(d->language, sizeof(d->language), "%s", r->language);
	want(d);
	timer_set(d);
}

static void deepgram_expect(struct recogniser *r, const char *hints)
{
	struct deepgram *d = r->state;

	snprintf(d->language, sizeof(d->language), "%s", r->language);
	deepgram_terms_add(&d->terms, hints);
	want(d);
	timer_set(d);
}

static void deepgram_started(struct recogniser *r, struct turn *t)
{
	struct deepgram *d = r->state;

	snprintf(d->language, sizeof(d->language), "%s", t->language);
	want(d);
	if (d->coming &&
		(d->coming->open || (d->link && strcmp(d->link->language, t->language) != 0)))
		take_over(d);
	links_tidy(d);
	if (!spoken_add(&d->spoken, t, ++d->ids))
		log_warn("deepgram: no memory for turn %lld", (long long)t->number);
	timer_set(d);
}

static void deepgram_audio(struct recogniser *r, struct turn *t)
{
	(void)t;
	pump(r->state);
}

static void deepgram_forgotten(struct recogniser *r, struct turn *t)
{
	struct deepgram *d = r->state;
	struct spoken *s = spoken_of(d->spoken, t);

	if (!s)
		return;
	if (s->link && s->cursor && !s->finalized_ns)
		link_finalize(s->link); /* its words are not those of the next turn */
	d->spent += s->sent;
	spoken_remove(&d->spoken, s);
	links_tidy(d);
	timer_set(d);
}

static void deepgram_recognise(struct recogniser *r, struct turn *t)
{
	struct deepgram *d = r->state;
	struct spoken *s = spoken_of(d->spoken, t);

	if (!s)
		s = spoken_add(&d->spoken, t, ++d->ids);
	if (!s) {
		recogniser_done(r, &result_none);
		return;
	}
	if (!d->rate_hz) { /* a file */
		d->rate_hz = t->rate_hz;
		snprintf(d->language, sizeof(d->language), "%s", t->language);
	}
	spoken_end(s);
	if (!d->link)
		want(d);
	pump(d);
	if (!d->link && !s->link)
		whole_fail(d);
	settle(d);
}

static void deepgram_cancel(struct recogniser *r)
{
	struct deepgram *d = r->state;
	struct spoken *s = d->spoken;

	while (s && !s->whole)
		s = s->next;
	if (!s)
		return;
	if (s->link && s->finalized_ns && s->link->heard_ns < s->first_ns)
		leave_mute(d, s);
	deepgram_forgotten(r, s->t);
}

static int settings_take(struct deepgram *d)
{
	const struct settings *set = d->r->set;
	const char *url = set->url && *set->url ? set->url : URL;
	bool vendor = provider_is_at(url, "deepgram.com");
	const struct provider_spec spec = {
		.stage = "stt",
		.engine = "deepgram",
		.url = url,
		.auth = PROVIDER_TOKEN,
		.secrets = {"CALLPIPE_STT_KEY",
			vendor ? "DEEPGRAM_API_KEY" : NULL}, /* it is not for anybody else */
		.needs_key = vendor,
	};
	char why[HTTP_WHY_MAX];
	int status;

	d->model = set->model && *set->model ? set->model : MODEL;
	d->parameters = set->parameters ? set->parameters : PARAMETERS;
	d->r->model = d->model;
	if (breaker_open(set->spool) < 0)
		log_warn_errno("cannot share breakers in '%s'", set->spool);
	http_set(&set->http);
	status = provider_open(&d->p, &spec, NULL, why);
	if (status == EXIT_USAGE)
		return opt_refuse(&set->url, "%s", why);
	if (status)
		log_error("%s", why);
	return status;
}

static int deepgram_open(struct recogniser *r)
{
	struct deepgram *d = calloc(1, sizeof(*d));

	r->state = d;
	if (!d) {
		log_error_errno("cannot use the engine deepgram");
		return EXIT_SYSTEM;
	}
	d->r = r;
	dynbuf_init(&d->want, 16384);
	d->timer = (struct loop_timer){.fire = timer_fire, .ctx = d};
	if (loop_add_timer(r->loop, &d->timer) < 0) {
		log_error_errno("cannot set a timer");
		return EXIT_SYSTEM;
	}
	return settings_take(d);
}

static void deepgram_close(struct recogniser *r)
{
	struct deepgram *d = r->state;

	if (!d)
		return;
	link_close(d->link);
	link_close(d->coming);
	link_close(d->old);
	for (struct link *l = d->gone, *next; l; l = next) {
		next = l->next;
		link_close(l);
	}
	while (d->spoken)
		spoken_remove(&d->spoken, d->spoken);
	loop_remove_timer(r->loop, &d->timer);
	provider_close(&d->p);
	deepgram_terms_free(&d->terms);
	dynbuf_free(&d->want);
	free(d->refused);
	free(d);
}

const struct engine engine_deepgram = {
	.name = "deepgram",
	.open = deepgram_open,
	.going = deepgram_going,
	.expect = deepgram_expect,
	.started = deepgram_started,
	.audio = deepgram_audio,
	.forgotten = deepgram_forgotten,
	.recognise = deepgram_recognise,
	.cancel = deepgram_cancel,
	.close = deepgram_close,
};
