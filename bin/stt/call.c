#include "call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "hints.h"
#include "stream/call.h"
#include "stream/filter.h"
#include "stream/price.h"

#define AHEAD_MS 1000          /* a stream that is so far ahead of the clock is a recording */
#define LAST_NS (3 * NS_PER_S) /* call-end waits so long for the caller's last words */

struct call {
	struct filter f;
	struct recogniser r;
	const struct settings *set;
	const char *dir;                 /* call directory, or NULL */
	int64_t t0_ns;                   /* call time 0 */
	char listen[STT_LISTEN_MAX];     /* the latest listen: its id, */
	char language[STT_LANGUAGE_MAX]; /* language, */
	char *hints;                     /* and hints: JSON, malloc'd; NULL: none */
	bool going;                      /* the engine knows that the call has begun to flow */
	bool expected;                   /* the engine knows that there will be speech */
	struct turn *turn;               /* the caller is speaking; NULL: not */
	int64_t frames;         /* events of the stream so far: where words stand, for a replay */
	int64_t partial, rev;   /* turn of the last transcript-partial, and its number */
	bool odd_audio;         /* it has been said that audio cannot be used */
	struct price *price;    /* NULL: no table */
	struct dynbuf end;      /* call-end, while it waits */
	struct loop_timer last; /* it has waited enough */
};

static void error_put(void *ctx, const char *code, const char *text)
{
	struct call *c = ctx;

	filter_warn(&c->f, code, "%s", text);
}

static void transcript_put(struct call *c, const struct turn *t, const struct result *ret)
{
	bool words = ret->confidence < 0 || ret->confidence * 100 >= (double)c->set->reject_percent;
	int64_t start = ret->start_ms < 0 ? t->start_ms : t->audio_ms + ret->start_ms;
	int64_t end = ret->start_ms < 0 ? t->end_ms : t->audio_ms + ret->end_ms;
	int64_t ms = (c->f.loop.now - t->stop_ns) / NS_PER_MS;
	struct dynbuf data;

	dynbuf_init(&data, FRAME_PAYLOAD_MAX);
	dynbuf_adds(&data, "{");
	jline_add_int(&data, "turn", t->number);
	if (t->listen[0])
		jline_add_str(&data, "listen", t->listen);
	jline_add_str(&data, "text", words ? ret->text : "");
	if (ret->confidence >= 0)
		dynbuf_addf(&data, ",\"confidence\":%.2f", ret->confidence);
	if (ret->language[0])
		jline_add_str(&data, "language", ret->language);
	jline_add_int(&data, "start", start);
	jline_add_int(&data, "end", end);
	jline_add_str(&data, "engine", c->r.engine->name);
	jline_add_int(&data, "latency_ms", max_i64(t->stop_ms - t->end_ms, 0) + ms);
	jline_add_int(&data, "frames", c->frames);
	dynbuf_adds(&data, "}");
	filter_add(&c->f, "transcript", &data);
	dynbuf_free(&data);
}

static void partial_put(void *ctx, const struct turn *t, const char *text)
{
	struct call *c = ctx;
	struct dynbuf data;

	c->rev = t->number == c->partial ? c->rev + 1 : 1;
	c->partial = t->number;
	dynbuf_init(&data, FRAME_PAYLOAD_MAX);
	dynbuf_adds(&data, "{");
	jline_add_int(&data, "turn", t->number);
	if (t->listen[0])
		jline_add_str(&data, "listen", t->listen);
	jline_add_str(&data, "text", text);
	jline_add_int(&data, "rev", c->rev);
	jline_add_str(&data, "engine", c->r.engine->name);
	jline_add_int(&data, "frames", c->frames);
	dynbuf_adds(&data, "}");
	filter_add(&c->f, "transcript-partial", &data);
	dynbuf_free(&data);
}

static void usage_put(struct call *c, const struct used *u)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	price_usage(&data, c->price, "stt", c->r.engine->name, c->r.model, u->unit, u->n);
	filter_add(&c->f, "usage", &data);
	dynbuf_free(&data);
}

static void usages_put(struct call *c, const struct turn *t, const struct result *ret)
{
	if (c->r.engine->metered && t->samples)
		usage_put(c, &(struct used){"seconds", (double)t->samples / t->rate_hz});
	for (size_t i = 0; i < ARRAY_LEN(ret->used) && ret->used[i].unit; i++)
		usage_put(c, &ret->used[i]);
}

