#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine.h"

#define SPEECH \
	(SCENARIO_BIT(SCENARIO_DIGITS) | SCENARIO_BIT(SCENARIO_WORDS) | \
		SCENARIO_BIT(SCENARIO_REGEX) | SCENARIO_BIT(SCENARIO_INTENT) | \
		SCENARIO_BIT(SCENARIO_SENTIMENT) | SCENARIO_BIT(SCENARIO_ANY))
#define KEYS \
	(SCENARIO_BIT(SCENARIO_DIGITS) | SCENARIO_BIT(SCENARIO_DTMF) | SCENARIO_BIT(SCENARIO_ANY))
/* What is meant as an answer to the question, not just anything. */
#define POINTED (SPEECH & ~(SCENARIO_BIT(SCENARIO_SENTIMENT) | SCENARIO_BIT(SCENARIO_ANY)))

static json_t *heard_new(struct engine *e, const char *by, const char *text)
{
	return json_pack("{s:s,s:s,s:i,s:i}", "by", by, "text", text, "no_input", e->d.no_input,
		"no_match", e->d.no_match);
}

/* heard, for conditions and texts; steals it. */
static void set_heard(struct engine *e, json_t *heard)
{
	engine_set(e, "heard", heard);
}

/* "Leave a message after the tone": what was said tells who has answered, as a sound may. */
static void tell_machine(struct engine *e, const struct scenario_rule *r)
{
	json_t *heard = json_object_get(e->d.vars, "heard"),
	       *intent = json_object_get(heard, "intent");

	if (r->input == SCENARIO_INTENT && strcmp(json_string_value(intent), "machine") == 0)
		answered_machine(e, json_string_value(json_object_get(heard, "match")));
}

/* Which kind of rule answers what was heard, for whoever reads the journal. */
static void tell_heard_as(struct engine *e, const char *match, bool model)
{
	const json_t *heard = json_object_get(e->d.vars, "heard");
	json_t *intent = strcmp(match, "intent") == 0 ? json_object_get(heard, "intent") : NULL;

	engine_put_later(e, "heard",
		json_pack("{s:I,s:s,s:o*,s:O?,s:s,s:O*,s:O*,s:O*,s:o*}", "turn",
			(json_int_t)e->turns.turn, "state", e->d.state->name, "question",
			say_question_number(e), "by", json_object_get(heard, "by"), "match", match,
			"intent", intent, "sentiment", json_object_get(heard, "sentiment"),
			"confidence", json_object_get(heard, "confidence"), "model",
			model ? json_true() : NULL));
}

static void tell_heard(struct engine *e, enum scenario_input input)
{
	static const char *const names[] = {[SCENARIO_DIGITS] = "digits",
		[SCENARIO_DTMF] = "dtmf",
		[SCENARIO_WORDS] = "words",
		[SCENARIO_REGEX] = "regex",
		[SCENARIO_INTENT] = "intent",
		[SCENARIO_SENTIMENT] = "sentiment",
		[SCENARIO_ANY] = "any",
		[SCENARIO_NO_INPUT] = "no_input",
		[SCENARIO_NO_MATCH] = "no_match"};

	tell_heard_as(e, names[input], false);
}

static void follow_rule(struct engine *e, const struct scenario_rule *r)
{
	converse_stop(e);
	tell_machine(e, r);
	e->d.no_input = e->d.no_match = 0;
	e->quiet_since_ms = e->now_ms;
	step_do(e, r->step);
}

static void do_rule(struct engine *e, const struct scenario_rule *r)
{
	tell_heard(e, r->input);
	follow_rule(e, r);
}

bool answer_is(struct engine *e, const struct scenario_rule *r, const char *word)
{
	return match_holds(e, r) && match_word(&r->words, word);
}

bool answer_hangup(struct engine *e)
{
	const struct scenario_rule *r = NULL;

	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_HUNG_UP), r))) {
		if (match_holds(e, r)) {
			e->last_work = true;
			step_do(e, r->step);
			return true;
		}
	}
	return false;
}

const struct scenario_rule *answer_tool_failed(struct engine *e, const char *tool)
{
	const struct scenario_rule *r = NULL;

	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_TOOL_FAILED), r)))
		if (match_holds(e, r) && (!r->words.n || match_word(&r->words, tool)))
			return r;
	return NULL;
}

/* What a model is told where the caller's words are not there. */
static const char silent[] = "The caller says nothing.",
		  unclear[] = "The caller said something that could not be understood.";

/* Silence or nonsense for the count-th time in a row; without a rule the question is asked again. */
static void answer_count(struct engine *e, enum scenario_input input, int count)
{
	const struct scenario_rule *r = NULL;

	match_add(e, input == SCENARIO_NO_INPUT ? "no_input" : "no_match", json_integer(count));
	tell_heard(e, input);
	e->quiet_since_ms = e->now_ms;
	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(input), r))) {
		if (r->min <= count && match_holds(e, r)) {
			step_do(e, r->step);
			return;
		}
	}
	if (e->d.state->llm)
		converse_answer(e, input == SCENARIO_NO_INPUT ? silent : unclear);
	else
		say_again(e);
}

