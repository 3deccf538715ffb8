#include "audio/voice-features.h"

#include <math.h>

#include "audio/voice-fft.h"
#include "audio/voice-math.h"
#include "audio/voice-vector.h"
#include "audio/voice-weights.h"
#include "random.h"
#include "tap.h"

static uint64_t seed = 11;

static float uniform(float low, float high)
{
	return low + (high - low) * (float)random_below(&seed, 1 << 24) / (1 << 24);
}

static void test_math(void)
{
	double worst_log = 0, worst_exp = 0;

	for (int i = 0; i < 200000; i++) {
		float x = ldexpf(uniform(0.5f, 1), (int)random_below(&seed, 200) - 100),
		      y = uniform(-59, 59);
		double wrong = fabs((double)voice_log(x) - log((double)x)) /
			(fabs(log((double)x)) + 0.01);
		worst_log = wrong > worst_log ? wrong : worst_log;
		wrong = fabs((double)voice_exp(y) / exp((double)y) - 1);
		worst_exp = wrong > worst_exp ? wrong : worst_exp;
	}
	ok(worst_log < 3e-7, "logarithm is libm's to %.1e", worst_log);
	ok(worst_exp < 3e-7, "exponential is libm's to %.1e", worst_exp);
	ok(voice_exp(-1000) > 0 && voice_exp(1000) < 2e26f && voice_sigmoid(-1000) >= 0 &&
			voice_sigmoid(1000) <= 1 && voice_tanh(-1000) >= -1 &&
			voice_tanh(1000) <= 1,
		"none of them overflows");
}

static void test_vector(void)
{
	int other = 0;

	for (int i = 0; i < 100000; i++) {
		float x[4], e[4], s[4], t[4];
		for (int k = 0; k < 4; k++)
			x[k] = uniform(-70, 70) * (i % 2 ? 1 : 0.05f);
		voice_store(e, voice_exp4(voice_load(x)));
		voice_store(s, voice_sigmoid4(voice_load(x)));
		voice_store(t, voice_tanh4(voice_load(x)));
		for (int k = 0; k < 4; k++)
			other += e[k] != voice_exp(x[k]) || s[k] != voice_sigmoid(x[k]) ||
				t[k] != voice_tanh(x[k]);
	}
	is_int(other, 0, "four at a time come out as one at a time");
}

/* Against the sum that a transform is. */
static void test_fft(int n)
{
	static struct voice_fft f;
	float x[VOICE_FFT_MAX], power[VOICE_BINS];
	double worst = 0, all = 0;

	voice_fft_init(&f, n);
	for (int i = 0; i < n; i++)
		x[i] = uniform(-1000, 1000);
	voice_fft_power(&f, x, power);
	for (int k = 0; k < VOICE_BINS; k++) {
		double re = 0, im = 0;
		for (int i = 0; i < n; i++) {
			re += x[i] * cos(2 * M_PI * k * i / n);
			im -= x[i] * sin(2 * M_PI * k * i / n);
		}
		double want = (re * re + im * im) * 4 / n / n,
		       wrong = fabs(want - (double)power[k]);
		worst = wrong > worst ? wrong : worst;
		all += want;
	}
	ok(worst < 1e-6 * all, "transform of %d samples is within %.1e of the sum", n, worst / all);
}

/* Features of the frames of a sound of one period of `period` samples at 8 kHz. */
static void features_of(float period, float peak, float ret[VOICE_FEATURES])
{
	static struct voice_features f;
	int16_t s[160];

	voice_features_init(&f, 8000);
	for (int i = 0; i < 100; i++) {
		for (int k = 0; k < 160; k++) {
			float x = period > 0 ? fmodf((float)(i * 160 + k), period) / period * 2 - 1
					     : uniform(-1, 1);
			s[k] = (int16_t)(peak * x);
		}
		voice_features_frame(&f, s, ret);
	}
}

static void test_features(void)
{
	float tone[VOICE_FEATURES], noise[VOICE_FEATURES], loud[VOICE_FEATURES];

	features_of(40, 1000, tone);
	features_of(0, 1000, noise);
	features_of(0, 10000, loud);
	ok(tone[21] > 0.95f && noise[21] < 0.5f,
		"what has a pitch is voiced (%.2f), noise is not (%.2f)", (double)tone[21],
		(double)noise[21]);
	ok(tone[22] < noise[22] - 1, "and less flat (%.2f and %.2f)", (double)tone[22],
		(double)noise[22]);
	ok(fabsf(loud[20] - noise[20] - logf(100)) < 0.2f, "20 dB more are 20 dB more (%.2f)",
		(double)(loud[20] - noise[20]));
	ok(noise[23] < 0.5f && loud[23] < 0.5f, "steady noise is its own floor (%.2f, %.2f)",
		(double)noise[23], (double)loud[23]);
}

/* The network of voice-weights.h, written down plainly. */
static float plainly(const struct voice_weights *w, double h[VOICE_STATE], const float *x)
{
	double d[VOICE_DENSE], a[3 * VOICE_STATE], b[3 * VOICE_STATE], sum = w->out_bias;

	for (int j = 0; j < VOICE_DENSE; j++) {
		d[j] = w->dense_bias[j];
		for (int i = 0; i < VOICE_FEATURES; i++)
			d[j] += (x[i] - w->mean[i]) * w->scale[i] * w->dense[i][j];
		d[j] = tanh(d[j]);
	}
	for (int j = 0; j < 3 * VOICE_STATE; j++) {
		a[j] = w->in_bias[j];
		b[j] = w->back_bias[j];
		for (int i = 0; i < VOICE_DENSE; i++)
			a[j] += d[i] * w->in[i][j];
		for (int i = 0; i < VOICE_STATE; i++)
			b[j] += h[i] * w->back[i][j];
	}
	for (int j = 0; j < VOICE_STATE; j++) {
		double r = 1 / (1 + exp(-a[j] - b[j])),
		       z = 1 / (1 + exp(-a[VOICE_STATE + j] - b[VOICE_STATE + j]));
		double n = tanh(a[2 * VOICE_STATE + j] + r * b[2 * VOICE_STATE + j]);
		h[j] = n + z * (h[j] - n);
		sum += h[j] * w->out[j];
	}
	return (float)(1 / (1 + exp(-sum)));
}

static void test_network(void)
{
	const struct voice_weights *w = &voice_weights;
	float h[VOICE_STATE] = {0}, x[VOICE_FEATURES], worst = 0;
	double plain[VOICE_STATE] = {0};

	for (int i = 0; i < 500; i++) {
		for (int k = 0; k < VOICE_FEATURES; k++)
			x[k] = w->mean[k] + uniform(-2, 2) / w->scale[k];
		float wrong = fabsf(voice_network(w, h, x) - plainly(w, plain, x));
		worst = wrong > worst ? wrong : worst;
	}
	ok(worst < 1e-4f, "the network is what its header says (to %.1e)", (double)worst);
}

int main(void)
{
	test_math();
	test_vector();
	test_fft(256);
	test_fft(512);
	test_features();
	test_network();
	return done_testing();
}