/* call-end has waited for the last turn. */
static void end_pass(struct call *c)
{
	c->last.at_ns = 0;
	c->f.busy = false;
	if (c->end.n && writer_put(&c->f.out.writer, c->end.p, c->end.n, false, 0) < 0)
		filter_fail(&c->f, EXIT_SYSTEM, "output", "cannot queue 'call-end': %s",
			strerror(errno));
	dynbuf_reset(&c->end);
	filter_settle(&c->f);
}

static void answered(void *ctx, struct turn *t, const struct result *ret)
{
	struct call *c = ctx;

	log_debug("turn %lld: score %.3f over %lld of %lld ms", (long long)t->number, ret->score,
		(long long)ret->words_ms, (long long)t->samples * 1000 / max_i64(t->rate_hz, 1));
	transcript_put(c, t, ret);
	usages_put(c, t, ret);
	turn_free(t);
	if (recogniser_pending(&c->r))
		return;
	if (c->end.n)
		end_pass(c);
	else if (c->f.held)
		filter_release(&c->f);
}

static void last_over(void *ctx, int64_t now)
{
	struct call *c = ctx;

	(void)now;
	error_put(c, "timeout", "the call is over before its last words are recognised");
	recogniser_drop(&c->r);
	end_pass(c);
}

/* A recording comes as fast as it is read: then the stream waits for a transcript, which so stands where it would
 * have been in a call. */
static bool is_recorded(const struct call *c)
{
	if (strcmp(c->set->wait, "auto") != 0)
		return strcmp(c->set->wait, "yes") == 0;
	return c->f.stream_ms > (now_ns() - c->t0_ns) / NS_PER_MS + AHEAD_MS;
}

static const char *language_of(const struct call *c)
{
	return c->language[0] ? c->language : c->set->language;
}

static void expect(struct call *c)
{
	c->expected = true;
	recogniser_expect(&c->r, c->hints, language_of(c));
}

static void hints_take(struct call *c, const struct frame *fr)
{
	struct jspan v;
	char name[NAME_MAX + 1], text[NAME_MAX + 128];
	const char *why;

	free(c->hints);
	c->hints = NULL;
	if (frame_get(fr, "hints", &v) && v.p[0] == '{' && v.n <= STT_HINTS_MAX) {
		c->hints = strndup(v.p, v.n);
	} else if (frame_str(fr, "hints_ref", name, sizeof(name)) &&
		hints_load(c->dir, name, &c->hints, &why) < 0) {
		c->hints = NULL;
		snprintf(text, sizeof(text), "cannot use hints_ref '%s': %s", name, why);
		error_put(c, "hints", text);
	}
}

static void on_listen(struct call *c, const struct frame *fr)
{
	frame_str(fr, "id", c->listen, sizeof(c->listen));
	frame_str(fr, "language", c->language, sizeof(c->language));
	hints_take(c, fr);
	expect(c);
}

static struct turn *turn_new(struct call *c, const struct frame *fr)
{
	struct turn *t = calloc(1, sizeof(*t));

	if (!t) {
		filter_fail(
			&c->f, EXIT_SYSTEM, "output", "cannot keep a turn: %s", strerror(errno));
		return NULL;
	}
	t->number = frame_int(fr, "turn", 0);
	t->start_ms = frame_int(fr, "timestamp", c->f.stream_ms);
	t->audio_ms = -1;
	snprintf(t->listen, sizeof(t->listen), "%s", c->listen);
	snprintf(t->language, sizeof(t->language), "%s", language_of(c));
	t->hints = c->hints ? strdup(c->hints) : NULL;
	return t;
}

static void on_call_start(struct call *c, const struct frame *fr)
{
	int64_t rate = frame_int(fr, "rate", 8000);

	recogniser_begun(&c->r, rate >= 8000 && rate <= 48000 ? (int)rate : 8000, language_of(c));
}

/* The first is half a second behind the greeting, which must not wait for what an engine has to load. */
static void on_clock(struct call *c)
{
	if (!c->going)
		recogniser_going(&c->r);
	c->going = true;
}

static void on_started(struct call *c, const struct frame *fr)
{
	if (c->turn)
		recogniser_forgotten(&c->r, c->turn);
	turn_free(c->turn);
	c->turn = turn_new(c, fr);
	if (!c->expected)
		expect(c);
	if (c->turn)
		recogniser_started(&c->r, c->turn);
}

