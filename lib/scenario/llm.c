/* Models: what a state tells one, and what it may do. */
#include <stdlib.h>
#include <string.h>

#include "scenario/load.h"

#define TOOLS_PER_TURN 8
#define TOOLS_PER_CALL 64
#define WEIGHT_MAX 1000
#define TOOLS_MAX 60 /* of a state; vendors take so many */

static void load_exits(
	struct loading *l, const struct where *at, json_t *v, struct scenario_llm *llm)
{
	static const char *const keys[] = {"goto", "description", NULL};
	const char *name;
	json_t *target;

	if (!v || !is_object(l, at, v, SCENARIO_LIST_MAX))
		return;
	llm->exits = MEMORY_ARRAY(l->memory, struct scenario_exit, json_object_size(v));
	json_object_foreach(v, name, target) {
		const struct where *there = MEMBER(at, name);
		struct scenario_exit *e = &llm->exits[llm->exits_n++];

		*e = (struct scenario_exit){.name = name};
		if (!name_valid(name))
			mistake(l, there, "a name is 1 to 64 letters, digits, '_' or '-'");
		if (!json_is_object(target)) {
			e->target = as_state(l, there, target);
			continue;
		}
		read_keys(l, there, target, keys, NULL);
		e->description = read_string(l, there, target, "description");
		if (json_object_get(target, "goto"))
			e->target = as_state(
				l, MEMBER(there, "goto"), json_object_get(target, "goto"));
		else
			mistake(l, there, "'goto' is missing");
	}
}

/* By these it says what it wants of us. */
static bool is_own(const char *name)
{
	return strcmp(name, "leave") == 0 || strcmp(name, "transfer") == 0 ||
		strcmp(name, "goal") == 0;
}

static void load_llm_tools(
	struct loading *l, const struct where *at, json_t *v, struct scenario_llm *llm)
{
	struct scenario_words names = as_words(l, at, v);

	if (names.n > TOOLS_MAX) {
		mistake(l, at, "more than %d tools", TOOLS_MAX);
		return;
	}
	llm->tools = MEMORY_ARRAY(l->memory, const struct scenario_tool *, names.n);
	for (size_t i = 0; i < names.n; i++) {
		int k = names_find(
			l, &l->tools, json_is_array(v) ? ITEM(at, i) : at, names.word[i], NULL);
		if (is_own(names.word[i]))
			mistake(l, at, "the model has a tool of its own that is called '%s'",
				names.word[i]);
		if (k >= 0)
			llm->tools[llm->tools_n++] = &l->sc->tools[k];
	}
}

static void load_llm_destinations(
	struct loading *l, const struct where *at, json_t *v, struct scenario_llm *llm)
{
	struct scenario_words names = as_words(l, at, v);

	llm->destinations = MEMORY_ARRAY(l->memory, const struct scenario_destination *, names.n);
	for (size_t i = 0; i < names.n; i++) {
		int k = names_find(l, &l->destinations, json_is_array(v) ? ITEM(at, i) : at,
			names.word[i], NULL);
		if (k >= 0)
			llm->destinations[llm->destinations_n++] = &l->sc->destinations[k];
	}
}

/* ---- prompts ---- */

/* The text of a file, as long as the scenario lives; NULL: it has been said what is wrong. */
static const char *read_prompt(struct loading *l, const struct where *at, const char *path)
{
	char *text = read_text(l, at, path, TEMPLATE_MAX);
	const char *kept = text ? memory_format(l->memory, "%s", text) : NULL;

	if (kept && !kept[strspn(kept, " \t\r\n")])
		mistake(l, at, "'%s' is empty", path);
	free(text);
	return kept;
}

/* "prompts/kind.md" is called kind, if nothing else is said. */
static const char *name_of_file(struct loading *l, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path,
		   *dot = strrchr(base, '.');

	return memory_format(l->memory, "%.*s", (int)(dot && dot > base ? dot - base : 64), base);
}

static void load_prompt_file(
	struct loading *l, const struct where *at, const char *name, struct scenario_prompt *p)
{
	size_t before = l->m->n;
	const char *file = l->file, *text;

	p->file = as_file(l, at, name);
	if (!p->file || l->m->n > before)
		return;
	text = read_prompt(l, at, p->file);
	if (!text)
		return;
	l->file = p->file; /* what is wrong in it is told of it */
	p->text = text_template(l, NULL, text);
	l->file = file;
	if (!p->name)
		p->name = name_of_file(l, p->file);
	if (!name_valid(p->name))
		mistake(l, at, "'%s' is no name: give it one in 'name'", p->name);
}

