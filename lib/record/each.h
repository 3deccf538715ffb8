/* each: the main loop of a tool that does one thing with each of many calls.
 *
 *	return opt_finish(each_call(argv + first, score_call, NULL));
 */
#ifndef CALLPIPE_RECORD_EACH_H
#define CALLPIPE_RECORD_EACH_H

#include "record/story.h"

/* What is done with a call: 0, BATCH_SKIPPED, or an exit code after a message. */
typedef int each_work(const struct kept *k, void *ctx);

/* Work on every call that the operands, or stdin, name (batch.h); one that cannot be opened has failed, one in
 * progress is skipped. Returns the exit code. */
int each_call(char *const operands[], each_work *work, void *ctx) MUST_USE;
/* The same of one call that is named, in progress or not; never BATCH_SKIPPED but from the work itself. */
int each_one(const char *path, each_work *work, void *ctx) MUST_USE;

/* The story of a call: 0, or an exit code after a message: it has no journal (65), which cannot be read (74) ... */
int each_story(const struct kept *k, struct story *ret) MUST_USE;

/* kept_open() has refused this path, and errno is its: the message, and the exit code that it is worth. */
int each_refuse(const char *path) MUST_USE;

#endif
