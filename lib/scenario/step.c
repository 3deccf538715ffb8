/* What is done: on entry to a state, in answer to an input, in a branch of it. */
#include <string.h>

#include "scenario/load.h"

const char *const step_keys[] = {"set", "add", "tool", "with", "save", "failed", "if", "say",
	"play", "result", "do", "goto", "retry", "then", "repeat", "resume", "transfer", "hangup",
	NULL};

const struct scenario_state *as_state(struct loading *l, const struct where *at, json_t *v)
{
	const char *name = as_string(l, at, v);
	int near, i = name ? names_find(l, &l->states, at, name, &near) : -1;

	if (name && i < 0)
		i = near; /* so that it does not seem that nothing leads there */
	if (i < 0)
		l->dangling = true;
	return i < 0 ? NULL : &l->sc->states[i];
}

static struct scenario_value as_value(struct loading *l, const struct where *at, json_t *v)
{
	if (json_is_string(v) && strstr(json_string_value(v), "{{"))
		return (struct scenario_value){.text = as_template(l, at, v)};
	(void)is_plain(l, at, v);
	return (struct scenario_value){.constant = v};
}

struct scenario_members read_members(
	struct loading *l, const struct where *at, json_t *object, const char *key)
{
	json_t *members = json_object_get(object, key), *v;
	struct scenario_members list = {0};
	const char *name;

	at = MEMBER(at, key);
	if (!members || !is_object(l, at, members, SCENARIO_LIST_MAX))
		return list;
	list.member = MEMORY_ARRAY(l->memory, struct scenario_member, json_object_size(members));
	json_object_foreach(members, name, v) {
		struct scenario_value value = as_value(l, MEMBER(at, name), v);
		list.member[list.n++] = (struct scenario_member){.name = name, .value = value};
	}
	return list;
}

const struct scenario_member *members_find(const struct scenario_members *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->member[i].name, name) == 0)
			return &m->member[i];
	return NULL;
}

static void read_sets(struct loading *l, const struct where *at, json_t *object, const char *key,
	struct scenario_step *step)
{
	struct scenario_members list = read_members(l, at, object, key);
	bool add = strcmp(key, "add") == 0;

	at = MEMBER(at, key);
	for (size_t i = 0; i < list.n; i++) {
		struct scenario_member *m = &list.member[i];
		if (add && !json_is_number(m->value.constant))
			mistake(l, MEMBER(at, m->name), "has to be a number");
		set_variable(l, MEMBER(at, m->name), m->name);
		step->sets[step->sets_n++] = (struct scenario_set){
			.name = m->name, .add = add, .value = m->value};
	}
}

static void load_sets(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	size_t n = json_object_size(json_object_get(v, "set")) +
		json_object_size(json_object_get(v, "add"));

	step->sets = MEMORY_ARRAY(l->memory, struct scenario_set, n);
	read_sets(l, at, v, "set", step);
	read_sets(l, at, v, "add", step);
}

/* What can be known of the arguments before the call. */
static void check_with(struct loading *l, const struct where *at, const struct scenario_tool *tool,
	struct scenario_members with)
{
	char why[200];

	for (size_t i = 0; i < with.n; i++) {
		struct scenario_member *m = &with.member[i];
		const struct scenario_argument *a = find_argument(
			l, MEMBER(at, m->name), tool, m->name);
		if (a && m->value.constant &&
			scenario_argument_check(a, m->value.constant, NULL, why, sizeof(why)) < 0)
			mistake(l, MEMBER(at, m->name), "%s", why);
		if (members_find(&tool->given, m->name))
			mistake(l, MEMBER(at, m->name), "the tool '%s' gives it itself",
				tool->name);
	}
	for (size_t i = 0; i < tool->arguments_n; i++) {
		const char *name = tool->arguments[i].name;
		if (tool->arguments[i].required && !members_find(&with, name) &&
			!members_find(&tool->given, name))
			mistake(l, at, "the tool '%s' needs the argument '%s'", tool->name,
				tool->arguments[i].name);
	}
}

