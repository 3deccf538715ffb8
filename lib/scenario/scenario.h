/* scenario: what a service says, hears and decides: a file of JSON, loaded and checked as a whole.
 *
 *	struct scenario_options options = {0};
 *	struct scenario *sc;
 *	struct scenario_mistakes m;
 *	if (scenario_load("support.json", &options, &sc, &m) < 0)
 *		for (size_t i = 0; i < m.n; i++)
 *			log_error("%s", m.line[i]); // "support.json: states.welcome.goto: no state is called 'x'"
 *	scenario_mistakes_free(&m);
 *
 * What is loaded has no mistake: every name is resolved to a pointer, every text and condition is parsed, every
 * default and inherited setting is filled in, and what the manual promises holds:
 *	- a state either listens or leaves: it cannot end without either;
 *	- a chain of states that do not listen ends after at most `states_n` of them;
 *	- silence and nonsense lead to the end of the call, if they go on;
 *	- the failure of every tool that is used is answered.
 * A loaded scenario is read-only: counters, variables and positions are the agent's. Everything in it belongs to it
 * and lives until scenario_free; strings are UTF-8 and never NULL unless it says so.
 *
 * Source: callpipe-scenario(5), which is this header for people.
 */
#ifndef CALLPIPE_SCENARIO_SCENARIO_H
#define CALLPIPE_SCENARIO_SCENARIO_H

#include <jansson.h>
#include <regex.h>

#include "base/util.h"
#include "scenario/condition.h"
#include "scenario/template.h"

#define SCENARIO_FILE_MAX (1 << 20) /* bytes of a scenario or of its tools file */
#define SCENARIO_QUESTION_MAX 10000 /* the highest number of a question */
#define SCENARIO_STATES_MAX 1000
#define SCENARIO_LIST_MAX 1000     /* members of any other list: rules, words, phrases, steps */
#define SCENARIO_DEPTH_MAX 8       /* steps within steps: if, do, failed */
#define SCENARIO_SENTENCE_MAX 1024 /* bytes of a sentence: one synthesize */
#define SCENARIO_NAME_MAX 65       /* bytes of a name, with the NUL */
#define SCENARIO_MISTAKES_MAX 200  /* lines that are kept; the last then says that there are more */

/* ---- lists ---- */

struct scenario_words {
	const char **word; /* NULL if n is 0 */
	size_t n;
};

struct scenario_regexes {
	regex_t *regex; /* compiled REG_EXTENDED | REG_ICASE, groups kept */
	size_t n;
};

/* Things to say, in a row. */
struct scenario_says {
	struct scenario_say *say;
	size_t n;
};

/* ---- texts ---- */

/* One way to say a phrase. At least one of the two is there. */
struct scenario_variant {
	/* To be spoken. With a file, the words of the recording: for transcripts, --text, and where the file
	 * cannot be played. NULL: not told. */
	const struct template *text;
	const char *file; /* sound, relative to the current directory or absolute; NULL: none */
};

/* A phrase, or (name NULL) a text written where it is said. */
struct scenario_phrase {
	const char *name;
	const char *language; /* BCP 47; NULL: that of who says it */
	const char *voice;    /* NULL: that of who says it */
	/* Taken in turn, so that a wait phrase does not repeat itself. */
	struct scenario_variant *variants;
	size_t variants_n; /* >= 1 */
	size_t index;      /* 0..phrases_n-1, for the agent's table of whose turn it is */
};

/* One thing to say. A text may be several sentences: one synthesize each. */
struct scenario_say {
	const struct scenario_phrase *phrase;
	const char *language; /* resolved */
	const char *voice;    /* resolved; NULL: the language's own */
	bool interruptible;   /* resolved: not in a step that ends the call, or with barge_in off */
};

/* A value in set, with, result. Exactly one of the two. */
struct scenario_value {
	json_t *constant;            /* borrowed */
	const struct template *text; /* template_value makes the value */
};

struct scenario_member {
	const char *name;
	struct scenario_value value;
};

