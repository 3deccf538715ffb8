#include "text/utf8.h"

struct range {
	uint32_t first, last; /* characters */
	enum utf8_kind kind;  /* of all of them */
};

/* What is no letter, in order. */
static const struct range ranges[] = {
	{0x0000, 0x0020, UTF8_BLANK},
	{0x0021, 0x002f, UTF8_PUNCT},
	{0x0030, 0x0039, UTF8_DIGIT},
	{0x003a, 0x0040, UTF8_PUNCT},
	{0x005b, 0x0060, UTF8_PUNCT},
	{0x007b, 0x007e, UTF8_PUNCT},
	{0x007f, 0x00a0, UTF8_BLANK},
	{0x00a1, 0x00a9, UTF8_PUNCT},
	{0x00ab, 0x00ac, UTF8_PUNCT},
	{0x00ad, 0x00ad, UTF8_MARK},
	{0x00ae, 0x00b1, UTF8_PUNCT},
	{0x00b4, 0x00b4, UTF8_PUNCT},
	{0x00b6, 0x00b8, UTF8_PUNCT},
	{0x00bb, 0x00bf, UTF8_PUNCT},
	{0x00d7, 0x00d7, UTF8_PUNCT},
	{0x00f7, 0x00f7, UTF8_PUNCT},
	{0x02b0, 0x02ff, UTF8_PUNCT}, /* U+02BC, an apostrophe, among them */
	{0x0300, 0x036f, UTF8_MARK},
	{0x0483, 0x0489, UTF8_MARK},
	{0x0591, 0x05c7, UTF8_MARK},
	{0x0600, 0x060f, UTF8_PUNCT},
	{0x0610, 0x061a, UTF8_MARK},
	{0x061b, 0x061f, UTF8_PUNCT},
	{0x0640, 0x0640, UTF8_MARK},
	{0x064b, 0x065f, UTF8_MARK},
	{0x0660, 0x0669, UTF8_DIGIT},
	{0x066a, 0x066d, UTF8_PUNCT},
	{0x0670, 0x0670, UTF8_MARK},
	{0x06d4, 0x06d4, UTF8_PUNCT},
	{0x06d6, 0x06ed, UTF8_MARK},
	{0x06f0, 0x06f9, UTF8_DIGIT},
	{0x1680, 0x1680, UTF8_BLANK},
	{0x2000, 0x200a, UTF8_BLANK},
	{0x200b, 0x200f, UTF8_MARK},
	{0x2010, 0x2027, UTF8_PUNCT},
	{0x2028, 0x2029, UTF8_BLANK},
	{0x202a, 0x202e, UTF8_MARK},
	{0x202f, 0x202f, UTF8_BLANK},
	{0x2030, 0x205e, UTF8_PUNCT},
	{0x205f, 0x205f, UTF8_BLANK},
	{0x2060, 0x206f, UTF8_MARK},
	{0x207a, 0x207e, UTF8_PUNCT},
	{0x208a, 0x208e, UTF8_PUNCT},
	{0x20a0, 0x20cf, UTF8_PUNCT},
	{0x20d0, 0x20ff, UTF8_MARK},
	{0x2100, 0x2101, UTF8_PUNCT},
	{0x2103, 0x2109, UTF8_PUNCT},
	{0x2190, 0x2bff, UTF8_PUNCT},
	{0x2e00, 0x2e7f, UTF8_PUNCT},
	{0x3000, 0x3000, UTF8_BLANK},
	{0x3001, 0x3004, UTF8_PUNCT},
	{0x3008, 0x3020, UTF8_PUNCT},
	{0xe000, 0xf8ff, UTF8_PUNCT},
	{0xfd3e, 0xfd3f, UTF8_PUNCT},
	{0xfe00, 0xfe0f, UTF8_MARK},
	{0xfe10, 0xfe6f, UTF8_PUNCT},
	{0xfeff, 0xfeff, UTF8_MARK},
	{0xff01, 0xff0f, UTF8_PUNCT},
	{0xff10, 0xff19, UTF8_DIGIT},
	{0xff1a, 0xff20, UTF8_PUNCT},
	{0xff3b, 0xff40, UTF8_PUNCT},
	{0xff5b, 0xff65, UTF8_PUNCT},
	{0xfff0, 0xffff, UTF8_PUNCT},
	{0x1f000, 0x1faff, UTF8_PUNCT},
	{0xe0000, 0x10ffff, UTF8_MARK},
};

enum utf8_kind utf8_kind(uint32_t code)
{
	size_t low = 0, high = ARRAY_LEN(ranges);

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (code > ranges[mid].last)
			low = mid + 1;
		else if (code < ranges[mid].first)
			high = mid;
		else
			return ranges[mid].kind;
	}
	return UTF8_LETTER;
}

int utf8_digit(uint32_t code)
{
	if (utf8_kind(code) != UTF8_DIGIT)
		return -1;
	return (int)(code < 0x80        ? code - '0'
			: code < 0x06f0 ? code - 0x0660
			: code < 0xff10 ? code - 0x06f0
					: code - 0xff10);
}

uint32_t utf8_lower(uint32_t code)
{
	if (code < 0x80)
		return code >= 'A' && code <= 'Z' ? code + 32 : code;
	if ((code >= 0xc0 && code <= 0xde && code != 0xd7) || (code >= 0x391 && code <= 0x3a9) ||
		(code >= 0x410 && code <= 0x42f) || (code >= 0xff21 && code <= 0xff3a))
		return code + 32;
	if (code >= 0x400 && code <= 0x40f)
		return code + 80;
	if (code == 0x130) /* I with a dot: to i, as no other letter is its lower case */
		return 'i';
	if (code == 0x178)
		return 0xff;
	if (code == 0x1e9e)
		return 0xdf;
	/* Pairs that begin at an odd number, then those that begin at an even one. */
	if ((code >= 0x139 && code <= 0x147) || (code >= 0x179 && code <= 0x17d) ||
		(code >= 0x4c1 && code <= 0x4cd))
		return code & 1 ? code + 1 : code;
	if ((code >= 0x100 && code <= 0x137) || (code >= 0x14a && code <= 0x177) ||
		(code >= 0x218 && code <= 0x21b) || (code >= 0x460 && code <= 0x481) ||
		(code >= 0x48a && code <= 0x4bf) || (code >= 0x4d0 && code <= 0x52f) ||
		(code >= 0x1e00 && code <= 0x1e95) || (code >= 0x1ea0 && code <= 0x1eff))
		return code | 1;
	return code;
}

uint32_t utf8_upper(uint32_t code)
{
	/* how far the upper case is before the lower one, as utf8_lower has it */
	static const uint32_t before[] = {32, 80, 1, 0xff - 0x178};

	if (code < 0x80)
		return code >= 'a' && code <= 'z' ? code - 32 : code;
	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		if (code >= 0x80 + before[i] && utf8_lower(code - before[i]) == code)
			return code - before[i];
	return code;
}

bool utf8_is_upper(uint32_t code)
{
	return utf8_lower(code) != code;
}

bool utf8_is_lower(uint32_t code)
{
	if (code < 0x80)
		return code >= 'a' && code <= 'z';
	if (utf8_is_upper(code) || utf8_kind(code) != UTF8_LETTER)
		return false;
	return (code >= 0xdf && code <= 0x24f) || (code >= 0x3ac && code <= 0x3ce) ||
		(code >= 0x430 && code <= 0x52f && code != 0x482) ||
		(code >= 0x1e00 && code <= 0x1eff) || (code >= 0xff41 && code <= 0xff5a);
}
