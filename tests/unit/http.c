/* http: requests on the loop against a server with every fault there is (tests/fake/http-faults.py).
 *
 *	http			the tests
 *	http [OPTION...] URL...	a client for other tests: one request after the other, a line about each: fault, status,
 *				HTTP/1 or 2, connected anew or kept, bytes of the body, why; then the longest turn
 *	-a authorities -x proxy -n no-proxy -H 'Name:value' -d body -D bytes of a large one -c connect_ms -f first_ms
 *	-i idle_ms -t total_ms -r each so many times -p all at once -s ms between them -w warm first -b show what came -C cancel
 *	those with this in their URL in the first piece
 */
#include <getopt.h>

#include "http-get.h"

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
		const char *path = fault[i].path, *body = fault[i].body;

		ask(&g, &q, path);
		is_int(g.reply.fault, fault[i].fault, "%s: fault", path);
		is_int(g.reply.status, fault[i].status, "%s: status", path);
		if (body)
			is_str(g.body.p, body, "%s: what came", path);
		ok(g.reply.why[0] && !strncmp(g.reply.why, fault[i].why, strlen(fault[i].why)),
			"%s: %s", path, g.reply.why);
		is_int(g.ends, 1, "%s: ends once", path);
		is_int(g.heads, !body || body[0] || strcmp(path, "/head-only") == 0, "%s: its head",
			path);
	}
	ask(&g, &q, "/status?401");
	is_str(g.error, "{\"error\":{\"message\":\"No.\",\"type\":\"t\"}}", "the body of an error");
	is_int(g.reply.error_bytes, strlen(g.error), "its size");
	ask(&g, &q, "/endless?error");
	is_int(g.reply.error_bytes, HTTP_ERROR_MAX, "of an endless one the beginning");
	get_free(&g);
}

/* What is asked for, of the different ways to say it. */
static void again(void)
{
	static const struct {
		const char *path;
		int64_t least, most; /* ms */
		int should_retry;
	} asked[] = {
		{"/limited?Retry-After=2", 2000, 2000, -1},
		{"/limited?Retry-After=0.25", 250, 250, -1},
		{"/limited?retry-after-ms=125.5;Retry-After=9", 125, 125, -1},
		{"/limited?Date=Thu,%2026%20Nov%202026%2008:00:00%20GMT;"
		 "Retry-After=Thu,%2026%20Nov%202026%2008:00:07%20GMT",
			7000, 7000, -1},
		{"/limited?Retry-After=Thu,%2026%20Nov%202026%2008:00:07%20GMT;"
		 "Date=Thu,%2026%20Nov%202026%2008:00:05%20GMT",
			2000, 2000, -1},
		{"/limited?Retry-After=Sun,%2006%20Nov%201994%2008:49:37%20GMT", 0, 0, -1},
		{"/limited?Retry-After=Fri,%2006%20Nov%202099%2008:49:37%20GMT", 86400000, 86400000,
			-1},
		{"/limited?Retry-After=soon", -1, -1, -1},
		{"/limited?Retry-After=nan", -1, -1, -1},
		{"/limited?Retry-After=-5", 0, 0, -1},
		{"/limited?x-ratelimit-reset=3", 3000, 3000, -1},
		{"/limited?x-ratelimit-reset=3;Retry-After=1", 1000, 1000, -1},
		{"/limited?Date=Thu,%2026%20Nov%202026%2008:00:00%20GMT;"
		 "x-ratelimit-reset=1795680002",
			2000, 2000, -1},
		{"/limited?x-ratelimit-reset=1", 1000, 1000, -1},
		{"/limited?X-Should-Retry=false", -1, -1, 0},
		{"/limited?x-should-retry=true", -1, -1, 1},
	};
	struct http_request q = {0};
	struct get g = {0};

	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		ask(&g, &q, asked[i].path);
		ok(g.reply.retry_after_ms >= asked[i].least &&
				g.reply.retry_after_ms <= asked[i].most,
			"%s: %lld ms", asked[i].path + 9, (long long)g.reply.retry_after_ms);
		is_int(g.reply.should_retry, asked[i].should_retry, "%s: or not",
			asked[i].path + 9);
	}
	get_free(&g);
}

