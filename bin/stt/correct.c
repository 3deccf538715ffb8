#include "correct.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/fold.h"
#include "text/language.h"
#include "text/utf8.h"

#define FILE_MAX (4 << 20)
#define FOLDED_MAX (2 * STT_TEXT_MAX)
#define SPAN_MAX 12 /* words of a line */

struct line {
	char *wrong; /* folded */
	char *right;
	char *language; /* "": any */
	int number;     /* of the line in the file, from 1 */
};

struct corrections {
	struct line *line; /* by wrong, then those with a language first */
	size_t lines;
	size_t words_max; /* of a wrong */
};

/* A run of letters and digits in a text. */
struct word {
	size_t at, n; /* bytes */
	bool joined;  /* to the one before: only blanks, hyphens, apostrophes in between */
	bool one;     /* with the one before: it is not parted from it */
};

/* ---- the table ---- */

static int by_wrong(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->wrong, y->wrong);

	return order ? order : -strcmp(x->language, y->language);
}

static char *folded_copy(const char *text)
{
	struct dynbuf b;
	char *copy;

	dynbuf_init(&b, FOLDED_MAX);
	copy = fold_text(text, strlen(text), &b) < 0 ? NULL : strdup(b.p);
	dynbuf_free(&b);
	return copy;
}

static size_t words_in(const char *folded)
{
	size_t n = 1;

	for (; *folded; folded++)
		n += *folded == ' ';
	return n;
}

static int refuse(char why[CORRECT_WHY_MAX], int number, const char *what)
{
	snprintf(why, CORRECT_WHY_MAX, "line %d %s", number, what);
	return -1;
}

/* A line without its end; text is changed. */
static int line_add(struct corrections *c, char *text, int number, char why[CORRECT_WHY_MAX])
{
	char *rest = text, *wrong = strsep(&rest, "\t"), *right = strsep(&rest, "\t");
	char *language = strsep(&rest, "\t");
	struct line *line;

	if (!right)
		return refuse(why, number, "has no tab behind what is wrong");
	if (rest)
		return refuse(why, number, "has more than three columns");
	if (strlen(right) >= STT_TEXT_MAX || strlen(wrong) >= STT_TEXT_MAX)
		return refuse(why, number, "is too long");
	line = reallocarray(c->line, c->lines + 1, sizeof(*line));
	if (!line)
		return refuse(why, number, strerror(errno));
	c->line = line;
	line += c->lines;
	*line = (struct line){.wrong = folded_copy(wrong),
		.right = strdup(right),
		.language = strdup(language ? language : ""),
		.number = number};
	c->lines++;
	if (!line->wrong || !line->right || !line->language)
		return refuse(why, number, strerror(ENOMEM));
	text_tidy(line->right);
	text_tidy(line->language);
	if (!*line->wrong)
		return refuse(why, number, "has no word that could be wrong");
	if (words_in(line->wrong) > SPAN_MAX)
		return refuse(why, number, "has more than 12 words");
	c->words_max = (size_t)max_i64((int64_t)c->words_max, (int64_t)words_in(line->wrong));
	return 0;
}

/* Two lines for the same words would be a slip, of which one never counts. */
static int table_check(struct corrections *c, char why[CORRECT_WHY_MAX])
{
	if (c->lines)
		qsort(c->line, c->lines, sizeof(*c->line), by_wrong);
	for (size_t i = 1; i < c->lines; i++)
		if (by_wrong(&c->line[i - 1], &c->line[i]) == 0) {
			snprintf(why, CORRECT_WHY_MAX, "lines %d and %d are of the same words",
				c->line[i - 1].number, c->line[i].number);
			return -1;
		}
	return 0;
}

static int table_parse(struct corrections *c, char *text, char why[CORRECT_WHY_MAX])
{
	char *line;
	int number = 0;

	while ((line = strsep(&text, "\n"))) {
		size_t n = strlen(line);

		number++;
		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (!line[strspn(line, " \t")] || line[0] == '#')
			continue;
		if (line_add(c, line, number, why) < 0)
			return -1;
	}
	return table_check(c, why);
}

int corrections_open(const char *path, struct corrections **ret, char why[CORRECT_WHY_MAX])
{
	struct corrections *c;
	char *text;
	size_t n;
	int rc;

	*ret = NULL;
	if (!path || !*path)
		return 0;
	if (read_file(path, FILE_MAX, &text, &n) < 0) {
		snprintf(why, CORRECT_WHY_MAX, "%s", strerror(errno));
		return -1;
	}
	c = calloc(1, sizeof(*c));
	snprintf(why, CORRECT_WHY_MAX, "it is no text in UTF-8");
	rc = c && strlen(text) == n && utf8_valid(text, n) ? table_parse(c, text, why) : -1;
	free(text);
	if (rc == 0)
		*ret = c;
	else
		corrections_close(c);
	return rc;
}

