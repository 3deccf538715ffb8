#include "text/e164-read.h"

#include <string.h>

#include "text/e164-plan.h"
#include "text/utf8.h"

/* A character becomes one byte, so that all that follows compares bytes: what has a meaning is itself in ASCII, letters
 * in lower case; the rest is one of these. Letters of extensions that are not ASCII's are capitals. */
enum {
	NOTHING = 0, /* left out */
	PUNCT = '(', /* stands in numbers, and means nothing */
	JUNK = '!',  /* does not */
	LETTER = 'L',
	ACUTE = 'U', /* combining */
};

struct line {
	uint8_t c[E164_TEXT_MAX]; /* characters as above */
	size_t n;                 /* of them */
};

/* What the characters of ASCII become, 16 a line. */
static const char ascii[] = "!!!!!!!!! !!!!!!"
			    "!!!!!!!!!!!!!!!!"
			    " !!#!!!!((*+,-./"
			    "0123456789:;!=!!"
			    "!abcdefghijklmno"
			    "pqrstuvwxyz(\\(!!"
			    "!abcdefghijklmno"
			    "pqrstuvwxyz!!!~!";

/* Ranges of characters beyond ASCII, in order. */
static const struct {
	uint32_t first, last;
	uint8_t as;
} others[] = {
	{0x00a0, 0x00a0, ' '},   /* no-break space */
	{0x00ad, 0x00ad, PUNCT}, /* soft hyphen */
	{0x00d3, 0x00d3, 'Q'},   /* O with acute */
	{0x00f3, 0x00f3, 'Q'},
	{0x0301, 0x0301, ACUTE},
	{0x0411, 0x0411, 'B'}, /* Cyrillic: be, de, o */
	{0x0414, 0x0414, 'D'},
	{0x041e, 0x041e, 'O'},
	{0x0431, 0x0431, 'B'},
	{0x0434, 0x0434, 'D'},
	{0x043e, 0x043e, 'O'},
	{0x061c, 0x061c, NOTHING}, /* direction */
	{0x2000, 0x200a, ' '},     /* spaces of all widths */
	{0x200b, 0x200b, PUNCT},
	{0x200c, 0x200f, NOTHING}, /* joiners, direction */
	{0x2010, 0x2015, PUNCT},   /* hyphens and dashes */
	{0x202a, 0x202e, NOTHING}, /* direction */
	{0x202f, 0x202f, ' '},     /* narrow no-break space */
	{0x2053, 0x2053, PUNCT},
	{0x205f, 0x205f, ' '},
	{0x2060, 0x2060, PUNCT},
	{0x2066, 0x2069, NOTHING}, /* direction */
	{0x2212, 0x2212, PUNCT},   /* minus */
	{0x223c, 0x223c, PUNCT},
	{0x3000, 0x3000, PUNCT}, /* ideographic space */
	{0x30fc, 0x30fc, PUNCT},
	{0xfeff, 0xfeff, NOTHING}, /* byte order mark */
	{0xff03, 0xff03, '#'},     /* wide forms */
	{0xff08, 0xff09, PUNCT},
	{0xff0b, 0xff0b, '+'},
	{0xff0d, 0xff0d, PUNCT},
	{0xff0e, 0xff0e, '.'},
	{0xff0f, 0xff0f, PUNCT},
	{0xff25, 0xff25, 'E'},
	{0xff29, 0xff29, 'I'},
	{0xff2e, 0xff2e, 'N'},
	{0xff34, 0xff34, 'T'},
	{0xff38, 0xff38, 'X'},
	{0xff3b, 0xff3b, PUNCT},
	{0xff3d, 0xff3d, PUNCT},
	{0xff45, 0xff45, 'E'},
	{0xff49, 0xff49, 'I'},
	{0xff4e, 0xff4e, 'N'},
	{0xff54, 0xff54, 'T'},
	{0xff58, 0xff58, 'X'},
	{0xff5e, 0xff5e, '~'},
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

/* What Unicode has as a letter or a digit. */
static bool is_word(uint8_t c)
{
	return is_digit(c) || is_letter(c) || (c >= 'A' && c <= 'Z' && c != ACUTE);
}

static uint8_t beyond_ascii(uint32_t code)
{
	for (size_t i = 0; e164_zeros[i] <= code; i++)
		if (code - e164_zeros[i] < 10)
			return '0' + (code - e164_zeros[i]);
	for (size_t i = 0; i < ARRAY_LEN(others) && others[i].first <= code; i++)
		if (code <= others[i].last)
			return others[i].as;
	return utf8_kind(code) == UTF8_LETTER ? LETTER : JUNK;
}

/* -1: there are too many. */
static int fold(const char *text, size_t n, struct line *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < n;) {
		unsigned char byte = text[i];
		uint8_t c;

		if (byte < 128) {
			c = ascii[byte];
			i++;
		} else {
			uint32_t code;

			i += utf8_next(text + i, n - i, &code);
			c = beyond_ascii(code);
		}
		if (c == NOTHING)
			continue;
		if (ret->n == E164_TEXT_MAX)
			return -1;
		ret->c[ret->n++] = c;
	}
	return 0;
}

