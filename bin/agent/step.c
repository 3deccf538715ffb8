#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine.h"
#include "text/utf8.h"

void step_do(struct engine *e, const struct scenario_step *step)
{
	if (e->depth == ENGINE_STACK_MAX) {
		log_error("%s: steps within each other are too many", step->path);
		step_problem(e);
		return;
	}
	e->stack[e->depth++] = (struct progress){.step = step};
}

void step_abandon(struct engine *e)
{
	bool waiting = e->waiting;

	e->depth = 0;
	e->waiting = e->entering = false;
	converse_stop(e);
	if (waiting)
		e->port.tool_cancel(e->port.ctx);
}

void step_enter(struct engine *e, const struct scenario_state *st)
{
	const struct scenario_state *from = e->d.state;

	if (e->saved && e->d.saved == SAVED_OFFERED && from && from == e->sc->resume && st != from)
		back_saved(e, false);
	engine_put(
		e, "state", json_pack("{s:s,s:s}", "from", from ? from->name : "", "to", st->name));
	if (st != from) {
		e->d.no_input = e->d.no_match = 0;
		memset(e->d.retries, 0, e->sc->retries_n * sizeof(*e->d.retries));
	}
	converse_stop(e);
	e->d.state = st;
	engine_set(e, "state", json_string(st->name));
	e->d.entry_number = ++e->entries;
	e->d.question_said = e->d.question_heard = false;
	dialogue_forget_entry(&e->d);
	e->entering = true;
	e->listen_due = st->listens;
	e->keys_tried = false;
	e->quiet_since_ms = e->now_ms;
	e->dirty = true;
	e->depth = 0;
	step_do(e, st->entry);
}

void step_problem(struct engine *e)
{
	step_abandon(e);
	if (e->phase == ENGINE_OVER)
		return; /* nobody is there any more */
	if (e->sc->problem && e->d.state != e->sc->problem) {
		step_enter(e, e->sc->problem);
		return;
	}
	log_error("a technical problem in state '%s', and no way out: the call ends",
		e->d.state->name);
	e->phase = ENGINE_LEAVING;
	e->leave_type = "hangup";
	e->leave = json_pack("{s:s}", "cause", "problem");
}

/* The value a scenario gives, new. */
static json_t *value_of(struct engine *e, const struct scenario_value *v)
{
	json_t *value = v->constant
		? json_deep_copy(v->constant)
		: template_value(v->text, e->d.vars, e->sc->language, say_filter, e);

	if (!value)
		e->failed = true;
	return value;
}

static json_t *members_of(struct engine *e, const struct scenario_members *m)
{
	json_t *object = json_object();

	for (size_t i = 0; i < m->n; i++)
		json_object_set_new(object, m->member[i].name, value_of(e, &m->member[i].value));
	return object;
}

/* Whole numbers stay whole. */
static json_t *sum(const json_t *a, const json_t *b)
{
	json_int_t whole;

	if (json_is_integer(b) && !json_is_real(a) &&
		!__builtin_add_overflow(json_integer_value(a), json_integer_value(b), &whole))
		return json_integer(whole);
	return json_real(json_number_value(a) + json_number_value(b));
}

static void do_sets(struct engine *e, const struct scenario_step *step)
{
	for (size_t i = 0; i < step->sets_n; i++) {
		const struct scenario_set *set = &step->sets[i];
		json_t *value = value_of(e, &set->value);

		if (set->add) {
			json_t *new = sum(json_object_get(e->d.vars, set->name), value);

			json_decref(value);
			value = new;
		}
		engine_set(e, set->name, value);
	}
}

/* What one knows of it beside its result. */
static void add_end(json_t *data, const struct tool_end *end)
{
	if (end->code)
		json_object_set_new(data, "code", json_integer(end->code));
	if (end->more)
		json_object_set_new(data, "more", json_true());
}

