/* ws: what needs no server; and with arguments, a client for tests/42-ws.t: ws URL [WORD...]. It writes a line for what
 * happens, and last how long the loop was held up, if that was longer than 0.3 s.
 *
 *	connect=MS ping=MS protocol=NAME header=NAME:VALUE ca=FILE proxy=URL
 *	text=TEXT bytes=N     send these when it is opened (before=TEXT: at once)
 *	close=CODE:REASON     when messages= have come, of none: when it is opened
 *	drop, drop=open       forget it then; or when it is opened
 *	messages=N again=N    send the last again with each message, so often
 */
#include "net/ws.h"

#include <signal.h>
#include <stdlib.h>

#include "net/curl.h"

#include "tap.h"

struct client {
	struct loop loop;
	struct ws *ws;
	const char *const *words;
	int64_t messages, again; /* to come; to be sent */
	int sent;
	int64_t beat_ns, held_ns; /* last beat, and longest time between two */
	struct loop_timer beat;
	int ends;
	bool quiet;        /* write nothing of the end */
	struct ws_end end; /* without its texts */
};

static const char *const faults[] = {"ok", "refused", "tls", "slow", "broken", "long", "unable"};

/* The next word with this name, its value; *at is where to go on. */
static const char *word(const struct client *c, const char *name, size_t *at)
{
	size_t n = strlen(name);

	for (; c->words[*at]; ++*at)
		if (strncmp(c->words[*at], name, n) == 0 && c->words[*at][n] == '=')
			return c->words[(*at)++] + n + 1;
	return NULL;
}

static const char *one(const struct client *c, const char *name)
{
	size_t at = 0;

	return word(c, name, &at);
}

static int64_t number(const struct client *c, const char *name)
{
	const char *s = one(c, name);

	return s ? atoll(s) : 0;
}

static void bytes_send(struct client *c, size_t n)
{
	char *p = calloc(1, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 7);
	printf("send %zu: %d\n", n, ws_send(c->ws, false, p, n));
	free(p);
}

static void finish(struct client *c)
{
	const char *close = one(c, "close"), *drop = one(c, "drop");

	if (drop) {
		ws_drop(c->ws);
		c->ws = NULL;
		loop_stop(&c->loop);
	} else if (close) {
		const char *reason = strchr(close, ':');

		ws_close(c->ws, atoi(close), reason ? reason + 1 : NULL);
		if (ws_send(c->ws, true, "late", 4) == 0)
			puts("sent after a goodbye");
	}
}

static void on_header(void *ctx, const char *name, const char *value)
{
	(void)ctx;
	if (name[0] == 'X' || name[0] == 'd')
		printf("%s: %s\n", name, value);
}

static void on_opened(void *ctx)
{
	struct client *c = ctx;
	const char *s;

	puts("opened");
	for (size_t at = 0; (s = word(c, "text", &at));)
		if (ws_send(c->ws, true, s, strlen(s)) < 0)
			puts("not sent");
	for (size_t at = 0; (s = word(c, "bytes", &at));)
		bytes_send(c, (size_t)atoll(s));
	if (!c->messages)
		finish(c);
}

static void on_message(void *ctx, bool text, const void *p, size_t n)
{
	struct client *c = ctx;

	if (text)
		printf("text %s\n", (const char *)p);
	else
		printf("binary %zu\n", n);
	if (text && ((const char *)p)[n])
		puts("no NUL");
	if (c->again && c->again--) {
		if (ws_send(c->ws, text, p, n) < 0)
			puts("not sent");
	}
	if (c->messages && !--c->messages)
		finish(c);
}

static void on_room(void *ctx)
{
	puts("room");
	(void)ctx;
}

static void on_ended(void *ctx, const struct ws_end *end)
{
	struct client *c = ctx;

	if (!c->quiet)
		printf("ended %s status=%d code=%d reason='%s' why='%s' error='%.60s' bytes=%zu retry=%lld\n",
			faults[end->fault], end->status, end->code, end->reason, end->why,
			end->error, strlen(end->error), (long long)end->retry_after_ms);
	c->ends++;
	c->end = *end;
	c->ws = NULL;
	loop_stop(&c->loop);
}

