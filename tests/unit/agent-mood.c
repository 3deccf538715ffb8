/* tests/data/language/mood.tsv, and what sentiments and intents promise whatever the language. */
#include "understand.h"

#include "tap.h"

static struct sentiment mood(const char *language, const char *text)
{
	struct sentiment s = {MOOD_NEUTRAL, -1};
	struct utterance u;

	if (understand(&u, text, language) == 0)
		s = understand_sentiment(&u);
	understand_free(&u);
	return s;
}

static void test_row(char *line)
{
	static const char signs[] = "+-=?";
	char *want = strchr(line, '\t'), *text = want ? strchr(want + 1, '\t') : NULL;

	if (!text) {
		ok(false, "a row without three columns: %s", line);
		return;
	}
	*want++ = *text++ = '\0';
	struct sentiment s = mood(line, text);
	ok(signs[s.mood] == *want, "%s %s '%s': %s", line, want, text, mood_name(s.mood));
	if (want[0] == '+' || want[0] == '-')
		ok((s.confidence > .6) == (want[1] == want[0]), "its confidence is %.2f",
			s.confidence);
	ok(s.confidence >= 0 && s.confidence <= 1, "from 0 to 1");
}

int main(void)
{
	FILE *f = fopen("tests/data/language/mood.tsv", "r");
	char line[512];
	int rows = 0;

	if (!f) {
		ok(false, "tests/data/language/mood.tsv");
		return done_testing();
	}
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		test_row(line);
		rows++;
	}
	fclose(f);
	ok(rows >= 5 * 60, "%d sentences", rows);
	ok(mood("xx", "yes").mood == MOOD_NEUTRAL, "a language that is not known is neutral");
	ok(mood("fr-CA", "oui").mood == MOOD_POSITIVE, "a region changes nothing");
	return done_testing();
}
