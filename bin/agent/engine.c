#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "text/utf8.h"

#define CLOCK_MS 500                   /* from one clock event to the next */
#define AHEAD_MS 60000                 /* a timestamp that is so far ahead is none */
#define TIME_MAX_MS (INT64_C(1) << 52) /* no call lasts so long */

int engine_init(struct engine *e, const struct scenario *sc, const struct engine_port *port)
{
	*e = (struct engine){.sc = sc, .port = *port, .filler_ms = -1};
	turns_init(&e->turns);
	said_init(&e->said, say_over, e);
	e->later = json_array();
	e->memory = json_array();
	e->variants = calloc(sc->phrases_n + 1, sizeof(*e->variants));
	e->tool_counts = calloc(sc->tools_n + 1, sizeof(*e->tool_counts));
	if (converse_init(e) < 0)
		return -1;
	if (!e->later || !e->memory || !e->variants || !e->tool_counts ||
		dialogue_init(&e->d, sc) < 0)
		return -1;
	return 0;
}

void engine_free(struct engine *e)
{
	turns_free(&e->turns);
	converse_free(e);
	said_free(&e->said);
	dialogue_free(&e->d);
	dialogue_free(&e->before);
	json_decref(e->later);
	json_decref(e->memory);
	json_decref(e->leave);
	json_decref(e->saved);
	free(e->variants);
	free(e->tool_counts);
}

void engine_put(struct engine *e, const char *type, json_t *data)
{
	if (data)
		e->port.put(e->port.ctx, type, data);
	else
		e->failed = true;
	json_decref(data);
}

void engine_set(struct engine *e, const char *name, json_t *value)
{
	if (json_object_set_new(e->d.vars, name, value) < 0)
		e->failed = true;
}

/* An event that waits while the answer it belongs to can be taken back. */
void engine_put_later(struct engine *e, const char *type, json_t *data)
{
	if (!data || !back_possible(e))
		engine_put(e, type, data);
	else if (json_array_append_new(
			 e->later, json_pack("{s:s,s:o}", "type", type, "data", data)) < 0)
		e->failed = true;
}

void engine_result(struct engine *e, json_t *data)
{
	json_object_update(json_object_get(e->d.vars, "result"), data);
	engine_put_later(e, "result", data);
	e->dirty = true;
}

static struct turns_scene scene(const struct engine *e)
{
	bool talking = e->phase == ENGINE_TALKING || e->phase == ENGINE_LEAVING;
	bool back = talking && back_possible(e);
	/* a flush would clear what may not be interrupted too */
	bool speaking = talking && said_interruptible(&e->said) && !said_firm(&e->said);

	/* nor do words interrupt the wait phrase that was said because they took their time */
	if (e->filler_ear && said_fillers_only(&e->said))
		speaking = false;

	return (struct turns_scene){
		.speaking = speaking,
		.pending = back && e->heard_ms < 0,
		.fresh = back && e->heard_ms >= 0 && speaking,
		.end_silence_ms = e->d.state ? e->d.state->listen.end_silence_ms : 0,
	};
}

bool engine_rests(const struct engine *e)
{
	return e->phase == ENGINE_TALKING && e->depth == 0;
}

/* ---- what the caller does ---- */

static json_t *turn_data(const struct engine *e)
{
	return json_pack("{s:I}", "turn", (json_int_t)e->turns.turn);
}

/* True if these words were heard under a listen of another state. */
static bool heard_elsewhere(const struct engine *e, const char *listen)
{
	int64_t n = listen[0] == 'l' ? atoll(listen + 1) : 0;

	if (n <= 0 || n > e->listen_number || n <= e->listen_number - ENGINE_LISTENS)
		return false;
	return e->listens[n % ENGINE_LISTENS] != e->d.state;
}

