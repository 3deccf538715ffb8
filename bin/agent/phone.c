#include "phone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "text/sentence.h"
#include "text/utf8.h"

#define LETTER_MS 60       /* speech, a letter */
#define VOICE_MS 200       /* from synthesize to the first sound */
#define ENDPOINT_MS 600    /* from the end of a voice to its transcript */
#define STEP_MS 500        /* between clock events */
#define RESUME_MS 1500     /* automatic resume, from the end of a voice */
#define PATIENCE_MS 600000 /* no dialogue takes longer to come to a rest */

struct speech {
	struct speech *next;
	char id[SAID_ID_MAX];
	bool interruptible, filler, answer;
	bool begun;
	bool cleared; /* by a flush, not told yet */
	char *text;
	int64_t ready_ms;           /* call time from when it can be heard */
	int64_t total_ms, heard_ms; /* how long it is, how much was on the line */
	size_t line;                /* in the talk; once begun */
};

int64_t phone_speech_ms(const char *text)
{
	int64_t ms = 300;

	for (size_t n = strlen(text), k; n > 0; text += k, n -= k) {
		uint32_t code;

		k = utf8_next(text, n, &code);
		ms += LETTER_MS;
	}
	return ms;
}

static void event(struct phone *p, const char *type, json_t *data)
{
	engine_event(&p->engine, type, data);
	json_decref(data);
}

/* ---- what is said ---- */

/* Of what is cut off the talk has what was heard, which may be nothing. */
static void cut_line(struct talk_line *l, const struct speech *s)
{
	size_t n = sentence_heard(s->text, strlen(s->text), s->heard_ms, s->total_ms);
	char cut[2000];

	snprintf(cut, sizeof(cut), "%.*s%s", (int)(n < 1900 ? n : 1900), s->text, TALK_CUT);
	if (n == 0)
		l->kind = TALK_NOTHING;
	free(l->text);
	l->text = strdup(cut);
}

static void end_speech(struct phone *p, struct speech *s, const char *status)
{
	struct speech **at = &p->head;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	if (s->begun && s->heard_ms < s->total_ms)
		cut_line(&p->talk->line[s->line], s);
	event(p, "played",
		json_pack("{s:s,s:I,s:s,s:I,s:I}", "utterance", s->id, "timestamp",
			(json_int_t)p->now_ms, "status", status, "heard_ms",
			(json_int_t)s->heard_ms, "total_ms", (json_int_t)s->total_ms));
	free(s->text);
	free(s);
}

static void clear(struct phone *p, bool unbegun_fillers)
{
	struct speech *s = p->head, *next;

	for (; s; s = next) {
		next = s->next;
		if (!unbegun_fillers || (s->filler && !s->begun))
			end_speech(p, s, "cleared");
	}
}

static void begin(struct phone *p, struct speech *s)
{
	s->begun = true;
	s->line = p->talk->n;
	talk_add(p->talk, s->filler ? TALK_WAIT : TALK_BOT, s->text, NULL);
	p->events++;
	event(p, "playing",
		json_pack("{s:s,s:I}", "utterance", s->id, "timestamp", (json_int_t)p->now_ms));
}

static bool may_play(const struct phone *p, const struct speech *s)
{
	if (!s->interruptible || p->leaving)
		return true;
	return !p->paused && (s->begun || !p->voice);
}

/* So much time passes on the line. */
static void play(struct phone *p, int64_t ms)
{
	struct speech *s = p->head;

	if (p->resume_ms >= 0 && p->now_ms >= p->resume_ms && !p->voice) {
		p->paused = false;
		p->resume_ms = -1;
	}
	if (!s || !may_play(p, s) || p->now_ms < s->ready_ms)
		return;
	if (!s->begun) {
		begin(p, s);
		return;
	}
	s->heard_ms = min_i64(s->heard_ms + ms, s->total_ms);
	if (s->heard_ms == s->total_ms)
		end_speech(p, s, "played");
}

