#include "text/fold.h"

#include <stdlib.h>

#include "text/utf8.h"

/* The letters that become another, or two; lower case, in order. */
static const struct letter {
	uint32_t code;  /* as written */
	const char *to; /* folded */
} letters[] = {{0x00aa, "a"}, {0x00b2, "2"}, {0x00b3, "3"}, {0x00b5, "µ"}, {0x00b9, "1"},
	{0x00ba, "o"}, {0x00df, "ss"}, {0x00e0, "a"}, {0x00e1, "a"}, {0x00e2, "a"}, {0x00e3, "a"},
	{0x00e4, "a"}, {0x00e5, "a"}, {0x00e6, "ae"}, {0x00e7, "c"}, {0x00e8, "e"}, {0x00e9, "e"},
	{0x00ea, "e"}, {0x00eb, "e"}, {0x00ec, "i"}, {0x00ed, "i"}, {0x00ee, "i"}, {0x00ef, "i"},
	{0x00f0, "d"}, {0x00f1, "n"}, {0x00f2, "o"}, {0x00f3, "o"}, {0x00f4, "o"}, {0x00f5, "o"},
	{0x00f6, "o"}, {0x00f8, "o"}, {0x00f9, "u"}, {0x00fa, "u"}, {0x00fb, "u"}, {0x00fc, "u"},
	{0x00fd, "y"}, {0x00fe, "th"}, {0x00ff, "y"}, {0x0101, "a"}, {0x0103, "a"}, {0x0105, "a"},
	{0x0107, "c"}, {0x0109, "c"}, {0x010b, "c"}, {0x010d, "c"}, {0x010f, "d"}, {0x0111, "d"},
	{0x0113, "e"}, {0x0115, "e"}, {0x0117, "e"}, {0x0119, "e"}, {0x011b, "e"}, {0x011d, "g"},
	{0x011f, "g"}, {0x0121, "g"}, {0x0123, "g"}, {0x0125, "h"}, {0x0127, "h"}, {0x0129, "i"},
	{0x012b, "i"}, {0x012d, "i"}, {0x012f, "i"}, {0x0131, "i"}, {0x0133, "ij"}, {0x0135, "j"},
	{0x0137, "k"}, {0x013a, "l"}, {0x013c, "l"}, {0x013e, "l"}, {0x0140, "l"}, {0x0142, "l"},
	{0x0144, "n"}, {0x0146, "n"}, {0x0148, "n"}, {0x0149, "n"}, {0x014d, "o"}, {0x014f, "o"},
	{0x0151, "o"}, {0x0153, "oe"}, {0x0155, "r"}, {0x0157, "r"}, {0x0159, "r"}, {0x015b, "s"},
	{0x015d, "s"}, {0x015f, "s"}, {0x0161, "s"}, {0x0163, "t"}, {0x0165, "t"}, {0x0167, "t"},
	{0x0169, "u"}, {0x016b, "u"}, {0x016d, "u"}, {0x016f, "u"}, {0x0171, "u"}, {0x0173, "u"},
	{0x0175, "w"}, {0x0177, "y"}, {0x017a, "z"}, {0x017c, "z"}, {0x017e, "z"}, {0x017f, "s"},
	{0x0219, "s"}, {0x021b, "t"}, {0x03ac, "α"}, {0x03ad, "ε"}, {0x03ae, "η"}, {0x03af, "ι"},
	{0x03c2, "σ"}, {0x03cc, "ο"}, {0x03cd, "υ"}, {0x03ce, "ω"},
	/* Cyrillic */
	{0x0450, "е"}, {0x0451, "е"}, {0x0457, "і"}, {0x045d, "и"}, {0x0491, "г"},
	/* Arabic */
	{0x0621, ""}, {0x0622, "ا"}, {0x0623, "ا"}, {0x0624, "و"}, {0x0625, "ا"}, {0x0626, "ي"},
	{0x0629, "ه"}, {0x0649, "ي"}, {0x0671, "ا"}, {0x0672, "ا"}, {0x0673, "ا"}, {0x06a9, "ك"},
	{0x06aa, "ك"}, {0x06be, "ه"}, {0x06c0, "ه"}, {0x06c1, "ه"}, {0x06c3, "ه"}, {0x06cc, "ي"},
	{0x06cd, "ي"}, {0x06d2, "ي"}, {0x06d5, "ه"},
	/* letters that are numbers, and ligatures */
	{0x2070, "0"}, {0x2074, "4"}, {0x2075, "5"}, {0x2076, "6"}, {0x2077, "7"}, {0x2078, "8"},
	{0x2079, "9"}, {0x2080, "0"}, {0x2081, "1"}, {0x2082, "2"}, {0x2083, "3"}, {0x2084, "4"},
	{0x2085, "5"}, {0x2086, "6"}, {0x2087, "7"}, {0x2088, "8"}, {0x2089, "9"}, {0x2116, "no"},
	{0xfb00, "ff"}, {0xfb01, "fi"}, {0xfb02, "fl"}, {0xfb03, "ffi"}, {0xfb04, "ffl"},
	{0xfb05, "st"}, {0xfb06, "st"}};

