#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/speakable.h"
#include "text/speaker.h"
#include "text/utf8.h"

/* One by one what is a digit, or a letter too. */
static int apart(const char *in, bool letters, struct dynbuf *ret)
{
	size_t n = strlen(in), start = ret->n;
	uint32_t code;

	for (size_t i = 0, bytes; i < n; i += bytes) {
		bytes = utf8_next(in + i, n - i, &code);
		enum utf8_kind kind = utf8_kind(code);
		if (kind != UTF8_DIGIT && !(letters && kind == UTF8_LETTER))
			continue;
		dynbuf_adds(ret, ret->n > start ? " " : "");
		dynbuf_add(ret, in + i, bytes);
	}
	return ret->n == start || dynbuf_failed(ret) ? -1 : 0;
}

static int digits(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	return apart(in, false, ret);
}

static int letters(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	return apart(in, true, ret);
}

/* A decimal number as JSON writes it, without an exponent: its parts. */
static bool parse_decimal(const char *in, bool *ret_minus, char whole[16], char decimals[8])
{
	size_t n = 0, skip, more;

	*ret_minus = in[0] == '-';
	in += *ret_minus;
	skip = strspn(in, "0");
	n = strspn(in + skip, "0123456789");
	if (skip + n == 0 || n > AMOUNT_DIGITS)
		return false;
	snprintf(whole, 16, "%.*s", (int)n, in + skip);
	if (n == 0)
		memcpy(whole, "0", 2);
	in += skip + n;
	decimals[0] = '\0';
	if (*in == '.' || *in == ',') {
		more = strspn(in + 1, "0123456789");
		if (more == 0)
			return false;
		snprintf(decimals, 8, "%.*s", (int)(more < 7 ? more : 7), in + 1);
		in += 1 + more;
	}
	return *in == '\0';
}

static void add_number(const struct text_language *l, bool minus, const char *whole,
	const char *decimals, struct dynbuf *ret)
{
	size_t n = strlen(whole);

	dynbuf_adds(ret, minus ? "-" : "");
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && n > 4)
			dynbuf_adds(ret, l->decimal == ',' ? "\xc2\xa0" : ",");
		dynbuf_add(ret, whole + i, 1);
	}
	if (decimals[0])
		dynbuf_addf(ret, "%c%s", l->decimal, decimals);
}

static int number(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	char whole[16], decimals[8];
	bool minus;

	if (!parse_decimal(in, &minus, whole, decimals))
		return -1;
	add_number(l, minus, whole, decimals, ret);
	return dynbuf_failed(ret) ? -1 : 0;
}

static int ordinal(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	int64_t n;

	if (parse_int(in, 0, 999999, &n) < 0)
		return -1;
	if (!l->ordinal_ending)
		l->say_ordinal((uint64_t)n, "", ret);
	else
		dynbuf_addf(ret, "%d%s", (int)n, l->ordinal_ending((uint64_t)n));
	return dynbuf_failed(ret) ? -1 : 0;
}

/* The currency with that code; "": the language's first. */
static const struct unit *find_currency(const struct text_language *l, const char *code)
{
	for (const struct unit *u = l->currencies; u->signs; u++)
		for (const char *p = u->signs; *p; p += *p == '|') {
			size_t n = strcspn(p, "|");
			if (!code[0] || (n == strlen(code) && memcmp(p, code, n) == 0))
				return u;
			p += n;
		}
	return NULL;
}

static int money(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	const struct unit *unit = find_currency(l, argument);
	char whole[16], decimals[8];
	bool minus;

	if (!unit || !parse_decimal(in, &minus, whole, decimals))
		return -1;
	size_t n = strlen(decimals), sign = strcspn(unit->signs, "|");
	bool cents = strspn(decimals, "0") < n,
	     before = l->decimal == '.' && strcmp(l->code, "en") == 0 && sign <= 3 &&
		!(unit->signs[0] >= 'A' && unit->signs[0] <= 'Z');
	if (cents && n == 1)
		memcpy(decimals + 1, "0", 2);
	if (n > 2)
		decimals[2] = '\0';
	dynbuf_addf(ret, "%.*s", before ? (int)sign : 0, unit->signs);
	add_number(l, minus, whole, cents ? decimals : "", ret);
	if (!before)
		dynbuf_addf(ret, " %.*s", (int)sign, unit->signs);
	return dynbuf_failed(ret) ? -1 : 0;
}

static int date(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	int year, month, day, n = 0;

	if (sscanf(in, "%4d-%2d-%2d%n", &year, &month, &day, &n) != 3 || n != 10 ||
		(in[10] && in[10] != 'T' && in[10] != ' ') || month < 1 || month > 12 || day < 1 ||
		day > 31)
		return -1;
	const char *name = l->months[month - 1];
	bool first = day == 1 && strcmp(l->code, "fr") == 0;
	dynbuf_addf(
		ret, "%d%s %.*s %d", day, first ? "er" : "", (int)strcspn(name, "|"), name, year);
	if (l->years)
		dynbuf_addf(ret, " %s", l->years[0].said);
	return dynbuf_failed(ret) ? -1 : 0;
}

static int time_of(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	const char *p = strchr(in, 'T') ? strchr(in, 'T') + 1
		: strchr(in, ' ')       ? strchr(in, ' ') + 1
					: in;
	int hour, minute, n = 0;

	if (sscanf(p, "%2d:%2d%n", &hour, &minute, &n) != 2 || n < 4 || hour < 0 || hour > 23 ||
		minute < 0 || minute > 59)
		return -1;
	return dynbuf_addf(ret, "%d:%02d", hour, minute);
}

static int phone(
	const struct text_language *l, const char *argument, const char *in, struct dynbuf *ret)
{
	return phone_format(l, in, ret);
}

int speakable_filter(const char *name, const char *argument, const char *language, const char *in,
	struct dynbuf *ret)
{
	static const struct {
		const char *name;
		int (*make)(const struct text_language *l, const char *argument, const char *in,
			struct dynbuf *ret);
		bool any_language;
	} filters[] = {{"date", date, false}, {"digits", digits, true}, {"letters", letters, true},
		{"money", money, false}, {"number", number, false}, {"ordinal", ordinal, false},
		{"phone", phone, false}, {"time", time_of, true}};
	const struct text_language *l = text_language(language);

	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (strcmp(name, filters[i].name) == 0)
			return l || filters[i].any_language
				? filters[i].make(l, argument ? argument : "", in, ret)
				: -1;
	return -1;
}