void answer_silence(struct engine *e)
{
	e->d.no_input++;
	set_heard(e, heard_new(e, "silence", ""));
	answer_count(e, SCENARIO_NO_INPUT, e->d.no_input);
}

/* A question of which nothing was heard cannot have been answered, nor can one that is asked no more. */
static void no_match(struct engine *e, bool old)
{
	if (old || (e->d.question_said && !e->d.question_heard)) {
		e->quiet_since_ms = e->now_ms;
		if (e->d.state->llm && !e->d.entry_n)
			converse_answer(e, unclear);
		else
			say_entry(e);
		return;
	}
	e->d.no_match++;
	answer_count(e, SCENARIO_NO_MATCH, e->d.no_match);
}

/* Is a number expected of which this may be the beginning? */
static bool begins_number(struct engine *e, const struct utterance *u)
{
	const struct scenario_rule *r = NULL;
	char said[UNDERSTAND_DIGITS_MAX + 1];
	int room = e->d.state->listen.digits - (int)e->keys_n - 1;

	if (room < 1 || !understand_digits(u, 1, room, said))
		return false;
	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_DIGITS), r))) {
		if (!match_holds(e, r))
			continue;
		e->keys_n += (size_t)snprintf(
			e->keys + e->keys_n, sizeof(e->keys) - e->keys_n, "%s", said);
		e->key_ms = e->now_ms;
		e->keys_tried = true;
		return true;
	}
	return false;
}

static void hear(struct engine *e, const struct utterance *u, const char *text)
{
	struct sentiment s = understand_sentiment(u);

	set_heard(e, heard_new(e, "voice", text));
	match_add(e, "sentiment", json_string(mood_name(s.mood)));
	match_add(e, "confidence", json_real(s.confidence));
	match_add(e, "language", json_string(e->language));
}

void answer_text(struct engine *e, const char *text, bool old)
{
	const struct scenario_rule *r = NULL;
	struct utterance u;

	e->inputs++;
	if (understand(&u, text, e->language) < 0) {
		e->failed = true;
		return;
	}
	hear(e, &u, text);
	if (!understand_nothing(&u))
		r = match_rule(e, &u, e->d.state->classify ? POINTED : SPEECH, false);
	if (!r && !understand_nothing(&u) && e->d.state->classify) {
		classify_ask(e, text, old);
		understand_free(&u);
		return;
	}
	if (r) {
		match_drop_keys(e);
		do_rule(e, r);
	} else if (begins_number(e, &u)) {
		e->quiet_since_ms = e->now_ms;
	} else if (e->d.state->llm && !understand_nothing(&u)) {
		match_drop_keys(e);
		e->d.no_input = e->d.no_match = 0;
		tell_heard_as(e, "model", false);
		converse_answer(e, NULL);
	} else {
		match_drop_keys(e);
		no_match(e, old);
	}
	understand_free(&u);
}

void answer_nothing(struct engine *e)
{
	no_match(e, false);
}

/* The first rule of the state that asks for it. */
static const struct scenario_rule *intent_rule(struct engine *e, const char *intent)
{
	const struct scenario_rule *r = NULL;

	while (intent && (r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_INTENT), r)))
		for (size_t i = 0; i < r->intents_n; i++)
			if (strcmp(r->intents[i]->name, intent) == 0 && match_holds(e, r))
				return r;
	return NULL;
}

void answer_classified(struct engine *e, const char *text, const char *intent, bool old)
{
	const struct scenario_rule *r;
	struct utterance u;

	if (understand(&u, text, e->language) < 0) {
		e->failed = true;
		return;
	}
	hear(e, &u, text);
	match_drop_keys(e);
	e->answering = true;
	if ((r = intent_rule(e, intent))) {
		match_add(e, "intent", json_string(intent));
		tell_heard_as(e, "intent", true);
		follow_rule(e, r);
	} else if ((r = match_rule(e, &u, SPEECH & ~POINTED, false))) {
		do_rule(e, r);
	} else if (begins_number(e, &u)) {
		e->quiet_since_ms = e->now_ms;
	} else {
		no_match(e, old);
	}
	understand_free(&u);
}

bool answer_aside(struct engine *e, const char *text)
{
	json_t *heard = json_incref(json_object_get(e->d.vars, "heard"));
	const struct scenario_rule *r = NULL;
	struct utterance u;

	if (understand(&u, text, e->language) < 0) {
		e->failed = true;
		json_decref(heard);
		return false;
	}
	hear(e, &u, text);
	if (!understand_nothing(&u))
		r = match_rule(e, &u, POINTED, true);
	understand_free(&u);
	if (!r) { /* what is being done speaks of what was heard before */
		engine_set(e, "heard", heard ? heard : json_object());
		return false;
	}
	json_decref(heard);
	engine_break_off(e, r->at_once);
	do_rule(e, r);
	return true;
}

