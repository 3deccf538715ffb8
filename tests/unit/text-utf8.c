#include "text/utf8.h"

#include "tap.h"

static void test_kinds(void)
{
	static const char upper[] = "AZÀÖØÞŒŸŁŽİΑΩАЯЁЄІЇҐȘẞ", lower[] = "azàöøþœÿłžiαωаяёєіїґșß";
	static const char same[] = "aß×÷ъяعمक中1.";
	static const char punct[] = "!~«»—…،؛؟٪€№", letters[] = "aßяґعªº²µ中";
	uint32_t a, b;

	for (size_t i = 0, j = 0; upper[i];) {
		i += utf8_next(upper + i, sizeof(upper) - 1 - i, &a);
		j += utf8_next(lower + j, sizeof(lower) - 1 - j, &b);
		ok(utf8_lower(a) == b && utf8_is_upper(a) && !utf8_is_lower(a) &&
				utf8_is_lower(b) && !utf8_is_upper(b),
			"U+%04X and its lower case U+%04X", (unsigned)a, (unsigned)b);
	}
	for (size_t i = 0; same[i];) {
		i += utf8_next(same + i, sizeof(same) - 1 - i, &a);
		is_int(utf8_lower(a), a, "U+%04X has no other lower case", (unsigned)a);
	}
	for (size_t i = 0; punct[i];) {
		i += utf8_next(punct + i, sizeof(punct) - 1 - i, &a);
		is_int(utf8_kind(a), a == 0x2116 ? UTF8_LETTER : UTF8_PUNCT, "U+%04X", (unsigned)a);
	}
	for (size_t i = 0; letters[i];) {
		i += utf8_next(letters + i, sizeof(letters) - 1 - i, &a);
		is_int(utf8_kind(a), UTF8_LETTER, "U+%04X is a letter", (unsigned)a);
	}
	is_int(utf8_kind(0x64e), UTF8_MARK, "fatha is a mark");
	is_int(utf8_kind(0xa0), UTF8_BLANK, "a no-break space is blank");
	is_int(utf8_digit(0x665), 5, "Arabic-Indic five");
	is_int(utf8_digit(0x6f7), 7, "Persian seven");
	is_int(utf8_digit('a'), -1, "no digit");
}

int main(void)
{
	test_kinds();
	return done_testing();
}
