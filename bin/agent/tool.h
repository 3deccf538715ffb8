/* tool: programs that the dialogue calls: JSON on stdin, JSON on stdout, beside the loop.
 *
 * A tool is a program and its arguments (no shell sees anything), run as the leader of a process group of its own.
 * It finds the arguments of the call as one JSON object on stdin, and writes one JSON value to stdout: its result.
 * Exit code 0 and valid JSON (or nothing: null) is `ok`; anything else, also more than TOOL_RESULT_MAX bytes,
 * `failed`. What it writes to stderr is logged.
 *
 * A tool that reads is killed with its group when its time is up or when nobody needs the answer any more; what it
 * leaves behind in its group ends with it. One with an effect is never killed: when its time is up that is said
 * (`timeout`), and once more, late, how it ended.
 */
#ifndef AGENT_TOOL_H
#define AGENT_TOOL_H

#include <jansson.h>

#include "base/loop.h"

#define TOOL_RESULT_MAX 32768   /* bytes of JSON it may write */
#define TOOL_TOLD_MAX 49152     /* the same as it is written into an event */
#define TOOL_COMPLAINT_MAX 4096 /* bytes of its stderr that are logged */

enum tool_status { TOOL_OK, TOOL_FAILED, TOOL_TIMEOUT, TOOL_CANCELLED };

struct tool_end {
	const char *id; /* as given to tool_start */
	enum tool_status status;
	json_t *result;  /* what it answered; NULL unless ok; borrowed */
	int64_t ms;      /* how long it took */
	bool late;       /* it has an effect, and its timeout was reported before */
	const char *why; /* not ok: in words, for people */
};

struct tool_spec {
	const char *id;    /* of this call of it, unique */
	const char *name;  /* of the tool, for messages */
	char *const *argv; /* program and arguments, NULL at the end */
	char *const *env;  /* "NAME=value" on top of ours, NULL at the end */
	int64_t timeout_ms;
	bool effect;
};

struct tool_run;

struct tool_runner {
	struct loop *loop;
	void (*done)(void *ctx, const struct tool_end *end); /* may start others */
	void *ctx;
	struct tool_run *head; /* running, or killed and not yet gone */
};

/* "ok", "failed", "timeout", "cancelled". */
const char *tool_status_name(enum tool_status status);

void tool_init(struct tool_runner *r, struct loop *loop,
	void (*done)(void *ctx, const struct tool_end *end), void *ctx);
/* Forget all; those that read are killed, one with an effect goes on unwatched. */
void tool_free(struct tool_runner *r);

/* Run one; done is called when it has ended, never before this returns. -1 with errno: it cannot be run. */
int tool_start(struct tool_runner *r, const struct tool_spec *spec, json_t *arguments) MUST_USE;
/* Kill those that only read: done is called for each, cancelled, before this returns. */
void tool_cancel(struct tool_runner *r);
/* True while one with an effect has not ended. */
bool tool_busy(const struct tool_runner *r);
/* True while one is left, were it only to be reaped. */
static inline bool tool_running(const struct tool_runner *r)
{
	return r->head;
}

#endif
