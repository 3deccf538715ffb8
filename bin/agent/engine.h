/* engine: a scenario being played: what arrives goes in, what is decided comes out of the port.
 *
 *	engine.c   events of the call, timers, the order of things
 *	step.c     steps: variables, tools, branches, ways out
 *	answer.c   what was said or keyed, and what is done about it
 *	match.c    the rule that fits it
 *	say.c      phrases become sentences, and sentences events
 *	back.c     what can be taken back: the answer to a caller who goes on
 *	converse.h a language model that leads, or is asked
 *
 * No I/O and no clock: time is what the events say, so that a recorded stream leads to the same decisions. The
 * answers of tools and models are the one thing from outside; engine_tool_done and engine_model say when one is there.
 *
 * What is decided on a turn can be taken back until something of the answer is on the line (turns.h): until then
 * a copy of the dialogue is kept (struct dialogue), and results wait. A tool with an effect ends that at once.
 */
#ifndef AGENT_ENGINE_H
#define AGENT_ENGINE_H

#include "converse.h"
#include "said.h"
#include "scenario/scenario.h"
#include "tool.h"
#include "turns.h"
#include "understand.h"

#define ENGINE_STACK_MAX 32 /* steps within each other: SCENARIO_DEPTH_MAX, and rules of failures */
#define ENGINE_KEYS_MAX 64  /* keys that wait */
#define ENGINE_LISTENS 16   /* listen events whose state is remembered */
#define ENGINE_MEMORY_MAX 400 /* lines of the talk that are kept */
#define ENGINE_CHAIN_MAX 5000 /* steps without an event from outside: then it is a circle */
#define ENGINE_FAILURES_MAX 3 /* voice or recogniser fail so often in a row: a technical problem */
#define ENGINE_WAIT_AGAIN_MS 8000 /* from one wait phrase to the next */
#define ENGINE_WAIT_PAUSE_MS 3000 /* the same, if what is waited for is something else by then */

/* How the engine acts. */
struct engine_port {
	/* an event for the stream; data is an object, borrowed */
	void (*put)(void *ctx, const char *type, json_t *data);
	/* start a tool; -1 with errno: it cannot be run */
	int (*tool)(void *ctx, const struct tool_spec *spec, json_t *arguments);
	/* those that only read are of no use any more: engine_tool_done may come for them, before this returns */
	void (*tool_cancel)(void *ctx);
	/* ask a model: engine_model is called with what comes, never from here; -1: it cannot be asked */
	int (*ask)(void *ctx, const struct engine_question *q);
	/* the answer is not wanted any more: nothing comes of it */
	void (*ask_cancel)(void *ctx);
	/* the dialogue has come to a new place: time to keep it (session.h) */
	void (*changed)(void *ctx);
	/* leave the place of a call that was cut off: taken up (true), or not wanted (false) */
	void (*resumed)(void *ctx, bool taken_up);
	void *ctx;
};

/* What was said on entry of a state, to be said again. */
struct spoken {
	const struct scenario_say *say;
	const char *file; /* of the variant that was taken; NULL: none */
	char *text;       /* expanded */
};

/* Where the dialogue is: what can be taken back. */
struct dialogue {
	const struct scenario_state *state; /* NULL: not begun */
	json_t *vars; /* all variables, built-in ones too; NULL: there is no dialogue here */
	int no_input, no_match; /* in a row */
	int *retries;           /* of each step that counts: scenario->retries_n */
	struct spoken *entry;   /* what was said on entry of the state */
	size_t entry_n;         /* how many */
	int64_t entry_number;   /* of this stay in the state, unique; names what was said in it */
	enum {
		SAVED_OFFERED,  /* engine.saved, if there is one, can be gone on with */
		SAVED_TAKEN,    /* it is gone on with */
		SAVED_UNWANTED, /* it is not */
	} saved;
	bool question_said;  /* something was said in it */
	bool question_heard; /* something of that has been on the line */
};

