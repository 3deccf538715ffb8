/* The filter: synthesize in, audio out, the rest passed on. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tts.h"

/* Audio that may wait for the reader: so much as it takes at once. Audio that was sent cannot be taken back. */
#define ROOM_BYTES 65536
#define TEXT_MAX FRAME_HEADER_MAX
#define SPEAKABLE_FACTOR 64 /* bytes that speakable may make of one */

/* Failures of a service that have been told: once each in a call. */
#define TOLD_MAX 32

struct call {
	struct tts *tts;
	struct filter filter;
	struct queue queue;
	struct loop_source pump;   /* stdout takes more audio */
	struct loop_timer release; /* offline: all is said, the next frame may come */
	struct {
		const struct engine *engine;
		const char *code;
	} told[TOLD_MAX];
	size_t told_n;
};

static void data_init(struct dynbuf *data)
{
	dynbuf_init(data, FRAME_HEADER_MAX);
	dynbuf_adds(data, "{");
}

static void data_put(struct call *c, const char *type, struct dynbuf *data)
{
	dynbuf_adds(data, "}");
	filter_add(&c->filter, type, data);
	dynbuf_free(data);
}

static bool room(void *ctx)
{
	const struct call *c = ctx;

	return !c->filter.failed && outlet_bytes(&c->filter.out) < ROOM_BYTES;
}

static void on_begin(void *ctx, const struct utterance *u)
{
	struct call *c = ctx;
	struct dynbuf data;

	data_init(&data);
	jline_add_str(&data, "utterance", u->id);
	jline_add_int(&data, "rate", c->tts->voice.rate_hz);
	if (u->cached)
		jline_add_bool(&data, "cached", true);
	data_put(c, "audio-start", &data);
}

static void on_audio(void *ctx, const struct utterance *u, const void *le_bytes, size_t n)
{
	struct call *c = ctx;
	int rate_hz = c->tts->voice.rate_hz;
	struct dynbuf b;

	dynbuf_init(&b, FRAME_MAX);
	if (frame_add_audio(
		    &b, rate_hz, (int64_t)(u->sent / 2) * 1000 / rate_hz, u->id, le_bytes, n) < 0 ||
		writer_put(&c->filter.out.writer, b.p, b.n, true, 0) < 0)
		filter_fail(&c->filter, EXIT_SYSTEM, "output", "cannot queue audio: %s",
			strerror(errno));
	dynbuf_free(&b);
}

static void on_end(void *ctx, const struct utterance *u, enum queue_status status)
{
	static const char *const names[] = {
		[QUEUE_OK] = "ok", [QUEUE_CANCELLED] = "cancelled", [QUEUE_FAILED] = "failed"};
	struct call *c = ctx;
	struct dynbuf data;

	data_init(&data);
	jline_add_str(&data, "utterance", u->id);
	jline_add_str(&data, "status", names[status]);
	data_put(c, "audio-stop", &data);
	if (c->filter.held && !u->next)
		c->release.at_ns = 1;
}

/* True the first time in a call that this service fails in this way: the next times say nothing new. */
static bool tell(struct call *c, const struct engine *e, const char *code)
{
	for (size_t i = 0; i < c->told_n; i++) {
		if (c->told[i].engine == e && strcmp(c->told[i].code, code) == 0)
			return false;
	}
	if (c->told_n < TOLD_MAX) {
		c->told[c->told_n].engine = e;
		c->told[c->told_n++].code = code;
	}
	return true;
}

static void on_error(void *ctx, const struct utterance *u, const char *code, const char *why)
{
	struct call *c = ctx;

	if (u && u->make.code && !tell(c, *u->engines, code))
		log_debug("cannot say '%s': %s", u->id, why);
	else if (u)
		filter_warn(&c->filter, code, "cannot say '%s': %s",
			u->phrase.file ? u->phrase.file : u->id, why);
	else
		filter_warn(&c->filter, code, "%s", why);
}

static void on_instead(void *ctx, const struct utterance *u, const char *code, const char *why)
{
	struct call *c = ctx;
	const char *name = u->engines[0]->name, *next = u->engines[1]->name;

	if (u->make.code && !tell(c, *u->engines, code))
		log_debug("%s cannot say '%s', %s does: %s", name, u->id, next, why);
	else
		filter_warn(&c->filter, code, "%s cannot say '%s', %s does: %s", name, u->id, next,
			why);
}

static void on_used(void *ctx, const struct utterance *u, size_t characters)
{
	struct call *c = ctx;
	const struct engine *e = *u->engines;
	char model[SETTING_MAX];
	struct dynbuf data;

	network_model(e, &c->tts->voice, &u->phrase, model);
	dynbuf_init(&data, FRAME_HEADER_MAX);
	price_usage(&data, c->tts->price, "tts", e->name, *model ? model : NULL, "characters",
		(double)characters);
	filter_add(&c->filter, "usage", &data);
	dynbuf_free(&data);
}

static const struct queue_sink sink = {
	.room = room,
	.begin = on_begin,
	.audio = on_audio,
	.end = on_end,
	.error = on_error,
	.used = on_used,
	.instead = on_instead,
};

/* What cannot even wait has its end too, if not its place. */
static void refuse(struct call *c, const char *id, const char *why)
{
	struct utterance u = {0};

	snprintf(u.id, sizeof u.id, "%s", id);
	on_begin(c, &u);
	on_error(c, &u, "engine", why);
	on_end(c, &u, QUEUE_FAILED);
}

static int say_text(
	struct call *c, const struct frame *fr, const char *id, const char *text, bool filler)
{
	char language[64], voice[256];
	struct phrase p = {.voice = voice};
	struct dynbuf b;
	int result;

