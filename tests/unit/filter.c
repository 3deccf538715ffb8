/* The common loop of all filters, as a process between two pipes: this program again, with the preload $SHORT_SO if
 * there is one. */
#include "stream/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "random.h"
#include "tap.h"

#define WORK_MS 100
#define STREAM_MAX (2 << 20)
#define DONE_FD 3 /* where the filter says that its last work is done */
#define END "{\"type\":\"call-end\"}\n"

static struct filter filter;
static struct loop_timer work_timer;

/* The filter: passes everything on, but for the types below. */

static bool holding; /* what the timer ends: a hold, or last work */

static void say(const char *s)
{
	if (write_all(DONE_FD, s, 1) < 0)
		abort();
}

static void work_done(void *ctx, int64_t now)
{
	(void)ctx;
	(void)now;
	if (holding) {
		holding = false;
		if (filter_put(&filter, "held", (struct jspan){"{}", 2}) < 0)
			abort();
		filter_release(&filter);
		return;
	}
	say("w");
	filter.busy = false;
	filter_settle(&filter);
}

static enum filter_verdict on_frame(void *ctx, const struct frame *fr)
{
	char data[64];

	(void)ctx;
	if (frame_is(fr, "eat"))
		return FILTER_CONSUME;
	if (frame_is(fr, "fail")) {
		filter_fail(&filter, EXIT_CONFIG, "told-to", "told to \"fail\"");
		filter_fail(&filter, EXIT_BUG, "twice", "again");
		return FILTER_CONSUME;
	}
	if (frame_is(fr, "ping")) {
		snprintf(data, sizeof(data), "{\"at\":%lld}", (long long)filter.stream_ms);
		if (filter_put(&filter, "pong", (struct jspan){data, strlen(data)}) < 0)
			abort();
	}
	if (frame_is(fr, "hold")) {
		filter_pass(&filter, fr);
		filter_hold(&filter);
		holding = true;
		work_timer.at_ns = now_ns() + NS_PER_MS;
		return FILTER_CONSUME;
	}
	if (frame_is(fr, "work")) {
		filter.busy = true;
		work_timer.at_ns = now_ns() + WORK_MS * NS_PER_MS;
	}
	return FILTER_PASS;
}

static void on_end(void *ctx)
{
	(void)ctx;
	say(filter.out.writer.gone ? "g" : "e");
	if (filter_put(&filter, "end", (struct jspan){"{}", 2}) < 0)
		abort();
}

static int filter_main(void)
{
	int status;

	work_timer = (struct loop_timer){.fire = work_done};
	filter = (struct filter){.stage = "test", .on_frame = on_frame, .on_end = on_end};
	log_init("filter");
	if (filter_init(&filter, 0, 1) < 0 || loop_add_timer(&filter.loop, &work_timer) < 0)
		return 99;
	status = filter_run(&filter);
	filter_free(&filter);
	return status;
}

/* The test. */

static struct run {
	pid_t pid;
	int in, out;   /* to write to it, to read from it */
	int done, err; /* what work_done wrote, and its stderr */
	char got[STREAM_MAX + 65536];
	size_t got_bytes;
	int status;
} run;

static char text[4096];

static int memory(void)
{
	return memfd_create("filter", 0);
}

/* out: a descriptor it is to write to, or -1: a pipe to run.out, or -2: a socket. */
static bool start(int out)
{
	int in[2], pair[2] = {-1, out};

	run = (struct run){.done = memory(), .err = memory()};
	if (pipe(in) < 0 || (out == -1 && pipe(pair) < 0) ||
		(out == -2 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0))
		return false;
	run.pid = fork();
	if (run.pid == 0) {
		int fd[] = {in[0], pair[1], run.err, run.done};

		for (int i = 0; i < 4; i++) {
			fd[i] = fcntl(fd[i], F_DUPFD, 100);
			dup2(fd[i], i);
		}
		close_range(DONE_FD + 1, ~0U, 0);
		if (getenv("SHORT_SO"))
			setenv("LD_PRELOAD", getenv("SHORT_SO"), 1);
		execl("/proc/self/exe", "filter", "filter", NULL);
		_exit(98);
	}
	close(in[0]);
	close(pair[1]);
	run.in = in[1];
	run.out = pair[0];
	fcntl(run.in, F_SETFL, O_NONBLOCK);
	return run.pid > 0;
}