static void load_tool_call(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	static const char *const of_tool[] = {"with", "save", "failed"};
	const char *name = read_string(l, at, v, "tool");
	json_t *failed = json_object_get(v, "failed");
	int i;

	if (!json_object_get(v, "tool")) {
		for (size_t k = 0; k < ARRAY_LEN(of_tool); k++) {
			if (json_object_get(v, of_tool[k]))
				mistake(l, MEMBER(at, of_tool[k]), "there is no 'tool' here");
		}
	}
	i = name ? names_find(l, &l->tools, MEMBER(at, "tool"), name, NULL) : -1;
	step->tool = i < 0 ? NULL : &l->sc->tools[i];
	step->with = read_members(l, at, v, "with");
	if (step->tool && l->place == STEP_HUNG_UP && !step->tool->effect)
		mistake(l, MEMBER(at, "tool"),
			"the caller has left: only a tool with an 'effect' is of use then");
	if (step->tool)
		check_with(l, MEMBER(at, "with"), step->tool, step->with);
	step->save = read_string(l, at, v, "save");
	if (step->save)
		set_variable(l, MEMBER(at, "save"), step->save);
	if (failed && step->tool && step->tool->failure)
		mistake(l, MEMBER(at, "failed"), "the tool '%s' cannot fail: it has a 'failure'",
			step->tool->name);
	if (failed && is_object(l, MEMBER(at, "failed"), failed, SIZE_MAX)) {
		read_keys(l, MEMBER(at, "failed"), failed, step_keys, NULL);
		step->failed = load_step(l, MEMBER(at, "failed"), failed);
	}
}

static struct scenario_branch load_branch(
	struct loading *l, const struct where *at, json_t *v, bool last)
{
	static const char *const keys[] = {"when", "else", NULL};
	json_t *when = json_object_get(v, "when");
	struct scenario_branch branch = {0};

	if (!is_object(l, at, v, SIZE_MAX))
		return branch;
	read_keys(l, at, v, keys, step_keys);
	if (when && json_object_get(v, "else"))
		mistake(l, at, "has 'when' and 'else'");
	else if (!when && !json_object_get(v, "else"))
		mistake(l, at, "has no 'when' and no 'else'");
	if (when)
		branch.when = as_condition(l, MEMBER(at, "when"), when);
	else if (read_true(l, at, v, "else") && !last)
		mistake(l, at, "is not the last: what stands behind 'else' is never done");
	branch.step = load_step(l, at, v);
	return branch;
}

static void load_if(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	if (json_is_object(v)) {
		step->branches = memory_get(l->memory, sizeof(*step->branches));
		step->branches[0] = load_branch(l, at, v, true);
		step->branches_n = 1;
		return;
	}
	if (!is_array(l, at, v))
		return;
	step->branches_n = json_array_size(v);
	step->branches = MEMORY_ARRAY(l->memory, struct scenario_branch, step->branches_n);
	for (size_t i = 0; i < step->branches_n; i++)
		step->branches[i] = load_branch(
			l, ITEM(at, i), json_array_get(v, i), i + 1 == step->branches_n);
}

static void load_do(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	if (!is_array(l, at, v))
		return;
	step->steps = MEMORY_ARRAY(l->memory, const struct scenario_step *, json_array_size(v));
	for (size_t i = 0; i < json_array_size(v); i++) {
		json_t *item = json_array_get(v, i);
		if (!is_object(l, ITEM(at, i), item, SIZE_MAX))
			continue;
		read_keys(l, ITEM(at, i), item, step_keys, NULL);
		step->steps[step->steps_n++] = load_step(l, ITEM(at, i), item);
	}
}

static void check_result(struct loading *l, const struct where *at, struct scenario_member *m)
{
	static const struct {
		const char *name;
		json_type type;
		const char *what;
	} known[] = {{"disposition", JSON_STRING, "a string"}, {"slot", JSON_STRING, "a string"},
		{"interested", JSON_TRUE, "true or false"},
		{"opt_out", JSON_TRUE, "true or false"}};
	json_t *v = m->value.constant;

	if (!variable_valid(m->name))
		mistake(l, at, "'%s' is no name of a result", m->name);
	for (size_t i = 0; v && i < ARRAY_LEN(known); i++) {
		bool same = json_is_boolean(v) ? known[i].type == JSON_TRUE
					       : known[i].type == json_typeof(v);
		if (strcmp(known[i].name, m->name) == 0 && !same)
			mistake(l, at, "has to be %s", known[i].what);
	}
}

static void load_results(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	step->results = read_members(l, at, v, "result");
	for (size_t i = 0; i < step->results.n; i++) {
		struct scenario_member *m = &step->results.member[i];
		check_result(l, MEMBER(MEMBER(at, "result"), m->name), m);
	}
}

static const struct template *read_template(
	struct loading *l, const struct where *at, json_t *object, const char *key)
{
	json_t *v = json_object_get(object, key);

	return v ? as_template(l, MEMBER(at, key), v) : NULL;
}

static void load_transfer(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	static const char *const keys[] = {"to", "reason", "summary", NULL};
	const char *to = json_string_value(v);

	step->way = SCENARIO_TRANSFER;
	if (!to) {
		if (!is_object(l, at, v, SIZE_MAX))
			return;
		read_keys(l, at, v, keys, NULL);
		step->reason = read_template(l, at, v, "reason");
		step->summary = read_template(l, at, v, "summary");
		to = read_string(l, at, v, "to");
		if (!json_object_get(v, "to"))
			mistake(l, at, "'to' is missing");
	}
	if (to &&
		names_find(l, &l->destinations, json_is_string(v) ? at : MEMBER(at, "to"), to,
			NULL) >= 0)
		step->to = to;
}

