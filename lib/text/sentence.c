#include "text/sentence.h"

#include <string.h>

#include "text/utf8.h"

/* A period behind these never ends a sentence. Lower case, without the period. */
static const char *const titles[] = {
	/* en */ "mr", "mrs", "ms", "dr", "prof", "st", "mt", "capt", "gen", "rev", "hon", "vs",
	"e.g", "i.e", "no", "nos", "approx", "tel", "ext", "fig", "jan", "feb", "mar", "apr", "jun",
	"jul", "aug", "sept", "sep", "oct", "nov", "dec",
	/* fr */ "mm", "mme", "mlle", "mmes", "pr", "me", "ste", "av", "bd", "boul", "env", "p.ex",
	"ex", "c.-à-d", "n°", "réf", "tél", "janv", "févr", "juil", "déc",
	/* ru */ "ул", "просп", "пер", "пл", "кв", "корп", "стр", "обл", "р-н", "т.е", "т.к",
	"напр", "им", "см", "ср", "тел", "доб", "гр", "акад", "проф", "ст", "янв", "февр", "апр",
	"авг", "сент", "окт", "нояб", "дек",
	/* uk */ "вул", "просп", "пров", "буд", "смт", "тобто", "наприкл", "ім", "акад", "див",
	"січ", "лют", "бер", "квіт", "трав", "черв", "лип", "серп", "вер", "жовт", "лист", "груд",
	/* ar */ "أ.د", "ص.ب"};

/* These may stand last, and do if a capital follows. */
static const char *const endings[] = {"etc", "inc", "ltd", "co", "corp", "jr", "sr", "min", "sec",
	"hr", "hrs", "dept", "est", "руб", "коп", "грн", "тыс", "тис", "млн", "млрд", "шт", "мин",
	"хв", "сек", "час", "год", "кг", "км", "см", "мм", "кор"};

struct text {
	const char *p; /* all of it */
	size_t n;      /* bytes */
	bool *touched; /* set when its end was looked at: what follows might count; NULL: nothing follows */
};

static void touch(const struct text *t)
{
	if (t->touched)
		*t->touched = true;
}

/* The character at an offset, a blank behind the end; *ret_next is the offset behind it. */
static uint32_t at(const struct text *t, size_t i, size_t *ret_next)
{
	uint32_t code = ' ';

	*ret_next = i < t->n ? i + utf8_next(t->p + i, t->n - i, &code) : i;
	if (i >= t->n || (code == UTF8_BAD && *ret_next == t->n))
		touch(t);
	return code;
}

static bool is_blank(uint32_t code)
{
	return utf8_kind(code) == UTF8_BLANK;
}

static bool is_stop(uint32_t code)
{
	return code == '.' || code == '!' || code == '?' || code == 0x2026 || code == 0x61f ||
		code == 0x6d4 || code == 0x203d || code == 0x2047 || code == 0x2048 ||
		code == 0x2049;
}

static bool is_closer(uint32_t code)
{
	return code == '"' || code == '\'' || code == ')' || code == ']' || code == '}' ||
		code == 0xbb || code == 0x2019 || code == 0x201d || code == 0x203a || code == '*' ||
		code == '_';
}

static bool is_opener(uint32_t code)
{
	return code == '"' || code == '\'' || code == '(' || code == '[' || code == '{' ||
		code == 0xab || code == 0x2018 || code == 0x201c || code == 0x201e ||
		code == 0x2039 || code == 0xbf || code == 0xa1 || code == '*' || code == '_' ||
		code == '-' || code == 0x2013 || code == 0x2014;
}

/* The offset of the first character from i on that is no blank. */
static size_t skip_blanks(const struct text *t, size_t i)
{
	size_t next;

	while (i < t->n && is_blank(at(t, i, &next)))
		i = next;
	return i;
}

static bool is_line_end(uint32_t code)
{
	return code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029;
}

