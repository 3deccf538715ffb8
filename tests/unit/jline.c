#include "codec/jline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "random.h"
#include "tap.h"

/* A literal and its length, NUL bytes in it included. */
#define TEXT(s) (s), sizeof(s) - 1

/* The span of a string literal. */
static struct jspan span(const char *s)
{
	return (struct jspan){s, strlen(s)};
}

/* jline_check on a copy that ends where an allocation ends, so that a sanitizer sees a byte read too far. */
static int check(const char *p, size_t n)
{
	char *copy = malloc(n + 1);

	memcpy(copy + 1, p, n);
	int result = jline_check(copy + 1, n);
	free(copy);
	return result;
}

static void test_accepted(void)
{
	static const struct {
		const char *text;
		size_t n;
	} rows[] = {
		{TEXT("{}")},
		{TEXT(" \t{ } \r")},
		{TEXT("{\"\":\"\"}")},
		{TEXT("{\"a\":null,\"b\":true,\"c\":false}")},
		{TEXT("{\"a\" : [ ] , \"b\" : [ 1 , 2 ] }")},
		{TEXT("{\"a\":[[[]],{},[{\"b\":[]}]]}")},
		{TEXT("{\"a\":1,\"a\":2}")},
		{TEXT("{\"a\":0}")},
		{TEXT("{\"a\":-0}")},
		{TEXT("{\"a\":-0.0e-0}")},
		{TEXT("{\"a\":1e5,\"b\":1E+5,\"c\":1.5e-05}")},
		{TEXT("{\"a\":123456789012345678901234567890}")},
		{TEXT("{\"a\":1e400}")},
		{TEXT("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABCD\\uabcd\"}")},
		{TEXT("{\"\\u0061\\n\":1}")},
		{TEXT("{\"a\":\"\\ud834\\udd1e\"}")},
		{TEXT("{\"a\":\"\\uDBFF\\uDFFF\"}")},
		{TEXT("{\"a\":\"\\ud7ff\\ue000\\uffff\"}")},
		{TEXT("{\"a\":\"\x7f\"}")},
		{TEXT("{\"a\":\"\xc2\x80\xdf\xbf\"}")},
		{TEXT("{\"a\":\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"}")},
		{TEXT("{\"a\":\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}")},
		{TEXT("{\"a\":\"\xe2\x80\xa8\xe2\x80\xa9\"}")},
		{TEXT("{\"\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87\":\"\xd8\xb9\"}")},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int(check(rows[i].text, rows[i].n), 0, "accepted: %s", rows[i].text);
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		const char *text;
		size_t n;
	} rows[] = {
		{"nothing", TEXT("")},
		{"blanks", TEXT(" \t\r")},
		{"array", TEXT("[]")},
		{"string", TEXT("\"a\"")},
		{"number", TEXT("1")},
		{"byte order mark", TEXT("\xef\xbb\xbf{}")},
		{"two objects", TEXT("{}{}")},
		{"word after it", TEXT("{} x")},
		{"bracket after it", TEXT("{}}")},
		{"NUL after it", TEXT("{}\0")},
		{"NUL in it", TEXT("{\0}")},
		{"line feed after it", TEXT("{}\n")},
		{"line feed between tokens", TEXT("{\"a\":\n1}")},
		{"vertical tab", TEXT("{\v}")},
		{"no-break space", TEXT("{\xc2\xa0}")},
		{"comment", TEXT("{/**/}")},
		{"comma before the first", TEXT("{,\"a\":1}")},
		{"comma after the last", TEXT("{\"a\":1,}")},
		{"two commas", TEXT("{\"a\":1,,\"b\":2}")},
		{"no comma", TEXT("{\"a\":1 \"b\":2}")},
		{"no colon", TEXT("{\"a\" 1}")},
		{"comma for colon", TEXT("{\"a\",1}")},
		{"two colons", TEXT("{\"a\"::1}")},
		{"no value", TEXT("{\"a\":}")},
		{"key alone", TEXT("{\"a\"}")},
		{"key without quotes", TEXT("{a:1}")},
		{"key in single quotes", TEXT("{'a':1}")},
		{"number as key", TEXT("{1:1}")},
		{"array: comma after the last", TEXT("{\"a\":[1,]}")},
		{"array: comma before the first", TEXT("{\"a\":[,1]}")},
		{"array: comma alone", TEXT("{\"a\":[,]}")},
		{"array: no comma", TEXT("{\"a\":[1 2]}")},
		{"array: colon", TEXT("{\"a\":[1:2]}")},
		{"array closed by a brace", TEXT("{\"a\":[1}}")},
		{"object closed by a bracket", TEXT("{\"a\":{]}")},
		{"crossed", TEXT("{\"a\":[{]}]}")},
		{"True", TEXT("{\"a\":True}")},
		{"tru", TEXT("{\"a\":tru}")},
		{"truex", TEXT("{\"a\":truex}")},
		{"nul and NUL", TEXT("{\"a\":nul\0}")},
		{"NaN", TEXT("{\"a\":NaN}")},
		{"Infinity", TEXT("{\"a\":-Infinity}")},
		{"leading zero", TEXT("{\"a\":01}")},
		{"minus, leading zero", TEXT("{\"a\":-01}")},
		{"plus", TEXT("{\"a\":+1}")},
		{"minus alone", TEXT("{\"a\":-}")},
		{"two minuses", TEXT("{\"a\":--1}")},
		{"point first", TEXT("{\"a\":.5}")},
		{"point last", TEXT("{\"a\":5.}")},
		{"point, exponent", TEXT("{\"a\":5.e1}")},
		{"two points", TEXT("{\"a\":1.2.3}")},
		{"exponent without digits", TEXT("{\"a\":1e}")},
		{"exponent sign without digits", TEXT("{\"a\":1e+}")},
		{"broken exponent", TEXT("{\"a\":1e1.5}")},
		{"hexadecimal", TEXT("{\"a\":0x1}")},
		{"space in a number", TEXT("{\"a\":- 1}")},
		{"open string", TEXT("{\"a\":\"b}")},
		{"tab in a string", TEXT("{\"a\":\"\t\"}")},
		{"line feed in a string", TEXT("{\"a\":\"\n\"}")},
		{"NUL in a string", TEXT("{\"a\":\"\0\"}")},
		{"0x1f in a key", TEXT("{\"\x1f\":1}")},
		{"unknown escape", TEXT("{\"a\":\"\\x41\"}")},
		{"escaped single quote", TEXT("{\"a\":\"\\'\"}")},
		{"escaped NUL byte", TEXT("{\"a\":\"\\\0\"}")},
		{"upper case escape", TEXT("{\"a\":\"\\U0041\"}")},
		{"short \\u", TEXT("{\"a\":\"\\u12\"}")},
		{"\\u without digits", TEXT("{\"a\":\"\\u00g0\"}")},
		{"high half alone", TEXT("{\"a\":\"\\ud800\"}")},
		{"high half before a letter", TEXT("{\"a\":\"\\ud800x\"}")},
		{"high half before \\n", TEXT("{\"a\":\"\\ud800\\n\"}")},
		{"two high halves", TEXT("{\"a\":\"\\ud800\\ud800\"}")},
		{"low half alone", TEXT("{\"a\":\"\\udc00\"}")},
		{"halves the wrong way round", TEXT("{\"a\":\"\\udc00\\ud800\"}")},
		{"high half before no half", TEXT("{\"a\":\"\\udbff\\ue000\"}")},
		{"UTF-8: continuation alone", TEXT("{\"a\":\"\x80\"}")},
		{"UTF-8: 2 bytes cut", TEXT("{\"a\":\"\xc3\"}")},
		{"UTF-8: 3 bytes cut", TEXT("{\"a\":\"\xe2\x82\"}")},
		{"UTF-8: 4 bytes cut", TEXT("{\"a\":\"\xf0\x9f\x98\"}")},
		{"UTF-8: overlong slash, 2 bytes", TEXT("{\"a\":\"\xc0\xaf\"}")},
		{"UTF-8: overlong, 0xc1", TEXT("{\"a\":\"\xc1\xbf\"}")},
		{"UTF-8: overlong, 3 bytes", TEXT("{\"a\":\"\xe0\x9f\xbf\"}")},
		{"UTF-8: overlong, 4 bytes", TEXT("{\"a\":\"\xf0\x8f\xbf\xbf\"}")},
		{"UTF-8: first surrogate", TEXT("{\"a\":\"\xed\xa0\x80\"}")},
		{"UTF-8: last surrogate", TEXT("{\"a\":\"\xed\xbf\xbf\"}")},
		{"UTF-8: beyond U+10FFFF", TEXT("{\"a\":\"\xf4\x90\x80\x80\"}")},
		{"UTF-8: 0xf5", TEXT("{\"a\":\"\xf5\x80\x80\x80\"}")},
		{"UTF-8: 0xff", TEXT("{\"a\":\"\xff\"}")},
		{"UTF-8: bad in a key", TEXT("{\"\x80\":1}")},
		{"UTF-16", TEXT("{\0\"\0a\0\"\0:\0001\0}\0")},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int(check(rows[i].text, rows[i].n), -1, "refused: %s", rows[i].name);
}

/* {"a":[[..]]} or {"a":{"a":..}}, so many containers deep. */
static size_t nest(char *p, size_t depth, bool objects)
{
	size_t n = 0;

	for (size_t i = 0; i < depth; i++)
		n += (size_t)sprintf(p + n, "%s", i == 0 || objects ? "{\"a\":" : "[");
	p[n++] = '1';
	for (size_t i = depth; i-- > 0;)
		p[n++] = i == 0 || objects ? '}' : ']';
	return n;
}

static void test_depth(void)
{
	char text[8 * (JLINE_DEPTH + 1)] = {0};
	size_t many = 1000000;
	char *deep = malloc(many);

	for (int objects = 0; objects < 2; objects++) {
		const char *what = objects ? "objects" : "arrays";
		size_t n = nest(text, JLINE_DEPTH, objects);
		is_int(check(text, n), 0, "%d deep in %s", JLINE_DEPTH, what);
		n = nest(text, JLINE_DEPTH + 1, objects);
		is_int(check(text, n), -1, "one deeper in %s", what);
	}
	memcpy(deep, "{\"a\":", 5);
	memset(deep + 5, '[', many - 5);
	is_int(jline_check(deep, many), -1, "a million brackets");
	memset(deep + 5, ' ', many - 5);
	memcpy(deep + many - 2, "1}", 2);
	is_int(jline_check(deep, many), 0, "a million blanks");
	free(deep);
}

static void test_truncated(void)
{
	static const char text[] =
		"{\"type\" : \"a\\u00e9\\ud834\\udd1e\xe2\x82\xac\",\"data\":{\"n\":[-1.5e+3,true,"
		"false,null,{}]},\"payload_length\":320}";
	size_t n = sizeof(text) - 1, accepted = 0;

	for (size_t cut = 0; cut < n; cut++)
		accepted += check(text, cut) == 0;
	is_int(accepted, 0, "cut at each of %zu bytes: refused", n);
	is_int(check(text, n), 0, "whole: accepted");
}

static void test_get(void)
{
	static const char text[] =
		" { \"n\" : 1 ,\"o\":{\"n\":2,\"s\":\"}\\\"]\"} , \"s\":\"a\\\\\",\"a\":[\"],\\\"\",{}],"
		"\"esc\\u0061\":3,\"n\":-7,\"\":true,\"z\":null\t}";
	struct jspan obj = {text, sizeof(text) - 1}, v, inner;

	is_int(jline_check(obj.p, obj.n), 0, "the example is well formed");
	ok(jline_get(obj, "n", &v) && v.n == 2 && memcmp(v.p, "-7", 2) == 0,
		"the last of a repeated key");
	ok(jline_get(obj, "o", &inner) && inner.n == 18, "an object with brackets in its string");
	is_int(jline_get_int(inner, "n", 0), 2, "a member of it");
	ok(jline_get(obj, "s", &v) && v.n == 5, "a string that ends in a backslash");
	ok(jline_get(obj, "a", &v) && v.n == 11, "an array with a bracket in its string");
	ok(!jline_get(v, "a", &v) && !v.p && v.n == 0, "an array has no members");
	ok(jline_get(obj, "esc\\u0061", &v) && !jline_get(obj, "esca", &v),
		"keys are compared as written");
	ok(jline_get(obj, "", &v) && v.n == 4, "the empty key");
	ok(jline_get(obj, "z", &v) && v.n == 4 && v.p[3] == 'l', "a value ends before the blanks");
	ok(!jline_get(obj, "nn", &v) && !v.p && v.n == 0, "an absent key gives an empty span");
	ok(!jline_get(v, "n", &v) && !v.p, "an empty span has no members");
	ok(!jline_get(span("{}"), "n", &v), "an empty object has no members");
	ok(!jline_get(span("\"n\""), "n", &v), "a string has no members");
	is_int(jline_get_int(obj, "s", 42), 42, "fallback for another type");
	is_int(jline_get_int(obj, "q", 43), 43, "fallback for nothing");
}

static void test_next(void)
{
	static const char *const objects[] = {
		"{}", " { } ", "{\"a\":1}", "{\"a\":{\"b\":[1,2]} , \"c\" : \"d\" }"};
	static const int members[] = {0, 0, 1, 2};
	struct jspan key, value;

	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		size_t pos = 0;
		int n = 0;
		while (jline_next(span(objects[i]), &pos, &key, &value))
			n++;
		is_int(n, members[i], "members of %s", objects[i]);
		ok(!jline_next(span(objects[i]), &pos, &key, &value), "none after the last");
	}
	ok(jline_eq(key, "c") && jline_eq(value, "d"), "the last key and value");
}

static void test_int(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} rows[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"92233720368547758070", false, 0},
		{"100000000000000000000000", false, 0},
		{"1.0", false, 0},
		{"1e2", false, 0},
		{"-", false, 0},
		{"", false, 0},
		{"\"1\"", false, 0},
		{"true", false, 0},
		{"null", false, 0},
		{"[1]", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = 99;
		bool good = jline_int(span(rows[i].text), &got);
		ok(good == rows[i].good && got == (good ? rows[i].value : 99), "int: %s",
			rows[i].text);
	}
	int64_t none;
	ok(!jline_int((struct jspan){0}, &none), "int: an absent value");
}

