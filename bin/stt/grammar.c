#include "grammar.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "text/fold.h"

const char *const grammar_phones[] = {"AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH",
	"EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY",
	"P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH"};
const size_t grammar_phones_n = ARRAY_LEN(grammar_phones);

#define HEAD "#JSGF V1.0;\ngrammar turn;\npublic <turn> = "

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

/* Without accents, where that is all that makes it foreign. */
static void plain(char word[GRAMMAR_WORD_MAX])
{
	struct dynbuf b;

	dynbuf_init(&b, GRAMMAR_WORD_MAX * 2);
	if (fold_text(word, strlen(word), &b) == 0 && b.n)
		snprintf(word, GRAMMAR_WORD_MAX, "%.*s", (int)strcspn(b.p, " "), b.p);
	dynbuf_free(&b);
}

bool grammar_word(const char **s, char word[GRAMMAR_WORD_MAX])
{
	bool foreign = false;
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
	for (; is_letter((unsigned char)**s) || (n && **s && is_joint(*s)); ++*s) {
		foreign = foreign || (unsigned char)**s >= 0x80;
		if (n + 1 < GRAMMAR_WORD_MAX)
			word[n++] = (char)tolower((unsigned char)**s);
	}
	word[n] = '\0';
	if (foreign)
		plain(word);
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

/* A number of digits that is expected, one way for each length. */
static void digits_add(struct dynbuf *b, const struct hints *h)
{
	if (h->digits == HINTS_ANY_DIGITS)
		dynbuf_adds(b, "<digit>+");
	for (int n = h->digits_min; n > 0 && n <= h->digits; n++) {
		dynbuf_adds(b, n > h->digits_min ? " | " : "");
		for (int i = 0; i < n; i++)
			dynbuf_addf(b, "%s<digit>", i ? " " : "");
	}
}

static void digit_rule_add(struct dynbuf *b, bool (*knows)(void *, const char *), void *ctx)
{
	dynbuf_adds(b, "<digit> = zero");
	knows(ctx, digit_words[0]);
	if (knows(ctx, "oh"))
		dynbuf_adds(b, " | oh");
	for (size_t i = 1; i < ARRAY_LEN(digit_words); i++)
		if (knows(ctx, digit_words[i]))
			dynbuf_addf(b, " | %s", digit_words[i]);
	dynbuf_adds(b, ";\n");
}

static void sounds_rule_add(struct dynbuf *b)
{
	dynbuf_adds(b, "<sounds> = (");
	for (size_t i = 0; i < ARRAY_LEN(grammar_phones); i++)
		dynbuf_addf(b, "%s" GRAMMAR_SOUND "%s", i ? " | " : "", grammar_phones[i]);
	dynbuf_adds(b, ")+;\n");
}

int grammar_sounds(struct dynbuf *ret)
{
	dynbuf_reset(ret);
	dynbuf_adds(ret, HEAD "<sounds>;\n");
	sounds_rule_add(ret);
	return dynbuf_failed(ret) ? -1 : 0;
}

int grammar_build(const struct hints *h, bool within, bool (*knows)(void *ctx, const char *word),
	void *ctx, struct dynbuf *ret)
{
	bool digits = h->digits != HINTS_NO_DIGITS;
	struct dynbuf phrases;
	int rc;

	dynbuf_init(&phrases, ret->max / 2);
	for (size_t i = 0; i < h->phrases; i++)
		phrase_add(&phrases, h->phrase[i], knows, ctx);
	dynbuf_reset(ret);
	if (phrases.n || digits) {
		dynbuf_adds(ret, HEAD);
		if (phrases.n)
			dynbuf_adds(ret, within ? "[<sounds>] <phrase> [<sounds>]" : "<phrase>");
		dynbuf_adds(ret, phrases.n && digits ? " | " : "");
		digits_add(ret, h);
		dynbuf_adds(ret, ";\n");
	}
	if (phrases.n)
		dynbuf_addf(ret, "<phrase> = %s;\n", phrases.p);
	if (phrases.n && within)
		sounds_rule_add(ret);
	if (digits)
		digit_rule_add(ret, knows, ctx);
	rc = dynbuf_failed(&phrases) || dynbuf_failed(ret) ? -1 : 0;
	dynbuf_free(&phrases);
	return rc;
}