/* The first character of the next word in the line, whatever opens a quote before it skipped; a blank: there is none. */
static uint32_t next_initial(const struct text *t, size_t i)
{
	uint32_t code;

	while (i < t->n) {
		code = at(t, i, &i);
		if (is_line_end(code))
			break;
		if (!is_blank(code) && !is_opener(code))
			return code;
	}
	if (i >= t->n)
		touch(t);
	return ' ';
}

/* The word before the period at end: where it begins, not before start. */
static size_t word_start(const struct text *t, size_t start, size_t end)
{
	uint32_t code;

	while (end > start) {
		size_t bytes = utf8_previous(t->p + start, end - start, &code);
		if (is_blank(code) || (is_opener(code) && code != '-' && code != 0x2019))
			break;
		end -= bytes;
	}
	return end;
}

static bool listed(const char *const *list, size_t count, const char *p, size_t n)
{
	char lower[32] = "";
	size_t used = 0, next;
	const struct text word = {p, n, NULL};

	for (size_t i = 0; i < n; i = next) {
		uint32_t code = at(&word, i, &next);
		if (used + 4 > sizeof(lower))
			return false;
		used += utf8_encode(utf8_lower(code), lower + used);
	}
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == used && memcmp(list[i], lower, used) == 0)
			return true;
	return false;
}

/* Is the last thing before offset i, blanks skipped, a digit? */
static bool behind_digit(const struct text *t, size_t start, size_t i)
{
	uint32_t code;

	while (i > start) {
		i -= utf8_previous(t->p + start, i - start, &code);
		if (!is_blank(code))
			return utf8_kind(code) == UTF8_DIGIT;
	}
	return false;
}

/* One letter, or single letters with periods between (J.R.R, p.m): how many; 0: it is neither. */
static int single_letters(const struct text *word)
{
	size_t i = 0, next;
	int letters = 0;

	while (i < word->n) {
		if (utf8_kind(at(word, i, &next)) != UTF8_LETTER)
			return 0;
		letters++;
		i = next;
		if (i < word->n && at(word, i, &next) != '.')
			return 0;
		i = next;
	}
	return letters;
}

static bool all_digits(const struct text *word)
{
	size_t next;

	for (size_t i = 0; i < word->n; i = next)
		if (utf8_kind(at(word, i, &next)) != UTF8_DIGIT)
			return false;
	return word->n > 0;
}

/* Does the period at i, the only stop there, end the sentence that began at start? */
static bool period_ends(const struct text *t, size_t start, size_t i, size_t behind)
{
	size_t from = word_start(t, start, i), next;
	const struct text word = {t->p + from, i - from, NULL};
	uint32_t initial = next_initial(t, behind), first = at(&word, 0, &next);
	bool last_possible = utf8_kind(initial) == UTF8_LETTER && !utf8_is_lower(initial);

	if (utf8_is_lower(initial))
		return false;
	if (all_digits(&word))
		return from != start;
	int letters = single_letters(&word);
	if (letters == 1)
		return last_possible && behind_digit(t, start, from);
	if (listed(titles, ARRAY_LEN(titles), word.p, word.n))
		return false;
	if (letters > 1)
		return last_possible && !utf8_is_upper(first);
	return last_possible || !listed(endings, ARRAY_LEN(endings), word.p, word.n);
}

/* The stops and closers from i on, the first of which is a stop. */
struct ending {
	size_t behind; /* offset behind them */
	bool period;   /* it is one period, nothing else */
	bool firm;     /* it ends a sentence whatever follows */
};

static struct ending ending_at(const struct text *t, size_t i)
{
	size_t next, stops = 0;
	bool period = at(t, i, &next) == '.', closed = false;

	for (; i < t->n; i = next) {
		uint32_t code = at(t, i, &next);
		if (is_stop(code))
			stops++;
		else if (is_closer(code))
			closed = true;
		else
			break;
	}
	/* French puts a blank before the mark that closes. */
	size_t mark = skip_blanks(t, i);
	if (at(t, mark, &next) == 0xbb) {
		closed = true;
		i = next;
	}
	return (struct ending){i, period && stops == 1 && !closed, !period && !closed};
}

