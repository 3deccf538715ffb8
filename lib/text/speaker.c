#include "text/speaker.h"

#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

int speaker_digits(const struct speaker *s, size_t i, int least, int most, size_t *ret_end)
{
	int n = 0, value = 0;

	for (; is_digit(s->p[i]) && n < most; n++, i++)
		value = value * 10 + (s->p[i] - '0');
	*ret_end = i;
	return n < least || is_digit(s->p[i]) ? -1 : value;
}

static enum utf8_kind kind_at(const struct speaker *s, size_t i)
{
	uint32_t code = ' ';

	if (i < s->n)
		utf8_next(s->p + i, s->n - i, &code);
	return utf8_kind(code);
}

bool speaker_in_word(const struct speaker *s, size_t i)
{
	enum utf8_kind kind = kind_at(s, i);

	return kind == UTF8_LETTER || kind == UTF8_DIGIT;
}

bool speaker_letter(const struct speaker *s, size_t i)
{
	return kind_at(s, i) == UTF8_LETTER;
}

size_t speaker_listed(const struct speaker *s, size_t i, const char *list, bool whole)
{
	size_t best = 0;
	uint32_t last;

	for (const char *p = list; p && *p; p += *p == '|') {
		size_t n = strcspn(p, "|");
		if (n > best && strncmp(s->p + i, p, n) == 0) {
			utf8_previous(p, n, &last);
			if (!whole || utf8_kind(last) != UTF8_LETTER ||
				kind_at(s, i + n) != UTF8_LETTER)
				best = n;
		}
		p += n;
	}
	return best;
}

/* Can c stand between groups of three digits? */
static bool groups(const struct speaker *s, char c)
{
	return c == '\'' || (s->language->decimal == ',' ? c == ' ' || c == '.' : c == ',');
}

static bool three_digits(const char *p)
{
	return is_digit(p[0]) && is_digit(p[1]) && is_digit(p[2]) && !is_digit(p[3]);
}

/* Behind the point at i: the decimals, if they are some. */
static size_t read_decimals(const struct speaker *s, size_t i, struct amount *ret)
{
	char point = s->p[i];
	size_t n = 0;

	if (point != '.' && point != ',')
		return i;
	while (is_digit(s->p[i + 1 + n]))
		n++;
	char next = s->p[i + 1 + n];
	bool more = (next == '.' || next == ',') && is_digit(s->p[i + 2 + n]);
	if (n == 0 || n >= sizeof(ret->decimals) || more ||
		(point != s->language->decimal && n == 3))
		return i;
	memcpy(ret->decimals, s->p + i + 1, n);
	ret->decimals[n] = '\0';
	return i + 1 + n;
}

bool speaker_amount(const struct speaker *s, size_t i, struct amount *ret)
{
	char digits[AMOUNT_DIGITS + 4];
	size_t n = 0;

	*ret = (struct amount){.leading_zero = s->p[i] == '0' && is_digit(s->p[i + 1])};
	for (; is_digit(s->p[i]); i++) {
		if (n == AMOUNT_DIGITS)
			return false;
		digits[n++] = s->p[i];
	}
	if (n == 0)
		return false;
	char sign = s->p[i];
	while (digits[0] != '0' && groups(s, sign) && s->p[i] == sign &&
		three_digits(s->p + i + 1) && (ret->grouped || n <= 3) && n + 3 <= AMOUNT_DIGITS) {
		memcpy(digits + n, s->p + i + 1, 3);
		n += 3;
		i += 4;
		ret->grouped = true;
	}
	digits[n] = '\0';
	ret->digits = n;
	ret->value = strtoull(digits, NULL, 10);
	ret->end = read_decimals(s, i, ret);
	return true;
}
