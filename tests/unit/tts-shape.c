/* What an engine writes becomes samples of the call: formats, silence at the beginning, level, length. */
#include "shape.h"

#include <math.h>

#include "audio/pcm.h"
#include "tap.h"

#define RATE 8000

static struct dynbuf out;
static const char *why;

/* n bytes through a shape; samples come to out. */
static int shape(int raw_hz, double gain_db, const void *p, size_t n, size_t max_samples)
{
	struct shape s;
	int result;

	dynbuf_free(&out);
	dynbuf_init(&out, max_samples * 2);
	shape_init(&s, RATE, raw_hz, gain_db);
	result = shape_add(&s, p, n, &out);
	if (result == 0)
		result = shape_end(&s, &out);
	why = result < 0 ? s.why : "";
	shape_free(&s);
	return result;
}

static size_t samples(void)
{
	return out.n / 2;
}

static int sample(size_t i)
{
	return get_le16s((const uint8_t *)out.p + i * 2);
}

/* Silence, then a tone, as bytes. */
static size_t sound(uint8_t *p, int rate_hz, size_t silent, size_t loud)
{
	for (size_t i = 0; i < silent + loud; i++)
		put_le16s(p + i * 2,
			i < silent ? 0
				   : (int16_t)(8000 *
					     sin(2 * 3.14159265 * 500 * (double)i / rate_hz)));
	return (silent + loud) * 2;
}

static void test_raw(void)
{
	static uint8_t p[96000];
	size_t n = sound(p, RATE, 0, 4000);

	ok(shape(RATE, 0, p, n, 10000) == 0 && samples() == 4000 && memcmp(out.p, p, n) == 0,
		"at its rate as it is");
	n = sound(p, 48000, 0, 24000);
	ok(shape(48000, 0, p, n, 10000) == 0, "48 kHz");
	ok(samples() >= 3999 && samples() <= 4001, "are a sixth at 8 kHz: %zu", samples());
	ok(shape(RATE, 0, p, 7, 10000) == 0 && samples() == 3, "half a sample at the end is none");
	ok(shape(RATE, 0, p, 0, 10000) < 0, "nothing: %s", why);
}

static void test_gain(void)
{
	static uint8_t p[16000];
	size_t n = sound(p, RATE, 0, 4000);

	ok(shape(RATE, -6.0206, p, n, 10000) == 0 && sample(4) == 4000, "half as loud");
	ok(shape(RATE, 20, p, n, 10000) == 0 && sample(4) == 32767 && sample(12) == -32768,
		"too loud is clipped");
}

static void test_silence(void)
{
	static uint8_t p[32000];
	size_t n = sound(p, RATE, 1234, 4000);

	ok(shape(RATE, 0, p, n, 10000) == 0, "silence first");
	is_int(samples(), 4000 + 1234 % 80, "is left out, but for less than 10 ms");
	n = sound(p, RATE, 4001, 0);
	ok(shape(RATE, 0, p, n, 10000) == 0 && samples() == 4001 && sample(4000) == 0,
		"nothing but silence stays");
	n = sound(p, RATE, 80, 50);
	ok(shape(RATE, 0, p, n, 10000) == 0 && samples() == 50, "a click at the end is a sound");
}

static void test_long(void)
{
	static uint8_t p[32000];
	size_t n = sound(p, RATE, 0, 4000);

	ok(shape(RATE, 0, p, n, 3900) < 0 && samples() <= 3900, "too long: %s", why);
	n = sound(p, RATE, 8000, 0);
	ok(shape(RATE, 0, p, n, 3900) < 0, "silence that is too long: %s", why);
}

/* A head: a format of `bits`, and the size of the samples as told. */
static size_t head(uint8_t *p, int tag, int channels, int rate_hz, int bits, uint32_t size)
{
	memcpy(p, "RIFF....WAVEfmt \x10\0\0\0", 20);
	put_le16s(p + 20, (int16_t)tag);
	put_le16s(p + 22, (int16_t)channels);
	put_le16s(p + 24, (int16_t)rate_hz);
	put_le16s(p + 26, (int16_t)(rate_hz >> 16));
	memset(p + 28, 0, 6);
	put_le16s(p + 34, (int16_t)bits);
	memcpy(p + 36, "data", 4);
	put_le16s(p + 40, (int16_t)size);
	put_le16s(p + 42, (int16_t)(size >> 16));
	return 44;
}