/* A turn of the caller is complete. */
static void take(struct engine *e)
{
	const char *text = e->turns.text.p;

	e->chain = 0;
	if (e->phase != ENGINE_TALKING)
		return;
	if (!engine_rests(e) || said_firm(&e->said)) {
		/* what is said into a question that cannot be interrupted is not for it */
		if (answer_aside(e, text))
			e->held[0] = '\0';
		else if (!engine_rests(e))
			snprintf(e->held, sizeof(e->held), "%s", text);
		return;
	}
	e->held[0] = '\0';
	if (text[0])
		back_mark(e);
	else
		back_commit(e);
	if (text[0])
		say_remember(e, "caller", text, strlen(text));
	e->marked_words = text[0];
	e->answering = true;
	answer_text(e, text, heard_elsewhere(e, e->turns.listen));
}

static void act(struct engine *e, struct turns_act a)
{
	if (a.cancel)
		back_take(e);
	if (a.flush || a.cancel) {
		converse_interrupt(e);
		engine_put(e, "flush", turn_data(e));
		said_flush(&e->said, true);
	}
	if (a.resume)
		engine_put(e, "resume", turn_data(e));
	if (a.take)
		take(e);
}

void engine_break_off(struct engine *e, bool said)
{
	if (said && said_busy(&e->said))
		act(e, (struct turns_act){.flush = true});
	step_abandon(e);
}

/* A key that is answered now, whatever is being said. */
static bool key_at_once(struct engine *e, const char *key)
{
	const struct scenario_rule *r = NULL;

	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_DTMF), r)))
		if (r->at_once && answer_is(e, r, key))
			return true;
	return false;
}

