/* The command line of the engine `command`: words, quotes, and which voice speaks. */
#include "command.h"

#include <stdlib.h>

#include "tap.h"

static char why[WHY_MAX];

/* The words for a phrase, each in brackets; or why there are none. */
static const char *words_for(const struct voice *v, const char *language, const char *wanted)
{
	static char text[COMMAND_BYTES_MAX + 1024];
	struct phrase p = {.text = "", .language = language, .voice = wanted};
	struct command_line line;
	size_t n = 0;

	if (command_words(v, &p, &line, why) < 0)
		return why;
	text[0] = '\0';
	for (char **word = line.argv; *word; word++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[%s]", *word);
	return text;
}

static const char *words(const char *command)
{
	struct voice v = {.rate_hz = 8000, .command = command, .name = "", .table = ""};

	return words_for(&v, "en", "");
}

static void test_words(void)
{
	static char many[COMMAND_ARGS_MAX * 2 + 16], large[COMMAND_BYTES_MAX + 2];

	is_str(words("say"), "[say]", "one word");
	is_str(words("  say \t -v  x "), "[say][-v][x]", "words between blanks");
	is_str(words("say 'a b' \"c d\"e'f'"), "[say][a b][c def]", "quotes");
	is_str(words("say '' \"\""), "[say][][]", "nothing in quotes is a word");
	is_str(words("say \"it's\" 'say \"x\"'"), "[say][it's][say \"x\"]",
		"one kind in the other");
	is_str(words("say $(x) `y` | z > f \\ *"), "[say][$(x)][`y`][|][z][>][f][\\][*]",
		"no shell");
	is_str(words("say -v{voice} {rate} \"{language}\" '{voice}' {other} {"),
		"[say][-ven][8000][en][{voice}][{other}][{]", "what is replaced");
	is_str(words("say 'a"), "the command has a ' without its end", "an open quote");
	is_str(words(" "), "the command is empty", "nothing");
	for (size_t i = 0; i < COMMAND_ARGS_MAX + 1; i++)
		memcpy(many + 2 * i, "x ", 3);
	is_str(words(many), "the command has too many words", "too many");
	memset(large, 'x', sizeof(large) - 1);
	is_str(words(large), "the command is too long", "too long");
}

static void test_voices(void)
{
	static const struct {
		const char *name, *table, *language, *wanted, *voice;
	} cases[] = {
		{"", "", "fr", "", "fr"},
		{"", "", "fr-CA", "", "fr"},
		{"", "", "fr-BE", "", "fr-BE"},
		{"", "", "en-US", "", "en-US"},
		{"", "", "zh-CN", "", "cmn"},
		{"", "", "es-MX", "", "es-419"},
		{"", "en=en-us fr=mb-fr1", "fr-FR", "", "mb-fr1"},
		{"", "en=en-us fr=mb-fr1", "EN-gb", "", "en-us"},
		{"", "fr=a fr-ca=b", "fr-CA", "", "b"},
		{"", "fr=a fr-ca=b", "fr-FR", "", "a"},
		{"", "fr= en", "fr-FR", "", "fr-FR"},
		{"tenor", "fr=a", "fr", "", "tenor"},
		{"tenor", "fr=a", "fr", "alto", "alto"},
		{"", "", "fr", "-w/etc/x", "'-w/etc/x' is no name of a voice"},
		{"", "", "fr", "a\nb", "'a\nb' is no name of a voice"},
		{"", "", "-o", "", "'' is no name of a voice"},
	};
	char want[300];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct voice v = {.rate_hz = 8000,
			.command = "{voice}",
			.name = cases[i].name,
			.table = cases[i].table};
		const char *got = words_for(&v, cases[i].language, cases[i].wanted);

		snprintf(want, sizeof(want), got == why ? "%s" : "[%s]", cases[i].voice);
		is_str(got, want, "voice of '%s' with '%s' and '%s'", cases[i].language,
			cases[i].name, cases[i].table);
	}
}

int main(void)
{
	test_words();
	test_voices();
	return done_testing();
}
