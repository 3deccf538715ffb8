/* Words of a command line: quotes, what is replaced, limits. */
#include "base/words.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static const struct words_value values[] = {
	{"voice", "en-us+f3", 2}, {"bad", "-x", 2}, {"none", "", 0}, {"two", "a\nb", 3}, {NULL}};

/* The words, each in brackets; or why there are none. */
static const char *cut(const char *line)
{
	static char text[2 * WORDS_BYTES_MAX], why[WORDS_WHY_MAX];
	static struct words w;
	size_t n = 0;

	if (words_split(line, values, &w, why) < 0)
		return why;
	text[0] = '\0';
	for (size_t i = 0; i < w.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[%s]", w.argv[i]);
	return w.argv[w.n] ? "no NULL at the end" : text;
}

static void test_quotes(void)
{
	is_str(cut("say"), "[say]", "one word");
	is_str(cut("  say \t -v  x\n"), "[say][-v][x]", "words between blanks");
	is_str(cut("say 'a b' \"c d\"e'f'"), "[say][a b][c def]", "quotes");
	is_str(cut("say '' \"\""), "[say][][]", "nothing in quotes is a word");
	is_str(cut("say \"it's\" 'say \"x\"'"), "[say][it's][say \"x\"]", "one kind in the other");
	is_str(cut("say $(x) `y` | z > f \\ *"), "[say][$(x)][`y`][|][z][>][f][\\][*]", "no shell");
	is_str(cut("say 'a"), "the command has a ' without its end", "an open quote");
	is_str(cut(" "), "the command is empty", "nothing");
}

static void test_values(void)
{
	is_str(cut("say -v{voice} \"{voice}\" '{voice}'"), "[say][-ven][en][{voice}]",
		"replaced, but in single quotes");
	is_str(cut("{other} { {voice {}"), "[{other}][{][{voice][{}]", "what nobody knows stays");
	is_str(cut("say {bad}"), "'-x' is no name of a bad", "no option");
	is_str(cut("say {none}"), "'' is no name of a none", "not nothing");
	is_str(cut("say {two}"), "'a\nb' is no name of a two", "no more lines");
	is_str(cut("say '{bad}'"), "[say][{bad}]", "one that is not replaced may be anything");
}

static void test_limits(void)
{
	static char many[WORDS_MAX * 2 + 16], large[WORDS_BYTES_MAX + 2];
	static struct words w;
	char why[WORDS_WHY_MAX];

	for (size_t i = 0; i < WORDS_MAX + 1; i++)
		memcpy(many + 2 * i, "x ", 3);
	is_str(cut(many), "the command has too many words", "too many");
	many[(size_t)2 * WORDS_MAX] = '\0';
	is_int(words_split(many, NULL, &w, why), 0, "as many as fit");
	is_int((long long)w.n, WORDS_MAX, "are all there");
	memset(large, 'x', sizeof(large) - 1);
	is_str(cut(large), "the command is too long", "too long");
	large[WORDS_BYTES_MAX - 1] = '\0';
	is_int(words_split(large, NULL, &w, why), 0, "as long as fits");
	is_int((long long)strlen(w.argv[0]), WORDS_BYTES_MAX - 1, "is all there");
}

int main(void)
{
	test_quotes();
	test_values();
	test_limits();
	return done_testing();
}
