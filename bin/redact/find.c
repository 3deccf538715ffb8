#include "find.h"

#include <stdlib.h>
#include <string.h>

#include "finder.h"
#include "known.h"
#include "text/fold.h"
#include "text/utf8.h"

const char *pii_name(enum pii kind)
{
	static const char *const names[PII_KINDS] = {
		"NAME", "PHONE", "EMAIL", "CARD", "IBAN", "ADDRESS", "CUSTOMER"};

	return names[kind];
}

void finds_free(struct finds *f)
{
	free(f->span);
	dynbuf_free(&f->keys);
	*f = (struct finds){0};
}

/* ---- what the detectors share ---- */

void finder_add_bytes(struct finder *f, enum pii kind, size_t at, size_t n, const char *key)
{
	struct finds *r = f->ret;
	struct span *s;

	if (n == 0)
		return;
	if (r->n == r->size) {
		size_t size = r->size ? 2 * r->size : 16;
		s = reallocarray(r->span, size, sizeof(*s));
		if (!s) {
			f->failed = true;
			return;
		}
		r->span = s;
		r->size = size;
	}
	r->span[r->n++] = (struct span){kind, at, n, r->keys.n};
	if (dynbuf_add(&r->keys, key, strlen(key) + 1) < 0)
		f->failed = true;
}

void finder_add(struct finder *f, enum pii kind, size_t from, size_t to, const char *key)
{
	const struct piece *a = &f->s.p[from], *b = &f->s.p[to - 1];

	finder_add_bytes(f, kind, a->at, b->at + b->n - a->at, key);
}

void finder_add_words(struct finder *f, enum pii kind, size_t from, size_t to)
{
	struct dynbuf key;

	dynbuf_init(&key, 3 * f->s.text_n + 64);
	for (size_t i = from; i < to; i++) {
		const char *word = pieces_word(&f->s, i);
		if (word[0])
			dynbuf_addf(&key, "%s%s", key.n ? " " : "", word);
	}
	finder_add(f, kind, from, to, key.p);
	dynbuf_free(&key);
}

/* A period that is none at the end of a sentence: of an initial or an abbreviation, or before a small letter. */
static bool is_inner_period(const struct finder *f, size_t i)
{
	const struct pieces *s = &f->s;

	if (!pieces_is_sign(s, i, ".") || i + 1 >= s->n)
		return false;
	if (s->p[i + 1].glued ||
		(s->p[i + 1].kind == PIECE_WORD && !s->p[i + 1].capital && s->capitals))
		return true;
	return i > 0 && s->p[i].glued && s->p[i - 1].kind == PIECE_WORD &&
		(s->p[i - 1].letters <= 4 &&
			(s->p[i - 1].letters == 1 || at_phrase(f, STREET, i - 1) > 0 ||
				at_phrase(f, HOUSE, i - 1) > 0 || at_phrase(f, FLAT, i - 1) > 0 ||
				at_phrase(f, CITY, i - 1) > 0 ||
				at_phrase(f, NAME_TITLE, i - 1) > 0));
}

bool finder_starts(const struct finder *f, size_t i)
{
	if (i == 0 || i > f->s.n)
		return true;
	const struct piece *p = &f->s.p[i - 1];
	if (p->kind != PIECE_SIGN)
		return false;
	if (pieces_is_sign(&f->s, i - 1, "."))
		return !is_inner_period(f, i - 1);
	return pieces_is_sign(&f->s, i - 1, "?!;") || p->sign == 0x61f || p->sign == 0x2026;
}

size_t finder_back(const struct finder *f, enum tongue_list list, size_t from, size_t most)
{
	for (size_t i = from; i > 0 && from - i < most; i--) {
		if (finder_starts(f, i) && i < from)
			break;
		if (phrases_before(f->tongue->list[list], &f->s, i) > 0)
			return from - i;
	}
	return SIZE_MAX;
}

