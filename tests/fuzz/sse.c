/* sse: any bytes. What is cut means what it means whole; events are within their limits. */
#include "codec/sse.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note(void *ctx, const char *name, const char *data, size_t n)
{
	struct dynbuf *b = ctx;

	MUST(name[0] && strlen(name) < SSE_NAME_MAX);
	MUST(n <= SSE_DATA_MAX && data[n] == '\0' && !memchr(data, '\r', n));
	dynbuf_addf(b, "%s=%zu:", name, n);
	dynbuf_add(b, data, n);
}

/* step 0: in one piece. */
static int parse(const char *p, size_t n, size_t step, struct dynbuf *b)
{
	struct sse s;
	int err = 0;

	sse_init(&s);
	for (size_t i = 0; i < n && !err; i += step) {
		if (!step || step > n - i)
			step = n - i;
		char *piece = fuzz_copy(p + i, step);
		err = sse_add(&s, piece, step, note, b);
		free(piece);
	}
	if (!err)
		err = sse_end(&s, note, b);
	sse_free(&s);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dynbuf whole, cut;
	int err;

	dynbuf_init(&whole, size * 16 + 64);
	err = parse((const char *)data, size, 0, &whole);
	for (size_t step = 1; step < 4; step++) {
		dynbuf_init(&cut, size * 16 + 64);
		MUST(parse((const char *)data, size, step, &cut) == err);
		MUST(!dynbuf_failed(&cut) && cut.n == whole.n &&
			memcmp(cut.p, whole.p, cut.n) == 0);
		dynbuf_free(&cut);
	}
	dynbuf_free(&whole);
	return 0;
}
