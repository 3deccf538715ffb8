#include "grammar.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const digit_words[] = {
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};

static bool is_letter(unsigned char c)
{
	return isalpha(c) || c >= 0x80;
}

/* What stands within a word: it is part of it only between letters. */
static bool is_joint(const char *s)
{
	return strchr("'-.", *s) && is_letter((unsigned char)s[1]);
}

bool grammar_word(const char **s, char word[GRAMMAR_WORD_MAX])
{
	unsigned digit;
	size_t n = 0;

	while (**s && !is_letter((unsigned char)**s) && !isdigit((unsigned char)**s))
		++*s;
	digit = (unsigned)(**s - '0');
	if (digit < ARRAY_LEN(digit_words)) {
		snprintf(word, GRAMMAR_WORD_MAX, "%s", digit_words[digit]);
		++*s;
		return true;
	}
	for (; is_letter((unsigned char)**s) || (n && **s && is_joint(*s)); ++*s)
		if (n + 1 < GRAMMAR_WORD_MAX)
			word[n++] = (char)tolower((unsigned char)**s);
	word[n] = '\0';
	return n > 0;
}

/* " | word word"; a phrase with a word that is not known, or without words, adds nothing. */
static void phrase_add(
	struct dynbuf *b, const char *s, bool (*knows)(void *, const char *), void *ctx)
{
	size_t before = b->n;
	char word[GRAMMAR_WORD_MAX];
	bool known = true, any = false;

	if (before)
		dynbuf_adds(b, " | ");
	while (known && grammar_word(&s, word)) {
		known = knows(ctx, word);
		dynbuf_addf(b, "%s%s", any ? " " : "", word);
		any = true;
	}
	if (!known || !any)
		dynbuf_truncate(b, before);
}

static void digits_add(struct dynbuf *b, int digits)
{
	dynbuf_adds(b, b->n ? " | " : "");
	if (digits == HINTS_ANY_DIGITS)
		dynbuf_adds(b, "<digit>+");
	for (int i = 0; i < digits; i++)
		dynbuf_addf(b, "%s<digit>", i ? " " : "");
}

int grammar_build(const struct hints *h, bool (*knows)(void *ctx, const char *word), void *ctx,
	struct dynbuf *ret)
{
	struct dynbuf alternatives;
	int rc;

	dynbuf_init(&alternatives, ret->max / 2);
	for (size_t i = 0; i < h->phrases; i++)
		phrase_add(&alternatives, h->phrase[i], knows, ctx);
	if (h->digits != HINTS_NO_DIGITS)
		digits_add(&alternatives, h->digits);
	dynbuf_reset(ret);
	if (alternatives.n) {
		dynbuf_adds(ret, "#JSGF V1.0;\ngrammar turn;\npublic <turn> = ");
		dynbuf_add(ret, alternatives.p, alternatives.n);
		dynbuf_adds(ret, ";\n<digit> = zero | oh");
		for (int i = 1; i <= 9; i++)
			dynbuf_addf(ret, " | %s", digit_words[i]);
		dynbuf_adds(ret, ";\n");
	}
	rc = dynbuf_failed(&alternatives) || dynbuf_failed(ret) ? -1 : 0;
	dynbuf_free(&alternatives);
	return rc;
}
