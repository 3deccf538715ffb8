#include "stream/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tap.h"

#define EVENT_BYTES 3000 /* one a write: two do not fit PIPE_BUF */
#define EVENTS 10        /* fewer than the writes of a round, and than a pipe holds */

/* What became of one outlet: 'd' drained, 'g' reader gone, 'e' failed with the errno; the loop
 * stops at the first. */
static struct {
	struct loop loop;
	struct outlet outlet;
	int rounds, begun, err;
	char end;
} run;

static void end_with(char c, int err)
{
	run.end = c;
	run.err = err;
	loop_stop(&run.loop);
}

static void on_drained(void *ctx)
{
	end_with('d', 0);
}

static void on_gone(void *ctx, int err)
{
	end_with(err ? 'e' : 'g', err);
}

static void on_begun(void *ctx, bool audio, int64_t tag)
{
	run.begun += tag == run.begun;
}

/* A source that is never ready, and counts the rounds. */
static short round_mask(void *ctx)
{
	run.rounds++;
	return -1;
}

static void run_to(int fd, int events)
{
	static const char event[EVENT_BYTES];
	struct loop_source rounds = {.fd = -1, .mask = round_mask};

	run.rounds = run.begun = 0;
	loop_init(&run.loop);
	outlet_init(&run.outlet, fd, (size_t)EVENTS * EVENT_BYTES, on_drained, on_gone, NULL);
	run.outlet.begun = on_begun;
	for (int i = 0; i < events; i++) {
		if (writer_put(&run.outlet.writer, event, sizeof(event), false, i) < 0)
			break;
	}
	if (loop_add(&run.loop, &rounds) < 0 || loop_add(&run.loop, &run.outlet.source) < 0 ||
		loop_run(&run.loop) < 0)
		end_with('?', errno);
	loop_free(&run.loop);
}

static void test_drained(void)
{
	int fd[2];

	if (pipe(fd) == -1)
		return;
	run_to(fd[1], EVENTS);
	is_int(run.end, 'd', "all is written");
	is_int(run.rounds, 1, "in one round");
	is_int(run.begun, EVENTS, "each was announced, in order");
	ok(outlet_bytes(&run.outlet) == 0, "and nothing is left");
	close(fd[0]);
	outlet_free(&run.outlet);
	close(fd[1]);
}

static void test_gone(void)
{
	int fd[2];

	if (pipe(fd) == -1)
		return;
	close(fd[0]);
	run_to(fd[1], EVENTS);
	is_int(run.end, 'g', "a reader that has left is found when something is written");
	ok(!outlet_pending(&run.outlet), "what was queued is forgotten");
	run_to(fd[1], 0);
	is_int(run.end, 'g', "and when nothing is");
	close(fd[1]);
}

static void test_failed(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	run_to(fd, EVENTS);
	is_int(run.end, 'e', "a write that fails is something else");
	is_int(run.err, ENOSPC, "and says why");
	ok(run.outlet.writer.gone && !outlet_pending(&run.outlet), "nothing more is tried");
	close(fd);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_drained();
	test_gone();
	test_failed();
	return done_testing();
}