struct scenario_members {
	struct scenario_member *member;
	size_t n;
};

/* ---- listening ---- */

struct scenario_listen {
	int end_silence_ms;   /* silence after which the caller has finished */
	int max_ms;           /* longest turn */
	int no_input_ms;      /* from the end of what was said to "no input" */
	int key_ms;           /* longest time between two keys of a number */
	int digits;           /* most digits that are expected (hints.digits); 0: none */
	int digits_min;       /* fewest of them */
	char dtmf_end;        /* key that ends a number early: '#', '*'; 0: none */
	bool barge_in;        /* words interrupt */
	const char *language; /* expected, BCP 47 */
	/* `hints` as written, then the words of all rules that are tried, each once. Words of built-in intents
	 * are the agent's to add. */
	struct scenario_words hints;
};

/* ---- what is done ---- */

enum scenario_way {
	SCENARIO_STAY, /* none: a rule listens on, saying nothing more; a step goes on behind */
	SCENARIO_GOTO, /* enter step->target, also if that is where one is */
	/* Ask again (see state->again), at most retry_max times by this step while the state is not left for
	 * another; then enter step->target instead. In rules only. */
	SCENARIO_RETRY,
	SCENARIO_REPEAT, /* what was said on entry, once more: the caller asks for it; rules only */
	SCENARIO_RESUME, /* go on where the call was that was cut off, with its variables */
	SCENARIO_TRANSFER, /* to a person, after what has been said */
	SCENARIO_END,      /* hang up, after what has been said */
};

/* One change to the variables. */
struct scenario_set {
	const char *name;            /* [A-Za-z_][A-Za-z0-9_]*, no built-in name */
	bool add;                    /* add a number to it (absent, or no number: to 0) */
	struct scenario_value value; /* of add: a constant number */
};

/* One of the branches of `if`: the first whose condition holds is done. */
struct scenario_branch {
	const struct condition *when; /* NULL: else */
	const struct scenario_step *step;
};

/* What is done, in the order of the members. Where one of them takes a way out, nothing behind it is done. */
struct scenario_step {
	const char *path; /* where it is written: "states.welcome.on[2].if[0]" */

	struct scenario_set *sets; /* 1. variables */
	size_t sets_n;

	const struct scenario_tool *tool; /* 2. NULL: none */
	struct scenario_members with;     /* its arguments */
	const char *save;                 /* variable that takes the result; NULL: none */
	/* If it fails. NULL: the first rule tool_failed; if there is none, the state scenario->problem. Where
	 * the answer has no way out it goes on behind the tool. */
	const struct scenario_step *failed;

	struct scenario_branch *branches; /* 3. if */
	size_t branches_n;

	struct scenario_says says; /* 4. */

	struct scenario_members results; /* 5. one `result` event */

	const struct scenario_step **steps; /* 6. do: further steps */
	size_t steps_n;

	enum scenario_way way;                   /* 7. */
	const struct scenario_state *target;     /* GOTO, RETRY */
	int retry_max;                           /* RETRY: how often at most */
	size_t retry_index;                      /* RETRY: 0..retries_n-1, for the agent's counts */
	const char *to;                          /* TRANSFER: a destination */
	const struct template *reason, *summary; /* TRANSFER: for who takes over; NULL: none */
	const char *cause;                       /* END: for the record; NULL: none */
};

/* ---- what is answered ---- */

enum scenario_input {
	SCENARIO_DIGITS,      /* a number, spoken or keyed: min to max digits */
	SCENARIO_DTMF,        /* one key: words are the keys */
	SCENARIO_WORDS,       /* words or phrases: any of them, whole, in what was said (folded) */
	SCENARIO_REGEX,       /* any of them, anywhere in what was said, as transcribed or folded */
	SCENARIO_INTENT,      /* any of them */
	SCENARIO_SENTIMENT,   /* words: "positive", "negative", "neutral", "interrogative" */
	SCENARIO_ANY,         /* whatever was said or keyed */
	SCENARIO_NO_INPUT,    /* silence, for the min-th time in a row or later */
	SCENARIO_NO_MATCH,    /* what nothing else answers, for the min-th time in a row or later */
	SCENARIO_AMD,         /* words: "human", "machine", "voicemail" ...; at any time */
	SCENARIO_TOOL_FAILED, /* words: tools; none: any */
	SCENARIO_HUNG_UP,     /* the caller has left: variables and results only */
};

