#include "text/speakable.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text/fold.h"
#include "text/speaker.h"
#include "text/utf8.h"

/* Digits and blanks as ASCII, no-break ones too; what is no text goes. */
static void normalise(const char *text, struct dynbuf *ret)
{
	size_t n = strlen(text);
	uint32_t code;

	for (size_t i = 0; i < n;) {
		size_t bytes = utf8_next(text + i, n - i, &code);
		int digit = utf8_digit(code);
		char c = digit >= 0                                        ? (char)('0' + digit)
			: code == 0xa0 || code == 0x202f || code == 0x2009 ? ' '
			: code == 0x66b                                    ? '.'
			: code == 0x66c                                    ? ','
			: code == 0x2212 || code == 0x2011                 ? '-'
									   : 0;
		if (c)
			dynbuf_add(ret, &c, 1);
		else if (code != UTF8_BAD)
			dynbuf_add(ret, text + i, bytes);
		i += bytes;
	}
}

/* Remember the word that ends at `end` as the one before what comes. */
static void remember(struct speaker *s, const char *p, size_t n)
{
	struct dynbuf folded;

	dynbuf_init(&folded, 4 * sizeof(s->before));
	s->before[0] = '\0';
	if (n < sizeof(s->before) && fold_text(p, n, &folded) == 0 && folded.n < sizeof(s->before))
		memcpy(s->before, folded.p, folded.n + 1);
	dynbuf_free(&folded);
}

/* Does the abbreviation stand at i? At the beginning of a sentence it may have a capital, if it is no initial. */
static bool is_written(const struct speaker *s, size_t i, const char *written, size_t n)
{
	uint32_t want, got;

	if (strncmp(s->p + i, written, n) == 0)
		return true;
	size_t bytes = utf8_next(written, n, &want), taken = utf8_next(s->p + i, s->n - i, &got);
	return bytes == taken && utf8_lower(got) == want && n > bytes + 1 &&
		strncmp(s->p + i + bytes, written + bytes, n - bytes) == 0;
}

/* An abbreviation or sign at i; '#' at its end: a digit must follow. */
static size_t read_abbreviation(struct speaker *s, size_t i)
{
	const struct abbreviation *a = s->language->abbreviations, *found = NULL;
	size_t best = 0;

	for (; a->written; a++) {
		size_t n = strlen(a->written);
		bool number = a->written[n - 1] == '#';
		n -= number;
		if (n <= best || !is_written(s, i, a->written, n) ||
			(number && !is_digit(s->p[i + n])) ||
			(!number && s->p[i + n - 1] != '.' && speaker_letter(s, i) &&
				speaker_letter(s, i + n)))
			continue;
		best = n;
		found = a;
	}
	if (!found)
		return 0;
	size_t end = i + best;
	/* The period of an abbreviation that stands last ends the sentence as well. */
	bool last = end == s->n && s->p[end - 1] == '.';
	dynbuf_adds(s->ret,
		s->ret->n > 0 && !speaker_in_word(s, i) && s->ret->p[s->ret->n - 1] != ' ' ? " "
											   : "");
	dynbuf_addf(s->ret, "%s%s", found->said, last ? "." : "");
	bool blank = speaker_in_word(s, end);
	dynbuf_adds(s->ret, blank ? " " : "");
	return end;
}

/* A number of any kind at i, in the order in which they are told apart. */
static size_t read_number(struct speaker *s, size_t i)
{
	static size_t (*const readers[])(struct speaker * s, size_t i) = {moment_read_date,
		moment_read_year, moment_read_time, amount_read_with_unit, phone_read,
		amount_read_ordinal, amount_read};
	size_t end = 0;

	for (size_t k = 0; k < ARRAY_LEN(readers) && end == 0; k++)
		end = readers[k](s, i);
	return end;
}

/* Is what stands at from and ends before the dash at `end` the lower end of a range? */
static bool is_range(const struct speaker *s, size_t from, size_t end, size_t dash)
{
	struct amount a, b;

	if (!speaker_amount(s, from, &a) || a.end != end || !speaker_amount(s, end + dash, &b))
		return true; /* of times, ordinals */
	return dash > 1 ||
		(b.value > a.value && a.digits <= 4 && !b.leading_zero && s->p[b.end] != '-');
}

