/* ws-reply: the example of RFC 6455, replies cut anywhere, refusals. */
#include "net/ws-reply.h"

#include "random.h"
#include "tap.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define YES \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

static int fields;

static void header(void *ctx, const char *name, const char *value)
{
	(void)ctx, (void)name, (void)value;
	fields++;
}

/* A reply in pieces by lot, at most piece bytes each; then it is the last. */
static enum ws_verdict feed(struct ws_reply *r, const char *s, size_t piece, uint64_t *seed)
{
	size_t n = strlen(s), at = 0;
	enum ws_verdict v = WS_REPLY_MORE;

	ws_reply_init(r);
	r->header = header;
	fields = 0;
	while (v == WS_REPLY_MORE && at < n) {
		size_t more = 1 + random_below(seed, piece);

		more = more < n - at ? more : n - at;
		dynbuf_add(&r->in, s + at, more);
		at += more;
		v = ws_reply_read(r, KEY, NULL, false);
	}
	return v == WS_REPLY_MORE ? ws_reply_read(r, KEY, NULL, true) : v;
}

static const struct {
	const char *reply;
	enum ws_verdict verdict;
	int status, fields;
	const char *error; /* of a refusal, or what is behind it */
} cases[] = {
	{YES "\r\n", WS_REPLY_YES, 101, 3, ""},
	{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" YES "\r\n", WS_REPLY_YES,
		101, 3, ""},
	{YES "Sec-WebSocket-Extensions:\r\n\r\n", WS_REPLY_YES, 101, 4, ""},
	{YES "Sec-WebSocket-Extensions: x\r\n\r\n", WS_REPLY_STRANGE, 101, 4, ""},
	{YES "Sec-WebSocket-Protocol: x\r\n\r\n", WS_REPLY_STRANGE, 101, 4, ""},
	{YES, WS_REPLY_STRANGE, 0, 0, ""},
	{"HTTP/1.1 101 X\r\n\r\n", WS_REPLY_STRANGE, 101, 0, ""},
	{"HTTP/1.1 401 X\r\nContent-Length: 4\r\n\r\nbody, more", WS_REPLY_NO, 401, 1, "body"},
	{"HTTP/1.1 401 X\r\n\r\nuntil the end", WS_REPLY_NO, 401, 0, "until the end"},
	{"HTTP/1.1 401 X\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
		WS_REPLY_NO, 401, 1, "body"},
	{"HTTP/1.1 401 X\r\nContent-Length: 9\r\n\r\nbo", WS_REPLY_NO, 401, 1, "bo"},
	{"HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n", WS_REPLY_NO, 200, 1, ""},
	{"HTTP/1.1 x", WS_REPLY_STRANGE, 0, 0, ""},
	{"", WS_REPLY_STRANGE, 0, 0, ""},
};

static void any_split(uint64_t *seed)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int wrong = 0;

		for (int run = 0; run < 300; run++) {
			struct ws_reply r;
			size_t piece = run < 100 ? 1 : run < 200 ? 20 : 500;
			enum ws_verdict v = feed(&r, cases[i].reply, piece, seed);

			/* in larger pieces there may be more than the body of a known length */
			wrong += v != cases[i].verdict || r.status != cases[i].status ||
				fields != cases[i].fields ||
				strncmp(r.error, cases[i].error, strlen(cases[i].error)) != 0 ||
				(v == WS_REPLY_YES && r.at != r.in.n);
			ws_reply_free(&r);
		}
		is_int(wrong, 0, "reply %zu, cut in 300 ways", i);
	}
}

static int64_t retry(const char *field, uint64_t *seed)
{
	struct ws_reply r;
	char reply[256];
	int64_t ms;

	snprintf(reply, sizeof(reply), "HTTP/1.1 429 X\r\n%s\r\nContent-Length: 0\r\n\r\n", field);
	(void)feed(&r, reply, 500, seed);
	ms = r.retry_after_ms;
	ws_reply_free(&r);
	return ms;
}

static const char *request(const struct ws_request *q, struct dynbuf *b)
{
	dynbuf_reset(b);
	return ws_request_add(b, "h:1", "/a?b=c", KEY, q) == 0 ? b->p : "-";
}

static void requests(void)
{
	struct http_header headers[] = {{"Authorization", "Token x"}};
	struct ws_request q = {.headers = headers, .headers_n = 1, .protocol = "p"};
	struct dynbuf b;

	dynbuf_init(&b, 1024);
	is_str(request(&q, &b),
		"GET /a?b=c HTTP/1.1\r\nHost: h:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: " KEY
		"\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: p\r\n"
		"Authorization: Token x\r\n\r\n",
		"a request");
	headers[0].value = "x\r\ny: z";
	is_str(request(&q, &b), "-", "no header within a header");
	headers[0] = (struct http_header){"a b", "x"};
	is_str(request(&q, &b), "-", "no blank in a name");
	dynbuf_free(&b);
}

static void urls(void)
{
	struct ws_url u;

	is_int(ws_url("wss://User:Pass@Example.org:8443/v1/listen?a=b%20c&d#e", &u), 0, "a URL");
	is_str(u.origin, "https://Example.org:8443/", "where it is");
	is_str(u.host, "Example.org:8443", "its host");
	is_str(u.target, "/v1/listen?a=b%20c&d", "its target, without what is behind '#'");
	is_int(ws_url("ws://[::1]", &u), 0, "an address");
	is_str(u.host, "[::1]", "its host");
	is_str(u.target, "/", "no path");
	is_int(ws_url("https://x/", &u), -1, "no WebSocket");
	is_int(ws_url("wss://", &u), -1, "no host");
}

int main(void)
{
	uint64_t seed = 42;
	char answer[WS_KEY_MAX], one[WS_KEY_MAX], other[WS_KEY_MAX];

	ws_answer(KEY, answer);
	is_str(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the example of RFC 6455");
	ok(ws_key(one) == 0 && ws_key(other) == 0 && strcmp(one, other) != 0, "keys differ");
	is_int(strlen(one), 24, "16 bytes");
	any_split(&seed);
	is_int(retry("Retry-After: 2", &seed), 2000, "seconds");
	is_int(retry("retry-after: 0.25", &seed), 250, "parts of one");
	is_int(retry("Retry-After: 9\r\nretry-after-ms: 70", &seed), 70, "milliseconds first");
	is_int(retry("Retry-After: soon", &seed), -1, "no number");
	is_int(retry("Retry-After: -1", &seed), -1, "the past");
	requests();
	urls();
	return done_testing();
}
