#include "piece.h"

#include <stdlib.h>
#include <string.h>

#include "text/fold.h"
#include "text/utf8.h"

#define PHRASE_WORDS_MAX 8

/* ---- splitting ---- */

static bool is_apostrophe(uint32_t code)
{
	return code == '\'' || code == '`' || code == 0x2bc || code == 0x2018 || code == 0x2019;
}

static bool is_cyrillic(uint32_t code)
{
	return code >= 0x400 && code <= 0x52f;
}

static uint32_t code_at(const struct pieces *s, size_t i, size_t *ret_next)
{
	uint32_t code = ' ';

	*ret_next = i < s->text_n ? i + utf8_next(s->text + i, s->text_n - i, &code) : i;
	return code;
}

static struct piece *add_piece(struct pieces *s)
{
	if (s->n == s->size) {
		size_t size = s->size ? 2 * s->size : 64;
		struct piece *p = reallocarray(s->p, size, sizeof(*p));
		if (!p)
			return NULL;
		s->p = p;
		s->size = size;
	}
	s->p[s->n] = (struct piece){0};
	return &s->p[s->n++];
}

/* What the word looks like from `at` on: *ret_end behind it. */
static void read_word(const struct pieces *s, size_t at, struct piece *ret)
{
	uint32_t last = 0, code, after;
	size_t end = at, next, behind;
	bool lower = false;

	for (;; end = next) {
		code = code_at(s, end, &next);
		enum utf8_kind kind = utf8_kind(code);
		if (end == s->text_n)
			break;
		if (is_apostrophe(code)) {
			after = code_at(s, next, &behind);
			bool inside = (is_cyrillic(last) && is_cyrillic(after)) ||
				(last == 'n' && after == 't' && ret->letters > 1 &&
					utf8_kind(code_at(s, behind, &behind)) != UTF8_LETTER);
			if (!inside)
				break;
			continue;
		}
		if (kind != UTF8_LETTER && kind != UTF8_MARK)
			break;
		if (kind == UTF8_LETTER) {
			if (ret->letters++ == 0)
				ret->capital = utf8_is_upper(code);
			lower = lower || utf8_is_lower(code);
			last = utf8_lower(code);
		}
	}
	ret->capitals = ret->capital && !lower;
	ret->at = at;
	ret->n = end - at;
}

static void read_digits(const struct pieces *s, size_t at, struct piece *ret)
{
	size_t end = at, next;

	while (end < s->text_n && utf8_digit(code_at(s, end, &next)) >= 0)
		end = next;
	ret->kind = PIECE_DIGITS;
	ret->at = at;
	ret->n = end - at;
}

static int add_folded(struct pieces *s, struct piece *p, struct dynbuf *scratch)
{
	char *blank;

	if (fold_text(s->text + p->at, p->n, scratch) < 0)
		return -1;
	while ((blank = strchr(scratch->p, ' ')))
		*blank = '\'';
	p->folded = s->folded.n;
	return dynbuf_add(&s->folded, scratch->p, scratch->n + 1);
}

static int split_all(struct pieces *s, struct dynbuf *scratch)
{
	bool glued = false, lower = false, capital = false;
	size_t next;

	for (size_t at = 0; at < s->text_n; at = next) {
		uint32_t code = code_at(s, at, &next);
		enum utf8_kind kind = utf8_kind(code);
		if (kind == UTF8_BLANK) {
			glued = false;
			continue;
		}
		if (kind == UTF8_MARK || is_apostrophe(code))
			continue;
		struct piece *p = add_piece(s);
		if (!p)
			return -1;
		if (kind == UTF8_LETTER)
			read_word(s, at, p);
		else if (kind == UTF8_DIGIT)
			read_digits(s, at, p);
		else
			*p = (struct piece){
				.kind = PIECE_SIGN, .sign = code, .at = at, .n = next - at};
		p->glued = glued;
		glued = true;
		next = p->at + p->n;
		if (p->kind != PIECE_SIGN && add_folded(s, p, scratch) < 0)
			return -1;
		lower = lower || (p->kind == PIECE_WORD && !p->capital && p->letters > 1);
		capital = capital ||
			(p->kind == PIECE_WORD && p->capital && p->letters > 1 && s->n > 1 &&
				(p[-1].kind == PIECE_WORD || pieces_is_sign(s, s->n - 2, ",-")));
	}
	s->capitals = lower && capital;
	return 0;
}

int pieces_split(const char *text, size_t n, struct pieces *ret)
{
	struct dynbuf scratch;

	*ret = (struct pieces){.text = text, .text_n = n};
	dynbuf_init(&ret->folded, 3 * n + 64);
	dynbuf_init(&scratch, 2 * n + 64);
	int err = split_all(ret, &scratch);
	dynbuf_free(&scratch);
	if (err)
		pieces_free(ret);
	return err;
}

void pieces_free(struct pieces *s)
{
	free(s->p);
	dynbuf_free(&s->folded);
	*s = (struct pieces){0};
}

const char *pieces_word(const struct pieces *s, size_t i)
{
	return i < s->n && s->p[i].kind != PIECE_SIGN ? s->folded.p + s->p[i].folded : "";
}

bool pieces_is_sign(const struct pieces *s, size_t i, const char *signs)
{
	return i < s->n && s->p[i].kind == PIECE_SIGN && s->p[i].sign < 0x80 &&
		strchr(signs, (int)s->p[i].sign);
}

bool pieces_is_word(const struct pieces *s, size_t i)
{
	return i < s->n && s->p[i].kind == PIECE_WORD;
}

