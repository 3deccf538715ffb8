/* Names: what follows "my name is", stands beside a title, or answers the question for it. */
#include <string.h>

#include "finder.h"

#define WORDS_MOST 4       /* of a name where capitals show it */
#define WORDS_MOST_PLAIN 3 /* where they do not */
#define LEAD_PIECES 16     /* before a name: "yes, good morning, it's" */
#define SPELLED_LEAST 3    /* letters in a row */

/* Pieces of a row of single letters at i: D U P O N T, D-U-P; 0: fewer than three. */
static size_t letters_at(const struct finder *f, size_t i)
{
	size_t n = 0, letters = 0;

	while (pieces_is_letter(&f->s, i + n) ||
		(letters > 0 && pieces_is_sign(&f->s, i + n, "-.,") &&
			pieces_is_letter(&f->s, i + n + 1))) {
		letters += f->s.p[i + n].kind == PIECE_WORD;
		n++;
	}
	return letters >= SPELLED_LEAST ? n : 0;
}

static bool is_stop(const struct finder *f, size_t i)
{
	return at_any(f, STOP, i) > 0;
}

/* O'Brien, d'Artagnan: the letter and the word behind it. */
static bool is_elided(const struct finder *f, size_t i)
{
	return pieces_is_letter(&f->s, i) && pieces_is_word(&f->s, i + 1) && f->s.p[i + 1].glued;
}

/* Signs within a name: a hyphen, the period of an initial or title. */
static bool is_within(const struct finder *f, size_t i, size_t from)
{
	if (i == from || !pieces_is_word(&f->s, i + 1))
		return false;
	if (pieces_is_sign(&f->s, i, "-"))
		return f->s.p[i].glued && f->s.p[i + 1].glued;
	return pieces_is_sign(&f->s, i, ".") && f->s.p[i].glued && f->s.p[i + 1].capital &&
		(pieces_is_letter(&f->s, i - 1) || at_phrase(f, NAME_TITLE, i - 1) > 0);
}

/* The name that begins at piece i has at most `most` words: the piece behind it; i: there is none. plain: it may be in
 * small letters though other words have capitals. */
static size_t name_end(const struct finder *f, size_t i, size_t most, bool plain)
{
	size_t from = i, end = i, words = 0, n;

	while (i < f->s.n && words < most) {
		const struct piece *p = &f->s.p[i];
		if ((n = letters_at(f, i)) > 0) {
			end = i += n;
			words++;
			continue;
		}
		if (is_within(f, i, from)) {
			i++;
			continue;
		}
		if (!pieces_is_word(&f->s, i) || (i > from && finder_starts(f, i)))
			break;
		if (at_phrase(f, NAME_LINK, i) > 0 && !p->capital) {
			i++;
			continue;
		}
		if (is_stop(f, i) && !(is_elided(f, i) && p->capital))
			break;
		if (f->s.capitals && !p->capital && !(plain && words == 0))
			break;
		i += is_elided(f, i) ? 2 : 1;
		words += !(pieces_is_sign(&f->s, i, "-") && i < f->s.n && f->s.p[i].glued);
		end = i;
	}
	/* and spelled once more: Dupont, D U P O N T */
	if (end > from && (n = letters_at(f, end + pieces_is_sign(&f->s, end, ",."))) > 0)
		end += n + pieces_is_sign(&f->s, end, ",.");
	return end;
}

static size_t most_words(const struct finder *f)
{
	return f->s.capitals ? WORDS_MOST : WORDS_MOST_PLAIN;
}

/* Behind what may stand before the name: signs, "yes, it's", titles. */
static size_t behind_lead(const struct finder *f, size_t i)
{
	size_t most = i + LEAD_PIECES;

	for (size_t n; i < f->s.n && i < most; i += n) {
		n = at_any(f, NAME_LEAD, i);
		if (n == 0)
			n = at_phrase(f, NAME_BEFORE, i);
		if (n == 0 && pieces_is_sign(&f->s, i, ",.:-!\"("))
			n = 1;
		if (n == 0 && f->s.p[i].kind == PIECE_SIGN && f->s.p[i].sign >= 0x80)
			n = 1;
		if (n == 0)
			break;
	}
	return i;
}