static int64_t number(json_t *data, const char *key, int64_t fallback)
{
	json_t *v = json_object_get(data, key);

	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

static const char *string(json_t *data, const char *key)
{
	const char *s = json_string_value(json_object_get(data, key));

	return s ? s : "";
}

static int64_t turn_of(struct engine *e, json_t *data)
{
	int64_t turn = number(data, "turn", e->turns.turn);

	return turn < 0 || turn > 1000000 ? e->turns.turn : turn;
}

/* Not later than it is told, and within the call. */
static int64_t time_of(struct engine *e, json_t *data)
{
	return max_i64(min_i64(number(data, "timestamp", e->now_ms), e->now_ms), 0);
}

static void on_voice_started(struct engine *e, json_t *data)
{
	int64_t at_ms = time_of(e, data);

	e->filler_ear = false;
	e->filler_ms = -1;
	if (e->heard_ms >= 0 && at_ms > e->heard_ms + TURNS_REACTION_MS && !e->turns.joins)
		back_commit(e);
	act(e, turns_voice_started(&e->turns, turn_of(e, data), at_ms, scene(e)));
}

static void on_voice_stopped(struct engine *e, json_t *data)
{
	bool key = strcmp(string(data, "cause"), "key") == 0;
	int64_t at_ms = time_of(e, data);

	e->quiet_since_ms = max_i64(e->quiet_since_ms, at_ms);
	/* what is waited for is looked at with each clock: rather too early than too late */
	e->turn_end_ms = e->now_ms;
	if (strcmp(string(data, "cause"), "silence") == 0 && e->d.state)
		e->turn_end_ms = at_ms + e->d.state->listen.end_silence_ms - CLOCK_MS;
	act(e, turns_voice_stopped(&e->turns, turn_of(e, data), at_ms, key, scene(e)));
}

static void on_transcript(struct engine *e, json_t *data)
{
	const char *said = string(data, "text"), *language = string(data, "language");
	char text[TURNS_TEXT_MAX + 1];

	if (!e->d.state)
		return;
	snprintf(text, sizeof(text), "%.*s", (int)utf8_cut(said, strlen(said), TURNS_TEXT_MAX),
		said);
	snprintf(e->language, sizeof(e->language), "%s",
		language[0] ? language : e->d.state->listen.language);
	if (text[0])
		e->ear_failures = 0;
	answered_words(e, text, turn_of(e, data));
	act(e,
		turns_transcript(&e->turns, turn_of(e, data), string(data, "listen"), text,
			answer_words(e, text), scene(e)));
	if (!turns_listening(&e->turns))
		e->filler_ear = false;
}

/* Words that are still being said tell who says them, and nothing else. */
static void on_transcript_partial(struct engine *e, json_t *data)
{
	const char *language = string(data, "language");

	if (!e->d.state)
		return;
	snprintf(e->language, sizeof(e->language), "%s",
		language[0] ? language : e->d.state->listen.language);
	answered_words(e, string(data, "text"), turn_of(e, data));
}

/* The end of a number that needed none. */
static bool key_belongs_to_number(struct engine *e, char key, int64_t at_ms)
{
	char end = e->number_end;

	e->number_end = 0;
	return end && key == end && e->keys_n == 0 && at_ms - e->number_ms <= e->sc->listen.key_ms;
}

static void on_dtmf(struct engine *e, json_t *data)
{
	const char *digit = string(data, "digit");
	int64_t at_ms = time_of(e, data);

	if (e->phase != ENGINE_TALKING || !digit[0] || digit[1] ||
		!strchr("0123456789*#ABCD", digit[0]))
		return;
	if (key_belongs_to_number(e, digit[0], at_ms)) {
		/* the answer has begun, and the key has stopped it */
		act(e, (struct turns_act){.resume = scene(e).speaking});
		return;
	}
	e->inputs++;
	e->filler_ear = false;
	e->filler_ms = -1;
	act(e, turns_key(&e->turns, scene(e)));
	if (e->phase != ENGINE_TALKING)
		return;
	back_commit(e); /* a key is not gone on with */
	converse_interrupt(e);
	e->chain = 0;
	if (e->keys_n < ENGINE_KEYS_MAX) {
		e->keys[e->keys_n++] = digit[0];
		e->keys[e->keys_n] = '\0';
	}
	e->keys_tried = false;
	e->key_ms = e->quiet_since_ms = at_ms;
	if (said_firm(&e->said) && key_at_once(e, digit))
		engine_break_off(e, true);
}

/* ---- what the caller hears ---- */

static void on_playing(struct engine *e, json_t *data)
{
	const struct sentence *s = said_playing(&e->said, string(data, "utterance"), e->now_ms);

	if (!s || s->cleared)
		return;
	if (s->spec.stay == e->d.entry_number && s->spec.kind != SAID_FILLER)
		e->d.question_heard = true;
	/* who hears "one moment" knows that the turn is over, too */
	if (s->spec.kind == SAID_FILLER) {
		back_commit(e);
		return;
	}
	e->filler_ms = -1;
	if (back_possible(e) && e->heard_ms < 0)
		e->heard_ms = time_of(e, data);
}

static void on_played(struct engine *e, json_t *data)
{
	const char *status = string(data, "status");
	enum said_end end = SAID_PLAYED;

	if (strcmp(status, "cleared") == 0)
		end = SAID_CLEARED;
	else if (strcmp(status, "failed") == 0)
		end = SAID_FAILED;
	said_played(&e->said, string(data, "utterance"), end, time_of(e, data),
		number(data, "heard_ms", 0), number(data, "total_ms", -1));
}

/* ---- the rest of the world ---- */

void engine_interrupt(struct engine *e)
{
	engine_break_off(e, true);
	back_commit(e);
	e->answering = false;
}

/* One that cannot go on is as-answer's; the others count when they come in a row. */
static void on_error(struct engine *e, json_t *data)
{
	const char *stage = string(data, "stage");

	if (json_is_true(json_object_get(data, "fatal")))
		return;
	e->ear_failures += strcmp(stage, "stt") == 0;
	e->voice_failures += strcmp(stage, "tts") == 0;
}

static void on_call_end(struct engine *e, json_t *data)
{
	bool leaving = e->phase == ENGINE_LEAVING, talking = e->phase == ENGINE_TALKING;

	/* who does not wait for the end of a farewell has finished; who does not wait for a person has hung up */
	e->finished |= leaving && strcmp(e->leave_type, "hangup") == 0;
	talking |= leaving && !e->finished;
	back_commit(e);
	converse_stop(e);
	said_close(&e->said);
	e->phase = ENGINE_OVER;
	e->hangup_due = talking && e->d.state;
	e->dirty = true;
	if (!e->waiting || !e->tool->effect) /* what that leads to is still recorded */
		step_abandon(e);
}

static const struct {
	const char *type;
	void (*fn)(struct engine *e, json_t *data);
} events[] = {
	{"voice-started", on_voice_started},
	{"voice-stopped", on_voice_stopped},
	{"transcript", on_transcript},
	{"transcript-partial", on_transcript_partial},
	{"dtmf", on_dtmf},
	{"playing", on_playing},
	{"played", on_played},
	{"amd", answered_amd},
	{"error", on_error},
	{"call-end", on_call_end},
};

void engine_event(struct engine *e, const char *type, json_t *data)
{
	int64_t at_ms;

	if (e->phase == ENGINE_NEW || e->phase == ENGINE_OVER)
		return;
	at_ms = number(data, "timestamp", 0);
	if (at_ms <= e->now_ms + AHEAD_MS)
		e->now_ms = max_i64(e->now_ms, at_ms);
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (strcmp(type, events[i].type) == 0)
			events[i].fn(e, data);
	engine_time(e, e->now_ms);
}

/* ---- time ---- */

static bool quiet(const struct engine *e)
{
	return engine_rests(e) && e->converse.at == CONVERSE_REST && !said_busy(&e->said) &&
		!turns_listening(&e->turns);
}

static void keys_or_silence(struct engine *e)
{
	const struct scenario_listen *l = &e->d.state->listen;
	int64_t since_ms = max_i64(e->quiet_since_ms, e->said.heard_end_ms);

	if (e->keys_n > 0) {
		if (e->now_ms - max_i64(e->key_ms, e->quiet_since_ms) < l->key_ms)
			return;
		e->chain = 0;
		answer_keys(e, true);
	} else if (e->now_ms - since_ms >= l->no_input_ms) {
		e->chain = 0;
		turns_forget(&e->turns);
		back_mark(e);
		e->answering = false;
		answer_silence(e);
	}
}

/* What is waited for may take long: a model says itself when it does. */
static bool working(const struct engine *e)
{
	const struct converse *c = &e->converse;

	return e->waiting || (c->at == CONVERSE_ASKED ? c->slow : converse_waits(e));
}

/* What the caller has said is not known yet, and he has waited for it: once in a turn. */
static bool ear_slow(const struct engine *e)
{
	return e->turns.open > 0 && !e->filler_ear && !said_busy(&e->said) &&
		e->now_ms - e->turn_end_ms >= e->sc->wait_silence_ms;
}

/* It is answered, and the voice has not made a sound of it. */
static bool voice_slow(const struct engine *e)
{
	int64_t turn, since_ms = said_unheard(&e->said, &turn);

	return since_ms >= 0 && turn > 0 && turn == e->turns.turn && !turns_listening(&e->turns) &&
		(e->filler_ms < 0 || e->now_ms - e->filler_ms >= ENGINE_WAIT_AGAIN_MS) &&
		e->now_ms - max_i64(since_ms, e->turn_end_ms) >= e->sc->wait_silence_ms;
}

static bool work_slow(const struct engine *e)
{
	return working(e) && !said_busy(&e->said) && !turns_listening(&e->turns) &&
		e->now_ms - e->wait_since_ms >= e->wait_ms;
}

static void wait_phrases(struct engine *e)
{
	if (!say_may_wait(e))
		return;
	if (ear_slow(e)) {
		e->filler_ear = true;
		say_wait(e);
	} else if (voice_slow(e)) {
		say_wait(e);
	} else if (work_slow(e)) {
		e->wait_since_ms = e->now_ms;
		e->wait_ms = ENGINE_WAIT_AGAIN_MS;
		say_wait(e);
	}
}

void engine_time(struct engine *e, int64_t now_ms)
{
	if (e->phase == ENGINE_NEW)
		return;
	e->now_ms = max_i64(e->now_ms, min_i64(now_ms, TIME_MAX_MS));
	if (e->phase != ENGINE_OVER) {
		act(e, turns_time(&e->turns, e->now_ms, scene(e)));
		if (e->heard_ms >= 0 &&
			e->now_ms > e->heard_ms + TURNS_REACTION_MS + TURNS_TOLD_MS &&
			!e->turns.joins)
			back_commit(e);
		said_time(&e->said, e->now_ms);
	}
	engine_settle(e);
	if (quiet(e))
		keys_or_silence(e);
	wait_phrases(e);
	engine_settle(e);
}

/* ---- the order of things ---- */

/* What came before its time: words while a tool was at work, keys before the question. */
static bool use_waiting(struct engine *e)
{
	char text[TURNS_TEXT_MAX + 1];

	if (engine_rests(e) && e->who.waits) {
		answered_ask(e);
		return true;
	}
	if (!engine_rests(e) || !e->d.state->listens)
		return false;
	if (e->held[0] && !said_firm(&e->said)) {
		snprintf(text, sizeof(text), "%s", e->held);
		e->held[0] = '\0';
		if (answer_expected(e, text)) {
			e->answering = true;
			say_remember(e, "caller", text, strlen(text));
			said_flush(&e->said, false);
			answer_text(e, text, false);
			return true;
		}
	}
	if (e->keys_n > 0 && !e->keys_tried && !said_firm(&e->said)) {
		if (e->d.state->listen.barge_in)
			said_flush(&e->said, false); /* what the caller did not wait for */
		if (!said_busy(&e->said)) {
			answer_keys(e, false);
			return true;
		}
	}
	return false;
}

static void leave(struct engine *e)
{
	if (said_waiting(&e->said) || (back_possible(e) && said_busy(&e->said)))
		return;
	back_commit(e);
	e->phase = ENGINE_LEFT;
	e->finished = true;
	e->dirty = true;
	engine_put(e, e->leave_type, e->leave);
	e->leave = NULL;
}

void engine_settle(struct engine *e)
{
	if (e->phase == ENGINE_NEW)
		return;
	if (max_i64(e->voice_failures, e->ear_failures) >= ENGINE_FAILURES_MAX &&
		e->phase == ENGINE_TALKING && !e->problem_had) {
		e->problem_had = true;
		engine_interrupt(e);
		step_problem(e);
	}
	do
		step_run(e);
	while (!e->failed && use_waiting(e));
	converse_settle(e);
	step_run(e); /* it could not be asked */
	if (e->phase == ENGINE_OVER && e->depth == 0 && e->hangup_due) {
		e->hangup_due = false;
		if (answer_hangup(e))
			step_run(e);
	}
	if (e->phase == ENGINE_TALKING || e->phase == ENGINE_LEAVING)
		say_send(e);
	if (e->phase == ENGINE_LEAVING)
		leave(e);
	if (engine_rests(e) && back_possible(e) && !said_busy(&e->said) &&
		e->converse.at == CONVERSE_REST)
		back_commit(e); /* an answer without words */
	if (e->dirty && !back_possible(e)) {
		e->dirty = false;
		e->port.changed(e->port.ctx);
	}
}

void engine_start(struct engine *e, json_t *call, json_t *saved)
{
	if (e->phase != ENGINE_NEW)
		return;
	e->phase = ENGINE_TALKING;
	snprintf(e->language, sizeof(e->language), "%s", e->sc->language);
	engine_set(e, "call", json_incref(call));
	engine_set(e, "result", json_object());
	engine_set(e, "heard", json_object());
	if (saved && e->sc->resume)
		e->saved = json_incref(saved);
	step_enter(e, e->saved ? e->sc->resume : e->sc->start);
	engine_settle(e);
}
