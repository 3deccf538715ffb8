/* sse: examples of the standard and of vendors, however they are cut. */
#include "codec/sse.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

/* Events as text: "name=data|". */
static void note(void *ctx, const char *name, const char *data, size_t n)
{
	struct dynbuf *b = ctx;

	dynbuf_addf(b, "%s=", name);
	dynbuf_add(b, data, n);
	dynbuf_adds(b, data[n] ? "?" : "|");
}

/* All of it in pieces; how large they are the seed says, 0: one byte each. "error" behind what came before one. */
static char *parse(const char *p, size_t n, uint64_t seed)
{
	struct dynbuf b;
	struct sse s;
	size_t step;
	int err = 0;

	dynbuf_init(&b, 1 << 22);
	sse_init(&s);
	for (size_t i = 0; i < n && !err; i += step) {
		step = seed ? random_below(&seed, 7) : 1;
		if (step > n - i)
			step = n - i;
		err = sse_add(&s, p + i, step, note, &b);
	}
	if (err || sse_end(&s, note, &b))
		dynbuf_adds(&b, "error");
	sse_free(&s);
	return b.size ? b.p : strdup("");
}

static char *parse_whole(const char *p, size_t n)
{
	struct dynbuf b;
	struct sse s;

	dynbuf_init(&b, 1 << 22);
	sse_init(&s);
	if (sse_add(&s, p, n, note, &b) || sse_end(&s, note, &b))
		dynbuf_adds(&b, "error");
	sse_free(&s);
	return b.size ? b.p : strdup("");
}

static const struct {
	const char *text, *want, *name;
} example[] = {
	{"", "", "nothing"},
	{"\n\n\n", "", "blank lines"},
	{"data: YHOO\ndata: +2\ndata: 10\n\n", "message=YHOO\n+2\n10|", "lines of data are joined"},
	{": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
		"message=first event|message=second event|message= third event|",
		"comments, ids, one space"},
	{"data\n\ndata\ndata\n\ndata:\n\n", "message=|message=\n|message=|", "data that is empty"},
	{"data:test\n\ndata: test\n\n", "message=test|message=test|", "a space or none"},
	{"event: add\ndata: 1\n\nevent: remove\ndata: 2\n\ndata: 3\n\n",
		"add=1|remove=2|message=3|", "names, each of its own event"},
	{"event: ping\n\ndata: x\n\n", "message=x|", "an event without data is none"},
	{"data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\n",
		"message=a|message=b|message=c|message=d|", "all ends of lines"},
	{"data: a\r\ndata: b\rdata: c\n\r\n", "message=a\nb\nc|", "and mixed"},
	{"\xef\xbb\xbf"
	 "data: a\n\n"
	 "\xef\xbb\xbf"
	 "data: b\n\ndata: c\n\n",
		"message=a|message=c|", "a mark at the beginning, and only there"},
	{"retry: 10\nid: \nfoo: bar\nDATA: x\n data: y\ndata: z\n\n", "message=z|",
		"other fields are left out"},
	{"data: a\n\ndata: [DONE]", "message=a|message=[DONE]|", "not ended, but given"},
	{"data: a\n\nevent: x\ndata: b\n", "message=a|x=b|", "nor this one"},
	{"data: \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n\n",
		"message=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80|", "UTF-8"},
	{"event: "
	 "0123456789012345678901234567890123456789012345678901234567890123456789\ndata: 1\n\n",
		"012345678901234567890123456789012345678901234567890123456789012=1|",
		"a name that is too long is cut"},
	{"event: message_start\ndata: {\"type\":\"message_start\"}\n\nevent: ping\ndata: "
	 "{\"type\": \"ping\"}\n\n",
		"message_start={\"type\":\"message_start\"}|ping={\"type\": \"ping\"}|",
		"Anthropic"},
	{": OPENROUTER PROCESSING\n\ndata: {\"choices\":[]}\n\n", "message={\"choices\":[]}|",
		"OpenRouter"},
};

static void examples(void)
{
	for (size_t i = 0; i < ARRAY_LEN(example); i++) {
		const char *text = example[i].text;
		char *got = parse_whole(text, strlen(text));
		bool same = true;

		is_str(got, example[i].want, "%s", example[i].name);
		free(got);
		for (uint64_t seed = 0; seed < 50; seed++) {
			got = parse(text, strlen(text), seed);
			same = same && strcmp(got, example[i].want) == 0;
			free(got);
		}
		ok(same, "%s, however it is cut", example[i].name);
	}
}

/* Bytes of the kinds that matter: cut in any way they mean the same. */
static void any_split(void)
{
	static const char *const piece[] = {"data", "data:", "data: ", "event: ", ":", " ", "\r",
		"\n", "\r\n", "\n\n", "\xef\xbb\xbf", "x", "\xc3\xa9", "id: 3"};
	uint64_t seed = 5;
	bool same = true;

	for (int round = 0; round < 2000 && same; round++) {
		char text[256];
		size_t n = 0, pieces = random_below(&seed, 30);
		char *whole, *cut;

		for (size_t i = 0; i < pieces; i++) {
			const char *s = piece[random_below(&seed, ARRAY_LEN(piece))];

			memcpy(text + n, s, strlen(s));
			n += strlen(s);
		}
		whole = parse_whole(text, n);
		cut = parse(text, n, random_next(&seed));
		same = strcmp(whole, cut) == 0;
		if (!same)
			printf("# round %d: '%s', not '%s'\n", round, cut, whole);
		free(whole);
		free(cut);
	}
	ok(same, "2000 texts, cut by lot, mean the same");
}

static void count(void *ctx, const char *name, const char *data, size_t n)
{
	*(size_t *)ctx += n;
}

static void limits(void)
{
	size_t size = SSE_DATA_MAX + 1, got = 0;
	char *big = malloc(size);
	struct sse s;

	memset(big, 'x', size);
	sse_init(&s);
	is_int(sse_add(&s, "data: ", 6, count, &got), 0, "the largest event");
	is_int(sse_add(&s, big, SSE_DATA_MAX, count, &got), 0, "its data");
	is_int(sse_add(&s, "\n\n", 2, count, &got), 0, "its end");
	is_int(got, SSE_DATA_MAX, "is given whole");
	sse_free(&s);

	sse_init(&s);
	is_int(sse_add(&s, "data: ", 6, count, &got), 0, "one byte more");
	is_int(sse_add(&s, big, size, count, &got), 0, "may be an end of line");
	is_int(sse_add(&s, "\n", 1, count, &got), -1, "but is too large");
	is_int(sse_add(&s, "\n\n", 2, count, &got), -1, "and stays so");
	is_int(sse_end(&s, count, &got), -1, "to its end");
	is_int(got, SSE_DATA_MAX, "and nothing of it is given");
	sse_free(&s);

	sse_init(&s);
	for (int i = 0; i < 2 && sse_add(&s, big, size, count, &got) == 0; i++)
		;
	ok(s.line.n <= SSE_DATA_MAX + 64, "a line without an end does not grow for ever");
	sse_free(&s);
	free(big);
}

int main(void)
{
	examples();
	any_split();
	limits();
	return done_testing();
}
