#include "mood.h"

#include <string.h>

#include "text/utf8.h"

#define NEGATION_REACH 3 /* words behind a negation that it turns */

/* What a piece of the utterance is; of two that are equally long the one that stands first here counts. */
enum sign {
	SIGN_IDIOM_YES,
	SIGN_IDIOM_NO,
	SIGN_NEUTRAL,
	SIGN_QUESTION,
	SIGN_NO,
	SIGN_YES,
	SIGN_NEGATION,
	SIGN_NEGATIVE,
	SIGN_POSITIVE,
	SIGN_NONE,
};

struct signs {
	uint8_t sign[SAID_WORDS_MAX]; /* of the piece that begins at a word; SIGN_NONE: none does */
	uint16_t words[SAID_WORDS_MAX]; /* of it */
	bool negated[SAID_WORDS_MAX];   /* a negation stands before it */
};

static void find(const struct said *said, const char *const *list, enum sign sign, struct signs *s)
{
	const char *phrase = phrase_fold_list(list);
	struct pattern p;

	for (; phrase && *phrase; phrase += strlen(phrase) + 1) {
		phrase_compile(&p, phrase);
		for (size_t i = 0; i < said->n; i++) {
			size_t words = phrase_match(said, i, &p);
			if (words > s->words[i]) {
				s->words[i] = (uint16_t)words;
				s->sign[i] = (uint8_t)sign;
			}
		}
	}
}

/* Pieces that lie in another, and those that are negated. */
static void sort_out(const struct said *said, struct signs *s)
{
	size_t negation = SAID_WORDS_MAX; /* the last one ends before this word; none: far away */

	for (size_t i = 0, next; i < said->n; i = next) {
		next = i + (s->words[i] ? s->words[i] : 1);
		for (size_t j = i + 1; j < next; j++)
			s->sign[j] = SIGN_NONE;
		s->negated[i] = negation <= i && i - negation < NEGATION_REACH;
		if (s->sign[i] == SIGN_NEGATION)
			negation = next;
		else if (s->sign[i] != SIGN_NONE)
			negation = SAID_WORDS_MAX;
	}
}

static void read_signs(const struct utterance *u, const struct said *said, struct signs *s)
{
	const struct language *l = u->language;

	memset(s->words, 0, sizeof(s->words));
	memset(s->sign, SIGN_NONE, sizeof(s->sign));
	memset(s->negated, 0, sizeof(s->negated));
	find(said, l->idioms_yes, SIGN_IDIOM_YES, s);
	find(said, l->idioms_no, SIGN_IDIOM_NO, s);
	find(said, l->opt_out, SIGN_IDIOM_NO, s);
	find(said, l->idioms_neutral, SIGN_NEUTRAL, s);
	find(said, l->repeat, SIGN_NEUTRAL, s);
	find(said, l->unsure, SIGN_NEUTRAL, s);
	find(said, l->wait, SIGN_NEUTRAL, s);
	find(said, l->questions, SIGN_QUESTION, s);
	find(said, l->no, SIGN_NO, s);
	find(said, l->yes, SIGN_YES, s);
	find(said, l->negations, SIGN_NEGATION, s);
	find(said, l->negative, SIGN_NEGATIVE, s);
	find(said, l->anger, SIGN_NEGATIVE, s);
	find(said, l->positive, SIGN_POSITIVE, s);
	sort_out(said, s);
}

/* Does the text end in a question mark? */
static bool asks(const struct utterance *u)
{
	uint32_t code;

	for (size_t n = u->text_bytes; n > 0;) {
		n -= utf8_previous(u->text, n, &code);
		if (code == '?' || code == 0x61f)
			return true;
		if (utf8_kind(code) == UTF8_LETTER || utf8_kind(code) == UTF8_DIGIT)
			return false;
	}
	return false;
}

static struct sentiment counted(int positive, int negative)
{
	int more = positive - negative;
	double confidence = .5 + .1 * (more < 0 ? -more : more);

	return (struct sentiment){more > 0 ? MOOD_POSITIVE
			: more < 0         ? MOOD_NEGATIVE
					   : MOOD_NEUTRAL,
		confidence > .8 ? .8 : confidence};
}

struct sentiment mood_of(const struct utterance *u, const struct said *said)
{
	int n[SIGN_NONE + 1] = {0};
	struct signs s;

	read_signs(u, said, &s);
	for (size_t i = 0; i < said->n; i++) {
		enum sign sign = s.sign[i];
		if (s.negated[i] && sign == SIGN_YES)
			sign = SIGN_NO;
		else if (s.negated[i] && (sign == SIGN_POSITIVE || sign == SIGN_NEGATIVE))
			sign = sign == SIGN_POSITIVE ? SIGN_NEGATIVE : SIGN_POSITIVE;
		n[sign]++;
	}
	if (n[SIGN_IDIOM_YES] || n[SIGN_IDIOM_NO]) {
		bool both = n[SIGN_IDIOM_YES] && n[SIGN_IDIOM_NO];
		return (struct sentiment){
			n[SIGN_IDIOM_NO] ? MOOD_NEGATIVE : MOOD_POSITIVE, both ? .6 : .9};
	}
	if (n[SIGN_QUESTION])
		return (struct sentiment){MOOD_INTERROGATIVE, .85};
	if (n[SIGN_NO])
		return (struct sentiment){MOOD_NEGATIVE, n[SIGN_YES] ? .7 : .9};
	if (n[SIGN_YES])
		return (struct sentiment){MOOD_POSITIVE, asks(u) ? .6 : n[SIGN_NEGATIVE] ? .7 : .9};
	if (asks(u) && !n[SIGN_NEUTRAL])
		return (struct sentiment){MOOD_INTERROGATIVE, .7};
	return counted(n[SIGN_POSITIVE], n[SIGN_NEGATIVE]);
}

char mood_answer(const struct utterance *u, const struct said *said, size_t *ret_at, size_t *ret_n)
{
	struct signs s;
	char answer = 0;

	read_signs(u, said, &s);
	for (size_t i = 0; i < said->n; i++) {
		bool yes = s.sign[i] == SIGN_YES || s.sign[i] == SIGN_IDIOM_YES;
		if (!yes && s.sign[i] != SIGN_NO && s.sign[i] != SIGN_IDIOM_NO)
			continue;
		answer = yes && !(s.negated[i] && s.sign[i] == SIGN_YES) ? 'y' : 'n';
		*ret_at = i;
		*ret_n = s.words[i];
	}
	return answer;
}

bool mood_all_of(const struct said *said, const char *const *list)
{
	bool covered[SAID_WORDS_MAX] = {false};
	const char *phrase = phrase_fold_list(list);
	struct pattern p;

	for (; phrase && *phrase; phrase += strlen(phrase) + 1) {
		phrase_compile(&p, phrase);
		for (size_t i = 0; i < said->n; i++) {
			size_t words = phrase_match(said, i, &p);
			for (size_t j = 0; j < words; j++)
				covered[i + j] = true;
		}
	}
	for (size_t i = 0; i < said->n; i++)
		if (!covered[i])
			return false;
	return said->n > 0;
}
