/* provider: settings, keys, attempts, the breaker, what is said; against tests/fake/http-faults.py. */
#include "net/provider.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/spawn.h"
#include "tap.h"

#define KEY "sk-test-0123456789abcdef"

static struct loop loop;
static struct http http;
static struct provider provider;
static char base[64];
static char longest[4096]; /* a path */

/* A question, and what came of it. */
struct asked {
	struct provider_call *call;
	struct dynbuf body;
	int heads, ends, status;
	bool ok;
	const char *code;
	char why[HTTP_WHY_MAX], error[HTTP_ERROR_MAX + 1];
	int attempts;
	bool reply, cancel_in_body, cancel_in_end, reject_in_end;
	int64_t took_ms;
};

static void on_head(void *ctx, const struct http_reply *r)
{
	((struct asked *)ctx)->heads++;
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct asked *a = ctx;

	dynbuf_add(&a->body, p, n);
	if (a->cancel_in_body) {
		provider_cancel(a->call);
		loop_stop(&loop);
	}
}

static void on_end(void *ctx, const struct provider_end *end)
{
	struct asked *a = ctx;

	a->ends++;
	a->ok = end->ok;
	a->code = end->code;
	a->attempts = end->attempts;
	a->reply = end->reply != NULL;
	a->status = end->reply ? end->reply->status : 0;
	snprintf(a->why, sizeof a->why, "%s", end->why);
	snprintf(a->error, sizeof a->error, "%s", end->reply ? end->reply->error : "");
	if (a->cancel_in_end)
		provider_cancel(a->call);
	if (a->reject_in_end)
		provider_reject(a->call);
	loop_stop(&loop);
}

static void too_long(void *ctx, int64_t now)
{
	printf("not ok - the loop hangs\n");
	fflush(stdout);
	_exit(1);
}

static void run(void)
{
	struct loop_timer guard = {.at_ns = now_ns() + 20 * NS_PER_S, .fire = too_long};

	loop.stopped = false;
	if (loop_add_timer(&loop, &guard) || loop_run(&loop))
		abort();
	loop_remove_timer(&loop, &guard);
}

static const struct provider_handlers on = {.head = on_head, .body = on_body, .end = on_end};

static void start(struct asked *a, struct http_request *q, const char *path, int64_t give_up_ms)
{
	bool body = a->cancel_in_body, end = a->cancel_in_end, reject = a->reject_in_end;

	dynbuf_free(&a->body);
	*a = (struct asked){.cancel_in_body = body, .cancel_in_end = end, .reject_in_end = reject};
	dynbuf_init(&a->body, 1 << 20);
	snprintf(longest, sizeof longest, "%s", path);
	q->url = longest;
	a->call = provider_ask(&provider, q, give_up_ms, &on, a);
	if (!a->call || a->ends)
		abort();
	/* all of it is copied */
	memset(longest, 'x', sizeof longest - 1);
}

static void ask(struct asked *a, const char *path, int64_t give_up_ms)
{
	struct http_request q = {.connect_ms = 5000, .idle_ms = 200};
	int64_t from = now_ns();

	start(a, &q, path, give_up_ms);
	run();
	a->took_ms = (now_ns() - from) / NS_PER_MS;
}

/* ---- settings ---- */

static void refused(const struct provider_spec *spec, int want, const char *why, const char *text)
{
	char got[HTTP_WHY_MAX] = "";
	struct provider p;
	int err = provider_open(&p, spec, &http, got);

	is_int(err, want, "%s", text);
	is_str(got, why, "%s: why", text);
	if (!err)
		provider_close(&p);
}

