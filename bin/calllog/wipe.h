/* wipe: files of call directories, removed for good.
 */
#ifndef CALLLOG_WIPE_H
#define CALLLOG_WIPE_H

#include "record/kept.h"

/* What was removed, or would be (set.dry_run). */
struct wiped {
	int64_t calls, files, bytes; /* directories of which something was removed; of them */
	int64_t failed;              /* directories that could not be done; it has been said why */
};

/* Go through the call directories of set.spool, in the order of their days, up to the day of that time (Unix, ms). A
 * call in progress is given out, too. -1: the spool cannot be read, which has been said. */
int wipe_each(int64_t until_ms, void (*each)(const struct kept *k, void *ctx), void *ctx) MUST_USE;
/* Remove the files of that call whose names are wanted; counts them. */
void wipe_files(const struct kept *k, bool (*wanted)(const char *name), struct wiped *sum);
/* Remove all of it: what tells whose it is goes last, so that a run that was killed is gone on with. */
void wipe_call(const struct kept *k, struct wiped *sum);

#endif
