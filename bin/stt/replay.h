/* replay: stt --replay: transcripts of a recorded call, from its journal: nobody is asked, and each stands where it stood in
 * the call, so that what follows decides the same.
 */
#ifndef CALLPIPE_STT_REPLAY_H
#define CALLPIPE_STT_REPLAY_H

#include "base/util.h"

/* As a filter of the stream of that call. dir: its directory. Returns the exit code. */
int replay_run(const char *dir) MUST_USE;

#endif
