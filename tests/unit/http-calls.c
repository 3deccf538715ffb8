/* http: how requests are given up, held up, and kept company: against tests/fake/http-faults.py. */
#include "http-get.h"

static void cancels(void)
{
	static const char *const where[] = {"", "header", "head", "body", "end"};
	struct http_request q = {0};
	struct get g = {0}, other = {0};
	long accepts;
	int n;

	for (int i = 1; i <= 4; i++) {
		g.cancel_in = i;
		ask(&g, &q, "/stream?1000");
		ok(g.ends == (i == 4) && g.heads == (i > 1) &&
				(i == 4 ? g.body.n > 9000 : g.pieces == (i > 2)),
			"cancelled in %s, no more is told", where[i]);
	}
	g.cancel_in = 0;

	/* from outside: the server sees it before this loop turns again */
	n = 1;
	q.url = url("/stops?outside");
	get_start(&g, &q, &n);
	while (!g.pieces)
		run_for(10);
	http_cancel(g.call);
	for (int i = 0; i < 4000 && count("/stops?outside") == 0; i++)
		;
	is_int(count("/stops?outside"), 1, "cancelled from outside, the connection is closed");

	/* one that has not begun; one in the handler of another; all of them */
	accepts = count("accepts");
	get_start(&g, &q, &n);
	http_cancel(g.call);
	run_for(50);
	is_int(count("accepts"), accepts, "cancelled before the loop turned, nothing was sent");

	n = 2;
	q.url = url("/stops");
	get_start(&other, &q, &n);
	run_for(30);
	q.url = url("/stream?3");
	g.cancel_in = 3;
	g.other = &other;
	get_start(&g, &q, &n);
	run();
	ok(g.ends == 1 && other.ends == 0 && other.pieces == 1, "one cancels another");

	g.other = NULL;
	g.cancel_in = -1;
	get_start(&g, &q, &n);
	run();
	ok(!http.state && g.pieces == 1 && !g.ends, "all may be freed in a handler");
	g.cancel_in = 0;
	ask(&g, &q, "/ok");
	is_str(g.body.p, "ok", "and it can begin again");
	get_free(&g);
	get_free(&other);
}

static void long_ones(void)
{
	struct http_request q = {.idle_ms = 200, .total_ms = 5000};
	struct get g = {0};
	int left = 1;

	ask(&g, &q, "/big?30000000");
	ok(g.reply.fault == HTTP_OK && g.body.n == 30000000, "thirty million bytes");
	q.url = url("/endless?cancelled");
	get_start(&g, &q, &left);
	while (!g.pieces)
		run_for(1);
	http_cancel(g.call);
	for (int i = 0; i < 4000 && count("/endless?cancelled") == 0; i++)
		;
	is_int(count("/endless?cancelled"), 1, "one without an end, cancelled while it comes");
	get_free(&g);
}

static void parallel(void)
{
	struct http_request q = {.total_ms = 10000};
	struct get g[20] = {0};
	int left = ARRAY_LEN(g);
	bool all = true;

	q.url = url("/stream?200");
	for (size_t i = 0; i < ARRAY_LEN(g); i++)
		get_start(&g[i], &q, &left);
	run();
	for (size_t i = 0; i < ARRAY_LEN(g); i++) {
		all = all && g[i].ends == 1 && g[i].body.n == 2090;
		get_free(&g[i]);
	}
	ok(all, "twenty at once");
}

static void warm(void)
{
	struct http_request q = {0};
	struct get g = {0};
	long accepts, requests;

	http_free(&http); /* and all connections with it */
	accepts = count("accepts");
	http_free(&http);
	http_warm(&http, url("/v1/any"));
	http_warm(&http, url("/v1/other"));
	run_for(100);
	ask(&g, &q, "/ok");
	is_int(g.reply.connect_ns, 0, "a request finds the connection that was made for it");
	is_int(count("accepts"), accepts + 1, "one");
	requests = count("requests");
	http_warm(&http, "nonsense");
	http_warm(&http, url("/silence"));
	http_free(&http);
	http_init(&http, &loop);
	is_int(count("requests"), requests + 1, "what is freed at once is not asked");
	get_free(&g);
}

/* Closed by the server between two requests: made anew, and nobody hears of it. */
static void closed(void)
{
	struct http_request q = {.body = "x", .body_bytes = 1};
	struct get g = {0};

	http_free(&http); /* and what is kept */
	ask(&g, &q, "/close");
	ask(&g, &q, "/close");
	ok(g.reply.fault == HTTP_OK && g.reply.connect_ns, "a connection that was closed");
	ask(&g, &q, "/late-close");
	run_for(50);
	ask(&g, &q, "/ok");
	ok(g.reply.fault == HTTP_OK && g.reply.connect_ns, "and without a word");
	get_free(&g);
}

static int descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* Resident memory in KiB. */
static long resident(void)
{
	char *p;
	size_t n;
	long pages = 0;

	if (read_file("/proc/self/statm", 4096, &p, &n) == 0) {
		sscanf(p, "%*d %ld", &pages);
		free(p);
	}
	return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* Many of them: whole, cancelled, refused; what is there grows no more after the first thousand. */
static void many(int times)
{
	struct http_request q = {.total_ms = 10000};
	struct get g = {0};
	int fds = 0, left;
	long kib = 0;

	for (int i = 0; i < times; i++) {
		left = 1;
		q.url = url(i % 4 == 3 ? "/stream?3" : i % 50 == 2 ? "/status?500" : "/ok");
		g.cancel_in = i % 20 == 19 ? 3 : 0;
		get_start(&g, &q, &left);
		run();
		if (i == times / 10) {
			fds = descriptors();
			kib = resident();
		}
	}
	ok(g.ends + (g.pieces > 0) >= 1, "%d requests", times);
	ok(descriptors() <= fds, "as many descriptors: %d after %d", descriptors(), fds);
	/* freed memory is kept by sanitizers */
	if (times >= 10000)
		ok(resident() - kib < 400, "as much memory: %ld KiB after %ld", resident(), kib);
	get_free(&g);
}

int main(void)
{
	struct spawn_pipes server;

	signal(SIGPIPE, SIG_IGN);
	loop_init(&loop);
	http_init(&http, &loop);
	server_start(&server);
	cancels();
	long_ones();
	parallel();
	closed();
	warm();
#ifdef __SANITIZE_ADDRESS__
	many(1000);
#else
	many(10000);
#endif
	http_free(&http);
	loop_free(&loop);
	server_end(&server);
	return done_testing();
}
