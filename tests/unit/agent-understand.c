/* Words, expressions, intents, digits: examples of tests/data/language, and the rules. */
#include "understand.h"

#include "tap.h"

/* Call fn with the columns of each row of a table. */
static int each_row(const char *path, int columns, void (*fn)(char **column))
{
	FILE *f = fopen(path, "r");
	char line[1024], *column[4] = {NULL};
	int rows = 0;

	ok(f != NULL, "%s", path);
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		char *p = line;
		for (int i = 0; i < columns; i++) {
			column[i] = p;
			p = i + 1 < columns ? strchr(p, '\t') : NULL;
			if (p)
				*p++ = '\0';
			else if (i + 1 < columns)
				break;
		}
		if (!column[columns - 1]) {
			ok(false, "a row with too few columns: %s", line);
			continue;
		}
		fn(column);
		memset(column, 0, sizeof(column));
		rows++;
	}
	if (f)
		fclose(f);
	return rows;
}

static void test_digits_row(char **column)
{
	char got[UNDERSTAND_DIGITS_MAX + 1] = "-";
	struct utterance u;
	int min, max;

	ok(sscanf(column[1], "%d-%d", &min, &max) == 2 && understand(&u, column[3], column[0]) == 0,
		"%s: %s", column[0], column[3]);
	if (!understand_digits(&u, min, max, got))
		strcpy(got, "-");
	is_str(got, column[2], "%s digits", column[1]);
	understand_free(&u);
}

static void test_intent_row(char **column)
{
	struct utterance u;
	struct match m = {99999, 99999};

	ok(understand(&u, column[2], column[0]) == 0, "%s: %s", column[0], column[2]);
	for (size_t i = 0; understand_intents[i] && column[1][0] == '-'; i++)
		ok(!understand_intent(&u, understand_intents[i], NULL), "is not %s",
			understand_intents[i]);
	if (column[1][0] != '-')
		ok(understand_intent(&u, column[1], &m) && m.n > 0 && m.at + m.n <= u.folded.n,
			"is %s", column[1]);
	if (column[1][0] == 'y' || strcmp(column[1], "no") == 0)
		ok(!understand_intent(&u, column[1][0] == 'y' ? "no" : "yes", NULL),
			"and not the other");
	understand_free(&u);
}

static void test_words(void)
{
	static const struct {
		const char *text, *phrase, *match; /* NULL: none */
	} rows[] = {
		{"My Internet is down.", "internet", "internet"},
		{"My Internet is down.", "inter", NULL},
		{"My Internet is down.", "inter*", "internet"},
		{"My Internet is down.", "net", NULL},
		{"My Internet is down.", "internet down", NULL},
		{"My Internet is down.", "internet * down", "internet is down"},
		{"My Internet is down.", "my * * down", "my internet is down"},
		{"a b c d e f", "a * e", "a b c d e"},
		{"a b c d e f", "a * f", NULL},
		{"what", "^what$", "what"},
		{"what is it", "^what$", NULL},
		{"what is it", "^what", "what"},
		{"say what", "^what", NULL},
		{"say what", "what$", "what"},
		{"C'est l'Internet !", "l'internet", "l internet"},
		{"C'est l'Internet !", "internet", "internet"},
		{"le wifi", "Wi-Fi", NULL},
		{"le Wi-Fi", "wi-fi", "wi fi"},
		{"Déjà réglé", "deja regle", "deja regle"},
		{"Зимние шины", "шин*", "шины"},
		{"صيدليّة النّور", "صيدلية", "صيدليه"},
		{"", "a", NULL},
		{"a", "", NULL},
		{"a", "*", NULL},
		{"a", "^$", NULL},
		{"a", "...", NULL},
		{"a", "a*", "a"},
		{"ab", "a*", "ab"},
	};
	struct utterance u;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct match m;
		ok(understand(&u, rows[i].text, "en") == 0, "'%s', '%s'", rows[i].text,
			rows[i].phrase);
		bool found = understand_words(&u, rows[i].phrase, &m);
		is_int(found, rows[i].match != NULL, "is found or not");
		if (found && rows[i].match)
			ok(m.n == strlen(rows[i].match) &&
					memcmp(u.folded.p + m.at, rows[i].match, m.n) == 0,
				"it is '%s'", rows[i].match);
		understand_free(&u);
	}
}

