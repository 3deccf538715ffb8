#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine.h"
#include "text/sentence.h"
#include "text/speakable.h"
#include "text/utf8.h"

static void queue_spec(struct engine *e, struct said_spec *spec)
{
	spec->turn = e->turns.turn;
	spec->stay = e->d.entry_number;
	if (said_queue(&e->said, spec, e->now_ms) < 0)
		e->failed = true;
	if (spec->kind != SAID_FILLER)
		e->d.question_said = true;
}

static void queue(struct engine *e, const struct scenario_say *say, enum said_kind kind,
	const char *text, size_t n, const char *file)
{
	queue_spec(e,
		&(struct said_spec){
			.kind = kind,
			.text = text,
			.n = n,
			.file = file,
			.language = say->language,
			.voice = say->voice,
			.interruptible = say->interruptible,
		});
}

int say_model(struct engine *e, const struct scenario_llm *llm, const char *text, int64_t answer)
{
	struct said_spec spec = {
		.kind = SAID_ANSWER,
		.language = llm->language,
		.voice = llm->voice,
		.interruptible = llm->interruptible,
		.answer = answer,
	};
	size_t n = strlen(text), pos = 0;
	int sentences = 0;

	while (sentence_next(text, n, &pos, &spec.text, &spec.n)) {
		queue_spec(e, &spec);
		sentences++;
	}
	return sentences;
}

/* A text is said sentence by sentence; a recording is one piece, and text are its words. */
static void queue_all(struct engine *e, const struct spoken *sp, enum said_kind kind)
{
	const char *sentence;
	size_t n = strlen(sp->text), len, pos = 0;

	if (sp->file) {
		queue(e, sp->say, kind, sp->text, utf8_cut(sp->text, n, SENTENCE_MAX), sp->file);
		return;
	}
	while (sentence_next(sp->text, n, &pos, &sentence, &len))
		queue(e, sp->say, kind, sentence, len, NULL);
}

static enum said_kind kind_now(const struct engine *e)
{
	return e->answering ? SAID_ANSWER : SAID_PROMPT;
}

/* The variant whose turn it is, with its variables filled in. */
static void speak(
	struct engine *e, const struct scenario_say *say, struct dynbuf *text, struct spoken *ret)
{
	const struct scenario_phrase *ph = say->phrase;
	const struct scenario_variant *v = &ph->variants[e->variants[ph->index]++ % ph->variants_n];

	dynbuf_init(text, TEMPLATE_RESULT_MAX);
	*ret = (struct spoken){.say = say, .file = v->file};
	if (v->text &&
		template_expand(v->text, e->d.vars, say->language, say_filter, e, text) < 0) {
		log_warn("a text of state '%s' is longer than %d bytes: cut",
			e->d.state ? e->d.state->name : "", TEMPLATE_RESULT_MAX);
	}
	ret->text = text->p;
}

void say_all(struct engine *e, const struct scenario_says *says)
{
	for (size_t i = 0; i < says->n && e->phase != ENGINE_OVER; i++) {
		struct spoken sp;
		struct dynbuf text;

		speak(e, &says->say[i], &text, &sp);
		queue_all(e, &sp, kind_now(e));
		if (e->entering && dialogue_keep_entry(&e->d, &sp) < 0)
			e->failed = true;
		dynbuf_free(&text);
	}
}

void say_entry(struct engine *e)
{
	for (size_t i = 0; i < e->d.entry_n && e->phase != ENGINE_OVER; i++)
		queue_all(e, &e->d.entry[i], kind_now(e));
}

void say_again(struct engine *e)
{
	if (e->d.state->again.n)
		say_all(e, &e->d.state->again);
	else
		say_entry(e);
}

bool say_may_wait(const struct engine *e)
{
	return e->phase == ENGINE_TALKING && e->sc->wait.n && !e->turns.voice &&
		(e->filler_ms < 0 || e->now_ms - e->filler_ms >= ENGINE_WAIT_PAUSE_MS);
}

void say_wait(struct engine *e)
{
	for (size_t i = 0; i < e->sc->wait.n; i++) {
		struct scenario_say say = e->sc->wait.say[i];
		struct spoken sp;
		struct dynbuf text;

		say.interruptible |= e->filler_ear; /* by words that were said before it */
		speak(e, &say, &text, &sp);
		queue_all(e, &sp, SAID_FILLER);
		dynbuf_free(&text);
	}
	e->filler_ms = e->now_ms;
}

json_t *say_question_number(struct engine *e)
{
	const struct scenario_state *st = e->d.state;
	int64_t n = st->question_number;
	json_t *value;

	if (st->question) {
		value = template_value(st->question, e->d.vars, e->language, say_filter, e);
		n = json_integer_value(value);
		json_decref(value);
	}
	return n >= 1 && n <= SCENARIO_QUESTION_MAX ? json_integer(n) : NULL;
}

static json_t *synthesize(const struct sentence *s)
{
	static const char *const kind[] = {
		[SAID_ANSWER] = "answer", [SAID_FILLER] = "filler", [SAID_PROMPT] = "prompt"};
	const struct said_spec *spec = &s->spec;
	json_t *data = json_pack("{s:s,s:I,s:s,s:s*,s:s*,s:s,s:s*}", "utterance", s->id, "turn",
		(json_int_t)spec->turn, "kind", kind[spec->kind], "file", spec->file, "text",
		spec->text[0] ? spec->text : NULL, "language", spec->language, "voice",
		spec->voice);

	if (!spec->interruptible)
		json_object_set_new(data, "interruptible", json_false());
	return data;
}

