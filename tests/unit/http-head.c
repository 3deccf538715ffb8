/* http-head: replies, cut anywhere; and what is none. */
#include "codec/http-head.h"

#include "tap.h"

static struct http_head head;

static int parse(const char *s)
{
	return http_head_parse(s, strlen(s), &head);
}

static const char *get(const char *name)
{
	static char value[32];

	return http_head_get(&head, name, value, sizeof(value)) ? value : "-";
}

static void good(void)
{
	static const char reply[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
				    "connection:  keep-alive ,\tUpgrade \r\nX-Empty:\r\n"
				    "X-Long: 0123456789012345678901234567890123456789\r\n"
				    "x-empty: second\r\n\r\nbody";
	size_t n = sizeof(reply) - 5, pos = 0;
	struct http_field f;
	int fields = 0;

	is_int(parse(reply), n, "a head, and not what is behind it");
	is_int(head.status, 101, "its status");
	is_str(get("UPGRADE"), "websocket", "a field");
	is_str(get("Connection"), "keep-alive ,\tUpgrade", "without the blanks around it");
	is_str(get("x-empty"), "", "the first of a name, empty");
	is_str(get("x-long"), "0123456789012345678901234567890", "as much as there is room for");
	is_str(get("x-none"), "-", "none");
	ok(http_head_has(&head, "Connection", "upgrade"), "a word of a list");
	ok(http_head_has(&head, "Connection", "KEEP-alive"), "another");
	ok(!http_head_has(&head, "Connection", "keep"), "not half of one");
	ok(!http_head_has(&head, "X-Empty", ""), "nothing is no word");
	while (http_head_next(&head, &pos, &f))
		fields++;
	is_int(fields, 5, "all fields");
	fields = 0;
	for (size_t i = 0; i < n; i++)
		fields += http_head_parse(reply, i, &head) == 0;
	is_int(fields, n, "before its end there is none, wherever it is cut");
	is_int(parse("HTTP/1.0 200\nA: b\n\n"), 19, "line feeds alone, no reason");
	is_int(head.status, 200, "its status too");
	is_int(parse("HTTP/1.1 204 \r\n\r\n"), 17, "no fields");
	is_int(head.fields_n, 0, "none");
}

static void bad(void)
{
	static const char *const none[] = {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
		"HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
		"HTTP/1.1 600 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "SSH", "\n",
		"HTTP/1.1 200 O\1K\r\n\r\n", "HTTP/1.1 200 OK\r\nNo colon\r\n",
		"HTTP/1.1 200 OK\r\nA : b\r\n", "HTTP/1.1 200 OK\r\n: b\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n",
		"HTTP/1.1 200 OK\r\nA: \x7f\r\n"};
	static char big[HTTP_HEAD_MAX + 2] = "HTTP/1.1 200 OK\r\nA: ";

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		is_int(parse(none[i]), -1, "no head: %zu", i);
	memset(big + strlen(big), 'x', sizeof(big) - strlen(big));
	is_int(http_head_parse(big, HTTP_HEAD_MAX - 1, &head), 0, "a long line");
	is_int(http_head_parse(big, HTTP_HEAD_MAX, &head), -1, "too long a line");
}

static const char *chunks(const char *s, bool *end)
{
	static char body[64];

	snprintf(body, sizeof(body), "%s", s);
	body[http_chunks(body, strlen(s), end)] = '\0';
	return body;
}

static void chunked(void)
{
	static const char all[] = "5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\nX: y\r\n\r\n";
	bool end, bad_end = false;

	is_str(chunks(all, &end), "hello world", "chunks");
	ok(end, "to the end");
	for (size_t i = 0; i < sizeof(all); i++) {
		char part[sizeof(all)];

		snprintf(part, sizeof(part), "%.*s", (int)i, all);
		bad_end |= strncmp("hello world", chunks(part, &end), strlen(chunks(part, &end))) !=
				0 ||
			end != (strstr(part, "\r\n0\r\n") != NULL);
	}
	ok(!bad_end, "a beginning of them is a beginning of it");
	is_str(chunks("5\r\nhelloXX\r\n", &end), "hello", "more than was said");
	ok(end, "ends it");
	is_str(chunks("x\r\nhello", &end), "", "no size");
	ok(end, "ends it");
	is_str(chunks("7fffffffffffffff\r\nhello", &end), "", "a size beyond all");
	ok(end, "ends it");
	is_str(chunks("A\r\nhello", &end), "hello", "half a chunk");
	ok(!end, "goes on");
}

static void names(void)
{
	static const char *const no[] = {
		"", "a b", "a:", "a\t", "a\r\nb", "(a)", "\xc3\xa9", "a\x7f"};

	ok(http_is_name("X-Request-ID") && http_is_name("!#$%&'*+-.^_`|~09azAZ"), "names");
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		ok(!http_is_name(no[i]), "no name: %zu", i);
	ok(http_is_plain("") && http_is_plain("a \"b\" \xc3\xa9~"), "plain");
	ok(!http_is_plain("a\r\nb") && !http_is_plain("a\tb") && !http_is_plain("\x7f"), "not");
}

int main(void)
{
	names();
	good();
	bad();
	chunked();
	return done_testing();
}