static const char *file_text(int fd)
{
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* Give it n bytes in pieces of at most `piece`, and take what it says meanwhile. The bytes it took. */
static size_t feed(const char *p, size_t n, size_t piece, uint64_t seed, bool reading)
{
	size_t fed = 0;

	while (fed < n) {
		struct pollfd fds[] = {{run.in, POLLOUT, 0}, {reading ? run.out : -1, POLLIN, 0}};
		size_t k = 1 + random_below(&seed, piece);
		ssize_t done;

		if (poll(fds, 2, reading ? 10000 : 300) <= 0)
			break; /* it takes no more */
		if (fds[0].revents & POLLERR)
			break;
		if (fds[1].revents & POLLIN) {
			done = read(run.out, run.got + run.got_bytes, 65536);
			run.got_bytes += done > 0 ? (size_t)done : 0;
		}
		if (!(fds[0].revents & POLLOUT))
			continue;
		done = write(run.in, p + fed, k < n - fed ? k : n - fed);
		fed += done > 0 ? (size_t)done : 0;
	}
	return fed;
}

static int reap(void)
{
	int status;

	waitpid(run.pid, &status, 0);
	close(run.done);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	return run.status;
}

/* The rest of what it says, and its exit code. */
static int finish(void)
{
	ssize_t done;

	close(run.in);
	while (run.out != -1 && (done = read(run.out, run.got + run.got_bytes, 65536)) > 0)
		run.got_bytes += (size_t)done;
	if (run.out != -1)
		close(run.out);
	return reap();
}

static int through(const char *p, size_t n, size_t piece, uint64_t seed)
{
	if (!start(-1))
		return -1;
	feed(p, n, piece, seed, true);
	return finish();
}

static bool got(const char *want)
{
	return run.got_bytes == strlen(want) && memcmp(run.got, want, run.got_bytes) == 0;
}

static bool err_is(const char *want)
{
	bool same = strcmp(file_text(run.err), want) == 0;

	if (!same)
		printf("# %s", text);
	close(run.err);
	return same;
}

/* Frames of every form, none of which a filter knows. */
static size_t make_stream(char *p, size_t max, uint64_t seed)
{
	/* around a number and the length of the payload */
	static const char *const form[][3] = {
		{"{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"width\":2,\"channels\":1,\"timestamp\":",
			"},\"payload_length\":", "}\n"},
		{"{ \"version\" : \"1.5\",\"type\":\"unheard-of\", \"data\" : {\"\\u00e9\":[",
			",{}]} , \"payload_length\":", " }\n"},
		{"{\"data_length\":10,\"type\":\"wyoming\",\"x\":[",
			"],\"payload_length\":", "}\n {\"a\":\"b\"}"},
		{"{\"type\":\"state\",\"extra\":", ",\"payload_length\":", "}\n"},
	};
	size_t n = 0;

	while (n + FRAME_MAX < max) {
		size_t payload = random_below(&seed, 4) ? random_below(&seed, 400)
							: random_below(&seed, 60000);

		const char *const *f = form[random_below(&seed, ARRAY_LEN(form))];

		n += (size_t)sprintf(p + n, "%s%zu%s%zu%s", f[0], random_below(&seed, 100000), f[1],
			payload, f[2]);
		random_fill(&seed, p + n, payload);
		n += payload;
	}
	return n + (size_t)sprintf(p + n, END);
}

static void test_pass(void)
{
	static char stream[STREAM_MAX];
	static const char own[] = "{\"type\":\"end\",\"data\":{}}\n";
	size_t n;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		size_t piece = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 100 : 70000;

		n = make_stream(stream, piece == 1 ? FRAME_MAX + 20000 : STREAM_MAX / 4, seed);
		is_int(through(stream, n, piece, seed), 0,
			"pieces of at most %zu bytes, seed %d: exit 0", piece, (int)seed);
		ok(run.got_bytes == n + sizeof(own) - 1 && memcmp(run.got, stream, n) == 0 &&
				memcmp(run.got + n, own, sizeof(own) - 1) == 0,
			"the same %zu bytes, then its own last frame", n);
		close(run.err);
	}
	n = make_stream(stream, STREAM_MAX, 99);
	if (start(-1)) {
		size_t fed = feed(stream, n, 65536, 1, false);

		ok(fed < 700000, "a reader that stops: it stops too, after %zu bytes", fed);
		feed(stream + fed, n - fed, 65536, 1, true);
		ok(finish() == 0 && run.got_bytes > n && memcmp(run.got, stream, n) == 0,
			"then nothing is lost");
	}
}

