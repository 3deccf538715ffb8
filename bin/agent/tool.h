/* tool: what the dialogue calls: programs, requests and statements that answer with JSON, beside the loop.
 *
 *	tool.c          running, deadlines, cancelling, reporting
 *	tool-command.c  a program and its arguments: JSON on stdin, JSON on stdout
 *	tool-http.c     a request
 *	tool-sql.c      statements in one transaction
 *
 * A program is run (no shell sees anything) as the leader of a process group of its own. Exit code 0 and valid JSON (or
 * nothing: null) is `ok`; anything else `failed`. What it writes to stderr is logged. Of HTTP a status 2xx, of SQL a
 * transaction that is committed is `ok`. More than TOOL_RESULT_MAX bytes of JSON are `failed`.
 *
 * A tool that reads is ended when its time is up or when nobody needs the answer any more; what a program leaves behind
 * in its group ends with it. One with an effect is never broken off: when its time is up that is said (`timeout`), and
 * once more, late, how it ended.
 */
#ifndef AGENT_TOOL_H
#define AGENT_TOOL_H

#include <jansson.h>

#include "base/loop.h"
#include "net/http.h"
#include "scenario/scenario.h"

#define TOOL_RESULT_MAX 32768   /* bytes of JSON it may write */
#define TOOL_TOLD_MAX 49152     /* the same as it is written into an event */
#define TOOL_COMPLAINT_MAX 4096 /* bytes of its stderr that are logged */
#define TOOL_EFFECT_MS \
	60000 /* a request or transaction with an effect is waited for so long, if it has no longer time */
#define TOOL_ID_MAX 96   /* bytes of the name of a call, with its NUL */
#define TOOL_WHY_MAX 256 /* bytes of why it failed, with its NUL */

enum tool_status { TOOL_OK, TOOL_FAILED, TOOL_TIMEOUT, TOOL_CANCELLED };

/* Why it failed. */
enum tool_fault {
	TOOL_FINE,
	TOOL_NO,        /* the service says so: exit code, status 4xx, a statement that fails */
	TOOL_ARGUMENTS, /* they cannot be what it is asked for */
	TOOL_BUSY,   /* not now: overloaded, not reached, no connection free, its breaker is open */
	TOOL_ANSWER, /* what it answers cannot be used */
	TOOL_SETTINGS, /* a secret is missing, no right to ask, a library is not there */
};

struct tool_end {
	const char *id; /* as given to tool_start */
	enum tool_status status;
	json_t *result;  /* what it answered; NULL unless ok; borrowed */
	int64_t ms;      /* how long it took */
	bool late;       /* it has an effect, and its timeout was reported before */
	const char *why; /* not ok: in words, for people and models */
	enum tool_fault fault;
	int code;  /* status of the HTTP reply; 0: none */
	bool more; /* there were more rows than it may answer with */
};

struct tool_spec {
	const char *id; /* of this call of it, unique among those of the runner */
	/* the same, unique in the world, and the same again if this call is made again: CALLPIPE_TOOL_ID,
	 * Idempotency-Key */
	const char *key;
	const struct scenario_tool *tool;
};

struct tool_run;

struct tool_runner {
	struct loop *loop;
	void (*done)(void *ctx, const struct tool_end *end); /* may start others */
	void *ctx;
	struct tool_run *head; /* running, or killed and not yet gone */
	struct http http;      /* requests: connections are kept between them */
};

struct tool_settings {
	const char *spool; /* where the connections of all calls are counted; NULL: they are not */
	int64_t connections; /* to a database, of all calls together */
};

/* For all runners of this process, before the first. The struct is kept as a pointer. */
void tool_set(const struct tool_settings *set);

/* Log the secrets that tools need and that are not there: better now than in the middle of a call. */
void tool_warn_missing(const struct scenario *sc);
/* Those that are programs do not find the secrets of the others in their environment, before these were used. */
void tool_reserve_secrets(const struct scenario *sc);
/* Breakers, of tools and of models, are those of all calls of the host from now on. */
void tool_share_breakers(void);

/* "ok", "failed", "timeout", "cancelled". */
const char *tool_status_name(enum tool_status status);

void tool_init(struct tool_runner *r, struct loop *loop,
	void (*done)(void *ctx, const struct tool_end *end), void *ctx);
/* Forget all; those that read are killed, one with an effect goes on unwatched if it is a program. */
void tool_free(struct tool_runner *r);

/* Run one; done is called when it has ended, never before this returns. -1 with errno: it cannot be run. The arguments
 * have been checked: scenario_arguments. */
int tool_start(struct tool_runner *r, const struct tool_spec *spec, json_t *arguments) MUST_USE;
/* End those that only read: done is called for each, cancelled, before this returns. */
void tool_cancel(struct tool_runner *r);
/* True while one with an effect has not ended. */
bool tool_busy(const struct tool_runner *r);
/* True while one is left, were it only to be reaped. */
static inline bool tool_running(const struct tool_runner *r)
{
	return r->head;
}

#endif
