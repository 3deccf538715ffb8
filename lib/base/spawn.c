#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t count(char *const list[])
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* True if the variable of "NAME=value" is set in list. */
static bool sets_same(char *const list[], const char *var)
{
	size_t n = strcspn(var, "=") + 1;

	for (; list && *list; list++) {
		if (strncmp(*list, var, n) == 0)
			return true;
	}
	return false;
}

/* Our environment with env on top; the strings are shared, the array is malloc'd. */
static char **merge_env(char *const env[])
{
	char **merged = calloc(count(environ) + count(env) + 1, sizeof(*merged));
	size_t n = 0;

	if (!merged)
		return NULL;
	for (char **var = environ; var && *var; var++) {
		if (!sets_same(env, *var))
			merged[n++] = *var;
	}
	for (; env && *env; env++)
		merged[n++] = *env;
	return merged;
}

pid_t spawn_group(char *const argv[], char *const env[])
{
	short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char **merged;
	pid_t pid;
	int err;

	err = posix_spawnattr_init(&attr);
	if (err) {
		errno = err;
		return -1;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setflags(&attr, flags);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);

	merged = merge_env(env);
	err = merged ? posix_spawnp(&pid, argv[0], NULL, &attr, argv, merged) : ENOMEM;
	free(merged);
	posix_spawnattr_destroy(&attr);
	if (err) {
		errno = err;
		return -1;
	}
	return pid;
}

static bool is_line(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) &&
		(same_file(fd, 0) || same_file(fd, 1));
}

pid_t spawn_helper(int fd)
{
	pid_t pid = fork();
	sigset_t none;
	int null;

	if (pid != 0)
		return pid;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1 || (is_line(2) && dup2(null, 2) == -1) || dup2(null, 1) == -1 ||
		dup2(fd, 0) == -1)
		_exit(EXIT_SYSTEM);
	close_range(3, ~0U, 0);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	/* a reader that has left, a limit on files: errors of a write, not the end of what else it has to do */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

int spawn_subreaper(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int spawn_reap(pid_t pid, int *status)
{
	for (;;) {
		int ended;
		pid_t child = waitpid(-1, &ended, WNOHANG);

		if (child == 0)
			return 1;
		if (child == -1 && errno == EINTR)
			continue;
		if (child == -1)
			return 0;
		if (child == pid)
			*status = ended;
	}
}

bool spawn_group_alive(pid_t pgid)
{
	return kill(-pgid, 0) == 0 || errno == EPERM;
}