	frame_str(fr, "voice", voice, sizeof voice);
	p.language = frame_str(fr, "language", language, sizeof language) && *language
		? language
		: c->tts->language;
	dynbuf_init(&b, SPEAKABLE_FACTOR * TEXT_MAX);
	if (tts_speakable(text, p.language, &b) == 0) {
		p.text = b.p;
		result = queue_add(&c->queue, id, c->tts->engines, &p, filler);
	} else {
		result = queue_add_failed(&c->queue, id, "engine", "it is too long");
	}
	dynbuf_free(&b);
	return result;
}

static int say(struct call *c, const struct frame *fr, const char *id)
{
	char text[TEXT_MAX], kind[16];
	bool filler = frame_str(fr, "kind", kind, sizeof kind) && strcmp(kind, "filler") == 0;

	if (frame_str(fr, "file", text, sizeof text) && *text)
		return queue_add(&c->queue, id, engines_file,
			&(struct phrase){.file = text, .language = "", .voice = ""}, filler);
	if (frame_str(fr, "text", text, sizeof text))
		return say_text(c, fr, id, text, filler);
	return queue_add_failed(&c->queue, id, "stream", "there is neither text nor file");
}

static enum filter_verdict on_synthesize(struct call *c, const struct frame *fr)
{
	char id[QUEUE_ID_MAX];

	filter_pass(&c->filter, fr);
	if (!frame_str(fr, "utterance", id, sizeof id) || !*id)
		filter_warn(&c->filter, "stream", "synthesize has no usable utterance");
	else if (say(c, fr, id) < 0)
		refuse(c, id, strerror(errno));
	if (c->tts->offline && c->queue.head)
		filter_hold(&c->filter);
	return FILTER_CONSUME;
}

static enum filter_verdict on_call_start(struct call *c, const struct frame *fr)
{
	int64_t rate_hz = frame_int(fr, "rate", 0);

	if ((rate_hz == 8000 || rate_hz == 16000) && !c->queue.head)
		c->tts->voice.rate_hz = (int)rate_hz;
	return FILTER_PASS;
}

/* Neither the greeting nor a caller who interrupts it waits for a library to be loaded. */
static enum filter_verdict on_clock(struct call *c, const struct frame *fr)
{
	if (!c->tts->offline)
		network_load(&c->tts->network);
	return FILTER_PASS;
}

/* The caller speaks: there will be an answer, and a service to say it. What is in the cache needs none. */
static enum filter_verdict on_voice_started(struct call *c, const struct frame *fr)
{
	if (!c->tts->offline)
		network_warm(&c->tts->network);
	return FILTER_PASS;
}

static enum filter_verdict on_flush(struct call *c, const struct frame *fr)
{
	filter_pass(&c->filter, fr);
	queue_cancel(&c->queue);
	return FILTER_CONSUME;
}

/* The line is gone. Nothing stands behind call-end, so the ends of what is open come before it. */
static enum filter_verdict on_call_end(struct call *c, const struct frame *fr)
{
	queue_cancel(&c->queue);
	return FILTER_PASS;
}

static const struct {
	const char *type;
	enum filter_verdict (*fn)(struct call *c, const struct frame *fr);
} events[] = {
	{"synthesize", on_synthesize},
	{"flush", on_flush},
	{"call-start", on_call_start},
	{"voice-started", on_voice_started},
	{"clock", on_clock},
	{"call-end", on_call_end},
};

static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (frame_is(fr, events[i].type))
			return events[i].fn(ctx, fr);
	}
	return FILTER_PASS;
}

/* Nothing more comes, or nobody reads any more. */
static void on_over(void *ctx)
{
	struct call *c = ctx;

	queue_free(&c->queue);
}

static short pump_mask(void *ctx)
{
	const struct call *c = ctx;

	return queue_waits(&c->queue) && room(ctx) && !c->filter.out.writer.gone ? POLLOUT : -1;
}

static void pump_ready(void *ctx, short revents)
{
	struct call *c = ctx;

	queue_advance(&c->queue);
}

static void release(void *ctx, int64_t now)
{
	struct call *c = ctx;

	filter_release(&c->filter);
}

static int start(struct call *c)
{
	c->filter = (struct filter){
		.stage = "tts", .on_frame = on_frame, .on_end = on_over, .ctx = c};
	if (filter_init(&c->filter, STDIN_FILENO, STDOUT_FILENO) < 0)
		return -1;
	c->pump = (struct loop_source){
		.fd = STDOUT_FILENO, .mask = pump_mask, .ready = pump_ready, .ctx = c};
	c->release = (struct loop_timer){.fire = release, .ctx = c};
	if (loop_add(&c->filter.loop, &c->pump) < 0 ||
		loop_add_timer(&c->filter.loop, &c->release) < 0 ||
		tts_signals(&c->filter.loop, &c->queue) < 0)
		return -1;
	network_run(&c->tts->network, &c->filter.loop);
	queue_init(
		&c->queue, &c->filter.loop, &c->tts->voice, &c->tts->cache, c->tts->jobs, &sink, c);
	c->queue.whole = c->tts->offline;
	return 0;
}

int tts_filter(struct tts *t)
{
	static struct call c;
	int status;

	c.tts = t;
	if (start(&c) < 0) {
		log_error_errno("cannot start");
		return EXIT_SYSTEM;
	}
	status = filter_run(&c.filter);
	queue_free(&c.queue);
	network_stop_all(&t->network);
	filter_free(&c.filter);
	close(STDOUT_FILENO); /* the next filter need not wait for what we have to tidy up */
	return status;
}
