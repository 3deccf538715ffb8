/* pipeline: the processes of a call: a program in a process group of its own, and all that comes
 * from it.
 */
#ifndef AS_ANSWER_PIPELINE_H
#define AS_ANSWER_PIPELINE_H

#include "calldir.h"

struct pipeline {
	pid_t pgid; /* the program, and its group; 0: not started */
	int status; /* wait status of the program, when it has ended */
};

struct pipeline_env {
	const struct calldir *dir;
	const char *uuid;
	const char *spool;
	int64_t t0_ns;
	int64_t linger_s;
	int rate_hz;
};

/* Run argv with the CALLPIPE_* of callpipe(7) in its environment: numbers and names that we
 * made, nothing of the caller's. What is orphaned in it becomes our child. -1 with errno if it
 * cannot be executed. */
int pipeline_start(struct pipeline *p, char *const argv[], const struct pipeline_env *env) MUST_USE;

/* Wait for what has ended, without waiting; false when nobody is left. */
bool pipeline_reap(struct pipeline *p);

/* Signal the group, and what has left it but has become our child. */
void pipeline_signal(const struct pipeline *p, int sig);

/* Signal one process, if it is in the group. */
void pipeline_signal_one(const struct pipeline *p, pid_t pid, int sig);

#endif
