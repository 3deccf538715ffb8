/* Postal addresses: a street with a number, and what stands around it. */
#include <string.h>

#include "finder.h"

#define NAME_WORDS 5     /* of a street */
#define REGION_PIECES 24 /* of an address that was announced */

/* A number that a house may have. */
static const struct element *house_at(const struct finder *f, size_t i)
{
	const struct element *e = finder_element(f, i);

	return e && !(e->article && !e->written) && strlen(e->digits) <= 6 ? e : NULL;
}

#define ARABIC_COMMA 0x60c

static bool is_comma(const struct finder *f, size_t i)
{
	return pieces_is_sign(&f->s, i, ",.-/") ||
		(i < f->s.n && f->s.p[i].kind == PIECE_SIGN && f->s.p[i].sign == ARABIC_COMMA);
}

/* Behind a comma and the like. */
static size_t skip(const struct finder *f, size_t i)
{
	while (is_comma(f, i))
		i++;
	return i;
}

/* A letter behind a house number: 12 b, 12b. */
static size_t behind_letter(const struct finder *f, size_t i)
{
	return pieces_is_letter(&f->s, i) && (f->s.p[i].glued || at_any(f, STOP, i) == 0) ? i + 1
											  : i;
}

/* A house or flat with its number at i: behind it; i: none. bare: the number alone will do. */
static size_t numbered(const struct finder *f, size_t i, bool bare)
{
	size_t at = skip(f, i), n = at_phrase(f, HOUSE, at);
	bool named = n > 0;

	if (!named && (n = at_phrase(f, FLAT, at)) > 0)
		named = true;
	at = skip(f, at + n);
	if (named && pieces_is_letter(&f->s, at)) /* flat b */
		return at + 1;
	const struct element *e = house_at(f, at);
	if (!e || !(named || bare) || (e->amount && !e->written))
		return i;
	if (pieces_is_sign(&f->s, e->to, "/") && house_at(f, e->to + 1))
		return house_at(f, e->to + 1)->to;
	return behind_letter(f, e->to);
}

/* The postal code and the place behind an address. */
static size_t behind_city(const struct finder *f, size_t i)
{
	size_t end = i, at = skip(f, i), n, words = 0;
	bool comma = at > i;
	const struct element *e = house_at(f, at);

	if (e && strlen(e->digits) >= 4) {
		end = at = e->to;
		comma = true;
	}
	if ((n = at_phrase(f, CITY, at)) > 0) {
		at = skip(f, at + n);
		if ((e = house_at(f, at)) && strlen(e->digits) >= 4)
			end = at = skip(f, e->to);
		comma = true;
	}
	while (words < 3 && pieces_is_word(&f->s, at) && at_any(f, STOP, at) == 0 &&
		(f->s.p[at].capital || (!f->s.capitals && comma && words < 1))) {
		end = ++at;
		words++;
		if (pieces_is_sign(&f->s, at, "-") && f->s.p[at].glued &&
			pieces_is_word(&f->s, at + 1))
			at++;
	}
	e = words > 0 ? house_at(f, skip(f, at)) : NULL;
	if (e && strlen(e->digits) >= 4)
		end = e->to;
	return end;
}

/* All that may follow a house number or a street. */
static size_t tail(const struct finder *f, size_t i)
{
	size_t end = i, next;

	while ((next = numbered(f, end, false)) > end)
		end = next;
	end = behind_city(f, end);
	while ((next = numbered(f, end, false)) > end)
		end = next;
	return end;
}

/* The words of a street's name behind i: the piece behind them. */
static size_t behind_name(const struct finder *f, size_t i)
{
	size_t words = 0, end = i;

	for (i = skip(f, i); words < NAME_WORDS; words++, end = i) {
		if (pieces_is_sign(&f->s, i, "-") && f->s.p[i].glued)
			i++;
		if (!pieces_is_word(&f->s, i) || at_phrase(f, HOUSE, i) > 0 ||
			at_phrase(f, FLAT, i) > 0 || at_phrase(f, CITY, i) > 0 ||
			at_phrase(f, STREET, i) > 0)
			break;
		if (at_any(f, STOP, i) > 0 && at_phrase(f, NAME_LINK, i) == 0 &&
			!(f->s.p[i].capital && f->s.capitals))
			break;
		if (house_at(f, i) && words > 0)
			break;
		i++;
	}
	return end;
}

/* ---- 12 Baker Street ---- */

