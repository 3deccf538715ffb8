#include "text/number.h"

#include <stdio.h>
#include <string.h>

#include "text/lexicon.h"

#define VALUE_MAX 1e15 /* what multiplication may reach */
#define PHRASE_MAX 3   /* words */

/* A word or phrase that means something in a number. */
struct token {
	enum number_kind kind;
	double value;       /* see number_row; of a number in digits: its value */
	const char *digits; /* of a number in digits; NULL: it is in words */
	size_t words;       /* how many it is; 0: it means nothing */
	bool and;           /* `and` is written onto it, or stands before it */
};

/* Reads token after token and puts numbers together. */
struct reader {
	const struct text_language *language; /* may be NULL */
	struct word word[NUMBER_WORDS_MAX];   /* of the text */
	size_t words;                         /* how many */
	struct number *ret;                   /* numbers so far */
	size_t n, max;                        /* how many, and how many fit */
	bool joined;                          /* nothing but fillers since the last one */
	bool decimals;                        /* and the decimal point */
	int doubled;                          /* how often the next digit is meant; 0: as it is */

	/* the number that is being read */
	bool open;      /* there is one */
	double total;   /* thousands and more that are complete */
	double times;   /* the last multiplier: the next one is smaller */
	double part;    /* what is below them */
	bool part_open; /* and whether there is any */
	double room;    /* what can still be added to it is smaller */
	double round; /* what it was up to the last hundred or thousand that something was added to; 0 */
	struct token last; /* the last token in it */
	size_t tokens;     /* how many it is of */
	size_t from, to;   /* words: first, and behind the last */
};

/* ---- words to tokens ---- */

/* The token of a folded phrase, as it stands or without what may be written onto it. */
static bool find_phrase(const struct text_language *l, const char *phrase, struct token *ret)
{
	const struct number_row *row = lexicon_find(l, phrase);
	size_t n = l->prefix ? strlen(l->prefix) : 0;

	ret->and = false;
	if (!row && n > 0 && strncmp(phrase, l->prefix, n) == 0) {
		ret->and = true;
		phrase += n;
		row = lexicon_find(l, phrase);
	}
	if (!row)
		return false;
	ret->kind = row->kind;
	ret->value = (double)row->value;
	return true;
}

/* The longest phrase that begins at word i. Hyphens bind: in vingt-quatre vingt, quatre vingt is none. */
static struct token token_at(const struct reader *r, size_t i)
{
	const struct word *w = &r->word[i];
	struct token t = {.digits = NULL};
	char phrase[PHRASE_MAX * (WORD_MAX + 1)];

	if (w->written)
		return (struct token){NUMBER_UNIT, w->value, w->folded, 1, false};
	for (size_t words = r->language ? PHRASE_MAX : 0; words > 0 && t.words == 0; words--) {
		size_t n = 0;
		bool whole = i + words <= r->words;
		for (size_t j = 0; j < words && whole; j++) {
			whole = w[j].folded[0] && !w[j].written &&
				(j == 0 || w[j].hyphen || !w->hyphen);
			n += (size_t)snprintf(
				phrase + n, sizeof(phrase) - n, "%s%s", j ? " " : "", w[j].folded);
		}
		if (whole && find_phrase(r->language, phrase, &t))
			t.words = words;
	}
	return t;
}

/* ---- tokens to numbers ---- */

/* Append a number of words [from, to). */
static struct number *add_number(struct reader *r, size_t from, size_t to)
{
	static struct number nowhere;
	const struct word *first = &r->word[from], *last = &r->word[to - 1];
	struct number *n = r->n < r->max ? &r->ret[r->n++] : &nowhere;

	*n = (struct number){.at = first->at,
		.n = last->at + last->n - first->at,
		.joined = r->joined,
		.decimals = r->joined && r->decimals,
		.parted = first->parted};
	r->joined = true;
	r->decimals = false;
	return n;
}

/* The number that is open is complete. */
static void end_number(struct reader *r)
{
	double value = r->total + r->part;

	if (!r->open)
		return;
	r->open = false;
	struct number *n = add_number(r, r->from, r->to);
	n->value = value;
	if (r->tokens == 1 && r->last.digits && strlen(r->last.digits) <= NUMBER_DIGITS_MAX)
		memcpy(n->digits, r->last.digits, strlen(r->last.digits) + 1);
	else if (value < VALUE_MAX && value == (double)(int64_t)value)
		snprintf(n->digits, sizeof(n->digits), "%.0f", value);
	if (r->round > 0 && n->digits[0])
		snprintf(n->apart, sizeof(n->apart), "%.0f%.0f", r->round, value - r->round);
	n->article = r->tokens == 1 &&
		(r->last.digits ? r->word[r->from].lettered : r->last.kind == NUMBER_ARTICLE);
}

static bool is_unit(const struct token *t)
{
	return !t->digits && (t->kind == NUMBER_UNIT || t->kind == NUMBER_ARTICLE);
}

/* Is it "hundred", of what is before it? */
static bool multiplies_hundred(const struct reader *r)
{
	return r->part_open &&
		((r->part < 10 && (is_unit(&r->last) || r->last.digits)) ||
			(r->language->tens_hundred && r->part > 10 && r->part < 100));
}

