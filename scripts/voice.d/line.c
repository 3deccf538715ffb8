#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "audio/pcm.h"
#include "base/dl.h"
#include "rnd.h"

#define GSM_SAMPLES 160
#define GSM_BYTES 33

const char *const line_name[LINE_CODECS] = {"linear", "alaw", "ulaw", "gsm"};

/* Second order section; Robert Bristow-Johnson's cookbook. */
struct biquad {
	float b0, b1, b2, a1, a2; /* a0 is 1 */
};

static struct biquad pass(bool high, float hz, float q)
{
	float c = rnd_sine(hz / 8000 + 0.25f), alpha = rnd_sine(hz / 8000) / (2 * q),
	      a0 = 1 + alpha;
	float edge = high ? (1 + c) / 2 : (1 - c) / 2;
	return (struct biquad){
		edge / a0, (high ? -2 : 2) * edge / a0, edge / a0, -2 * c / a0, (1 - alpha) / a0};
}

static void filter(const struct biquad *f, float *x, int n)
{
	float s1 = 0, s2 = 0;

	for (int i = 0; i < n; i++) {
		float y = f->b0 * x[i] + s1;
		s1 = f->b1 * x[i] - f->a1 * y + s2;
		s2 = f->b2 * x[i] - f->a2 * y;
		x[i] = y;
	}
}

void line_band(float *x, int n)
{
	/* Butterworth of the fourth order each */
	const struct biquad stage[] = {pass(true, 300, 0.5412f), pass(true, 300, 1.3066f),
		pass(false, 3400, 0.5412f), pass(false, 3400, 1.3066f)};

	for (size_t i = 0; i < ARRAY_LEN(stage); i++)
		filter(&stage[i], x, n);
}

void line_tilt(float *x, int n, float db)
{
	float k = rnd_gain(db / 2) - 1, low = 0;

	/* a first order shelf about 1 kHz */
	for (int i = 0; i < n; i++) {
		low += 0.54f * (x[i] - low);
		float high = x[i] - low;
		x[i] = low / (1 + k) + high * (1 + k);
	}
}

void line_reverb(float *x, int n, float t60_s, float mix, uint64_t *seed)
{
	static const int delay[] = {239, 283, 331, 367, 401, 449}; /* samples, no common divisors */
	float *wet = calloc((size_t)n, sizeof *wet);

	if (!wet)
		return;
	for (size_t k = 0; k < ARRAY_LEN(delay); k++) {
		int d = (int)((float)delay[k] * rnd(seed, 0.7f, 1.4f)), at = 0;
		float g = voice_exp(-6.9078f * (float)d / (8000 * t60_s)), line[1024] = {0},
		      damped = 0;
		for (int i = 0; i < n; i++) {
			float y = line[at];
			damped += 0.6f * (y - damped);
			line[at] = x[i] + g * damped;
			at = at + 1 < d ? at + 1 : 0;
			wet[i] += k % 2 ? -y : y;
		}
	}
	for (int i = 0; i < n; i++)
		x[i] = (1 - mix) * x[i] + mix * 0.5f * wet[i];
	free(wet);
}

/* ITU-T G.711, as companding to 8 bits and back. */
static int16_t through_ulaw(int16_t s)
{
	int sign = s < 0, m = sign ? -s : s, e = 7;

	m = (m > 32635 ? 32635 : m) + 132;
	while (e > 0 && !(m & 0x80 << e))
		e--;
	return pcm_from_ulaw((uint8_t) ~(sign << 7 | e << 4 | (m >> (e + 3) & 15)));
}

static int16_t through_alaw(int16_t s)
{
	int sign = s >= 0, m = (sign ? s : -s - 1) >> 4, e = 0;

	while (m >> e > 31)
		e++;
	int code = m > 15 ? (e + 1) << 4 | (m >> e & 15) : m;
	return pcm_from_alaw((uint8_t)((sign << 7 | code) ^ 0x55));
}

static int through_gsm(int16_t *s, int n)
{
	static struct {
		void *(*create)(void);
		void (*destroy)(void *);
		void (*encode)(void *, int16_t *, uint8_t *);
		int (*decode)(void *, uint8_t *, int16_t *);
	} gsm;
	const struct dl_symbol symbols[] = {{"gsm_create", &gsm.create},
		{"gsm_destroy", &gsm.destroy}, {"gsm_encode", &gsm.encode},
		{"gsm_decode", &gsm.decode}, {0}};
	uint8_t frame[GSM_BYTES];

	if (!gsm.create && dl_load("libgsm.so.1", symbols) < 0)
		return -1;
	void *to = gsm.create(), *from = gsm.create();
	for (int i = 0; to && from && i + GSM_SAMPLES <= n; i += GSM_SAMPLES) {
		gsm.encode(to, s + i, frame);
		gsm.decode(from, frame, s + i);
	}
	int status = to && from ? 0 : -1;
	if (to)
		gsm.destroy(to);
	if (from)
		gsm.destroy(from);
	return status;
}

int line_code(enum line_codec codec, const float *x, int n, int16_t *ret)
{
	for (int i = 0; i < n; i++) {
		int16_t s = pcm_from_float(x[i]);
		ret[i] = codec == LINE_ULAW  ? through_ulaw(s)
			: codec == LINE_ALAW ? through_alaw(s)
					     : s;
	}
	return codec == LINE_GSM ? through_gsm(ret, n) : 0;
}
