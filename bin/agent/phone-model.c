/* A model on the phone of --text: its answers are told by the dialogue, or it is asked indeed, and no time passes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "phone.h"
#include "text/sentence.h"

#define MODEL_WAIT_MS 800 /* an answer that is told later is one that takes its time */

static const struct talk_line *next_line(struct phone *p)
{
	for (; p->plan && p->asking.next < p->plan->n; p->asking.next++)
		if (p->plan->line[p->asking.next].kind == TALK_MODEL)
			return &p->plan->line[p->asking.next++];
	return NULL;
}

int phone_ask(void *ctx, const struct engine_question *q)
{
	struct phone *p = ctx;
	struct asking *a = &p->asking;

	a->line = next_line(p);
	a->since_ms = p->now_ms;
	a->waited = false;
	dynbuf_reset(&a->said);
	a->json = q->schema;
	if (!a->line && (!p->model || model_ask(p->model, q) < 0)) {
		log_error("cannot ask a model: %s",
			p->model ? "no memory" : "no answer is told, and there are no --models");
		return -1;
	}
	snprintf(a->id, sizeof(a->id), "%s", q->id);
	if (a->line) {
		struct talk_line *note = talk_add(
			p->talk, TALK_MODEL, a->line->text, json_incref(a->line->json));

		if (note)
			note->ms = a->line->ms;
	}
	return 0;
}

void phone_ask_cancel(void *ctx)
{
	struct phone *p = ctx;

	p->asking.id[0] = '\0';
	if (p->model)
		model_cancel(p->model);
}

/* ---- answers that are told ---- */

static void event(struct phone *p, const char *type, json_t *data)
{
	engine_model(&p->engine, type, data, NULL);
	json_decref(data);
}

static void say(struct phone *p, const char *id, const char *text)
{
	size_t n = strlen(text), pos = 0, len;
	const char *sentence;

	while (sentence_next(text, n, &pos, &sentence, &len))
		event(p, "model-text", json_pack("{s:s,s:s%}", "id", id, "text", sentence, len));
}

/* As a model writes them: with an id, the arguments as text. */
static json_t *calls_of(struct phone *p, json_t *list)
{
	json_t *calls = json_array(), *v;
	size_t i;

	json_array_foreach(list, i, v) {
		json_t *given = json_object_get(v, "arguments");
		char *text = json_is_string(given)
			? strdup(json_string_value(given))
			: json_dumps(given ? given : json_null(), JSON_COMPACT | JSON_ENCODE_ANY);
		char id[CHAT_NAME_MAX];

		snprintf(id, sizeof(id), "%s_%zu", p->asking.id, i + 1);
		json_array_append_new(calls,
			json_pack("{s:s,s:O?,s:s}", "id", id, "name", json_object_get(v, "name"),
				"arguments", given && text ? text : "{}"));
		free(text);
	}
	return calls;
}

static void answer(struct phone *p)
{
	const struct talk_line *l = p->asking.line;
	const char *text = json_string_value(json_object_get(l->json, "text"));
	bool failed = json_is_true(json_object_get(l->json, "failed")), json = p->asking.json;
	json_t *calls = calls_of(p, json_object_get(l->json, "calls"));
	char id[sizeof(p->asking.id)];

	memcpy(id, p->asking.id, sizeof(id));
	event(p, "model-token", json_pack("{s:s}", "id", id));
	say(p, id, text ? text : l->text);
	p->asking.id[0] = '\0';
	event(p, "model-result",
		json_pack("{s:s,s:s,s:o,s:O*}", "id", id, "how", failed ? "failed" : "done",
			"calls", calls, "json", json && !failed ? l->json : NULL));
}

void phone_hear_model(struct phone *p)
{
	struct asking *a = &p->asking;
	int64_t ms = p->now_ms - a->since_ms;

	while (a->id[0] && a->line && p->now_ms - a->since_ms >= a->line->ms)
		answer(p);
	if (a->id[0] && a->line && !a->waited && ms >= MODEL_WAIT_MS) {
		a->waited = true;
		event(p, "model-wait", json_pack("{s:s}", "id", a->id));
	}
}

/* ---- answers of models ---- */

static void note_words(struct phone *p, const char *text)
{
	struct dynbuf *b = &p->asking.said;

	if (b->n)
		dynbuf_adds(b, " ");
	dynbuf_adds(b, text);
}

/* As a line of the dialogue, from which it can be told another time. */
static void note_answer(struct phone *p, json_t *data)
{
	const char *text = p->asking.said.p, *how = json_string_value(json_object_get(data, "how"));
	json_t *calls = json_object_get(data, "calls"), *line = NULL, *v;
	size_t i;

	if (json_object_get(data, "json"))
		line = json_incref(json_object_get(data, "json"));
	else if (json_array_size(calls) || !text[0])
		line = json_pack("{s:s,s:[]}", "text", text, "calls");
	json_array_foreach(calls, i, v)
		json_array_append_new(json_object_get(line, "calls"),
			json_pack("{s:O?,s:O?}", "name", json_object_get(v, "name"), "arguments",
				json_object_get(v, "arguments")));
	if (strcmp(how, "failed") == 0)
		json_object_set_new(line, "failed", json_true());
	talk_add(p->talk, TALK_MODEL, line ? "" : text, line);
	dynbuf_reset(&p->asking.said);
}

void phone_model_event(void *ctx, const char *type, json_t *data, const struct chat_turn *thinking)
{
	struct phone *p = ctx;

	if (strcmp(type, "model-wait") == 0)
		return; /* no time passes here */
	if (strcmp(type, "model-text") == 0)
		note_words(p, json_string_value(json_object_get(data, "text")));
	if (strcmp(type, "model-result") == 0) {
		p->asking.id[0] = '\0';
		note_answer(p, data);
		loop_stop(&p->loop);
	}
	engine_model(&p->engine, type, data, thinking);
}
