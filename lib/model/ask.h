/* ask: one question to the list of language models, on the loop.
 *
 *	asker_open(&a, "agent", models, &loop, why);
 *	ask = ask_start(&a, &(struct model_question){.chat = &chat}, &on, ctx);
 *
 * The models are asked in their order: the next one if the breaker of one is open, if it fails, or if no first token has
 * come within give_up_ms; all of them together until budget_ms. Without a sentence within wait_ms `waiting` is called,
 * once.
 *
 * Words come as sentences (text/sentence.h), each as soon as it is sure. An answer that breaks off ends with the last
 * whole sentence: half a number is worse than none. As long as nobody heard any of it, the next model is asked; nothing is
 * asked again when somebody did.
 */
#ifndef CALLPIPE_MODEL_ASK_H
#define CALLPIPE_MODEL_ASK_H

#include "base/loop.h"
#include "model/engine.h"
#include "net/http.h"
#include "net/provider.h"

/* The models of a process, ready to be asked. */
struct asker {
	const struct models *models;
	struct loop *loop;
	struct http http;
	struct provider provider[MODELS_MAX]; /* in the order of models */
	struct asker_fold *fold;              /* a summary under way; NULL: none */
	struct ask *drained; /* answers that are over, whose connections are not free yet */
	size_t asks;         /* under way, and those */
	bool alone;          /* ask_json: the loop stops with the last of them */
};

/* Find the keys. stage: who asks, for messages and the breakers' names: a constant. 0; or an exit code (78, 64), why says
 * why, as a message without `prog:`. */
int asker_open(struct asker *a, const char *stage, const struct models *m, struct loop *loop,
	char why[HTTP_WHY_MAX]) MUST_USE;
/* No question may be under way; a summary is cancelled. */
void asker_close(struct asker *a);
/* Have a connection to the first of them made. */
void asker_warm(struct asker *a);

enum ask_how {
	ASK_DONE,      /* an answer, whole */
	ASK_TRUNCATED, /* it broke off, or took too long, when some of it had been given */
	ASK_LENGTH,    /* it had no more room: max_output, or ours */
	ASK_REFUSED,   /* the model would not */
	ASK_FAILED,    /* nobody answered: code, why are of the last who was asked */
};

const char *ask_how_name(enum ask_how how); /* "done", "truncated", "length", "refused", "failed" */

struct ask_end {
	enum ask_how how;
	const struct model *model; /* whose answer it is; NULL: nobody's */
	const char *text;          /* all words, as they came, without thinking; "": none */
	const json_t *json;        /* asked for by a schema, and it is an object; else NULL */
	struct chat_turn turn; /* for chat_assistant: calls, thinking; calls only if how is DONE */
	struct model_usage usage; /* 0: not told */
	int64_t first_ms;         /* from the question to the first token; -1: none came */
	int64_t total_ms;
	const char *
		code; /* not DONE: word for `error` events, as provider_end.code, or "length", "refused", "answer" */
	const char *why; /* .. in words, no secrets */
};

/* Called from the loop, never from ask_start. What they get lives until they return. Any may be NULL but end; any may
 * call ask_cancel. */
struct ask_handlers {
	void (*waiting)(void *ctx);
	/* the first token is there: the answer is this one's, unless `failed` is called */
	void (*first)(void *ctx, const struct model *m);
	void (*sentence)(void *ctx, const char *text, size_t n);
	/* of a model that was asked; also of an answer that broke */
	void (*usage)(void *ctx, const struct model *m, const struct model_usage *u);
	/* a model of which nothing was heard: the next one is asked. code and why as in ask_end */
	void (*failed)(void *ctx, const struct model *m, const char *code, const char *why);
	void (*end)(void *ctx, const struct ask_end *end);
};

struct ask; /* one question under way */

/* The question is copied but for its chat and schema: they must stay until the end. NULL: no memory. */
struct ask *ask_start(struct asker *a, const struct model_question *q,
	const struct ask_handlers *on, void *ctx) MUST_USE;
/* The same of one model of them. */
struct ask *ask_one(struct asker *a, const struct model *m, const struct model_question *q,
	const struct ask_handlers *on, void *ctx) MUST_USE;
/* Forget it, at once: the connection is closed. No handler is called after. NULL is nothing. */
void ask_cancel(struct ask *ask);

/* For asker_close: an answer that is over is freed, whatever may still come of its stream. */
void ask_drop(struct ask *ask);

/* To be called between turns: if the conversation is longer than it should be, its older half is summed up by the model
 * for that, in the background, or left out if there is none, or it fails. The chat must stay until asker_close. */
void ask_fold(struct asker *a, struct chat *c);
/* No summary is wanted any more; what was to be summed up stays. */
void ask_fold_cancel(struct asker *a);

/* For tools that may block: ask, and wait for it: the loop runs until then, and nothing else may be under way. schema is
 * required. *ret: a new reference to the object that was answered. 0; or an exit code (69, 75, 78, 71), why says why, as
 * the end of a message. usage and ret_model may be NULL. */
int ask_json(struct asker *a, const struct model_question *q, json_t **ret,
	struct model_usage *ret_usage, const struct model **ret_model,
	char why[HTTP_WHY_MAX]) MUST_USE;

#endif
