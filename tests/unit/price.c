#include "stream/price.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/jline.h"
#include "tap.h"

static char path[] = "/tmp/price-XXXXXX";

static struct price *table(const char *text, char why[PRICE_WHY_MAX])
{
	struct price *p;

	why[0] = '\0';
	if (replace_file(path, text, strlen(text)) == -1)
		abort();
	return price_open(path, &p, why) == 0 ? p : NULL;
}

static bool is_near(double got, double want)
{
	return fabs(got - want) < 1e-12;
}

static void test_table(void)
{
	char why[PRICE_WHY_MAX];
	struct dynbuf b;
	struct price *p = table("{\"currency\":\"EUR\",\"prices\":{"
				"\"openai whisper-1\":{\"second\":0.0001,\"input_token\":3e-6},"
				"\"openai\":{\"second\":0.0002},\"command\":{\"second\":0},"
				"\"groq\":{\"input_token\":2e-6,\"cached_token\":1e-6}}}",
		why);

	ok(p, "a table");
	ok(is_near(price_of(p, "openai", "whisper-1", "seconds", 12.5), 0.00125), "of a model");
	ok(is_near(price_of(p, "openai", "another", "seconds", 10), 0.002), "of any other");
	ok(is_near(price_of(p, "openai", NULL, "seconds", 10), 0.002), "of none");
	ok(is_near(price_of(p, "openai", "whisper-1", "input_tokens", 1000), 0.003), "tokens");
	ok(is_near(price_of(p, "openai", "whisper-1", "cached_tokens", 1000), 0.003),
		"those of a cache without a price of their own");
	ok(is_near(price_of(p, "groq", NULL, "cached_tokens", 1000), 0.001), "or with one");
	ok(price_of(p, "command", NULL, "seconds", 10) == 0, "for nothing");
	ok(price_of(p, "openai", "another", "input_tokens", 1) == -1, "a unit without a price");
	ok(price_of(p, "deepgram", "nova-3", "seconds", 1) == -1, "an engine without one");
	ok(price_of(p, "openai", "whisper-1", "miles", 1) == -1, "what is no unit");
	ok(price_of(NULL, "openai", "whisper-1", "seconds", 1) == -1, "no table");
	dynbuf_init(&b, 1000);
	price_usage(&b, p, "stt", "openai", "whisper-1", "seconds", 3.456);
	is_str(b.p,
		"{\"stage\":\"stt\",\"unit\":\"seconds\",\"n\":3.46,\"engine\":\"openai\",\"model\":\"whisper-1\",\"cost\":0.0003456}",
		"an event");
	dynbuf_reset(&b);
	price_usage(&b, p, "agent", "\"x\"", NULL, "output_tokens", 123456789);
	is_str(b.p,
		"{\"stage\":\"agent\",\"unit\":\"output_tokens\",\"n\":123456789,\"engine\":\"\\\"x\\\"\"}",
		"without a cost");
	dynbuf_reset(&b);
	price_usage(&b, p, "stt", "openai", "whisper-1", "input_tokens", 1);
	ok(jline_check(b.p, b.n) == 0, "small sums are numbers, too: %s", b.p);
	dynbuf_free(&b);
	price_close(p);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"", "line 1"},
		{"{\"prices\":{}", "line 1"},
		{"[]", "no object 'prices'"},
		{"{}", "no object 'prices'"},
		{"{\"prices\":[]}", "no object 'prices'"},
		{"{\"prices\":{\"x\":1}}", "'x' is no object"},
		{"{\"prices\":{\"x\":{\"seconds\":1}}}", "'seconds' of 'x' is no unit"},
		{"{\"prices\":{\"x\":{\"second\":\"1\"}}}", "'second' of 'x' is no price"},
		{"{\"prices\":{\"x\":{\"second\":-1}}}", "'second' of 'x' is no price"},
		{"{\"prices\":{},\"currency\":1}", "'currency' means nothing"},
		{"{\"prices\":{},\"price\":{}}", "'price' means nothing"},
		{"{\"prices\":{\"x\":{},\"x\":{}}}", "line 1"},
	};
	char why[PRICE_WHY_MAX];
	struct price *p;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(!table(bad[i].text, why) && strstr(why, bad[i].why), "bad: '%s': %s",
			bad[i].text, why);
	ok(price_open("/nonexistent", &p, why) == -1 && strstr(why, "No such file"), "no file");
	ok(price_open(NULL, &p, why) == 0 && !p && price_open("", &p, why) == 0 && !p, "none");
	price_close(NULL);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd == -1)
		return 1;
	close(fd);
	test_table();
	test_bad();
	unlink(path);
	return done_testing();
}
