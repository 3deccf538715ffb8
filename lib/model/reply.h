/* reply: what came of an answer so far, whichever engine reads it.
 *
 * Thinking is kept apart: fields of its own, and <think>..</think> (also <thinking>, <reasoning>) in the words, across the
 * borders of pieces. More than there is room for: the answer ends there, by length. What does not parse is skipped, and
 * counted.
 */
#ifndef CALLPIPE_MODEL_REPLY_H
#define CALLPIPE_MODEL_REPLY_H

#include "model/chat.h"

#define REPLY_TEXT_MAX (32 << 10)      /* bytes of words, or of an answer in JSON */
#define REPLY_ARGUMENTS_MAX (16 << 10) /* bytes of a call's arguments */
#define REPLY_THINKING_MAX (256 << 10)
#define REPLY_WHY_MAX 256
#define REPLY_TAG_MAX 16

enum reply_stop {
	REPLY_GOING,   /* not said yet */
	REPLY_STOP,    /* said all, or calls tools */
	REPLY_LENGTH,  /* had no more room */
	REPLY_REFUSED, /* would not say it: content filter, refusal */
};

struct reply_call {
	int64_t index;          /* as the vendor counts; they need not be different */
	char id[CHAT_NAME_MAX]; /* "": none was given */
	char name[CHAT_NAME_MAX];
	struct dynbuf arguments; /* "": none */
};

struct model_usage {
	int64_t input;  /* tokens, without those that were cached */
	int64_t cached; /* tokens of the question that were known to the vendor */
	int64_t output; /* tokens, thinking included */
};

enum reply_block { REPLY_NO_BLOCK, REPLY_WORDS, REPLY_CALL, REPLY_THINKING };

struct reply {
	const char *
		answer; /* name of the tool whose arguments are the words: an answer in JSON; NULL */
	struct dynbuf words;    /* all that is to be said */
	struct dynbuf thinking; /* JSON values with commas between, to be sent back; "": none */
	struct reply_call call[CHAT_CALLS_MAX];
	size_t calls;
	struct model_usage usage;
	enum reply_stop stop;
	bool ended;              /* the end marker came: [DONE], message_stop */
	bool failed;             /* an error inside the answer */
	char why[REPLY_WHY_MAX]; /* .. in words, one line */
	int64_t skipped;         /* pieces that made no sense */

	/* The filter's, and the engine's. */
	char tag[REPLY_TAG_MAX]; /* what may be the beginning of a tag, in lower case */
	char raw[REPLY_TAG_MAX]; /* .. as it came */
	size_t tag_n;            /* bytes of both */
	int think;               /* 0: words; else the tag whose end is waited for, from 1 */
	int64_t block;           /* index of the block that goes on */
	enum reply_block kind;   /* of it */
	struct dynbuf thought, signature; /* of a thinking block */
};

void reply_init(struct reply *r);
void reply_free(struct reply *r);
/* No more comes: what was held back because it might have been a tag is words. */
void reply_end(struct reply *r);
/* A word has come, or the beginning of a call. */
bool reply_begun(const struct reply *r);

/* For engines. */
void reply_add_words(struct reply *r, const char *p, size_t n);
/* The string that is a member of an object; "" if there is none. */
const char *reply_string(const json_t *object, const char *key);
/* NULL: too many. */
struct reply_call *reply_new_call(struct reply *r, int64_t index);
/* The last one with this index; NULL: none. */
struct reply_call *reply_find_call(struct reply *r, int64_t index);
void reply_add_arguments(struct reply *r, struct reply_call *call, const char *p, size_t n);
/* An error inside the answer, as vendors write it: a text, or an object with a message; null is none. */
void reply_fail_by(struct reply *r, const json_t *error);

#endif