/* The pieces of a title at i, with its period. A short one is a word of its own (ms, m') unless it has a capital. */
static size_t title_at(const struct finder *f, size_t i)
{
	size_t n = at_phrase(f, NAME_TITLE, i);
	bool small = n == 1 && !f->s.p[i].capital && f->s.p[i].n <= 2 &&
		f->s.p[i].n == f->s.p[i].letters && strcmp(pieces_word(&f->s, i), "mr") != 0 &&
		strcmp(pieces_word(&f->s, i), "dr") != 0;

	if (n == 0 || small || (pieces_is_word(&f->s, i + n) && f->s.p[i + n].glued))
		return 0;
	return n + pieces_is_sign(&f->s, i + n, ".");
}

static size_t behind_title(const struct finder *f, size_t i)
{
	size_t n;

	while ((n = title_at(f, i)) > 0)
		i += n;
	return i;
}

static void add_name(struct finder *f, size_t from, size_t end)
{
	if (end > from)
		finder_add_words(f, PII_NAME, from, end);
}

static size_t announced(struct finder *f, size_t i)
{
	size_t n = at_phrase(f, NAME_BEFORE, i), at = i + n;

	if (n == 0)
		return 0;
	while (pieces_is_sign(&f->s, at, ":,-\"") ||
		(at < f->s.n && f->s.p[at].kind == PIECE_SIGN && f->s.p[at].sign >= 0x80))
		at++;
	at = behind_title(f, behind_lead(f, at));
	size_t end = name_end(f, at, most_words(f), true);
	add_name(f, at, end);
	return end > at ? end - i : n;
}

/* This is Ruth Cohen: two words with capitals at least. */
static size_t maybe(struct finder *f, size_t i)
{
	size_t n = at_phrase(f, NAME_MAYBE, i), at, end;

	if (n == 0 || !f->s.capitals)
		return 0;
	at = behind_title(f, i + n);
	end = name_end(f, at, WORDS_MOST, false);
	if (end > at + 1 || (end > at && at_phrase(f, NAME_AFTER, end) > 0))
		add_name(f, at, end);
	return n;
}

static size_t titled(struct finder *f, size_t i)
{
	size_t at = behind_title(f, i), end;

	if (at == i)
		return 0;
	end = name_end(f, at,
		f->s.capitals                                       ? WORDS_MOST
			: f->tongue->table->script == SCRIPT_ARABIC ? 2
								    : 1,
		false);
	add_name(f, at, end);
	return at - i;
}

/* Ruth Cohen speaking: nothing but it, back to the beginning of the sentence. */
static void closed(struct finder *f, size_t i)
{
	size_t from = i;

	if (at_phrase(f, NAME_AFTER, i) == 0)
		return;
	while (from > 0 && !finder_starts(f, from) && i - from < 2 * WORDS_MOST &&
		(pieces_is_word(&f->s, from - 1) ||
			(pieces_is_sign(&f->s, from - 1, "-") && f->s.p[from].glued)))
		from--;
	from = behind_title(f, behind_lead(f, from));
	if (from < i && name_end(f, from, WORDS_MOST, true) == i)
		add_name(f, from, i);
}

static size_t spelled(struct finder *f, size_t i)
{
	size_t n = at_phrase(f, SPELLED, i), at = i + n;

	if (n == 0)
		return 0;
	at += pieces_is_sign(&f->s, at, ":,");
	add_name(f, at, at + letters_at(f, at));
	return n;
}

/* The answer to the question for a name: it has nothing else in it, or goes on behind it. */
static void answered(struct finder *f)
{
	size_t at = behind_title(f, behind_lead(f, 0)), end;

	if (!(f->context->asked & PII_BIT(PII_NAME)) || f->context->said_by_bot)
		return;
	end = name_end(f, at, WORDS_MOST, true);
	if (finder_element(f, at) && !finder_element(f, at)->article)
		return;
	add_name(f, at, end);
}

void person_find(struct finder *f)
{
	answered(f);
	for (size_t i = 0, n; i < f->s.n; i += n ? n : 1) {
		closed(f, i);
		n = announced(f, i);
		if (n == 0)
			n = maybe(f, i);
		if (n == 0)
			n = titled(f, i);
		if (n == 0)
			n = spelled(f, i);
	}
}
