#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine.h"
#include "text/utf8.h"

static const char caller_waits[] = "The caller is on the line and waits for you to speak.";

int converse_init(struct engine *e)
{
	struct converse *c = &e->converse;

	chat_init(&c->chat, CHAT_TURNS_MAX);
	chat_init(&c->side, 1);
	c->lines = json_array();
	c->moved = json_array();
	dynbuf_init(&c->text, CHAT_TEXT_MAX);
	for (size_t i = 0; i < CONVERSE_ANSWERS; i++)
		dynbuf_init(&c->answer[i].heard, CHAT_TEXT_MAX);
	return c->lines && c->moved ? 0 : -1;
}

void converse_free(struct engine *e)
{
	struct converse *c = &e->converse;

	chat_free(&c->chat);
	chat_free(&c->side);
	json_decref(c->lines);
	json_decref(c->moved);
	json_decref(c->schema);
	dynbuf_free(&c->text);
	for (size_t i = 0; i < CONVERSE_ANSWERS; i++)
		dynbuf_free(&c->answer[i].heard);
}

/* ---- what was heard ---- */

static struct converse_answer *answer_of(struct converse *c, int64_t number)
{
	struct converse_answer *a = &c->answer[number % CONVERSE_ANSWERS];

	return number > 0 && a->number == number ? a : NULL;
}

static void begin_answer(struct converse *c)
{
	struct converse_answer *a = &c->answer[c->number % CONVERSE_ANSWERS];

	dynbuf_reset(&a->heard);
	a->number = c->number;
	a->message = 0;
	a->queued = a->over = 0;
	a->cut = a->gone = false;
	dynbuf_reset(&c->text);
}

/* What does not fit is not remembered. */
static void add_words(struct dynbuf *b, const char *text, size_t n)
{
	if (b->n)
		dynbuf_adds(b, " ");
	dynbuf_add(b, text, n);
	b->failed = false;
}

static void add_message(struct engine *e, const char *text, size_t n)
{
	char *copy = strndup(text, n);

	if (!copy || chat_assistant(&e->converse.chat, copy, NULL, NULL) < 0)
		e->failed = true;
	free(copy);
}

void converse_over(struct engine *e, int64_t answer, const char *text, size_t n)
{
	struct converse_answer *a = answer_of(&e->converse, answer);

	if (!e->sc->models)
		return;
	if (!a ||
		a->gone) { /* the scenario's own words, or what was heard of an answer taken back */
		if (n > 0)
			add_message(e, text, n);
		return;
	}
	a->over++;
	a->cut |= n < strlen(text);
	if (n > 0)
		add_words(&a->heard, text, n);
}

static int open_sentences(const struct said *s, int64_t answer)
{
	int n = 0;

	for (const struct sentence *u = s->head; u; u = u->next)
		n += u->spec.answer == answer && !u->cleared;
	return n;
}

/* Of answers that were cut off the chat has what was heard. */
static void tell_heard(struct engine *e)
{
	struct converse *c = &e->converse;

	for (size_t i = 0; i < CONVERSE_ANSWERS; i++) {
		struct converse_answer *a = &c->answer[i];

		if (!a->number || !a->message)
			continue;
		a->cut |= a->queued > a->over + open_sentences(&e->said, a->number);
		if (a->cut && chat_heard(&c->chat, a->message, a->heard.p) < 0)
			e->failed = true;
	}
}

/* ---- what is said to it ---- */

void converse_line(struct engine *e, const char *text, const char *note)
{
	if (e->sc->models &&
		json_array_append_new(e->converse.lines,
			json_pack("{s:s*,s:s*}", "text", text, "note", note)) < 0)
		e->failed = true;
}

void converse_note(struct engine *e, const char *note)
{
	struct converse *c = &e->converse;

	if (json_array_insert_new(c->lines, c->lines_mark, json_pack("{s:s}", "note", note)) < 0)
		e->failed = true;
	else
		c->lines_mark++;
}

