/* fold: any bytes as text. What is folded is text, at most twice as long, words with one blank between, and folded
 * again it is the same.
 */
#include "text/fold.h"

#include "fuzz.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct dynbuf *b)
{
	uint32_t code;

	MUST(utf8_valid(b->p, b->n));
	MUST(b->n == 0 || (b->p[0] != ' ' && b->p[b->n - 1] != ' '));
	for (size_t i = 0; i < b->n; i += utf8_next(b->p + i, b->n - i, &code)) {
		utf8_next(b->p + i, b->n - i, &code);
		enum utf8_kind kind = utf8_kind(code);
		MUST(kind == UTF8_LETTER || kind == UTF8_DIGIT ||
			(code == ' ' && b->p[i + 1] != ' '));
		MUST(!utf8_is_upper(code));
	}
}

/* Reading backwards finds the characters that reading forwards found, if it is text. */
static void read_both_ways(const char *p, size_t n)
{
	uint32_t there, back;

	if (!utf8_valid(p, n))
		return;
	for (size_t i = 0; i < n;) {
		size_t bytes = utf8_next(p + i, n - i, &there);
		MUST(utf8_previous(p, i + bytes, &back) == bytes && there == back);
		i += bytes;
		MUST(utf8_cut(p, n, i) == i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	struct dynbuf once, twice;

	dynbuf_init(&once, 2 * size + 1);
	dynbuf_init(&twice, 4 * size + 1);
	MUST(fold_text(p, size, &once) == 0);
	look_at(&once);
	MUST(fold_text(once.p, once.n, &twice) == 0);
	MUST(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	read_both_ways(p, size);
	dynbuf_free(&twice);
	dynbuf_free(&once);
	free(p);
	return 0;
}
