/* frame: any bytes as a stream. Exercises frame_parse on every length of it, and frame_add and frame_add_audio by
 * writing again what was read.
 */
#include "stream/frame.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* frame_parse of a copy; the frame then points into p again. */
static int parse(const char *p, size_t n, struct frame *ret)
{
	const char *why = NULL;
	char *copy = fuzz_copy(p, n);
	int result = frame_parse(copy, n, ret, &why);

	free(copy);
	MUST(result >= 0 || (why && why[0]));
	return result > 0 ? frame_parse(p, n, ret, &why) : result;
}

/* The object of a second JSON or a payload may have blanks around it, which written inline are not part of it. */
static struct jspan trim(struct jspan v)
{
	for (; v.p[0] != '{'; v.p++)
		v.n--;
	while (v.p[v.n - 1] != '}')
		v.n--;
	return v;
}

static bool same(struct jspan a, struct jspan b)
{
	a = trim(a);
	b = trim(b);
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* With less than all bytes of a frame more are needed; what is malformed stays so with any more bytes. */
static void try_cuts(const char *p, size_t n, int result)
{
	size_t whole = result > 0 ? (size_t)result : n;
	size_t step = whole / 256 + 1;
	bool bad = false;
	struct frame f;

	for (size_t cut = 0; cut < whole; cut += cut < 64 ? 1 : step) {
		int got = parse(p, cut, &f);
		MUST(got <= 0 && (got == 0 || result < 0) && (got < 0 || !bad));
		bad = got < 0;
	}
	MUST(result <= 0 || parse(p, whole, &f) == result);
}

static void check_frame(const char *p, const struct frame *f, int result)
{
	MUST(f->raw == p && f->raw_bytes == (size_t)result && f->raw_bytes <= FRAME_MAX);
	MUST(f->payload_bytes <= FRAME_PAYLOAD_MAX && f->payload_bytes < f->raw_bytes);
	MUST((const char *)f->payload + f->payload_bytes == p + result);
	MUST(f->type[0] && strlen(f->type) < sizeof(f->type));
	MUST(jline_check(f->data.p, f->data.n) == 0);
}

/* The same event, written by us. */
static void rebuild(const struct frame *f)
{
	struct dynbuf b;
	struct frame again;

	dynbuf_init(&b, FRAME_MAX);
	/* Types are written as they are; those of others need not be writable. */
	if (!strpbrk(f->type, "\"\\") && frame_add(&b, f->type, f->data) == 0) {
		bool plain = true;
		for (const char *s = f->type; *s; s++)
			plain &= (unsigned char)*s >= 0x20;
		int result = parse(b.p, b.n, &again);
		MUST(!plain || (result > 0 && (size_t)result == b.n));
		MUST(!plain || (strcmp(again.type, f->type) == 0 && same(again.data, f->data)));
	}
	dynbuf_free(&b);
}

static void rebuild_audio(const struct frame *f)
{
	int64_t rate = frame_int(f, "rate", 8000), at_ms = frame_int(f, "timestamp", 0);
	char utterance[65], got[65];
	struct dynbuf b;
	struct frame again;

	bool bot = frame_str(f, "utterance", utterance, sizeof(utterance));
	if (!frame_is(f, "audio-chunk") || rate < 1 || rate > 192000)
		return;
	dynbuf_init(&b, FRAME_MAX);
	MUST(frame_add_audio(&b, (int)rate, at_ms, bot ? utterance : NULL, f->payload,
		     f->payload_bytes) == 0);
	MUST(parse(b.p, b.n, &again) == (int)b.n && frame_is(&again, "audio-chunk"));
	MUST(frame_int(&again, "rate", 0) == rate &&
		frame_int(&again, "timestamp", at_ms - 1) == at_ms);
	MUST(frame_str(&again, "utterance", got, sizeof(got)) == bot &&
		(!bot || strcmp(got, utterance) == 0));
	MUST(again.payload_bytes == f->payload_bytes &&
		memcmp(again.payload, f->payload, f->payload_bytes) == 0);
	dynbuf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;

	for (;;) {
		struct frame f;
		int result = parse(p, size, &f);
		try_cuts(p, size, result);
		if (result <= 0)
			return 0;
		check_frame(p, &f, result);
		rebuild(&f);
		rebuild_audio(&f);
		p += result;
		size -= (size_t)result;
	}
}