static void test_order(void)
{
	static const char in[] =
		"{\"type\":\"a\"}\n{\"type\":\"clock\",\"data\":{\"timestamp\":1500}}\n{\"type\":\"ping\"}\n"
		"{\"type\":\"eat\",\"payload_length\":3}\nxyz"
		"{\"type\":\"audio-chunk\",\"data\":{\"timestamp\":9000,\"utterance\":\"u\"}}\n"
		"{\"type\":\"audio-chunk\",\"data\":{\"timestamp\":1700}}\n{\"type\":\"clock\"}\n"
		"{\"type\":\"clock\",\"data\":{\"timestamp\":9223372036854775807}}\n{\"type\":\"ping\"}\n" END;
	static const char out[] =
		"{\"type\":\"a\"}\n{\"type\":\"clock\",\"data\":{\"timestamp\":1500}}\n"
		"{\"type\":\"pong\",\"data\":{\"at\":1500}}\n{\"type\":\"ping\"}\n"
		"{\"type\":\"audio-chunk\",\"data\":{\"timestamp\":9000,\"utterance\":\"u\"}}\n"
		"{\"type\":\"audio-chunk\",\"data\":{\"timestamp\":1700}}\n{\"type\":\"clock\"}\n"
		"{\"type\":\"clock\",\"data\":{\"timestamp\":9223372036854775807}}\n"
		"{\"type\":\"pong\",\"data\":{\"at\":31622400000}}\n{\"type\":\"ping\"}\n" END
		"{\"type\":\"end\",\"data\":{}}\n";

	is_int(through(in, sizeof(in) - 1, sizeof(in), 1), 0, "own frames among others");
	ok(got(out),
		"each in its place; stream time is the caller's, as far as it can be; what is consumed is gone");
	close(run.err);
}

static void test_hold(void)
{
	static const char in[] =
		"{\"type\":\"hold\"}\n{\"type\":\"a\"}\n{\"type\":\"hold\"}\n{\"type\":\"hold\"}\n" END;
	static const char held[] = "{\"type\":\"held\",\"data\":{}}\n";
	char out[512];

	snprintf(out, sizeof(out),
		"{\"type\":\"hold\"}\n%s{\"type\":\"a\"}\n{\"type\":\"hold\"}\n%s{\"type\":\"hold\"}\n%s" END
		"{\"type\":\"end\",\"data\":{}}\n",
		held, held, held);
	for (size_t piece = 1; piece < 100; piece += 49) {
		is_int(through(in, sizeof(in) - 1, piece, 1), 0, "held, in pieces of at most %zu",
			piece);
		ok(got(out), "what a frame causes later stands directly behind it");
		close(run.err);
	}
}

