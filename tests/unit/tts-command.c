/* The command line of the engine `command`: words, quotes, and which voice speaks. */
#include "command.h"

#include <stdlib.h>

#include "tap.h"

static char why[WHY_MAX];

/* The words for a phrase, each in brackets; or why there are none. */
static const char *words_for(const struct voice *v, const char *language, const char *wanted)
{
	static char text[WORDS_BYTES_MAX + 1024];
	struct phrase p = {.text = "", .language = language, .voice = wanted};
	struct words line;
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
	is_str(words("say -v{voice} {rate} \"{language}\" '{voice}'"),
		"[say][-ven][8000][en][{voice}]", "what is replaced");
	is_str(words("say 'a"), "the command has a ' without its end", "a mistake");
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