/* A step that is being done, and how far. */
struct progress {
	const struct scenario_step *step;
	enum {
		PROGRESS_SETS,
		PROGRESS_TOOL,
		PROGRESS_TOOL_ENDED,
		PROGRESS_BRANCHES,
		PROGRESS_SAYS,
		PROGRESS_RESULTS,
		PROGRESS_STEPS,
		PROGRESS_WAY,
	} at;
	size_t i; /* the next of its steps */
};

/* How often a tool has been called. */
struct tool_count {
	int64_t input; /* engine.inputs */
	int in_turn;   /* since then */
	int in_call;   /* in all */
};

/* Who has answered an outbound call: answered.c. */
struct answered {
	bool sounded;               /* amd has said something */
	float sound;                /* odds of that, natural logarithm; above 0: a machine */
	float words;                /* the same of the turns that are over */
	float turn_words;           /* and of the one below */
	int64_t turn;               /* the latest of which words are known */
	char verdict[16], kind[16]; /* so far; "": none */
	char due[3][16];            /* what is new in it: for these a rule is asked */
	bool waits;                 /* it was, and can only be followed at rest */
};

enum engine_phase {
	ENGINE_NEW,     /* no call-start yet */
	ENGINE_TALKING, /* the dialogue goes on */
	ENGINE_LEAVING, /* hangup or transfer is decided: what is queued is still said */
	ENGINE_LEFT,    /* it has been sent */
	ENGINE_OVER,    /* call-end */
};

struct engine {
	const struct scenario *sc;
	struct engine_port port;
	enum engine_phase phase;
	int64_t now_ms; /* stream time: the largest timestamp so far */
	struct turns turns;
	struct said said;

	struct dialogue d; /* where it is */
	struct dialogue
		before; /* where it was before the answer that can be taken back; vars NULL: none can */
	bool marked_words; /* the caller's words of that turn are in memory already */
	char keys_before[ENGINE_KEYS_MAX + 1]; /* keys that waited then: it may have used them */
	size_t keys_before_n;
	json_t *later;    /* array of {"type","data"}: events of that answer, not sent yet */
	int64_t heard_ms; /* when that answer began to be heard; -1: not yet */

	struct progress stack[ENGINE_STACK_MAX]; /* what is being done: innermost last */
	size_t depth;
	size_t chain; /* steps since the last event from outside */

	/* the tool that is waited for */
	bool waiting;
	char tool_id[TOOL_ID_MAX];
	const struct scenario_tool *tool;
	int64_t tool_number;            /* of the tool call made last */
	struct tool_count *tool_counts; /* of each of the scenario's */
	int64_t inputs;                 /* turns of the caller's: what was said, and keys */
	int64_t wait_since_ms;          /* since the tool, or the last wait phrase */
	int64_t wait_ms;                /* from then to the next */
	int64_t turn_end_ms; /* when the end of the caller's voice was noticed, at the earliest */
	int64_t filler_ms; /* of the last wait phrase; -1: the caller has spoken since, or heard something else */
	bool filler_ear; /* one was said for words that are not known yet */

	struct converse converse; /* with a model */

	/* what is said */
	unsigned *variants; /* of each phrase: which one is next */
	int64_t entries;    /* stays in states so far */
	bool entering;      /* the entry step is being done: what is said is kept in d.entry */
	bool answering;     /* what is said answers the caller: kind answer, else prompt */
	int voice_failures; /* in a row: sentences that were not said */
	int ear_failures;   /* in a row: the recogniser's, without words in between */
	bool problem_had;   /* scenario->problem has been entered for them */

	/* what is expected */
	bool listen_due;       /* the listen event of the state is still to be sent */
	int64_t listen_number; /* of the last one */
	const struct scenario_state
		*listens[ENGINE_LISTENS]; /* state of listen n, at n % ENGINE_LISTENS */
	int64_t quiet_since_ms; /* the caller has been silent since; from there no_input runs */
	char keys[ENGINE_KEYS_MAX + 1]; /* keyed and spoken digits that wait */
	size_t keys_n;
	int64_t key_ms;    /* of the last of them */
	bool keys_tried;   /* they cannot mean anything without one more */
	char number_end;   /* key that may still follow a number that is complete; 0: none */
	int64_t number_ms; /* when its last digit came */
	char language[32]; /* of what was heard last */
	char held[TURNS_TEXT_MAX + 1]; /* said while a tool was at work; "": nothing */

