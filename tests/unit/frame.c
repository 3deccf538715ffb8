#include "stream/frame.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

#define STRS(s) s, sizeof(s) - 1

static struct frame frame;
static const char *why;

static int parse(const char *p, size_t n)
{
	why = "";
	memset(&frame, 0, sizeof(frame));
	return frame_parse(p, n, &frame, &why);
}

static bool data_is(const char *s)
{
	return frame.data.n == strlen(s) && memcmp(frame.data.p, s, frame.data.n) == 0;
}

static void test_forms(void)
{
	static const char audio[] =
		"{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"width\":2,\"channels\":1,\"timestamp\":1240},"
		"\"payload_length\":4}\nab\ncREST";
	static const char second[] =
		"{\"type\":\"t\",\"version\":\"1.5\",\"data\":{\"a\":1,\"b\":2},\"data_length\":11,"
		"\"payload_length\":2}\n {\"b\":\"x\"} xy";
	char text[8];

	is_int(parse(audio, sizeof(audio) - 1), sizeof(audio) - 1 - 4,
		"audio: header and payload are taken");
	ok(frame_is(&frame, "audio-chunk") && !frame_is(&frame, "audio"), "its type");
	ok(frame.payload_bytes == 4 && memcmp(frame.payload, "ab\nc", 4) == 0,
		"a line feed in a payload is a byte");
	is_int(frame_int(&frame, "timestamp", -1), 1240, "an integer of its data");
	is_int(frame_int(&frame, "none", -7), -7, "one that is not there");
	ok(frame.raw == audio && frame.raw_bytes == sizeof(audio) - 1 - 4, "raw is what was read");

	is_int(parse(STRS("{\"type\":\"clock\"}\n")), 17, "no data");
	ok(data_is("{}") && !frame.payload_bytes, "is an empty object");
	is_int(parse(second, sizeof(second) - 1), sizeof(second) - 1, "data_length: a second JSON");
	ok(data_is("{\"b\":\"x\"}"), "is the data, without the blanks around it");
	ok(frame_int(&frame, "a", 0) == 1 && frame_str(&frame, "b", text, sizeof(text)) &&
			strcmp(text, "x") == 0,
		"over the inline one");
	ok(frame.payload_bytes == 2 && memcmp(frame.payload, "xy", 2) == 0,
		"and the payload follows");
	parse(STRS("{\"type\":\"listen\",\"payload_length\":9}\n{\"id\":42}"));
	is_int(frame_int(&frame, "id", 0), 42, "a large event carries its data as payload");
	parse(STRS("{\"type\":\"x\",\"payload_length\":9}\n{\"id\":42]"));
	ok(data_is("{}") && frame.payload_bytes == 9, "a payload that is no JSON is a payload");
	parse(STRS("{\"type\":\"x\",\"data\":{\"s\":\"123456789\"}}\n"));
	ok(!frame_str(&frame, "s", text, sizeof(text)) && !text[0],
		"a string that does not fit is none");
}

static void test_malformed(void)
{
	static const struct {
		const char *bytes, *why;
	} bad[] = {
		{"hello\n", "frame does not begin with '{'"},
		{"\n", "frame does not begin with '{'"},
		{"{\"type\":\"x\"\n", "header is not a JSON object"},
		{"{\"type\":\"x\"}x\n", "header is not a JSON object"},
		{"{\"type\":\"\xff\"}\n", "header is not a JSON object"},
		{"{\"data\":{}}\n", "header has no usable type"},
		{"{\"type\":\"\"}\n", "header has no usable type"},
		{"{\"type\":7}\n", "header has no usable type"},
		{"{\"type\":\"0123456789012345678901234567890123456789012345678901234567890123\"}\n",
			"header has no usable type"},
		{"{\"type\":\"x\",\"data\":[]}\n", "data is not an object"},
		{"{\"type\":\"x\",\"payload_length\":-1}\n",
			"payload_length is not within 0 to 65536"},
		{"{\"type\":\"x\",\"payload_length\":65537}\n",
			"payload_length is not within 0 to 65536"},
		{"{\"type\":\"x\",\"payload_length\":1.5}\n",
			"payload_length is not within 0 to 65536"},
		{"{\"type\":\"x\",\"payload_length\":99999999999999999999}\n",
			"payload_length is not within 0 to 65536"},
		{"{\"type\":\"x\",\"data_length\":8193}\n", "data_length is not within 0 to 8192"},
		{"{\"type\":\"x\",\"data_length\":2}\n[]", "second JSON is not an object"},
	};
	static char line[FRAME_HEADER_MAX + 2];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int n = parse(bad[i].bytes, strlen(bad[i].bytes));

		is_str(n == -1 ? why : "accepted", bad[i].why, "malformed %zu", i);
	}
	memset(line, ' ', sizeof(line));
	memcpy(line, STRS("{\"type\":\"x\"}"));
	is_int(parse(line, FRAME_HEADER_MAX - 1), 0, "8191 bytes without a line feed: more");
	is_int(parse(line, FRAME_HEADER_MAX), -1, "8192 bytes without one: never");
	line[FRAME_HEADER_MAX - 1] = '\n';
	is_int(parse(line, sizeof(line)), FRAME_HEADER_MAX, "a header of 8192 bytes");
}

