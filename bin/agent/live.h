/* live: the engine in a call: a filter on the stream, tools beside it, the place of the dialogue kept. */
#ifndef AGENT_LIVE_H
#define AGENT_LIVE_H

#include "model/models.h"
#include "scenario/scenario.h"

struct live_settings {
	const char *dir;      /* of the call; NULL: none */
	const char *spool;    /* where sessions are kept; NULL: nowhere */
	const char *key_file; /* of their names; NULL: in the spool */
	int64_t session_ttl_s; /* how long a call that was cut off can be gone on with; 0: not at all */
	const struct models *models; /* NULL: none */
	struct price *price;         /* of their tokens; NULL: none */
	const char *
		replay; /* directory of a recorded call, whose results and session are taken; NULL: none */
};

/* Run on stdin and stdout; the exit code. */
int live_run(const struct scenario *sc, const struct live_settings *set) MUST_USE;

#endif