static bool last_is_answer(const struct chat *c)
{
	return !c->messages || c->message[c->messages - 1].role == CHAT_ASSISTANT;
}

static void move_lines(struct engine *e)
{
	struct converse *c = &e->converse;
	json_t *line;
	size_t i;

	if (c->mark < 0 && back_possible(e))
		c->mark = c->chat.last_id;
	for (i = 0; i < c->lines_mark && back_possible(e); i++)
		json_array_append(c->moved, json_array_get(c->lines, i));
	json_array_foreach(c->lines, i, line) {
		const char *text = json_string_value(json_object_get(line, "text"));

		if (chat_user(&c->chat, text ? text : "",
			    json_string_value(json_object_get(line, "note"))) < 0)
			e->failed = true;
	}
	json_array_clear(c->lines);
	c->lines_mark = 0;
	if (last_is_answer(&c->chat) && chat_user(&c->chat, "", caller_waits) < 0)
		e->failed = true;
}

void converse_recall(struct engine *e, json_t *talk)
{
	struct converse *c = &e->converse;
	json_t *line;
	size_t i;

	if (!e->sc->models || c->recalled)
		return;
	c->recalled = true;
	json_array_foreach(talk, i, line) {
		const char *text = json_string_value(json_object_get(line, "text")),
			   *who = json_string_value(json_object_get(line, "who"));

		if (!text || !who)
			continue;
		if (strcmp(who, "bot") == 0)
			add_message(e, text, strlen(text));
		else if (chat_user(&c->chat, text, NULL) < 0)
			e->failed = true;
	}
}

void converse_mark(struct engine *e)
{
	struct converse *c = &e->converse;

	c->mark = -1;
	c->lines_mark = json_array_size(c->lines);
	json_array_clear(c->moved);
}

/* ---- questions ---- */

static void tell_end(struct engine *e, const char *how)
{
	engine_put(e, "model-result", json_pack("{s:s,s:s}", "id", e->converse.id, "how", how));
}

/* The answer so far, as a message; its number of words that are heard may still grow. */
static void keep_answer(struct engine *e, const struct chat_turn *turn)
{
	struct converse *c = &e->converse;
	struct converse_answer *a = answer_of(c, c->number);

	if (!a || (!c->text.n && (!turn || !turn->calls)))
		return;
	if (chat_assistant(&c->chat, c->text.p, turn, &a->message) < 0)
		e->failed = true;
}

static void cancel_question(struct engine *e, bool keep)
{
	struct converse *c = &e->converse;

	if (c->at != CONVERSE_ASKED)
		return;
	c->at = CONVERSE_REST;
	e->port.ask_cancel(e->port.ctx);
	tell_end(e, "cancelled");
	if (keep && !c->classifying)
		keep_answer(e, NULL);
}

/* A way out that was wanted, and is not taken. */
static void forget_exit(struct engine *e)
{
	struct converse *c = &e->converse;

	if ((c->exit || c->to) &&
		chat_result(&c->chat, c->exit_id, "not done: the caller went on", true) < 0)
		e->failed = true;
	c->exit = NULL;
	c->to = NULL;
}

void converse_stop(struct engine *e)
{
	struct converse *c = &e->converse;

	cancel_question(e, true);
	c->at = CONVERSE_REST;
	c->classifying = false;
	reach_cancel(e);
	forget_exit(e);
}

void converse_interrupt(struct engine *e)
{
	converse_stop(e);
	if (reach_busy(e)) /* what comes of that is still to be told */
		converse_due(e);
}

