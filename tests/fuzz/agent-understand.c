/* agent-understand: a language, a pattern up to a line feed, then what was said. Matches lie in the folded text, digits
 * are digits of the wanted length, no utterance is a yes and a no, moods have confidences.
 */
#include "understand.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_match(const struct utterance *u, bool found, const struct match *m)
{
	MUST(!found || (m->n > 0 && m->at + m->n <= u->folded.n));
}

static void try_digits(const struct utterance *u)
{
	char digits[UNDERSTAND_DIGITS_MAX + 1];

	for (int min = 0; min < 12; min += 3)
		if (understand_digits(u, min, min + 2, digits)) {
			MUST(strspn(digits, "0123456789") == strlen(digits));
			MUST(strlen(digits) > 0 && strlen(digits) >= (size_t)min &&
				strlen(digits) <= (size_t)min + 2);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const codes[] = {"en", "fr", "ar", "ru", "uk", "xx"};
	struct utterance u;
	struct match m;
	double value = 0;

	if (size == 0)
		return 0;
	char *text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	char *said = strchr(text, '\n');
	if (said)
		*said++ = '\0';
	MUST(understand(&u, said ? said : text, codes[data[0] % 6]) == 0);
	try_match(&u, said && understand_words(&u, text, &m), &m);
	for (size_t i = 0; understand_intents[i]; i++)
		try_match(&u, understand_intent(&u, understand_intents[i], &m), &m);
	MUST(!(understand_intent(&u, "yes", NULL) && understand_intent(&u, "no", NULL)));
	try_digits(&u);
	MUST(!understand_number(&u, &value) || value >= 0);
	struct sentiment s = understand_sentiment(&u);
	MUST(s.confidence >= 0 && s.confidence <= 1 && mood_name(s.mood));
	MUST(!understand_nothing(&u) || s.confidence == 0);
	(void)understand_backchannel(&u);
	understand_free(&u);
	free(text);
	return 0;
}
