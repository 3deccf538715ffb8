#include "text/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "text/fold.h"
#include "text/utf8.h"

#define FORMS_MAX 1024 /* forms of one language */

/* ---- the words of a language ---- */

struct form {
	char *folded;                 /* without the star */
	const struct number_row *row; /* where it stands */
	bool prefix;                  /* any ending fits */
};

/* Folded once a process, when first asked for; of so many languages at a time. */
#define KNOWN_MAX 5

static struct known {
	const struct text_language *language;
	struct form form[FORMS_MAX]; /* in order of folded */
	size_t n;                    /* how many */
} tables[KNOWN_MAX];

static int compare_forms(const void *a, const void *b)
{
	return strcmp(((const struct form *)a)->folded, ((const struct form *)b)->folded);
}

static void learn_row(struct known *k, const struct number_row *row)
{
	struct dynbuf b;

	dynbuf_init(&b, 256);
	for (const char *p = row->forms; *p; p += *p == '|') {
		size_t n = strcspn(p, "|");
		if (k->n == FORMS_MAX || fold_text(p, n, &b) < 0)
			break;
		struct form f = {strdup(b.p), row, n > 0 && p[n - 1] == '*'};
		if (f.folded)
			k->form[k->n++] = f;
		p += n;
	}
	dynbuf_free(&b);
}

static void learn(struct known *k, const struct text_language *language)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->form[i].folded);
	k->language = language;
	k->n = 0;
	for (const struct number_row *row = language->numbers; row->forms; row++)
		learn_row(k, row);
	qsort(k->form, k->n, sizeof(*k->form), compare_forms);
}

/* The forms of a language. */
static const struct known *known_of(const struct text_language *language)
{
	static size_t next;
	struct known *k = tables;

	for (; k < tables + KNOWN_MAX && k->language; k++)
		if (k->language == language)
			return k;
	if (k == tables + KNOWN_MAX)
		k = &tables[next++ % KNOWN_MAX];
	learn(k, language);
	return k;
}

