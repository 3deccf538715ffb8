#include "base/near.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "tap.h"

/* Of all words of up to five bytes that have three letters. */
static bool agree(void)
{
	char word[364][6] = {""};
	size_t n = 1;

	for (size_t i = 0; n < ARRAY_LEN(word); i++)
		for (size_t c = 0; c < 3; c++) {
			memcpy(word[n], word[i], sizeof(word[n]));
			word[n++][strlen(word[i])] = "abc"[c];
		}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (near_is_slip(word[i], word[k]) !=
				(near_distance(word[i], word[k]) <= 1)) {
				printf("# '%s' and '%s'\n", word[i], word[k]);
				return false;
			}
	return strcmp(word[n - 1], "ccccc") == 0;
}

int main(void)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} t[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"call", "call", 0},
		{"call", "cal", 1},
		{"call", "calll", 1},
		{"call", "cail", 1},
		{"call", "calL", 1},
		{"call", "clal", 1},
		{"abcd", "badc", 2},
		{"stt", "tts", 2},
		{"kitten", "sitting", 3},
		{"1234567890123456789012345678901234567890",
			"1234567890123456789012345678901234567890", 0},
		{"12345678901234567890123456789012345678901", "1", SIZE_MAX},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ok(near_distance(t[i].a, t[i].b) == t[i].distance, "'%s' and '%s'", t[i].a, t[i].b);
		ok(near_distance(t[i].b, t[i].a) == t[i].distance, "and back");
		ok(near_is_slip(t[i].a, t[i].b) == (t[i].distance <= 1), "a slip or not");
		ok(near_is_slip(t[i].b, t[i].a) == (t[i].distance <= 1), "and back");
	}
	ok(agree(), "a slip is a distance of one");
	return done_testing();
}