static void test_number(void)
{
	static const struct {
		const char *text;
		bool good;
		double value;
	} rows[] = {
		{"0", true, 0},
		{"-12", true, -12},
		{"0.1", true, 0.1},
		{"-1.5e+3", true, -1500},
		{"5e-324", true, 5e-324},
		{"1e-400", true, 0},
		{"1.7976931348623157e308", true, 1.7976931348623157e308},
		{"1e309", false, 0},
		{"-1e309", false, 0},
		{"0x10", false, 0},
		{"nan", false, 0},
		{"inf", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"01", false, 0},
		{"1.", false, 0},
		{"", false, 0},
		{"\"1\"", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double got = 99;
		bool good = jline_number(span(rows[i].text), &got);
		ok(good == rows[i].good && got == (good ? rows[i].value : 99), "number: %s",
			rows[i].text);
	}
	double none;
	ok(!jline_number((struct jspan){0}, &none), "number: an absent value");
}

static void test_bool_and_eq(void)
{
	bool b = false;

	ok(jline_bool(span("true"), &b) && b, "true");
	ok(jline_bool(span("false"), &b) && !b, "false");
	ok(!jline_bool(span("null"), &b) && !jline_bool(span("1"), &b) &&
			!jline_bool(span("\"true\""), &b) && !jline_bool(span("truex"), &b) &&
			!jline_bool((struct jspan){0}, &b) && !b,
		"nothing else is a bool");
	ok(jline_eq(span("\"ab\""), "ab") && jline_eq(span("\"\""), ""), "equal");
	ok(!jline_eq(span("\"abc\""), "ab") && !jline_eq(span("\"a\""), "ab") &&
			!jline_eq(span("1234"), "23") && !jline_eq((struct jspan){0}, ""),
		"not equal");
	ok(!jline_eq(span("\"\\u0061\""), "a"), "compared as written");
}

static void test_str(void)
{
	static const struct {
		const char *text;
		const char *value; /* NULL: none */
	} rows[] = {
		{"\"\"", ""},
		{"\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d"},
		{"\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t"},
		{"\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac"},
		{"\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
			"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
		{"\"\\ud800\\udc00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
		{"\"\xd1\x82\xf0\x9f\x98\x80\"", "\xd1\x82\xf0\x9f\x98\x80"},
		{"\"a\\u0000b\"", NULL},
		{"\"a", NULL},
		{"\"a\\\"", NULL},
		{"\"a\"b\"", NULL},
		{"\"\\ud800\"", NULL},
		{"12", NULL},
		{"null", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buf[64] = "before";
		bool good = jline_str(span(rows[i].text), buf, sizeof(buf));
		is_int(good, rows[i].value != NULL, "string: %s", rows[i].text);
		is_str(buf, rows[i].value ? rows[i].value : "before",
			"its value, or what was there");
	}

	char small[4] = "xyz";
	ok(!jline_str(span("\"abcd\""), small, sizeof(small)) && strcmp(small, "xyz") == 0,
		"too long: untouched");
	ok(!jline_str(span("\"\\n\\n\\n\\u20ac\""), small, sizeof(small)), "too long with escapes");
	ok(jline_str(span("\"\\u20ac\""), small, sizeof(small)) &&
			strcmp(small, "\xe2\x82\xac") == 0,
		"just fits");
	ok(!jline_str(span("\"\""), small, 0), "no room for the NUL");
	ok(!jline_str((struct jspan){0}, small, sizeof(small)), "absent");
	ok(!jline_get_str(span("{\"a\":1}"), "a", small, sizeof(small)) && small[0] == '\0',
		"get: \"\" for another type");
	ok(jline_get_str(span("{\"a\":\"b\"}"), "a", small, sizeof(small)) &&
			strcmp(small, "b") == 0,
		"get: found");
}

static void test_write(void)
{
	static const struct {
		const char *text;
		size_t n;
		const char *quoted;
	} rows[] = {
		{TEXT(""), "\"\""},
		{TEXT("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
		{TEXT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
		{TEXT("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\x7f\""},
		{TEXT("\xd1\x82\xf0\x9f\x98\x80"), "\"\xd1\x82\xf0\x9f\x98\x80\""},
		{TEXT("a\xff"
		      "b"),
			"\"a\xef\xbf\xbd"
			"b\""},
		{TEXT("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},
		{TEXT("\xe2\x82"), "\"\xef\xbf\xbd\""},
		{TEXT("\xf0\x9f\x98x"), "\"\xef\xbf\xbdx\""},
		{TEXT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	};
	struct dynbuf b;

	dynbuf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		dynbuf_reset(&b);
		is_int(jline_add_quoted(&b, rows[i].text, rows[i].n), 0, "quoted, row %zu", i);
		is_str(b.p, rows[i].quoted, "as wanted");
	}

	dynbuf_reset(&b);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "s", "a\n");
	jline_add_int(&b, "min", INT64_MIN);
	jline_add_int(&b, "max", INT64_MAX);
	jline_add_bool(&b, "t", true);
	jline_add_bool(&b, "f", false);
	jline_add_raw(&b, "absent", (struct jspan){0});
	jline_add_raw(&b, "o", span("{\"x\":[]}"));
	jline_add_str(&b, "\"key\"", "");
	dynbuf_adds(&b, "}");
	is_str(b.p,
		"{\"s\":\"a\\n\",\"min\":-9223372036854775808,\"max\":9223372036854775807,\"t\":true,\"f\":false,"
		"\"o\":{\"x\":[]},\"\\\"key\\\"\":\"\"}",
		"members, with commas between them");
	is_int(jline_check(b.p, b.n), 0, "what is written checks");

	dynbuf_free(&b);
	dynbuf_init(&b, 10);
	is_int(jline_add_str(&b, "key", "far too long"), -1, "-1 when it does not fit");
	ok(dynbuf_failed(&b) && b.n <= 10, "and the buffer has failed");
	dynbuf_free(&b);
}

/* Bytes of a kind that trouble makers are made of. */
static size_t any_text(char *p, size_t max, uint64_t *state)
{
	static const char *const pieces[] = {"\"", "\\", "\\u", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
		"\xe2\x82", "\xed\xa0\x80", "\n", "{", "}", "[", "]", ",", ":", " ", "abc",
		"\"a\":", "\"b\"", "1", "\xff", "\x80", "\x1f"};
	size_t n = 0;

	for (size_t i = random_below(state, 30); i > 0; i--) {
		const char *piece = pieces[random_below(state, ARRAY_LEN(pieces))];
		if (n + strlen(piece) <= max) {
			memcpy(p + n, piece, strlen(piece));
			n += strlen(piece);
		}
	}
	return n;
}

/* Whatever goes in as text comes out as a member that checks; read and written again it is the same. */
static void test_round_trip(void)
{
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		uint64_t state = seed;
		char text[256], read[1024], again[1024];
		struct dynbuf b;
		struct jspan v;

		size_t n = any_text(text, sizeof(text) - 1, &state);
		text[n] = '\0';
		dynbuf_init(&b, 4096);
		dynbuf_adds(&b, "{");
		jline_add_str(&b, "before", text);
		jline_add_str(&b, "text", text);
		jline_add_int(&b, "after", (int64_t)seed);
		dynbuf_adds(&b, "}");
		struct jspan obj = {b.p, b.n};
		bool good = check(b.p, b.n) == 0 && jline_get(obj, "text", &v) &&
			jline_str(v, read, sizeof(read)) &&
			jline_get_int(obj, "after", 0) == (int64_t)seed;

		size_t old = b.n;
		good = good && jline_add_str(&b, "text", read) == 0;
		/* The buffer has moved: find it again. */
		obj = (struct jspan){b.p, old};
		good = good && jline_get(obj, "text", &v) && b.n - old == 8 + v.n &&
			memcmp(b.p + old + 8, v.p, v.n) == 0;
		good = good && jline_get_str(obj, "before", again, sizeof(again)) &&
			strcmp(again, read) == 0;
		if (!good || seed % 5000 == 0)
			ok(good, "any text there and back, seeds up to %d", (int)seed);
		dynbuf_free(&b);
	}
}

/* Nothing reads beyond its span, checked or not (a sanitizer sees it), and every loop ends. */
static void test_unchecked(void)
{
	size_t members = 0, checked = 0;

	for (uint64_t seed = 1; seed <= 50000; seed++) {
		uint64_t state = seed;
		char text[256] = "{", buf[16];
		size_t n = 1 + any_text(text + 1, sizeof(text) - 1, &state), pos = 0;
		char *copy = malloc(n);
		struct jspan key, value, obj = {copy, n};
		int64_t i;
		double d;

		memcpy(copy, text, n);
		checked += jline_check(copy, n) == 0;
		while (jline_next(obj, &pos, &key, &value)) {
			members++;
			(void)jline_str(key, buf, sizeof(buf));
			(void)jline_str(value, buf, sizeof(buf));
			(void)jline_int(value, &i);
			(void)jline_number(value, &d);
		}
		free(copy);
	}
	ok(members > 0 && checked > 0, "unchecked bytes: %zu members found, %zu texts well formed",
		members, checked);
}

int main(void)
{
	test_accepted();
	test_refused();
	test_depth();
	test_truncated();
	test_get();
	test_next();
	test_int();
	test_number();
	test_bool_and_eq();
	test_str();
	test_write();
	test_round_trip();
	test_unchecked();
	return done_testing();
}