static void on_stopped(struct call *c, const struct frame *fr)
{
	struct turn *t = c->turn ? c->turn : turn_new(c, fr);
	char cause[16];

	c->turn = NULL;
	if (!t)
		return;
	frame_str(fr, "cause", cause, sizeof(cause));
	if (strcmp(cause, "key") == 0) {
		recogniser_forgotten(&c->r, t);
		turn_free(t);
		return;
	}
	t->number = frame_int(fr, "turn", t->number);
	t->end_ms = frame_int(fr, "timestamp", c->f.stream_ms);
	t->stop_ms = c->f.stream_ms;
	t->stop_ns = c->f.loop.now;
	recogniser_put(&c->r, t);
	if (recogniser_pending(&c->r) && is_recorded(c))
		filter_hold(&c->f);
}

static void on_audio(struct call *c, const struct frame *fr)
{
	int64_t rate = frame_int(fr, "rate", 0), at = frame_int(fr, "timestamp", -1);

	if (!c->turn)
		return;
	if (rate < 8000 || rate > 48000 || at < 0 || frame_int(fr, "width", 2) != 2 ||
		frame_int(fr, "channels", 1) != 1) {
		if (!c->odd_audio)
			error_put(c, "audio",
				"audio of the caller cannot be used: no 16 bit mono of 8000 to 48000 Hz");
		c->odd_audio = true;
		return;
	}
	if (turn_audio(c->turn, (int)rate, at, fr->payload, fr->payload_bytes / 2, c->set->max_s) <
		0)
		filter_fail(&c->f, EXIT_SYSTEM, "output", "cannot keep audio: %s", strerror(errno));
	else
		recogniser_audio(&c->r, c->turn);
}

/* The caller's last words are for the agent too: call-end waits for them, but not for long. */
static enum filter_verdict on_call_end(struct call *c, const struct frame *fr)
{
	if (!recogniser_pending(&c->r) || dynbuf_add(&c->end, fr->raw, fr->raw_bytes) < 0)
		return FILTER_PASS;
	c->f.busy = true;
	c->last.at_ns = now_ns() + LAST_NS;
	return FILTER_CONSUME;
}

static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	struct call *c = ctx;
	struct jspan v;

	c->frames += !frame_is(fr, "audio-chunk");
	if (frame_is(fr, "audio-chunk") && !frame_get(fr, "utterance", &v)) {
		on_audio(c, fr);
		return FILTER_CONSUME;
	}
	if (frame_is(fr, "call-end"))
		return on_call_end(c, fr);
	if (!frame_is(fr, "voice-stopped")) {
		if (frame_is(fr, "call-start"))
			on_call_start(c, fr);
		else if (frame_is(fr, "listen"))
			on_listen(c, fr);
		else if (frame_is(fr, "voice-started"))
			on_started(c, fr);
		else if (frame_is(fr, "clock"))
			on_clock(c);
		return FILTER_PASS;
	}
	filter_pass(&c->f, fr);
	if (!c->f.failed)
		on_stopped(c, fr);
	return FILTER_CONSUME;
}

static void on_end(void *ctx)
{
	struct call *c = ctx;

	if (!c->f.out.writer.gone)
		return;
	recogniser_drop(&c->r); /* nobody reads transcripts any more */
	c->f.held = false;
	end_pass(c);
}

static int call_start(struct call *c)
{
	int status;

	if (filter_init(&c->f, STDIN_FILENO, STDOUT_FILENO) < 0 ||
		loop_add_timer(&c->f.loop, &c->last) < 0) {
		log_error_errno("cannot wait for 'stdin'");
		return EXIT_SYSTEM;
	}
	status = recogniser_open(&c->r, &c->f.loop);
	return status ? status : filter_run(&c->f);
}

int call_run(const struct settings *set, const struct engine *engine, const char *dir)
{
	static struct call c;
	char why[PRICE_WHY_MAX];
	int status;

	c = (struct call){
		.f = {.stage = "stt", .on_frame = on_frame, .on_end = on_end, .ctx = &c},
		.r = {.set = set,
			.engine = engine,
			.answered = answered,
			.trouble = error_put,
			.partial = partial_put,
			.ctx = &c},
		.set = set,
		.dir = dir,
		.last = {.fire = last_over, .ctx = &c},
	};
	if (price_open(set->prices, &c.price, why) < 0)
		return opt_refuse(&set->prices, "%s", why);
	if (call_start_ns(&c.t0_ns) < 0)
		log_warn_errno("cannot use 'CALLPIPE_T0_NS'");
	dynbuf_init(&c.end, FRAME_MAX);
	status = call_start(&c);
	recogniser_close(&c.r);
	filter_free(&c.f);
	turn_free(c.turn);
	free(c.hints);
	price_close(c.price);
	dynbuf_free(&c.end);
	return status;
}
