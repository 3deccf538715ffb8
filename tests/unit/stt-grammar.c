/* What the embedded recogniser is told to expect: hints, grammar, pronunciation. */
#include "grammar.h"

#include <stdlib.h>

#include "hints.h"
#include "pronounce.h"
#include "tap.h"

static char asked[256]; /* words that were asked for, parted by blanks */

static bool knows(void *ctx, const char *word)
{
	const char *unknown = ctx;
	size_t n = strlen(asked);

	snprintf(asked + n, sizeof(asked) - n, "%s ", word);
	return !unknown || strcmp(word, unknown) != 0;
}

/* The rule of a grammar, up to its semicolon. */
static const char *rule_of(const char *jsgf, const char *name)
{
	static char text[1024];
	char head[32];
	const char *from;

	snprintf(head, sizeof(head), "<%s> = ", name);
	from = strstr(jsgf, head);
	from = from ? from + strlen(head) : "";
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(from, ";"), from);
	return text;
}

/* A rule of the grammar that hints make. */
static const char *grammar_of(const char *json, const char *unknown, const char *rule)
{
	const char *text;
	struct hints h;
	struct dynbuf b;

	asked[0] = '\0';
	hints_parse((struct jspan){json, strlen(json)}, &h);
	dynbuf_init(&b, 1 << 16);
	ok(grammar_build(&h, true, knows, (void *)(uintptr_t)unknown, &b) == 0, "a grammar of %s",
		json);
	text = rule_of(b.p, rule);
	dynbuf_free(&b);
	hints_free(&h);
	return text;
}

static void test_grammar(void)
{
	struct dynbuf small;
	struct hints h;

	is_str(grammar_of("{\"phrases\":[\"internet\",\"Mobile phone\"]}", NULL, "phrase"),
		"internet | mobile phone", "phrases");
	is_str(grammar_of("{\"digits\":4}", NULL, "turn"), "<digit> <digit> <digit> <digit>",
		"so many digits");
	is_str(grammar_of("{\"digits\":0}", NULL, "turn"), "<digit>+", "any number of digits");
	is_str(grammar_of("{\"digits\":3,\"digits_min\":2}", NULL, "turn"),
		"<digit> <digit> | <digit> <digit> <digit>",
		"from one number of digits to another");
	is_str(grammar_of("{\"digits\":2,\"digits_min\":5}", NULL, "turn"), "<digit> <digit>",
		"no such range");
	is_str(grammar_of("{\"digits\":33}", NULL, "turn"), "<digit>+",
		"too many digits are any number");
	is_str(grammar_of("{\"phrases\":[\"yes\"],\"digits\":1}", NULL, "turn"),
		"[<sounds>] <phrase> [<sounds>] | <digit>", "both");
	is_str(grammar_of("{\"phrases\":[\"I'm  sorry, (really)!\"]}", NULL, "phrase"),
		"i'm sorry really", "what is no word is left out");
	is_str(grammar_of("{\"phrases\":[\"x-ray a.m. -- 'quoted' end.\"]}", NULL, "phrase"),
		"x-ray a.m quoted end", "joints within words stay");
	is_str(grammar_of("{\"phrases\":[\"plan 24\"]}", NULL, "phrase"), "plan two four",
		"digits are words");
	is_str(grammar_of("{\"phrases\":[\"<turn>|a;b\"]}", NULL, "phrase"), "turn a b",
		"nothing of the grammar's language");
	is_str(grammar_of("{\"phrases\":[\"one\",\"zwei two\",\"three\"]}", "zwei", "phrase"),
		"one | three", "a phrase with an unknown word");
	is_str(asked, "one zwei three ", "after which nothing is asked");
	is_str(grammar_of("{\"phrases\":[\"zwei\"]}", "zwei", "phrase"), "", "nothing left");
	is_str(grammar_of("{\"phrases\":[\"\",\"...\",7,null]}", NULL, "phrase"), "",
		"nothing there");
	is_str(grammar_of("{\"phrases\":\"yes\",\"digits\":\"4\"}", NULL, "phrase"), "",
		"members of other types");
	is_str(grammar_of("{\"phrases\":[\"caf\\u00e9\"]}", NULL, "phrase"), "cafe", "accents go");

	is_str(grammar_of("{\"phrases\":[\"yes\"]}", NULL, "turn"),
		"[<sounds>] <phrase> [<sounds>]", "a phrase stands among other sounds");
	is_str(grammar_of("{\"digits\":2}", NULL, "sounds"), "", "digits alone do not");
	hints_parse((struct jspan){"{\"phrases\":[\"yes\",\"no\"]}", 24}, &h);
	dynbuf_init(&small, 1 << 12);
	ok(grammar_build(&h, false, knows, NULL, &small) == 0, "the same alone");
	is_str(rule_of(small.p, "turn"), "<phrase>", "is the phrase");
	ok(grammar_sounds(&small) == 0 && strstr(small.p, "<sounds> = (_AA | _AE"), "any sounds");
	dynbuf_free(&small);
	dynbuf_init(&small, 16);
	is_int(grammar_build(&h, true, knows, NULL, &small), -1, "no room");
	dynbuf_free(&small);
	hints_free(&h);
	hints_free(&h);
	ok(!hints_any(&h), "freed hints are none");
}

