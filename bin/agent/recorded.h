/* recorded: what came from outside in a recorded call, for a replay: the session that was found, the results of tools, the
 * answers of models. Nothing is run, and each comes as many events into the stream as it came in the call.
 */
#ifndef AGENT_RECORDED_H
#define AGENT_RECORDED_H

#include "tool.h"

struct recorded {
	void (*done)(void *ctx, const struct tool_end *end);
	void (*answer)(void *ctx, const char *type, json_t *data);
	void *ctx;
	json_t *results; /* array of {"type","data"}: those that are still to come */
	json_t *session; /* data of the session event; NULL: there was none */
	json_t *started; /* object: ids of the tools that are called, and of questions */
	int64_t frames;  /* events of the stream so far */
};

/* An event by which a model answers. */
bool recorded_is_answer(const char *type);

void recorded_init(struct recorded *r, void (*done)(void *ctx, const struct tool_end *end),
	void (*answer)(void *ctx, const char *type, json_t *data), void *ctx);
void recorded_free(struct recorded *r);
/* Read the events.jsonl of a call directory. 0, or an exit code: it has been said why. */
int recorded_load(struct recorded *r, const char *dir) MUST_USE;
/* A tool is called, or a model asked. -1 with errno: there is no result of it. */
int recorded_start(struct recorded *r, const char *id) MUST_USE;
/* Those that were cancelled in the call are now. */
void recorded_cancel(struct recorded *r);
/* Call done for each result whose time has come. */
void recorded_deliver(struct recorded *r);

#endif
