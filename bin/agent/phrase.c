#include "phrase.h"

#include <string.h>

#include "text/fold.h"

void phrase_split(struct said *ret, const char *folded)
{
	*ret = (struct said){.folded = folded};
	for (const char *p = folded; *p && ret->n < SAID_WORDS_MAX; p += *p == ' ') {
		size_t n = strcspn(p, " ");
		ret->at[ret->n] = (uint16_t)(p - folded);
		ret->bytes[ret->n++] = (uint16_t)n;
		p += n;
	}
}

/* Add the words of a piece without blanks; false: they do not fit. */
static bool add_words(struct pattern *p, size_t *used, const char *piece, size_t n)
{
	struct dynbuf folded;
	bool prefix = n > 1 && piece[n - 1] == '*', fits = false;

	if (p->n == PHRASE_WORDS_MAX)
		return false;
	if (n == 1 && *piece == '*') {
		p->word[p->n++] = (struct pattern_word){.gap = true};
		return true;
	}
	dynbuf_init(&folded, sizeof(p->folded) - *used);
	if (fold_text(piece, n, &folded) < 0)
		goto out;
	memcpy(p->folded + *used, folded.p, folded.n);
	for (size_t i = 0, bytes; i < folded.n; i += bytes + 1) {
		bytes = strcspn(folded.p + i, " ");
		if (p->n == PHRASE_WORDS_MAX)
			goto out;
		p->word[p->n++] = (struct pattern_word){
			(uint16_t)(*used + i), (uint16_t)bytes, .prefix = false};
	}
	if (folded.n > 0)
		p->word[p->n - 1].prefix = prefix;
	*used += folded.n;
	fits = true;
out:
	dynbuf_free(&folded);
	return fits;
}

void phrase_compile(struct pattern *ret, const char *phrase)
{
	size_t used = 0, end = strlen(phrase), bytes;
	bool fits = true, words = false;

	*ret = (struct pattern){.at_start = phrase[0] == '^'};
	if (ret->at_start)
		phrase++, end--;
	if (end > 0 && phrase[end - 1] == '$') {
		ret->at_end = true;
		end--;
	}
	for (size_t i = 0; i < end && fits; i += bytes + 1) {
		for (bytes = 0; i + bytes < end && phrase[i + bytes] != ' ';)
			bytes++;
		fits = add_words(ret, &used, phrase + i, bytes);
	}
	for (size_t i = 0; i < ret->n; i++)
		words = words || !ret->word[i].gap;
	if (!fits || !words)
		ret->n = 0;
}

static bool word_fits(
	const struct said *said, size_t i, const struct pattern *p, const struct pattern_word *w)
{
	const char *word = said->folded + said->at[i];

	if (w->prefix ? said->bytes[i] < w->bytes : said->bytes[i] != w->bytes)
		return false;
	return memcmp(word, p->folded + w->at, w->bytes) == 0;
}

/* Where the words of the pattern from k on end, if they fit from word i on; 0: they do not. */
static size_t match_from(const struct said *said, size_t i, const struct pattern *p, size_t k)
{
	size_t end;

	for (; k < p->n; k++, i++) {
		if (p->word[k].gap) {
			for (size_t gap = 0; gap <= PHRASE_GAP_MAX && i + gap <= said->n; gap++)
				if ((end = match_from(said, i + gap, p, k + 1)) > 0)
					return end;
			return 0;
		}
		if (i >= said->n || !word_fits(said, i, p, &p->word[k]))
			return 0;
	}
	return p->at_end && i != said->n ? 0 : i;
}

size_t phrase_match(const struct said *said, size_t i, const struct pattern *p)
{
	if (p->n == 0 || (p->at_start && i != 0))
		return 0;
	size_t end = match_from(said, i, p, 0);
	return end > i ? end - i : 0;
}
