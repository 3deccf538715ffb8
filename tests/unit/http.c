/* http: requests on the loop against a server with every fault there is (tests/fake/http-faults.py).
 *
 *	http			the tests
 *	http [OPTION...] URL...	a client for other tests: one request after the other, a line about each:
 *				fault, status, HTTP/2 or 1, connected anew or kept, bytes of the body, why
 *	-a authorities -x proxy -n no-proxy -H 'Name: value' -d body -c connect_ms -f first_ms -p all at once -w warm first
 *	-r each so many times -b show the body
 */
#include "net/http.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/spawn.h"
#include "tap.h"

#define GUARD_MS 20000 /* nothing here takes so long */

static struct loop loop;
static struct http http;
static char base[64]; /* "http://127.0.0.1:PORT" */

/* One request, and what came of it. */
struct get {
	struct http_call *call;
	struct dynbuf body, lines;
	struct http_reply reply;
	char error[HTTP_ERROR_MAX + 1];
	int heads, pieces, ends;
	int cancel_in;     /* 1: cancel in header, 2: head, 3: body, 4: end; -1: free all in body */
	int pause_after;   /* pieces */
	struct get *other; /* to cancel instead of this */
	int *left;         /* how many are still to end; the loop stops at 0 */
};

static void gone(struct get *g)
{
	g->call = NULL;
	if (--*g->left <= 0)
		loop_stop(&loop);
}

static bool cancel_at(struct get *g, int where)
{
	struct get *victim = g->other ? g->other : g;

	if (g->cancel_in != where || !victim->call)
		return false;
	http_cancel(victim->call);
	gone(victim);
	return victim == g;
}

static void on_header(void *ctx, const char *name, const char *value)
{
	struct get *g = ctx;

	dynbuf_addf(&g->lines, "%s: %s\n", name, value);
	cancel_at(g, 1);
}

static void on_head(void *ctx, const struct http_reply *r)
{
	struct get *g = ctx;

	g->heads++;
	g->reply = *r;
	cancel_at(g, 2);
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct get *g = ctx;

	g->pieces++;
	dynbuf_add(&g->body, p, n);
	if (g->cancel_in == -1) {
		http_free(&http);
		loop_stop(&loop);
		g->call = NULL;
		return;
	}
	if (!cancel_at(g, 3) && g->pause_after && g->pieces == g->pause_after)
		http_pause(g->call, true);
}

static void on_end(void *ctx, const struct http_reply *r)
{
	struct get *g = ctx;

	g->ends++;
	g->reply = *r;
	snprintf(g->error, sizeof g->error, "%s", r->error);
	if (!cancel_at(g, 4))
		gone(g);
}

static const struct http_handlers handlers = {
	.header = on_header, .head = on_head, .body = on_body, .end = on_end};

static void get_start(struct get *g, const struct http_request *q, int *left)
{
	dynbuf_free(&g->body);
	dynbuf_free(&g->lines);
	dynbuf_init(&g->body, 1 << 26);
	dynbuf_init(&g->lines, 1 << 20);
	g->left = left;
	g->heads = g->pieces = g->ends = 0;
	g->call = http_start(&http, q, &handlers, g);
	if (!g->call)
		abort();
	if (g->ends || g->heads)
		printf("not ok - told from http_start\n");
}

static void get_free(struct get *g)
{
	dynbuf_free(&g->body);
	dynbuf_free(&g->lines);
}

static void too_long(void *ctx, int64_t now)
{
	printf("not ok - the loop hangs\n");
	fflush(stdout);
	_exit(1);
}

/* Until loop_stop. */
static void run(void)
{
	struct loop_timer guard = {.at_ns = now_ns() + GUARD_MS * NS_PER_MS, .fire = too_long};

	loop.stopped = false;
	if (loop_add_timer(&loop, &guard) || loop_run(&loop))
		abort();
	loop_remove_timer(&loop, &guard);
}

static void stop_fire(void *ctx, int64_t now)
{
	loop_stop(&loop);
}

static void run_for(int64_t how_long)
{
	struct loop_timer t = {.at_ns = now_ns() + how_long * NS_PER_MS, .fire = stop_fire};

	if (loop_add_timer(&loop, &t))
		abort();
	run();
	loop_remove_timer(&loop, &t);
}

static const char *url(const char *path)
{
	static char s[8][512];
	static int i;

	i = (i + 1) % 8;
	snprintf(s[i], sizeof s[i], "%s%s", base, path);
	return s[i];
}

static void ask(struct get *g, struct http_request *q, const char *path)
{
	int left = 1;

	q->url = url(path);
	get_start(g, q, &left);
	run();
}