static void tool_variable(
	struct engine *e, const struct scenario_tool *tool, const struct tool_end *end)
{
	json_t *data = json_pack("{s:s,s:s,s:O?,s:s*}", "name", tool->name, "status",
		tool_status_name(end->status), "result", end->result, "error",
		end->status == TOOL_OK ? NULL : end->why);

	add_end(data, end);
	engine_set(e, "tool", data);
}

static void tool_result(struct engine *e, const struct tool_end *end)
{
	json_t *data = json_pack("{s:s,s:O?,s:s,s:s*,s:I}", "id", end->id, "result", end->result,
		"status", tool_status_name(end->status), "error",
		end->status == TOOL_OK ? NULL : end->why, "ms", (json_int_t)end->ms);

	if (end->late)
		json_object_set_new(data, "late", json_true());
	add_end(data, end);
	engine_put(e, "tool-result", data);
}

/* NULL, and it is counted; or why it may not be called again. */
static const char *count_call(struct engine *e, const struct scenario_tool *tool)
{
	struct tool_count *c = &e->tool_counts[tool->index];
	const char *why;

	if (c->input != e->inputs)
		*c = (struct tool_count){.input = e->inputs, .in_call = c->in_call};
	why = scenario_tool_limit(tool, c->in_turn, c->in_call);
	if (!why) {
		c->in_turn++;
		c->in_call++;
	}
	return why;
}

static bool may_run(struct engine *e, const struct scenario_tool *tool, json_t *given,
	json_t **ret_arguments, char *why)
{
	const char *limit;

	if (scenario_arguments(tool, given, ret_arguments, why, TOOL_WHY_MAX) < 0)
		return false;
	limit = count_call(e, tool);
	if (limit)
		snprintf(why, TOOL_WHY_MAX, "%s", limit);
	return !limit;
}

/* What the tool gives itself, whatever else was given. */
static json_t *with_given(struct engine *e, const struct scenario_tool *tool, json_t *given)
{
	json_t *own, *all;

	if (!tool->given.n || !json_is_object(given))
		return json_incref(given);
	own = members_of(e, &tool->given);
	all = json_copy(given);
	if (json_object_update(all, own) < 0)
		e->failed = true;
	json_decref(own);
	return all;
}

bool step_tool(
	struct engine *e, const struct scenario_tool *tool, json_t *given, char *ret_id, char *why)
{
	const char *call = json_string_value(scenario_lookup(e->d.vars, "call.call"));
	struct tool_end end = {.id = ret_id, .status = TOOL_FAILED, .why = why};
	json_t *arguments = NULL, *all = with_given(e, tool, given);
	bool good, runs = false;
	char key[160];

	snprintf(ret_id, TOOL_ID_MAX, "t%" PRId64, ++e->tool_number);
	snprintf(key, sizeof(key), "%.100s.%s", call ? call : "", ret_id);
	good = may_run(e, tool, all, &arguments, why);
	if (good && tool->effect)
		back_commit(e);
	engine_put(e, "tool-call",
		json_pack("{s:s,s:s,s:O,s:o*}", "id", ret_id, "name", tool->name, "arguments",
			good ? arguments : all, "effect",
			good && tool->effect ? json_true() : NULL));
	if (good)
		runs = e->port.tool(e->port.ctx,
			       &(struct tool_spec){.id = ret_id, .key = key, .tool = tool},
			       arguments) == 0;
	if (good && !runs)
		snprintf(why, TOOL_WHY_MAX, "cannot run '%.100s': %s",
			tool->command ? tool->command[0] : tool->name, strerror(errno));
	json_decref(arguments);
	json_decref(all);
	if (!runs) { /* it could not even be run */
		log_warn("tool '%s': %s", tool->name, why);
		tool_result(e, &end);
		tool_variable(e, tool, &end);
	}
	return runs;
}