static void load_retry(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	json_t *then = json_object_get(v, "then");

	step->way = SCENARIO_RETRY;
	step->retry_max = read_int(l, at, v, "retry", 1, 100, 1);
	step->retry_index = l->sc->retries_n++;
	if (then)
		step->target = as_state(l, MEMBER(at, "then"), then);
	else
		mistake(l, at, "'retry' without 'then'");
}

static void load_hangup(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	step->way = SCENARIO_END;
	if (json_is_string(v))
		step->cause = is_plain(l, at, v) ? as_string(l, at, v) : NULL;
	else if (!json_is_true(v))
		mistake(l, at, "has to be true, or a word that says why");
}

/* The keys of ways out, and where they are possible. */
static const struct {
	const char *key;
	bool entry; /* not in rules only */
} ways[] = {{"goto", true}, {"retry", false}, {"repeat", false}, {"resume", false},
	{"transfer", true}, {"hangup", true}};

/* The key of the way out; NULL: none. */
static const char *find_way(struct loading *l, const struct where *at, json_t *v)
{
	const char *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (!json_object_get(v, ways[i].key))
			continue;
		if (found) {
			mistake(l, at, "two ways out: '%s' and '%s'", found, ways[i].key);
			continue;
		}
		found = ways[i].key;
		if (l->place == STEP_ENTRY && !ways[i].entry) {
			mistake(l, MEMBER(at, found),
				"is for rules only: nobody has been asked yet");
			l->dangling = true;
		}
	}
	if (json_object_get(v, "then") && !json_object_get(v, "retry"))
		mistake(l, MEMBER(at, "then"), "there is no 'retry' here");
	return found;
}

static void load_way(
	struct loading *l, const struct where *at, json_t *v, struct scenario_step *step)
{
	const char *key = find_way(l, at, v);
	json_t *way = key ? json_object_get(v, key) : NULL;
	const struct where *there = MEMBER(at, key);

	if (!key)
		return;
	if (strcmp(key, "goto") == 0) {
		step->way = SCENARIO_GOTO;
		step->target = as_state(l, there, way);
	} else if (strcmp(key, "retry") == 0) {
		load_retry(l, at, v, step);
	} else if (strcmp(key, "transfer") == 0) {
		load_transfer(l, there, way, step);
	} else if (strcmp(key, "hangup") == 0) {
		load_hangup(l, there, way, step);
	} else if (read_true(l, at, v, key)) {
		step->way = strcmp(key, "repeat") == 0 ? SCENARIO_REPEAT : SCENARIO_RESUME;
	}
	if (step->way == SCENARIO_RESUME && (!l->state || l->state != l->sc->resume))
		mistake(l, there, "is for the state that 'resume' of the scenario names");
}

/* When the caller has left, nothing is said and nothing decided; there may be last work. */
static void check_hung_up(struct loading *l, const struct where *at, json_t *v)
{
	static const char *const keys[] = {
		"say", "play", "goto", "retry", "repeat", "resume", "transfer", "hangup"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (json_object_get(v, keys[i]))
			mistake(l, MEMBER(at, keys[i]), "the caller has left");
	}
}

const struct scenario_step *load_step(struct loading *l, const struct where *at, json_t *v)
{
	struct scenario_step *step = memory_get(l->memory, sizeof(*step));
	bool interruptible = l->manner.interruptible;
	json_t *branches = json_object_get(v, "if"), *steps = json_object_get(v, "do");

	step->path = where_path(l, at);
	if (l->depth == SCENARIO_DEPTH_MAX) {
		mistake(l, at, "more than %d steps within each other", SCENARIO_DEPTH_MAX);
		return step;
	}
	l->depth++;
	if (l->place == STEP_HUNG_UP)
		check_hung_up(l, at, v);
	load_sets(l, at, v, step);
	load_tool_call(l, at, v, step);
	if (branches)
		load_if(l, MEMBER(at, "if"), branches, step);
	if (json_object_get(v, "transfer") || json_object_get(v, "hangup"))
		l->manner.interruptible = false; /* a farewell is heard to its end */
	step->says = read_says(l, at, v);
	l->manner.interruptible = interruptible;
	load_results(l, at, v, step);
	if (steps)
		load_do(l, MEMBER(at, "do"), steps, step);
	load_way(l, at, v, step);
	l->depth--;
	return step;
}
