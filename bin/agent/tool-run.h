/* tool-run: one call of a tool, and what its kind does for it.
 */
#ifndef AGENT_TOOL_RUN_H
#define AGENT_TOOL_RUN_H

#include "base/dynbuf.h"
#include "net/breaker.h"
#include "tool.h"

struct tool_run;

struct tool_kind {
	/* Begin: t->state is the kind's own. -1 with errno: it cannot; free is called then, too. Never calls tool_over. */
	int (*start)(struct tool_run *t, json_t *arguments);
	/* Nobody needs the answer, or (slow) its time is up: true, it has ended; false: tool_over will be called. */
	bool (*stop)(struct tool_run *t, bool slow);
	/* Forget it; what still runs and only reads is ended. */
	void (*free)(struct tool_run *t);
};

extern const struct tool_kind tool_command, tool_http, tool_sql;
extern const struct tool_settings *tool_settings;

struct tool_run {
	struct tool_run *next;
	struct tool_runner *runner;
	const struct tool_kind *kind;
	const struct scenario_tool *tool;
	char *id, *key;
	bool reported; /* done has been called: what comes is of no interest, or late */
	struct loop_timer deadline;
	int64_t start_ns;
	void *state; /* of its kind */
};

/* Of a host or a database; NULL: no memory. */
struct breaker *tool_breaker(const char *what);
/* It has ended: id, ms and late of end are filled in here. t is gone then. */
void tool_over(struct tool_run *t, struct tool_end end);
/* The same: it has failed. */
void tool_over_failed(struct tool_run *t, enum tool_fault fault, const char *why);
/* What may not be in an answer. */
struct tool_secrets {
	char *const *text; /* NULL: none, that one */
	size_t n;          /* of them */
};
/* The same, with JSON that is still to be read: blank is null. */
void tool_over_text(
	struct tool_run *t, const struct dynbuf *text, int code, struct tool_secrets secrets);
/* The same, with an answer that can still be too large for an event. Steals result. */
void tool_over_json(
	struct tool_run *t, json_t *result, struct tool_end end, struct tool_secrets secrets);
/* When it is of no use any more, in CLOCK_MONOTONIC ns: then it is stopped; one with an effect has longer. */
int64_t tool_until(const struct tool_run *t);

#endif
