/* probe: stt --probe: one turn given to the engine as it is set, and what its service has to say of itself. */
#ifndef CALLPIPE_STT_PROBE_H
#define CALLPIPE_STT_PROBE_H

#include "recogniser.h"

/* path: a sound file; NULL: a second of silence. Lines of `name: value` to stdout; returns the exit code: 0 it has answered
 * well, 69 it refuses, 75 try again, 78 the engine asks no service, or as it says itself. */
int probe_run(const struct settings *set, const struct engine *engine, const char *path,
	int rate_hz) MUST_USE;

#endif
