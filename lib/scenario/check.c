/* What only the whole of a state shows: what is never done, what is not answered, what is answered twice. */
#include <stdlib.h>
#include <string.h>

#include "scenario/graph.h"
#include "scenario/load.h"

/* ---- one step ---- */

static void check_step(void *ctx, const struct scenario_step *step)
{
	struct loading *l = ctx;
	bool ended = false;

	if (step->branches_n) {
		size_t i = 0;
		while (i < step->branches_n && step->branches[i].step &&
			step_ends(step->branches[i].step))
			i++;
		ended = i == step->branches_n && !step->branches[i - 1].when;
	}
	if (ended &&
		(step->says.n || step->results.n || step->steps_n || step->way != SCENARIO_STAY))
		mistake_at(l, l->file, step->path,
			"every branch of 'if' leaves: what follows it is never done");
	for (size_t i = 0; !ended && i < step->steps_n; i++) {
		ended = step_ends(step->steps[i]);
		if (ended && (i + 1 < step->steps_n || step->way != SCENARIO_STAY))
			mistake_at(l, l->file, step->steps[i]->path,
				"always leaves: what follows it is never done");
	}
}

/* ---- failures of tools ---- */

struct failing {
	struct loading *l;
	const struct scenario_state *st; /* NULL: a rule of the scenario */
};

static bool global_failure_rule(const struct scenario *sc, const struct scenario_tool *tool)
{
	struct scenario_state everywhere = {0};
	const struct scenario_rule *rule;

	for (size_t i = 0; i < sc->rules_n; i++) {
		rule = &sc->rules[i];
		everywhere.rules = &rule;
		everywhere.rules_n = 1;
		if (failure_rule(&everywhere, tool))
			return true;
	}
	return false;
}

static void check_failure(void *ctx, const struct scenario_step *step)
{
	const struct failing *f = ctx;

	if (!step_can_fail(step) || f->l->sc->problem)
		return;
	if (f->st ? failure_rule(f->st, step->tool) != NULL
		  : global_failure_rule(f->l->sc, step->tool))
		return;
	mistake_at(f->l, f->l->file, step->path,
		"nothing answers the failure of '%s': add 'failed', a rule 'tool_failed', or 'problem' to the "
		"scenario",
		step->tool->name);
}

/* A failure within the answer to a failure would be answered by itself. */
static void check_failure_answer(void *ctx, const struct scenario_step *step)
{
	struct loading *l = ctx;

	if (step_can_fail(step))
		mistake_at(l, l->file, step->path,
			"the tool '%s' can fail too: in an answer to failures it needs 'failed'",
			step->tool->name);
}

/* ---- rules that say the same ---- */

static bool share_word(
	const struct scenario_rule *a, const struct scenario_rule *b, const char **ret)
{
	for (size_t i = 0; i < a->words.n; i++) {
		for (size_t k = 0; k < b->words.n; k++) {
			if (strcmp(a->words.word[i], b->words.word[k]) == 0) {
				*ret = a->words.word[i];
				return true;
			}
		}
	}
	return false;
}

/* Whatever b answers is answered by a already. */
static bool same_input(
	const struct scenario_rule *a, const struct scenario_rule *b, const char **ret_word)
{
	*ret_word = NULL;
	if (a->input != b->input || a->when || a->global != b->global)
		return false;
	switch (a->input) {
	case SCENARIO_DIGITS:
		return a->min <= b->min && a->max >= b->max;
	case SCENARIO_NO_INPUT:
	case SCENARIO_NO_MATCH:
		return a->min == b->min;
	case SCENARIO_ANY:
	case SCENARIO_HUNG_UP:
		return true;
	case SCENARIO_WORDS: /* see check_heard_twice */
	case SCENARIO_REGEX:
		return false;
	case SCENARIO_TOOL_FAILED:
		return !a->words.n || share_word(a, b, ret_word);
	case SCENARIO_SENTIMENT:
		return a->confidence <= b->confidence && share_word(a, b, ret_word);
	default:
		return share_word(a, b, ret_word);
	}
}

static void check_twice(
	struct loading *l, const struct scenario_rule *a, const struct scenario_rule *b)
{
	const char *word;

	if (!same_input(a, b, &word))
		return;
	if (word)
		mistake_at(l, l->file, b->path, "'%s' is answered by %s already", word, a->path);
	else
		mistake_at(l, l->file, b->path, "this is answered by %s already", a->path);
}

/* Of a scenario's own rules (st NULL) or a state's. */
static void check_rules(struct loading *l, const struct scenario_rule *const *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			check_twice(l, rules[k], rules[i]);
	}
	check_heard_twice(l, rules, n);
}

static void check_keys(
	struct loading *l, const struct scenario_state *st, const struct scenario_rule *r)
{
	if (r->input != SCENARIO_DTMF || r->global || st->listen.digits == 0)
		return;
	for (size_t i = 0; i < r->words.n; i++) {
		char key = *r->words.word[i];
		if (key >= '0' && key <= '9')
			mistake_at(l, l->file, r->path,
				"the key %c may be the first of the digits that are expected", key);
		else if (key == st->listen.dtmf_end)
			mistake_at(l, l->file, r->path, "the key %c ends the digits: see dtmf_end",
				key);
	}
}

/* ---- silence and nonsense ---- */

