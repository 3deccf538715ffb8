#include "understand.h"

#include <string.h>

#include "language.h"
#include "mood.h"
#include "phrase.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/number.h"
#include "text/utf8.h"

#define NUMBERS_MAX 256 /* numbers of an utterance */
#define APART_MAX 2     /* numbers of a row that are taken apart at a hundred, at most */
#define BETWEEN_MAX 24  /* bytes of other words between two parts of one number, at most */

static const struct language *const languages[] = {
	&language_en, &language_fr, &language_ar, &language_ru, &language_uk};

const char *const understand_intents[] = {"yes", "no", "operator", "repeat", "wait", "bye", "anger",
	"opt_out", "unsure", "help", "machine", NULL};

static const struct language *find_language(const char *tag)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (text_tag_is(tag, languages[i]->code))
			return languages[i];
	return NULL;
}

int understand(struct utterance *u, const char *text, const char *language)
{
	u->language = find_language(language);
	u->text = text;
	u->text_bytes = utf8_cut(text, strlen(text), UNDERSTAND_TEXT_MAX);
	dynbuf_init(&u->folded, 2 * UNDERSTAND_TEXT_MAX);
	return fold_text(text, u->text_bytes, &u->folded);
}

void understand_free(struct utterance *u)
{
	dynbuf_free(&u->folded);
}

bool understand_nothing(const struct utterance *u)
{
	return u->folded.n == 0;
}

/* ---- words and expressions ---- */

static void set_match(const struct said *said, size_t at, size_t words, struct match *ret)
{
	size_t last = at + words - 1;

	if (ret)
		*ret = (struct match){
			said->at[at], (size_t)said->at[last] + said->bytes[last] - said->at[at]};
}

static bool find_phrase(const struct said *said, const char *folded, struct match *ret)
{
	struct pattern p;

	phrase_compile(&p, folded);
	for (size_t i = 0; i < said->n; i++) {
		size_t words = phrase_match(said, i, &p);
		if (words > 0) {
			set_match(said, i, words, ret);
			return true;
		}
	}
	return false;
}

bool understand_words(const struct utterance *u, const char *phrase, struct match *ret_match)
{
	struct said said;
	struct dynbuf folded;

	phrase_split(&said, u->folded.p);
	dynbuf_init(&folded, UNDERSTAND_TEXT_MAX);
	bool found = phrase_fold(phrase, &folded) == 0 && find_phrase(&said, folded.p, ret_match);
	dynbuf_free(&folded);
	return found;
}

int understand_list(
	const struct utterance *u, const char *const *list, int most, const char **ret_first)
{
	const char *phrase = phrase_fold_list(list);
	struct said said;
	int found = 0;

	*ret_first = NULL;
	phrase_split(&said, u->folded.p);
	for (; phrase && *phrase && found < most; phrase += strlen(phrase) + 1, list++)
		if (find_phrase(&said, phrase, NULL) && !found++)
			*ret_first = *list;
	return found;
}

bool understand_regex(const struct utterance *u, const regex_t *regex, size_t n, regmatch_t *groups,
	bool *ret_folded)
{
	*ret_folded = true;
	if (regexec(regex, u->folded.p, n, groups, 0) == 0)
		return true;
	*ret_folded = false;
	return regexec(regex, u->text, n, groups, 0) == 0;
}

/* ---- intents ---- */

static const char *const *intent_list(const struct language *l, const char *intent)
{
	const char *const *const lists[] = {l->yes, l->no, l->operator, l->repeat, l->wait, l->bye,
		l->anger, l->opt_out, l->unsure, l->help, l->machine};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (strcmp(intent, understand_intents[i]) == 0)
			return lists[i];
	return NULL;
}

bool understand_intent(const struct utterance *u, const char *intent, struct match *ret_match)
{
	struct said said;
	size_t at = 0, words = 1;

	if (!u->language || understand_nothing(u))
		return false;
	phrase_split(&said, u->folded.p);
	if (strcmp(intent, "yes") == 0 || strcmp(intent, "no") == 0) {
		if (mood_answer(u, &said, &at, &words) != intent[0])
			return false;
		set_match(&said, at, words, ret_match);
		return true;
	}
	const char *const *list = intent_list(u->language, intent);
	const char *phrase = list ? phrase_fold_list(list) : NULL;
	for (; phrase && *phrase; phrase += strlen(phrase) + 1)
		if (find_phrase(&said, phrase, ret_match))
			return true;
	return false;
}

const char *const *understand_intent_words(const char *language, const char *intent)
{
	const struct language *l = find_language(language);

	return l ? intent_list(l, intent) : NULL;
}

bool understand_backchannel(const struct utterance *u)
{
	struct said said;

	phrase_split(&said, u->folded.p);
	return u->language && mood_all_of(&said, u->language->backchannels);
}

/* ---- numbers ---- */

struct numbers {
	struct number number[NUMBERS_MAX];
	size_t n; /* how many */
};

static void read_numbers(const struct utterance *u, struct numbers *ret)
{
	ret->n = number_read(u->text, u->text_bytes,
		u->language ? text_language(u->language->code) : NULL, ret->number, NUMBERS_MAX);
}