bool pieces_is_letter(const struct pieces *s, size_t i)
{
	return pieces_is_word(s, i) && s->p[i].letters == 1;
}

/* ---- phrases ---- */

struct phrase {
	char *words;         /* folded, a NUL behind each */
	size_t n;            /* how many */
	unsigned open;       /* bits: the words with any ending */
	struct phrase *next; /* with the same hash */
};

#define HASH_ROWS 256

struct phrases {
	struct phrase *p;
	size_t n;                      /* of them */
	size_t longest;                /* words of the longest */
	struct phrase *row[HASH_ROWS]; /* by how the first word begins */
};

/* Of the first two bytes: a word with any ending has more. */
static size_t hash(const char *word)
{
	return ((unsigned char)word[0] * 31u + (word[0] ? (unsigned char)word[1] : 0)) % HASH_ROWS;
}

/* A phrase is split as a text is, so that it finds its like. */
static int make_phrase(const char *written, struct phrase *ret)
{
	struct pieces s;
	struct dynbuf b;

	if (pieces_split(written, strlen(written), &s) < 0)
		return -1;
	dynbuf_init(&b, 1024);
	for (size_t i = 0; i < s.n && ret->n < PHRASE_WORDS_MAX; i++) {
		if (pieces_is_sign(&s, i, "*") && ret->n > 0) {
			ret->open |= 1u << (ret->n - 1);
		} else if (s.p[i].kind != PIECE_SIGN) {
			const char *word = pieces_word(&s, i);
			dynbuf_add(&b, word, strlen(word) + 1);
			ret->n++;
		}
	}
	pieces_free(&s);
	ret->words = dynbuf_failed(&b) ? NULL : malloc(b.n + 1);
	if (ret->words)
		memcpy(ret->words, b.p, b.n + 1);
	dynbuf_free(&b);
	return ret->words ? 0 : -1;
}

struct phrases *phrases_make(const char *const *list)
{
	struct phrases *l = calloc(1, sizeof(*l));
	size_t n = 0;

	while (list && list[n])
		n++;
	if (!l || !(l->p = calloc(n + 1, sizeof(*l->p)))) {
		free(l);
		return NULL;
	}
	for (; l->n < n; l->n++) {
		struct phrase *ph = &l->p[l->n];
		if (make_phrase(list[l->n], ph) < 0) {
			phrases_free(l);
			return NULL;
		}
		struct phrase **row = &l->row[hash(ph->words)];
		ph->next = *row;
		*row = ph;
		l->longest = ph->n > l->longest ? ph->n : l->longest;
	}
	return l;
}

void phrases_free(struct phrases *l)
{
	for (size_t i = 0; l && i < l->n; i++)
		free(l->p[i].words);
	if (l)
		free(l->p);
	free(l);
}

/* A word of a phrase: with any ending, or as it is. */
static bool fits(const char *want, bool open, const char *word)
{
	return open ? strncmp(word, want, strlen(want)) == 0 : strcmp(word, want) == 0;
}

/* The piece behind the phrase that stands at piece i, of which the first word fits; 0: it does not. A hyphen may join
 * words. */
static size_t behind(const struct phrase *ph, const struct pieces *s, size_t i)
{
	const char *want = ph->words;

	for (size_t k = 0; k < ph->n; k++, i++, want += strlen(want) + 1) {
		if (k > 0 && pieces_is_sign(s, i, "-"))
			i++;
		const char *word = pieces_word(s, i);
		if (!word[0] || (k > 0 && !fits(want, ph->open >> k & 1, word)))
			return 0;
	}
	return i;
}

/* The piece behind the longest phrase whose first word is this one, at piece i; with `end`: one that ends there. 0:
 * there is none. */
static size_t find(
	const struct phrases *l, const struct pieces *s, const char *word, size_t i, size_t end)
{
	size_t longest = 0;

	for (const struct phrase *ph = l->row[hash(word)]; ph; ph = ph->next) {
		if (ph->n == 0 || !fits(ph->words, ph->open & 1, word))
			continue;
		size_t to = behind(ph, s, i);
		if (to > longest && (!end || to == end))
			longest = to;
	}
	return longest;
}

/* Arabic writes `and` onto the word behind it. */
static size_t find_at(const struct phrases *l, const struct pieces *s, size_t i, size_t end)
{
	static const char and[] = "و";
	const char *word = pieces_word(s, i);
	size_t n = sizeof(and) - 1;

	if (!word[0])
		return 0;
	size_t to = find(l, s, word, i, end);
	if (to == 0 && strncmp(word, and, n) == 0 && word[n])
		to = find(l, s, word + n, i, end);
	return to;
}

size_t phrases_at(const struct phrases *l, const struct pieces *s, size_t i)
{
	size_t to = find_at(l, s, i, 0);

	return to ? to - i : 0;
}

size_t phrases_before(const struct phrases *l, const struct pieces *s, size_t i)
{
	size_t longest = 0;

	for (size_t n = 1; n <= 2 * l->longest && n <= i; n++)
		if (find_at(l, s, i - n, i) == i)
			longest = n;
	return longest;
}

size_t phrases_match(const char *folded, const struct pieces *s, size_t i)
{
	size_t from = i;

	for (;; i++) {
		const char *word = pieces_word(s, i);
		size_t n = strcspn(folded, " ");
		if (strlen(word) != n || strncmp(word, folded, n) != 0)
			return 0;
		if (!folded[n])
			return i + 1 - from;
		folded += n + 1;
	}
}

bool phrases_in(const struct phrases *l, const struct pieces *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (phrases_at(l, s, i) > 0)
			return true;
	return false;
}
