#include "stream/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/slots-XXXXXX";
static char path[64];

/* A process that takes a slot, starts a child that keeps the descriptor, and is killed. Returns
 * the child. */
static pid_t take_and_die(void)
{
	int fd[2];
	pid_t child, grandchild = -1;

	if (pipe(fd) == -1)
		abort();
	child = fork();
	if (child == 0) {
		struct slot as = {
			.state = SLOT_RUNNING, .pid = 1, .accepted_ms = 5, .call = "killed"};
		struct slots s;

		if (slots_open(&s, dir) == -1 || slots_take(&s, SLOTS_FOR_CALL, 2) != 1)
			_exit(1);
		slots_describe(&s, &as);
		grandchild = fork();
		if (grandchild == 0) {
			close(fd[0]);
			close(fd[1]);
			for (;;)
				pause();
		}
		if (write(fd[1], &grandchild, sizeof(grandchild)) != sizeof(grandchild))
			_exit(1);
		raise(SIGKILL);
	}
	close(fd[1]);
	if (read(fd[0], &grandchild, sizeof(grandchild)) != sizeof(grandchild))
		abort();
	close(fd[0]);
	waitpid(child, NULL, 0);
	return grandchild;
}

/* A slot is free when the process with its descriptor is gone; the kernel does that a moment
 * after the exit. */
static int take_when_free(struct slots *s, int64_t n)
{
	int64_t until = now_ns() + 5 * NS_PER_S;
	int took;

	while ((took = slots_take(s, SLOTS_FOR_CALL, n)) == 0 && now_ns() < until)
		usleep(1000);
	return took;
}

static void test_take(void)
{
	struct slot a = {
		.state = SLOT_RUNNING, .pid = 11, .accepted_ms = 20, .call = "a", .service = "x"};
	struct slot b = {.state = SLOT_PLAYING_BUSY, .pid = 12, .accepted_ms = 10, .call = "b"};
	struct slots one, two, three;
	struct slots_view v;

	is_int(slots_view(dir, &v), 0, "no file yet");
	is_int(v.lives, 0, "and so no calls");
	is_int(slots_open(&one, dir), 0, "opened");
	is_int(slots_open(&two, dir), 0, "a second time");
	is_int(slots_open(&three, dir), 0, "a third time");
	ok(one.fd >= 60, "out of the way of a shell's redirections");
	is_int(fcntl(one.fd, F_GETFD) & FD_CLOEXEC, 0, "inherited by what we run");
	is_int(slots_take(&one, SLOTS_FOR_CALL, 1), 1, "one slot of one");
	is_int(slots_take(&two, SLOTS_FOR_CALL, 1), 0, "none is left");
	is_int(slots_take(&two, SLOTS_FOR_BUSY, 1), 1, "a busy slot");
	is_int(slots_take(&three, SLOTS_FOR_BUSY, 1), 0, "none is left of those");
	is_int(slots_take(&three, SLOTS_FOR_BUSY, 0), 0, "nor of none at all");
	slots_describe(&one, &a);
	slots_describe(&two, &b);
	slots_count(&one, SLOTS_ANSWERED);
	slots_count(&two, SLOTS_BUSY);
	slots_count(&three, SLOTS_BUSY);

	is_int(slots_view(dir, &v), 0, "seen from outside");
	is_int(v.count[SLOTS_ANSWERED], 1, "answered");
	is_int(v.count[SLOTS_BUSY], 2, "busy");
	is_int(v.lives, 2, "two are taken");
	if (v.lives == 2) {
		is_str(v.live[0].call, "b", "the oldest first");
		is_str(v.live[1].call, "a", "then the other");
		is_str(v.live[1].service, "x", "its service");
	}
	free(v.live);
	slots_close(&one);
	is_int(slots_take(&three, SLOTS_FOR_CALL, 1), 1, "a slot that was given back");
	slots_close(&two);
	slots_close(&three);
	is_int(slots_view(dir, &v), 0, "seen again");
	is_int(v.lives, 0, "all are free");
	free(v.live);
}