void corrections_close(struct corrections *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->lines; i++) {
		free(c->line[i].wrong);
		free(c->line[i].right);
		free(c->line[i].language);
	}
	free(c->line);
	free(c);
}

/* For these words, in that language; NULL: none. */
static const struct line *line_find(
	const struct corrections *c, const char *folded, const char *language)
{
	size_t low = 0, high = c->lines;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->line[middle].wrong, folded) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < c->lines && strcmp(c->line[low].wrong, folded) == 0; low++)
		if (!c->line[low].language[0] || text_tag_is(language, c->line[low].language))
			return &c->line[low];
	return NULL;
}

/* ---- a text ---- */

static bool is_apostrophe(uint32_t code)
{
	return code == '\'' || code == 0x2019 || code == 0x02bc;
}

/* What may stand between the words of a line. */
static bool is_joint(uint32_t code)
{
	return is_apostrophe(code) || code == '-' || (code >= 0x2010 && code <= 0x2012) ||
		utf8_kind(code) == UTF8_BLANK;
}

/* Bytes of the letter or digit at p; 0: it is none. */
static size_t letter_at(const char *p, size_t n, uint32_t *ret_code)
{
	size_t bytes = utf8_next(p, n, ret_code);
	enum utf8_kind kind = utf8_kind(*ret_code);

	return kind == UTF8_LETTER || kind == UTF8_DIGIT || kind == UTF8_MARK ? bytes : 0;
}

/* Skip what is no word. True: words on both sides may belong to one line. */
static bool gap_skip(const char *text, size_t n, size_t *at, bool *ret_apostrophe)
{
	bool joint = true;
	size_t from = *at;
	uint32_t code;

	*ret_apostrophe = false;
	while (*at < n && !letter_at(text + *at, n - *at, &code)) {
		joint = joint && is_joint(code);
		*ret_apostrophe = *at == from && is_apostrophe(code);
		*at += utf8_next(text + *at, n - *at, &code);
	}
	return joint;
}

/* The words of a text. Whether an apostrophe is within one, folding knows: п'ять, but l'internet. */
static size_t words_find(const char *text, struct word *word, size_t max, struct dynbuf *b)
{
	size_t n = strlen(text), words = 0, at = 0, bytes;
	bool joined, apostrophe;
	uint32_t code;

	while (words < max) {
		struct word *w = &word[words];

		joined = gap_skip(text, n, &at, &apostrophe) && words;
		if (at == n)
			break;
		*w = (struct word){.at = at, .joined = joined};
		while (at < n && (bytes = letter_at(text + at, n - at, &code)) > 0)
			at += bytes;
		w->n = at - w->at;
		if (joined && apostrophe)
			w->one = fold_text(text + w[-1].at, at - w[-1].at, b) == 0 &&
				!strchr(b->p, ' ');
		words++;
	}
	return words;
}

/* The line for the most words from w on; *ret_words: how many these are. */
static const struct line *line_for(const struct corrections *c, const char *text,
	const char *language, const struct word *w, size_t words, size_t *ret_words,
	struct dynbuf *b)
{
	size_t most = 1;
	const struct line *line;

	if (w->one)
		return NULL;
	/* a word may have an apostrophe in it, and so be two */
	while (most < words && most < 2 * c->words_max && w[most].joined)
		most++;
	for (; most > 0; most--) {
		const struct word *last = &w[most - 1];

		if (most < words && w[most].one)
			continue;
		if (fold_text(text + w->at, last->at + last->n - w->at, b) < 0)
			continue;
		line = line_find(c, b->p, language);
		if (!line)
			continue;
		*ret_words = most;
		return line;
	}
	return NULL;
}

void corrections_apply(const struct corrections *c, const char *language, char text[STT_TEXT_MAX])
{
	static struct word word[STT_TEXT_MAX / 2];
	struct dynbuf folded, out;
	size_t words, many, done = 0;

	if (!c)
		return;
	dynbuf_init(&folded, FOLDED_MAX);
	dynbuf_init(&out, STT_TEXT_MAX - 1);
	words = words_find(text, word, ARRAY_LEN(word), &folded);
	for (size_t i = 0; i < words; i += many) {
		const struct line *line = line_for(
			c, text, language, &word[i], words - i, &many, &folded);

		if (!line) {
			many = 1;
			continue;
		}
		dynbuf_add(&out, text + done, word[i].at - done);
		dynbuf_adds(&out, line->right);
		done = word[i + many - 1].at + word[i + many - 1].n;
	}
	dynbuf_adds(&out, text + done);
	if (done && !dynbuf_failed(&out)) {
		memcpy(text, out.p, out.n + 1);
		text_tidy(text);
	}
	dynbuf_free(&folded);
	dynbuf_free(&out);
}