static void on_synthesize(struct phone *p, json_t *data)
{
	const char *text = json_string_value(json_object_get(data, "text")),
		   *file = json_string_value(json_object_get(data, "file")),
		   *kind = json_string_value(json_object_get(data, "kind"));
	struct speech **at = &p->head, *s = calloc(1, sizeof(*s));

	if (!s || !(s->text = strdup(text ? text : file ? file : ""))) {
		free(s);
		p->engine.failed = true;
		return;
	}
	snprintf(s->id, sizeof(s->id), "%s", json_string_value(json_object_get(data, "utterance")));
	s->interruptible = !json_is_false(json_object_get(data, "interruptible"));
	s->filler = strcmp(kind, "filler") == 0;
	s->answer = strcmp(kind, "answer") == 0;
	s->ready_ms = p->now_ms + VOICE_MS;
	s->total_ms = phone_speech_ms(s->text);
	while (*at)
		at = &(*at)->next;
	*at = s;
}

/* ---- what the engine decides ---- */

/* Events are answered in phone_advance, never while the engine is at it; but for what clears. */
static void put(void *ctx, const char *type, json_t *data)
{
	struct phone *p = ctx;

	if (strcmp(type, "synthesize") == 0) {
		on_synthesize(p, data);
	} else if (strcmp(type, "listen") == 0) {
		snprintf(p->listen, sizeof(p->listen), "%s",
			json_string_value(json_object_get(data, "id")));
	} else if (strcmp(type, "flush") == 0) {
		p->flushed = true;
		for (struct speech *s = p->head; s; s = s->next)
			s->cleared = true;
	} else if (strcmp(type, "resume") == 0) {
		p->paused = false;
		p->resume_ms = -1;
	} else if (strcmp(type, "state") == 0) {
		talk_add(p->talk, TALK_STATE, json_string_value(json_object_get(data, "to")), NULL);
	} else if (strcmp(type, "result") == 0) {
		talk_add(p->talk, TALK_RESULT, NULL, json_incref(data));
	} else if (strcmp(type, "tool-call") == 0) {
		talk_add(p->talk, TALK_TOOL, json_string_value(json_object_get(data, "name")),
			json_incref(json_object_get(data, "arguments")));
	} else if (strcmp(type, "hangup") == 0) {
		talk_add(p->talk, TALK_END, type, NULL);
		p->leaving = true;
	} else if (strcmp(type, "transfer") == 0) {
		char end[128];

		snprintf(end, sizeof(end), "transfer %s",
			json_string_value(json_object_get(data, "to")));
		talk_add(p->talk, TALK_END, end, NULL);
		p->leaving = true;
	}
}

/* The answer that the plan tells for the next call of this tool. */
static const struct talk_line *told_answer(struct phone *p, const char *name)
{
	for (size_t i = 0; p->plan && i < p->plan->n; i++) {
		const struct talk_line *l = &p->plan->line[i];
		bool given = false;

		for (size_t k = 0; k < p->answered_n; k++)
			given = given || p->answered[k] == i;
		if (l->kind == TALK_TOOL && l->answered && !given && strcmp(l->text, name) == 0) {
			p->answered[p->answered_n++] = i;
			return l;
		}
	}
	return NULL;
}

static int tool(void *ctx, const struct tool_spec *spec, json_t *arguments)
{
	struct phone *p = ctx;
	struct tool_spec unique = *spec;
	char key[160];
	const struct talk_line *told = told_answer(p, spec->tool->name);

	struct told *t = &p->told[p->told_n];

	if (!told) {
		/* a service that does nothing twice does it again for another talk */
		snprintf(key, sizeof(key), "%.100s.%lld.%d", spec->key, (long long)p->began,
			(int)getpid());
		unique.key = key;
		return tool_start(&p->tools, &unique, arguments);
	}
	if (p->told_n == PHONE_TOLD_MAX) {
		errno = EAGAIN;
		return -1;
	}
	*t = (struct told){.answer = json_incref(told->answer ? told->answer : json_null()),
		.status = (enum tool_status)told->status,
		.ms = p->now_ms + told->ms,
		.effect = spec->tool->effect};
	snprintf(t->id, sizeof(t->id), "%s", spec->id);
	p->told_n++;
	return 0;
}

