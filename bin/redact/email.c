/* E-mail addresses, written and said. */
#include <string.h>

#include "finder.h"

#define CUE_PIECES 10

static bool is_part(const struct finder *f, size_t i)
{
	return i < f->s.n && f->s.p[i].kind != PIECE_SIGN;
}

/* Pieces of the joiner at i, and what it is written as; 0: none. */
static size_t joiner(const struct finder *f, size_t i, char *ret)
{
	static const struct {
		enum tongue_list list;
		char sign;
	} rows[] = {{EMAIL_UNDERSCORE, '_'}, {EMAIL_DASH, '-'}, {EMAIL_DOT, '.'}};

	if (pieces_is_sign(&f->s, i, ".-_") && f->s.p[i].glued && is_part(f, i + 1) &&
		f->s.p[i + 1].glued) {
		*ret = (char)f->s.p[i].sign;
		return 1;
	}
	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		size_t n = at_phrase(f, rows[k].list, i);
		if (n > 0) {
			*ret = rows[k].sign;
			return n;
		}
	}
	return 0;
}

/* Pieces of the joiner that ends before i. */
static size_t joiner_before(const struct finder *f, size_t i)
{
	char sign;

	for (size_t n = 3; n > 0; n--)
		if (n <= i && joiner(f, i - n, &sign) == n)
			return n;
	return 0;
}

static const char *const ends[] = {"com", "net", "org", "fr", "uk", "co", "ru", "ua", "de", "eu",
	"info", "io", "biz", "be", "ch", "ca", "us", "ma", "dz", "tn", "eg", "sa", "ae", "by", "kz",
	"edu", "gov", "me", "it", "es", "pl", NULL};
static const char *const providers[] = {"gmail", "hotmail", "yahoo", "outlook", "icloud", "orange",
	"laposte", "free", "sfr", "wanadoo", "live", "yandex", "rambler", "mail", "ukr", "ukr.net",
	"protonmail", "proton", "gmx", "aol", "i", "meta", NULL};