/* Between two numbers: "10-15" is from ten to fifteen, "205/55" two numbers. */
static size_t read_between(struct speaker *s, size_t from, size_t end)
{
	size_t dash = s->p[end] == '-' ? 1 : strncmp(s->p + end, "–", 3) == 0 ? 3 : 0;
	const char *word = NULL;

	if (dash > 0 && is_digit(s->p[end + dash])) {
		if (!is_range(s, from, end, dash)) {
			dynbuf_adds(s->ret, s->language->pause);
			return end + dash;
		}
		word = s->language->to;
		remember(s, word, strlen(word));
	} else if (s->p[end] == '/' && is_digit(s->p[end + 1])) {
		word = s->language->over;
		dash = 1;
	} else if (s->p[end] == '.' && is_digit(s->p[end + 1])) {
		word = s->language->dot;
		dash = 1;
	}
	if (word)
		dynbuf_addf(s->ret, " %s ", word);
	else if (speaker_in_word(s, end))
		dynbuf_adds(s->ret, " ");
	return word ? end + dash : end;
}

/* Was the last thing written what means "and" and is written onto the next word? */
static bool behind_prefix(const struct speaker *s)
{
	size_t n = s->language->prefix ? strlen(s->language->prefix) : 0;

	return n > 0 && s->ret->n >= n &&
		memcmp(s->ret->p + s->ret->n - n, s->language->prefix, n) == 0;
}

/* Say a number whose first digit, or sign, is at i. in_word: it is written onto a word. */
static size_t say_number(struct speaker *s, size_t i, bool in_word)
{
	bool minus = s->p[i] == '-';
	size_t from = i + minus, end;

	if (in_word && !behind_prefix(s))
		dynbuf_adds(s->ret, " ");
	if (s->p[i] == '+' || s->p[i] == '(')
		return phone_read(s, i);
	if (minus)
		dynbuf_addf(s->ret, "%s ", s->language->minus);
	const char *start = s->language->from;
	if (start && strcmp(s->before, start) != 0 && moment_is_range(s, from)) {
		dynbuf_addf(s->ret, "%s ", start);
		remember(s, start, strlen(start));
	}
	end = read_number(s, from);
	return read_between(s, from, end);
}

/* Does a number, or the sign before one, begin at i? */
static bool begins_number(const struct speaker *s, size_t i, bool in_word)
{
	char c = s->p[i];

	if (is_digit(c))
		return true;
	if (in_word || !is_digit(s->p[i + 1]))
		return false;
	return c == '+' || c == '(' || (c == '-' && (i == 0 || s->p[i - 1] != '-'));
}

/* Something to say at i; in_word: a letter or digit stands right before it. Returns the offset behind it, 0: nothing. */
static size_t read_thing(struct speaker *s, size_t i, bool in_word)
{
	size_t end = begins_number(s, i, in_word) ? say_number(s, i, in_word) : 0;

	if (end == 0 && !in_word)
		end = address_read(s, i);
	if (end == 0 && !in_word)
		end = amount_read_sign_first(s, i);
	if (end == 0 && !in_word)
		end = moment_read_month(s, i);
	if (end == 0 && !(in_word && speaker_in_word(s, i)))
		end = read_abbreviation(s, i);
	return end;
}

static void say_all(struct speaker *s)
{
	size_t word = 0; /* where the last word began */
	bool in_word = false;

	for (size_t i = 0; i < s->n && !dynbuf_failed(s->ret);) {
		size_t end = read_thing(s, i, in_word);
		if (end > 0) {
			/* Not two periods behind p.m. */
			bool twice = s->ret->n > 0 && s->ret->p[s->ret->n - 1] == '.' &&
				s->p[end] == '.' && s->p[end - 1] != '.';
			in_word = is_digit(s->p[end - 1]) && is_digit(s->p[end]);
			i = word = end + twice;
			continue;
		}
		uint32_t code;
		size_t bytes = utf8_next(s->p + i, s->n - i, &code);
		enum utf8_kind kind = utf8_kind(code);
		if (kind == UTF8_LETTER || kind == UTF8_MARK) {
			word = in_word ? word : i;
			in_word = true;
		} else {
			if (in_word)
				remember(s, s->p + word, i - word);
			else if (kind == UTF8_PUNCT)
				s->before[0] = '\0';
			in_word = false;
		}
		dynbuf_add(s->ret, s->p + i, bytes);
		i += bytes;
	}
}

int speakable(const char *text, const char *language, struct dynbuf *ret)
{
	struct speaker s = {.language = text_language(language), .ret = ret};
	struct dynbuf plain;

	dynbuf_reset(ret);
	if (!s.language)
		return dynbuf_adds(ret, text);
	s.month_first = strcasecmp(language, "en-US") == 0;
	dynbuf_init(&plain, strlen(text) + 1);
	normalise(text, &plain);
	s.p = plain.p;
	s.n = plain.n;
	if (dynbuf_failed(&plain))
		dynbuf_adds(ret, text);
	else
		say_all(&s);
	dynbuf_free(&plain);
	return dynbuf_failed(ret) ? -1 : 0;
}
