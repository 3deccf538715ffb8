/* child: what comes of a pipe, and the end of those that were started. */
#include "base/child.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"
#include "tap.h"

static void test_read(void)
{
	struct dynbuf b;
	bool over = false;
	int fd[2];

	dynbuf_init(&b, 8);
	ok(pipe(fd) == 0 && write(fd[1], "12345", 5) == 5, "a pipe");
	ok(child_read(fd[0], &b, &over) && !over, "what is in it");
	ok(write(fd[1], "678", 3) == 3, "its writer goes on");
	child_read_rest(fd[0], &b, &over);
	ok(b.n == 8 && memcmp(b.p, "12345678", 8) == 0 && !over, "the rest: all that fits");
	child_read_rest(fd[0], &b, &over);
	ok(!over, "nothing more: nobody waits for its writer");
	ok(write(fd[1], "9", 1) == 1 && child_read(fd[0], &b, &over) && over && b.n == 8,
		"one more than fits is read, forgotten and told");
	close(fd[1]);
	ok(!child_read(fd[0], &b, &over), "its end");
	close(fd[0]);
	dynbuf_free(&b);
}

static bool is_reaped(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == -1 && errno == ECHILD;
}

static pid_t start(struct loop *loop, const char *script)
{
	char sh[] = "sh", c[] = "-c", *copy = strdup(script);
	char *argv[] = {sh, c, copy, NULL};
	struct spawn_pipes p;
	char byte;
	int err = spawn_piped(argv, NULL, &p);

	free(copy);
	if (err < 0)
		return -1;
	/* it has written: its own children are there */
	if (read(p.out_fd, &byte, 1) != 1)
		return -1;
	child_end(loop, p.pid, p.pid_fd, true);
	/* the end of its output: nobody of its group holds it open any more */
	while (read(p.out_fd, &byte, 1) > 0)
		;
	close(p.in_fd);
	close(p.out_fd);
	close(p.err_fd);
	return p.pid;
}

static struct {
	struct loop loop;
	pid_t pid;
} waiting;

static void look(void *ctx, int64_t now)
{
	(void)now;
	if (is_reaped(waiting.pid))
		loop_stop(&waiting.loop);
	else
		((struct loop_timer *)ctx)->at_ns = now_ns() + NS_PER_MS;
}

static void test_end(void)
{
	struct loop_timer timer = {.fire = look, .ctx = &timer, .at_ns = 1};
	pid_t a, b;

	loop_init(&waiting.loop);
	waiting.pid = start(&waiting.loop, "sleep 1000 & echo; wait");
	ok(waiting.pid > 0, "one with a child of its own is killed with it");
	ok(loop_add_timer(&waiting.loop, &timer) == 0 && loop_run(&waiting.loop) == 0,
		"and reaped by the loop");
	a = start(&waiting.loop, "echo; exec sleep 1000");
	b = start(&waiting.loop, "echo; exec sleep 1000");
	child_finish();
	ok(is_reaped(a) && is_reaped(b), "others by child_finish");
	loop_free(&waiting.loop);
}

int main(void)
{
	test_read();
	test_end();
	return done_testing();
}