static json_t *words_of(const struct scenario_words *words)
{
	json_t *list = json_array();

	for (size_t i = 0; i < words->n; i++)
		json_array_append_new(list, json_string(words->word[i]));
	return list;
}

/* The words of built-in intents that the rules of the state ask for. */
static void add_intents(const struct scenario_state *st, json_t *list)
{
	for (size_t r = 0; r < st->rules_n; r++) {
		for (size_t i = 0; i < st->rules[r]->intents_n; i++) {
			const struct scenario_intent *in = st->rules[r]->intents[i];
			/* what is likely: curses are understood, but not listened for */
			const char *const *word = in->builtin && strcmp(in->name, "anger") != 0
				? understand_intent_words(st->listen.language, in->name)
				: NULL;

			for (; word && *word; word++)
				if (!strpbrk(*word, "*^$"))
					json_array_append_new(list, json_string(*word));
		}
	}
}

#define HINTS_MAX 3000 /* bytes: the event goes round the loop, which takes 4096 */

/* What is expected of the state, as far as there is room. */
static json_t *hints_of(const struct scenario_state *st)
{
	json_t *list = words_of(&st->listen.hints), *hints = json_object();
	size_t bytes = 0, i = 0;
	json_t *word;

	add_intents(st, list);
	while (i < json_array_size(list)) {
		word = json_array_get(list, i);
		bytes += json_string_length(word) + 8;
		if (bytes > HINTS_MAX)
			json_array_remove(list, i);
		else
			i++;
	}
	if (json_array_size(list))
		json_object_set(hints, "phrases", list);
	json_decref(list);
	if (st->listen.digits)
		json_object_set_new(hints, "digits", json_integer(st->listen.digits));
	if (st->listen.digits_min && st->listen.digits_min < st->listen.digits)
		json_object_set_new(hints, "digits_min", json_integer(st->listen.digits_min));
	return hints;
}

static void send_listen(struct engine *e)
{
	const struct scenario_listen *l = &e->d.state->listen;
	json_t *hints = hints_of(e->d.state), *data;
	char id[24];

	e->listens[++e->listen_number % ENGINE_LISTENS] = e->d.state;
	snprintf(id, sizeof(id), "l%lld", (long long)e->listen_number);
	data = json_pack("{s:s,s:i,s:i,s:s,s:s}", "id", id, "end_silence_ms", l->end_silence_ms,
		"max_ms", l->max_ms, "language", l->language, "barge_in",
		l->barge_in ? "words" : "off");
	if (json_object_size(hints))
		json_object_set(data, "hints", hints);
	json_decref(hints);
	engine_put(e, "listen", data);
	e->listen_due = false;
}

void say_send(struct engine *e)
{
	const struct sentence *s;

	if (e->listen_due && e->phase == ENGINE_TALKING)
		send_listen(e);
	while ((s = said_next(&e->said, e->now_ms)))
		engine_put(e, "synthesize", synthesize(s));
}

static bool caller_spoke_last(const struct engine *e)
{
	json_t *last = json_array_get(e->memory, json_array_size(e->memory) - 1);
	const char *who = json_string_value(json_object_get(last, "who"));

	return who && strcmp(who, "caller") == 0;
}

static void remember(
	struct engine *e, const char *who, const char *text, size_t n, bool cut, bool before)
{
	json_t *line = json_pack("{s:s,s:s%}", "who", who, "text", text, n);

	if (cut)
		json_object_set_new(line, "cut", json_true());
	n = json_array_size(e->memory);
	if (before && n > 0)
		n--; /* what was cut off was said before the words that did so */
	json_array_insert_new(e->memory, n, line);
	if (json_array_size(e->memory) > ENGINE_MEMORY_MAX)
		json_array_remove(e->memory, 0);
}

void say_remember(struct engine *e, const char *who, const char *text, size_t n)
{
	remember(e, who, text, n, false, false);
	if (strcmp(who, "caller") == 0)
		converse_line(e, text, NULL); /* of n bytes: what is said ends there */
}

void say_over(void *ctx, const struct sentence *s, enum said_end end, size_t n)
{
	struct engine *e = ctx;
	const char *text = s->spec.text ? s->spec.text : "";

	if (s->spec.kind != SAID_FILLER && n > 0)
		remember(e, "bot", text, n, n < strlen(text), s->cleared && caller_spoke_last(e));
	if (s->spec.kind != SAID_FILLER)
		converse_over(e, s->spec.answer, text, n);
	if (end == SAID_FAILED)
		e->voice_failures++;
	else if (end == SAID_PLAYED)
		e->voice_failures = 0;
	if (end != SAID_PLAYED)
		e->quiet_since_ms = max_i64(e->quiet_since_ms, e->now_ms);
}

int say_filter(void *ctx, const char *name, const char *argument, const char *language,
	const char *in, struct dynbuf *out)
{
	return speakable_filter(name, argument, language, in, out);
}