static void test_bad_ends(void)
{
	static const struct {
		const char *name, *in, *passed, *text, *code;
		int status;
	} ends[] = {
		{"empty input", "", "", "stream ends without call-end: the filter before died",
			"predecessor", 70},
		{"no call-end", "{\"type\":\"a\"}\n", "{\"type\":\"a\"}\n",
			"stream ends without call-end: the filter before died", "predecessor", 70},
		{"inside a header", "{\"type\":\"a\"}\n{\"ty", "{\"type\":\"a\"}\n",
			"stream ends inside a frame at byte 13: the filter before died",
			"predecessor", 70},
		{"inside a payload", "{\"type\":\"a\",\"payload_length\":2}\nx", "",
			"stream ends inside a frame at byte 0: the filter before died",
			"predecessor", 70},
		{"garbage",
			"{\"type\":\"a\"}\n{\"type\":\"b\",\"payload_length\":3}\n\n\n\nGET / HTTP/1.1\r\n\r\n",
			"{\"type\":\"a\"}\n{\"type\":\"b\",\"payload_length\":3}\n\n\n\n",
			"malformed stream at byte 48: frame does not begin with '{'", "input", 65},
		{"a payload too long", "{\"type\":\"a\",\"payload_length\":65537}\n", "",
			"malformed stream at byte 0: payload_length is not within 0 to 65536",
			"input", 65},
		{"its own failure", "{\"type\":\"a\"}\n{\"type\":\"fail\"}\n{\"type\":\"b\"}\n" END,
			"{\"type\":\"a\"}\n", "told to \"fail\"", "told-to", 78},
	};
	char want[1024], quoted[256];
	struct dynbuf b;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		dynbuf_init(&b, sizeof(quoted));
		jline_add_quoted(&b, ends[i].text, strlen(ends[i].text));
		snprintf(want, sizeof(want),
			"%s{\"type\":\"error\",\"data\":{\"stage\":\"test\",\"text\":%s,\"code\":\"%s\",\"fatal\":true}}\n",
			ends[i].passed, b.p, ends[i].code);
		dynbuf_free(&b);
		is_int(through(ends[i].in, strlen(ends[i].in), 7, i), ends[i].status, "%s: exit %d",
			ends[i].name, ends[i].status);
		ok(got(want), "what was good, then an error event, no call-end");
		snprintf(want, sizeof(want), "filter: %s\n", ends[i].text);
		ok(err_is(want), "and one line");
	}
}

static void test_reader_leaves(int kind, const char *name)
{
	if (!start(kind))
		return;
	close(run.out);
	run.out = -1;
	is_int(reap(), 0, "a reader that leaves an idle filter (%s): exit 0", name);
	ok(err_is(""), "without a word");
	close(run.in);

	if (!start(kind))
		return;
	feed("{\"type\":\"work\"}\n", 16, 100, 1, true);
	while (run.got_bytes < 16)
		run.got_bytes += (size_t)read(run.out, run.got, 16);
	close(run.out);
	waitpid(run.pid, &run.status, 0);
	is_str(file_text(run.done), "gw",
		"a reader that leaves a busy one: told at once, its work is done");
	ok(run.status == 0 && err_is(""), "exit 0, without a word");
	close(run.in);
	close(run.done);
}

static void test_work_at_end(void)
{
	static const char in[] = "{\"type\":\"work\"}\n" END,
			  out[] = "{\"type\":\"work\"}\n" END "{\"type\":\"end\",\"data\":{}}\n";

	if (!start(-1))
		return;
	feed(in, sizeof(in) - 1, 100, 1, true);
	close(run.in);
	while (run.got_bytes < sizeof(out) - 1)
		run.got_bytes += (size_t)read(run.out, run.got + run.got_bytes, 100);
	waitpid(run.pid, &run.status, 0);
	is_str(file_text(run.done), "ew", "work under way at the end is finished");
	ok(got(out) && run.status == 0, "nothing waits for it meanwhile");
	close(run.out);
	close(run.done);
	close(run.err);
}

static void test_descriptors(void)
{
	int full = open("/dev/full", O_WRONLY);

	if (!ok(full >= 0 && start(full), "/dev/full"))
		return;
	feed(END, sizeof(END) - 1, 100, 1, false);
	is_int(finish(), 74, "a full disk: exit 74");
	ok(err_is("filter: cannot write 'stdout': No space left on device\n"), "and a line");
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return filter_main();
	signal(SIGPIPE, SIG_IGN);
	test_pass();
	test_order();
	test_hold();
	test_bad_ends();
	test_reader_leaves(-1, "pipe");
	test_reader_leaves(-2, "socket");
	test_work_at_end();
	test_descriptors();
	return done_testing();
}