/* Numbers the server counts. */
static long count(const char *name)
{
	struct get g = {0};
	struct http_request q = {0};
	const char *at;
	long n = 0;

	ask(&g, &q, "/stats");
	at = strstr(g.body.p, name);
	if (at)
		n = strtol(at + strlen(name) + 2, NULL, 10);
	get_free(&g);
	return n;
}

static bool mapped(const char *name)
{
	char *p;
	size_t n;
	bool found;

	if (read_file("/proc/self/maps", 1 << 22, &p, &n))
		return true;
	found = strstr(p, name);
	free(p);
	return found;
}

static bool has(const struct get *g, const char *text)
{
	return strstr(g->body.p, text) != NULL;
}

static void plain(void)
{
	struct get g = {0};
	struct http_request q = {0};

	ask(&g, &q, "/ok");
	is_int(g.reply.fault, HTTP_OK, "a reply");
	is_int(g.reply.status, 200, "its status");
	is_str(g.body.p, "ok", "its body");
	is_str(g.reply.type, "text/plain", "its type");
	is_str(g.reply.request_id, "req_ok", "its id");
	is_str(g.reply.why, "", "nothing to say about it");
	is_str(g.lines.p,
		"Content-Length: 2\nContent-Type: text/plain; charset=utf-8\nX-Request-Id: req_ok\n",
		"its headers");
	is_int(g.heads * 10 + g.ends, 11, "told once");
	ok(g.reply.start_ns && g.reply.connect_ns >= g.reply.start_ns &&
			g.reply.first_ns >= g.reply.connect_ns &&
			g.reply.end_ns >= g.reply.first_ns,
		"times, in order");
	is_int(g.reply.retry_after_ms, -1, "nothing about a retry");
	ok(!g.reply.http2, "HTTP/1.1");
	get_free(&g);
}

static void sent(void)
{
	const struct http_header headers[] = {
		{"Authorization", "Bearer sk-1"}, {"X-Empty", ""}, {"Content-Type", "text/x"}};
	struct http_request q = {
		.headers = headers, .headers_n = 3, .body = "a\0b", .body_bytes = 3};
	long accepts = count("accepts");
	struct get g = {0};

	ask(&g, &q, "/echo?a=1&b=%20");
	ok(has(&g, "\"method\": \"POST\""), "a body is posted");
	ok(has(&g, "\"target\": \"/echo?a=1&b=%20\""), "to the whole of the URL");
	ok(has(&g, "\"body\": \"a\\u0000b\""), "all its bytes");
	ok(has(&g, "\"Authorization: Bearer sk-1\"") && has(&g, "\"Content-Type: text/x\""),
		"with its headers");
	ok(has(&g, "\"X-Empty:\""), "also an empty one");
	ok(!has(&g, "Expect"), "nothing is waited for");
	q = (struct http_request){.body = "x", .body_bytes = 1, .method = "PUT"};
	ask(&g, &q, "/echo");
	ok(has(&g, "\"method\": \"PUT\""), "any method");
	ok(!has(&g, "Content-Type"), "no type that nobody has said");
	q = (struct http_request){.method = "POST"};
	ask(&g, &q, "/echo");
	ok(has(&g, "\"method\": \"POST\"") && has(&g, "Content-Length: 0"), "a POST of nothing");
	q = (struct http_request){.method = "DELETE"};
	ask(&g, &q, "/echo");
	ok(has(&g, "\"method\": \"DELETE\"") && !has(&g, "Content-Length"), "a DELETE");
	q = (struct http_request){0};
	ask(&g, &q, "/echo");
	ok(has(&g, "\"method\": \"GET\"") && has(&g, "User-Agent: callpipe/"), "a GET");
	is_int(g.reply.connect_ns, 0, "over the connection there was");
	get_free(&g);
	is_int(count("accepts"), accepts, "all over one connection");
}

static void streams(void)
{
	struct http_request q = {.first_ms = 5000, .idle_ms = 5000};
	struct get g = {0};

	ask(&g, &q, "/stream?100");
	is_int(g.reply.fault, HTTP_OK, "a stream");
	is_str(g.reply.type, "text/event-stream", "of events");
	ok(g.pieces > 0 && strncmp(g.body.p, "data: 0\n\ndata: 1\n\n", 18) == 0 &&
			strcmp(g.body.p + g.body.n - 10, "data: 99\n\n") == 0,
		"comes in pieces, in order");
	ask(&g, &q, "/binary");
	ok(g.body.n == 1024 && memcmp(g.body.p + 254, "\xfe\xff\0\1", 4) == 0, "any bytes");
	ask(&g, &q, "/empty");
	ok(g.reply.status == 204 && g.ends == 1 && g.heads == 1 && !g.pieces,
		"a reply without a body");
	ask(&g, &q, "/early");
	ok(g.reply.status == 200 && strcmp(g.body.p, "late") == 0 && !g.reply.request_id[0],
		"early hints are passed over");
	ask(&g, &q, "/trailer");
	is_str(g.reply.request_id, "req_1", "what stands behind the body is none of its headers");
	q = (struct http_request){.method = "HEAD"};
	ask(&g, &q, "/ok");
	ok(g.reply.status == 200 && g.ends == 1, "a HEAD");
	get_free(&g);
}

