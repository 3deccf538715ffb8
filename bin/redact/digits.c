/* Telephones, cards and customer numbers: rows of numbers that belong together, in digits or words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "finder.h"
#include "text/utf8.h"

#define WINDOW_BYTES \
	480 /* of a text that are read for numbers at once: no more words than number.h looks at */
#define BORDER_BYTES 90 /* what ends so close to its end is read again in the next one */
#define ROW_DIGITS_MAX 48
#define CUE_PIECES 9
#define AMOUNT_DIGITS 8
#define UUID_BYTES 36

/* ---- reading ---- */

static size_t piece_at(const struct pieces *s, size_t at)
{
	size_t low = 0;

	for (size_t high = s->n; low < high;) {
		size_t mid = (low + high) / 2;
		if (s->p[mid].at + s->p[mid].n <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void add_element(struct finder *f, const struct number *n, size_t base)
{
	struct element *e;

	if (f->elements == f->elements_size) {
		size_t size = f->elements_size ? 2 * f->elements_size : 64;
		e = reallocarray(f->element, size, sizeof(*e));
		if (!e) {
			f->failed = true;
			return;
		}
		f->element = e;
		f->elements_size = size;
	}
	e = &f->element[f->elements++];
	*e = (struct element){.at = base + n->at,
		.n = n->n,
		.joined = n->joined,
		.article = n->article,
		.homophone = n->homophone};
	memcpy(e->digits, n->digits, sizeof(e->digits));
	e->from = piece_at(&f->s, e->at);
	e->to = piece_at(&f->s, e->at + e->n - 1) + 1;
	e->written = e->from < f->s.n && f->s.p[e->from].kind == PIECE_DIGITS;
	size_t digits = strlen(e->digits);
	e->single = !e->written &&
		(digits == 1 || strspn(e->digits, "0") == digits ||
			(e->to - e->from == 2 && digits < 4 && e->digits[0] == e->digits[1]));
	double written = strtod(e->digits, NULL), part = n->value;
	e->amount = n->decimals || digits == 0 ||
		(e->written && written > part && (written == part * 10 || written == part * 100));
	if (!e->written && n->value >= 1000)
		e->amount = n->value >= 10000 || (int)n->value % 100 != 0;
	if (n->decimals && f->elements > 1)
		f->element[f->elements - 2].amount = true;
}

/* The bytes of the window at `at`: it ends at a blank if it can. */
static size_t window(const struct finder *f, size_t at)
{
	size_t n = utf8_cut(f->s.text + at, f->s.text_n - at, WINDOW_BYTES), k = n;

	if (at + n == f->s.text_n)
		return n;
	while (k > n / 2 && f->s.text[at + k - 1] != ' ')
		k--;
	return k > n / 2 ? k : n;
}

/* Where the next window begins, and how many of the numbers of this one are whole: what is near its end is not. */
static size_t next_window(const struct number *n, size_t *count, size_t bytes)
{
	size_t keep = *count, at = bytes;

	while (keep > 0 && n[keep - 1].at + n[keep - 1].n + BORDER_BYTES > at) {
		at = n[keep - 1].at;
		keep--;
		while (keep > 0 && n[keep].joined) {
			at = n[keep - 1].at;
			keep--;
		}
	}
	if (at == 0) /* a row as long as the window */
		return bytes;
	*count = keep;
	return at < bytes ? at : bytes;
}

static bool is_currency(const struct finder *f, size_t i)
{
	static const uint32_t signs[] = {'$', '%', 0xa3, 0xa5, 0xb0, 0x20ac, 0x20b4, 0x20bd, 0x66a};

	for (size_t k = 0; i < f->s.n && k < ARRAY_LEN(signs); k++)
		if (f->s.p[i].kind == PIECE_SIGN && f->s.p[i].sign == signs[k])
			return true;
	return false;
}

/* Digits in a word (A4, 4G), or beside letters: part of a name or code. */
static bool is_lettered(const struct finder *f, const struct element *e)
{
	const struct pieces *s = &f->s;
	bool before = e->from > 0 && s->p[e->from].glued && s->p[e->from - 1].kind == PIECE_WORD;
	bool after = e->to < s->n && s->p[e->to].glued && s->p[e->to].kind == PIECE_WORD;

	/* of a UUID that was masked in part, or another code */
	bool code = e->from > 1 && pieces_is_sign(s, e->from - 1, "-") && s->p[e->from].glued &&
		s->p[e->from - 1].glued &&
		(s->p[e->from - 2].capitals || pieces_is_letter(s, e->from - 2) ||
			pieces_is_sign(s, e->from - 2, "]"));

	return e->written && (before || after || code);
}

/* Is the row that the number is in short: an amount has no more digits? */
static bool is_short(const struct finder *f, size_t i)
{
	size_t first = i, n = 0;

	while (first > 0 && f->element[first].joined && i - first <= AMOUNT_DIGITS)
		first--;
	for (size_t k = first;
		k < f->elements && n <= AMOUNT_DIGITS && (k == first || f->element[k].joined); k++)
		n += strlen(f->element[k].digits);
	return n <= AMOUNT_DIGITS;
}

static bool is_amount(const struct finder *f, size_t i)
{
	const struct element *e = &f->element[i];

	if (is_lettered(f, e))
		return true;
	if (is_currency(f, e->to) || (e->from > 0 && is_currency(f, e->from - 1)))
		return true;
	return is_short(f, i) &&
		(phrases_at(f->tongue->units, &f->s, e->to) > 0 || at_phrase(f, UNIT, e->to) > 0);
}

/* The sign right between two numbers in digits, with no blank; 0: there is none, or more. */
static uint32_t sign_between(
	const struct finder *f, const struct element *a, const struct element *b)
{
	const struct pieces *s = &f->s;

	if (!a->written || !b->written || b->from != a->to + 1 || b->to > s->n)
		return 0;
	return s->p[a->to].kind == PIECE_SIGN && s->p[a->to].glued && s->p[b->from].glued
		? s->p[a->to].sign
		: 0;
}

/* 25.11.2026, 2026-11-25, 11/25/26, 12:30: no other number is written so. */
static void mark_dates(struct finder *f)
{
	struct element *e = f->element;

	for (size_t i = 0; i + 1 < f->elements; i++) {
		uint32_t sign = sign_between(f, &e[i], &e[i + 1]);
		if (sign == ':' && strlen(e[i].digits) <= 2 && strlen(e[i + 1].digits) == 2)
			e[i].amount = e[i + 1].amount = true;
		if ((sign != '.' && sign != '-' && sign != '/') || i + 2 >= f->elements ||
			sign_between(f, &e[i + 1], &e[i + 2]) != sign)
			continue;
		bool more = (i + 3 < f->elements &&
				    sign_between(f, &e[i + 2], &e[i + 3]) == sign) ||
			(i > 0 && sign_between(f, &e[i - 1], &e[i]) == sign);
		size_t a = strlen(e[i].digits), b = strlen(e[i + 1].digits),
		       c = strlen(e[i + 2].digits);
		bool year_last = a <= 2 && b <= 2 && (c == 4 || (c == 2 && a + b >= 3));
		bool year_first = a == 4 && b == 2 && c == 2;
		bool plausible = atoi(e[i].digits) <= 31 && atoi(e[i + 1].digits) <= 31;
		if (!more && (year_first || (year_last && plausible)))
			e[i].amount = e[i + 1].amount = e[i + 2].amount = true;
	}
}

/* May these signs be between the numbers of one row? */
static bool parts(const struct finder *f, const struct element *a, const struct element *b)
{
	bool zero = a->digits[0] == '0';

	for (size_t i = a->to; i < b->from; i++) {
		const struct piece *p = &f->s.p[i];
		if (p->kind != PIECE_SIGN)
			continue;
		if (p->sign >= 0x80 || strchr(";:?!|=*#@\"<>{}[]&%$", (int)p->sign))
			return p->sign != 0x2013 && p->sign != 0x2011 && p->sign != 0x2010;
		if (p->sign == ',' && a->written && b->written && !zero)
			return true;
		if (p->sign == '+')
			return true;
	}
	return memchr(
		f->s.text + a->at + a->n, '\n', b->at > a->at + a->n ? b->at - a->at - a->n : 0);
}

/* A UUID is one thing: 8-4-4-4-12. */
static void mark_uuids(struct finder *f)
{
	static const size_t groups[] = {8, 4, 4, 4, 12};
	const char *p = f->s.text, *hex = "0123456789abcdefABCDEF";

	for (size_t i = 0, k = 0; i < f->elements; i++) {
		size_t at = f->element[i].at, end;
		while (at > 0 && f->element[i].at - at < UUID_BYTES && strchr(hex, p[at - 1]) &&
			p[at - 1])
			at--;
		end = at;
		for (k = 0; k < ARRAY_LEN(groups); k++) {
			size_t n = 0;
			while (n <= groups[k] && end + n < f->s.text_n && p[end + n] &&
				strchr(hex, p[end + n]))
				n++;
			if (n != groups[k] ||
				(k < 4 && (end + n >= f->s.text_n || p[end + n] != '-')))
				break;
			end += n + (k < 4);
		}
		for (size_t j = i;
			k == ARRAY_LEN(groups) && j < f->elements && f->element[j].at < end; j++)
			f->element[j].amount = true;
	}
}

void digits_read(struct finder *f)
{
	static struct number n[NUMBER_WORDS_MAX];
	const struct text_language *l = f->tongue->table->language;

	f->elements = 0;
	for (size_t at = 0, step; at < f->s.text_n; at += step) {
		size_t bytes = window(f, at);
		size_t count = number_read(f->s.text + at, bytes, l, n, ARRAY_LEN(n));
		step = at + bytes < f->s.text_n ? next_window(n, &count, bytes) : bytes;
		for (size_t i = 0; i < count; i++)
			add_element(f, &n[i], at);
	}
	for (size_t i = 1; i < f->elements; i++)
		if (f->element[i].joined && parts(f, &f->element[i - 1], &f->element[i]))
			f->element[i].joined = false;
	for (size_t i = 0; i < f->elements; i++)
		f->element[i].amount = f->element[i].amount || is_amount(f, i);
	mark_dates(f);
	mark_uuids(f);
}

/* ---- a row ---- */

/* Numbers [from, to) of the text, one behind the other. */
struct row {
	size_t from, to;
	char digits[ROW_DIGITS_MAX + 1];
	size_t n;
	bool plus;        /* there is a + or 00 before */
	bool written;     /* all of it */
	bool single;      /* all of it digit by digit, in words */
	size_t groups[4]; /* digits of the first numbers */
};

/* What the words around a row say of it. */
struct cue {
	size_t phone, other, card, customer; /* pieces away; SIZE_MAX: not there */
};

static bool is_plus(const struct finder *f, size_t i)
{
	if (i == 0)
		return false;
	if (pieces_is_sign(&f->s, i - 1, "+"))
		return true;
	return f->s.p[i - 1].kind == PIECE_WORD && at_phrase(f, PLUS, i - 1) == 1;
}

/* The row of elements [from, to); false: too many digits. */
static bool make_row(const struct finder *f, size_t from, size_t to, struct row *r)
{
	*r = (struct row){.from = from, .to = to, .written = true, .single = true};
	for (size_t i = from; i < to; i++) {
		const struct element *e = &f->element[i];
		size_t n = strlen(e->digits);
		if (r->n + n > ROW_DIGITS_MAX)
			return false;
		memcpy(r->digits + r->n, e->digits, n + 1);
		r->n += n;
		r->written = r->written && e->written;
		r->single = r->single && e->single;
		if (i - from < ARRAY_LEN(r->groups))
			r->groups[i - from] = n;
	}
	r->plus = is_plus(f, f->element[from].from);
	return true;
}

static struct cue read_cue(const struct finder *f, size_t from, size_t to)
{
	size_t at = f->element[from].from, behind = f->element[to - 1].to;
	struct cue c = {.phone = finder_back(f, PHONE_NEAR, at, CUE_PIECES),
		.other = finder_back(f, NUMBER_ELSE, at, 5),
		.card = finder_back(f, CARD_NEAR, at, CUE_PIECES),
		.customer = finder_back(f, CUSTOMER, at, 6)};
	size_t end = behind;

	while (end < f->s.n && end < behind + 6 && !finder_starts(f, end))
		end++;
	if (c.phone == SIZE_MAX && c.other == SIZE_MAX && c.card == SIZE_MAX &&
		c.customer == SIZE_MAX &&
		phrases_in(f->tongue->list[PHONE_NEAR], &f->s, behind, end))
		c.phone = CUE_PIECES;
	if (c.phone == SIZE_MAX && c.other == SIZE_MAX && (f->context->asked & PII_BIT(PII_PHONE)))
		c.phone = 2 * CUE_PIECES;
	if (c.card == SIZE_MAX && c.other == SIZE_MAX && (f->context->asked & PII_BIT(PII_CARD)))
		c.card = 2 * CUE_PIECES;
	if (c.customer == SIZE_MAX && (f->context->asked & PII_BIT(PII_CUSTOMER)))
		c.customer = 2 * CUE_PIECES;
	return c;
}

/* Country codes with the digits of a number behind them. */
static const struct {
	const char *code;
	size_t least, most;
} countries[] = {{"1", 10, 10}, {"7", 10, 10}, {"20", 10, 10}, {"27", 9, 9}, {"30", 10, 10},
	{"31", 9, 9}, {"32", 8, 9}, {"33", 9, 9}, {"34", 9, 9}, {"39", 9, 10}, {"40", 9, 9},
	{"41", 9, 9}, {"43", 9, 11}, {"44", 10, 10}, {"45", 8, 8}, {"46", 8, 9}, {"47", 8, 8},
	{"48", 9, 9}, {"49", 10, 11}, {"90", 10, 10}, {"91", 10, 10}, {"212", 9, 9}, {"213", 8, 9},
	{"216", 8, 8}, {"218", 9, 9}, {"221", 9, 9}, {"225", 10, 10}, {"351", 9, 9}, {"352", 6, 9},
	{"353", 9, 9}, {"373", 8, 8}, {"374", 8, 8}, {"375", 9, 9}, {"380", 9, 9}, {"420", 9, 9},
	{"961", 7, 8}, {"962", 9, 9}, {"963", 9, 9}, {"964", 10, 10}, {"965", 8, 8}, {"966", 9, 9},
	{"967", 9, 9}, {"968", 8, 8}, {"970", 9, 9}, {"971", 8, 9}, {"972", 8, 9}, {"973", 8, 8},
	{"974", 8, 8}, {"994", 9, 9}, {"995", 9, 9}, {"998", 9, 9}};

static bool is_international(const struct row *r)
{
	for (size_t i = 0; i < ARRAY_LEN(countries); i++) {
		size_t n = strlen(countries[i].code);
		size_t zero = r->digits[n] == '0' && r->n > 10; /* +33 (0)6 */
		if (strncmp(r->digits, countries[i].code, n) == 0 &&
			r->n >= n + countries[i].least && r->n <= n + countries[i].most + zero &&
			(zero || r->digits[n] != '0'))
			return true;
	}
	return false;
}

/* (555) 123-4567, 555 123 4567, 1-555-123-4567 */
static bool is_american(const struct row *r)
{
	size_t one = r->n == 11 && r->digits[0] == '1';
	const char *d = r->digits + one;

	if (r->n - one != 10 || d[0] < '2' || d[3] < '2')
		return false;
	if (r->single)
		return true;
	return r->written &&
		((r->groups[0] == 3 && r->groups[1] == 3 && r->groups[2] == 4) ||
			(one && r->groups[0] == 1 && r->groups[1] == 3 && r->groups[2] == 3));
}

static bool is_block(const struct row *r)
{
	return r->to - r->from == 1 && r->written;
}

/* Does the row look like a telephone number by itself? */
static bool is_phone(const struct row *r)
{
	if (r->plus && r->n >= 8 && r->n <= 15)
		return true;
	if (strncmp(r->digits, "00", 2) == 0 && r->n >= 10 && r->n <= 17)
		return true;
	if (r->digits[0] == '0')
		return r->n >= 9 && r->n <= (r->written ? 11u : 12u);
	if ((r->digits[0] == '7' || r->digits[0] == '8') && r->n == 11 && r->digits[1] >= '3')
		return true;
	if (is_american(r))
		return true;
	if (r->single)
		return r->n >= 9 && r->n <= 15;
	return (is_block(r) || !r->written) && r->n >= 10 && is_international(r);
}

static bool phone_here(const struct row *r, const struct cue *c)
{
	size_t else_ = c->other < c->customer ? c->other : c->customer;

	if (r->n > 17)
		return false;
	if (r->plus && r->n >= 8)
		return true;
	if (c->phone < else_ && c->phone <= c->card)
		return r->n >= 6 && r->n <= 17;
	return else_ == SIZE_MAX && c->card == SIZE_MAX && is_phone(r);
}

static bool card_here(const struct row *r, const struct cue *c)
{
	if (check_card(r->digits, r->n))
		return c->other == SIZE_MAX || c->card < c->other;
	return r->n >= 12 && r->n <= 19 && c->card < c->other && c->card < c->phone &&
		c->card < c->customer;
}

static bool customer_here(const struct finder *f, const struct row *r, const struct cue *c)
{
	return f->context->customer_most > 0 && (int)r->n >= f->context->customer_least &&
		(int)r->n <= f->context->customer_most && c->customer < c->other &&
		c->customer <= c->phone;
}

static void add_row(struct finder *f, const struct row *r, enum pii kind)
{
	const struct element *a = &f->element[r->from], *b = &f->element[r->to - 1];
	size_t at = a->at;
	char key[ROW_DIGITS_MAX + 2];
	bool zeros = strncmp(r->digits, "00", 2) == 0 && r->n > 10;

	if (a->from > 0 && (r->plus || pieces_is_sign(&f->s, a->from - 1, "(")))
		at = f->s.p[a->from - 1].at;
	snprintf(key, sizeof(key), "%s%s", kind == PII_PHONE && (r->plus || zeros) ? "+" : "",
		r->digits + (kind == PII_PHONE && zeros ? 2 : 0));
	finder_add_bytes(f, kind, at, b->at + b->n - at, key);
}

/* The longest beginning of the row that is something: elements; 0: none is. */
static size_t take_one(struct finder *f, size_t from, size_t to, const struct cue *c)
{
	struct row r;

	for (size_t end = to; end > from; end--)
		if (make_row(f, from, end, &r) && card_here(&r, c)) {
			add_row(f, &r, PII_CARD);
			return end - from;
		}
	for (size_t end = to; end > from; end--) {
		if (!make_row(f, from, end, &r))
			continue;
		bool phone = phone_here(&r, c);
		if (phone || customer_here(f, &r, c)) {
			add_row(f, &r, phone ? PII_PHONE : PII_CUSTOMER);
			return end - from;
		}
	}
	return 0;
}

#define ROW_ELEMENTS_MAX 20 /* no number has more digits */

void digits_find(struct finder *f)
{
	for (size_t i = 0, end; i < f->elements; i = end) {
		end = i + 1;
		if (f->element[i].amount)
			continue;
		while (end < f->elements && f->element[end].joined && !f->element[end].amount)
			end++;
		struct cue c = read_cue(f, i, end);
		for (size_t k = i; k < end;) {
			size_t to = end - k > ROW_ELEMENTS_MAX ? k + ROW_ELEMENTS_MAX : end;
			size_t n = take_one(f, k, to, &c);
			k += n ? n : 1;
		}
	}
}