/* Put the digits of numbers [from, to) behind the n that are in ret, so that it has the wanted length in the end; apart
 * numbers of them are taken apart. Returns the length, 0: it does not come out. */
static size_t join(const struct numbers *all, size_t from, size_t to, int apart, const int want[2],
	char *ret, size_t n)
{
	if (from == to) {
		ret[n] = '\0';
		return apart == 0 && n >= (size_t)want[0] ? n : 0;
	}
	for (int other = 0; other <= (apart > 0 ? 1 : 0); other++) {
		const struct number *number = &all->number[from];
		const char *digits = other ? number->apart : number->digits;
		size_t bytes = strlen(digits), joined;
		if (bytes == 0 || n + bytes > (size_t)want[1])
			continue;
		memcpy(ret + n, digits, bytes);
		joined = join(all, from + 1, to, apart - other, want, ret, n + bytes);
		if (joined > 0)
			return joined;
	}
	return 0;
}

/* Is what stands between two numbers short, and no correction? */
static bool close_by(const struct utterance *u, const struct number *a, const struct number *b)
{
	size_t at = a->at + a->n;
	struct utterance between = {.language = u->language};
	bool close = b->at - at <= BETWEEN_MAX;

	if (!close || !u->language)
		return close;
	dynbuf_init(&between.folded, 4 * BETWEEN_MAX);
	between.text = "";
	close = fold_text(u->text + at, b->at - at, &between.folded) == 0 &&
		!understand_intent(&between, "no", NULL);
	dynbuf_free(&between.folded);
	return close;
}

/* How numbers are put together. */
enum joining {
	JOINED, /* what is joined, up to where it is parted by punctuation if the whole is too long */
	PARTS,      /* the parts between punctuation */
	ANY_WORDS,  /* with some words between */
	HOMOPHONES, /* and with words that sound like digits */
	JOININGS,
};

static bool continues(const struct utterance *u, const struct number *before,
	const struct number *n, enum joining how)
{
	if (n->homophone)
		return how == HOMOPHONES && n->joined;
	if (before->homophone && how != HOMOPHONES)
		return false;
	switch (how) {
	case JOINED:
	case HOMOPHONES:
		return n->joined;
	case PARTS:
		return n->joined && !n->parted;
	default:
		return n->joined || close_by(u, before, n);
	}
}

/* The last row of numbers that has the wanted length. strong: not an article alone. */
static bool find_digits(const struct utterance *u, const struct numbers *all, const int want[2],
	enum joining how, bool strong, char *ret)
{
	char digits[UNDERSTAND_DIGITS_MAX + 1];
	bool found = false;

	for (size_t from = 0, to; from < all->n; from = to) {
		const struct number *first = &all->number[from];
		for (to = from + 1;
			to < all->n && continues(u, &all->number[to - 1], &all->number[to], how);)
			to++;
		if ((first->article && strong && to == from + 1) ||
			(first->homophone && how != HOMOPHONES) ||
			(first->homophone && to == from + 1))
			continue;
		size_t n = 0;
		for (int apart = 0; n == 0 && apart <= APART_MAX; apart++)
			n = join(all, from, to, apart, want, digits, 0);
		if (n == 0)
			continue;
		memcpy(ret, digits, n + 1);
		found = true;
	}
	return found;
}

bool understand_digits(
	const struct utterance *u, int min, int max, char ret[UNDERSTAND_DIGITS_MAX + 1])
{
	const int want[2] = {(int)max_i64(min, 1), (int)min_i64(max, UNDERSTAND_DIGITS_MAX)};
	struct numbers all;

	read_numbers(u, &all);
	for (int strong = 1; strong >= 0; strong--)
		for (int how = 0; how < JOININGS; how++)
			if (find_digits(u, &all, want, (enum joining)how, strong, ret))
				return true;
	return false;
}

/* 0.5 of 5, 0.25 of 25: the decimals that are said behind the point. */
static double decimals(const struct number *n)
{
	double value = n->value;

	for (const char *p = n->digits; *p; p++)
		value /= 10;
	return value;
}

bool understand_number(const struct utterance *u, double *ret)
{
	struct numbers all;

	read_numbers(u, &all);
	for (int strong = 1; strong >= 0; strong--)
		for (size_t i = 0; i < all.n; i++) {
			const struct number *n = &all.number[i];
			if (n->homophone || (n->article && strong))
				continue;
			*ret = n->value;
			if (i + 1 < all.n && all.number[i + 1].decimals)
				*ret += decimals(&all.number[i + 1]);
			return true;
		}
	return false;
}

/* ---- mood ---- */

struct sentiment understand_sentiment(const struct utterance *u)
{
	struct said said;

	if (understand_nothing(u))
		return (struct sentiment){MOOD_NEUTRAL, 0};
	if (!u->language)
		return (struct sentiment){MOOD_NEUTRAL, .5};
	phrase_split(&said, u->folded.p);
	return mood_of(u, &said);
}

const char *mood_name(enum mood mood)
{
	static const char *const names[] = {"positive", "negative", "neutral", "interrogative"};

	return names[mood];
}
