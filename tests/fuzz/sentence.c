/* sentence: any bytes as text, whole and in pieces. Sentences follow each other, fit, have no blanks at their ends, say something; nothing
 * that says something is lost; and one that was not cut for its length is one sentence. In pieces they are the same.
 */
#include "text/sentence.h"

#include "fuzz.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_letters(const char *p, size_t n)
{
	size_t letters = 0;
	uint32_t code;

	for (size_t i = 0; i < n;) {
		i += utf8_next(p + i, n - i, &code);
		letters += utf8_kind(code) == UTF8_LETTER || utf8_kind(code) == UTF8_DIGIT;
	}
	return letters;
}

/* Where the sentences of the whole begin, those of a text that comes in pieces do. */
static void in_pieces(const char *text, size_t size)
{
	size_t pos = 0, whole = 0, n, m;
	const char *s, *want;

	for (size_t have = 0; have < size; have += 1 + (uint8_t)text[have] % 7) {
		char *p = fuzz_copy(text, have);
		while (sentence_sure(p, have, &pos, &s, &n))
			MUST(sentence_next(text, size, &whole, &want, &m) && s - p == want - text &&
				n == m);
		free(p);
	}
	bool more = sentence_next(text, size, &pos, &s, &n);
	MUST(sentence_next(text, size, &whole, &want, &m) == more);
	MUST(!more || (s == want && n == m));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	const char *s, *again, *last = p;
	size_t pos = 0, n, letters = 0;

	while (sentence_next(p, size, &pos, &s, &n)) {
		size_t inner = 0, m;
		MUST(s >= last && n > 0 && n <= SENTENCE_MAX && s + n <= p + pos && pos <= size);
		MUST(s[0] != ' ' && s[n - 1] != ' ' && count_letters(s, n) > 0);
		letters += count_letters(s, n);
		if (n < SENTENCE_MAX / 4)
			MUST(sentence_next(s, n, &inner, &again, &m) && again == s && m == n);
		last = s + n;
	}
	in_pieces(p, size < 4096 ? size : 4096);
	MUST(pos == size);
	/* Bytes that are no text may be cut between what together was no character. */
	MUST(letters == count_letters(p, size) || !utf8_valid(p, size));
	free(p);
	return 0;
}
