/* tts-wav: any bytes are what a program writes as its sound. Exercises shape_add and with it wav_head_parse, in pieces of
 * several sizes: the same samples, the same reason.
 */
#include "shape.h"

#include "fuzz.h"

#define RATE 8000
#define OUT_MAX (RATE * 2 * 2) /* two seconds */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* -1 or 0, and what came out. */
static int shape_pieces(
	const uint8_t *data, size_t size, size_t piece, struct dynbuf *out, const char **ret_why)
{
	struct shape s;
	int result = 0;

	shape_init(&s, RATE, 0, 3);
	for (size_t at = 0; at < size && result == 0; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		uint8_t *copy = fuzz_copy(data + at, n);

		result = shape_add(&s, copy, n, out);
		free(copy);
	}
	if (result == 0)
		result = shape_end(&s, out);
	*ret_why = result < 0 ? s.why : "";
	shape_free(&s);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = {1, 3, 44, 1000};
	struct dynbuf whole, again;
	const char *why, *why_again;
	int result;

	dynbuf_init(&whole, OUT_MAX);
	result = shape_pieces(data, size, size ? size : 1, &whole, &why);
	MUST(whole.n % 2 == 0 && whole.n <= OUT_MAX);
	MUST(result == 0 || (why && *why));
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		if (size / pieces[i] > 5000)
			continue;
		dynbuf_init(&again, OUT_MAX);
		MUST(shape_pieces(data, size, pieces[i], &again, &why_again) == result);
		MUST(strcmp(why, why_again) == 0);
		MUST(result < 0 || (again.n == whole.n && memcmp(again.p, whole.p, whole.n) == 0));
		dynbuf_free(&again);
	}
	dynbuf_free(&whole);
	return 0;
}