/* Arabic presentation forms from U+FE80 on: each letter, folded, and how many forms it has there. */
static const struct {
	const char *to; /* folded */
	int forms;      /* characters */
} shapes[] = {{"", 1}, {"ا", 2}, {"ا", 2}, {"و", 2}, {"ا", 2}, {"ي", 4}, {"ا", 2}, {"ب", 4},
	{"ه", 2}, {"ت", 4}, {"ث", 4}, {"ج", 4}, {"ح", 4}, {"خ", 4}, {"د", 2}, {"ذ", 2}, {"ر", 2},
	{"ز", 2}, {"س", 4}, {"ش", 4}, {"ص", 4}, {"ض", 4}, {"ط", 4}, {"ظ", 4}, {"ع", 4}, {"غ", 4},
	{"ف", 4}, {"ق", 4}, {"ك", 4}, {"ل", 4}, {"م", 4}, {"ن", 4}, {"ه", 4}, {"و", 2}, {"ي", 2},
	{"ي", 4}, {"لا", 8}};

/* Latin letters and the Cyrillic ones that look the same. */
static const struct {
	char latin;           /* lower case */
	const char *cyrillic; /* folded */
} lookalikes[] = {{'a', "а"}, {'c', "с"}, {'e', "е"}, {'i', "і"}, {'o', "о"}, {'p', "р"},
	{'x', "х"}, {'y', "у"}};

static bool is_cyrillic(uint32_t code)
{
	return code >= 0x400 && code <= 0x52f;
}

static int compare_letter(const void *key, const void *row)
{
	uint32_t code = *(const uint32_t *)key, other = ((const struct letter *)row)->code;

	return code < other ? -1 : code > other;
}

static const char *shape(uint32_t code)
{
	uint32_t first = 0xfe80;

	for (size_t i = 0; i < ARRAY_LEN(shapes); first += (uint32_t)shapes[i++].forms)
		if (code >= first && code < first + (uint32_t)shapes[i].forms)
			return shapes[i].to;
	return NULL;
}

/* What a letter becomes; NULL if it stays. */
static const char *folded(uint32_t code)
{
	const struct letter *found = NULL;

	if (code >= 0x80)
		found = bsearch(
			&code, letters, ARRAY_LEN(letters), sizeof(*letters), compare_letter);
	return found ? found->to : shape(code);
}

/* The Cyrillic letter for a Latin one; NULL if there is none. */
static const char *lookalike(char latin)
{
	for (size_t i = 0; i < ARRAY_LEN(lookalikes); i++)
		if (lookalikes[i].latin == latin)
			return lookalikes[i].cyrillic;
	return NULL;
}