static void before_street(struct finder *f, size_t i, size_t n)
{
	size_t from = i;

	for (size_t words = 0; words < NAME_WORDS && from > 0; words++) {
		const struct element *e = words > 0 ? finder_element_before(f, from) : NULL;
		size_t letter = words > 1 && pieces_is_letter(&f->s, from - 1) ? 1 : 0;
		if (e && !e->amount && !(e->article && !e->written)) {
			while (e > f->element && e->joined && !e[-1].homophone &&
				e[-1].to <= e->from)
				e--;
			finder_add_words(f, PII_ADDRESS, e->from, tail(f, i + n));
			return;
		}
		if (finder_starts(f, from) || !pieces_is_word(&f->s, from - 1) ||
			(at_any(f, STOP, from - 1) > 0 && !letter))
			return;
		from--;
	}
}

/* ---- 12 bis, rue de la Paix ---- */

/* The house number that stands before piece i; i: none does. */
static size_t number_before(const struct finder *f, size_t i)
{
	size_t at = i;

	if (at > 0 && pieces_is_sign(&f->s, at - 1, ","))
		at--;
	if (at > 0 && (at_phrase(f, FLAT, at - 1) > 0 || pieces_is_letter(&f->s, at - 1)))
		at--;
	const struct element *e = finder_element_before(f, at);
	if (!e || (e->article && !e->written) || (e->amount && !e->written) ||
		strlen(e->digits) > 5)
		return i;
	return e->from;
}

/* rue de la Paix 12, улица Садовая, дом 5: with a number before or behind. */
static void behind_street(struct finder *f, size_t i, size_t n)
{
	bool first = f->tongue->table->number_first;
	size_t from = first ? number_before(f, i) : i, end = behind_name(f, i + n), next;

	if (end == skip(f, i + n))
		end = i + n;
	if (from == i) {
		next = numbered(f, end, end > i + n);
		if (next == end)
			return;
		end = next;
	} else if (end == i + n) {
		return;
	}
	finder_add_words(f, PII_ADDRESS, from, tail(f, end));
}

/* Тверская улица, 12 */
static void street_behind_name(struct finder *f, size_t i, size_t n)
{
	size_t from = i, end = numbered(f, i + n, true);

	if (end == i + n)
		return;
	while (from > 0 && i - from < 2 && pieces_is_word(&f->s, from - 1) &&
		at_any(f, STOP, from - 1) == 0 && !finder_starts(f, from) &&
		(f->s.p[from - 1].capital || !f->s.capitals))
		from--;
	if (from < i)
		finder_add_words(f, PII_ADDRESS, from, tail(f, end));
}

/* ---- announced ---- */

static bool ends_region(const struct finder *f, size_t i)
{
	if (at_phrase(f, STREET, i) > 0 || at_phrase(f, HOUSE, i) > 0 ||
		at_phrase(f, CITY, i) > 0 || at_phrase(f, NAME_LINK, i) > 0 ||
		at_phrase(f, FLAT, i) > 0 || finder_element(f, i))
		return false;
	if (f->s.p[i].kind == PIECE_SIGN)
		return !is_comma(f, i) || finder_starts(f, i + 1);
	return at_any(f, STOP, i) > 0 || at_phrase(f, PHONE_NEAR, i) > 0 ||
		at_phrase(f, EMAIL_NEAR, i) > 0;
}

/* What follows piece i is an address if there is a street or a number in it. */
static void region(struct finder *f, size_t i)
{
	bool street = false, number = false;
	size_t from = skip(f, i), end = from, words = 0;

	while (pieces_is_sign(&f->s, from, ":"))
		from++;
	for (i = from; i < f->s.n && i - from < REGION_PIECES && !ends_region(f, i); i++) {
		const struct element *e = house_at(f, i);
		street = street || at_phrase(f, STREET, i) > 0;
		number = number || (e && !e->amount);
		words += pieces_is_word(&f->s, i) && !finder_element(f, i);
		if (f->s.p[i].kind != PIECE_SIGN)
			end = i + 1;
	}
	if (end > from && words > 0 && (street || number))
		finder_add_words(f, PII_ADDRESS, from, end);
}

void place_find(struct finder *f)
{
	const struct tongue_table *t = f->tongue->table;
	size_t n;

	if ((f->context->asked & PII_BIT(PII_ADDRESS)) && !f->context->said_by_bot) {
		for (size_t i = 0; i < f->s.n; i += n) {
			n = at_any(f, NAME_LEAD, i) + (pieces_is_sign(&f->s, i, ",.") ? 1 : 0);
			if (n == 0) {
				region(f, i);
				break;
			}
		}
	}
	for (size_t i = 0; i < f->s.n; i += n ? n : 1) {
		if ((n = at_phrase(f, ADDRESS_NEAR, i)) > 0)
			region(f, i + n);
		else if ((n = at_phrase(f, STREET, i)) > 0) {
			if (t->street_first) {
				behind_street(f, i, n);
				if (!t->number_first)
					street_behind_name(f, i, n);
			} else {
				before_street(f, i, n);
			}
		}
	}
}
