/* call: what as-answer tells every program of a pipeline of the call they are part of. */
#ifndef CALLPIPE_STREAM_CALL_H
#define CALLPIPE_STREAM_CALL_H

#include "base/util.h"

/* Call time 0, CLOCK_MONOTONIC in ns: CALLPIPE_T0_NS, or without it now. -1 with errno: it is no
 * time that has been; then too *ret is now. */
int call_start_ns(int64_t *ret) MUST_USE;

#endif