static void test_long_word(void)
{
	char text[200], word[GRAMMAR_WORD_MAX];
	const char *s = text;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ok(grammar_word(&s, word), "a word of 199 letters");
	is_int(strlen(word), GRAMMAR_WORD_MAX - 1, "is cut");
	ok(!grammar_word(&s, word), "and was the only one");
}

static void test_json(void)
{
	char *json;
	const char *why;

	is_int(hints_json("yes|no \"way\"", 3, &json), 0, "hints of the command line");
	is_str(json, "{\"phrases\":[\"yes\",\"no \\\"way\\\"\"],\"digits\":3}", "as JSON");
	free(json);
	is_int(hints_json(NULL, HINTS_NO_DIGITS, &json), 0, "none");
	ok(!json, "are nothing");
	is_int(hints_load(".", "../secret.json", &json, &why), -1, "no path");
	is_int(hints_load(".", ".hidden", &json, &why), -1, "nothing hidden");
	is_int(hints_load(NULL, "hints.json", &json, &why), -1, "no folder");
	is_str(why, "is no name of a file in the call directory", "it is said why");
	is_int(hints_load("/nonexistent", "hints.json", &json, &why), -1, "no file");
	is_int(hints_load("tests", "run", &json, &why), -1, "no JSON");
	is_str(why, "is no JSON object", "it is said why");
}

static void test_pronounce(void)
{
	static const struct {
		const char *word, *phones;
	} words[] = {{"dsl", "D IY EH S EH L"}, {"frob", "F R AA B"},
		{"vexation", "V EH K S EY SH AH N"}, {"blicket", "B L IH K EH T"},
		{"shome", "SH OW M"}, {"quilling", "K W IH L IH NG"}, {"phade", "F EY D"},
		{"a", "AE"}, {"rip-off", "R IH P AA F"}, {"zib's", "Z IH B S"},
		{"b.t", "B IY T IY"}};
	char phones[256];

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		is_int(pronounce_word(words[i].word, phones, sizeof(phones)), 0, "%s is pronounced",
			words[i].word);
		is_str(phones, words[i].phones, "%s", words[i].word);
	}
	is_int(pronounce_word("caf\xc3\xa9", phones, sizeof(phones)), -1, "other letters are not");
	is_int(pronounce_word("-", phones, sizeof(phones)), -1, "a joint alone is not");
	is_int(pronounce_word("", phones, sizeof(phones)), -1, "nothing is not");
	is_int(pronounce_word("international", phones, 12), -1, "no room");
	for (int c = 'a'; c <= 'z'; c++)
		for (int d = 'a'; d <= 'z'; d++)
			if (pronounce_word((char[]){(char)c, (char)d, 'a', (char)c, (char)d, 0},
				    phones, sizeof(phones)) < 0)
				ok(false, "%c%da%c%c has no sound", c, d, c, d);
}

int main(void)
{
	test_grammar();
	test_long_word();
	test_json();
	test_pronounce();
	return done_testing();
}