/* Requests that cannot be: told from the loop, without what is in them. */
static void unable(void)
{
	const struct http_header bad[] = {{"Authorization", "Bearer sk-secret\r\nX: y"}};
	const struct http_header name[] = {{"X Y", "sk-secret"}};
	const struct {
		struct http_request q;
		const char *why;
	} no[] = {
		{{.url = "http://127.0.0.1:1/sk-secret", .headers = bad, .headers_n = 1},
			"a header has control characters in it"},
		{{.url = "http://127.0.0.1:1/sk-secret", .headers = name, .headers_n = 1},
			"the name of a header is none"},
		{{.url = "http://127.0.0.1:1/sk-secret\n"},
			"the URL has blanks or control characters in it"},
		{{.url = "http://127.0.0.1:1/sk secret"},
			"the URL has blanks or control characters in it"},
		{{.url = "file:///sk-secret"}, "the URL begins with neither http: nor https:"},
		{{.url = ""}, "the URL begins with neither http: nor https:"},
		{{.url = "http://127.0.0.1:1/", .method = "GET /sk-secret"}, "the method is none"},
		{{.url = "http://127.0.0.1:999999/sk-secret"}, ""},
		{{.url = "http:///sk-secret"}, ""},
	};
	struct get g = {0};

	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		int left = 1;

		get_start(&g, &no[i].q, &left);
		run();
		ok(g.reply.fault == HTTP_UNABLE && g.reply.why[0] && g.ends == 1, "%s",
			g.reply.why);
		ok(!strncmp(g.reply.why, no[i].why, strlen(no[i].why)) &&
				!strstr(g.reply.why, "secret"),
			"and nothing of it is told");
	}
	get_free(&g);
}

static void refused(void)
{
	struct http_request q = {.url = "http://127.0.0.1:1/", .connect_ms = 5000};
	struct get g = {0};
	int left = 1;

	get_start(&g, &q, &left);
	run();
	is_int(g.reply.fault, HTTP_REFUSED, "refused");
	ok(strstr(g.reply.why, "127.0.0.1 port 1"), "%s", g.reply.why);
	is_int(g.reply.connect_ns, 0, "never connected");
	get_free(&g);
}

/* How often a request is sent that gets no reply, over a connection that was kept. */
static long sendings(bool once)
{
	struct http_request q = {.method = "POST", .once = once};
	struct get g = {0};
	long before = count("requests");

	ask(&g, &q, "/reset-first");
	is_int(g.reply.fault, HTTP_BROKEN, "it fails");
	get_free(&g);
	return count("requests") - before - 1; /* to count is one, too */
}

static void once(void)
{
	ok(sendings(false) > 1, "libcurl sends again what a kept connection lost");
	is_int(sendings(true), 1, "but not what is to be sent once");
}

static void escape(void)
{
	struct dynbuf b;

	dynbuf_init(&b, 64);
	is_int(http_escape(&b, "a b&c=\xc3\xa9/~-._+%"), 0, "escaped");
	is_str(b.p, "a%20b%26c%3D%C3%A9%2F~-._%2B%25", "as it should be");
	is_int(http_escape(&b, "                                "), -1, "no room");
	dynbuf_free(&b);
}

/* ---- a client for other tests ---- */

static const char *fault_name(enum http_fault f)
{
	static const char *const name[] = {
		"ok", "refused", "tls", "slow", "broken", "long", "unable"};

	return name[f];
}

static int64_t last_turn, longest_turn; /* ms */

static void turn(void *ctx, int64_t now)
{
	int64_t at = now_ns() / NS_PER_MS;

	longest_turn = max_i64(longest_turn, at - last_turn);
	last_turn = at;
	((struct loop_timer *)ctx)->at_ns = now + 5 * NS_PER_MS;
}

