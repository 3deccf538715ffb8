#include "phrase.h"

#include <string.h>

#include "text/fold.h"

#define LISTS_MAX 256    /* lists of all languages */
#define FOLDED_MAX 65536 /* bytes of one of them */

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

/* Append one piece without blanks: a star, or a word, perhaps several (l'internet), with a star behind the last. */
static void fold_piece(const char *piece, size_t n, struct dynbuf *folded, struct dynbuf *ret)
{
	bool star = piece[n - 1] == '*';

	if (fold_text(piece, n, folded) < 0) {
		ret->failed = true;
		return;
	}
	if (n > 1 && folded->n == 0)
		return;
	bool blank = ret->n > 0 && ret->p[ret->n - 1] != '\0' && ret->p[ret->n - 1] != '^';
	dynbuf_addf(ret, "%s%s%s", blank ? " " : "", folded->p, star ? "*" : "");
}

int phrase_fold(const char *phrase, struct dynbuf *ret)
{
	size_t end = strlen(phrase), bytes;
	bool at_end = end > 0 && phrase[end - 1] == '$';
	struct dynbuf folded;

	dynbuf_init(&folded, 2 * end + 16);
	end -= at_end;
	if (phrase[0] == '^')
		dynbuf_adds(ret, "^");
	for (size_t i = phrase[0] == '^'; i < end; i += bytes + 1) {
		for (bytes = 0; i + bytes < end && phrase[i + bytes] != ' ';)
			bytes++;
		if (bytes > 0)
			fold_piece(phrase + i, bytes, &folded, ret);
	}
	dynbuf_free(&folded);
	return dynbuf_adds(ret, at_end ? "$" : "");
}

const char *phrase_fold_list(const char *const *list)
{
	static struct {
		const char *const *list;
		struct dynbuf folded;
	} known[LISTS_MAX];
	size_t i = 0;

	while (i < LISTS_MAX && known[i].list && known[i].list != list)
		i++;
	if (i == LISTS_MAX)
		return NULL;
	if (!known[i].list) {
		struct dynbuf *b = &known[i].folded;
		dynbuf_init(b, FOLDED_MAX);
		for (const char *const *p = list; *p; p++)
			if (phrase_fold(*p, b) < 0 || dynbuf_add(b, "", 1) < 0)
				break;
		if (dynbuf_failed(b)) {
			dynbuf_free(b);
			return NULL;
		}
		known[i].list = list;
	}
	return known[i].folded.p;
}

void phrase_compile(struct pattern *ret, const char *folded)
{
	size_t end = strlen(folded), bytes;
	bool words = false;

	*ret = (struct pattern){.text = folded, .at_start = folded[0] == '^'};
	ret->at_end = end > 0 && folded[end - 1] == '$';
	end -= ret->at_end;
	for (size_t i = ret->at_start; i < end; i += bytes + 1) {
		if (ret->n == PHRASE_WORDS_MAX) {
			ret->n = 0;
			return;
		}
		for (bytes = 0; i + bytes < end && folded[i + bytes] != ' ';)
			bytes++;
		struct pattern_word *w = &ret->word[ret->n++];
		bool star = bytes > 0 && folded[i + bytes - 1] == '*';
		*w = (struct pattern_word){
			(uint16_t)i, (uint16_t)(bytes - star), star && bytes == 1, star};
		words = words || !w->gap;
	}
	if (!words)
		ret->n = 0;
}

static bool word_fits(
	const struct said *said, size_t i, const struct pattern *p, const struct pattern_word *w)
{
	const char *word = said->folded + said->at[i];

	if (w->prefix ? said->bytes[i] < w->bytes : said->bytes[i] != w->bytes)
		return false;
	return memcmp(word, p->text + w->at, w->bytes) == 0;
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