static void load_prompt(
	struct loading *l, const struct where *at, json_t *v, struct scenario_prompt *p)
{
	static const char *const keys[] = {"prompt", "name", "weight", NULL};

	p->weight = 1;
	if (!json_is_object(v)) {
		load_prompt_file(l, at, as_string(l, at, v), p);
		return;
	}
	read_keys(l, at, v, keys, NULL);
	p->name = read_string(l, at, v, "name");
	p->weight = read_int(l, at, v, "weight", 1, WEIGHT_MAX, 1);
	if (!json_object_get(v, "prompt"))
		mistake(l, at, "'prompt' is missing");
	else
		load_prompt_file(l, MEMBER(at, "prompt"), read_string(l, at, v, "prompt"), p);
}

static void load_prompts(
	struct loading *l, const struct where *at, json_t *v, struct scenario_llm *llm)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 1;

	if (json_is_array(v) && !is_array(l, at, v))
		return;
	llm->prompts = MEMORY_ARRAY(l->memory, struct scenario_prompt, n);
	for (size_t i = 0; i < n; i++) {
		struct scenario_prompt *p = &llm->prompts[llm->prompts_n++];
		const struct where *there = json_is_array(v) ? ITEM(at, i) : at;

		load_prompt(l, there, json_is_array(v) ? json_array_get(v, i) : v, p);
		for (size_t k = 0; k < i && p->name; k++) {
			const char *other = llm->prompts[k].name;
			if (other && strcmp(other, p->name) == 0)
				mistake(l, there, "another is called '%s' too", p->name);
		}
	}
}

void load_llm(struct loading *l, const struct where *at, json_t *v, struct scenario_state *st)
{
	static const char *const parts[] = {"goals", "exits", "tools", "destinations"};
	json_t *prompt = json_object_get(v, "llm"), *goals = json_object_get(v, "goals"),
	       *tools = json_object_get(v, "tools"), *to = json_object_get(v, "destinations");
	struct scenario_llm *llm;

	for (size_t i = 0; !prompt && i < ARRAY_LEN(parts); i++) {
		if (json_object_get(v, parts[i]))
			mistake(l, MEMBER(at, parts[i]), "there is no 'llm' here");
	}
	if (!prompt)
		return;
	llm = memory_get(l->memory, sizeof(*llm));
	*llm = (struct scenario_llm){.language = l->manner.language,
		.voice = l->manner.voice,
		.interruptible = l->manner.interruptible};
	load_prompts(l, MEMBER(at, "llm"), prompt, llm);
	if (goals)
		llm->goals = as_words(l, MEMBER(at, "goals"), goals);
	load_exits(l, MEMBER(at, "exits"), json_object_get(v, "exits"), llm);
	if (tools)
		load_llm_tools(l, MEMBER(at, "tools"), tools, llm);
	if (to)
		load_llm_destinations(l, MEMBER(at, "destinations"), to, llm);
	if (!json_object_get(v, "exits"))
		mistake(l, at, "'llm' without 'exits'");
	st->llm = llm;
	st->listens = true;
}

static bool asks_intent(const struct scenario_state *st)
{
	for (size_t i = 0; i < st->rules_n; i++) {
		if (st->rules[i]->intents_n)
			return true;
	}
	return false;
}

void load_classify(struct loading *l, const struct where *at, json_t *v, struct scenario_state *st)
{
	bool can = st->listens && !st->llm && asks_intent(st);

	st->classify = read_bool(l, at, v, "classify", l->sc->classify && can);
	if (st->classify && !can)
		mistake(l, MEMBER(at, "classify"), "is for a state with rules for intents");
}

void load_limits(struct loading *l, const struct where *at, json_t *v)
{
	static const char *const keys[] = {"tools_per_turn", "tools_per_call", NULL};

	l->sc->tools_per_turn = TOOLS_PER_TURN;
	l->sc->tools_per_call = TOOLS_PER_CALL;
	if (!v || !is_object(l, at, v, SIZE_MAX))
		return;
	read_keys(l, at, v, keys, NULL);
	l->sc->tools_per_turn = read_int(l, at, v, "tools_per_turn", 1, 100, TOOLS_PER_TURN);
	l->sc->tools_per_call = read_int(l, at, v, "tools_per_call", 1, 10000, TOOLS_PER_CALL);
}