static void start_tool(struct engine *e, const struct scenario_step *step)
{
	json_t *given = members_of(e, &step->with);
	char why[TOOL_WHY_MAX];

	e->tool = step->tool;
	e->waiting = step_tool(e, step->tool, given, e->tool_id, why);
	json_decref(given);
	e->wait_since_ms = e->now_ms;
	e->wait_ms = e->sc->wait_after_ms;
}

void engine_tool_done(struct engine *e, const struct tool_end *end)
{
	const struct scenario_tool *tool = reach_tool(e, end->id);

	tool_result(e, end);
	if (end->late)
		reach_tool_late(e, end);
	if (!end->late && tool) {
		if (end->status != TOOL_CANCELLED)
			tool_variable(e, tool, end);
		reach_tool_done(e, end);
		if (end->status != TOOL_CANCELLED) /* who cancels them is at it */
			engine_settle(e);
		return;
	}
	if (!e->waiting || end->late || strcmp(end->id, e->tool_id) != 0)
		return;
	e->waiting = false;
	e->quiet_since_ms = max_i64(
		e->quiet_since_ms, e->now_ms); /* it was not the caller's turn */
	e->dirty = true;
	tool_variable(e, e->tool, end);
	engine_settle(e);
}

/* A tool has ended: its result is saved, or its failure is answered. */
static void tool_ended(struct engine *e, struct progress *p)
{
	const struct scenario_step *step = p->step;
	json_t *tool = json_object_get(e->d.vars, "tool"),
	       *result = json_object_get(tool, "result");
	bool ok = strcmp(json_string_value(json_object_get(tool, "status")), "ok") == 0;
	const struct scenario_rule *rule;

	p->at = PROGRESS_BRANCHES;
	if (!ok && step->tool->failure) {
		ok = true;
		result = step->tool->failure;
	}
	if (ok) {
		if (step->save)
			engine_set(e, step->save, json_deep_copy(result ? result : json_null()));
	} else if (step->failed) {
		step_do(e, step->failed);
	} else if ((rule = answer_tool_failed(e, step->tool->name))) {
		step_do(e, rule->step);
	} else {
		step_problem(e);
	}
}

static const struct scenario_step *branch_of(struct engine *e, const struct scenario_step *step)
{
	for (size_t i = 0; i < step->branches_n; i++) {
		const struct scenario_branch *b = &step->branches[i];

		if (!b->when || condition_eval(b->when, e->d.vars))
			return b->step;
	}
	return NULL;
}

#define FOR_TRANSFER_MAX 2000 /* bytes of reason or summary: an event has to fit into a header */

static char *expand(struct engine *e, const struct template *t)
{
	struct dynbuf b;
	char *text = NULL;

	if (!t)
		return NULL;
	dynbuf_init(&b, TEMPLATE_RESULT_MAX);
	if (template_expand(t, e->d.vars, e->sc->language, say_filter, e, &b) < 0)
		log_warn("a text of state '%s' is longer than %d bytes: cut", e->d.state->name,
			TEMPLATE_RESULT_MAX);
	text = strndup(b.p, utf8_cut(b.p, b.n, FOR_TRANSFER_MAX));
	dynbuf_free(&b);
	return text;
}

void step_transfer(struct engine *e, const char *to, const char *reason)
{
	e->depth = 0;
	e->phase = ENGINE_LEAVING;
	e->leave_type = "transfer";
	e->leave = json_pack("{s:s,s:s*}", "to", to, "reason", reason[0] ? reason : NULL);
}

static void transfer(struct engine *e, const struct scenario_step *step)
{
	char *reason = expand(e, step->reason), *summary = expand(e, step->summary);

	e->phase = ENGINE_LEAVING;
	e->leave_type = "transfer";
	e->leave = json_pack(
		"{s:s,s:s*,s:s*}", "to", step->to, "reason", reason, "summary", summary);
	free(reason);
	free(summary);
}