const struct element *finder_element(const struct finder *f, size_t i)
{
	size_t low = 0;

	for (size_t high = f->elements; low < high;) {
		size_t mid = (low + high) / 2;
		if (f->element[mid].from < i)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->elements && f->element[low].from == i ? &f->element[low] : NULL;
}

const struct element *finder_element_before(const struct finder *f, size_t i)
{
	size_t low = 0;

	for (size_t high = f->elements; low < high;) {
		size_t mid = (low + high) / 2;
		if (f->element[mid].to < i)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->elements && f->element[low].to == i ? &f->element[low] : NULL;
}

/* ---- what is known already ---- */

/* Parts of a name that mean nothing alone. */
static bool is_telling(const struct finder *f, size_t i)
{
	const struct piece *p = &f->s.p[i];

	if (p->letters < 3 || at_any(f, STOP, i) > 0)
		return false;
	return f->s.capitals ? p->capital : p->letters > 3;
}

static const struct known_value *name_with(const struct finder *f, size_t i)
{
	const struct known *k = f->context->known;
	const char *word = pieces_word(&f->s, i);

	for (size_t v = 0; v < k->n; v++)
		if (k->value[v].kind == PII_NAME && known_same(PII_NAME, word, k->value[v].key))
			return &k->value[v];
	return NULL;
}

static void familiar_names(struct finder *f)
{
	for (size_t i = 0, end; i < f->s.n; i = end) {
		const struct known_value *v = f->s.p[i].kind == PIECE_WORD ? name_with(f, i) : NULL;
		bool telling = v && is_telling(f, i);
		end = i + 1;
		if (!v)
			continue;
		for (size_t at = end; at < f->s.n; at++) {
			const char *word = pieces_word(&f->s, at);
			if (f->s.p[at].kind == PIECE_SIGN && pieces_is_sign(&f->s, at, "-"))
				continue;
			if (!word[0] || !known_same(PII_NAME, word, v->key))
				break;
			telling = true; /* two words of it in a row */
			end = at + 1;
		}
		if (telling)
			finder_add_words(f, PII_NAME, i, end);
	}
}

#define FAMILIAR_DIGITS 6
#define ROW_DIGITS_MAX 24

static const struct known_value *number_like(const struct finder *f, const char *digits)
{
	const struct known *k = f->context->known;

	for (size_t i = 0; i < k->n; i++) {
		const struct known_value *v = &k->value[i];
		if (v->kind == PII_PHONE ? known_same(PII_PHONE, digits, v->key)
					 : (v->kind == PII_CARD || v->kind == PII_CUSTOMER) &&
					strcmp(digits, v->key) == 0)
			return v;
	}
	return NULL;
}

/* The longest row from element i on that is a known number, or its end: elements; 0: none is. */
static size_t familiar_row(struct finder *f, size_t i)
{
	const struct known_value *v = NULL;
	char digits[ROW_DIGITS_MAX + NUMBER_SIZE], found[sizeof(digits)];
	size_t end = i, n = 0, to = i;

	while (end < f->elements && (end == i || f->element[end].joined)) {
		size_t more = strlen(f->element[end].digits);
		if (n + more > ROW_DIGITS_MAX)
			break;
		memcpy(digits + n, f->element[end].digits, more + 1);
		n += more;
		end++;
		const struct known_value *is = n >= FAMILIAR_DIGITS ? number_like(f, digits) : NULL;
		if (is) {
			v = is;
			to = end;
			memcpy(found, digits, n + 1);
		}
	}
	if (!v)
		return 0;
	const struct element *a = &f->element[i], *b = &f->element[to - 1];
	finder_add_bytes(f, v->kind, a->at, b->at + b->n - a->at, found);
	return to - i;
}

/* Digits of a known number, or its end, in a row of the text. */
static void familiar_digits(struct finder *f)
{
	for (size_t i = 0, n; i < f->elements; i += n ? n : 1)
		n = familiar_row(f, i);
}

void familiar_find(struct finder *f)
{
	if (!f->context->known)
		return;
	familiar_names(f);
	familiar_digits(f);
}

/* A telephone number inside something else, as in the UUID of a call. */
static int familiar_bytes(const struct find_context *c, struct finder *f)
{
	const char *text = f->s.text;

	for (size_t v = 0; c->known && v < c->known->n; v++) {
		const char *key = c->known->value[v].key;
		size_t n;
		if (c->known->value[v].kind != PII_PHONE)
			continue;
		key += *key == '+';
		n = strlen(key);
		for (size_t i = 0; n >= 7 && i + n <= f->s.text_n; i++) {
			size_t at = i, k = 0;
			for (; k < n && at < f->s.text_n &&
				(text[at] == key[k] || (k > 0 && text[at] == '-'));
				at++)
				k += text[at] == key[k];
			if (k == n) {
				finder_add_bytes(f, PII_PHONE, i, at - i, key);
				i = at - 1;
			}
		}
	}
	return f->failed ? -1 : 0;
}

/* What is a marker already: [NAME_1]. No other span goes over it; its kind is PII_KINDS, that of none. */
static void find_markers(struct finder *f)
{
	for (size_t i = 0; i + 4 < f->s.n; i++) {
		if (!pieces_is_sign(&f->s, i, "[") || !pieces_is_sign(&f->s, i + 2, "_") ||
			f->s.p[i + 3].kind != PIECE_DIGITS || !pieces_is_sign(&f->s, i + 4, "]"))
			continue;
		for (enum pii kind = 0; kind < PII_KINDS; kind++)
			if (strlen(pii_name(kind)) == f->s.p[i + 1].n &&
				strncmp(pii_name(kind), f->s.text + f->s.p[i + 1].at,
					f->s.p[i + 1].n) == 0)
				finder_add(f, PII_KINDS, i, i + 5, "");
	}
}

/* ---- one from many ---- */

/* What is surer goes first. */
static int rank(enum pii kind)
{
	static const int ranks[PII_KINDS] = {[PII_IBAN] = 0,
		[PII_CARD] = 1,
		[PII_EMAIL] = 2,
		[PII_PHONE] = 3,
		[PII_ADDRESS] = 4,
		[PII_CUSTOMER] = 5,
		[PII_NAME] = 6};

	return kind == PII_KINDS ? -1 : ranks[kind];
}

static int compare_ranks(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (rank(x->kind) != rank(y->kind))
		return rank(x->kind) - rank(y->kind);
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->n > y->n ? -1 : x->n < y->n;
}

static int compare_places(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static bool overlap(const struct span *a, const struct span *b)
{
	return a->at < b->at + b->n && b->at < a->at + a->n;
}

/* One kind, sorted: those that overlap become one, with the key of the longest. */
static size_t join(struct span *s, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct span *last = kept > 0 ? &s[kept - 1] : NULL;
		if (!last || last->kind != s[i].kind || !overlap(last, &s[i])) {
			s[kept++] = s[i];
			continue;
		}
		size_t end = s[i].at + s[i].n > last->at + last->n ? s[i].at + s[i].n
								   : last->at + last->n;
		if (s[i].n > last->n)
			last->key = s[i].key;
		last->n = end - last->at;
	}
	return kept;
}

/* What is left of a span where others are not: the longest rest. taken: a byte for each of the text. */
static void trim(const char *text, struct span *s, char *taken)
{
	size_t end = s->at + s->n, at = s->at, n = 0;

	for (size_t i = s->at, run; i < end; i += run + (run == 0)) {
		for (run = 0; i + run < end && !taken[i + run];)
			run++;
		if (run > n) {
			n = run;
			at = i;
		}
	}
	for (; n > 0 && strchr(" ,.;:-\t", text[at]); at++)
		n--;
	while (n > 0 && strchr(" ,;:-\t", text[at + n - 1]))
		n--;
	s->at = at;
	s->n = n;
	memset(taken + at, 1, n);
}

static int settle(const char *text, size_t text_n, struct finds *f)
{
	char *taken = calloc(1, text_n + 1);
	size_t n = 0;

	if (!taken)
		return -1;
	if (f->n > 0)
		qsort(f->span, f->n, sizeof(*f->span), compare_ranks);
	f->n = join(f->span, f->n);
	for (size_t i = 0; i < f->n; i++)
		trim(text, &f->span[i], taken);
	for (size_t i = 0; i < f->n; i++)
		if (f->span[i].n > 0 && f->span[i].kind != PII_KINDS)
			f->span[n++] = f->span[i];
	f->n = n;
	if (f->n > 0)
		qsort(f->span, f->n, sizeof(*f->span), compare_places);
	free(taken);
	return 0;
}

/* ---- languages ---- */

/* Bits 1 << enum tongue_script of the letters of a text; digits alone: all. */
static unsigned scripts(const char *text, size_t n)
{
	unsigned found = 0;
	uint32_t code;

	for (size_t i = 0; i < n;) {
		i += utf8_next(text + i, n - i, &code);
		if (utf8_kind(code) != UTF8_LETTER)
			continue;
		if (code >= 0x400 && code <= 0x52f)
			found |= 1u << SCRIPT_CYRILLIC;
		else if ((code >= 0x600 && code <= 0x6ff) || code >= 0xfb50)
			found |= 1u << SCRIPT_ARABIC;
		else if (code < 0x250)
			found |= 1u << SCRIPT_LATIN;
	}
	return found ? found : 1u << SCRIPT_LATIN;
}

static void look(struct finder *f)
{
	digits_read(f);
	iban_find(f);
	digits_find(f);
	email_find(f);
	place_find(f);
	person_find(f);
	familiar_find(f);
}

int find_spans(const struct tongue *tongues, const struct find_context *c, const char *text,
	size_t n, struct finds *ret)
{
	struct finder f = {.context = c, .tongues = tongues, .ret = ret};
	unsigned in = scripts(text, n);

	ret->n = 0;
	dynbuf_free(&ret->keys);
	dynbuf_init(&ret->keys, 64 * n + 65536);
	if (pieces_split(text, n, &f.s) < 0)
		return -1;
	for (size_t i = 0; i < TONGUES && !f.failed; i++) {
		f.tongue = &tongues[i];
		if (in >> f.tongue->table->script & 1)
			look(&f);
	}
	find_markers(&f);
	int err = familiar_bytes(c, &f);
	if (settle(text, n, ret) < 0)
		err = -1;
	pieces_free(&f.s);
	free(f.element);
	return err;
}

int find_asked(const struct tongue *tongues, const char *text, size_t n, unsigned *ret)
{
	static const struct {
		enum tongue_list list;
		enum pii kind;
	} rows[] = {{NAME_ASKED, PII_NAME}, {PHONE_ASKED, PII_PHONE}, {EMAIL_ASKED, PII_EMAIL},
		{CARD_NEAR, PII_CARD}, {IBAN_NEAR, PII_IBAN}, {ADDRESS_ASKED, PII_ADDRESS},
		{CUSTOMER, PII_CUSTOMER}};
	struct pieces s;

	*ret = 0;
	if (pieces_split(text, n, &s) < 0)
		return -1;
	for (size_t t = 0; t < TONGUES; t++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if (phrases_in(tongues[t].list[rows[i].list], &s, 0, s.n))
				*ret |= PII_BIT(rows[i].kind);
	pieces_free(&s);
	return 0;
}
