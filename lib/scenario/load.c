#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/load.h"

const char *const scenario_intents[] = {"yes", "no", "operator", "repeat", "wait", "bye", "anger",
	"opt_out", "unsure", "help", "machine", NULL};

const char *const scenario_variables[] = {"heard", "call", "tool", "result", "amd", "state", NULL};

static void undo_json(void *p)
{
	json_decref(p);
}

json_t *read_json(struct loading *l, const char *path)
{
	json_error_t error;
	char *text;
	size_t n;

	if (read_file(path, SCENARIO_FILE_MAX, &text, &n) < 0) {
		mistake(l, NULL, "cannot be read: %s",
			errno == EFBIG ? "larger than 1 MiB" : strerror(errno));
		return NULL;
	}
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	free(text);
	if (!root) {
		mistake(l, NULL, "line %d, column %d: %s", error.line, error.column, error.text);
		return NULL;
	}
	memory_defer(l->memory, undo_json, root);
	if (json_is_object(root))
		return root;
	mistake(l, NULL, "has to be an object");
	return NULL;
}

/* What names in a file are relative to. */
static const char *folder_of(struct loading *l, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? memory_format(l->memory, "%.*s", (int)(slash + 1 - path), path) : "";
}

static void read_voice(struct loading *l, json_t *root)
{
	static const char *const keys[] = {"engine", "name", NULL};
	json_t *voice = json_object_get(root, "voice");
	const struct where *at = MEMBER(NULL, "voice");

	if (!voice)
		return;
	if (json_is_string(voice)) {
		l->sc->voice = as_string(l, at, voice);
	} else if (is_object(l, at, voice, SIZE_MAX)) {
		read_keys(l, at, voice, keys, NULL);
		l->sc->voice = read_string(l, at, voice, "name");
		l->sc->engine = read_string(l, at, voice, "engine");
	}
}

static void read_head(struct loading *l, json_t *root)
{
	struct scenario *sc = l->sc;
	json_t *listen = json_object_get(root, "listen");

	sc->name = read_string(l, NULL, root, "name");
	if (!json_object_get(root, "name"))
		mistake(l, NULL, "'name' is missing");
	else if (sc->name && !name_valid(sc->name))
		mistake(l, MEMBER(NULL, "name"), "a name is 1 to 64 letters, digits, '_' or '-'");
	sc->language = read_language(l, NULL, root, "en");
	read_voice(l, root);
	sc->listen = (struct scenario_listen){
		.end_silence_ms = 700,
		.max_ms = 10000,
		.no_input_ms = 6000,
		.key_ms = 3000,
		.dtmf_end = '#',
		.barge_in = true,
		.language = sc->language,
	};
	if (listen)
		load_listen(l, MEMBER(NULL, "listen"), listen, &sc->listen);
	if (sc->listen.digits)
		mistake(l, MEMBER(MEMBER(NULL, "listen"), "digits"), "is for a state");
	sc->listen.digits = sc->listen.digits_min = 0;
	l->manner = (struct manner){
		.language = sc->language, .voice = sc->voice, .interruptible = sc->listen.barge_in};
}

static void read_destinations(struct loading *l, json_t *root)
{
	struct scenario *sc = l->sc;
	json_t *v = json_object_get(root, "destinations"), *text;
	const struct where *at = MEMBER(NULL, "destinations");
	const char *name;

	if (v && !is_object(l, at, v, SCENARIO_LIST_MAX))
		v = NULL;
	names_init(l, &l->destinations, "destination", at, v);
	sc->destinations = MEMORY_ARRAY(
		l->memory, struct scenario_destination, json_object_size(v));
	json_object_foreach(v, name, text)
		sc->destinations[sc->destinations_n++] = (struct scenario_destination){
			.name = name, .description = as_string(l, MEMBER(at, name), text)};
}

static void read_variables(struct loading *l, json_t *root)
{
	json_t *v = json_object_get(root, "variables"), *value;
	const struct where *at = MEMBER(NULL, "variables");
	const char *name;

	l->sc->variables = v;
	if (v && is_object(l, at, v, SCENARIO_LIST_MAX)) {
		json_object_foreach(v, name, value)
			set_variable(l, MEMBER(at, name), name);
		(void)is_plain(l, at, v);
		return;
	}
	l->sc->variables = json_object();
	if (!l->sc->variables)
		memory_none(l->memory);
	memory_defer(l->memory, undo_json, l->sc->variables);
}

