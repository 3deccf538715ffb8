/* reply: what came of an answer so far, whichever engine reads it.
 *
 * Thinking is kept apart: fields of their own, and <think>..</think> (also <thinking>, <reasoning>) in the text, across
 * the borders of pieces. What is longer than its maximum is an end by length. What does not parse is skipped, and counted.
 */
#ifndef CALLPIPE_MODEL_REPLY_H
#define CALLPIPE_MODEL_REPLY_H

#include "model/chat.h"

#define REPLY_TEXT_MAX (32 << 10)      /* bytes of words, or of a JSON answer */
#define REPLY_ARGUMENTS_MAX (16 << 10) /* bytes of a call's arguments */
#define REPLY_THINKING_MAX (256 << 10)
#define REPLY_WHY_MAX 256

enum reply_stop {
	REPLY_GOING,   /* not said yet */
	REPLY_STOP,    /* said all, or calls tools */
	REPLY_LENGTH,  /* had no more room */
	REPLY_REFUSED, /* would not say it: content filter, refusal */
};

struct reply_call {
	int64_t index;            /* as the vendor counts; -1: it does not */
	char id[CHAT_NAME_MAX];   /* "": none was given */
	char name[CHAT_NAME_MAX]; /* longer ones are cut */
	struct dynbuf arguments;
	bool begun;
};

struct model_usage {
	int64_t input, cached, output; /* tokens: input without those that were cached */
};

struct reply {
	/* Words to be said, as they come. May be NULL. */
	void (*text)(void *ctx, const char *p, size_t n);
	void *ctx;
	bool as_text;           /* the answer is JSON: a call of the tool `answer` is its text */
	struct dynbuf words;    /* all of them */
	struct dynbuf thinking; /* blocks to be sent back, JSON, with commas between; "": none */
	struct reply_call call[CHAT_CALLS_MAX];
	size_t calls;
	struct model_usage usage;
	enum reply_stop stop;
	bool ended;              /* the end marker came: [DONE], message_stop */
	bool first;              /* the first token came: a word or the beginning of a call */
	bool failed;             /* an error inside the answer */
	char why[REPLY_WHY_MAX]; /* .. in words, one line */
	int64_t skipped;         /* pieces that made no sense */
	/* of the engine, and of the filter */
	struct dynbuf tag;                    /* the beginning of what may be a tag */
	int think;                            /* 0: words; else which tag's end is waited for */
	int64_t block;                        /* index of the block that is open; -1: none */
	struct dynbuf block_text, block_sign; /* of a thinking block */
	int block_kind;
};

void reply_init(struct reply *r, void (*text)(void *ctx, const char *p, size_t n), void *ctx);
void reply_free(struct reply *r);
/* No more comes: what was held back because it might have been a tag is words. */
void reply_end(struct reply *r);

/* For engines. */
void reply_add_words(struct reply *r, const char *p, size_t n);
/* A call by index, or id: made if there is none; NULL: too many. */
struct reply_call *reply_call_at(struct reply *r, int64_t index, const char *id);
void reply_add_arguments(struct reply *r, struct reply_call *call, const char *p, size_t n);
void reply_fail(struct reply *r, const char *why);

#endif