static const struct ws_handlers handlers = {.header = on_header,
	.opened = on_opened,
	.message = on_message,
	.room = on_room,
	.ended = on_ended};

static void beat(void *ctx, int64_t now)
{
	struct client *c = ctx;

	c->held_ns = max_i64(c->held_ns, now - c->beat_ns);
	c->beat_ns = now;
	c->beat.at_ns = now + 5 * NS_PER_MS;
}

static int client_run(struct client *c, const char *url)
{
	struct http_header headers[8];
	char name[8][64];
	struct ws_request q = {.url = url,
		.headers = headers,
		.protocol = one(c, "protocol"),
		.connect_ms = number(c, "connect"),
		.ping_ms = number(c, "ping")};
	const char *s, *slack = getenv("SLACK");

	for (size_t at = 0; q.headers_n < 8 && (s = word(c, "header", &at)); q.headers_n++) {
		snprintf(name[q.headers_n], 64, "%.*s", (int)strcspn(s, ":"), s);
		headers[q.headers_n] = (struct http_header){name[q.headers_n], strchr(s, ':') + 1};
	}
	c->messages = number(c, "messages");
	c->again = number(c, "again");
	c->beat = (struct loop_timer){.fire = beat, .ctx = c, .at_ns = now_ns()};
	c->ws = ws_open(&c->loop, &q, &handlers, c);
	c->beat_ns = now_ns(); /* libcurl is loaded */
	if (!c->ws || loop_add_timer(&c->loop, &c->beat) < 0)
		return 1;
	for (size_t at = 0; (s = word(c, "before", &at));)
		if (ws_send(c->ws, true, s, strlen(s)) < 0)
			puts("not sent");
	if (one(c, "drop") && strcmp(one(c, "drop"), "now") == 0)
		finish(c);
	else if (loop_run(&c->loop) < 0)
		return 1;
	if (c->held_ns > 300 * NS_PER_MS * (slack ? atoi(slack) : 1))
		printf("held up for %lld ms\n", (long long)(c->held_ns / NS_PER_MS));
	return 0;
}

/* How it ends for a URL and words. */
static struct ws_end end_of(const char *url, const char *const *words)
{
	struct client c = {.words = words, .quiet = true};

	loop_init(&c.loop);
	if (client_run(&c, url) != 0)
		c.end.fault = HTTP_OK;
	is_int(c.ends, 1, "one end for '%s'", strchr(url, '\n') ? "lines" : url);
	loop_free(&c.loop);
	return c.end;
}

static int offline(void)
{
	const char *const none[] = {NULL}, *const header[] = {"header=X-A:b\r\nX-C: d", NULL},
			  *const name[] = {"header=X A:b", NULL},
			  *const protocol[] = {"protocol=a\nb", NULL};

	is_int(end_of("http://127.0.0.1/", none).fault, HTTP_UNABLE, "no WebSocket");
	is_int(end_of("ws://", none).fault, HTTP_UNABLE, "no host");
	is_int(end_of("", none).fault, HTTP_UNABLE, "nothing");
	is_int(end_of("ws://127.0.0.1:9/ x\r\ny", none).fault, HTTP_UNABLE, "control characters");
	is_int(end_of("ws://127.0.0.1:9/", header).fault, HTTP_UNABLE, "a header within one");
	is_int(end_of("ws://127.0.0.1:9/", name).fault, HTTP_UNABLE, "no name of a header");
	is_int(end_of("ws://127.0.0.1:9/", protocol).fault, HTTP_UNABLE, "no protocol");
	is_int(end_of("ws://127.0.0.1:1/", none).fault, HTTP_REFUSED, "nobody there");
	return done_testing();
}

int main(int argc, char **argv)
{
	struct client c = {.words = (const char *const *)argv + 2};
	int status;

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		return offline();
	curl_settings = (struct http_settings){one(&c, "ca"), one(&c, "proxy"), ""};
	loop_init(&c.loop);
	status = client_run(&c, argv[1]);
	loop_free(&c.loop);
	return status;
}
