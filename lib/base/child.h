/* child: children beside the loop: what they write is kept up to a limit, and nobody waits here for one that is ended.
 */
#ifndef CALLPIPE_BASE_CHILD_H
#define CALLPIPE_BASE_CHILD_H

#include "base/dynbuf.h"
#include "base/loop.h"

/* Kill a child, with its group if it leads one, and reap it later. pid_fd is its pidfd, and closed then; so it is
 * called for every child, also for one that has ended by itself. */
void child_end(struct loop *loop, pid_t pid, int pid_fd, bool group);
/* Wait for those: they have been killed. While their loop is there; those of a loop that stops are otherwise left to
 * whoever inherits them. */
void child_finish(void);

/* One read of a pipe that is readable, into b. What b has no room for is read and forgotten, and *ret_over set. False
 * at its end. */
bool child_read(int fd, struct dynbuf *b, bool *ret_over);
/* What is in a pipe now, until *ret_over: its writers may still be there, and go on. */
void child_read_rest(int fd, struct dynbuf *b, bool *ret_over);

#endif