static void cut(struct line *l, size_t first, size_t last)
{
	l->n = last - first;
	memmove(l->c, l->c + first, l->n);
}

/* Where word stands, or l->n. */
static size_t find(const struct line *l, const char *word)
{
	const uint8_t *at = memmem(l->c, l->n, word, strlen(word));

	return at ? (size_t)(at - l->c) : l->n;
}

/* "tel:612345678;phone-context=+33": the context goes in front. A domain says nothing. */
static bool take_context(struct line *l)
{
	static const char name[] = ";phone-context=", scheme[] = "tel:";
	size_t at = find(l, name), from = at + strlen(name), to = from, number;
	struct line ret;

	if (at == l->n)
		return false;
	number = find(l, scheme);
	if (from + 1 < l->n && l->c[from] == '+')
		while (to < l->n && l->c[to] != ';')
			to++;
	number = number < at ? number + strlen(scheme) : 0;
	memcpy(ret.c, l->c + from, to - from);
	memcpy(ret.c + (to - from), l->c + number, at - number);
	ret.n = to - from + at - number;
	*l = ret;
	return true;
}

/* From the first + or digit to the last letter, digit or #, or to the extension of a second number. */
static void take_number(struct line *l)
{
	size_t first = 0, last = l->n;

	while (first < l->n && l->c[first] != '+' && !is_digit(l->c[first]))
		first++;
	while (last > first && !is_word(l->c[last - 1]) && l->c[last - 1] != '#')
		last--;
	for (size_t i = first; i < last; i++) {
		size_t x = i + 1;

		if (l->c[i] != '/' && l->c[i] != '\\')
			continue;
		while (x < last && l->c[x] == ' ')
			x++;
		if (x < last && l->c[x] == 'x')
			last = i;
	}
	cut(l, first, last);
}

static bool is_punct(uint8_t c)
{
	return c == PUNCT || c == ' ' || c == '-' || c == '.' || c == '/' || c == '~' || c == 'x' ||
		c == '*';
}

/* Three digits, with + before them and nothing but punctuation between, then letters, too. */
static bool is_number(const uint8_t *c, size_t n)
{
	size_t i = 0, digits = 0;

	if (n == 2)
		return is_digit(c[0]) && is_digit(c[1]);
	while (i < n && c[i] == '+')
		i++;
	for (; i < n && digits < 3; i++)
		if (is_digit(c[i]))
			digits++;
		else if (!is_punct(c[i]))
			return false;
	for (; i < n; i++)
		if (!is_digit(c[i]) && !is_punct(c[i]) && !is_letter(c[i]))
			return false;
	return digits == 3;
}

/* What an extension may be called, and how many digits it then has. Longer names first where one ends as another. */
static const struct {
	const char *name;
	size_t max; /* digits */
} labels[] = {
	{"extensio", 20},
	{"xtensio", 20},
	{"extension", 20},
	{"xtension", 20},
	{"extensioUn", 20},
	{"xtensioUn", 20},
	{"extensioU", 20},
	{"xtensioU", 20},
	{"extensiQn", 20},
	{"xtensiQn", 20},
	{"extensiQ", 20},
	{"xtensiQ", 20},
	{"extn", 20},
	{"xtn", 20},
	{"ext", 20},
	{"xt", 20},
	{"EXTN", 20},
	{"XTN", 20},
	{"EXT", 20},
	{"XT", 20},
	{"DOB", 20},
	{"anexo", 20},
	{"int", 9},
	{"INT", 9},
	{"x", 9},
	{"X", 9},
	{"#", 9},
	{"~", 9},
};

/* A blank between a number and the name of its extension. */
static bool is_gap(uint8_t c)
{
	return c == ' ' || c == ',';
}

/* Where the extension whose name ends at end begins, with what is before the name; end + 1 if no name ends there. */
static size_t named(const struct line *l, size_t end, size_t digits)
{
	if (!end || is_digit(l->c[end - 1]))
		return end + 1;
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		size_t n = strlen(labels[i].name), from;

		if (digits > labels[i].max || n > end ||
			memcmp(l->c + end - n, labels[i].name, n) != 0)
			continue;
		for (from = end - n; from && is_gap(l->c[from - 1]); from--)
			;
		return from;
	}
	return end + 1;
}