/* The tools, in a file of their own or here. */
static void read_tools(struct loading *l, json_t *root)
{
	json_t *v = json_object_get(root, "tools");
	const char *file = l->file, *folder = l->folder;

	if (!json_is_string(v)) {
		load_tools(l, MEMBER(NULL, "tools"), v);
		return;
	}
	const char *name = as_string(l, MEMBER(NULL, "tools"), v), *path;
	if (!name) {
		load_tools(l, NULL, NULL);
		return;
	}
	path = beside(l, name);
	l->file = path;
	l->folder = folder_of(l, path);
	load_tools(l, NULL, read_json(l, path));
	l->file = file;
	l->folder = folder;
}

/* Names first, so that a state can name one that is written behind it. */
static void read_state_names(struct loading *l, json_t *root)
{
	struct scenario *sc = l->sc;
	json_t *v = json_object_get(root, "states"), *state;
	const struct where *at = MEMBER(NULL, "states");
	const char *name;

	if (!v)
		mistake(l, NULL, "'states' is missing");
	else if (!is_object(l, at, v, SCENARIO_STATES_MAX))
		v = NULL;
	else if (!json_object_size(v))
		mistake(l, at, "is empty");
	names_init(l, &l->states, "state", at, v);
	sc->states = MEMORY_ARRAY(l->memory, struct scenario_state, json_object_size(v));
	json_object_foreach(v, name, state) {
		sc->states[sc->states_n] = (struct scenario_state){
			.name = name, .index = sc->states_n};
		sc->states_n++;
	}
}

static const struct scenario_state *read_state(struct loading *l, json_t *root, const char *key)
{
	json_t *v = json_object_get(root, key);

	return v ? as_state(l, MEMBER(NULL, key), v) : NULL;
}

static void read_wait(struct loading *l, json_t *root)
{
	static const char *const keys[] = {"say", "play", "after_ms", "silence_ms", NULL};
	json_t *v = json_object_get(root, "wait"), *named;
	const struct where *at = MEMBER(NULL, "wait");

	l->sc->wait_after_ms = 1000;
	l->sc->wait_silence_ms = 1500;
	if (v && is_object(l, at, v, SIZE_MAX)) {
		read_keys(l, at, v, keys, NULL);
		l->sc->wait = read_says(l, at, v);
		if (!l->sc->wait.n)
			mistake(l, at, "has no 'say' and no 'play'");
		l->sc->wait_after_ms = read_int(l, at, v, "after_ms", 0, 60000, 1000);
		l->sc->wait_silence_ms = read_int(l, at, v, "silence_ms", 500, 60000, 1500);
	} else if (!v && json_object_get(l->phrases.index, "wait")) {
		named = json_string("phrase:wait");
		l->sc->wait = as_says(l, at, named);
		json_decref(named);
	}
}

static void load_scenario(struct loading *l, json_t *root)
{
	static const char *const keys[] = {"name", "language", "voice", "start", "problem",
		"resume", "listen", "variables", "phrases", "wait", "intents", "tools",
		"destinations", "limits", "classify", "on", "states", NULL};
	struct scenario *sc = l->sc;
	size_t i = 0;
	const char *name;
	json_t *v;

	read_keys(l, NULL, root, keys, NULL);
	read_head(l, root);
	read_variables(l, root);
	read_destinations(l, root);
	load_phrases(l, MEMBER(NULL, "phrases"), json_object_get(root, "phrases"));
	load_intents(l, MEMBER(NULL, "intents"), json_object_get(root, "intents"));
	read_tools(l, root);
	read_state_names(l, root);
	if (sc->states_n) {
		sc->start = read_state(l, root, "start");
		sc->problem = read_state(l, root, "problem");
		sc->resume = read_state(l, root, "resume");
	}
	if (!json_object_get(root, "start"))
		mistake(l, NULL, "'start' is missing");
	read_wait(l, root);
	load_limits(l, MEMBER(NULL, "limits"), json_object_get(root, "limits"));
	sc->classify = read_bool(l, NULL, root, "classify", false);
	load_rules(l, MEMBER(NULL, "on"), json_object_get(root, "on"), &sc->rules, &sc->rules_n);
	if (sc->states_n) {
		json_object_foreach(json_object_get(root, "states"), name, v)
			load_state(l, MEMBER(MEMBER(NULL, "states"), name), v, &sc->states[i++]);
	}
	check_states(l);
	check_ways(l);
	check_uses(l);
}