static bool one_of(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* One part of a domain at i, added to key: its pieces. */
static size_t domain_part(const struct finder *f, size_t i, struct dynbuf *key)
{
	size_t n, count = 0;
	const char *written = tongue_written(f->tongue->table->mail, &f->s, i, &n);

	if (written) {
		dynbuf_adds(key, written);
		return n;
	}
	const struct element *e = finder_element(f, i);
	if (e && !e->article) {
		dynbuf_adds(key, e->digits);
		return e->to - i;
	}
	/* spelled: letter by letter */
	while (pieces_is_letter(&f->s, i + count))
		dynbuf_adds(key, pieces_word(&f->s, i + count++));
	if (count == 0 && is_part(f, i)) {
		dynbuf_adds(key, pieces_word(&f->s, i));
		count = 1;
	}
	return count;
}

/* Is the last part of key the end of a domain? */
static bool ends_well(const char *key)
{
	const char *dot = strrchr(key, '.');

	if (!dot)
		return false;
	size_t n = strlen(dot + 1);
	return one_of(ends, dot + 1) ||
		(n >= 2 && n <= 6 && strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz") == n);
}

/* The domain at piece i: the piece behind it, i: there is none. */
static size_t domain(const struct finder *f, size_t i, struct dynbuf *key)
{
	size_t start = key->n, end = i, at = i, n;
	char sign;

	if ((n = domain_part(f, at, key)) == 0)
		return i;
	bool provider = one_of(providers, key->p + start);
	at += n;
	while ((n = joiner(f, at, &sign)) > 0 && is_part(f, at + n)) {
		size_t before = key->n;
		dynbuf_add(key, &sign, 1);
		size_t part = domain_part(f, at + n, key);
		if (part == 0 || dynbuf_failed(key)) {
			dynbuf_truncate(key, before);
			break;
		}
		at += n + part;
		if (ends_well(key->p + start))
			end = at;
	}
	if (end == i && provider) {
		size_t before = key->n;
		dynbuf_adds(key, ".");
		n = domain_part(f, at, key);
		if (n > 0 && one_of(ends, key->p + before + 1))
			return at + n;
		dynbuf_truncate(key, before);
		return at;
	}
	return end;
}

/* ---- what stands before the @ ---- */

/* The piece that the word or number before i begins at. */
static size_t unit_before(const struct finder *f, size_t i)
{
	const struct element *e = finder_element_before(f, i);

	return e && !f->s.p[i - 1].letters ? e->from : e && e->to - e->from > 1 ? e->from : i - 1;
}

static bool is_cue(const struct finder *f, size_t i)
{
	return at_any(f, STOP, i) > 0 || at_any(f, EMAIL_NEAR, i) > 0 ||
		phrases_before(f->tongue->list[EMAIL_NEAR], &f->s, i + 1) > 0;
}

/* How far to the left it goes. `announced`: every word back to what announced it. */
static size_t local_part(const struct finder *f, size_t at, bool announced)
{
	bool want = true, small = false, number = false; /* of the part before: what it was */
	size_t i = at, n;

	while (i > 0) {
		if (!want && (n = joiner_before(f, i)) > 0) {
			i -= n;
			want = true;
			continue;
		}
		if (!is_part(f, i - 1) || (i < at && finder_starts(f, i)))
			break;
		bool digits = finder_element_before(f, i) != NULL;
		bool letter = pieces_is_letter(&f->s, i - 1) || digits;
		bool cue = is_cue(f, i - 1) && !(letter && small);
		if (i == at ? !announced && at_any(f, EMAIL_NEVER, i - 1) > 0
			    : !want && (cue || !(letter || number || announced)))
			break;
		number = digits;
		small = letter;
		want = false;
		i = unit_before(f, i);
	}
	return want && i < at ? i + 1 : i;
}

/* Write the pieces [from, to) as an address has them. */
static void write_local(const struct finder *f, size_t from, size_t to, struct dynbuf *key)
{
	for (size_t i = from, n; i < to; i += n) {
		char sign;
		const struct element *e = finder_element(f, i);
		if ((n = joiner(f, i, &sign)) > 0) {
			dynbuf_add(key, &sign, 1);
		} else if (e && !e->article && e->to <= to) {
			dynbuf_adds(key, e->digits);
			n = e->to - i;
		} else {
			dynbuf_adds(key, pieces_word(&f->s, i));
			n = 1;
		}
		n = n ? n : 1;
	}
}

static void said_at(struct finder *f, size_t at, size_t n)
{
	bool announced = finder_back(f, EMAIL_NEAR, at, CUE_PIECES) != SIZE_MAX ||
		(f->context->asked & PII_BIT(PII_EMAIL));
	size_t from = local_part(f, at, announced);
	struct dynbuf key;

	if (from == at)
		return;
	dynbuf_init(&key, 4096);
	write_local(f, from, at, &key);
	dynbuf_adds(&key, "@");
	size_t end = domain(f, at + n, &key);
	if (end > at + n && !dynbuf_failed(&key))
		finder_add(f, PII_EMAIL, from, end, key.p);
	dynbuf_free(&key);
}

/* ---- written ---- */

static bool in_local(const struct finder *f, size_t i)
{
	return is_part(f, i) || pieces_is_sign(&f->s, i, "._-+%");
}

static void written_at(struct finder *f, size_t at)
{
	size_t from = at, end = at + 1;
	struct dynbuf key;

	while (from > 0 && in_local(f, from - 1) && f->s.p[from].glued)
		from--;
	while (end < f->s.n && (is_part(f, end) || pieces_is_sign(&f->s, end, ".-_")) &&
		(f->s.p[end].glued || end == at + 1))
		end++;
	while (end > at + 1 && !is_part(f, end - 1))
		end--;
	if (from == at && from > 0 && is_part(f, from - 1)) /* john @ gmail.com */
		for (from--; from > 0 && in_local(f, from - 1) && f->s.p[from].glued;)
			from--;
	if (from == at || end <= at + 1)
		return;
	dynbuf_init(&key, f->s.p[end - 1].at + 64);
	for (size_t i = from; i < end; i++)
		if (is_part(f, i))
			dynbuf_adds(&key, pieces_word(&f->s, i));
		else
			dynbuf_add(&key, f->s.text + f->s.p[i].at, f->s.p[i].n);
	finder_add(f, PII_EMAIL, from, end, dynbuf_failed(&key) ? "" : key.p);
	dynbuf_free(&key);
}

void email_find(struct finder *f)
{
	for (size_t i = 1; i + 1 < f->s.n; i++) {
		size_t n = at_phrase(f, EMAIL_AT, i);
		if (pieces_is_sign(&f->s, i, "@"))
			written_at(f, i);
		else if (n > 0)
			said_at(f, i, n);
	}
}
