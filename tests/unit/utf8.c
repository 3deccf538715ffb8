#include "base/utf8.h"

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

static void repaired(const char *said, const char *want)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", said);
	utf8_repair(text);
	is_str(text, want, "repaired: %s", want);
}

static void test_repair(void)
{
	repaired("", "");
	repaired("aé€😀", "aé€😀");
	repaired("Zeit\xfc"
		 "berschreitung",
		"Zeit?berschreitung");
	repaired("cut \xe2\x82", "cut ??");
	repaired("\xed\xa0\x80\xff\xc0\x80z", "??????z");
}

int main(void)
{
	test_round_trip();
	test_malformed();
	test_cut();
	test_repair();
	return done_testing();
}