void converse_take_back(struct engine *e)
{
	struct converse *c = &e->converse;
	size_t n = json_array_size(c->lines);

	cancel_question(e, false);
	converse_stop(e);
	if (c->mark >= 0) {
		for (size_t i = 0; i < CONVERSE_ANSWERS; i++) {
			struct converse_answer *a = &c->answer[i];

			a->gone |= a->message > c->mark || !a->message;
			if (a->gone)
				a->message = 0;
		}
		chat_back(&c->chat, c->mark);
	}
	/* what stood there before the answer, or is no part of it, stays */
	while (n-- > c->lines_mark)
		json_array_remove(c->lines, n);
	json_array_extend(c->moved, c->lines);
	json_array_clear(c->lines);
	json_array_extend(c->lines, c->moved);
	converse_mark(e);
}

void converse_due(struct engine *e)
{
	struct converse *c = &e->converse;

	c->at = CONVERSE_DUE;
	c->due_ms = e->now_ms;
}

void converse_begin(struct engine *e)
{
	e->converse.said = false;
	converse_due(e);
}

void converse_answer(struct engine *e, const char *note)
{
	converse_stop(e);
	e->converse.calls_turn = 0;
	converse_begin(e);
	if (note)
		converse_line(e, NULL, note);
}

bool converse_waits(const struct engine *e)
{
	const struct converse *c = &e->converse;

	return c->at == CONVERSE_ASKED || c->at == CONVERSE_TOOLS ||
		(c->at == CONVERSE_DUE && reach_busy(e));
}

/* What was being said is cut off, and it is not known yet how much of it was heard. */
static bool clearing(const struct engine *e)
{
	if (e->now_ms - e->converse.due_ms >= CONVERSE_CLEAR_MS)
		return false;
	for (const struct sentence *u = e->said.head; u; u = u->next)
		if (u->cleared)
			return true;
	return false;
}

static void ask(struct engine *e)
{
	struct converse *c = &e->converse;
	struct engine_question q = {.id = c->id, .chat = &c->chat};
	bool ready;

	snprintf(c->id, sizeof(c->id), "m%" PRId64, ++c->number);
	begin_answer(c);
	c->slow = false;
	if (c->classifying) {
		ready = classify_question(e, &q) == 0;
	} else {
		tell_heard(e);
		move_lines(e);
		ready = reach_offer(e) == 0;
		q.no_tools = c->calls_turn >= e->sc->tools_per_turn;
	}
	e->failed |= !ready;
	c->at = CONVERSE_ASKED;
	e->wait_since_ms = e->now_ms;
	engine_put(e, "model-call",
		json_pack("{s:s,s:I,s:s,s:s}", "id", c->id, "turn", (json_int_t)e->turns.turn,
			"state", e->d.state->name, "for", c->classifying ? "intent" : "answer"));
	if (ready && e->port.ask(e->port.ctx, &q) < 0) {
		c->at = CONVERSE_REST;
		tell_end(e, "failed");
		if (c->classifying)
			classify_done(e, NULL);
		else
			step_problem(e);
	}
}

void converse_settle(struct engine *e)
{
	struct converse *c = &e->converse;

	if (c->at != CONVERSE_DUE || e->failed)
		return;
	if (e->phase != ENGINE_TALKING || (!e->d.state->llm && !c->classifying)) {
		c->at = CONVERSE_REST;
		return;
	}
	if (e->depth == 0 && !reach_busy(e) && !clearing(e) && !turns_listening(&e->turns))
		ask(e);
}

/* ---- what it answers ---- */

/* A sign that stands alone is a key: "press # then". One at the beginning is a heading, or a point of a list. */
static bool is_key(const char *text, size_t n, size_t i)
{
	bool ends = i + 1 == n || strchr(" .,;:!?", text[i + 1]);

	return i > 0 && text[i - 1] == ' ' && ends && strchr("*#", text[i]);
}

/* What is written for eyes is not said. */
static void clean(const char *text, size_t n, struct dynbuf *ret)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char ch = (unsigned char)text[i];

		if (ch < ' ' || ch == 0x7f)
			dynbuf_adds(ret, " ");
		else if (!strchr("*`#~|", ch) || is_key(text, n, i))
			dynbuf_add(ret, &text[i], 1);
	}
}