static void loading_free(struct loading *l)
{
	names_free(&l->states);
	names_free(&l->phrases);
	names_free(&l->intents);
	names_free(&l->tools);
	names_free(&l->destinations);
	json_decref(l->set);
	json_decref(l->unknown);
}

/* Without memory there is one mistake: that. */
static void no_memory(struct scenario_mistakes *m, const char *path)
{
	scenario_mistakes_free(m);
	m->line = malloc(sizeof(*m->line));
	char *line = m->line ? strdup("there is no memory to load a scenario") : NULL;
	if (line)
		m->line[m->n++] = line;
}

/* A file of tools alone: there are no states that could have a mistake. */
static void load_tools_alone(struct loading *l, json_t *root)
{
	load_tools(l, NULL, root);
}

static int load_file(const char *path, const struct scenario_options *options,
	void (*load)(struct loading *l, json_t *root), struct scenario **ret,
	struct scenario_mistakes *m)
{
	jmp_buf without;
	struct loading *l = calloc(1, sizeof(*l));
	struct scenario_memory *volatile memory = NULL;

	*m = (struct scenario_mistakes){0};
	if (!l || setjmp(without) != 0 || // NOLINT(cert-err52-cpp): see memory.h
		!(memory = memory_open(&without))) {
		no_memory(m, path);
		goto fail;
	}
	*l = (struct loading){.memory = memory,
		.m = m,
		.options = *options,
		.set = json_object(),
		.unknown = json_object()};
	l->sc = memory_get(memory, sizeof(*l->sc));
	l->sc->memory = memory;
	l->sc->path = l->file = memory_format(memory, "%s", path);
	l->folder = folder_of(l, path);
	json_t *root = read_json(l, path);
	if (root)
		load(l, root);
	if (m->n)
		goto fail;
	*ret = l->sc;
	memory_seal(memory);
	loading_free(l);
	free(l);
	return 0;
fail:
	if (l)
		loading_free(l);
	free(l);
	memory_close(memory);
	return -1;
}

int scenario_load(const char *path, const struct scenario_options *options, struct scenario **ret,
	struct scenario_mistakes *m)
{
	return load_file(path, options, load_scenario, ret, m);
}

int scenario_tools_load(const char *path, struct scenario **ret, struct scenario_mistakes *m)
{
	static const struct scenario_options none;

	return load_file(path, &none, load_tools_alone, ret, m);
}

bool scenario_is_tools(const char *path)
{
	json_t *root = json_load_file(path, 0, NULL), *tool;
	bool is = json_object_size(root) > 0 && !json_is_string(json_object_get(root, "name")) &&
		!json_is_string(json_object_get(root, "start")) && !json_object_get(root, "states");
	const char *name;

	json_object_foreach(root, name, tool) {
		is &= json_is_object(tool);
	}
	json_decref(root);
	return is;
}

void scenario_free(struct scenario *sc)
{
	if (sc)
		memory_close(sc->memory);
}

const struct scenario_state *scenario_state_find(const struct scenario *sc, const char *name)
{
	for (size_t i = 0; i < sc->states_n; i++) {
		if (strcmp(sc->states[i].name, name) == 0)
			return &sc->states[i];
	}
	return NULL;
}

const struct scenario_tool *scenario_tool_find(const struct scenario *sc, const char *name)
{
	for (size_t i = 0; i < sc->tools_n; i++) {
		if (strcmp(sc->tools[i].name, name) == 0)
			return &sc->tools[i];
	}
	return NULL;
}
