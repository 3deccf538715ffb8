/* stt: the table of corrections, and what it does to texts. */
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "correct.h"
#include "random.h"
#include "tap.h"

static char path[] = "/tmp/correct-XXXXXX";

static struct corrections *table(const char *text, char why[CORRECT_WHY_MAX])
{
	struct corrections *c;

	why[0] = '\0';
	if (replace_file(path, text, strlen(text)) == -1)
		abort();
	return corrections_open(path, &c, why) == 0 ? c : NULL;
}

static void test_texts(void)
{
	static const struct {
		const char *language, *text, *want;
	} rows[] = {
		{"en", "my inter net is slow", "my internet is slow"},
		{"en", "My Inter-Net, please.", "My internet, please."},
		{"en", "inter, net", "inter, net"},
		{"en", "inter. Net", "inter. Net"},
		{"en", "winter net", "winter net"},
		{"en", "inter nets", "inter nets"},
		{"en", "inter net inter net", "internet internet"},
		{"en", "the free books", "the free books"},
		{"fr-FR", "la Free-Books", "la Freebox"},
		{"fr", "l'inter net", "l'internet"},
		{"fr", "«inter net»", "«internet»"},
		{"fr", "l'élève", "l'ELEVE"},
		{"fr", "ELEVE eleve Élève", "ELEVE ELEVE ELEVE"},
		{"uk", "у мене пять шин", "у мене 5 шин"},
		{"uk", "у мене п'ять шин", "у мене 5 шин"},
		{"uk", "у мене п’ять.", "у мене 5."},
		{"uk", "ять", "ЯТЬ"},
		{"en", "um, yes um", ", yes"},
		{"en", "don't", "don't"},
		{"en", "don", "Don"},
		{"en", "michelin pilot sport four", "Michelin Pilot Sport 4"},
		{"en", "michelin pilot", "Michelin pilot"},
		{"en", "a b", "b a"},
		{"ar", "مئة دينار", "100 دينار"},
		{"ar", "مية دينار", "100 دينار"},
		{"", "free books", "free books"},
		{"en", "", ""},
		{"en", "?!", "?!"},
		{"en", "  inter   net  ", "internet"},
	};
	char why[CORRECT_WHY_MAX], text[STT_TEXT_MAX];
	struct corrections *c = table("# wrong\tright\n\n"
				      "inter net\tinternet\r\n"
				      "Free Books\tFreebox\tfr\n"
				      "élève\tELEVE\n"
				      "п'ять\t5\tuk\n"
				      "ять\tЯТЬ\n"
				      "don\tDon\n"
				      "um\t\n"
				      "michelin\tMichelin\n"
				      "Michelin pilot sport four\tMichelin  Pilot Sport 4\n"
				      "a b\tb a\n"
				      "مئة\t100\n",
		why);

	ok(c, "a table %s", why);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(text, sizeof(text), "%s", rows[i].text);
		corrections_apply(c, rows[i].language, text);
		is_str(text, rows[i].want, "'%s' in '%s'", rows[i].text, rows[i].language);
	}
	corrections_apply(NULL, "en", text);
	memset(text, 0, sizeof(text));
	for (size_t i = 0; i + 2 < sizeof(text) - 1; i += 2)
		memcpy(text + i, "a ", 2);
	corrections_apply(c, "en", text);
	is_int(strlen(text), STT_TEXT_MAX - 2, "as many words as there may be");
	corrections_close(c);
}

static void test_languages(void)
{
	char why[CORRECT_WHY_MAX], text[STT_TEXT_MAX] = "x x";
	struct corrections *c = table("x\tany\nx\tfrench\tfr\n", why);

	corrections_apply(c, "fr-CA", text);
	is_str(text, "french french", "a line of the language before one of any");
	snprintf(text, sizeof(text), "x");
	corrections_apply(c, "en", text);
	is_str(text, "any", "that of any");
	corrections_close(c);
}

static void test_room(void)
{
	char why[CORRECT_WHY_MAX], text[STT_TEXT_MAX], line[2000];
	struct corrections *c;

	snprintf(line, sizeof(line), "x\t%01500d\n", 0);
	c = table(line, why);
	snprintf(text, sizeof(text), "x x");
	corrections_apply(c, "en", text);
	is_int(strlen(text), 3001, "long ones");
	snprintf(text, sizeof(text), "x x x");
	corrections_apply(c, "en", text);
	is_str(text, "x x x", "what has no room stays");
	corrections_close(c);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"a b\n", "line 1 has no tab"},
		{"# x\n\na\tb\tc\td\n", "line 3 has more than three columns"},
		{"a\tb\n?!\tb\n", "line 2 has no word"},
		{"\tb\n", "line 1 has no word"},
		{"a b c d e f g h i j k l m\tb\n", "line 1 has more than 12 words"},
		{"a\tb\nx\ty\nÁ\tc\n", "lines 1 and 3 are of the same words"},
		{"a\t\xff\n", "no text in UTF-8"},
	};
	char why[CORRECT_WHY_MAX];
	struct corrections *c;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ok(!table(rows[i].text, why) && strstr(why, rows[i].why), "bad %zu: %s", i, why);
	ok(corrections_open("/nonexistent", &c, why) == -1 && strstr(why, "No such file"),
		"no file");
	ok(corrections_open(NULL, &c, why) == 0 && !c, "none");
	c = table("", why);
	ok(c, "an empty one");
	corrections_close(c);
}

/* Whatever comes, what leaves is text. */
static void test_random(void)
{
	static const char *const parts[] = {"a", "b ", "'", "-", "п'ять", "\xd0", "um ",
		"inter net", "  ", ".", "é", "e\xcc\x81", "\xe2\x80\x99"};
	char why[CORRECT_WHY_MAX], text[STT_TEXT_MAX];
	struct corrections *c = table(
		"a\tb\na b\tccc\num\t\np'yat\tx\né\te\ninter net\tinternet\n", why);
	uint64_t seed = 9;
	int fine = 0;

	for (int i = 0; i < 2000; i++) {
		bool valid;
		size_t n = 0;

		text[0] = '\0';
		for (size_t k = random_below(&seed, 40); k > 0; k--)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
				parts[random_below(&seed, ARRAY_LEN(parts))]);
		valid = utf8_valid(text, n);
		corrections_apply(c, "en", text);
		fine += !valid || utf8_valid(text, strlen(text));
	}
	is_int(fine, 2000, "garbage");
	corrections_close(c);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd == -1)
		return 1;
	close(fd);
	test_texts();
	test_languages();
	test_room();
	test_bad();
	test_random();
	unlink(path);
	return done_testing();
}