	struct answered who;

	/* how it ends */
	const char *leave_type; /* "hangup", "transfer" */
	json_t *leave;          /* its data */

	bool hangup_due; /* the caller has left: the rules of that are still to be asked */
	bool last_work;  /* such a rule is being done: its tools are run */
	bool dirty;      /* it is time to keep the place of the dialogue */
	bool failed;     /* no memory */
	bool finished;   /* it had come to its end before the caller left */

	json_t *memory; /* array of {"who","text"}: the talk as it was heard */

	/* a call that was cut off, offered to be gone on with; NULL: none */
	json_t *saved;
};

int engine_init(
	struct engine *e, const struct scenario *sc, const struct engine_port *port) MUST_USE;
void engine_free(struct engine *e);

/* The call begins; call: data of call-start; saved: of session_take, NULL: none. Both borrowed. */
void engine_start(struct engine *e, json_t *call, json_t *saved);
/* An event of the stream, one of those that are in the table of engine.c; others mean nothing. data: an object. */
void engine_event(struct engine *e, const char *type, json_t *data);
/* A tool has ended. */
void engine_tool_done(struct engine *e, const struct tool_end *end);
/* Something comes of the question data.id: `type` and data are an event for the stream.
 *	model-wait    the answer takes its time
 *	model-token   its first token is there
 *	model-text    text: a sentence of it
 *	model-result  how: as ask_how_name; calls: array of {id, name, arguments: JSON text}; json: the answer, if it was
 *	              to be JSON; others for people
 * thinking: what has to go back to the same model with the calls; NULL: nothing. */
void engine_model(
	struct engine *e, const char *type, json_t *data, const struct chat_turn *thinking);
/* It is so late (ms of call time). */
void engine_time(struct engine *e, int64_t now_ms);
/* True while what happens next depends on a tool, or a model. */
static inline bool engine_waits(const struct engine *e)
{
	return e->waiting || converse_waits(e);
}

/* step.c */
void step_enter(struct engine *e, const struct scenario_state *st);
/* Do a step from its beginning, on top of what is being done. */
void step_do(struct engine *e, const struct scenario_step *step);
/* Go on until there is nothing to do, or a tool is waited for. */
void step_run(struct engine *e);
/* What is being done is given up. */
void step_abandon(struct engine *e);
void step_problem(struct engine *e);
/* Check the arguments and how often it has been called, and start a tool; call and failure are told. ret_id (TOOL_ID_MAX
 * bytes) names the call. False: it does not run, why (TOOL_WHY_MAX bytes) says why. */
bool step_tool(
	struct engine *e, const struct scenario_tool *tool, json_t *given, char *ret_id, char *why);
/* To a destination of the scenario. */
void step_transfer(struct engine *e, const char *to, const char *reason);

/* match.c */
/* A member of the variable heard; steals value. */
void match_add(struct engine *e, const char *key, json_t *value);
/* True if the rule has no condition, or that holds. */
bool match_holds(struct engine *e, const struct scenario_rule *r);
bool match_word(const struct scenario_words *words, const char *word);
/* Keys that wait are of no use any more. */
void match_drop_keys(struct engine *e);
/* The rule that answers, of these inputs; global: of those that are valid everywhere. What it found is in heard. */
const struct scenario_rule *match_rule(
	struct engine *e, const struct utterance *u, unsigned inputs, bool global);