bool answer_expected(struct engine *e, const char *text)
{
	json_t *heard = json_incref(json_object_get(e->d.vars, "heard"));
	char keys[ENGINE_KEYS_MAX + 1];
	size_t keys_n = e->keys_n;
	struct utterance u;
	bool is;

	memcpy(keys, e->keys, sizeof(keys));
	if (!e->d.state->listens || understand(&u, text, e->language) < 0) {
		json_decref(heard);
		return false;
	}
	hear(e, &u, text);
	is = !understand_nothing(&u) && match_rule(e, &u, POINTED, false);
	understand_free(&u);
	memcpy(e->keys, keys, sizeof(keys));
	e->keys_n = keys_n;
	engine_set(e, "heard", heard ? heard : json_object());
	return is;
}

enum turns_words answer_words(struct engine *e, const char *text)
{
	enum turns_words words = TURNS_WORDS;
	struct utterance u;

	if (understand(&u, text, e->language) < 0) {
		e->failed = true;
		return TURNS_SILENCE;
	}
	if (understand_nothing(&u))
		words = TURNS_SILENCE;
	else if (understand_backchannel(&u))
		words = TURNS_BACKCHANNEL;
	understand_free(&u);
	/* "yes" into the end of the question is the answer */
	if (words == TURNS_BACKCHANNEL && said_last(&e->said) && answer_expected(e, text))
		words = TURNS_WORDS;
	return words;
}

/* ---- keys ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool fits_keys(const struct scenario_rule *r, const char *keys, size_t n)
{
	switch (r->input) {
	case SCENARIO_DIGITS:
		return is_digit(keys[0]) && (int)n >= r->min && (int)n <= r->max;
	case SCENARIO_DTMF:
		return n == 1 && match_word(&r->words, keys);
	default:
		return true;
	}
}

static bool expects_number(struct engine *e)
{
	const struct scenario_rule *r = NULL;

	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_DIGITS), r)))
		if (match_holds(e, r))
			return true;
	return false;
}

/* Take so many keys off the front; they are the answer. */
static void use_keys(struct engine *e, size_t n, size_t used)
{
	const struct scenario_rule *r = NULL;
	char keys[ENGINE_KEYS_MAX + 1];

	snprintf(keys, sizeof(keys), "%.*s", (int)n, e->keys);
	e->keys_n -= used;
	memmove(e->keys, e->keys + used, e->keys_n + 1);
	set_heard(e, heard_new(e, "keys", keys));
	if (is_digit(keys[0]))
		match_add(e, "digits", json_string(keys));
	if (n == 1)
		match_add(e, "key", json_string(keys));
	e->answering = true;
	while ((r = scenario_next_rule(e->d.state, KEYS, r))) {
		if (match_holds(e, r) && fits_keys(r, keys, n)) {
			say_remember(e, "caller", keys, n);
			do_rule(e, r);
			return;
		}
	}
	match_drop_keys(e);
	say_remember(e, "caller", keys, n);
	no_match(e, false);
}

static bool key_is_rule(struct engine *e)
{
	const struct scenario_rule *r = NULL;
	char key[2] = {e->keys[0], '\0'};

	while ((r = scenario_next_rule(e->d.state, SCENARIO_BIT(SCENARIO_DTMF), r)))
		if (match_holds(e, r) && match_word(&r->words, key))
			return true;
	return false;
}

/* A model takes what is keyed in one piece. */
static void keys_to_model(struct engine *e, bool final)
{
	const char ends[] = {e->d.state->listen.dtmf_end, '\0'}, *end = strpbrk(e->keys, ends);
	char keys[ENGINE_KEYS_MAX + 1];
	size_t n = end ? (size_t)(end - e->keys) : e->keys_n;

	if (!final && !end && n < ENGINE_KEYS_MAX) {
		e->keys_tried = true;
		return;
	}
	snprintf(keys, sizeof(keys), "%.*s", (int)n, e->keys);
	match_drop_keys(e);
	set_heard(e, heard_new(e, "keys", keys));
	e->d.no_input = e->d.no_match = 0;
	tell_heard_as(e, "model", false);
	say_remember(e, "caller", keys, n);
	converse_answer(e, "The caller pressed these keys.");
}

void answer_keys(struct engine *e, bool final)
{
	const struct scenario_listen *l = &e->d.state->listen;
	size_t n = 0, max = (size_t)(l->digits > 0 ? l->digits : ENGINE_KEYS_MAX), end;

	while (n < e->keys_n && is_digit(e->keys[n]))
		n++;
	if (n == 0 || !expects_number(e)) {
		if (e->d.state->llm && !key_is_rule(e)) {
			keys_to_model(e, final);
			return;
		}
		use_keys(e, 1, 1);
		return;
	}
	end = n < e->keys_n && l->dtmf_end && e->keys[n] == l->dtmf_end;
	if (n >= max) {
		end = max < e->keys_n && l->dtmf_end && e->keys[max] == l->dtmf_end;
		e->number_end = end ? 0 : l->dtmf_end;
		e->number_ms = e->key_ms;
		use_keys(e, max, max + end);
	} else if (n < e->keys_n || final) {
		use_keys(e, n, n + end);
	} else {
		e->keys_tried = true;
	}
}
