#include "audio/voice-features.h"

#include <math.h>
#include <string.h>

#include "audio/pcm.h"
#include "audio/voice-math.h"

#define BIN_HZ 31.25
#define LOW_HZ 80
#define HIGH_HZ 3800
#define TOTAL_FIRST 3 /* bins of the whole power */
#define TOTAL_LAST 122
#define FLAT_FIRST 8 /* and of flatness */
#define FLAT_LAST 103
#define LAG_MIN 10 /* samples at 4 kHz */
#define LAGS 52    /* to 61, four at a time */
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
		for (int i = 0; i < VOICE_BAND_BINS; i++)
			f->band[b][i] = (float)(weights[i] / sum);
	}
}

void voice_features_init(struct voice_features *f, int rate_hz)
{
	*f = (struct voice_features){.rate_hz = rate_hz, .window_samples = rate_hz * 32 / 1000};
	for (int i = 0; i < f->window_samples; i++) {
		double turn = 2 * M_PI / f->window_samples;
		f->window[i] = (float)(0.5 - 0.5 * cos(turn * (i + 0.5)));
		f->twiddle[i][0] = (float)cos(turn * i);
		f->twiddle[i][1] = (float)-sin(turn * i);
	}
	init_bands(f);
}

/* In place, n complex values, of which the root of unity is twiddle[stride]. */
static void transform(float (*z)[2], int n, const float (*twiddle)[2], int stride)
{
	for (int i = 1, j = 0; i < n; i++) {
		int bit = n >> 1;
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			float re = z[i][0], im = z[i][1];
			z[i][0] = z[j][0], z[i][1] = z[j][1];
			z[j][0] = re, z[j][1] = im;
		}
	}
	for (int half = 1; half < n; half *= 2) {
		int step = n / (2 * half) * stride;
		for (int at = 0; at < n; at += 2 * half) {
			for (int k = 0; k < half; k++) {
				float *a = z[at + k], *b = z[at + k + half];
				const float *w = twiddle[k * step];
				float re = b[0] * w[0] - b[1] * w[1],
				      im = b[0] * w[1] + b[1] * w[0];
				b[0] = a[0] - re, b[1] = a[1] - im;
				a[0] += re, a[1] += im;
			}
		}
	}
}

/* Power of the window by bin, of a sine of amplitude a about a^2 / 4 in all. The real samples are taken for half as
 * many complex ones, and the transform of those taken apart. */
static void spectrum(const struct voice_features *f, float power[VOICE_BINS])
{
	int n = f->window_samples, half = n / 2;
	float z[VOICE_WINDOW_MAX / 2 + 1][2], scale = 4.0f / ((float)n * (float)n);

	for (int i = 0; i < half; i++) {
		z[i][0] = f->heard[2 * i] * f->window[2 * i];
		z[i][1] = f->heard[2 * i + 1] * f->window[2 * i + 1];
	}
	transform(z, half, f->twiddle, 2);
	z[half][0] = z[0][0], z[half][1] = z[0][1];
	for (int k = 0; k < VOICE_BINS; k++) {
		const float *a = z[k], *b = z[half - k], *w = f->twiddle[k];
		float even_re = (a[0] + b[0]) / 2, even_im = (a[1] - b[1]) / 2;
		float odd_re = (a[1] + b[1]) / 2, odd_im = (b[0] - a[0]) / 2;
		float re = even_re + odd_re * w[0] - odd_im * w[1];
		float im = even_im + odd_re * w[1] + odd_im * w[0];
		power[k] = (re * re + im * im) * scale;
	}
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

/* All lags at once, and latest first, so that the inner loop is of constant length and forwards. */
static float voicing(const float *latest)
{
	float product[LAGS] = {0}, most = -1;
	double energy = 0, lagged = 0;

	for (int i = 0; i < LAGGED; i++) {
		const float *then = latest + i + LAG_MIN;
		for (int k = 0; k < LAGS; k++)
			product[k] += latest[i] * then[k];
		energy += (double)latest[i] * latest[i];
		lagged += (double)then[0] * then[0];
	}
	for (int k = 0; k <= VOICE_PITCH - LAGGED - LAG_MIN; k++) {
		float r = product[k] / (float)sqrt(energy * lagged + 2000);
		most = r > most ? r : most;
		float gone = latest[LAG_MIN + k];
		float come = LAG_MIN + k + LAGGED < VOICE_PITCH ? latest[LAG_MIN + k + LAGGED] : 0;
		lagged += (double)come * come - (double)gone * gone;
		lagged = lagged > 0 ? lagged : 0;
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
	ret[1] = low / (VOICE_BANDS / 2);
	ret[2] = voice_log(most + 0.001f);
}

static float flatness(const float power[VOICE_BINS])
{
	float logs = 0, sum = 0, n = FLAT_LAST - FLAT_FIRST + 1;

	for (int k = FLAT_FIRST; k <= FLAT_LAST; k++) {
		logs += voice_log(power[k] + 0.001f);
		sum += power[k];
	}
	return logs / n - voice_log(sum / n + 0.001f);
}

void voice_features_frame(
	struct voice_features *f, const int16_t *samples, float ret[VOICE_FEATURES])
{
	float power[VOICE_BINS], band[VOICE_BANDS];

	hear(f, samples);
	spectrum(f, power);
	for (int b = 0; b < VOICE_BANDS; b++) {
		band[b] = 0;
		for (int i = 0; i < VOICE_BAND_BINS && f->band_first[b] + i < VOICE_BINS; i++)
			band[b] += power[f->band_first[b] + i] * f->band[b][i];
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
