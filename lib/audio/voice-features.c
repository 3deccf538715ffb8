#include "audio/voice-features.h"

#include <math.h>
#include <string.h>

#include "audio/pcm.h"
#include "audio/voice-math.h"
#include "audio/voice-vector.h"

#define BIN_HZ 31.25
#define LOW_HZ 80
#define HIGH_HZ 3800
#define TOTAL_FIRST 3 /* bins of the whole power */
#define TOTAL_LAST 122
#define FLAT_FIRST 8 /* and of flatness */
#define FLAT_LAST 103
#define LAG_MIN 10 /* samples at 4 kHz */
#define LAG_MAX 60
#define LAGS 60    /* room for them, twelve at a time */
#define LAGGED 100 /* samples compared */
#define MINIMUM_FRAMES 12

static double mel(double hz)
{
	return 1127 * log(1 + hz / 700);
}

/* Triangles that stand on the peaks of their neighbours. */
static void init_bands(struct voice_features *f)
{
	double low = mel(LOW_HZ), step = (mel(HIGH_HZ) - low) / (VOICE_BANDS + 1);

	for (int b = 0; b < VOICE_BANDS; b++) {
		double sum = 0, weights[VOICE_BAND_BINS] = {0};
		int n = 0;

		for (int bin = 1; bin < VOICE_BINS; bin++) {
			double w = 1 - fabs((mel(bin * BIN_HZ) - low) / step - (b + 1));
			if (w <= 0 || n == VOICE_BAND_BINS)
				continue;
			if (n == 0)
				f->band_first[b] = bin;
			weights[n++] = w;
			sum += w;
		}
		f->band_bins[b] = n;
		for (int i = 0; i < n; i++)
			f->band[b][i] = (float)(weights[i] / sum);
	}
}

void voice_features_init(struct voice_features *f, int rate_hz)
{
	*f = (struct voice_features){.rate_hz = rate_hz, .window_samples = rate_hz * 32 / 1000};
	for (int i = 0; i < f->window_samples; i++)
		f->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / f->window_samples));
	voice_fft_init(&f->fft, f->window_samples);
	init_bands(f);
}

/* Keep the last 32 ms, and the last 40 ms at 4 kHz. */
static void hear(struct voice_features *f, const int16_t *samples)
{
	int n = f->rate_hz / 50, old = f->window_samples - n, by = f->rate_hz / 4000;

	memmove(f->heard, f->heard + n, (size_t)old * sizeof *f->heard);
	for (int i = 0; i < n; i++)
		f->heard[old + i] = samples[i];
	memmove(f->pitch + VOICE_PITCH / 2, f->pitch, VOICE_PITCH / 2 * sizeof *f->pitch);
	for (int i = 0; i < VOICE_PITCH / 2; i++) {
		int sum = 0;
		for (int k = 0; k < by; k++)
			sum += samples[i * by + k];
		f->pitch[VOICE_PITCH / 2 - 1 - i] = (float)sum / (float)by;
	}
}

/* Sums of products with the latest samples for LAGS_AT_ONCE lags. */
#define LAGS_AT_ONCE 12
static void correlate(const float *latest, const float *then, float ret[LAGS_AT_ONCE])
{
	voice_f4 a = {0}, b = {0}, c = {0};

	for (int i = 0; i < LAGGED; i++) {
		voice_f4 x = voice_all(latest[i]);
		a += x * voice_load(then + i);
		b += x * voice_load(then + i + 4);
		c += x * voice_load(then + i + 8);
	}
	voice_store(ret, a);
	voice_store(ret + 4, b);
	voice_store(ret + 8, c);
}

/* The latest samples come first, so that lags go forwards. */
static float voicing(const float *latest)
{
	float product[LAGS], most = -1;
	double energy = 0,
	       lagged = 0; /* which holds the sums exactly, and what is taken off them again */

	for (int k = 0; k < LAGS; k += LAGS_AT_ONCE)
		correlate(latest, latest + LAG_MIN + k, product + k);
	for (int i = 0; i < LAGGED; i++) {
		energy += (double)latest[i] * latest[i];
		lagged += (double)latest[i + LAG_MIN] * latest[i + LAG_MIN];
	}
	for (int lag = LAG_MIN; lag <= LAG_MAX; lag++) {
		float r = product[lag - LAG_MIN] / sqrtf((float)(energy * lagged + 2000));
		most = r > most ? r : most;
		lagged += (double)latest[lag + LAGGED] * latest[lag + LAGGED] -
			(double)latest[lag] * latest[lag];
	}
	return most;
}

