/* stamp: when the kernel received what a read returned, so that our own delay is no lateness of the server's.
 *
 * Source: socket(7), SO_TIMESTAMPNS; of a stream it is the time of the last byte read.
 */
#ifndef CALLPIPE_AS_DIAL_STAMP_H
#define CALLPIPE_AS_DIAL_STAMP_H

#include <sys/socket.h>

#include "base/util.h"

#define STAMP_CONTROL_BYTES CMSG_SPACE(sizeof(struct timespec)) /* of msg_control */

/* CLOCK_REALTIME - CLOCK_MONOTONIC. */
int64_t stamp_realtime_ns(void);

/* The time on CLOCK_MONOTONIC, not before after_ns nor after now. False, and now, if there is no stamp, or if
 * it lies out of all reason: the wall clock was set. */
bool stamp_find(
	struct msghdr *msg, int64_t after_ns, int64_t now, int64_t realtime_ns, int64_t *ret_ns);

#endif
