#include "shape.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "audio/pcm.h"

#define NO_MEMORY "there is no memory for it"
#define TOO_LONG "it is too long"

void shape_init(struct shape *s, int rate_hz, int raw_hz, double gain_db)
{
	*s = (struct shape){.rate_hz = rate_hz, .gain = (float)pow(10, gain_db / 20)};
	if (raw_hz)
		s->head = (struct wav_head){
			.coding = WAV_PCM16, .rate_hz = raw_hz, .channels = 1, .data_bytes = -1};
	dynbuf_init(&s->rest, WAV_HEAD_MAX + 8);
	dynbuf_init(&s->step, (size_t)rate_hz / 100 * 2);
}

void shape_coding(struct shape *s, enum wav_coding coding)
{
	s->head.coding = coding;
}

void shape_free(struct shape *s)
{
	dynbuf_free(&s->rest);
	dynbuf_free(&s->step);
	resample_close(s->r);
	s->r = NULL;
}

static int fail(struct shape *s, const char *why)
{
	s->why = why;
	return -1;
}

static int put(struct shape *s, const int16_t *samples, size_t n, struct dynbuf *out)
{
	void *to = dynbuf_room(out, n * 2);

	if (!to)
		return fail(s, TOO_LONG);
	pcm_to_le(to, samples, n);
	dynbuf_grow(out, n * 2);
	return 0;
}

/* The samples of less than 10 ms that are not looked at yet. */
static const int16_t *step_samples(const struct shape *s)
{
	return (const int16_t *)(const void *)s->step.p;
}

/* Silence before the first 10 ms that can be heard is held back: a caller who waits need not wait for it too. */
static int put_audible(struct shape *s, const int16_t *samples, size_t n, struct dynbuf *out)
{
	size_t step = (size_t)s->rate_hz / 100, have, now;

	while (n > 0 && !s->audible) {
		have = s->step.n / 2;
		now = n < step - have ? n : step - have;
		if (dynbuf_add(&s->step, samples, now * 2) < 0)
			return fail(s, NO_MEMORY);
		samples += now;
		n -= now;
		if (have + now < step)
			break;
		s->audible = pcm_audible(step_samples(s), step);
		if (s->audible && put(s, step_samples(s), step, out) < 0)
			return -1;
		if (!s->audible)
			s->held += step;
		dynbuf_reset(&s->step);
	}
	if (s->held * 2 > out->max)
		return fail(s, TOO_LONG);
	return n > 0 ? put(s, samples, n, out) : 0;
}

static int convert(struct shape *s, int16_t *samples, size_t n, bool last, struct dynbuf *out)
{
	const int16_t *to;
	size_t to_n;

	if (!s->r && resample_open(s->head.rate_hz, s->rate_hz, &s->r) < 0)
		return fail(s, errno == ENOENT ? "libsamplerate.so.0 is not installed" : NO_MEMORY);
	if (s->gain != 1) {
		for (size_t i = 0; i < n; i++)
			samples[i] = pcm_from_float((float)samples[i] * s->gain);
	}
	if (resample_run(s->r, samples, n, last, &to, &to_n) < 0)
		return fail(s, NO_MEMORY);
	return put_audible(s, to, to_n, out);
}

/* Whole blocks at the beginning of the bytes; returns the bytes used, or -1. */
static ssize_t blocks(struct shape *s, const uint8_t *p, size_t n, struct dynbuf *out)
{
	size_t block = wav_block_bytes(&s->head), left, used = 0;
	int16_t samples[SHAPE_PIECE];

	if (s->head.data_bytes >= 0)
		n = (size_t)min_i64((int64_t)n, s->head.data_bytes);
	for (left = n / block; left > 0;) {
		size_t now = left < SHAPE_PIECE ? left : SHAPE_PIECE;

		wav_samples(&s->head, p + used, now, samples);
		if (convert(s, samples, now, false, out) < 0)
			return -1;
		used += now * block;
		left -= now;
		s->samples += now;
	}
	if (s->head.data_bytes >= 0)
		s->head.data_bytes -= (int64_t)used;
	return (ssize_t)used;
}

/* Take the head off what has come; 1 if it is there, 0 if more is needed. */
static int take_head(struct shape *s)
{
	int n = wav_head_parse((const uint8_t *)s->rest.p, s->rest.n, &s->head, &s->why);

	if (n == 0 && s->rest.n >= WAV_HEAD_MAX)
		return fail(s, "there is too much before its samples");
	if (n <= 0)
		return n;
	dynbuf_discard(&s->rest, (size_t)n);
	if (s->head.data_bytes > 0) /* whole blocks only */
		s->head.data_bytes -= s->head.data_bytes % (int64_t)wav_block_bytes(&s->head);
	return 1;
}

static bool finished(const struct shape *s)
{
	return s->head.rate_hz && s->head.data_bytes == 0;
}

/* What waits in rest goes first: part of a head, or of a block. */
static int add_rest(struct shape *s, const uint8_t **p, size_t *n, struct dynbuf *out)
{
	size_t now = s->rest.max - s->rest.n;
	ssize_t used;
	int got;

	if (s->head.rate_hz)
		now = wav_block_bytes(&s->head) - s->rest.n;
	now = *n < now ? *n : now;
	if (dynbuf_add(&s->rest, *p, now) < 0)
		return fail(s, NO_MEMORY);
	*p += now;
	*n -= now;
	if (!s->head.rate_hz && (got = take_head(s)) <= 0)
		return got;
	used = blocks(s, (const uint8_t *)s->rest.p, s->rest.n, out);
	if (used < 0)
		return -1;
	dynbuf_discard(&s->rest, (size_t)used);
	if (finished(s)) /* what follows the samples is none of them */
		dynbuf_reset(&s->rest);
	return 0;
}

int shape_add(struct shape *s, const void *bytes, size_t n, struct dynbuf *out)
{
	const uint8_t *p = bytes;
	ssize_t used;

	s->any |= n > 0;
	while (n > 0 && !finished(s)) {
		if (s->head.rate_hz == 0 || s->rest.n > 0) {
			if (add_rest(s, &p, &n, out) < 0)
				return -1;
			continue;
		}
		used = blocks(s, p, n, out);
		if (used < 0)
			return -1;
		p += used;
		n -= (size_t)used;
		if (n > 0 && !finished(s) && dynbuf_add(&s->rest, p, n) < 0)
			return fail(s, NO_MEMORY);
		n = 0;
	}
	return 0;
}

static int put_silence(struct shape *s, size_t n, struct dynbuf *out)
{
	static const int16_t silence[SHAPE_PIECE];

	while (n > 0) {
		size_t now = n < SHAPE_PIECE ? n : SHAPE_PIECE;

		if (put(s, silence, now, out) < 0)
			return -1;
		n -= now;
	}
	return 0;
}

int shape_end(struct shape *s, struct dynbuf *out)
{
	int16_t none[1] = {0};
	size_t held;

	if (!s->any)
		return fail(s, "it has written nothing");
	if (s->head.rate_hz == 0)
		return fail(s, "its WAV is cut off before the first sample");
	if (convert(s, none, 0, true, out) < 0)
		return -1;
	if (s->audible)
		return 0;
	held = s->held + s->step.n / 2;
	if (held > out->max / 2)
		return fail(s, TOO_LONG);
	/* less than 10 ms may be loud enough */
	if (pcm_audible(step_samples(s), s->step.n / 2))
		return put(s, step_samples(s), s->step.n / 2, out);
	return put_silence(s, held, out);
}
