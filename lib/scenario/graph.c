#include "scenario/graph.h"

#include <string.h>

void each_step(const struct scenario_step *step,
	void (*fn)(void *ctx, const struct scenario_step *step), void *ctx)
{
	if (!step)
		return;
	fn(ctx, step);
	each_step(step->failed, fn, ctx);
	for (size_t i = 0; i < step->branches_n; i++)
		each_step(step->branches[i].step, fn, ctx);
	for (size_t i = 0; i < step->steps_n; i++)
		each_step(step->steps[i], fn, ctx);
}

/* Every branch does, and there is one for every case. */
static bool branches_all(const struct scenario_step *step, const struct scenario_state *st,
	bool (*does)(const struct scenario_step *step, const struct scenario_state *st))
{
	bool otherwise = false;

	for (size_t i = 0; i < step->branches_n; i++) {
		if (!step->branches[i].step || !does(step->branches[i].step, st))
			return false;
		otherwise |= !step->branches[i].when;
	}
	return otherwise;
}

static bool ends(const struct scenario_step *step, const struct scenario_state *st)
{
	if (step->way != SCENARIO_STAY || branches_all(step, st, ends))
		return true;
	for (size_t i = 0; i < step->steps_n; i++) {
		if (ends(step->steps[i], st))
			return true;
	}
	return false;
}

bool step_ends(const struct scenario_step *step)
{
	return ends(step, NULL);
}

/* What is done first decides: a step in `do` that ends without leaving is the end of it. */
bool step_leaves(const struct scenario_step *step, const struct scenario_state *st)
{
	if (branches_all(step, st, ends))
		return branches_all(step, st, step_leaves);
	for (size_t i = 0; i < step->steps_n; i++) {
		if (ends(step->steps[i], st))
			return step_leaves(step->steps[i], st);
	}
	switch (step->way) {
	case SCENARIO_STAY:
	case SCENARIO_REPEAT:
		return false;
	case SCENARIO_GOTO:
	case SCENARIO_RETRY:
		return step->target != st;
	default:
		return true;
	}
}

bool step_can_fail(const struct scenario_step *step)
{
	return step->tool && !step->tool->failure && !step->failed;
}

const struct scenario_rule *failure_rule(
	const struct scenario_state *st, const struct scenario_tool *tool)
{
	const struct scenario_rule *r = NULL;

	while ((r = scenario_next_rule(st, SCENARIO_BIT(SCENARIO_TOOL_FAILED), r))) {
		size_t i = 0;
		while (i < r->words.n && strcmp(r->words.word[i], tool->name) != 0)
			i++;
		if (!r->when && (!r->words.n || i < r->words.n))
			return r;
	}
	return NULL;
}

bool state_has_way_out(const struct scenario_state *st)
{
	return st->listens || step_ends(st->entry);
}

struct next {
	const struct scenario *sc;
	const struct scenario_state *st;
	void (*fn)(void *ctx, const struct scenario_state *next);
	void *ctx;
};

static void step_targets(void *ctx, const struct scenario_step *step)
{
	const struct next *n = ctx;

	if (step->target)
		n->fn(n->ctx, step->target);
	if (step_can_fail(step) && n->sc->problem && !failure_rule(n->st, step->tool))
		n->fn(n->ctx, n->sc->problem);
}

static void note_failure(void *ctx, const struct scenario_step *step)
{
	bool *fails = ctx;

	*fails |= step_can_fail(step);
}

static bool answers_any(const struct scenario_state *st)
{
	for (size_t i = 0; i < st->rules_n; i++) {
		if (st->rules[i]->input == SCENARIO_ANY && !st->rules[i]->when)
			return true;
	}
	return false;
}

/* Rules of one input stand in the order of falling counts; of those with the same count the first is done. */
const struct scenario_rule *leading_rule(const struct scenario_state *st, enum follow how)
{
	enum scenario_input input = SCENARIO_NO_INPUT;
	const struct scenario_rule *leading = NULL, *last = NULL;

	if (how == FOLLOW_NONSENSE)
		input = answers_any(st) ? SCENARIO_ANY : SCENARIO_NO_MATCH;
	for (size_t i = 0; i < st->rules_n; i++) {
		const struct scenario_rule *r = st->rules[i];
		if (r->input != input || r->when || (last && last->min == r->min))
			continue;
		last = r;
		if (step_leaves(r->step, st))
			leading = r;
	}
	return leading;
}

/* Does fn to all steps that are done on these ways. */
static void each_followed(const struct scenario_state *st, enum follow how,
	void (*fn)(void *ctx, const struct scenario_step *step), void *ctx)
{
	const struct scenario_rule *leading;
	bool fails = false;

	each_step(st->entry, fn, ctx);
	each_step(st->entry, note_failure, &fails);
	for (size_t i = 0; i < st->rules_n; i++) {
		if (how == FOLLOW_ALL || (fails && st->rules[i]->input == SCENARIO_TOOL_FAILED))
			each_step(st->rules[i]->step, fn, ctx);
	}
	if ((how == FOLLOW_SILENCE || how == FOLLOW_NONSENSE) && st->listens) {
		leading = leading_rule(st, how);
		each_step(leading ? leading->step : NULL, fn, ctx);
	}
}

void each_next(const struct scenario *sc, const struct scenario_state *st, enum follow how,
	void (*fn)(void *ctx, const struct scenario_state *next), void *ctx)
{
	struct next n = {.sc = sc, .st = st, .fn = fn, .ctx = ctx};

	each_followed(st, how, step_targets, &n);
	if (how != FOLLOW_ALL || !st->llm)
		return;
	for (size_t i = 0; i < st->llm->exits_n; i++) {
		if (st->llm->exits[i].target)
			fn(ctx, st->llm->exits[i].target);
	}
	if (sc->problem)
		fn(ctx, sc->problem);
}

static void note_end(void *ctx, const struct scenario_step *step)
{
	bool *found = ctx;

	*found |= step->way == SCENARIO_END || step->way == SCENARIO_TRANSFER ||
		step->way == SCENARIO_RESUME;
}

bool state_can_end(const struct scenario_state *st, enum follow how)
{
	bool found = false;

	each_followed(st, how, note_end, &found);
	return found || (how == FOLLOW_ALL && st->llm && st->llm->destinations_n);
}
