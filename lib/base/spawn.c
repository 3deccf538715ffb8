#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"

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

/* Our environment with env on top, and perhaps without the keys in it; the strings are shared, the array is malloc'd. */
static char **merge_env(char *const env[], bool keys)
{
	char **merged = calloc(count(environ) + count(env) + 1, sizeof(*merged));
	size_t n = 0;

	if (!merged)
		return NULL;
	for (char **var = environ; var && *var; var++) {
		if (!sets_same(env, *var) && (keys || !secret_is_variable(*var)))
			merged[n++] = *var;
	}
	for (; env && *env; env++)
		merged[n++] = *env;
	return merged;
}

/* In a new group; what is std[i] becomes its descriptor i, unless it is -1. */
static pid_t start(char *const argv[], char *const env[], bool keys, const int std[3])
{
	short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char **merged;
	pid_t pid;
	int err;

	err = posix_spawnattr_init(&attr);
	if (!err && (err = posix_spawn_file_actions_init(&files)))
		posix_spawnattr_destroy(&attr);
	if (err) {
		errno = err;
		return -1;
	}
	for (int i = 0; i < 3 && !err; i++)
		if (std[i] != -1)
			err = posix_spawn_file_actions_adddup2(&files, std[i], i);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setflags(&attr, flags);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);

	merged = merge_env(env, keys);
	if (!err)
		err = merged ? posix_spawnp(&pid, argv[0], &files, &attr, argv, merged) : ENOMEM;
	free(merged);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	if (err) {
		errno = err;
		return -1;
	}
	return pid;
}

pid_t spawn_group(char *const argv[], char *const env[])
{
	static const int inherited[3] = {-1, -1, -1};

	return start(argv, env, true, inherited);
}

static void close_all(const int *fd, size_t n)
{
	int saved = errno;

	for (size_t i = 0; i < n; i++)
		if (fd[i] > 2)
			close(fd[i]);
	errno = saved;
}

int spawn_piped(char *const argv[], char *const env[], struct spawn_pipes *ret)
{
	int fd[6] = {-1, -1, -1, -1, -1, -1}; /* pairs: reading and writing end */
	struct spawn_pipes p;

	for (int i = 0; i < 6; i += 2) {
		if (pipe2(fd + i, O_CLOEXEC) < 0) {
			close_all(fd, ARRAY_LEN(fd));
			return -1;
		}
	}
	p = (struct spawn_pipes){.in_fd = fd[1], .out_fd = fd[2], .err_fd = fd[4]};
	p.pid = start(argv, env, false, (int[]){fd[0], fd[3], fd[5]});
	p.pid_fd = p.pid < 0 ? -1 : pidfd_open(p.pid, 0);
	if (p.pid_fd < 0) {
		close_all(fd, ARRAY_LEN(fd));
		if (p.pid > 0) {
			int saved = errno;

			kill(-p.pid, SIGKILL);
			waitpid(p.pid, NULL, 0);
			errno = saved;
		}
		return -1;
	}
	close_all((int[]){fd[0], fd[3], fd[5]}, 3);
	*ret = p;
	return 0;
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