static float floor_of(struct voice_floor *f, float power, unsigned frames)
{
	unsigned part = frames / MINIMUM_FRAMES % VOICE_MINIMA;

	f->smooth = frames > 0 ? 0.7f * f->smooth + 0.3f * power : power;
	if (frames == 0) {
		for (int i = 0; i < VOICE_MINIMA; i++)
			f->least[i] = power;
	}
	if (frames % MINIMUM_FRAMES == 0 || f->smooth < f->least[part])
		f->least[part] = f->smooth;
	float least = f->least[0];
	for (int i = 1; i < VOICE_MINIMA; i++)
		least = f->least[i] < least ? f->least[i] : least;
	/* the minimum of a noise is below its mean; what is added keeps rounding errors of silence quiet */
	return 1.8f * least + 0.3f;
}

/* Features 23 to 25. */
static void above_floor(struct voice_features *f, const float power[VOICE_BANDS], float ret[3])
{
	float low = 0, high = 0, most = 0;

	for (int b = 0; b < VOICE_BANDS; b++) {
		float gamma = power[b] / floor_of(&f->floor[b], power[b], f->frames);
		gamma = gamma < 1e4f ? gamma : 1e4f;
		float xi = 0.4f * (gamma > 1 ? gamma - 1 : 0) + 0.6f * f->prior[b];
		f->prior[b] = xi;
		float l = gamma * xi / (1 + xi) - voice_log(1 + xi);
		l = voice_log(1 + (l < 0 ? 0 : l > 12 ? 12 : l));
		if (b < VOICE_BANDS / 2)
			low += l;
		else
			high += l;
		most = gamma > most ? gamma : most;
	}
	ret[0] = (low + high) / VOICE_BANDS;
	ret[1] = low * 2 / VOICE_BANDS;
	ret[2] = voice_log(most + 0.001f);
}

/* Four logarithms in one: the product of four is within what a float can be. */
static float flatness(const float power[VOICE_BINS])
{
	float logs = 0, sum = 0, n = FLAT_LAST - FLAT_FIRST + 1;

	for (int k = FLAT_FIRST; k <= FLAT_LAST; k += 4) {
		const float *p = power + k;
		logs += voice_log(
			(p[0] + 0.001f) * (p[1] + 0.001f) * ((p[2] + 0.001f) * (p[3] + 0.001f)));
		sum += p[0] + p[1] + p[2] + p[3];
	}
	return logs / n - voice_log(sum / n + 0.001f);
}

void voice_features_frame(
	struct voice_features *f, const int16_t *samples, float ret[VOICE_FEATURES])
{
	float windowed[VOICE_FFT_MAX], power[VOICE_BINS], band[VOICE_BANDS];

	hear(f, samples);
	for (int i = 0; i < f->window_samples; i++)
		windowed[i] = f->heard[i] * f->window[i];
	voice_fft_power(&f->fft, windowed, power);
	for (int b = 0; b < VOICE_BANDS; b++) {
		const float *p = power + f->band_first[b];
		band[b] = 0;
		for (int i = 0; i < f->band_bins[b]; i++)
			band[b] += p[i] * f->band[b][i];
		ret[b] = voice_log(band[b] + 0.01f);
	}
	f->total = 0;
	for (int k = TOTAL_FIRST; k <= TOTAL_LAST; k++)
		f->total += power[k];
	ret[20] = voice_log(f->total + 0.01f);
	ret[21] = voicing(f->pitch);
	ret[22] = flatness(power);
	above_floor(f, band, ret + 23);
	floor_of(&f->floor[VOICE_BANDS], f->total, f->frames);
	f->frames++;
}

/* A sine of full scale has a power of 32768^2 / 4 in its bin, and half as much again in the bins beside it. */
static float power_db(float power)
{
	float db = 4.3429448f * voice_log(power + 1e-6f) - 86.05f;
	return db > -120 ? db : -120;
}

float voice_features_level_db(const struct voice_features *f)
{
	return power_db(f->total);
}

float voice_features_floor_db(const struct voice_features *f)
{
	const float *least = f->floor[VOICE_BANDS].least;
	float power = least[0];

	for (int i = 1; i < VOICE_MINIMA; i++)
		power = least[i] < power ? least[i] : power;
	return power_db(power);
}