static void domains(void)
{
	static const char *const yes[] = {"https://vendor.com", "https://api.vendor.com/v1",
		"wss://eu.api.Vendor.com:443/x", "http://u:p@api.vendor.com?x"};
	static const char *const no[] = {"https://vendor.com.example.org/", "https://myvendor.com/",
		"https://example.org/vendor.com", "https://vendor.com@example.org/",
		"https://u@vendor.com:@example.org/", "https://example.org/?u=://vendor.com",
		"https://dor.com/", "vendor.com", ""};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		ok(provider_is_at(yes[i], "vendor.com"), "a vendor's own: %s", yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		ok(!provider_is_at(no[i], "vendor.com"), "somebody else: '%s'", no[i]);
}

static void settings(void)
{
	struct provider_spec spec = {.stage = "tts",
		.engine = "acme",
		.url = "https://api.example.org/v1/",
		.secrets = {"CALLPIPE_TTS_KEY", "ACME_API_KEY"},
		.needs_key = true};
	char why[HTTP_WHY_MAX] = "";
	struct provider p;

	refused(&spec, EXIT_CONFIG,
		"no key for tts 'acme': set CALLPIPE_TTS_KEY or ACME_API_KEY, or .._FILE: see callpipe(7), Secrets",
		"no key");
	spec.url = "http://127.0.0.1:8080/v1";
	refused(&spec, 0, "", "here none is needed");
	spec.url = "http://localhost.example.org/";
	refused(&spec, EXIT_CONFIG,
		"no key for tts 'acme': set CALLPIPE_TTS_KEY or ACME_API_KEY, or .._FILE: see callpipe(7), Secrets",
		"there it is");
	setenv("ACME_API_KEY_FILE", "/" KEY, 1);
	refused(&spec, EXIT_CONFIG,
		"cannot use the key of tts 'acme': the file of ACME_API_KEY_FILE: No such file or directory",
		"a key that cannot be read");
	unsetenv("ACME_API_KEY_FILE");
	setenv("ACME_API_KEY", KEY, 1);
	spec.url = "ftp://u:secret@x/";
	refused(&spec, EXIT_USAGE,
		"the URL of tts 'acme' begins with none of http: https: ws: wss:",
		"another scheme");
	spec.url = "https://x/a b";
	refused(&spec, EXIT_USAGE, "the URL of tts 'acme' has blanks or control characters in it",
		"a blank");
	spec.url = "https:///v1";
	refused(&spec, EXIT_USAGE, "the URL of tts 'acme' names no host", "no host");

	spec.url = "HTTPS://api.example.org/v1//";
	is_int(provider_open(&p, &spec, &http, why), 0, "a provider");
	is_str(p.base, "https://api.example.org/v1", "its base");
	is_str(p.auth_name, "Authorization", "a header");
	is_str(p.auth_value, "Bearer " KEY, "with the key");
	provider_close(&p);
	spec.auth = PROVIDER_TOKEN;
	setenv("CALLPIPE_TTS_KEY", "first", 1);
	is_int(provider_open(&p, &spec, &http, why), 0, "two keys");
	is_str(p.auth_value, "Token first", "the first counts");
	provider_close(&p);
	spec.auth = PROVIDER_HEADER;
	spec.header = "xi-api-key";
	is_int(provider_open(&p, &spec, &http, why), 0, "a header of its own");
	is_str(p.auth_name, "xi-api-key", "its name");
	is_str(p.auth_value, "first", "its value");
	provider_close(&p);
	unsetenv("CALLPIPE_TTS_KEY");
}

/* ---- questions ---- */

/* Each at a breaker of its own, that no failure before has opened. */
static void provider_at(const char *engine, const char *url)
{
	struct provider_spec spec = {
		.stage = "tts", .engine = engine, .url = url, .secrets = {"ACME_API_KEY"}};
	char why[HTTP_WHY_MAX];

	provider_close(&provider);
	if (provider_open(&provider, &spec, &http, why)) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
}

static struct breaker_view breaker_of(const char *engine)
{
	struct breaker_view v[BREAKERS_MAX];
	const char *tmp = getenv("TMPDIR");
	char name[BREAKER_NAME_MAX];
	int n = breaker_list(tmp ? tmp : "/tmp", v, ARRAY_LEN(v));

	snprintf(name, sizeof name, "tts %s %s", engine, base);
	for (int i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return v[i];
	return (struct breaker_view){.failures = -1};
}

static void questions(void)
{
	const struct http_header headers[] = {{"X-A", "1"}};
	const struct http_part parts[] = {{.name = "model", .p = "m", .n = 1},
		{.name = "file", .file = "a.wav", .type = "audio/wav", .p = "R\0F", .n = 3}};
	struct http_request q = {.headers = headers, .headers_n = 1, .body = "hi", .body_bytes = 2};
	struct asked a = {0};

	provider_at("plain", base);
	start(&a, &q, "/echo", 1000);
	run();
	ok(a.ok && a.ends == 1 && a.heads == 1 && !a.code && a.attempts == 1, "an answer");
	ok(strstr(a.body.p, "\"Authorization: Bearer " KEY "\"") &&
			strstr(a.body.p, "\"X-A: 1\"") && strstr(a.body.p, "\"body\": \"hi\"") &&
			strstr(a.body.p, "\"target\": \"/echo\""),
		"to all that was asked");
	q = (struct http_request){.parts = parts, .parts_n = 2};
	start(&a, &q, "/echo", 1000);
	run();
	ok(strstr(a.body.p, "name=\\\"model\\\"\\r\\n\\r\\nm\\r\\n") &&
			strstr(a.body.p,
				"filename=\\\"a.wav\\\"\\r\\nContent-Type: audio/wav\\r\\n"
				"\\r\\nR\\u0000F\\r\\n"),
		"a form");

	ask(&a, "/flaky?2,503,5,a", 2000);
	ok(a.ok && a.attempts == 3 && !strcmp(a.body.p, "at last"), "tried again, twice");
	is_int(breaker_of("plain").failures, 0, "its breaker has none in a row");
	ask(&a, "/flaky?1,429,60000,b", 2000);
	ok(!a.ok && a.attempts == 1 && a.took_ms < 1000, "not if it would come too late");
	is_str(a.code, "busy", "busy");
	is_str(a.why, "HTTP status 429: Not yet. (soon, request req_3)", "why");
	ask(&a, "/flaky?9,503,1,c", 0);
	is_int(a.attempts, 3, "without a limit three times");
	provider.attempts_max = 1;
	ask(&a, "/flaky?1,503,1,d", 2000);
	is_int(a.attempts, 1, "as often as it was set");
	provider.attempts_max = 0;
	provider_at("again", base);
	ask(&a, "/flaky?1,400,1,e", 2000);
	ok(a.attempts == 1 && a.reply && a.status == 400,
		"what can never succeed is not tried again");
	is_str(a.code, "rejected", "but rejected");
	ask(&a, "/stops", 2000);
	ok(a.attempts == 1 && !strcmp(a.body.p, "data: 1\n\n"), "nor what has been begun");
	is_str(a.code, "timeout", "but is slow");
	ask(&a, "/silence", 100);
	ok(a.attempts == 1 && a.took_ms >= 99,
		"a server that says nothing has until it is given up");
	is_str(a.code, "timeout", "slow as well");
	ok(strncmp(a.why, "no answer within ", 17) == 0, "its why");
	dynbuf_free(&a.body);
}

static void failures(void)
{
	struct asked a = {0};

	provider_at("refused", "http://127.0.0.1:1");
	ask(&a, "/x", 300);
	is_str(a.code, "refused", "nobody there");
	ok(a.attempts == 1 && a.reply, "after the first delay it is too late");
	provider_at("bad", base);
	ask(&a, "/bad-chunk", 300);
	is_str(a.code, "broken", "no HTTP");
	ask(&a, "/status?500", 300);
	is_str(a.code, "broken", "a server that fails");
	is_str(a.why, "HTTP status 500: No. (t, request req_2)", "and what it says");
	ask(&a, "/wrong-key", 2000);
	is_str(a.code, "account", "a wrong key");
	is_int(a.attempts, 1, "is asked once");
	is_str(a.why,
		"HTTP status 401: Incorrect API key: ************************, or **************, so "
		"(************************) (invalid_api_key)",
		"without the key");
	ok(!strstr(a.why, "sk-") && !strstr(a.error, "sk-"), "nowhere any of it");
	ok(strstr(a.error, "Incorrect API key"), "in what is still of use");
	dynbuf_free(&a.body);
}

static void breaker(void)
{
	struct http_request q = {0};
	struct asked a = {0};

	provider_at("broken", base);
	for (int i = 0; i < BREAKER_FAILURES; i++) {
		is_int(breaker_of("broken").failures, i, "failures so far");
		ask(&a, "/flaky?100,500,60000,f", 50);
		is_str(a.code, "broken", "one more");
	}
	ask(&a, "/ok", 50);
	ok(!a.ok && a.attempts == 0 && !a.reply, "after so many it is not asked");
	is_str(a.code, "breaker", "but left alone");

	provider_at("rejecting", base);
	for (int i = 0; i < BREAKER_FAILURES + 1; i++)
		ask(&a, "/flaky?100,404,1,g", 50);
	is_int(a.attempts, 1, "what was wrong with the question does not count");
	is_int(breaker_of("rejecting").failures, 0, "at all");

	provider_at("unable", base);
	ask(&a, "/flaky?100,500,1,u", 50);
	ask(&a, "/with blanks", 50);
	is_str(a.code, "system", "a question that cannot go out");
	is_int(breaker_of("unable").failures, 1, "says nothing of the server");

	provider_at("senseless", base);
	a.reject_in_end = true;
	ask(&a, "/ok", 50);
	ask(&a, "/ok", 50);
	ok(a.ok && breaker_of("senseless").failures == 2,
		"a whole answer that makes no sense counts");
	a.reject_in_end = false;
	ask(&a, "/ok", 50);
	is_int(breaker_of("senseless").failures, 0, "until there is one that does");

	/* an attempt again is asked for again */
	provider_at("failing", base);
	for (int i = 0; i < 2; i++)
		ask(&a, "/flaky?100,503,1,h", 0);
	is_int(a.attempts, 2, "the third attempt of the second question finds it open");
	is_str(a.code, "busy", "which says what happened, and not that");

	provider_at("cancelled", base);
	a.cancel_in_body = true;
	ask(&a, "/stops", 1000);
	ok(a.ends == 0 && a.body.n, "cancelled in a handler");
	a.cancel_in_body = false;
	start(&a, &q, "/silence", 1000);
	provider_cancel(a.call);
	start(&a, &q, "/ok", 1000);
	a.cancel_in_end = true;
	run();
	ok(a.ok, "and at once, and in the end");
	ok(breaker_of("cancelled").state == BREAKER_CLOSED && breaker_of("cancelled").failures == 0,
		"which is no failure");
	dynbuf_free(&a.body);
}

static void server_start(struct spawn_pipes *s)
{
	char program[] = "/usr/bin/python3", file[] = "tests/fake/http-faults.py";
	char *argv[] = {program, file, NULL}, *env[] = {NULL};
	char port[16] = "";

	if (spawn_piped(argv, env, s) || read(s->out_fd, port, sizeof port - 1) <= 0) {
		printf("Bail out! %s does not start\n", file);
		exit(1);
	}
	snprintf(base, sizeof base, "http://127.0.0.1:%d", atoi(port));
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	struct spawn_pipes server;

	signal(SIGPIPE, SIG_IGN);
	loop_init(&loop);
	http_init(&http, &loop);
	server_start(&server);
	if (breaker_open(tmp ? tmp : "/tmp"))
		return 1;
	domains();
	settings();
	questions();
	failures();
	breaker();
	provider_close(&provider);
	http_free(&http);
	loop_free(&loop);
	close(server.in_fd);
	waitpid(server.pid, NULL, 0);
	return done_testing();
}
