/* spawn: start a program in a process group of its own, and wait for what is left of it.
 *
 * The child gets default signal handlers and an empty mask, whatever the parent blocked or ignored.
 */
#ifndef CALLPIPE_BASE_SPAWN_H
#define CALLPIPE_BASE_SPAWN_H

#include "base/util.h"

/* Run argv[0] (searched in PATH) as the leader of a new process group. env: "NAME=value" strings,
 * NULL at the end, set on top of ours. Returns the pid, or -1 with errno when it could not be
 * executed. */
pid_t spawn_group(char *const argv[], char *const env[]) MUST_USE;

/* A child and our ends of its pipes, close-on-exec and blocking: poll first, write at most PIPE_BUF. */
struct spawn_pipes {
	pid_t pid;  /* leader of its process group */
	int pid_fd; /* readable when it has ended; it is still to be waited for */
	int in_fd;  /* what is written here it reads on stdin */
	int out_fd; /* its stdout */
	int err_fd; /* its stderr */
};

/* The same with pipes for its stdin, stdout and stderr, and without our keys in its environment: see secret.h. -1 with
 * errno, and nothing is open. */
int spawn_piped(char *const argv[], char *const env[], struct spawn_pipes *ret) MUST_USE;

/* Fork a helper of this process. Of our descriptors it keeps fd, as its stdin, and stderr unless that
 * is the caller's line; stdout is /dev/null. Signals are as a new program finds them. 0 in the
 * helper, its pid here, -1 if there is none. */
pid_t spawn_helper(int fd) MUST_USE;

/* Become the one that orphans of this process's children are handed to (PR_SET_CHILD_SUBREAPER). */
int spawn_subreaper(void) MUST_USE;

/* Reap every child that has ended, without waiting. Returns the number still there (0 or 1:
 * "some"); if pid has ended, *status is set to its wait status. */
int spawn_reap(pid_t pid, int *status);

/* True while any process is in the group. */
bool spawn_group_alive(pid_t pgid);

#endif
