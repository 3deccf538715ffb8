#include "base/near.h"

#include <stdint.h>

#include "tap.h"

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
	}
	return done_testing();
}