/* Whatever has been cut off is asked for, and nothing behind it is looked at: the next page faults. */
static void test_prefixes(void)
{
	static const char whole[] =
		"{\"type\":\"t\",\"data_length\":7,\"payload_length\":5}\n{\"a\":1}12345";
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = sizeof(whole) - 1;
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool right = p != MAP_FAILED && mprotect(p + page, page, PROT_NONE) == 0;

	for (size_t k = 0; right && k <= n; k++) {
		memcpy(p + page - k, whole, k);
		right = parse(p + page - k, k) == (k == n ? (int)n : 0);
	}
	ok(right, "every prefix asks for more, the whole is taken");
	munmap(p, 2 * page);
}

static void test_random(void)
{
	static char p[600];
	static const char some[] = "{}[]\":,\\ntypedata_lengthpayload_length0123456789\n ";
	uint64_t state = 1;
	bool right = true;

	for (int i = 0; i < 200000 && right; i++) {
		size_t n = random_below(&state, sizeof(p)), from = 0;
		int got;

		if (i % 2)
			from = (size_t)sprintf(p,
				"{\"type\":\"t\",\"data_length\":%zu,\"payload_length\":%zu}\n",
				random_below(&state, 40), random_below(&state, 400));
		for (size_t k = from; k < n; k++)
			p[k] = some[random_below(&state, sizeof(some) - 1)];
		if (n < from)
			n = from;
		got = parse(p, n);
		right = got >= -1 && got <= (int)n;
		if (got > 0)
			right = frame.raw_bytes == (size_t)got &&
				frame.payload + frame.payload_bytes == (uint8_t *)p + got &&
				frame.data.p[0] == '{' && frame.data.p[frame.data.n - 1] == '}';
		if (got == -1)
			right = why[0] != '\0';
	}
	ok(right, "200000 random inputs: what is returned lies within what was given");
}

static void test_write(void)
{
	static char text[FRAME_PAYLOAD_MAX];
	struct dynbuf b, data;

	dynbuf_init(&b, FRAME_MAX);
	dynbuf_init(&data, FRAME_PAYLOAD_MAX + 100);
	frame_add(&b, "clock", (struct jspan){STRS("{\"timestamp\":500,\"dropped_ms\":0}")});
	is_str(b.p, "{\"type\":\"clock\",\"data\":{\"timestamp\":500,\"dropped_ms\":0}}\n",
		"an event");
	dynbuf_reset(&b);
	frame_add_audio(&b, 8000, 1240, NULL, "abcd", 4);
	is_str(b.p,
		"{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"width\":2,\"channels\":1,\"timestamp\":1240},"
		"\"payload_length\":4}\nabcd",
		"audio");
	dynbuf_reset(&b);
	frame_add_audio(&b, 16000, 0, "u\"1", "ab", 2);
	ok(parse(b.p, b.n) == (int)b.n && frame_str(&frame, "utterance", text, 65) &&
			strcmp(text, "u\"1") == 0,
		"audio of an utterance comes back");

	for (size_t n = FRAME_HEADER_MAX - 40; n <= FRAME_PAYLOAD_MAX; n = n * 3 / 2) {
		memset(text, 'x', n - 9);
		text[n - 9] = '\0';
		dynbuf_reset(&b);
		dynbuf_reset(&data);
		dynbuf_addf(&data, "{\"s\":\"%s\"}", text);
		ok(frame_add(&b, "big", (struct jspan){data.p, data.n}) == 0 &&
				parse(b.p, b.n) == (int)b.n && frame.data.n == data.n &&
				memcmp(frame.data.p, data.p, data.n) == 0,
			"%zu bytes of data come back", data.n);
	}
	dynbuf_reset(&b);
	dynbuf_reset(&data);
	memset(text, 'x', sizeof(text) - 1);
	dynbuf_addf(&data, "{\"s\":\"%s\"}", text);
	ok(frame_add(&b, "big", (struct jspan){data.p, data.n}) == -1 && b.n == 0,
		"%zu bytes are refused, whole", data.n);
	dynbuf_free(&b);
	dynbuf_free(&data);
}

int main(void)
{
	test_forms();
	test_malformed();
	test_prefixes();
	test_random();
	test_write();
	return done_testing();
}
