/* load: what the parts of the loader share: where one is in a file, what is wrong there, and reading members.
 *
 * A reader says what is wrong and goes on with something harmless, so that all mistakes of a file are found.
 */
#ifndef CALLPIPE_SCENARIO_LOAD_H
#define CALLPIPE_SCENARIO_LOAD_H

#include "base/dynbuf.h"
#include "scenario/memory.h"
#include "scenario/scenario.h"

/* A place in a file, innermost first: on the stack of the one who reads it. */
struct where {
	const struct where *up; /* NULL: the file */
	const char *key;        /* member of an object; NULL: of an array */
	size_t index;           /* of an array */
};

#define MEMBER(at, name) (&(struct where){.up = (at), .key = (name)})
#define ITEM(at, i) (&(struct where){.up = (at), .index = (i)})

/* A variable that is used. */
struct use {
	struct use *next;     /* used before it */
	const char *file;     /* where */
	const char *place;    /* where in it */
	const char *variable; /* path */
};

/* Names of one kind. */
struct names {
	const char *kind; /* "state" */
	json_t *index;    /* place in its array, by name */
	json_t *used;     /* members are the names that were used */
};

/* How to say what is said here, unless it says itself. */
struct manner {
	const char *language;
	const char *voice;
	bool interruptible;
};

enum step_place {
	STEP_ENTRY,   /* of a state */
	STEP_RULE,    /* retry and repeat are possible */
	STEP_HUNG_UP, /* nobody is there to be spoken to */
};

struct loading {
	struct scenario *sc;
	struct scenario_memory *memory; /* of sc */
	struct scenario_mistakes *m;
	struct scenario_options options;
	const char *file;   /* which is being read */
	const char *folder; /* of that file, "" or with a slash at its end */
	struct names states, phrases, intents, tools, destinations;
	size_t phrases_size; /* of sc->phrases */
	json_t *sounds_texts; /* what is said in the recordings of options.sounds, by name; NULL: not known */
	json_t *set;      /* members are the variables that are set anywhere */
	struct use *uses; /* variables that are used, the last first */
	json_t *unknown;  /* members are what is not known in a language, so that it is said once */
	struct manner manner;
	struct scenario_state *state; /* being read; NULL: what is valid everywhere */
	enum step_place place;        /* of the step being read */
	int depth;                    /* steps around it */
	bool dangling;                /* a state was not found: what can be reached is not known */
};

/* read.c: mistakes and names */

