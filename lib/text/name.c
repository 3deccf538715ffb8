#include "text/name.h"

#include <string.h>

#include "text/utf8.h"

#define PART_MAX 40 /* letters of a part that is looked at; a longer one stays as it is */

/* A part of a name: the letters between two that divide. */
struct part {
	uint32_t letters[PART_MAX]; /* as they were written */
	size_t n;                   /* of them; PART_MAX + 1: there are more */
	bool first;                 /* of the name */
	char before; /* what divides it from the one before: ' ', '-', '\''; 0: it is the first */
	char behind; /* from the next one; 0: it is the last */
};

static const char *const particles[] = {"de", "du", "des", "von", "van", "der", "den", "ter", "ten",
	"zu", "zum", "zur", "da", "di", "del", "della", "do", "dos", "das", "bin", "ibn", "y", "e"};

static bool is_word(const struct part *p, const char *word)
{
	size_t i = 0;

	for (; i < p->n && word[i]; i++)
		if (utf8_lower(p->letters[i]) != (unsigned char)word[i])
			return false;
	return i == p->n && !word[i];
}

static bool is_particle(const struct part *p, bool last)
{
	if ((p->first && !last) || !p->behind || p->behind == '-')
		return false;
	/* d' */
	if (p->behind == '\'')
		return is_word(p, "d");
	for (size_t i = 0; i < ARRAY_LEN(particles); i++)
		if (is_word(p, particles[i]))
			return true;
	return false;
}

/* I to XXXIX, but not what is a name: only behind another part, and great already. */
static bool is_numeral(const struct part *p)
{
	if (p->before != ' ' || p->behind)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->letters[i] != 'I' && p->letters[i] != 'V' && p->letters[i] != 'X')
			return false;
	return p->n > 0;
}

/* Jean, jean or JEAN, and jEAN, which was typed with caps lock: to be cased. JeanP or McKay: somebody meant it. */
static bool is_typed(const struct part *p)
{
	size_t upper = 0, lower = 0;

	for (size_t i = 0; i < p->n; i++) {
		upper += utf8_is_upper(p->letters[i]);
		lower += utf8_is_lower(p->letters[i]);
	}
	return upper == 0 || lower == 0 || (lower == 1 && p->n > 2 && utf8_is_lower(p->letters[0]));
}

static int add(struct dynbuf *ret, uint32_t code)
{
	char bytes[4];

	return dynbuf_add(ret, bytes, utf8_encode(code, bytes));
}

/* J.P. and O.: all that stands behind a point is great, too. */
static void add_part(const struct part *p, bool last, struct dynbuf *ret)
{
	bool small = is_particle(p, last), as_is = !is_typed(p) || is_numeral(p) || p->n > PART_MAX;
	bool mc = p->n >= 5 && utf8_lower(p->letters[0]) == 'm' && utf8_lower(p->letters[1]) == 'c';
	bool great = true;

	for (size_t i = 0; i < p->n && i < PART_MAX; i++) {
		uint32_t code = p->letters[i];

		if (!as_is)
			code = great && !small ? utf8_upper(code) : utf8_lower(code);
		(void)add(ret, code);
		great = p->letters[i] == '.' || (mc && i == 1);
	}
}

/* What divides parts, as one of them; 0: it is a letter. */
static char divides(uint32_t code)
{
	if (code == '-' || code == 0x2010 || code == 0x2011)
		return '-';
	if (code == '\'' || code == 0x2019 || code == 0x2bc || code == '`')
		return '\'';
	if (code > ' ' && code < 0x7f)
		return 0;
	return utf8_kind(code) == UTF8_BLANK || code == 0xa0 || code == 0x202f ? ' ' : 0;
}

/* Read a part, and what divides it from the next. Bytes taken; *ret_code: the divider itself. */
static size_t take(const char *text, size_t n, struct part *p, uint32_t *ret_code)
{
	size_t at = 0;

	p->n = 0;
	p->behind = 0;
	while (at < n) {
		uint32_t code;

		at += utf8_next(text + at, n - at, &code);
		p->behind = divides(code);
		*ret_code = code;
		if (p->behind)
			break;
		if (p->n < PART_MAX)
			p->letters[p->n] = code;
		p->n += p->n <= PART_MAX;
	}
	return at;
}

/* Bytes of the blanks at the beginning, and what they leave of the end. */
static void trim(const char **text, size_t *n)
{
	uint32_t code;

	while (*n) {
		size_t bytes = utf8_next(*text, *n, &code);
		if (divides(code) != ' ')
			break;
		*text += bytes;
		*n -= bytes;
	}
	while (*n) {
		size_t bytes = utf8_previous(*text, *n, &code);
		if (divides(code) != ' ')
			break;
		*n -= bytes;
	}
}

int name_case(const char *text, size_t n, bool last, struct dynbuf *ret)
{
	struct part p = {.first = true};
	uint32_t divider = 0;

	trim(&text, &n);
	while (n) {
		const char *from = text;
		size_t bytes = take(text, n, &p, &divider);

		text += bytes;
		n -= bytes;
		if (p.n > PART_MAX)
			dynbuf_add(ret, from, bytes);
		else
			add_part(&p, last, ret);
		if (p.behind == ' ' && p.n <= PART_MAX && (p.n || p.before != ' '))
			dynbuf_add(ret, " ", 1);
		else if (p.behind && p.behind != ' ' && p.n <= PART_MAX)
			(void)add(ret, divider);
		p.first = false;
		p.before = p.behind;
	}
	return dynbuf_failed(ret) ? -1 : 0;
}
