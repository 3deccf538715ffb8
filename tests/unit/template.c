#include "scenario/template.h"

#include "tap.h"

static json_t *vars;

/* "digits" puts blanks between, "time" can make nothing of anything, the others name themselves. */
static int filter(void *ctx, const char *name, const char *argument, const char *language,
	const char *in, struct dynbuf *out)
{
	++*(int *)ctx;
	if (strcmp(name, "time") == 0)
		return -1;
	for (size_t i = 0; strcmp(name, "digits") == 0 && in[i]; i++)
		dynbuf_addf(out, "%s%c", i ? " " : "", in[i]);
	if (strcmp(name, "digits") != 0)
		dynbuf_addf(out, "%s(%s,%s,%s)", name, in, argument, language);
	return 0;
}

static const char *expand(const char *text)
{
	static struct dynbuf out;
	const char *why = "";
	size_t at;
	int calls = 0;
	struct template *t = template_parse(text, &why, &at);

	if (!t)
		return why;
	dynbuf_free(&out);
	dynbuf_init(&out, 1000);
	if (template_expand(t, vars, "fr", filter, &calls, &out) < 0)
		dynbuf_adds(&out, "failed");
	template_free(t);
	return out.p;
}

static void test_expand(void)
{
	is_str(expand("plain { text } | here"), "plain { text } | here",
		"a text without variables");
	is_str(expand("I am {{name}}."), "I am Ada.", "a variable");
	is_str(expand("{{ client.orders.0.id }}{{name}}"), "7Ada", "paths, side by side");
	is_str(expand("<{{absent}}{{nothing}}{{client}}>"), "<>",
		"what is absent, null or an object is nothing");
	is_str(expand("{{yes}} {{price}} {{list}}"), "true 12.5 1, zwei", "values as text");
	is_str(expand("{{number | digits}}"), "4 2 1 7", "a filter");
	is_str(expand("{{price | money EUR}}"), "money(12.5,EUR,fr)",
		"with an argument, and the language");
	is_str(expand("{{price|money 'a b}}'}}"), "money(12.5,a b}},fr)", "which may be in quotes");
	is_str(expand("{{number | time}}"), "4217", "one that can do nothing with it");
	is_str(expand("{{number | time | digits}}"), "4 2 1 7", "and another behind it");
	is_str(expand("{{absent | default nobody}}"), "nobody", "a default");
	is_str(expand("{{absent | default \"the line\" | letters}}"), "t h e l i n e", "two");
	is_str(expand("{{name | default nobody}}"), "Ada", "a default that is not needed");
	is_str(expand("{{absent | default ''}}."), ".", "an empty one");
	is_str(expand("{{plate | letters}}"), "A B 1 2 é", "letters");
	is_str(expand("{{zeros | number}} {{zero | number}} {{name | number}}"), "42 0 Ada",
		"numbers");
}

static void fails(const char *text, size_t at, const char *why)
{
	const char *got_why = "";
	size_t got_at = 0;
	struct template *t = template_parse(text, &got_why, &got_at);

	ok(!t && got_at == at && strcmp(got_why, why) == 0, "'%s': %s at %zu (%s at %zu)", text,
		why, at, *got_why ? got_why : "good", got_at);
	template_free(t);
}

static void test_mistakes(void)
{
	fails("x {{", 4, "the name of a variable is missing");
	fails("x {{}}", 4, "the name of a variable is missing");
	fails("{{a", 3, "'|' or '}}' is missing");
	fails("{{a}", 3, "'|' or '}}' is missing");
	fails("{{a b}}", 4, "'|' or '}}' is missing");
	fails("{{a.}}", 2, "no name of a variable");
	fails("{{a |}}", 5, "the name of a filter is missing");
	fails("{{a | shout}}", 6, "no filter has this name");
	fails("{{a | default}}", 6, "'default' without a text");
	fails("{{a | default 'x}}", 14, "a string without its end");
	fails("a}} b", 1, "'}}' without '{{'");
	fails("{{a|digits|digits|digits|digits|digits|digits|digits|digits|digits}}", 60,
		"too many filters");
}

static void test_value(void)
{
	const char *why;
	size_t at;
	struct template *whole = template_parse("{{client}}", &why, &at);
	struct template *filtered = template_parse("{{number | letters}}", &why, &at);
	struct template *absent = template_parse("{{absent}}", &why, &at);
	json_t *v = template_value(whole, vars, "en", NULL, NULL);

	ok(json_is_object(v) && json_equal(v, json_object_get(vars, "client")),
		"a variable alone stays what it is");
	json_decref(v);
	v = template_value(filtered, vars, "en", NULL, NULL);
	is_str(json_string_value(v), "4 2 1 7", "with a filter it is a text");
	json_decref(v);
	v = template_value(absent, vars, "en", NULL, NULL);
	ok(json_is_null(v), "what is absent is null");
	json_decref(v);
	template_free(whole);
	template_free(filtered);
	template_free(absent);
}

static void test_parts(void)
{
	const char *why;
	size_t at;
	struct template *t = template_parse("a {{b.c}} d {{e | digits}}", &why, &at);
	struct template *constant = template_parse("a } b", &why, &at);

	ok(!template_constant(t) && template_constant(constant), "what is constant");
	is_str(template_text(t), "a {{b.c}} d {{e | digits}}", "the source");
	is_str(template_path(t, 0), "b.c", "the first path");
	is_str(template_path(t, 1), "e", "the second");
	ok(!template_path(t, 2), "and no more");
	template_free(t);
	template_free(constant);
}

static void test_limits(void)
{
	static char text[TEMPLATE_MAX + 2];
	const char *why = "";
	size_t at;
	struct dynbuf out;

	memset(text, 'a', TEMPLATE_MAX + 1);
	ok(!template_parse(text, &why, &at), "too long: %s", why);
	text[TEMPLATE_MAX] = '\0';
	struct template *t = template_parse(text, &why, &at);
	ok(t != NULL, "the longest");
	dynbuf_init(&out, 100);
	is_int(template_expand(t, NULL, "en", NULL, NULL, &out), -1, "does not fit");
	dynbuf_free(&out);
	template_free(t);
}

int main(void)
{
	vars = json_pack("{s:s,s:{s:[{s:i}]},s:n,s:b,s:f,s:[i,s],s:s,s:s,s:s,s:s}", "name", "Ada",
		"client", "orders", "id", 7, "nothing", "yes", 1, "price", 12.5, "list", 1, "zwei",
		"number", "4217", "plate", "AB-12 é", "zeros", "0042", "zero", "000");
	test_expand();
	test_mistakes();
	test_value();
	test_parts();
	test_limits();
	json_decref(vars);
	return done_testing();
}