static void add_folded(struct dynbuf *ret, uint32_t code, bool cyrillic)
{
	char own[5] = "";
	const char *to = folded(code);

	if (!to) {
		own[utf8_encode(code, own)] = '\0';
		to = own;
	}
	for (; *to; to++) {
		const char *same = cyrillic ? lookalike(*to) : NULL;
		if (same)
			dynbuf_adds(ret, same);
		else
			dynbuf_add(ret, to, 1);
	}
}

static bool is_apostrophe(uint32_t code)
{
	return code == '\'' || code == '`' || code == 0xb4 || code == 0x2bc || code == 0x2bb ||
		code == 0x2b9 || code == 0x2018 || code == 0x2019 || code == 0x201b ||
		code == 0x2032;
}

/* Does an apostrophe behind that letter and before the n bytes at rest stay inside the word? */
static bool joins(uint32_t letter, bool first, const char *rest, size_t n)
{
	uint32_t next = 0, after = ' ';

	if (n == 0)
		return false;
	size_t bytes = utf8_next(rest, n, &next);
	if (bytes < n)
		utf8_next(rest + bytes, n - bytes, &after);
	if (is_cyrillic(letter))
		return is_cyrillic(next);
	return letter == 'n' && !first && utf8_lower(next) == 't' &&
		utf8_kind(after) != UTF8_LETTER;
}

/* Bytes of the word at p, marks and apostrophes in it included; 0 if there is none. */
static size_t word_bytes(const char *p, size_t n, bool *ret_cyrillic)
{
	uint32_t code, letter = 0;
	size_t i = 0, letters_seen = 0;

	*ret_cyrillic = false;
	while (i < n) {
		size_t bytes = utf8_next(p + i, n - i, &code);
		enum utf8_kind kind = utf8_kind(code);
		if (kind == UTF8_LETTER || kind == UTF8_DIGIT) {
			letter = utf8_lower(code);
			letters_seen++;
			*ret_cyrillic = *ret_cyrillic || is_cyrillic(letter);
		} else if (kind != UTF8_MARK &&
			!(is_apostrophe(code) &&
				joins(letter, letters_seen < 2, p + i + bytes, n - i - bytes)))
			break;
		i += bytes;
	}
	return i;
}

static void add_word(struct dynbuf *ret, const char *p, size_t n, bool cyrillic)
{
	size_t before = ret->n;
	uint32_t code, next;

	if (before > 0)
		dynbuf_adds(ret, " ");
	size_t start = ret->n;
	for (size_t i = 0; i < n;) {
		i += utf8_next(p + i, n - i, &code);
		int digit = utf8_digit(code);
		if (code == 0x418 || code == 0x438) { /* й may be written as и and its breve */
			bool breve = i < n && utf8_next(p + i, n - i, &next) && next == 0x306;
			add_folded(ret, breve ? 0x439 : 0x438, false);
		} else if (digit >= 0) {
			add_folded(ret, (uint32_t)('0' + digit), false);
		} else if (utf8_kind(code) == UTF8_LETTER) {
			code = utf8_lower(code);
			add_folded(ret, code >= 0xff21 && code <= 0xff5a ? code - 0xfee0 : code,
				cyrillic);
		}
	}
	if (ret->n == start && !dynbuf_failed(ret))
		dynbuf_truncate(ret, before); /* a lone hamza */
}

int fold_text(const char *text, size_t n, struct dynbuf *ret)
{
	bool cyrillic;
	uint32_t code;

	dynbuf_reset(ret);
	for (size_t i = 0; i < n;) {
		size_t bytes = word_bytes(text + i, n - i, &cyrillic);
		if (bytes > 0)
			add_word(ret, text + i, bytes, cyrillic);
		else
			bytes = utf8_next(text + i, n - i, &code);
		i += bytes;
	}
	return dynbuf_failed(ret) ? -1 : 0;
}
