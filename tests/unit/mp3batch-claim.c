/* mp3batch, claims: one at a time, whoever dies. */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define PROCESSES 4
#define ROUNDS 300

/* Add one to the number in the file "count", in two steps between which others would come in. */
static void count_up(int dir)
{
	int fd = openat(dir, "count", O_RDWR | O_CREAT, 0600), n = 0;

	if (fd == -1 || pread(fd, &n, sizeof(n), 0) == -1)
		abort();
	n++;
	sched_yield();
	if (pwrite(fd, &n, sizeof(n), 0) != sizeof(n))
		abort();
	close(fd);
}

/* Take and give back the claim so many times, as one of several. */
static void compete(int dir)
{
	struct claim c;
	int got;

	for (int i = 0; i < ROUNDS;) {
		got = claim_take(&c, dir, "x.mp3");
		if (got == -1)
			_exit(1);
		if (got == 0) {
			sched_yield();
			continue;
		}
		count_up(dir);
		claim_release(&c);
		i++;
	}
	_exit(0);
}

static void many(int dir)
{
	int status, failed = 0, n = 0, fd;

	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			compete(dir);
	while (wait(&status) > 0)
		failed |= status;
	is_int(failed, 0, "%d processes take and give back a claim", PROCESSES);
	fd = openat(dir, "count", O_RDONLY);
	is_int(read(fd, &n, sizeof(n)), sizeof(n), "what they did under it");
	is_int(n, PROCESSES * ROUNDS, "was done by one at a time");
	close(fd);
	ok(!claim_left(dir, "x.mp3"), "and nothing is left of it");
}

/* A process that has it, and waits to be killed. */
static pid_t owner(int dir)
{
	int ready[2];
	char byte;
	struct claim c;
	pid_t pid;

	if (pipe(ready) == -1)
		abort();
	pid = fork();
	if (pid == 0) {
		if (claim_take(&c, dir, "y.mp3") != 1 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		abort();
	close(ready[0]);
	return pid;
}

int main(void)
{
	char path[] = "/tmp/callpipe-claim-XXXXXX", cmd[160], name[NAME_MAX + 1];
	struct claim c;
	pid_t pid;
	int dir;

	if (!mkdtemp(path) || (dir = open(path, O_RDONLY | O_DIRECTORY)) == -1)
		return 1;
	ok(!claim_left(dir, "y.mp3"), "nobody has it");
	pid = owner(dir);
	ok(claim_left(dir, "y.mp3"), "somebody has it");
	is_int(claim_take(&c, dir, "y.mp3"), 0, "then nobody else");
	is_int(claim_take(&c, dir, "z.mp3"), 1, "another one is free");
	claim_release(&c);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(claim_left(dir, "y.mp3"), "its owner is killed, the file is there");
	is_int(claim_take(&c, dir, "y.mp3"), 1, "and is taken over");
	claim_release(&c);
	ok(!claim_left(dir, "y.mp3"), "and removed");
	many(dir);

	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	is_int(claim_take(&c, dir, name), -1, "a name that is too long");
	is_int(errno, ENAMETOOLONG, "is said");
	is_int(symlinkat("elsewhere", dir, ".l.mp3.lock"), 0, "a link in its place");
	is_int(claim_take(&c, dir, "l.mp3"), -1, "is not followed");
	is_int(errno, ELOOP, "and said");
	close(dir);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", path);
	return system(cmd) != 0 || done_testing();
}
