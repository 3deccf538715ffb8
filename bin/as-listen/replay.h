/* replay: write the stream of a recorded call again, byte for byte as as-listen wrote it.
 */
#ifndef AS_LISTEN_REPLAY_H
#define AS_LISTEN_REPLAY_H

#include "base/util.h"

/* From a call directory to a blocking descriptor: as listen.jsonl says, or, without that file, all
 * of caller.s16 with a clock every 500 ms. rate_hz: used if the directory does not say. Messages
 * are written; returns the exit code: 65 if the recording ends early or is damaged, after all that
 * is whole. */
int replay_run(const char *dir, int rate_hz, int fd) MUST_USE;

#endif