/* Words that mean one thing. Those every scenario has (scenario_intents) are known to the agent, by language;
 * a scenario's own of the same name adds to them. */
struct scenario_intent {
	const char *name;
	bool builtin;            /* one of scenario_intents */
	const char *description; /* for a model; NULL: none */
	struct scenario_words words;
	struct scenario_regexes regexes;
};

struct scenario_rule {
	const char *path; /* "states.welcome.on[2]" */
	enum scenario_input input;
	const struct condition *when; /* holds, or the rule is passed over; NULL: always */
	struct scenario_words words;  /* see scenario_input */
	struct scenario_regexes regexes;
	const struct scenario_intent **intents;
	size_t intents_n;
	int min, max;      /* DIGITS: how many; NO_INPUT, NO_MATCH: from the min-th on */
	double confidence; /* SENTIMENT: at least this, 0..1 */
	const struct scenario_step *step;
	bool global;  /* of the scenario, not of the state */
	bool at_once; /* what may not be interrupted is broken off for it, too; only if global */
};

/* ---- states ---- */

/* A way out of a conversation led by a model. */
struct scenario_exit {
	const char *name;
	const char *description; /* for the model: when; NULL: none */
	const struct scenario_state *target;
};

struct scenario_destination;

/* What a model is told, in one of several ways. */
struct scenario_prompt {
	const char *name;
	const char *file;
	const struct template *text;
	int weight; /* how often it is taken, against the others */
};

/* A conversation led by a model. */
struct scenario_llm {
	struct scenario_prompt *prompts; /* one of them is taken, once in a call */
	size_t prompts_n;                /* >= 1 */
	struct scenario_words goals;
	struct scenario_exit *exits; /* at least one */
	size_t exits_n;
	const struct scenario_tool **tools; /* those the model may use */
	size_t tools_n;
	const struct scenario_destination **destinations; /* where it may transfer the call */
	size_t destinations_n;
	const char *language; /* it speaks */
	const char *voice;    /* NULL: the language's own */
	bool interruptible;
};

struct scenario_state {
	const char *name;
	size_t index; /* 0..states_n-1, as written */
	/* Done on entry. It comes to its end, without a way out, only if the state listens. */
	const struct scenario_step *entry;
	struct scenario_says again; /* what RETRY says; none: what was said on entry, as REPEAT */
	/* Number that its question has in the records: a variable, or question_number; NULL and 0: none. */
	const struct template *question;
	int question_number;
	bool listens;
	struct scenario_listen listen; /* resolved */
	/* Those of the state, then those of the scenario, in the order of scenario_next_rule. */
	const struct scenario_rule **rules;
	size_t rules_n;
	const struct scenario_llm *llm; /* NULL: none */
	/* A model is asked for the intent of what no word, number, key or intent rule answers. */
	bool classify;
};

/* ---- tools ---- */

enum scenario_type {
	SCENARIO_STRING,
	SCENARIO_INTEGER,
	SCENARIO_NUMBER,
	SCENARIO_BOOLEAN,
	SCENARIO_ARRAY,
	SCENARIO_OBJECT,
};

/* An argument, or what is in one: what JSON schema says of it. */
struct scenario_argument {
	const char *name; /* "": an item of an array */
	enum scenario_type type;
	bool required;
	bool nullable;          /* may be null */
	json_t *choices;        /* enum: an array; NULL: any */
	const regex_t *pattern; /* of a string, anywhere in it; NULL: any */
	double min,
		max; /* of a number; of a string its characters, of an array its items; infinite: any */
	bool above_min,
		below_max; /* of a number: min and max themselves are too small, too large */
	bool unique;       /* of an array: no two items are equal */
	struct scenario_argument *members; /* of an object: what it has, and nothing else */
	size_t members_n;
	struct scenario_argument *item; /* of an array: what each has to be */
};