static void test_regex(void)
{
	struct utterance u;
	regmatch_t group[2];
	regex_t r;
	bool folded;

	ok(regcomp(&r, "num.ro ([a-z]+)", REG_EXTENDED | REG_ICASE) == 0, "an expression");
	ok(understand(&u, "Numéro: Été!", "fr") == 0, "a text");
	ok(understand_regex(&u, &r, 2, group, &folded) && folded, "matches when folded");
	ok(group[1].rm_so == 7 && group[1].rm_eo == 10, "and its group");
	regfree(&r);
	ok(regcomp(&r, "É", REG_EXTENDED) == 0 && understand_regex(&u, &r, 0, NULL, &folded) &&
			!folded,
		"or as transcribed");
	regfree(&r);
	ok(regcomp(&r, "x", REG_EXTENDED) == 0 && !understand_regex(&u, &r, 0, NULL, &folded),
		"or not");
	regfree(&r);
	understand_free(&u);
}

static void test_numbers(void)
{
	static const struct {
		const char *language, *text;
		double want; /* -1: none */
	} rows[] = {
		{"en", "twenty-five boxes", 25},
		{"en", "I want one box of 25", 25},
		{"en", "one", 1},
		{"en", "2,500 please", 2500},
		{"en", "two point five", 2.5},
		{"en", "3.14", 3.14},
		{"en", "two and a half", 2.5},
		{"en", "none", -1},
		{"fr", "deux virgule vingt-cinq", 2.25},
		{"fr", "une douzaine", 12},
		{"fr", "trois douzaines", 36},
		{"ar", "عشرين علبة", 20},
		{"ru", "два с половиной", 2.5},
		{"uk", "чотири шини", 4},
	};
	struct utterance u;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double got = -1;
		ok(understand(&u, rows[i].text, rows[i].language) == 0, "%s", rows[i].text);
		is_int(understand_number(&u, &got), rows[i].want >= 0, "has an amount or not");
		ok(got > rows[i].want - 1e-9 && got < rows[i].want + 1e-9, "it is %g",
			rows[i].want);
		understand_free(&u);
	}
}

static void test_backchannels(void)
{
	static const struct {
		const char *language, *text;
		bool is;
	} rows[] = {{"en", "Mm-hm.", true}, {"en", "Uh-huh, okay.", true}, {"en", "Hmmm", true},
		{"en", "okay but no", false}, {"en", "", false}, {"en", "stop", false},
		{"fr", "D'accord, oui oui.", true}, {"fr", "mmh mmh", true},
		{"fr", "oui mais", false}, {"ar", "آه تمام", true}, {"ar", "امممم", true},
		{"ar", "لا", false}, {"ru", "Угу, ясно.", true}, {"ru", "мммм", true},
		{"ru", "нет", false}, {"uk", "Ага, зрозуміло.", true}, {"uk", "так, але", false},
		{"xx", "mm-hm", false}};
	struct utterance u;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ok(understand(&u, rows[i].text, rows[i].language) == 0, "%s", rows[i].text);
		is_int(understand_backchannel(&u), rows[i].is, "shows that one listens, or not");
		understand_free(&u);
	}
}

static void test_limits(void)
{
	static char text[3 * UNDERSTAND_TEXT_MAX], digits[UNDERSTAND_DIGITS_MAX + 1];
	struct utterance u;

	for (size_t i = 0; i + 3 < sizeof(text); i += 2)
		memcpy(text + i, "é", 2);
	ok(understand(&u, text, "fr") == 0 && u.text_bytes == UNDERSTAND_TEXT_MAX, "a long word");
	ok(!understand_words(&u, "e", NULL) && !understand_digits(&u, 1, 9, digits) &&
			understand_sentiment(&u).mood == MOOD_NEUTRAL,
		"means nothing");
	understand_free(&u);
	for (size_t i = 0; i + 3 < sizeof(text); i += 2)
		memcpy(text + i, "4 ", 2);
	ok(understand(&u, text, "fr") == 0 && !understand_digits(&u, 1, 64, digits) &&
			!understand_intent(&u, "yes", NULL),
		"a thousand digits");
	understand_free(&u);
	ok(understand(&u, "?!", NULL) == 0 && understand_nothing(&u), "signs are nothing");
	understand_free(&u);
	ok(understand_intent_words("de", "yes") == NULL &&
			understand_intent_words("en", "x") == NULL &&
			understand_intent_words("en-GB", "yes") != NULL,
		"lists of words");
}

int main(void)
{
	ok(each_row("tests/data/language/digits.tsv", 4, test_digits_row) > 100, "rows of digits");
	ok(each_row("tests/data/language/intents.tsv", 3, test_intent_row) > 150,
		"rows of intents");
	test_words();
	test_regex();
	test_numbers();
	test_backchannels();
	test_limits();
	return done_testing();
}
