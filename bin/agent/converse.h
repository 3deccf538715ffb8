/* converse: a language model in the dialogue: what it is asked, what becomes of its answer, what it is told was heard.
 *
 *	converse.c   when it is asked, its words, what is taken back
 *	reach.c      what it may do: tools, ways out, goals
 *	classify.c   the other question: which intent was it
 *
 * A part of the engine: no I/O. A question goes out of engine_port.ask, and what comes back into engine_model. The
 * chat (model/chat.h) is the whole talk as it was heard. What a caller says goes into it only when it is known how much
 * of the bot's words it cut off, and what can be taken back is taken out of it again.
 *
 * Nothing that a model writes is an instruction: it is words for the caller, a call of a tool whose arguments are
 * checked, or one of the names that it was offered.
 */
#ifndef AGENT_CONVERSE_H
#define AGENT_CONVERSE_H

#include "model/chat.h"
#include "scenario/scenario.h"
#include "tool.h"
#include "turns.h"

#define CONVERSE_ANSWERS 8      /* answers of which something may still be heard */
#define CONVERSE_CLEAR_MS 400   /* so long it is waited for to know what was heard */
#define CONVERSE_OVERDUE 8      /* tools with an effect that took too long, and are still at work */
#define CONVERSE_REASON_MAX 400 /* bytes of what a model tells the one who takes over */

struct engine;

enum converse_at {
	CONVERSE_REST,  /* nothing is wanted of it */
	CONVERSE_DUE,   /* it is to be asked, as soon as it is known what was heard */
	CONVERSE_ASKED, /* its answer is awaited, or comes */
	CONVERSE_TOOLS, /* tools are at work for it */
};

/* A tool that is at work for it, or has been. */
struct converse_call {
	char id[CHAT_NAME_MAX];    /* in the chat */
	char tool_id[TOOL_ID_MAX]; /* in events */
	const struct scenario_tool *tool;
	bool running;
};

/* An answer, as far as it was heard. */
struct converse_answer {
	int64_t number;   /* of its question; 0: there is none here */
	int64_t message;  /* in the chat; 0: not there */
	int queued, over; /* sentences of it: all, and those that are over */
	bool cut;         /* there is more of it than was heard, or ever will be */
	bool gone;        /* it was taken back: what is heard of it still is a message of its own */
	struct dynbuf heard;
};

struct converse {
	struct chat chat;
	enum converse_at at;
	char id[24];    /* of the question that is asked */
	int64_t number; /* of questions so far */
	int64_t due_ms; /* since when it is due, call time */
	int64_t stay;   /* the chat has prompt and tools for this stay in a state; 0: for none */
	bool slow;      /* it was told that the answer takes its time */
	bool said;      /* something has been said to the caller's words */
	bool recalled;  /* the talk of an earlier call is in the chat */

	/* what the caller said that is not in the chat yet */
	json_t *lines;     /* array of {"text","note"} */
	size_t lines_mark; /* so many of them stay if the answer is taken back */
	json_t *moved;     /* array: those of them that are in the chat by now */
	int64_t mark; /* message after which all is taken back; -1: nothing is in the chat yet */

	struct converse_answer answer[CONVERSE_ANSWERS]; /* at number % CONVERSE_ANSWERS */
	struct dynbuf text;                              /* of the answer that comes, so far */

	/* what it does */
	struct converse_call call[CHAT_CALLS_MAX];
	size_t calls;
	struct converse_call overdue[CONVERSE_OVERDUE]; /* running: not ended yet */
	size_t overdue_n;                      /* so many so far: at overdue_n % CONVERSE_OVERDUE */
	int calls_turn, calls_call;            /* how many so far */
	bool failed;                           /* one of them was not done */
	bool answers;                          /* the model is to see what came of them */
	const struct scenario_exit *exit;      /* to be taken when they have ended; NULL: none */
	char exit_id[CHAT_NAME_MAX];           /* the call that wants it */
	const struct scenario_destination *to; /* the same, of a transfer */
	char reason[CONVERSE_REASON_MAX + 1];

	/* which intent */
	bool classifying;              /* that is what is asked */
	struct chat side;              /* the question */
	json_t *schema;                /* of the answer; NULL: none */
	char what[TURNS_TEXT_MAX + 1]; /* the caller said */
	bool old;                      /* to another question */
};

/* What is asked of a model. */
struct engine_question {
	const char *id;          /* of the question, unique */
	const struct chat *chat; /* until the answer has ended, or is not wanted any more */
	const json_t *schema;    /* of the answer, which is JSON then; NULL: words */
	bool no_tools;
};

int converse_init(struct engine *e) MUST_USE;
void converse_free(struct engine *e);

/* The caller's words, or keys: they answer, or lead elsewhere; note: of ours; both may be NULL. */
void converse_line(struct engine *e, const char *text, const char *note);
/* The model leads from here on: it speaks first. */
void converse_begin(struct engine *e);
/* It is asked again: it has the results of its tools. */
void converse_due(struct engine *e);
/* A note of ours, which nobody takes back. */
void converse_note(struct engine *e, const char *note);
/* The talk of an earlier call, which is gone on with: array of {"who","text"}. */
void converse_recall(struct engine *e, json_t *talk);
/* What the caller did is the model's to answer; note: ours, NULL: none. */
void converse_answer(struct engine *e, const char *note);
/* Ask it, if it is due and nothing is in the way. */
void converse_settle(struct engine *e);
/* A sentence is over: n bytes of it were heard. */
void converse_over(struct engine *e, int64_t answer, const char *text, size_t n);
/* All that waits or is being said is cut off, and what comes of it is not wanted. */
void converse_interrupt(struct engine *e);
/* Nothing is wanted of it any more: the dialogue goes elsewhere. */
void converse_stop(struct engine *e);
/* back.c: from here on it can be taken back; it is. */
void converse_mark(struct engine *e);
void converse_take_back(struct engine *e);
/* Something comes that has to be waited for. */
bool converse_waits(const struct engine *e);

/* reach.c */
/* Prompt and tools of the state, as they are in this stay. */
int reach_offer(struct engine *e) MUST_USE;
/* Do what an answer asks for; calls: array of {"id","name","arguments"}. */
void reach_calls(struct engine *e, json_t *calls);
/* The tool that is at work for the model under this name; NULL: none. */
const struct scenario_tool *reach_tool(struct engine *e, const char *tool_id);
/* One with an effect has ended after all. */
void reach_tool_late(struct engine *e, const struct tool_end *end);
/* It has ended. */
void reach_tool_done(struct engine *e, const struct tool_end *end);
/* Those that only read are broken off. */
void reach_cancel(struct engine *e);
/* One is at work. */
bool reach_busy(const struct engine *e);

/* classify.c */
/* Ask which intent it is; old: see answer_text. */
void classify_ask(struct engine *e, const char *text, bool old);
/* The question for the port. */
int classify_question(struct engine *e, struct engine_question *q) MUST_USE;
/* It has been answered (an object), or not: NULL. */
void classify_done(struct engine *e, const json_t *answer);

#endif