static void retry(struct engine *e, const struct scenario_step *step)
{
	if (++e->d.retries[step->retry_index] > step->retry_max)
		step_enter(e, step->target);
	else
		say_again(e);
}

static void resume(struct engine *e)
{
	json_t *vars = json_object_get(e->saved, "variables"), *value;
	json_t *result = json_object_get(e->saved, "result");
	const char *name = json_string_value(json_object_get(e->saved, "state")), *key;
	const struct scenario_state *st = name ? scenario_state_find(e->sc, name) : NULL;

	if (!st || e->d.saved != SAVED_OFFERED) {
		step_enter(e, e->sc->start);
		return;
	}
	json_object_foreach(vars, key, value) {
		engine_set(e, key, json_incref(value));
	}
	if (json_object_size(result)) /* they are those of this call, too */
		engine_result(e, json_incref(result));
	converse_recall(e, json_object_get(e->saved, "talk"));
	back_saved(e, true);
	step_enter(e, st);
}

static void take_way(struct engine *e, const struct scenario_step *step)
{
	e->depth = 0;
	if (e->phase == ENGINE_OVER)
		return; /* nobody is there any more */
	switch (step->way) {
	case SCENARIO_STAY:
		break;
	case SCENARIO_GOTO:
		step_enter(e, step->target);
		break;
	case SCENARIO_RETRY:
		retry(e, step);
		break;
	case SCENARIO_REPEAT:
		say_entry(e);
		break;
	case SCENARIO_RESUME:
		resume(e);
		break;
	case SCENARIO_TRANSFER:
		transfer(e, step);
		break;
	case SCENARIO_END:
		e->phase = ENGINE_LEAVING;
		e->leave_type = "hangup";
		e->leave = json_pack("{s:s*}", "cause", step->cause);
		break;
	}
}

/* Do what is next of a step, and move on. */
static void advance(struct engine *e, struct progress *p)
{
	const struct scenario_step *step = p->step, *branch;

	switch (p->at) {
	case PROGRESS_SETS:
		do_sets(e, step);
		p->at = PROGRESS_TOOL;
		break;
	case PROGRESS_TOOL:
		p->at = step->tool ? PROGRESS_TOOL_ENDED : PROGRESS_BRANCHES;
		if (step->tool && e->phase == ENGINE_OVER && !e->last_work)
			e->depth = 0;
		else if (step->tool)
			start_tool(e, step);
		break;
	case PROGRESS_TOOL_ENDED:
		tool_ended(e, p);
		break;
	case PROGRESS_BRANCHES:
		p->at = PROGRESS_SAYS;
		branch = branch_of(e, step);
		if (branch)
			step_do(e, branch);
		break;
	case PROGRESS_SAYS:
		p->at = PROGRESS_RESULTS;
		say_all(e, &step->says);
		break;
	case PROGRESS_RESULTS:
		p->at = PROGRESS_STEPS;
		if (step->results.n)
			engine_result(e, members_of(e, &step->results));
		break;
	case PROGRESS_STEPS:
		if (p->i < step->steps_n)
			step_do(e, step->steps[p->i++]);
		else
			p->at = PROGRESS_WAY;
		break;
	case PROGRESS_WAY:
		if (step->way == SCENARIO_STAY)
			e->depth--;
		else
			take_way(e, step);
		break;
	}
}

void step_run(struct engine *e)
{
	while (e->depth > 0 && !e->waiting && !e->failed) {
		if (++e->chain > ENGINE_CHAIN_MAX) {
			log_error("state '%s': steps go in a circle", e->d.state->name);
			e->chain = 0;
			step_problem(e);
			return;
		}
		advance(e, &e->stack[e->depth - 1]);
	}
	if (e->depth > 0)
		return;
	if (e->entering && e->phase == ENGINE_TALKING && e->d.state->llm && !e->d.entry_n)
		converse_begin(e); /* nobody else has said anything */
	e->entering = false;
}
