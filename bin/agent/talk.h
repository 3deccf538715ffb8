/* talk: a dialogue as text, a line for each thing that is said or done: what a file of --text is made of.
 *
 *	# a comment
 *	scenario: support.json
 *	bot: Please say or key in your number.
 *	keys: 4217
 *	tool: find_client {"number":"4217"} -> {"found":true}
 *	state: diagnostic
 *
 * Described in agent(1).
 */
#ifndef AGENT_TALK_H
#define AGENT_TALK_H

#include <jansson.h>

#include "base/util.h"

#define TALK_FILE_MAX (1 << 20) /* bytes */
#define TALK_CUT " --"          /* ends a line of the bot that was cut off */

enum talk_kind {
	TALK_NOTHING,  /* a line that has gone */
	TALK_SCENARIO, /* what the call is made with */
	TALK_CALL,
	TALK_SESSION,
	TALK_CALLER, /* what the caller does */
	TALK_INTERRUPT,
	TALK_GOES_ON,
	TALK_COUGH,
	TALK_MUMBLE,
	TALK_KEYS,
	TALK_PRESS,
	TALK_SILENCE,
	TALK_AMD,
	TALK_HANGUP,
	TALK_BOT, /* what the bot does */
	TALK_WAIT,
	TALK_STATE,
	TALK_MODEL,
	TALK_TOOL,
	TALK_RESULT,
	TALK_END,
};

struct talk_line {
	enum talk_kind kind;
	int number; /* in its file, from 1 */
	int64_t ms; /* SILENCE, INTERRUPT: how long; -1: not told. TOOL, MODEL: the answer comes after */
	char *text;     /* behind the colon; of TOOL its name */
	json_t *json;   /* RESULT, CALL; MODEL; TOOL: its arguments; NULL: not told */
	bool answered;  /* TOOL: the answer is told: status and answer */
	int status;     /* TOOL: enum tool_status */
	json_t *answer; /* TOOL: what it answers */
};

struct talk {
	struct talk_line *line;
	size_t n;
};

void talk_free(struct talk *t);
/* One more line; text is copied, json is taken over, both may be NULL. The line, NULL: no memory. */
struct talk_line *talk_add(struct talk *t, enum talk_kind kind, const char *text, json_t *json);
/* Read a file ("-": stdin). 0, or an exit code: it has been said what is wrong. */
int talk_read(struct talk *t, const char *path) MUST_USE;
/* One line of text; *ret_why says what is wrong with it: -1. 1: there is nothing in it. */
int talk_parse(struct talk *t, const char *text, const char **ret_why) MUST_USE;
/* As text, without a line feed. */
void talk_print(const struct talk_line *l, char *buf, size_t size);
/* The caller does it. */
static inline bool talk_is_caller(const struct talk_line *l)
{
	return l->kind >= TALK_CALLER && l->kind <= TALK_HANGUP;
}

#endif