struct scenario_http; /* scenario/tool.h */
struct scenario_sql;

/* Exactly one of command, http, sql is there. */
struct scenario_tool {
	const char *name;
	size_t index;            /* 0..tools_n-1 */
	const char *description; /* NULL: none */
	/* argv, NULL at the end. It runs in the current directory; a relative argv[0] with a slash was relative
	 * to the tools file and is now to the current directory. */
	const char **command;
	const struct scenario_http *http; /* a request */
	const struct scenario_sql *sql;   /* statements */
	int timeout_ms;
	int turn_max,
		call_max; /* calls of it in a turn of the caller's, in a call; 0: any number */
	bool effect;      /* changes something: never aborted, always recorded */
	struct scenario_argument *arguments;
	size_t arguments_n;
	/* Arguments that come from here and nobody else: a model does not know of them, who calls cannot set them. */
	struct scenario_members given;
	json_t *schema;  /* of the others, for a model: JSON schema; NULL: none */
	json_t *failure; /* taken for the result if it fails, which then is none; NULL: a failure */
};

/* ---- the whole ---- */

struct scenario_destination {
	const char *name;        /* a name of verdict.h */
	const char *description; /* for a model and for people; NULL: none */
};

struct scenario {
	const char *path; /* as given to scenario_load */
	const char *name;
	const char *language;
	const char *voice;  /* NULL: the language's own */
	const char *engine; /* of tts(1), which the phrases are made for; NULL: as configured */
	const struct scenario_state *start;
	/* Entered on a technical problem that has no other answer; NULL: every tool's failure has one. */
	const struct scenario_state *problem;
	/* Entered instead of start where an earlier call was cut off; NULL: calls are not resumed. */
	const struct scenario_state *resume;
	struct scenario_listen listen; /* defaults of the states */

	struct scenario_says wait; /* filler while a tool or a recogniser is slow; none: silence */
	int wait_after_ms;         /* of a tool: time after which it is said */
	int wait_silence_ms; /* .. of a silence while words are not known yet, or a voice makes them */

	json_t *variables; /* initial values: an object */
	struct scenario_state *states;
	size_t states_n;
	struct scenario_rule *rules; /* valid everywhere: in state->rules already */
	size_t rules_n;
	struct scenario_phrase **phrases; /* named ones and texts */
	size_t phrases_n;
	struct scenario_intent *intents; /* built-in ones, then the scenario's own */
	size_t intents_n;
	struct scenario_tool *tools;
	size_t tools_n;
	struct scenario_destination *destinations;
	size_t destinations_n;
	size_t retries_n;   /* how many steps count retries */
	int tools_per_turn; /* calls of tools that a model may make */
	int tools_per_call;
	bool classify; /* of states that do not say */
	bool models;   /* there is a state that asks one */

	struct scenario_memory *memory; /* what all of this lies in */
};

/* What the one who loads can do. */
struct scenario_options {
	/* Knows in this language (BCP 47) the built-in intent of this name, or (NULL) what sentiment is: without, a
	 * rule that needs it is a mistake. NULL: knows everything. */
	bool (*understands)(const char *language, const char *intent);
	/* A folder of recordings: each phrase NAME is NAME.wav there, and audio_texts.json, if it is there, has its
	 * words, see prompts(1). NULL: phrases are as they are written. */
	const char *sounds;
};

/* Mistakes, one line each: "FILE: PATH: REASON". No PATH where it is the file as a whole; where it is no JSON, REASON
 * names line and column. */
struct scenario_mistakes {
	char **line;
	size_t n;
};

/* Load and check. 0, or -1 with at least one mistake; *m is set in both cases. */
int scenario_load(const char *path, const struct scenario_options *options, struct scenario **ret,
	struct scenario_mistakes *m) MUST_USE;
