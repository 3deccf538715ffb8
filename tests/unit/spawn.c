#include "base/spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* Run a program in a group of its own; its standard output is read into out. Returns the pid. */
static pid_t run_program(char *const argv[], char *const env[], char *out, size_t size)
{
	int fd[2], saved = dup(1);
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	if (saved == -1 || pipe(fd) == -1)
		abort();
	dup2(fd[1], 1);
	close(fd[1]);
	pid = spawn_group(argv, env);
	dup2(saved, 1);
	close(saved);
	while (n < size - 1 && (got = read(fd[0], out + n, size - 1 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	close(fd[0]);
	return pid;
}

/* The same for sh -c script. */
static pid_t run(const char *script, char *const env[], char *out, size_t size)
{
	char sh[] = "sh", c[] = "-c", *copy = strdup(script), *argv[] = {sh, c, copy, NULL};
	pid_t pid = run_program(argv, env, out, size);

	free(copy);
	return pid;
}

/* Reap until pid has ended or nobody is left. */
static int wait_for(pid_t pid)
{
	int status = -1;

	while (spawn_reap(pid, &status) && status == -1) {
		siginfo_t info;

		waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
	}
	return status;
}

static void test_run(void)
{
	char dir[] = "CALLPIPE_DIR=/x", home[] = "HOME=/elsewhere", *env[] = {dir, home, NULL};
	char out[4096];
	pid_t pid;
	int status;

	setenv("HOME", "/home", 1);
	setenv("KEPT", "as it is", 1);
	pid = run("echo \"$CALLPIPE_DIR $HOME $KEPT\"; env | grep -c ^HOME; exit 7", env, out,
		sizeof(out));
	is_str(out, "/x /elsewhere as it is\n1\n", "environment on top of ours");
	status = wait_for(pid);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 7, "its exit code");
	pid = run("read -r pid name state parent group rest </proc/$$/stat; echo $group", NULL, out,
		sizeof(out));
	is_int(atoi(out), pid, "leader of a group of its own");
	wait_for(pid);
}

static void test_signals(void)
{
	/* no sh, which has an empty mask anyway; without the signals 32 and 33, which the C library
	 * keeps to itself and lets nobody change */
	char awk[] = "awk", script[] = "/^Sig(Blk|Ign)/ { print substr($2, 10) }";
	char file[] = "/proc/self/status", *argv[] = {awk, script, file, NULL};
	char out[64];
	sigset_t all, old;
	pid_t pid;
	int status;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	pid = run_program(argv, NULL, out, sizeof(out));
	sigprocmask(SIG_SETMASK, &old, NULL);
	is_str(out, "0000000\n0000000\n", "no signal blocked or ignored");
	wait_for(pid);
	pid = run("kill -TERM $$", NULL, out, sizeof(out));
	status = wait_for(pid);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "so that TERM ends it");
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
}

static void test_errors(void)
{
	char name[] = "callpipe-no-such-program", *none[] = {name, NULL};
	char root[] = "/", *dir[] = {root, NULL};
	int status = -1;

	errno = 0;
	ok(spawn_group(none, NULL) == -1 && errno == ENOENT, "no such program");
	ok(spawn_group(dir, NULL) == -1 && errno == EACCES, "not executable");
	ok(spawn_reap(1, &status) == 0 && status == -1,
		"a program that could not be run leaves no child");
}

static void test_group(void)
{
	char out[64];
	int status;
	pid_t leader;

	/* the leader ends at once, its child waits in the group for a signal; as a subreaper we
	 * get it */
	ok(spawn_subreaper() == 0, "subreaper");
	leader = run("sh -c 'exec >&-; while :; do sleep 60; done' & echo started", NULL, out,
		sizeof(out));
	is_str(out, "started\n", "a program that leaves a child behind");
	status = wait_for(leader);
	ok(status == 0, "the leader has ended");
	ok(spawn_group_alive(leader), "the group lives on without its leader");
	status = -1;
	is_int(spawn_reap(leader, &status), 1, "a child is there that was not ours");
	kill(-leader, SIGKILL);
	while (spawn_reap(leader, &status) > 0) {
		siginfo_t info;

		waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
	}
	is_int(status, -1, "the leader is not seen twice");
	ok(!spawn_group_alive(leader), "the group is gone");
}

static void test_piped(void)
{
	char sh[] = "sh", c[] = "-c", script[] = "tr a-z A-Z; echo bad >&2; echo $X; exit 3",
	     *argv[] = {sh, c, script, NULL}, x[] = "X=x", *env[] = {x, NULL}, none[] = "/no/such",
	     *missing[] = {none, NULL};
	struct spawn_pipes p;
	char out[64] = "", err[64] = "";
	struct pollfd end;
	int status = 0, before, after;

	before = dup(0);
	close(before);
	ok(spawn_piped(missing, NULL, &p) == -1 && errno == ENOENT, "with pipes: no such program");
	after = dup(0);
	close(after);
	is_int(after, before, "it leaves no descriptor open");
	if (!ok(spawn_piped(argv, env, &p) == 0, "with pipes: runs"))
		return;
	ok(p.in_fd > 2 && p.out_fd > 2 && p.err_fd > 2,
		"the pipes are nobody's standard descriptors");
	is_int(getpgid(p.pid), p.pid, "it leads a group");
	ok(write(p.in_fd, "hello\n", 6) == 6 && close(p.in_fd) == 0, "its stdin");
	end = (struct pollfd){.fd = p.pid_fd, .events = POLLIN};
	ok(poll(&end, 1, 10000) == 1, "the pid descriptor says that it has ended");
	ok(read(p.out_fd, out, sizeof(out) - 1) > 0, "it has written");
	is_str(out, "HELLO\nx\n", "its stdout, and the environment");
	ok(read(p.err_fd, err, sizeof(err) - 1) > 0, "and complained");
	is_str(err, "bad\n", "its stderr");
	ok(waitpid(p.pid, &status, 0) == p.pid && WIFEXITED(status) && WEXITSTATUS(status) == 3,
		"its exit status");
	close(p.out_fd);
	close(p.err_fd);
	close(p.pid_fd);
}

int main(void)
{
	test_piped();
	test_run();
	test_signals();
	test_errors();
	test_group();
	return done_testing();
}
