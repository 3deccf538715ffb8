/* Amounts, with and without what they are of. */
#include <stdlib.h>
#include <string.h>

#include "text/speaker.h"

#define CODE_DIGITS 7 /* a number of so many digits without separators is read digit by digit */

static void say_digits(struct speaker *s, const char *p, size_t n)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(p[i]))
			continue;
		dynbuf_adds(s->ret, first ? "" : " ");
		s->language->say((uint64_t)(p[i] - '0'), MASCULINE, s->ret);
		first = false;
	}
}

/* The number alone. */
static void say_amount(struct speaker *s, const struct amount *a)
{
	if (a->decimals[0])
		s->language->say_decimals(a->value, a->decimals, s->ret);
	else
		s->language->say(a->value, MASCULINE, s->ret);
}

static void say_noun(struct speaker *s, const struct amount *a, const struct noun *noun)
{
	if (!a->decimals[0]) {
		s->language->say_counted(a->value, noun, s->ret);
		return;
	}
	s->language->say_decimals(a->value, a->decimals, s->ret);
	dynbuf_addf(s->ret, " %s", noun->part ? noun->part : noun->many);
}

/* Hundredths are said as what they are called. */
static void say_money(struct speaker *s, const struct amount *a, const struct unit *unit)
{
	size_t n = strlen(a->decimals);
	uint64_t cents = strtoull(a->decimals, NULL, 10) * (n == 1 ? 10 : 1);

	if (n == 0 || n > 2 || (!unit->cents.one && cents > 0)) {
		say_noun(s, a, &unit->noun);
		return;
	}
	if (a->value > 0 || cents == 0)
		s->language->say_counted(a->value, &unit->noun, s->ret);
	if (cents > 0) {
		dynbuf_adds(s->ret, a->value > 0 ? s->language->cents_and : "");
		s->language->say_counted(cents, &unit->cents, s->ret);
	}
}

/* The unit or currency that is written at i; *ret_n: its bytes. */
static const struct unit *unit_at(
	const struct speaker *s, const struct unit *list, size_t i, size_t *ret_n)
{
	const struct unit *found = NULL;

	*ret_n = 0;
	for (; list->signs; list++) {
		size_t n = speaker_listed(s, i, list->signs, true);
		if (n > *ret_n) {
			*ret_n = n;
			found = list;
		}
	}
	return found;
}

size_t amount_read_sign_first(struct speaker *s, size_t i)
{
	struct amount a;
	size_t n, after;
	const struct unit *unit = unit_at(s, s->language->currencies, i, &n);

	if (!unit || !speaker_amount(s, speaker_blank(s, i + n), &a))
		return 0;
	/* "5 € 50" was read before; "$5 USD" has it twice */
	const struct unit *again = unit_at(
		s, s->language->currencies, speaker_blank(s, a.end), &after);
	say_money(s, &a, unit);
	return again == unit ? speaker_blank(s, a.end) + after : a.end;
}

size_t amount_read_with_unit(struct speaker *s, size_t i)
{
	struct amount a;
	size_t n, m;

	if (!speaker_amount(s, i, &a) || (a.leading_zero && !a.decimals[0]))
		return 0;
	size_t at = speaker_blank(s, a.end);
	const struct unit *money = unit_at(s, s->language->currencies, at, &n);
	const struct unit *unit = unit_at(s, s->language->units, at, &m);
	if (!money && !unit)
		return 0;
	if (money && n >= m) {
		/* A period that was part of the sign and ends the sentence still does. */
		bool period = s->p[at + n - 1] == '.' && (at + n == s->n || s->p[at + n] == '\n');
		say_money(s, &a, money);
		return at + n - period;
	}
	bool period = s->p[at + m - 1] == '.' && at + m == s->n;
	say_noun(s, &a, &unit->noun);
	return at + m - period;
}

size_t amount_read_ordinal(struct speaker *s, size_t i)
{
	struct amount a;
	char ending[16];

	if (!speaker_amount(s, i, &a) || a.decimals[0] || a.leading_zero)
		return 0;
	size_t n = speaker_listed(s, a.end, s->language->ordinals, true);
	if (n == 0 || n >= sizeof(ending))
		return 0;
	bool hyphen = s->p[a.end] == '-';
	memcpy(ending, s->p + a.end + hyphen, n - hyphen);
	ending[n - hyphen] = '\0';
	s->language->say_ordinal(a.value, ending, s->ret);
	return a.end + n;
}

/* Digits that stand alone, blanks between: "4 2 1 7". */
static size_t row_end(const struct speaker *s, size_t i)
{
	size_t digits = 0, end = i;

	for (; is_digit(s->p[i]) && !is_digit(s->p[i + 1]); i += 2) {
		digits++;
		end = i + 1;
		if (s->p[i + 1] != ' ')
			break;
	}
	bool goes_on = is_digit(s->p[end]) || (s->p[end] == ' ' && is_digit(s->p[end + 1])) ||
		((s->p[end] == '.' || s->p[end] == ',' || s->p[end] == ':') &&
			is_digit(s->p[end + 1]));
	return digits >= 2 && !goes_on ? end : 0;
}

size_t amount_read(struct speaker *s, size_t i)
{
	struct amount a;
	size_t end = row_end(s, i);

	if (end > 0) {
		say_digits(s, s->p + i, end - i);
		return end;
	}
	if (!speaker_amount(s, i, &a)) {
		for (end = i; is_digit(s->p[end]);)
			end++;
		say_digits(s, s->p + i, end - i);
		return end;
	}
	bool code = a.leading_zero || (a.digits >= CODE_DIGITS && a.value % 1000 != 0);
	if (code && !a.grouped && !a.decimals[0])
		say_digits(s, s->p + i, a.end - i);
	else
		say_amount(s, &a);
	return a.end;
}