/* answer.c */
/* Answer what the caller has said. old: he was listened to for another state. */
void answer_text(struct engine *e, const char *text, bool old);
/* Words that stand out while something else is done: a rule of the scenario answers them, or false. */
bool answer_aside(struct engine *e, const char *text);
/* True if the words answer the question of the state. */
bool answer_expected(struct engine *e, const char *text);
/* What a transcript is, at this moment. */
enum turns_words answer_words(struct engine *e, const char *text);
/* See what the keys mean that wait; final: no more will come. */
void answer_keys(struct engine *e, bool final);
/* The caller has been silent for too long. */
void answer_silence(struct engine *e);
/* A model has nothing to say to it: as if it had not been understood. */
void answer_nothing(struct engine *e);
/* Go on with what a model was asked about; intent NULL: it knows none. */
void answer_classified(struct engine *e, const char *text, const char *intent, bool old);
/* The caller has left; true if a rule answers. */
bool answer_hangup(struct engine *e);
/* This rule of events fits that word. */
bool answer_is(struct engine *e, const struct scenario_rule *r, const char *word);
/* The rule of a failed tool, or NULL. */
const struct scenario_rule *answer_tool_failed(struct engine *e, const char *tool);

/* answered.c */
/* amd has said something. */
void answered_amd(struct engine *e, json_t *data);
/* The words of a turn so far, also while it is being said. */
void answered_words(struct engine *e, const char *text, int64_t turn);
/* A rule of the scenario has found the words of a machine. */
void answered_machine(struct engine *e, const char *text);
/* Follow the rule for what is new of it. */
void answered_ask(struct engine *e);

/* say.c */
void say_all(struct engine *e, const struct scenario_says *says);
/* What was said on entry, once more. */
void say_entry(struct engine *e);
/* The same, or what the state says instead. */
void say_again(struct engine *e);
/* Words of a model; how many sentences that are. */
int say_model(struct engine *e, const struct scenario_llm *llm, const char *text, int64_t answer);
/* True if a wait phrase may be said now: nobody speaks, nor was one said just now. */
bool say_may_wait(const struct engine *e);
/* The next wait phrase. */
void say_wait(struct engine *e);
/* Send what may leave now, and before it what is expected of the caller. */
void say_send(struct engine *e);
/* The number of the question that the state asks, new; NULL: it has none. */
json_t *say_question_number(struct engine *e);
/* What filters make of a variable. */
int say_filter(void *ctx, const char *name, const char *argument, const char *language,
	const char *in, struct dynbuf *out);
/* One is over: what was heard of it is remembered (a said_over). */
void say_over(void *ctx, const struct sentence *s, enum said_end end, size_t n);
/* A line of the talk. */
void say_remember(struct engine *e, const char *who, const char *text, size_t n);

/* back.c */
int dialogue_init(struct dialogue *d, const struct scenario *sc) MUST_USE;
void dialogue_free(struct dialogue *d);
void dialogue_forget_entry(struct dialogue *d);
int dialogue_keep_entry(struct dialogue *d, const struct spoken *spoken) MUST_USE;
/* From here on what is done can be taken back. */
void back_mark(struct engine *e);
/* It stands: what waited for that is done. */
void back_commit(struct engine *e);
/* Take it back. */
void back_take(struct engine *e);
/* The place of an earlier call is taken up, or not wanted. */
void back_saved(struct engine *e, bool taken_up);
static inline bool back_possible(const struct engine *e)
{
	return e->before.vars;
}

/* engine.c */
void engine_settle(struct engine *e); /* do what is to be done, and say what is to be said */
void engine_put(struct engine *e, const char *type, json_t *data);  /* steals data */
void engine_set(struct engine *e, const char *name, json_t *value); /* a variable; steals value */
/* What is being said and done is given up. */
void engine_interrupt(struct engine *e);
/* True if it talks, and does nothing. */
bool engine_rests(const struct engine *e);
void engine_put_later(struct engine *e, const char *type, json_t *data); /* steals data */
void engine_result(struct engine *e, json_t *data);                      /* steals data */
/* What is being done is given up, and with `said` what is being said, too. */
void engine_break_off(struct engine *e, bool said);

#endif