/* "states.x.on[2]", in memory. */
const char *where_path(struct loading *l, const struct where *at);
void mistake(struct loading *l, const struct where *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same with a path that is written already; "": the file. */
void mistake_at(struct loading *l, const char *file, const char *path, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

#define STATE_MISTAKE(l, st, ...) \
	mistake((l), MEMBER(MEMBER(NULL, "states"), (st)->name), __VA_ARGS__)

/* Of several names the one that was probably meant. */
struct nearest {
	const char *name; /* as written */
	const char *best; /* NULL: none is near */
	size_t distance;  /* of best */
};
void nearest_try(struct nearest *n, const char *name);
/* " (did you mean 'x'?)", or "" */
const char *nearest_text(struct loading *l, const struct nearest *n);

/* A name: 1 to 64 letters, digits, '_', '-'. */
bool name_valid(const char *name);
bool variable_valid(const char *name);

/* Number the members of an object, and check their names. */
void names_init(struct loading *l, struct names *n, const char *kind, const struct where *at,
	json_t *object);
void names_free(struct names *n);
/* Place of a name, which is used now; -1: there is none. *ret_near: the place of what was probably meant, or -1;
 * may be NULL. */
int names_find(struct loading *l, struct names *n, const struct where *at, const char *name,
	int *ret_near);

/* read.c: members. A value of the wrong kind is a mistake and counts as absent. */

/* Keys that are in none of the lists (NULL at the end; b may be NULL) are mistakes; `comment` is in all. */
void read_keys(struct loading *l, const struct where *at, json_t *object, const char *const *a,
	const char *const *b);
/* v is an object of at most max members, or an array of 1 to SCENARIO_LIST_MAX items. */
bool is_object(struct loading *l, const struct where *at, json_t *v, size_t max);
bool is_array(struct loading *l, const struct where *at, json_t *v);
/* NULL if it is none, or empty. */
const char *as_string(struct loading *l, const struct where *at, json_t *v);
/* Is there no variable in any text of v? They are expanded in texts, and as the whole value of set, with, result. */
bool is_plain(struct loading *l, const struct where *at, json_t *v);
/* The text of a file, malloc'd; NULL: it has been said that it is none, or not there, or longer. A pipe, which could be
 * waited for, is none. */
char *read_text(struct loading *l, const struct where *at, const char *path, size_t max);
const char *read_string(struct loading *l, const struct where *at, json_t *object, const char *key);
int read_int(struct loading *l, const struct where *at, json_t *object, const char *key, int min,
	int max, int fallback);
bool read_bool(
	struct loading *l, const struct where *at, json_t *object, const char *key, bool fallback);
/* A member that can only be true. */
bool read_true(struct loading *l, const struct where *at, json_t *object, const char *key);
const char *read_language(
	struct loading *l, const struct where *at, json_t *object, const char *fallback);
/* A string, or an array of strings, each but once. */
struct scenario_words as_words(struct loading *l, const struct where *at, json_t *v);
struct scenario_regexes as_regexes(struct loading *l, const struct where *at, json_t *v);
/* One expression, with upper and lower case told apart. */
const regex_t *as_regex(struct loading *l, const struct where *at, json_t *v);
/* The same, of phrases to be heard: heard.c. */
struct scenario_words as_heard(struct loading *l, const struct where *at, json_t *v);
/* Phrases that a rule before answers already. */
void check_heard_twice(struct loading *l, const struct scenario_rule *const *rules, size_t n);
const struct template *as_template(struct loading *l, const struct where *at, json_t *v);
/* The same of a text that lives as long as the scenario. */
const struct template *text_template(struct loading *l, const struct where *at, const char *text);
const struct condition *as_condition(struct loading *l, const struct where *at, json_t *v);
/* The name, in the file that is being read, of a file: relative to the current directory. */
const char *beside(struct loading *l, const char *name);
/* A file that is there: its name relative to the current directory. NULL if name is. */
const char *as_file(struct loading *l, const struct where *at, const char *name);
/* A variable is set somewhere. */
void set_variable(struct loading *l, const struct where *at, const char *name);

/* The object in a file; NULL, and it has been said what is wrong. It belongs to the scenario. */
json_t *read_json(struct loading *l, const char *path);

/* The parts. */
void load_phrases(struct loading *l, const struct where *at, json_t *v); /* say.c */
struct scenario_says read_says(struct loading *l, const struct where *at, json_t *object);
struct scenario_says as_says(struct loading *l, const struct where *at, json_t *v);
void load_listen(struct loading *l, const struct where *at, json_t *v,
	struct scenario_listen *listen); /* listen.c */
bool as_range(struct loading *l, const struct where *at, json_t *v, int *ret_min, int *ret_max);
/* Values by name. */
struct scenario_members read_members(
	struct loading *l, const struct where *at, json_t *object, const char *key);
const struct scenario_member *members_find(const struct scenario_members *m, const char *name);
extern const char *const step_keys[];
/* What is done, in an object that may have other keys too. */
const struct scenario_step *load_step(
	struct loading *l, const struct where *at, json_t *object); /* step.c */
const struct scenario_state *as_state(struct loading *l, const struct where *at, json_t *v);
void load_intents(struct loading *l, const struct where *at, json_t *v); /* rule.c */
void load_rules(struct loading *l, const struct where *at, json_t *v, struct scenario_rule **ret,
	size_t *ret_n);
void load_state(struct loading *l, const struct where *at, json_t *v,
	struct scenario_state *st); /* state.c */
void load_llm(struct loading *l, const struct where *at, json_t *v,
	struct scenario_state *st); /* llm.c: what of a state is for a model */
void load_classify(struct loading *l, const struct where *at, json_t *v, struct scenario_state *st);
void load_limits(struct loading *l, const struct where *at, json_t *v);
void load_tools(struct loading *l, const struct where *at, json_t *v); /* tool.c */
/* schema.c */
void load_arguments(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool);
/* Of a tool by its name; NULL: a mistake. */
const struct scenario_argument *find_argument(struct loading *l, const struct where *at,
	const struct scenario_tool *tool, const char *name);
/* tool-http.c, tool-sql.c: the arguments of the tool are loaded. used: of each, whether it is used. */
const struct scenario_http *load_http(struct loading *l, const struct where *at, json_t *v,
	const struct scenario_tool *tool, bool *used);
const struct scenario_sql *load_sql(struct loading *l, const struct where *at, json_t *v,
	const struct scenario_tool *tool, bool *used);
/* The name of a secret (base/secret.h). */
const char *read_secret(struct loading *l, const struct where *at, json_t *object, const char *key);
/* arguments.c: the names of enum scenario_type, as JSON schema has them; NULL at the end. */
extern const char *const argument_types[];
/* Put v into the type of an argument: *ret is a new reference (ret may be NULL: only check). -1: why. */
int scenario_argument_check(
	const struct scenario_argument *a, json_t *v, json_t **ret, char *why, size_t why_size);

/* What only the whole shows. */
void check_states(struct loading *l); /* check.c */
void check_ways(struct loading *l);   /* ways.c */
/* use.c */
void check_uses(struct loading *l);

#endif
