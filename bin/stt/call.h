/* call: stt as a filter: the stream of a call in, the same without the caller's audio but with transcripts out. */
#ifndef CALLPIPE_STT_CALL_H
#define CALLPIPE_STT_CALL_H

#include "recogniser.h"

/* Until the stream ends. dir: call directory or NULL, for hints_ref. Returns the exit code. */
int call_run(const struct settings *set, const struct engine *engine, const char *dir) MUST_USE;

#endif