void scenario_free(struct scenario *sc);
void scenario_mistakes_free(struct scenario_mistakes *m);

/* By name; NULL if there is none. */
const struct scenario_state *scenario_state_find(const struct scenario *sc, const char *name);
const struct scenario_tool *scenario_tool_find(const struct scenario *sc, const char *name);

/* A file of tools alone: as a scenario that has nothing else. Otherwise as scenario_load. */
int scenario_tools_load(
	const char *path, struct scenario **ret, struct scenario_mistakes *m) MUST_USE;
/* Is it such a file, and no scenario: it has objects by name, and no name, start or states. */
bool scenario_is_tools(const char *path);

/* The next rule of a state for one of these inputs (a set of bits, SCENARIO_BIT) behind `last` (NULL: the first one);
 * NULL: no more. The first that fits is the one that counts: its `when` holds, its words match, its min is not above
 * the count. What is special is tried before what is general:
 *	1. digits, keys, words, expressions, intents: of the state, then of the scenario
 *	2. sentiments: of the state, then of the scenario
 *	3. any: of the state, then of the scenario
 * and events of the state before those of the scenario, no_input and no_match with the largest min first.
 *
 * Where no rule of no_input or no_match fits, it is as if there were one that is a RETRY without a limit; a tool
 * that fails: see scenario_step; amd and hung_up: nothing.
 */
#define SCENARIO_BIT(input) (1U << (input))
const struct scenario_rule *scenario_next_rule(
	const struct scenario_state *st, unsigned inputs, const struct scenario_rule *last);

/* ---- phrases ---- */

/* Something the scenario can say. */
struct scenario_sentence {
	/* One sentence; not constant: the whole text with its {{variables}}; NULL: a file. */
	const char *text;
	size_t n;         /* bytes of the text */
	const char *file; /* NULL: a text */
	const char *language;
	const char *voice; /* NULL: the language's own */
	bool constant;     /* false: it has variables, so it can only be made in the call */
};

/* Call fn for everything that can be said, each once. fn returns 0, or what to end with. Returns that, or 0; -1: no
 * memory. */
int scenario_phrases(const struct scenario *sc,
	int (*fn)(void *ctx, const struct scenario_sentence *s), void *ctx) MUST_USE;

/* ---- tools ---- */

/* Check the arguments of a call (an object) against the tool, and put them into its types: "42" becomes 42 where an
 * integer is wanted. *ret is a new reference. -1: why says, for people and models, what is wrong. */
int scenario_arguments(const struct scenario_tool *tool, json_t *given, json_t **ret, char *why,
	size_t why_size) MUST_USE;
/* It has been called so often in this turn and in this call: may it be once more? NULL: yes; or, for people and
 * models, why not. */
const char *scenario_tool_limit(const struct scenario_tool *tool, int in_turn, int in_call);

/* ---- names that are built in; NULL at the end ---- */

extern const char *const scenario_intents[];

/* Words of a rule for amd: a verdict, a kind of one, or beep: a message can be left. */
struct scenario_word {
	const char *word; /* NULL ends them */
	const char *of;   /* the verdict; of itself, if it is one */
};
extern const struct scenario_word scenario_verdicts[];
/* The verdict of such a word; NULL: it is none. */
const char *scenario_verdict(const char *word);

/* First names of paths that the agent keeps, which no scenario sets:
 *	heard   what was heard last: text, digits, key, by ("voice", "keys", "silence"), language, sentiment, confidence (of
 *	        the sentiment), intent, match (the word or what the expression matched), groups (array: of the
 *	        expression, 0 the whole), no_input and no_match (how many in a row)
 *	call    data of call-start: call, uuid, from, to, campaign, accepted_at, vars (object)
 *	tool    the last one: name, status ("ok", "failed", "timeout"), error, result, code (of HTTP), more (rows)
 *	result  what has been recorded so far
 *	amd     verdict, kind, confidence, message, text
 *	state   name of the state (a string)
 */
extern const char *const scenario_variables[];

#endif
