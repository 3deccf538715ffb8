/* child: end a child process without waiting for it here: it is killed, and reaped when it has gone.
 */
#ifndef CALLPIPE_STT_CHILD_H
#define CALLPIPE_STT_CHILD_H

#include "base/loop.h"

/* Kill a child, with its group if it leads one, and reap it later. pid_fd is its pidfd, and closed then; so it is
 * called for every child, also for one that has ended by itself. */
void child_end(struct loop *loop, pid_t pid, int pid_fd, bool group);

#endif
