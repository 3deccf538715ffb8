/* Names that are used but not there, and names that are there but not used. */
#include <string.h>

#include "scenario/load.h"

/* Members of the agent's own variables; "*": any. */
static const struct {
	const char *name;
	const char *members[12];
} own[] = {
	{"heard",
		{"text", "digits", "key", "by", "language", "sentiment", "confidence", "intent",
			"match", "groups", "no_input", "no_match"}},
	{"call", {"call", "uuid", "from", "to", "campaign", "accepted_at", "service", "vars"}},
	{"tool", {"name", "status", "error", "result", "code", "more"}},
	{"result", {"*"}},
	{"amd", {"verdict", "kind", "confidence", "message", "text"}},
	{"state", {NULL}},
};

static void check_member(struct loading *l, const struct use *u, size_t root)
{
	const char *rest = strchr(u->variable, '.');
	struct nearest near = {0};
	char member[CONDITION_PATH_MAX + 1];

	if (!rest)
		return;
	size_t n = strcspn(++rest, ".");
	memcpy(member, rest, n);
	member[n] = '\0';
	near.name = member;
	for (size_t i = 0; i < ARRAY_LEN(own[0].members) && own[root].members[i]; i++) {
		if (strcmp(own[root].members[i], "*") == 0 ||
			strcmp(own[root].members[i], member) == 0)
			return;
		nearest_try(&near, own[root].members[i]);
	}
	mistake_at(l, u->file, u->place, "'%s' has no '%s'%s", own[root].name, member,
		nearest_text(l, &near));
}

static void check_use(struct loading *l, const struct use *u)
{
	char root[CONDITION_PATH_MAX + 1];
	struct nearest near = {.name = root};
	const char *name;
	json_t *v;
	size_t n = strcspn(u->variable, ".");

	memcpy(root, u->variable, n);
	root[n] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		if (strcmp(own[i].name, root) == 0) {
			check_member(l, u, i);
			return;
		}
		nearest_try(&near, own[i].name);
	}
	if (json_object_get(l->set, root))
		return;
	json_object_foreach(l->set, name, v)
		nearest_try(&near, name);
	mistake_at(l, u->file, u->place, "the variable '%s' is never set%s", root,
		nearest_text(l, &near));
}

static void check_used(struct loading *l, struct names *names, const char *group)
{
	const char *name;
	json_t *v;

	json_object_foreach(names->index, name, v) {
		bool builtin = names == &l->intents &&
			l->sc->intents[json_integer_value(v)].builtin;
		if (!builtin && name_valid(name) && !json_object_get(names->used, name))
			mistake(l, MEMBER(MEMBER(NULL, group), name), "is used nowhere");
	}
}

void check_uses(struct loading *l)
{
	struct use *first = NULL;

	for (struct use *u = l->uses, *next; u; u = next) { /* in the order of the file */
		next = u->next;
		u->next = first;
		first = u;
	}
	l->uses = NULL;
	for (const struct use *u = first; u; u = u->next)
		check_use(l, u);
	check_used(l, &l->phrases, "phrases");
	check_used(l, &l->intents, "intents");
	check_used(l, &l->destinations, "destinations");
}
