/* Rows in COPY's text format: what is in a text arrives, and JSON is such that jsonb takes it. */
#include <string.h>

#include "db/copy.h"
#include "tap.h"

static struct dynbuf b;

static const char *text(const char *s)
{
	dynbuf_reset(&b);
	copy_text(&b, s);
	copy_end(&b);
	return b.p;
}

static const char *json(const char *s)
{
	dynbuf_reset(&b);
	copy_json(&b, s);
	copy_end(&b);
	return b.p;
}

static void test_text(void)
{
	is_str(text("a"), "a\n", "a text");
	is_str(text("a\tb\\c\nd\re"), "a\\tb\\\\c\\nd\\re\n",
		"what COPY reads otherwise is escaped");
	is_str(text("\\N"), "\\\\N\n", "two characters that would be NULL");
	is_str(text(""), "\\N\n", "an empty text is NULL");
	is_str(text(NULL), "\\N\n", "none, too");
	is_str(text("caf\xc3\xa9 \xd0\xb4\xd0\xb0"), "caf\xc3\xa9 \xd0\xb4\xd0\xb0\n",
		"UTF-8 stays");
	is_str(text("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd\n", "what is none is replaced");
	dynbuf_reset(&b);
	copy_string(&b, "");
	copy_string(&b, NULL);
	copy_end(&b);
	is_str(b.p, "\t\\N\n", "an empty string is not NULL");
}

static void test_json(void)
{
	is_str(json("{\"a\":[1,-2.5e3,true,null]}"), "{\"a\":[1,-2.5e3,true,null]}\n", "as it is");
	is_str(json("[\"\\u0000\"]"), "[\"\\\\ufffd\"]\n", "a NUL that jsonb has not");
	is_str(json("[\"\\\\u0000\"]"), "[\"\\\\\\\\u0000\"]\n",
		"which is none behind a backslash");
	is_str(json("[1e99999]"), "[\"1e99999\"]\n", "a number that numeric has not");
	is_str(json("[1e-999]"), "[1e-999]\n", "an exponent that it has");
	is_str(json("[\"1e99999\"]"), "[\"1e99999\"]\n", "in a string it is no number");
	is_str(json("[\"\\\"\",-0]"), "[\"\\\\\"\",-0]\n", "a quote in a string");
	is_str(json(""), "\\N\n", "nothing is NULL");
}

static void test_values(void)
{
	dynbuf_reset(&b);
	copy_ms(&b, -1);
	copy_ms(&b, INT64_MAX);
	copy_share(&b, -1);
	copy_share(&b, .25);
	copy_bool(&b, true);
	copy_seconds(&b, 61005);
	copy_bytes(&b, (const uint8_t *)"\x01\xff", 2);
	copy_time(&b, INT64_C(1795708799900));
	copy_end(&b);
	is_str(b.p,
		"\\N\t2147483647\t\\N\t0.25\tt\t61.005\t\\\\x01ff\t2026-11-26 15:59:59.900+00\n",
		"values");
}

int main(void)
{
	dynbuf_init(&b, 1 << 20);
	test_text();
	test_json();
	test_values();
	dynbuf_free(&b);
	return done_testing();
}
