/* What is asked: arguments are values, and change nothing else. */
#include <stdlib.h>

#include "base/util.h"
#include "scenario/tool.h"
#include "tap.h"

#define ORIGIN "https://shop.example"

/* "METHOD-less": the URL behind the host, then the body if there is one; or "! why". */
static const char *made(const struct scenario_http *http, const char *arguments)
{
	static char out[20000];
	struct tool_request q;
	char why[200];
	json_t *given = json_loads(arguments, JSON_ALLOW_NUL, NULL);

	if (!given)
		snprintf(out, sizeof(out), "! no JSON");
	else if (tool_request(http, given, &q, why, sizeof(why)) < 0)
		snprintf(out, sizeof(out), "! %s", why);
	else if (strncmp(q.url.p, ORIGIN, strlen(ORIGIN)) != 0)
		snprintf(out, sizeof(out), "! another host: %s", q.url.p);
	else
		snprintf(out, sizeof(out), "%s%s%s", q.url.p + strlen(ORIGIN), q.type ? " " : "",
			q.type ? q.body.p : "");
	if (given)
		tool_request_free(&q);
	json_decref(given);
	return out;
}

static void test_path(void)
{
	const struct scenario_http h = {.url = ORIGIN "/a/{x}/b", .origin = ORIGIN};
	const struct scenario_http dots = {.url = ORIGIN "/{x}{y}?z={x}", .origin = ORIGIN};

	is_str(made(&h, "{\"x\":\"1\"}"), "/a/1/b", "a path");
	is_str(made(&h, "{\"x\":12}"), "/a/12/b", "a number");
	is_str(made(&h, "{\"x\":true}"), "/a/true/b", "a boolean");
	is_str(made(&h, "{\"x\":\"é ?#&=+%2F;:@'\\\"<>{}[]|^`$()*!,\"}"),
		"/a/%C3%A9%20%3F%23%26%3D%2B%252F%3B%3A%40%27%22%3C%3E%7B%7D%5B%5D%7C%5E%60%24%28%"
		"29%2A%21%2C/b",
		"every other character is encoded");
	is_str(made(&h, "{\"x\":\"%2e%2e\"}"), "/a/%252e%252e/b", "also what is encoded already");
	is_str(made(&h, "{\"x\":\"a/b\"}"), "! the argument 'x' cannot have a slash in it here",
		"a slash");
	is_str(made(&h, "{\"x\":\"a\\\\b\"}"), "! the argument 'x' cannot have a slash in it here",
		"the other one");
	is_str(made(&h, "{\"x\":\"a\\nb\"}"),
		"! the argument 'x' cannot have a control character in it here", "a line end");
	is_str(made(&h, "{\"x\":\"..\"}"), "! the argument 'x' cannot be dots alone", "dots");
	is_str(made(&h, "{\"x\":\".\"}"), "! the argument 'x' cannot be dots alone", "a dot");
	is_str(made(&h, "{\"x\":\"...\"}"), "/a/.../b", "three are a name");
	is_str(made(&h, "{\"x\":\"\"}"), "! the argument 'x' is empty", "nothing");
	is_str(made(&h, "{\"x\":null}"), "! the argument 'x' is missing", "null");
	is_str(made(&h, "{}"), "! the argument 'x' is missing", "none");
	is_str(made(&dots, "{\"x\":\".\",\"y\":\".\"}"), "! the argument 'y' cannot be dots alone",
		"dots of two");
	is_str(made(&dots, "{\"x\":\".\",\"y\":\"a\"}"), "/.a?z=.",
		"a dot before a name; and one in the query");
	is_str(made(&dots, "{\"x\":\"a\",\"y\":\"{x}\"}"), "/a%7Bx%7D?z=a",
		"what looks like an argument in one is none");
}