static const struct {
	const char *path;
	int fault, status;
	const char *body, *why; /* why begins so */
} fault[] = {
	{"/silence", HTTP_SLOW, 0, "", "no answer within 150 ms"},
	{"/head-only", HTTP_SLOW, 200, "", "no answer within 150 ms"},
	{"/stops", HTTP_SLOW, 200, "data: 1\n\n", "nothing more for 100 ms"},
	{"/drip", HTTP_SLOW, 200, NULL, "not done within 400 ms"},
	{"/reset", HTTP_BROKEN, 200, NULL, ""},
	{"/reset-first", HTTP_BROKEN, 0, "", ""},
	{"/cut", HTTP_BROKEN, 200, "data: 1\n\n", ""},
	{"/short", HTTP_BROKEN, 200, "not so long", ""},
	{"/bad-chunk", HTTP_BROKEN, 200, NULL, ""},
	{"/garbage", HTTP_BROKEN, 0, "", ""},
	{"/endless", HTTP_LONG, 200, NULL, "the reply has more than 1000000 bytes"},
	{"/endless-head", HTTP_BROKEN, 200, "", "the headers of the reply are too long"},
	{"/endless?error", HTTP_OK, 500, "", "HTTP status 500"},
	{"/status?401", HTTP_OK, 401, "", "HTTP status 401"},
	{"/status?500", HTTP_OK, 500, "", "HTTP status 500"},
	{"/moved", HTTP_OK, 302, "", "HTTP status 302"},
};

static void faults(void)
{
	struct http_request q = {.connect_ms = 3000,
		.first_ms = 150,
		.idle_ms = 100,
		.total_ms = 400,
		.max_bytes = 1000000};
	struct get g = {0};

	for (size_t i = 0; i < ARRAY_LEN(fault); i++) {
		const char *path = fault[i].path;

		ask(&g, &q, path);
		is_int(g.reply.fault, fault[i].fault, "%s: fault", path);
		is_int(g.reply.status, fault[i].status, "%s: status", path);
		if (fault[i].body)
			is_str(g.body.p, fault[i].body, "%s: what came", path);
		ok(g.reply.why[0] && !strncmp(g.reply.why, fault[i].why, strlen(fault[i].why)),
			"%s: %s", path, g.reply.why);
		is_int(g.ends, 1, "%s: ends once", path);
		is_int(g.heads, g.body.n > 0 || strcmp(path, "/head-only") == 0, "%s: its head",
			path);
	}
	ask(&g, &q, "/status?401");
	is_str(g.error, "{\"error\":{\"message\":\"No.\",\"type\":\"t\"}}", "the body of an error");
	is_int(g.reply.error_bytes, strlen(g.error), "its size");
	ask(&g, &q, "/endless?error");
	is_int(g.reply.error_bytes, HTTP_ERROR_MAX, "of an endless one the beginning");
	get_free(&g);
}

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
	for (int i = 0; i < 400 && count("/stops?outside") == 0; i++)
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

static void begins_with(const char *name, const char *cert, const char *key, struct spawn_pipes *s)
{
	char program[] = "/usr/bin/python3", file[] = "tests/fake/http-faults.py";
	char *argv[] = {program, file, cert ? strdup(cert) : NULL, key ? strdup(key) : NULL, NULL};
	char *env[] = {NULL};
	char port[16] = "";

	if (spawn_piped(argv, env, s) || read(s->out_fd, port, sizeof port - 1) <= 0) {
		printf("Bail out! %s does not start\n", file);
		exit(1);
	}
	snprintf(base, sizeof base, "%s://127.0.0.1:%d", name, atoi(port));
}

static void ends(struct spawn_pipes *s)
{
	close(s->in_fd);
	waitpid(s->pid, NULL, 0);
}

int main(int argc, char **argv)
{
	struct spawn_pipes server;

	signal(SIGPIPE, SIG_IGN);
	loop_init(&loop);
	http_init(&http, &loop);
	begins_with("http", NULL, NULL, &server);
	ok(!mapped("libcurl"), "libcurl is not there before it is needed");
	plain();
	ok(mapped("libcurl"), "and then it is");
	sent();
	streams();
	faults();
	cancels();
	http_free(&http);
	loop_free(&loop);
	ends(&server);
	return done_testing();
}
