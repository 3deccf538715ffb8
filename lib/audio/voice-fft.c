#include "audio/voice-fft.h"

#include <math.h>

#include "audio/voice-vector.h"

void voice_fft_init(struct voice_fft *f, int samples)
{
	int half = samples / 2;

	*f = (struct voice_fft){.half = half};
	for (int i = 0, j = 0; i < half; i++) {
		f->order[i] = (uint16_t)j;
		int bit = half / 2;
		for (; j & bit; bit /= 2)
			j ^= bit;
		j |= bit;
	}
	for (int h = 4; h < half; h *= 2) {
		for (int k = 0; k < h; k++) {
			f->cos[h + k] = (float)cos(M_PI * k / h);
			f->sin[h + k] = (float)-sin(M_PI * k / h);
		}
	}
	for (int k = 0; k < VOICE_BINS; k++) {
		f->apart[k][0] = (float)cos(2 * M_PI * k / samples);
		f->apart[k][1] = (float)-sin(2 * M_PI * k / samples);
	}
}

/* The first two stages, which need no multiplication. */
static void by_fours(float *re, float *im, int n)
{
	for (int i = 0; i < n; i += 4) {
		float *x = re + i, *y = im + i;
		float a = x[0] + x[1], b = x[0] - x[1], c = x[2] + x[3], d = x[2] - x[3];
		float e = y[0] + y[1], f = y[0] - y[1], g = y[2] + y[3], h = y[2] - y[3];
		x[0] = a + c, x[2] = a - c, x[1] = b + h, x[3] = b - h;
		y[0] = e + g, y[2] = e - g, y[1] = f - d, y[3] = f + d;
	}
}

/* The others, four at a time. */
static void stage(const struct voice_fft *f, float *re, float *im, int h)
{
	for (int at = 0; at < f->half; at += 2 * h) {
		for (int k = 0; k < h; k += 4) {
			float *a_re = re + at + k, *a_im = im + at + k, *b_re = a_re + h,
			      *b_im = a_im + h;
			voice_f4 c = voice_load(f->cos + h + k), s = voice_load(f->sin + h + k);
			voice_f4 x = voice_load(b_re), y = voice_load(b_im);
			voice_f4 p = x * c - y * s, q = x * s + y * c;
			voice_f4 u = voice_load(a_re), v = voice_load(a_im);
			voice_store(b_re, u - p);
			voice_store(b_im, v - q);
			voice_store(a_re, u + p);
			voice_store(a_im, v + q);
		}
	}
}

void voice_fft_power(const struct voice_fft *f, const float *x, float ret[VOICE_BINS])
{
	float re[VOICE_FFT_MAX / 2 + 1] = {0}, im[VOICE_FFT_MAX / 2 + 1] = {0};
	int n = f->half;
	float scale = 1.0f / ((float)n * (float)n);

	for (int i = 0; i < n; i++) {
		re[f->order[i]] = x[2 * i];
		im[f->order[i]] = x[2 * i + 1];
	}
	by_fours(re, im, n);
	for (int h = 4; h < n; h *= 2)
		stage(f, re, im, h);
	re[n] = re[0], im[n] = im[0];
	for (int k = 0; k < VOICE_BINS; k++) {
		const float *w = f->apart[k];
		float even_re = re[k] + re[n - k], even_im = im[k] - im[n - k];
		float odd_re = im[k] + im[n - k], odd_im = re[n - k] - re[k];
		float a = even_re + odd_re * w[0] - odd_im * w[1];
		float b = even_im + odd_re * w[1] + odd_im * w[0];
		ret[k] = (a * a + b * b) * 0.25f * scale;
	}
}