static void give_answer(struct phone *p, size_t i, enum tool_status status)
{
	struct told t = p->told[i];

	p->told_n--;
	memmove(&p->told[i], &p->told[i + 1], (p->told_n - i) * sizeof(t));
	engine_tool_done(&p->engine,
		&(struct tool_end){.id = t.id,
			.status = status,
			.result = status == TOOL_OK ? t.answer : NULL,
			.why = "told so"});
	json_decref(t.answer);
}

/* Those that are due; all: at once. */
static void give_answers(struct phone *p, bool all)
{
	for (size_t i = 0; i < p->told_n;) {
		if (all || p->now_ms >= p->told[i].ms) {
			give_answer(p, i, p->told[i].status);
			i = 0; /* it may lead to others */
		} else {
			i++;
		}
	}
}

static void tool_stop(void *ctx)
{
	struct phone *p = ctx;

	tool_cancel(&p->tools);
	for (size_t i = 0; i < p->told_n;) {
		if (p->told[i].effect) {
			i++;
		} else {
			give_answer(p, i, TOOL_CANCELLED);
			i = 0;
		}
	}
}

static void tool_done(void *ctx, const struct tool_end *end)
{
	struct phone *p = ctx;

	engine_tool_done(&p->engine, end);
	loop_stop(&p->loop);
}

static void changed(void *ctx)
{
	(void)ctx;
}

static void resumed(void *ctx, bool taken_up)
{
	(void)ctx;
	(void)taken_up;
}

/* A program is given all the time it needs; none passes in the call. */
static void run_tools(struct phone *p)
{
	while (engine_waits(&p->engine) && !p->told_n &&
		(tool_running(&p->tools) || (p->asking.id[0] && !p->asking.line))) {
		p->loop.stopped = false;
		if (loop_run(&p->loop) < 0)
			return;
	}
}

/* ---- time ---- */

int phone_start(struct phone *p, const struct scenario *sc, const struct models *models,
	json_t *call, json_t *saved, const struct talk *plan, struct talk *talk)
{
	struct engine_port port = {.put = put,
		.tool = tool,
		.tool_cancel = tool_stop,
		.ask = phone_ask,
		.ask_cancel = phone_ask_cancel,
		.changed = changed,
		.resumed = resumed,
		.ctx = p};

	*p = (struct phone){
		.sc = sc, .plan = plan, .talk = talk, .began = time(NULL), .resume_ms = -1};
	loop_init(&p->loop);
	dynbuf_init(&p->asking.said, CHAT_TEXT_MAX);
	tool_init(&p->tools, &p->loop, tool_done, p);
	tool_reserve_secrets(sc);
	p->answered = calloc((plan ? plan->n : 0) + 1, sizeof(*p->answered));
	if (engine_init(&p->engine, sc, &port) < 0 || !p->answered)
		return -1;
	if (models && sc->models &&
		!(p->model = model_open(models, NULL, &p->loop, phone_model_event, p)))
		return -1;
	engine_start(&p->engine, call, saved);
	return 0;
}

void phone_free(struct phone *p)
{
	tool_free(&p->tools);
	model_close(p->model);
	dynbuf_free(&p->asking.said);
	loop_free(&p->loop);
	engine_free(&p->engine);
	for (size_t i = 0; i < p->told_n; i++)
		json_decref(p->told[i].answer);
	free(p->answered);
	while (p->head) {
		struct speech *s = p->head;

		p->head = s->next;
		free(s->text);
		free(s);
	}
}

static void flush_cleared(struct phone *p)
{
	struct speech *s = p->head, *next;

	if (!p->flushed)
		return;
	p->flushed = false;
	p->paused = false;
	p->resume_ms = -1;
	for (; s; s = next) {
		next = s->next;
		if (s->cleared)
			end_speech(p, s, "cleared");
	}
}

/* An answer clears a wait phrase that nobody has heard yet. */
static void clear_fillers(struct phone *p)
{
	for (struct speech *s = p->head; s; s = s->next) {
		if (s->answer) {
			clear(p, true);
			return;
		}
	}
}

#define TICK_MS 20