/* Does the token go on with the number that is open? */
static bool goes_on(const struct reader *r, const struct token *t)
{
	switch (t->kind) {
	case NUMBER_UNIT:
	case NUMBER_ARTICLE:
		if (t->digits)
			return !r->part_open && t->digits[0] != '0' && t->value < r->room;
		return t->value > 0 && t->value < r->room;
	case NUMBER_TENS:
		if (r->language->units_first && t->and &&is_unit(&r->last))
			return true;
		return t->value < r->room;
	case NUMBER_TEEN:
	case NUMBER_HUNDREDS:
		return t->value < r->room;
	case NUMBER_HUNDRED:
		return multiplies_hundred(r) || (!r->part_open && r->room > 100);
	case NUMBER_TIMES:
		return t->value < r->times && r->total + r->part * t->value < VALUE_MAX;
	case NUMBER_THOUSANDS:
		return !r->part_open && t->value < r->times;
	default:
		return false;
	}
}

/* What may be added behind the token is smaller than this. */
static double room_behind(const struct reader *r, const struct token *t)
{
	switch (t->kind) {
	case NUMBER_TENS:
		if (is_unit(&r->last) && r->tokens > 0)
			return 0;
		return r->language->wide_tens >> (int)(t->value / 10) & 1 ? 20 : 10;
	case NUMBER_HUNDREDS:
	case NUMBER_HUNDRED:
		return 100;
	case NUMBER_TIMES:
	case NUMBER_THOUSANDS:
		return t->value < 1000 ? 0 : 1000;
	default:
		return 0;
	}
}

static void take(struct reader *r, const struct token *t, size_t at)
{
	if (!r->open) {
		r->open = true;
		r->total = r->part = 0;
		r->times = VALUE_MAX;
		r->room = VALUE_MAX;
		r->part_open = false;
		r->round = 0;
		r->tokens = 0;
		r->from = at;
	}
	double room = room_behind(r, t);
	if (r->tokens > 0 && r->room >= 100)
		r->round = r->total + r->part;
	bool closes = t->kind == NUMBER_TIMES || t->kind == NUMBER_THOUSANDS;
	if (closes) {
		r->total += (r->part_open ? r->part : 1) * t->value;
		r->times = t->value;
		r->part = 0;
	} else if (t->kind == NUMBER_HUNDRED && multiplies_hundred(r)) {
		r->part *= 100;
	} else {
		r->part += t->kind == NUMBER_HUNDRED ? 100 : t->value;
	}
	r->part_open = !closes;
	r->room = room;
	r->last = *t;
	r->tokens++;
	r->to = at + t->words;
}

/* A digit that is said once for several: double five, two zeros, صفرين. */
static void add_repeated(struct reader *r, struct number *n, double digit, int count)
{
	n->value = 0;
	for (int i = 0; i < count; i++) {
		n->digits[i] = (char)('0' + (int)digit);
		n->value = n->value * 10 + digit;
	}
	n->digits[count] = '\0';
}

/* The name of a digit in the plural: of as many as the unit before it says. */
static void take_many(struct reader *r, const struct token *t, size_t at)
{
	int count = r->open && r->tokens == 1 && r->part >= 2 && r->part < 10 ? (int)r->part : 1;
	size_t from = count > 1 ? r->from : at;

	if (count == 1)
		end_number(r);
	r->open = false;
	add_repeated(r, add_number(r, from, at + t->words), t->value, count);
}

/* A word that says what to do with numbers. */
static void take_other(struct reader *r, const struct token *t, size_t at)
{
	if (t->kind == NUMBER_MANY) {
		take_many(r, t, at);
		return;
	}
	end_number(r);
	if (t->kind == NUMBER_TWICE) {
		add_repeated(r, add_number(r, at, at + t->words), t->value, 2);
	} else if (t->kind == NUMBER_HOMOPHONE) {
		struct number *n = add_number(r, at, at + t->words);
		add_repeated(r, n, t->value, 1);
		n->homophone = true;
	} else if (t->kind == NUMBER_DOUBLE) {
		r->doubled = (int)t->value;
	} else if (t->kind == NUMBER_POINT) {
		r->decimals = true;
	} else if (t->kind == NUMBER_HALF && r->joined && r->n > 0) {
		r->ret[r->n - 1].value += .5;
	}
}

/* A digit behind double or triple; false: it is none. */
static bool take_doubled(struct reader *r, const struct token *t, size_t at)
{
	bool digit = t->digits ? strlen(t->digits) == 1 : t->kind == NUMBER_ZERO || is_unit(t);

	if (digit)
		add_repeated(r, add_number(r, at - 1, at + t->words), t->value, r->doubled);
	else
		r->joined = false;
	r->doubled = 0;
	return digit;
}

static void take_token(struct reader *r, struct token *t, size_t at, bool *and)
{
	bool joins = t->kind == NUMBER_AND || t->kind == NUMBER_FILLER;

	if (joins) {
		*and = *and || t->kind == NUMBER_AND;
		return;
	}
	t->and = t->and || *and;
	*and = false;
	if (r->doubled && take_doubled(r, t, at))
		return;
	if (t->kind > NUMBER_THOUSANDS) {
		take_other(r, t, at);
		return;
	}
	/* Punctuation parts numbers, except behind thousands: two thousand, five hundred. */
	if (r->open && (!goes_on(r, t) || (r->word[at].parted && r->part_open)))
		end_number(r);
	take(r, t, at);
	if (t->kind == NUMBER_ZERO)
		end_number(r);
}

size_t number_read(const char *text, size_t n, const struct text_language *language,
	struct number *ret, size_t max)
{
	struct reader r = {.language = language, .ret = ret, .max = max};
	bool and = false;

	r.words = lexicon_words(text, n, language, r.word, NUMBER_WORDS_MAX);
	for (size_t i = 0; i < r.words;) {
		struct token t = token_at(&r, i);
		if (t.words == 0) {
			end_number(&r);
			r.joined = r.decimals = and = false;
			r.doubled = 0;
			i++;
			continue;
		}
		take_token(&r, &t, i, &and);
		i += t.words;
	}
	end_number(&r);
	return r.n;
}