/* The offset behind the sentence that begins at start; of the mark that may end it, if that is not sure. */
static size_t find_end(const struct text *t, size_t start)
{
	size_t next;

	for (size_t i = start; i < t->n; i = next) {
		uint32_t code = at(t, i, &next);
		if (is_line_end(code))
			return i;
		if (!is_stop(code))
			continue;
		struct ending end = ending_at(t, i);
		bool ends = is_blank(at(t, end.behind, &next)) &&
			(end.firm ||
				(end.period ? period_ends(t, start, i, end.behind)
					    : !utf8_is_lower(next_initial(t, end.behind))));
		if (t->touched && *t->touched)
			return i;
		if (ends)
			return end.behind;
		next = end.behind;
	}
	return t->n;
}

/* Where a sentence from start to end, longer than it may be, is cut. */
static size_t cut_long(const struct text *t, size_t start, size_t end)
{
	size_t most = start + utf8_cut(t->p + start, end - start, SENTENCE_MAX);
	size_t clause = 0, blank = 0, next;

	for (size_t i = start; i < most; i = next) {
		uint32_t code = at(t, i, &next);
		if (!is_blank(at(t, next, &end)) || next > most)
			continue;
		if (code == ',' || code == ';' || code == ':' || code == 0x60c || code == 0x61b ||
			code == 0x2013 || code == 0x2014)
			clause = next;
		else if (!is_blank(code))
			blank = next;
	}
	if (clause >= start + SENTENCE_MAX / 4)
		return clause;
	return blank > start ? blank : most;
}

static bool says_something(const char *p, size_t n)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		i += utf8_next(p + i, n - i, &code);
		if (utf8_kind(code) == UTF8_LETTER || utf8_kind(code) == UTF8_DIGIT)
			return true;
	}
	return false;
}

/* Without the blanks at its end. */
static size_t trim(const char *p, size_t n)
{
	uint32_t code;

	while (n > 0) {
		size_t bytes = utf8_previous(p, n, &code);
		if (!is_blank(code))
			break;
		n -= bytes;
	}
	return n;
}

bool sentence_next(const char *text, size_t n, size_t *pos, const char **ret, size_t *ret_n)
{
	const struct text t = {text, n, NULL};

	for (;;) {
		size_t start = skip_blanks(&t, *pos);
		*pos = n;
		if (start == n)
			return false;
		size_t end = find_end(&t, start);
		if (end - start > SENTENCE_MAX)
			end = cut_long(&t, start, end);
		*pos = end;
		*ret = text + start;
		*ret_n = trim(*ret, end - start);
		if (says_something(*ret, *ret_n))
			return true;
	}
}

bool sentence_sure(const char *text, size_t n, size_t *pos, const char **ret, size_t *ret_n)
{
	bool touched = false;
	const struct text t = {text, n, &touched};

	for (;;) {
		size_t start = skip_blanks(&t, *pos);
		if (start == n || touched)
			return false;
		size_t end = find_end(&t, start);
		/* A character may be cut in two at the end. */
		if (end - start > SENTENCE_MAX && n - start > SENTENCE_MAX + 4)
			end = cut_long(&t, start, end);
		else if (touched || end == n)
			return false;
		*pos = end;
		*ret = text + start;
		*ret_n = trim(*ret, end - start);
		if (says_something(*ret, *ret_n))
			return true;
		touched = false;
	}
}

static bool between(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

size_t sentence_heard(const char *text, size_t n, int64_t heard_ms, int64_t total_ms)
{
	size_t at;

	if (heard_ms <= 0 || total_ms <= 0)
		return 0;
	if (heard_ms >= total_ms)
		return n;
	at = (size_t)((double)n * (double)heard_ms / (double)total_ms);
	while (at > 0 && !between(text[at]))
		at--; /* the word that was cut was not understood */
	while (at > 0 && between(text[at - 1]))
		at--;
	return at;
}