static void test_wav(void)
{
	static uint8_t p[64000];
	static const uint32_t sizes[] = {8000, 0, 0x7ffff000, 0xffffffff};
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		n = head(p, 1, 1, RATE, 16, sizes[i]);
		n += sound(p + n, RATE, 0, 4000);
		ok(shape(0, 0, p, n, 10000) == 0 && samples() == 4000, "a size of %x", sizes[i]);
	}
	n = head(p, 1, 1, RATE, 16, 4000);
	n += sound(p + n, RATE, 0, 4000);
	ok(shape(0, 0, p, n, 10000) == 0 && samples() == 2000, "a size that can be true is");
	n = head(p, 1, 2, RATE, 16, 0);
	for (int i = 0; i < 1000; i++) {
		put_le16s(p + n + (size_t)i * 4, 10000);
		put_le16s(p + n + (size_t)i * 4 + 2, -4000);
	}
	ok(shape(0, 0, p, n + 4000, 10000) == 0 && samples() == 1000 && sample(500) == 3000,
		"two channels: their mean");
	n = head(p, 7, 1, RATE, 8, 0);
	memset(p + n, 0x00, 500);
	ok(shape(0, 0, p, n + 500, 10000) == 0 && samples() == 500 && sample(9) == -32124, "u-law");
	p[20] = 6;
	ok(shape(0, 0, p, n + 500, 10000) == 0 && samples() == 500 && sample(9) == pcm_from_alaw(0),
		"A-law");
}

/* One sample of every coding, as services have them. */
static void test_codings(void)
{
	static const struct {
		int tag, bits;
		uint8_t bytes[4];
		int want;
	} cases[] = {
		{1, 16, {0x39, 0x30}, 12345},
		{1, 24, {0xff, 0x39, 0x30}, 12345},
		{1, 24, {0x00, 0x00, 0x80}, -32768},
		{3, 32, {0, 0, 0, 0x3f}, 16384},  /* 0.5 */
		{3, 32, {0, 0, 0, 0xc0}, -32768}, /* -2 */
		{3, 32, {0, 0, 0xc0, 0x7f}, 0},   /* not a number */
		{6, 8, {0xaa}, 32256},
		{7, 8, {0x80}, 32124},
	};
	static uint8_t p[44 + 4 * 400];
	size_t n, bytes;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		n = head(p, cases[i].tag, 1, RATE, cases[i].bits, 0);
		bytes = (size_t)cases[i].bits / 8;
		for (int k = 0; k < 400; k++)
			memcpy(p + n + (size_t)k * bytes, cases[i].bytes, bytes);
		ok(shape(0, 0, p, n + 400 * bytes, 1000) == 0 && samples() == 400,
			"format %d, %d bit", cases[i].tag, cases[i].bits);
		is_int(sample(200), cases[i].want, "its sample");
	}
}

/* Raw samples of every coding, cut anywhere. */
static void test_pieces(void)
{
	static const enum wav_coding codings[] = {WAV_PCM16, WAV_ULAW, WAV_ALAW};
	static uint8_t p[3000];
	struct dynbuf whole;

	for (size_t i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)(i * 37 + i / 7);
	dynbuf_init(&whole, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(codings); i++) {
		for (size_t piece = sizeof(p); piece > 0; piece /= 9) {
			struct shape s;
			int result = 0;

			dynbuf_free(&out);
			dynbuf_init(&out, 1 << 20);
			shape_init(&s, RATE, 22050, 0);
			shape_coding(&s, codings[i]);
			for (size_t at = 0; at < sizeof(p) && result == 0; at += piece)
				result = shape_add(&s, p + at,
					piece < sizeof(p) - at ? piece : sizeof(p) - at, &out);
			if (result == 0)
				result = shape_end(&s, &out);
			is_int(s.samples, sizeof(p) / (i == 0 ? 2 : 1), "coding %zu: samples", i);
			shape_free(&s);
			if (piece == sizeof(p)) {
				dynbuf_reset(&whole);
				dynbuf_add(&whole, out.p, out.n);
			}
			ok(result == 0 && out.n == whole.n && memcmp(out.p, whole.p, out.n) == 0,
				"in pieces of %zu the same", piece);
		}
	}
	dynbuf_free(&whole);
}

static void test_bad(void)
{
	static uint8_t p[1000];

	head(p, 3, 1, RATE, 64, 0);
	ok(shape(0, 0, p, 100, 1000) < 0, "floating point of 64 bit: %s", why);
	head(p, 0x11, 1, RATE, 4, 0);
	ok(shape(0, 0, p, 100, 1000) < 0, "ADPCM: %s", why);
	head(p, 1, 0, RATE, 16, 0);
	ok(shape(0, 0, p, 100, 1000) < 0, "no channels: %s", why);
	head(p, 1, 1, 4000, 16, 0);
	ok(shape(0, 0, p, 100, 1000) < 0, "4 kHz: %s", why);
	ok(shape(0, 0, p, 0, 1000) < 0, "nothing: %s", why);
	ok(shape(0, 0, p, 30, 1000) < 0, "half a head: %s", why);
	ok(shape(0, 0, "no sound", 8, 1000) < 0, "text: %s", why);
}

int main(void)
{
	test_raw();
	test_gain();
	test_silence();
	test_long();
	test_wav();
	test_codings();
	test_pieces();
	test_bad();
	dynbuf_free(&out);
	return done_testing();
}