/* The limit of calls does not go away because that of descriptors is small. */
static void test_few_descriptors(void)
{
	struct rlimit before, few;
	struct slots one, two;

	if (getrlimit(RLIMIT_NOFILE, &before) == -1)
		abort();
	few = before;
	few.rlim_cur = 20;
	if (setrlimit(RLIMIT_NOFILE, &few) == -1)
		abort();
	is_int(slots_open(&one, dir), 0, "opened with 20 descriptors");
	ok(one.fd >= 10 && one.fd < 20, "as far away as that lets it be");
	is_int(slots_open(&two, dir), 0, "a second time");
	is_int(slots_take(&one, SLOTS_FOR_CALL, 1), 1, "one slot of one");
	is_int(slots_take(&two, SLOTS_FOR_CALL, 1), 0, "none is left");
	slots_close(&one);
	slots_close(&two);
	if (setrlimit(RLIMIT_NOFILE, &before) == -1)
		abort();
}

static void test_killed(void)
{
	pid_t keeper = take_and_die();
	struct slots s;
	struct slots_view v;

	is_int(slots_open(&s, dir), 0, "opened");
	is_int(slots_take(&s, SLOTS_FOR_CALL, 1), 0,
		"its owner is killed, but a process of the call lives");
	is_int(slots_view(dir, &v), 0, "seen");
	ok(v.lives == 1 && strcmp(v.live[0].call, "killed") == 0, "as the call it was");
	free(v.live);
	kill(keeper, SIGKILL);
	is_int(take_when_free(&s, 1), 1, "free when the last process is gone");
	slots_close(&s);
}

static void test_many(void)
{
	struct slots s[40];
	int took = 0;

	for (int i = 0; i < 40; i++) {
		if (slots_open(&s[i], dir) == -1)
			abort();
		took += slots_take(&s[i], SLOTS_FOR_CALL, 30);
	}
	is_int(took, 30, "30 of 40 get one of 30 slots");
	for (int i = 0; i < 40; i++)
		slots_close(&s[i]);
}

static void test_counting(void)
{
	struct slots_view before, after;

	if (slots_view(dir, &before) == -1)
		abort();
	for (int i = 0; i < 8; i++) {
		if (fork() == 0) {
			struct slots s;

			if (slots_open(&s, dir) == -1)
				_exit(1);
			for (int k = 0; k < 1000; k++)
				slots_count(&s, SLOTS_SCANNERS);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		continue;
	if (slots_view(dir, &after) == -1)
		abort();
	is_int(after.count[SLOTS_SCANNERS] - before.count[SLOTS_SCANNERS], 8000,
		"no count of 8 processes is lost");
	free(before.live);
	free(after.live);
}

static void test_unusable(void)
{
	struct slots s;
	struct slots_view v;
	int fd;

	is_int(slots_open(&s, "/nonexistent"), -1, "no such spool");
	is_int(s.fd, -1, "leaves something that");
	slots_count(&s, SLOTS_ANSWERED);
	slots_set_state(&s, SLOT_ENDING);
	slots_close(&s);
	ok(true, "may be used without effect");
	is_int(slots_view("/nonexistent", &v), -1, "nor can it be looked at");
	is_int(errno, ENOENT, "and the reason is said");

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || write(fd, "something else, and long enough", 31) != 31 || close(fd) == -1)
		abort();
	is_int(slots_open(&s, dir), -1, "another file of that name");
	is_int(errno, EINVAL, "is not taken for ours");
	is_int(slots_view(dir, &v), -1, "nor looked at");
	if (truncate(path, 0) || truncate(path, 65536))
		abort();
	ok(slots_view(dir, &v) == 0 && v.lives == 0, "one that is being made has no calls yet");
	slots_close(&s);
}

int main(void)
{
	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/slots", dir);
	test_take();
	test_few_descriptors();
	test_killed();
	test_many();
	test_counting();
	test_unusable();
	unlink(path);
	rmdir(dir);
	return done_testing();
}