static void show(const struct get *g, bool body)
{
	const struct http_reply *r = &g->reply;

	if (!g->ends)
		printf("cancelled\n");
	else
		printf("%s %d HTTP/%d %s %zu %s\n", fault_name(r->fault), r->status,
			r->http2 ? 2 : 1, r->connect_ns ? "new" : "kept", g->body.n, r->why);
	if (body)
		printf("%s%s\n", g->lines.p, g->body.p);
}

static int client(int argc, char **argv)
{
	struct loop_timer ticks = {.at_ns = now_ns(), .fire = turn, .ctx = &ticks};
	struct http_settings set = {0};
	struct http_request q = {.total_ms = 15000};
	static struct get g[256];
	struct http_header headers[8];
	const char *cancelled = NULL;
	static char big[4 << 20];
	int opt, left = 0, repeat = 1, between_ms = 0;
	bool at_once = false, warmed = false, body = false;
	size_t n = 0;

	q.headers = headers;
	while ((opt = getopt(argc, argv, "a:x:n:H:d:D:c:f:i:t:r:s:C:pwb")) != -1) {
		switch (opt) {
		case 'a':
			set.ca_file = optarg;
			break;
		case 'x':
			set.proxy = optarg;
			break;
		case 'n':
			set.no_proxy = optarg;
			break;
		case 'H':
			headers[q.headers_n].name = strsep(&optarg, ":");
			headers[q.headers_n++].value = optarg;
			break;
		case 'd':
			q.body = optarg;
			q.body_bytes = strlen(optarg);
			break;
		case 'D':
			q.body_bytes = strtoul(optarg, NULL, 10);
			if (q.body_bytes > sizeof big)
				return EXIT_USAGE;
			q.body = big;
			break;
		case 'c':
			q.connect_ms = atoi(optarg);
			break;
		case 'f':
			q.first_ms = atoi(optarg);
			break;
		case 'i':
			q.idle_ms = atoi(optarg);
			break;
		case 't':
			q.total_ms = atoi(optarg);
			break;
		case 'r':
			repeat = atoi(optarg);
			break;
		case 's':
			between_ms = atoi(optarg);
			break;
		case 'C':
			cancelled = optarg;
			break;
		case 'p':
			at_once = true;
			break;
		case 'w':
			warmed = true;
			break;
		case 'b':
			body = true;
			break;
		default:
			return EXIT_USAGE;
		}
	}
	http_set(&set);
	last_turn = now_ns() / NS_PER_MS;
	if (loop_add_timer(&loop, &ticks))
		return EXIT_SYSTEM;
	if (warmed) {
		http_warm(&http, argv[optind]);
		if (!at_once)
			run_for(300);
	}
	for (int i = optind; i < argc; i++) {
		for (int k = 0; k < repeat && n < ARRAY_LEN(g); k++, n++) {
			q.url = argv[i];
			g[n].cancel_in = cancelled && strstr(q.url, cancelled) ? 3 : 0;
			left++;
			if (n && between_ms)
				run_for(between_ms);
			get_start(&g[n], &q, &left);
			if (at_once)
				continue;
			if (left)
				run();
			show(&g[n], body);
		}
	}
	if (at_once) {
		if (left)
			run();
		for (size_t i = 0; i < n; i++)
			show(&g[i], body);
	}
	for (size_t i = 0; i < n; i++)
		get_free(&g[i]);
	http_free(&http);
	printf("longest turn %lld ms\n", (long long)longest_turn);
	loop_free(&loop);
	return 0;
}

int main(int argc, char **argv)
{
	struct spawn_pipes server;

	signal(SIGPIPE, SIG_IGN);
	loop_init(&loop);
	http_init(&http, &loop);
	if (argc > 1)
		return client(argc, argv);
	server_start(&server);
	ok(!mapped("libcurl"), "libcurl is not there before it is needed");
	plain();
	ok(mapped("libcurl"), "and then it is");
	sent();
	streams();
	faults();
	again();
	unable();
	refused();
	once();
	escape();
	http_free(&http);
	loop_free(&loop);
	server_end(&server);
	return done_testing();
}