static void on_text(struct engine *e, const char *text)
{
	struct converse *c = &e->converse;
	struct converse_answer *a = answer_of(c, c->number);
	struct dynbuf b;
	int queued;

	if (c->classifying || !a || !e->d.state->llm)
		return;
	dynbuf_init(&b, CHAT_TEXT_MAX);
	clean(text, utf8_cut(text, strlen(text), CHAT_TEXT_MAX / 2), &b);
	queued = say_model(e, e->d.state->llm, b.p, a->number);
	if (queued > 0) {
		a->queued += queued;
		c->said = true;
		e->answering = true;
		add_words(&c->text, b.p, b.n);
	}
	dynbuf_free(&b);
}

static void on_slow(struct engine *e)
{
	bool now = say_may_wait(e) && !said_busy(&e->said) && !turns_listening(&e->turns);

	e->converse.slow = true;
	e->wait_since_ms = e->now_ms;
	e->wait_ms = now ? ENGINE_WAIT_AGAIN_MS : 0; /* as soon as it is quiet */
	if (now)
		say_wait(e);
}

/* Its answer has no words, and nothing was said before: it is as if nobody had understood. */
static void on_nothing(struct engine *e)
{
	log_warn("the model has nothing to say in state '%s'", e->d.state->name);
	e->quiet_since_ms = e->now_ms;
	answer_nothing(e);
}

/* The calls of an answer, for the chat. */
static size_t calls_of(json_t *list, struct chat_call call[CHAT_CALLS_MAX])
{
	size_t n = 0, i;
	json_t *v;

	json_array_foreach(list, i, v) {
		const char *id = json_string_value(json_object_get(v, "id")),
			   *name = json_string_value(json_object_get(v, "name")),
			   *arguments = json_string_value(json_object_get(v, "arguments"));

		if (!id || !name || n == CHAT_CALLS_MAX)
			continue;
		call[n++] = (struct chat_call){.id = (char *)(uintptr_t)id,
			.name = (char *)(uintptr_t)name,
			.arguments = (char *)(uintptr_t)(arguments ? arguments : "{}")};
	}
	return n;
}

static void on_result(struct engine *e, json_t *data, const struct chat_turn *thinking)
{
	struct converse *c = &e->converse;
	json_t *calls = json_object_get(data, "calls");
	const char *how = json_string_value(json_object_get(data, "how"));
	struct chat_call call[CHAT_CALLS_MAX];
	struct chat_turn turn = {.call = call, .calls = calls_of(calls, call)};

	c->at = CONVERSE_REST;
	e->quiet_since_ms = max_i64(e->quiet_since_ms, e->now_ms);
	if (c->classifying) {
		c->classifying = false;
		classify_done(e, json_object_get(data, "json"));
		return;
	}
	if (thinking) {
		turn.thinking = thinking->thinking;
		turn.provider = thinking->provider;
	}
	keep_answer(e, &turn);
	e->dirty = true;
	if (turn.calls)
		reach_calls(e, calls);
	else if (!c->text.n && how && (strcmp(how, "failed") == 0 || strcmp(how, "truncated") == 0))
		step_problem(e);
	else if (!c->said)
		on_nothing(e);
}

void engine_model(
	struct engine *e, const char *type, json_t *data, const struct chat_turn *thinking)
{
	struct converse *c = &e->converse;
	const char *id = json_string_value(json_object_get(data, "id")),
		   *text = json_string_value(json_object_get(data, "text"));

	if (c->at != CONVERSE_ASKED || !id || strcmp(id, c->id) != 0)
		return;
	engine_put(e, type, json_incref(data));
	e->chain = 0;
	if (strcmp(type, "model-wait") == 0)
		on_slow(e);
	else if (strcmp(type, "model-text") == 0 && text)
		on_text(e, text);
	else if (strcmp(type, "model-result") == 0)
		on_result(e, data, thinking);
	engine_settle(e);
}
