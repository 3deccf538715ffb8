/* calldir: the directory of one call. What is in it: callpipe-calldir(5).
 */
#ifndef AS_ANSWER_CALLDIR_H
#define AS_ANSWER_CALLDIR_H

#include <limits.h>

#include "caller.h"
#include "codec/asock.h"

#define CALL_JSON_MAX 8192

/* What is known of a call when it begins. */
struct call_info {
	char uuid[ASOCK_UUID_TEXT];
	char accepted_at[32]; /* RFC 3339, UTC, milliseconds */
	const char *service;
	int rate_hz;
	struct caller caller;
};

struct calldir {
	char path[PATH_MAX]; /* absolute */
	char call[48];       /* its last component, which is the call's id: UUID, UUID-2, ... */
	int loop_fd;         /* FIFO loop, held open in both directions, non-blocking */
	int scribe_fd;       /* FIFO scribe, reading end, non-blocking */
	int spool_errno;     /* why the call is not kept under spool; 0: it is */
	size_t vars_left;    /* variables of the caller for which call.json has no room */
};

/* Make spool/calls/YYYY/MM/DD/CALL with call.json and the FIFOs in it. Where that is impossible,
 * the same in a new directory under $TMPDIR, /tmp or /dev/shm. -1 with errno (that of the
 * spool): nowhere. */
int calldir_open(struct calldir *d, const char *spool, const struct call_info *info) MUST_USE;
/* Take away the FIFOs and close them. */
void calldir_close(struct calldir *d);

/* Make spool/verdicts, so that whoever is left of a call can write there, and remove what an earlier
 * call with the same UUID has left at path in it, unless it is so young that its dialplan may not
 * have read it yet. What fails here is said when the verdict is written. */
void verdict_prepare(const char *spool, const char *path);

#endif