/* Do commas or a semicolon, as a telephone dials them, go from `from` to the digits at end? */
static bool dialled(const struct line *l, size_t from, size_t end, size_t digits)
{
	size_t at = from, commas = 0;

	while (at < end && l->c[at] == ' ')
		at++;
	if (at < end && l->c[at] == ';' && digits <= 15) {
		at++;
	} else {
		while (at < end && l->c[at] == ',') {
			at++;
			commas++;
		}
		/* two are a pause, one may be anything */
		if (!commas ||
			digits > (commas == 2 || (commas > 2 && l->c[at] != ':' && l->c[at] != '.')
						 ? 15
						 : 9))
			return false;
	}
	if (at < end && (l->c[at] == ':' || l->c[at] == '.'))
		at++;
	while (at < end && (is_gap(l->c[at]) || l->c[at] == '-'))
		at++;
	return at == end;
}

/* "x 12", "ext. 12", ",,12", "- 503#": the number ends where what is found begins; l->n: there is none. *ret_digits is
 * where its digits are, *ret_n how many. */
static size_t find_extension(const struct line *l, size_t *ret_digits, size_t *ret_n)
{
	size_t hash = l->n && l->c[l->n - 1] == '#', end = l->n - hash, from = end, gap,
	       best = l->n, at;

	while (from && is_digit(l->c[from - 1]))
		from--;
	*ret_digits = from;
	*ret_n = end - from;
	if (!*ret_n || *ret_n > 20)
		return l->n;
	if (from >= 5 && !hash && memcmp(l->c + from - 5, ";ext=", 5) == 0)
		best = from - 5;
	for (gap = from; gap && (is_gap(l->c[gap - 1]) || l->c[gap - 1] == '-');)
		gap--;
	at = named(l, gap, *ret_n);
	if (at <= gap && at < best)
		best = at;
	if (gap && (l->c[gap - 1] == ':' || l->c[gap - 1] == '.')) {
		at = named(l, gap - 1, *ret_n);
		if (at < gap && at < best)
			best = at;
	}
	for (at = from; at && strchr(" ,;:.-", l->c[at - 1]);)
		at--;
	for (; at < from && at < best; at++)
		if (dialled(l, at, from, *ret_n))
			best = at;
	for (at = from; at && (l->c[at - 1] == ' ' || l->c[at - 1] == '-');)
		at--;
	if (hash && *ret_n <= 6 && at < from && at < best)
		best = at;
	return best;
}

/* True if l is a number, with an extension or not. The extension is cut off. */
static bool take_extension(struct line *l, char ret[E164_EXTENSION_MAX])
{
	bool whole = is_number(l->c, l->n);
	size_t digits, n, end = find_extension(l, &digits, &n);

	*ret = '\0';
	/* two digits are a number, and with an extension they are none, unless they are as good without knowing of it */
	if (end == l->n || !is_number(l->c, end) || (!whole && end <= 2))
		return whole;
	memcpy(ret, l->c + digits, n);
	ret[n] = '\0';
	l->n = end;
	return true;
}

static void take_digits(const struct line *l, struct e164_spelling *ret)
{
	static const char keypad[] = "22233344455566677778889999";
	size_t letters = 0, i = 0;

	while (i < l->n && l->c[i] == '+')
		i++;
	ret->plus = i > 0;
	for (size_t at = i; at < l->n; at++)
		letters += is_letter(l->c[at]);
	for (ret->n = 0; i < l->n; i++)
		if (is_digit(l->c[i]))
			ret->digits[ret->n++] = l->c[i] - '0';
		else if (letters >= 3 && is_letter(l->c[i]))
			ret->digits[ret->n++] = keypad[l->c[i] - 'a'] - '0';
}

enum e164_fault e164_read(const char *text, size_t n, struct e164_spelling *ret)
{
	struct line l;
	size_t blank = 0;
	bool parameters;

	if (fold(text, n, &l) == -1)
		return E164_TOO_LONG;
	while (blank < l.n && l.c[blank] == ' ')
		blank++;
	if (blank == l.n)
		return E164_EMPTY;
	parameters = memchr(l.c, ';', l.n);
	if (!parameters || !take_context(&l))
		take_number(&l);
	if (parameters && find(&l, ";isub=") > 0)
		l.n = find(&l, ";isub=");
	if (!take_extension(&l, ret->extension))
		return E164_NOT_A_NUMBER;
	take_digits(&l, ret);
	return E164_FINE;
}