static void check_silence(struct loading *l, const struct scenario_state *st)
{
	if (!st->listens)
		return;
	if (!leading_rule(st, FOLLOW_SILENCE))
		STATE_MISTAKE(l, st,
			"silence does not lead out of it: add a rule 'no_input' with a way out, "
			"here or to the scenario");
	if (!leading_rule(st, FOLLOW_NONSENSE))
		STATE_MISTAKE(l, st,
			"nonsense does not lead out of it: add a rule 'no_match' with a way out, "
			"here or to the scenario");
}

/* ---- languages ---- */

/* Say once for each rule and language that it is never heard. */
static void say_unknown(
	struct loading *l, const struct scenario_rule *r, const char *language, const char *intent)
{
	const char *once = memory_format(
		l->memory, "%s %s %s", r->path, language, intent ? intent : "");

	if (json_object_get(l->unknown, once))
		return;
	if (json_object_set_new(l->unknown, once, json_true()) < 0)
		memory_none(l->memory);
	if (intent)
		mistake_at(l, l->file, r->path,
			"the intent '%s' is not known in the language '%s': give it words in 'intents'",
			intent, language);
	else
		mistake_at(l, l->file, r->path, "sentiments are not known in the language '%s'",
			language);
}

static void check_language(
	struct loading *l, const struct scenario_state *st, const struct scenario_rule *r)
{
	const char *language = st->listen.language;

	if (r->input == SCENARIO_SENTIMENT && !l->options.understands(language, NULL))
		say_unknown(l, r, language, NULL);
	for (size_t i = 0; i < r->intents_n; i++) {
		const struct scenario_intent *intent = r->intents[i];
		if (intent->builtin && !intent->words.n && !intent->regexes.n &&
			!l->options.understands(language, intent->name))
			say_unknown(l, r, language, intent->name);
	}
}

/* ---- models ---- */

static void check_models(struct loading *l, const struct scenario_state *st)
{
	l->sc->models |= st->llm || st->classify;
	if (!st->llm)
		return;
	if (!l->sc->problem)
		STATE_MISTAKE(l, st,
			"nothing is done if no model answers: add 'problem' to the scenario");
	else if (st == l->sc->problem)
		STATE_MISTAKE(l, st, "a technical problem is no matter for a model");
	for (size_t i = 0; i < st->rules_n; i++) {
		const struct scenario_rule *r = st->rules[i];
		if (r->input == SCENARIO_ANY || r->input == SCENARIO_SENTIMENT)
			mistake_at(l, l->file, r->path,
				"here the model answers what no word, number, key or intent does");
	}
}

/* ---- one state ---- */

static void check_asks(void *ctx, const struct scenario_step *step)
{
	struct loading *l = ctx;

	if (step->way == SCENARIO_RETRY || step->way == SCENARIO_REPEAT)
		mistake_at(l, l->file, step->path, "this state asks nothing: it does not listen");
}

static void check_state(struct loading *l, const struct scenario_state *st)
{
	struct failing f = {.l = l, .st = st};
	size_t own = 0;
	const struct scenario_rule **rules = MEMORY_ARRAY(
		l->memory, const struct scenario_rule *, st->rules_n);

	if (st->listens && step_ends(st->entry))
		STATE_MISTAKE(l, st, "never listens: it always goes on before");
	if (!state_has_way_out(st))
		STATE_MISTAKE(l, st,
			"has no way out: add 'goto', 'transfer', 'hangup', or rules in 'on'");
	each_step(st->entry, check_step, l);
	each_step(st->entry, check_failure, &f);
	for (size_t i = 0; i < st->rules_n; i++) {
		const struct scenario_rule *r = st->rules[i];
		if (st->listens && l->options.understands)
			check_language(l, st, r);
		if (r->global)
			continue;
		rules[own++] = r;
		each_step(r->step, check_step, l);
		each_step(r->step, check_failure, &f);
		if (r->input == SCENARIO_TOOL_FAILED)
			each_step(r->step, check_failure_answer, l);
		if (!st->listens)
			each_step(r->step, check_asks, l);
		check_keys(l, st, r);
	}
	check_rules(l, rules, own);
	check_models(l, st);
	check_silence(l, st);
}

static void note_resume(void *ctx, const struct scenario_step *step)
{
	bool *found = ctx;

	*found |= step->way == SCENARIO_RESUME;
}

static void check_resume(struct loading *l)
{
	const struct scenario_state *st = l->sc->resume;
	bool found = false;

	for (size_t i = 0; st && i < st->rules_n; i++)
		each_step(st->rules[i]->step, note_resume, &found);
	if (st && !found)
		STATE_MISTAKE(l, st,
			"no rule of it goes on with the call that was cut off: add \"resume\": true");
}

static void check_global(struct loading *l)
{
	const struct scenario *sc = l->sc;
	struct failing f = {.l = l};
	const struct scenario_rule **rules = MEMORY_ARRAY(
		l->memory, const struct scenario_rule *, sc->rules_n);

	for (size_t i = 0; i < sc->rules_n; i++) {
		rules[i] = &sc->rules[i];
		each_step(rules[i]->step, check_step, l);
		each_step(rules[i]->step, check_failure, &f);
		if (rules[i]->input == SCENARIO_TOOL_FAILED)
			each_step(rules[i]->step, check_failure_answer, l);
	}
	check_rules(l, rules, sc->rules_n);
}

void check_states(struct loading *l)
{
	check_global(l);
	for (size_t i = 0; i < l->sc->states_n; i++)
		check_state(l, &l->sc->states[i]);
	check_resume(l);
}
