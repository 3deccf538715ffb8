#include "scenario/condition.h"

#include <errno.h>

#include "tap.h"

static json_t *vars;

/* 1, 0, or -1: no condition. */
static int holds(const char *text)
{
	const char *why;
	size_t at;
	struct condition *c = condition_parse(text, strlen(text), &why, &at);
	int result = c ? condition_eval(c, vars) : -1;

	condition_free(c);
	return result;
}

static void test_values(void)
{
	static const char *const yes[] = {"client.found", "client", "attempts", "'x'", "1", "true",
		"list", "digits == '0042'", "digits == 42", "digits == 42.0", "42 == digits",
		"attempts == 2", "attempts >= 2", "attempts<3", "attempts != 3", "-1 < 0",
		"1e2 == 100", "name == 'Ada'", "name == \"Ada\"", "name > 'AA'",
		"client.orders.0.id == 7", "client.orders.1.id == 8", "nothing == null",
		"absent == null", "absent == nothing", "client.found == true",
		"zero == false or true", "(attempts > 1) == true", "not absent",
		"not (client.found and absent)"};
	static const char *const no[] = {"absent", "absent.deeper.still", "nothing", "zero", "''",
		"empty_list", "empty_object", "false", "null", "client.found.deeper",
		"name == 'ada'", "name == 42", "name < 5", "absent < 1", "absent >= 0",
		"client == 1", "attempts > 2", "attempts == true", "name.0", "client.orders.2",
		"client.orders.x", "digits == ' 42'", "not client", "true == 'true'",
		"null != absent", "hex == 16", "blank == 1"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		is_int(holds(yes[i]), 1, "%s", yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		is_int(holds(no[i]), 0, "not: %s", no[i]);
}

static void test_order(void)
{
	is_int(holds("true or false and false"), 1, "and binds closer than or");
	is_int(holds("(true or false) and false"), 0, "unless there are parentheses");
	is_int(holds("not false and false"), 0, "not binds closer than and");
	is_int(holds("not not true"), 1, "not twice");
	is_int(holds("not attempts == 2"), 0, "a comparison binds closer than not");
	is_int(holds("android"), 0, "a name that begins like a word");
	is_int(holds("not_there == null"), 1, "and another");
	is_int(holds("or.x == null"), 1, "a word with a point behind it is a name");
	is_int(holds(" \tclient . found"), -1, "no blanks in a path");
}

static void fails(const char *text, size_t at, const char *why)
{
	const char *got_why = "";
	size_t got_at = 0;
	struct condition *c = condition_parse(text, strlen(text), &got_why, &got_at);

	ok(!c && got_at == at && strcmp(got_why, why) == 0, "'%s': %s at %zu (%s at %zu)", text,
		why, at, *got_why ? got_why : "good", got_at);
	condition_free(c);
}

static void test_mistakes(void)
{
	static const char opening[] = "((((((((((((((((((((", closing[] = "))))))))))))))))))))";
	char deep[200];

	fails("", 0, "a value is missing");
	fails("a ==", 4, "a value is missing");
	fails("a and", 5, "a value is missing");
	fails("a or or b", 5, "a value is missing");
	fails("not", 3, "a value is missing");
	fails("a = 1", 2, "'=' compares nothing: write '=='");
	fails("a b", 2, "more than a condition: 'and' or 'or' is missing");
	fails("a == 'x", 5, "a string without its end");
	fails("(a or b", 0, "a parenthesis that is not closed");
	fails("a)", 1, "more than a condition: 'and' or 'or' is missing");
	fails("a && b", 2, "more than a condition: 'and' or 'or' is missing");
	fails("1.2.3 == a", 0, "no number");
	fails("0x10 == a", 0, "no number");
	fails("a..b", 0, "no name");
	fails("a.", 0, "no name");
	fails("a.0b", 0, "no name");
	fails("$a", 0, "a character that has no meaning here");
	snprintf(deep, sizeof(deep), "%.*sa%.*s", CONDITION_DEPTH, opening, CONDITION_DEPTH,
		closing);
	is_int(holds(deep), 0, "as deep as may be");
	snprintf(deep, sizeof(deep), "%.*sa", CONDITION_DEPTH + 1, opening);
	fails(deep, CONDITION_DEPTH, "too deep");
}

static void test_limits(void)
{
	char text[CONDITION_MAX + 2];
	const char *why = "";
	size_t at;

	memset(text, ' ', sizeof(text));
	text[0] = '1';
	struct condition *c = condition_parse(text, CONDITION_MAX, &why, &at);
	ok(c && condition_eval(c, NULL), "the longest");
	condition_free(c);
	ok(!condition_parse(text, CONDITION_MAX + 1, &why, &at), "a byte more: %s", why);
	memset(text, 'a', sizeof(text));
	c = condition_parse(text, CONDITION_PATH_MAX, &why, &at);
	ok(c != NULL, "the longest name");
	condition_free(c);
	ok(!condition_parse(text, CONDITION_PATH_MAX + 1, &why, &at), "a byte more: %s", why);
}

static void test_paths(void)
{
	static const char text[] = "client.found and (tries > 2 or not 'x' == name)";
	const char *why;
	size_t at;
	struct condition *c = condition_parse(text, strlen(text), &why, &at);

	is_str(condition_path(c, 0), "client.found", "the first path");
	is_str(condition_path(c, 1), "tries", "the second");
	is_str(condition_path(c, 2), "name", "the third");
	ok(!condition_path(c, 3), "and no more");
	condition_free(c);
}

int main(void)
{
	vars = json_pack("{s:{s:b,s:[{s:i},{s:i}]},s:i,s:s,s:s,s:n,s:i,s:[],s:{},s:[i],s:s,s:s}",
		"client", "found", 1, "orders", "id", 7, "id", 8, "attempts", 2, "digits", "0042",
		"name", "Ada", "nothing", "zero", 0, "empty_list", "empty_object", "list", 1, "hex",
		"0x10", "blank", " 1");
	test_values();
	test_order();
	test_mistakes();
	test_limits();
	test_paths();
	json_decref(vars);
	return done_testing();
}
