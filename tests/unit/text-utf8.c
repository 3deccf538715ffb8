#include "text/utf8.h"

#include "random.h"
#include "tap.h"

static void test_round_trip(void)
{
	bool good = true;
	uint32_t code, back;
	char out[4];

	for (code = 0; code <= 0x10ffff && good; code++) {
		size_t n = utf8_encode(code, out);
		bool surrogate = code >= 0xd800 && code < 0xe000;
		good = surrogate ? utf8_decode(out, n, &back) < 0
				 : utf8_decode(out, n, &back) == (int)n && back == code &&
				utf8_previous(out, n, &back) == n && back == code &&
				utf8_valid(out, n) &&
				(n == 1 ||
					(utf8_decode(out, n - 1, &back) < 0 &&
						!utf8_valid(out, n - 1)));
	}
	ok(good,
		"every character is written and read back, forwards and backwards; no surrogate, none cut short");
}

static void test_malformed(void)
{
	static const struct {
		const char *bytes;
		int result; /* of utf8_decode */
	} rows[] = {{"\x80", -1}, {"\xc0\xaf", -1}, {"\xc3", -1}, {"\xe0\x80\xaf", -1},
		{"\xe2\x82", -2}, {"\xed\xa0\x80", -1}, {"\xf0\x90\x80", -3},
		{"\xf4\x90\x80\x80", -1}, {"\xff", -1}};
	uint32_t code;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int(utf8_decode(rows[i].bytes, strlen(rows[i].bytes), &code), rows[i].result,
			"malformed row %zu", i);
}

static void test_cut(void)
{
	static const char text[] = "aé€😀";
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
	static const char bytes[] = "\x80\x80\x80\x80\x80\x80\x80\x80";

	for (size_t max = 0; max < ARRAY_LEN(want); max++)
		is_int(utf8_cut(text, sizeof(text) - 1, max), want[max], "cut at %zu", max);
	is_int(utf8_cut(bytes, 8, 6), 6, "bytes that are no text are cut anywhere");
}

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
	test_round_trip();
	test_malformed();
	test_cut();
	test_kinds();
	return done_testing();
}