static void test_query(void)
{
	json_t *query = json_pack("{s:s,s:s,s:i,s:b,s:s}", "q", "{x}", "all", "<{x}|{y}>", "n", 7,
		"b", 1, "odd &name", "v");
	const struct scenario_http h = {.url = ORIGIN "/s", .origin = ORIGIN, .query = query};
	const struct scenario_http had = {
		.url = ORIGIN "/s?a={x}", .origin = ORIGIN, .query = query};

	is_str(made(&h, "{\"x\":\"1&admin=1#\\n/../\",\"y\":2}"),
		"/s?q=1%26admin%3D1%23%0A%2F..%2F&all=%3C1%26admin%3D1%23%0A%2F..%2F%7C2%3E&n=7&b="
		"true&odd%20%26name=v",
		"values, whatever is in them");
	is_str(made(&h, "{\"x\":[\"a\",\"b c\",3]}"),
		"/s?q=a&q=b%20c&q=3&all=%3C%5B%22a%22%2C%22b%20c%22%2C3%5D%7C%3E&n=7&b=true&odd%20%"
		"26name=v",
		"an array is repeated");
	is_str(made(&h, "{\"x\":null}"), "/s?all=%3C%7C%3E&n=7&b=true&odd%20%26name=v",
		"what is not given is left out");
	is_str(made(&had, "{\"x\":\"a?b\"}"),
		"/s?a=a%3Fb&q=a%3Fb&all=%3Ca%3Fb%7C%3E&n=7&b=true&odd%20%26name=v",
		"behind another");
	json_decref(query);
}

static void test_body(void)
{
	json_t *body = json_loads(
		       "{\"x\":\"{x}\",\"t\":\"a {x}{y}\",\"in\":{\"y\":\"{y}\",\"l\":[\"{"
		       "y}\",1,null,\"{}\"]}}",
		       0, NULL),
	       *form = json_pack("{s:s,s:s}", "x", "{x}", "y", "{y}"), *all = json_true();
	const struct scenario_http h = {.url = ORIGIN "/", .origin = ORIGIN, .body = body};
	const struct scenario_http f = {.url = ORIGIN, .origin = ORIGIN, .form = form};
	const struct scenario_http a = {.url = ORIGIN "/", .origin = ORIGIN, .body = all};
	char *large = malloc(TOOL_BODY_MAX + 100);

	is_str(made(&h, "{\"x\":12,\"y\":\"z\"}"),
		"/ {\"x\":12,\"t\":\"a 12z\",\"in\":{\"y\":\"z\",\"l\":[\"z\",1,null,\"{}\"]}}",
		"types are kept");
	is_str(made(&h, "{\"x\":{\"a\":[1]}}"),
		"/ {\"x\":{\"a\":[1]},\"t\":\"a {\\\"a\\\":[1]}\",\"in\":{\"l\":[null,1,null,\"{}\"]}"
		"}",
		"what is not given is left out");
	is_str(made(&h, "{\"x\":\"\\\",\\\"admin\\\":true,\\\"\\n\\u0001\",\"y\":\"\\\\\"}"),
		"/ {\"x\":\"\\\",\\\"admin\\\":true,\\\"\\n\\u0001\",\"t\":\"a \\\",\\\"admin\\\":"
		"true,\\\"\\n\\u0001\\\\\",\"in\":{\"y\":\"\\\\\",\"l\":[\"\\\\\",1,null,\"{}\"]}}",
		"and nothing gets out of a string");
	is_str(made(&f, "{\"x\":\"a&y=1\\r\\n\",\"y\":[1,2]}"), " x=a%26y%3D1%0D%0A&y=1&y=2",
		"a form");
	is_str(made(&f, "{}"), " ", "an empty one");
	is_str(made(&a, "{\"x\":[1,\"\\\"\"]}"), "/ {\"x\":[1,\"\\\"\"]}", "all of them");
	if (!large)
		abort();
	snprintf(large, TOOL_BODY_MAX + 100, "{\"x\":\"%*d\"}", TOOL_BODY_MAX, 1);
	is_str(made(&h, large), "! the request is too long", "one that is too long");
	free(large);
	json_decref(body);
	json_decref(form);
	json_decref(all);
}

int main(void)
{
	test_path();
	test_query();
	test_body();
	return done_testing();
}
