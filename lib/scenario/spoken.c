#include "scenario/spoken.h"

#include <string.h>

#include "text/sentence.h"

/* Behind what ends a sentence, with the quotes and brackets that close there. */
static bool ended(const char *s, size_t n)
{
	static const char *const marks[] = {".", "!", "?", "…", "؟", "۔"};
	static const char *const closing[] = {"\"", "'", ")", "]", "»", "”", "’", "›"};
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < ARRAY_LEN(closing); i++) {
			size_t k = strlen(closing[i]);
			if (n > k && memcmp(s + n - k, closing[i], k) == 0) {
				n -= k;
				again = true;
			}
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		size_t k = strlen(marks[i]);
		if (n >= k && memcmp(s + n - k, marks[i], k) == 0)
			return true;
	}
	return false;
}

enum spoken spoken_check(const char *text)
{
	size_t n = strlen(text), pos = 0, bytes, last_bytes = 0;
	const char *s, *last = NULL;

	for (; sentence_next(text, n, &pos, &s, &bytes); last = s, last_bytes = bytes) {
		/* a long sentence is cut: then there is neither a mark nor a line's end between its pieces */
		if (last && last_bytes >= SENTENCE_MAX / 4 && !ended(last, last_bytes) &&
			!memchr(last + last_bytes, '\n', (size_t)(s - last) - last_bytes))
			return SPOKEN_TOO_LONG;
	}
	return last ? SPOKEN_OK : SPOKEN_NOTHING;
}
