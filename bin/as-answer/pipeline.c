#include "pipeline.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/spawn.h"

int pipeline_start(struct pipeline *p, char *const argv[], const struct pipeline_env *env)
{
	char dir[PATH_MAX + 16], spool[PATH_MAX + 16];
	char call[80], uuid[80], t0[48], rate[32], linger[48];
	char *set[] = {dir, call, uuid, t0, rate, spool, linger, NULL};
	pid_t pid;

	snprintf(dir, sizeof(dir), "CALLPIPE_DIR=%s", env->dir->path);
	snprintf(call, sizeof(call), "CALLPIPE_CALL=%s", env->dir->call);
	snprintf(uuid, sizeof(uuid), "CALLPIPE_UUID=%s", env->uuid);
	snprintf(t0, sizeof(t0), "CALLPIPE_T0_NS=%" PRId64, env->t0_ns);
	snprintf(rate, sizeof(rate), "CALLPIPE_RATE=%d", env->rate_hz);
	snprintf(spool, sizeof(spool), "CALLPIPE_SPOOL=%s", env->spool);
	snprintf(linger, sizeof(linger), "CALLPIPE_LINGER=%" PRId64, env->linger_s);
	if (spawn_subreaper() == -1)
		return -1;
	pid = spawn_group(argv, set);
	if (pid == -1)
		return -1;
	p->pgid = pid;
	return 0;
}

bool pipeline_reap(struct pipeline *p)
{
	return spawn_reap(p->pgid, &p->status) != 0;
}

void pipeline_signal(const struct pipeline *p, int sig)
{
	FILE *children;
	int pid;

	if (p->pgid == 0)
		return;
	kill(-p->pgid, sig);
	children = fopen("/proc/thread-self/children", "re");
	if (!children)
		return;
	while (fscanf(children, "%d", &pid) == 1) {
		if (getpgid(pid) != p->pgid)
			kill(pid, sig);
	}
	fclose(children);
}

void pipeline_signal_one(const struct pipeline *p, pid_t pid, int sig)
{
	if (pid > 0 && getpgid(pid) == p->pgid)
		kill(pid, sig);
}
