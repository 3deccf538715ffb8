/* chat: a conversation with a language model, in our own form, whichever vendor it is put to.
 *
 *	chat_init(&c, 20);
 *	chat_system(&c, prompt);                     // stays as it is: vendors' caches go by equal bytes
 *	chat_tool(&c, "find_order", "..", schema);
 *	chat_user(&c, "my order?", "It is 10:02.");
 *	  ask ..
 *	said = chat_assistant(&c, "Let me look.", &turn);  // turn: tool calls, thinking
 *	chat_result(&c, "call_1", "{\"state\":\"sent\"}", false);
 *	  ask ..
 *	said = chat_assistant(&c, "It was sent on Monday.", NULL);
 *	chat_heard(&c, said, "It was sent");         // interrupted: the model is told what was heard
 *
 * A turn is what a user says and all up to the next thing a user says: a tool call is never parted from its result.
 * System, tools and older messages make the same bytes in each request; what changes from turn to turn (time, state)
 * comes with what the user says, as a note, and stays there.
 *
 * What callers and tools say is data: `<` and `>` in what a user says are written as `‹` and `›`, so that nobody can
 * write a note or a summary. Texts longer than their maximum are cut between two characters.
 */
#ifndef CALLPIPE_MODEL_CHAT_H
#define CALLPIPE_MODEL_CHAT_H

#include <jansson.h>

#include "base/dynbuf.h"

#define CHAT_SYSTEM_MAX (64 << 10) /* bytes, as those below */
#define CHAT_TEXT_MAX (8 << 10)    /* of a user, the assistant, a note, a summary */
#define CHAT_RESULT_MAX (16 << 10)
#define CHAT_TOTAL_MAX \
	(256 << 10) /* of all messages: older turns are left out; twice that: of the last one */
#define CHAT_TURNS_MAX 200
#define CHAT_CALLS_MAX 16 /* tool calls of one answer */
#define CHAT_TOOLS_MAX 64
#define CHAT_NAME_MAX 65 /* bytes of the name of a tool, and of an id, with its NUL */

/* A tool call as the model wrote it. Owned by what holds it. */
struct chat_call {
	char *id;   /* letters, digits, _ and -; each but once in a conversation */
	char *name; /* any text: it may be no tool of ours */
	char *arguments; /* a text that should be a JSON object, and may be none; "{}" if there were none */
};

enum chat_role { CHAT_USER, CHAT_ASSISTANT, CHAT_RESULT };

struct chat_message {
	enum chat_role role;
	int64_t id;             /* from 1, in order */
	char *text;             /* what was said, the result */
	char *note;             /* user: what we say with it; NULL: nothing */
	struct chat_call *call; /* assistant */
	size_t calls;
	char *thinking; /* assistant: JSON blocks, commas between, that go back unchanged; NULL: none */
	char *provider; /* .. to this one only: name of a model */
	char *call_id;  /* result: of this call */
	bool failed;    /* result: it is why there is none */
};

struct chat_tool {
	char *name, *description;
	char *schema; /* of the arguments, JSON text: an object with type "object" */
};

struct chat {
	char *system; /* "": none */
	struct chat_tool tool[CHAT_TOOLS_MAX];
	size_t tools;
	struct chat_message *message;
	size_t messages, size; /* used and allocated */
	char *summary; /* of what stood before the messages; NULL: nothing did, or it was left out */
	size_t turns_max; /* more are folded */
	size_t bytes;     /* of all messages */
	int64_t last_id;
	int64_t folding; /* see chat_fold_text: id of the last message of it; 0: none */
};

void chat_init(struct chat *c, size_t turns_max);
void chat_free(struct chat *c);

/* All of these: -1 no memory, too many or too much, no name that a tool may have: errno ENOMEM, E2BIG, EINVAL. */
int chat_system(struct chat *c, const char *text) MUST_USE;
/* schema: NULL: no arguments. Not kept. */
int chat_tool(
	struct chat *c, const char *name, const char *description, const json_t *schema) MUST_USE;
void chat_forget_tools(struct chat *c);

/* note may be NULL. Two in a row, when nothing was heard in between, are one turn. */
int chat_user(struct chat *c, const char *text, const char *note) MUST_USE;

/* The same for what is to be worked on: a text of up to CHAT_TOTAL_MAX bytes. */
int chat_data(struct chat *c, const char *text) MUST_USE;

/* What came beside the text of an answer (model/ask.h gives it); it is copied. */
struct chat_turn {
	const struct chat_call *call;
	size_t calls;
	const char *thinking, *provider;
};
/* *ret_id (may be NULL) for chat_heard. turn may be NULL. */
int chat_assistant(
	struct chat *c, const char *text, const struct chat_turn *turn, int64_t *ret_id) MUST_USE;
/* Of an answer, this was heard; "": nothing, and it is left out, but for its calls. One that has been folded: nothing
 * is done. */
int chat_heard(struct chat *c, int64_t id, const char *text) MUST_USE;
/* What stands behind this message is taken back; 0: all. */
void chat_back(struct chat *c, int64_t id);
/* Every call has to get one, before the user says something: those that have none are told that they were not made. */
int chat_result(struct chat *c, const char *call_id, const char *text, bool failed) MUST_USE;

/* There are more turns than are to be kept: half of them are to be folded. */
bool chat_full(const struct chat *c);
/* What is to be summed up: the summary so far and the older half of the turns, as a text. */
int chat_fold_text(struct chat *c, struct dynbuf *ret) MUST_USE;
/* They are replaced by this summary; NULL: left out, and the summary so far stays. */
void chat_fold(struct chat *c, const char *summary);

/* An id for a call of this conversation: id itself if it may be one, and is none yet, else an own one. */
void chat_call_id(const struct chat *c, const char *id, size_t nth, char ret[CHAT_NAME_MAX]);

#endif