const struct number_row *lexicon_find(const struct text_language *language, const char *phrase)
{
	size_t low = 0;

	if (!language || !phrase[0])
		return NULL;
	const struct known *known = known_of(language);
	/* The last form that is not behind the phrase: itself, or, if any, a beginning of it. */
	for (size_t high = known->n; low < high;) {
		size_t mid = (low + high) / 2;
		if (strcmp(known->form[mid].folded, phrase) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low > 0; low--) {
		const struct form *f = &known->form[low - 1];
		size_t n = strlen(f->folded);
		bool begins = strncmp(f->folded, phrase, n) == 0;
		if (begins && (phrase[n] == '\0' || (f->prefix && !strchr(phrase + n, ' '))))
			return f->row;
		if (f->folded[0] != phrase[0])
			break;
	}
	return NULL;
}

/* ---- the words of a text ---- */

struct splitter {
	const char *p;        /* the text */
	size_t n;             /* its bytes */
	size_t at;            /* offset of the next character */
	char decimal;         /* what stands before decimals */
	bool parted, hyphen;  /* for the next word, see struct word */
	bool letter;          /* the last character was a letter */
	struct word *ret;     /* words so far */
	size_t words, max;    /* how many, and how many fit */
	struct dynbuf folded; /* scratch */
};

/* The character at an offset, a blank behind the end. */
static uint32_t at(const struct splitter *s, size_t i, size_t *ret_next)
{
	uint32_t code = ' ';

	*ret_next = i < s->n ? i + utf8_next(s->p + i, s->n - i, &code) : i;
	return code;
}

static bool is_hyphen(uint32_t code)
{
	return code == '-' || code == 0x2010 || code == 0x2011;
}

/* Digits from offset i on, copied if digits is given; *ret_next is the offset behind them. */
static size_t count_digits(const struct splitter *s, size_t i, char *digits, size_t *ret_next)
{
	size_t n = 0, next;

	for (;; i = next) {
		int digit = utf8_digit(at(s, i, &next));
		if (digit < 0)
			break;
		if (digits)
			digits[n] = (char)('0' + digit);
		if (++n == WORD_MAX / 2)
			return *ret_next = next, n;
	}
	*ret_next = i;
	return n;
}

/* Can this stand between groups of three digits? */
static bool groups(const struct splitter *s, uint32_t code)
{
	bool comma = s->decimal == ',';

	return code == (comma ? '.' : ',') || (comma && code == ' ') || code == '\'' ||
		code == 0x2019 || code == 0xa0 || code == 0x202f || code == 0x66c;
}

/* Add further groups of three digits to the n there are: 2,500,000. Returns how many there are then. */
static size_t add_groups(struct splitter *s, char *digits, size_t n, size_t *pos)
{
	uint32_t sign = 0;
	size_t next, behind;

	while (n <= 3 * 5 && digits[0] != '0') {
		uint32_t code = at(s, *pos, &next);
		char group[WORD_MAX];
		if (!groups(s, code) || (sign && code != sign) || (!sign && n > 3) ||
			count_digits(s, next, group, &behind) != 3)
			break;
		memcpy(digits + n, group, 3);
		n += 3;
		sign = code;
		*pos = behind;
	}
	return n;
}

/* Is the character at an offset a point or comma between two digits? */
static bool parts_digits(const struct splitter *s, size_t i)
{
	size_t next;

	return i > 0 && i < s->n && (s->p[i] == '.' || s->p[i] == ',') &&
		utf8_digit(at(s, i + 1, &next)) >= 0 && s->p[i - 1] >= '0' && s->p[i - 1] <= '9';
}

/* Add decimals; a point that is one of several is none (12.34.56). */
static size_t add_decimals(struct splitter *s, char *digits, size_t n, size_t *pos)
{
	size_t next, behind;
	uint32_t code = at(s, *pos, &next);
	char part[WORD_MAX];

	if ((code != (uint32_t)s->decimal && code != 0x66b) ||
		(s->at > 0 && parts_digits(s, s->at - 1)))
		return 0;
	size_t decimals = count_digits(s, next, part, &behind);
	if (decimals == 0 || n + decimals >= WORD_MAX - 1 || parts_digits(s, behind))
		return 0;
	memcpy(digits + n, part, decimals);
	*pos = behind;
	return decimals;
}

static void add_written(struct splitter *s)
{
	struct word *w = &s->ret[s->words++];
	size_t pos, next;

	*w = (struct word){.at = s->at, .written = true, .hyphen = s->hyphen, .parted = s->parted};
	w->lettered = s->letter;
	size_t n = count_digits(s, s->at, w->folded, &pos);
	if (n <= 3)
		n = add_groups(s, w->folded, n, &pos);
	size_t decimals = add_decimals(s, w->folded, n, &pos);
	w->value = strtod(w->folded, NULL);
	for (size_t i = 0; i < decimals; i++)
		w->value /= 10;
	w->lettered = w->lettered || utf8_kind(at(s, pos, &next)) == UTF8_LETTER;
	w->n = pos - s->at;
	s->at = pos;
	s->letter = s->hyphen = s->parted = false;
}

/* What stands up to the next blank, hyphen or digit: one folded word or several (l'un, huit,neuf). */
static void add_letters(struct splitter *s)
{
	size_t start = s->at, end = start, next;
	enum utf8_kind last = UTF8_BLANK;

	for (;; end = next) {
		uint32_t code = at(s, end, &next);
		enum utf8_kind kind = utf8_kind(code);
		if (end == s->n || is_hyphen(code) || kind == UTF8_BLANK || kind == UTF8_DIGIT)
			break;
		last = kind;
	}
	s->letter = last == UTF8_LETTER;
	if (fold_text(s->p + start, end - start, &s->folded) < 0)
		dynbuf_reset(&s->folded);
	for (const char *p = s->folded.p; *p && s->words < s->max; p += *p == ' ') {
		size_t n = strcspn(p, " ");
		struct word *w = &s->ret[s->words++];
		*w = (struct word){
			.at = start, .n = end - start, .hyphen = s->hyphen, .parted = s->parted};
		if (n < WORD_MAX)
			memcpy(w->folded, p, n);
		s->hyphen = s->parted = false;
		p += n;
	}
	s->parted = last == UTF8_PUNCT;
	s->at = end;
}

size_t lexicon_words(const char *text, size_t n, const struct text_language *language,
	struct word *ret, size_t max)
{
	struct splitter s = {
		text, n, .decimal = language ? language->decimal : '.', .ret = ret, .max = max};
	size_t next;

	dynbuf_init(&s.folded, 4 * n + 16);
	while (s.at < n && s.words < max) {
		uint32_t code = at(&s, s.at, &next);
		enum utf8_kind kind = utf8_kind(code);
		if (kind == UTF8_DIGIT) {
			add_written(&s);
		} else if (kind == UTF8_LETTER) {
			add_letters(&s);
		} else {
			s.hyphen = is_hyphen(code) && s.words > 0;
			s.parted = s.parted || (kind == UTF8_PUNCT && !is_hyphen(code));
			s.letter = false;
			s.at = next;
		}
	}
	dynbuf_free(&s.folded);
	return s.words;
}
