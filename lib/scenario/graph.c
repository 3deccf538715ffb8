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

void each_next(const struct scenario *sc, const struct scenario_state *st, bool silently,
	void (*fn)(void *ctx, const struct scenario_state *next), void *ctx)
{
	struct next n = {.sc = sc, .st = st, .fn = fn, .ctx = ctx};
	bool fails = false;

	each_step(st->entry, step_targets, &n);
	each_step(st->entry, note_failure, &fails);
	for (size_t i = 0; i < st->rules_n; i++) {
		if (!silently || (fails && st->rules[i]->input == SCENARIO_TOOL_FAILED))
			each_step(st->rules[i]->step, step_targets, &n);
	}
	for (size_t i = 0; !silently && st->llm && i < st->llm->exits_n; i++) {
		if (st->llm->exits[i].target)
			fn(ctx, st->llm->exits[i].target);
	}
}

static void note_end(void *ctx, const struct scenario_step *step)
{
	bool *found = ctx;

	*found |= step->way == SCENARIO_END || step->way == SCENARIO_TRANSFER ||
		step->way == SCENARIO_RESUME;
}

bool state_can_end(const struct scenario_state *st)
{
	bool found = false;

	each_step(st->entry, note_end, &found);
	for (size_t i = 0; i < st->rules_n; i++)
		each_step(st->rules[i]->step, note_end, &found);
	return found;
}
