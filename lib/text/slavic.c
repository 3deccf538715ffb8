#include "text/slavic.h"

#include <stdlib.h>
#include <string.h>

static void add_word(struct dynbuf *ret, size_t start, const char *word)
{
	dynbuf_addf(ret, "%s%s", ret->n > start ? " " : "", word);
}

static void say_below_1000(
	const struct slavic *l, uint64_t n, enum gender gender, size_t start, struct dynbuf *ret)
{
	uint64_t rest = n % 100;

	if (n >= 100)
		add_word(ret, start, l->hundreds[n / 100]);
	if (rest >= 20) {
		add_word(ret, start, l->tens[rest / 10]);
		rest %= 10;
	}
	if (rest > 0)
		add_word(ret, start,
			rest == 1           ? l->one[gender]
				: rest == 2 ? l->two[gender]
					    : l->units[rest]);
}

const char *slavic_form(uint64_t n, const struct noun *noun)
{
	uint64_t tens = n / 10 % 10, units = n % 10;

	if (tens != 1 && units == 1)
		return noun->one;
	return tens != 1 && units >= 2 && units <= 4 && noun->few ? noun->few : noun->many;
}

void slavic_say(const struct slavic *l, uint64_t n, enum gender gender, struct dynbuf *ret)
{
	const struct noun *const large[] = {&l->billion, &l->million, &l->thousand};
	uint64_t value = 1000000000;
	size_t start = ret->n;

	if (n == 0) {
		dynbuf_adds(ret, l->units[0]);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(large); i++, value /= 1000) {
		uint64_t count = n / value;
		n %= value;
		if (count == 0)
			continue;
		if (count > 1)
			say_below_1000(l, count, large[i]->gender, start, ret);
		add_word(ret, start, slavic_form(count, large[i]));
	}
	say_below_1000(l, n, gender, start, ret);
}

void slavic_say_counted(
	const struct slavic *l, uint64_t n, const struct noun *noun, struct dynbuf *ret)
{
	slavic_say(l, n, noun->gender, ret);
	dynbuf_addf(ret, " %s", slavic_form(n, noun));
}

void slavic_say_decimals(
	const struct slavic *l, uint64_t n, const char *decimals, struct dynbuf *ret)
{
	size_t digits = strlen(decimals);
	uint64_t part = digits <= 3 ? strtoull(decimals, NULL, 10) : 0;
	bool one = n % 10 == 1 && n % 100 != 11, one_part = part % 10 == 1 && part % 100 != 11;

	slavic_say(l, n, FEMININE, ret);
	if (digits <= 3) {
		dynbuf_addf(ret, " %s ", l->whole[one ? 0 : 1]);
		slavic_say(l, part, FEMININE, ret);
		dynbuf_addf(ret, " %s", l->parts[digits - 1][one_part ? 0 : 1]);
		return;
	}
	dynbuf_addf(ret, " %s", l->point);
	for (; *decimals; decimals++) {
		dynbuf_adds(ret, " ");
		slavic_say(l, (uint64_t)(*decimals - '0'), MASCULINE, ret);
	}
}

void slavic_say_stem(const struct slavic *l, uint64_t n, struct dynbuf *ret, uint64_t *ret_last)
{
	uint64_t last = n % 100 == 0 ? n % 1000
		: n % 100 < 20       ? n % 100
		: n % 10 == 0        ? n % 100
				     : n % 10;
	size_t start = ret->n;

	if (n > 0 && n % 1000 == 0 && n < 10000) {
		*ret_last = 1000;
		dynbuf_adds(
			ret, n == 1000 ? l->ordinal_thousand : l->ordinal_thousands_of[n / 1000]);
		return;
	}
	*ret_last = last;
	if (n > last) {
		slavic_say(l, n - last, MASCULINE, ret);
		dynbuf_adds(ret, ret->n > start && last > 0 ? " " : "");
	}
	dynbuf_adds(ret,
		last >= 100          ? l->ordinal_hundreds[last / 100]
			: last >= 20 ? l->ordinal_tens[last / 10]
				     : l->ordinal_units[last]);
}