void phone_advance(struct phone *p, int64_t ms)
{
	int64_t until_ms = p->now_ms + ms;

	for (;;) {
		run_tools(p);
		flush_cleared(p);
		clear_fillers(p);
		give_answers(p, false);
		phone_hear_model(p);
		if (p->over || p->now_ms >= until_ms)
			return;
		p->now_ms += TICK_MS;
		play(p, TICK_MS);
		if (p->now_ms % STEP_MS == 0)
			engine_time(&p->engine, p->now_ms);
		if (p->leaving && !p->head)
			phone_end(p, "end");
	}
}

static bool idle(const struct phone *p)
{
	return p->over ||
		(!p->head && !engine_waits(&p->engine) && !p->flushed &&
			p->engine.phase == ENGINE_TALKING);
}

void phone_settle(struct phone *p)
{
	for (int64_t ms = 0; !idle(p) && ms < PATIENCE_MS; ms += TICK_MS)
		phone_advance(p, TICK_MS);
}

void phone_into(struct phone *p, int64_t heard_ms)
{
	int64_t ms = 0;

	while (!idle(p) && ms < PATIENCE_MS &&
		!(p->head && p->head->begun && p->head->heard_ms >= heard_ms)) {
		phone_advance(p, TICK_MS);
		ms += TICK_MS;
	}
}

void phone_wait(struct phone *p)
{
	size_t events;

	phone_settle(p);
	events = p->events;
	for (int64_t ms = 0; p->events == events && !p->over && ms < PATIENCE_MS; ms += TICK_MS)
		phone_advance(p, TICK_MS);
}

/* ---- what the caller does ---- */

void phone_speak(struct phone *p, const char *text, int64_t ms)
{
	char listen[TURNS_LISTEN_MAX];
	json_int_t turn = ++p->turn;

	if (p->over)
		return;
	memcpy(listen, p->listen, sizeof(listen));
	p->voice = true;
	p->resume_ms = -1;
	if (p->head && p->head->begun && p->head->interruptible)
		p->paused = true;
	event(p, "voice-started",
		json_pack("{s:I,s:I}", "timestamp", (json_int_t)p->now_ms, "turn", turn));
	phone_advance(p, ms);
	p->voice = false;
	event(p, "voice-stopped",
		json_pack("{s:I,s:I,s:s}", "timestamp", (json_int_t)p->now_ms, "turn", turn,
			"cause", "silence"));
	if (p->paused)
		p->resume_ms = p->now_ms + RESUME_MS;
	phone_advance(p, ENDPOINT_MS);
	event(p, "transcript",
		json_pack("{s:I,s:s,s:s}", "turn", turn, "listen", listen, "text", text));
	phone_advance(p, 0);
}

void phone_key(struct phone *p, char key)
{
	char digit[2] = {key, '\0'};

	if (p->over)
		return;
	if (p->head && p->head->begun && p->head->interruptible) {
		p->paused = true;
		p->resume_ms = p->now_ms + RESUME_MS;
	}
	event(p, "dtmf",
		json_pack("{s:s,s:I}", "digit", digit, "timestamp", (json_int_t)p->now_ms));
	phone_advance(p, 200);
}

void phone_amd(struct phone *p, const char *word)
{
	const char *verdict = scenario_verdict(word), *kind = NULL, *message = NULL;

	if (strcmp(word, "beep") == 0) {
		kind = "voicemail";
		message = word;
	} else if (strcmp(word, verdict) != 0) {
		kind = word;
	}
	event(p, "amd",
		json_pack("{s:s,s:s*,s:f,s:I,s:s*}", "verdict", verdict, "kind", kind, "confidence",
			1.0, "ms", (json_int_t)p->now_ms, "message", message));
	phone_advance(p, 0);
}

void phone_end(struct phone *p, const char *cause)
{
	if (p->over)
		return;
	event(p, "call-end", json_pack("{s:s}", "cause", cause));
	while (p->told_n || tool_busy(&p->tools)) { /* one may lead to another */
		p->loop.stopped = false;
		if (p->told_n)
			give_answers(p, true);
		else if (loop_run(&p->loop) < 0)
			break;
	}
	p->over = true;
}

void phone_hang_up(struct phone *p)
{
	phone_end(p, "caller-hangup");
}
