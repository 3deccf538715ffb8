/* Bank accounts: letters and digits, written, spelled or said. */
#include <string.h>

#include "check.h"
#include "finder.h"

#define CUE_PIECES 9
#define LENGTH_SLIP \
	3 /* letters and digits that may be lost: quarante quatre is one number or two */

struct stream {
	char p[IBAN_MOST + 32]; /* capitals and digits so far */
	size_t n;
	size_t end; /* offset behind the last of them */
};

static bool is_latin(const char *word)
{
	return word[0] && strspn(word, "abcdefghijklmnopqrstuvwxyz") == strlen(word);
}

/* Letters of a word that is part of a code; 0: it is a word. */
static size_t code_letters(const struct finder *f, size_t i)
{
	const struct piece *p = &f->s.p[i];
	const char *word = pieces_word(&f->s, i);
	size_t n = strlen(word);
	bool digits = (i + 1 < f->s.n && f->s.p[i + 1].kind == PIECE_DIGITS &&
			      f->s.p[i + 1].glued) ||
		(i > 0 && p->glued && f->s.p[i - 1].kind == PIECE_DIGITS);

	if (!is_latin(word) || n > 8)
		return 0;
	return n == 1 || digits || p->capitals ||
			check_iban_length((char[]){(char)(word[0] - 32), (char)(word[1] - 32), 0})
		? (n <= 2 || digits || p->capitals ? n : 0)
		: 0;
}

static bool put(struct stream *s, const char *p, size_t n, size_t end)
{
	if (s->n + n >= sizeof(s->p))
		return false;
	for (size_t i = 0; i < n; i++)
		s->p[s->n++] = (char)(p[i] >= 'a' && p[i] <= 'z' ? p[i] - 32 : p[i]);
	s->p[s->n] = '\0';
	s->end = end;
	return true;
}

/* Add what stands at piece *i, and go behind it. False: it is no part of an account. */
static bool take(const struct finder *f, size_t *i, struct stream *s)
{
	const struct piece *p = &f->s.p[*i];
	const struct element *e;
	size_t n;

	if (p->kind == PIECE_DIGITS) {
		const char *digits = pieces_word(&f->s, *i);
		(*i)++;
		return put(s, digits, strlen(digits), p->at + p->n);
	}
	if (p->kind == PIECE_SIGN)
		return s->n > 0 && pieces_is_sign(&f->s, *i, "-.,/ ") ? ((*i)++, true) : false;
	const char *letter = tongue_written(f->tongue->table->letters, &f->s, *i, &n);
	if (letter) {
		*i += n;
		return put(s, letter, strlen(letter), f->s.p[*i - 1].at + f->s.p[*i - 1].n);
	}
	if ((n = code_letters(f, *i)) > 0) {
		(*i)++;
		return put(s, pieces_word(&f->s, *i - 1), n, p->at + p->n);
	}
	if ((e = finder_element(f, *i)) && !e->written) {
		*i = e->to;
		return put(s, e->digits, strlen(e->digits), e->at + e->n);
	}
	return false;
}

static bool begins(const struct stream *s)
{
	return s->n < 4 || (s->p[2] >= '0' && s->p[2] <= '9' && s->p[3] >= '0' && s->p[3] <= '9');
}

/* The pieces of the account that begins at piece `from`; 0: none does. */
static size_t account(struct finder *f, size_t from)
{
	struct stream s = {.n = 0};
	size_t i = from, want = 0;

	while (i < f->s.n && s.n < IBAN_MOST && take(f, &i, &s)) {
		if (s.n >= 2 && (want = check_iban_length(s.p)) == 0)
			return 0;
		if (!begins(&s))
			return 0;
		if (want > 0 && s.n == want && check_iban(s.p, s.n)) {
			finder_add_bytes(
				f, PII_IBAN, f->s.p[from].at, s.end - f->s.p[from].at, s.p);
			return i - from;
		}
	}
	/* Misheard, where one was announced, or nearly one: better all of it. */
	bool announced = finder_back(f, IBAN_NEAR, from, CUE_PIECES) != SIZE_MAX ||
		(f->context->asked & PII_BIT(PII_IBAN));
	if (want > 0 && s.n >= 12 && s.p[2] >= '0' && s.p[2] <= '9' &&
		(announced || s.n + LENGTH_SLIP >= want)) {
		finder_add_bytes(f, PII_IBAN, f->s.p[from].at, s.end - f->s.p[from].at, s.p);
		return i - from;
	}
	return 0;
}

void iban_find(struct finder *f)
{
	for (size_t i = 0, n; i < f->s.n; i += n ? n : 1)
		n = f->s.p[i].kind == PIECE_WORD ? account(f, i) : 0;
}
