#include "audio/resample.h"

#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "tap.h"

static uint64_t seed = 3;
static bool library_hidden; /* dlopen finds nothing */

void *dlopen(const char *name, int flags)
{
	static void *(*real)(const char *, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "dlopen");
	return library_hidden ? NULL : real(name, flags);
}

struct tone {
	int16_t *s;
	size_t n;
};

static struct tone tone_make(double hz, int rate_hz, size_t n, double amplitude)
{
	struct tone t = {malloc(n * sizeof(int16_t)), n};

	for (size_t i = 0; i < n; i++)
		t.s[i] = (int16_t)lrint(amplitude * sin(2 * M_PI * hz * (double)i / rate_hz));
	return t;
}

/* All of t through r, `chunk` samples at a time (0: any number, also none). */
static struct tone run(struct resample *r, struct tone t, size_t chunk)
{
	struct tone out = {NULL, 0};
	const int16_t *part;
	size_t n, at = 0;
	bool last;

	do {
		size_t now = chunk ? chunk : random_below(&seed, 3000);
		now = now < t.n - at ? now : t.n - at;
		last = at + now == t.n;
		if (resample_run(r, t.s + at, now, last, &part, &n) < 0)
			abort();
		at += now;
		out.s = realloc(out.s, (out.n + n + 1) * sizeof(int16_t));
		memcpy(out.s + out.n, part, n * sizeof(int16_t));
		out.n += n;
	} while (!last);
	return out;
}

static struct tone convert(struct tone t, int from_hz, int to_hz)
{
	struct resample *r;

	if (resample_open(from_hz, to_hz, &r) < 0)
		abort();
	struct tone out = run(r, t, t.n);
	resample_close(r);
	return out;
}

/* The middle of t, as a tone of this frequency and what is left: amplitude, and the ratio of the two in dB. */
static double tone_measure(struct tone t, double hz, int rate_hz, double *ret_snr_db)
{
	size_t start = t.n / 4,
	       n = t.n / 2 / (size_t)rate_hz * (size_t)rate_hz; /* whole seconds: whole periods */
	double re = 0, im = 0, rest = 0;

	for (size_t i = start; i < start + n; i++) {
		re += t.s[i] * cos(2 * M_PI * hz * (double)i / rate_hz) * 2 / (double)n;
		im += t.s[i] * sin(2 * M_PI * hz * (double)i / rate_hz) * 2 / (double)n;
	}
	for (size_t i = start; i < start + n; i++) {
		double w = 2 * M_PI * hz * (double)i / rate_hz;
		double e = t.s[i] - re * cos(w) - im * sin(w);
		rest += e * e / (double)n;
	}
	if (ret_snr_db)
		*ret_snr_db = 10 * log10((re * re + im * im) / 2 / rest);
	return hypot(re, im);
}

static int peak_of_middle(struct tone t)
{
	int peak = 0;

	for (size_t i = t.n / 4; i < t.n * 3 / 4; i++)
		peak = peak > abs(t.s[i]) ? peak : abs(t.s[i]);
	return peak;
}

static void test_quality(void)
{
	static const struct {
		double hz;
		int from_hz, to_hz;
	} rows[] = {{1000, 16000, 8000}, {1000, 8000, 16000}, {300, 16000, 8000},
		{3400, 16000, 8000}, {3400, 8000, 16000}, {1000, 44100, 8000}, {1000, 24000, 8000},
		{3400, 22050, 8000}, {1000, 8000, 48000}, {3400, 24000, 8000}, {3400, 48000, 8000},
		{3400, 192000, 8000}, {7000, 48000, 16000}, {60, 24000, 8000}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double snr_db;
		struct tone in = tone_make(
			rows[i].hz, rows[i].from_hz, (size_t)rows[i].from_hz * 4, 16000);
		struct tone out = convert(in, rows[i].from_hz, rows[i].to_hz);
		double gain_db = 20 *
			log10(tone_measure(out, rows[i].hz, rows[i].to_hz, &snr_db) / 16000);

		/* Rounding to 16 bits twice leaves 89 dB at this amplitude. */
		ok(fabs(gain_db) < 0.05 && snr_db > 85,
			"%g Hz from %d to %d Hz: gain %.4f dB, SNR %.1f dB", rows[i].hz,
			rows[i].from_hz, rows[i].to_hz, gain_db, snr_db);
		free(in.s);
		free(out.s);
	}

	static const struct {
		double hz;
		int from_hz;
	} high[] = {{5000, 16000}, {4600, 16000}, {4600, 24000}, {7900, 24000}, {11000, 24000},
		{16050, 48000}, {5000, 22050}};

	for (size_t i = 0; i < ARRAY_LEN(high); i++) {
		struct tone in = tone_make(
			high[i].hz, high[i].from_hz, (size_t)high[i].from_hz * 4, 16000);
		struct tone out = convert(in, high[i].from_hz, 8000);

		ok(peak_of_middle(out) <= 1,
			"%g Hz of %d Hz do not come back in 8000: peak %d of 16000", high[i].hz,
			high[i].from_hz, peak_of_middle(out));
		free(in.s);
		free(out.s);
	}
}

static void test_lengths(void)
{
	static const int rates[] = {8000, 16000, 22050, 24000, 44100, 48000};
	static const size_t lengths[] = {0, 1, 2, 160, 1023, 1024, 1025, 5000};

	for (size_t a = 0; a < ARRAY_LEN(rates); a++) {
		bool right = true, same = true;
		for (size_t b = 0; b < ARRAY_LEN(rates); b++) {
			struct resample *r;
			if (resample_open(rates[a], rates[b], &r) < 0)
				abort();
			for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
				static const size_t chunks[] = {1, 160, 0, 0};
				struct tone in = tone_make(440, rates[a], lengths[i], 9000);
				struct tone whole = run(r, in, 100000);
				double wanted = (double)in.n * rates[b] / rates[a];
				right &= fabs((double)whole.n - wanted) <= 1;
				/* The same r: nothing of a stream is left for the next one. */
				for (size_t k = 0; k < ARRAY_LEN(chunks); k++) {
					struct tone parts = run(r, in, chunks[k]);
					same &= parts.n == whole.n &&
						memcmp(parts.s, whole.s,
							whole.n * sizeof(int16_t)) == 0;
					free(parts.s);
				}
				free(in.s);
				free(whole.s);
			}
			resample_close(r);
		}
		ok(right, "from %d Hz: lengths right within one sample", rates[a]);
		ok(same, "from %d Hz: the same samples however they are cut", rates[a]);
	}
}

static void test_clipping(void)
{
	/* A square wave overshoots when its harmonics are cut off. */
	struct tone in = {calloc(16000, sizeof(int16_t)), 16000};
	bool wrapped = false;

	for (size_t i = 0; i < in.n; i++)
		in.s[i] = i / 40 % 2 ? INT16_MIN : INT16_MAX;
	struct tone out = convert(in, 16000, 8000);
	for (size_t i = 1000; i < 7000; i++) {
		size_t phase = i % 20;
		if (phase >= 5 && phase < 15)
			wrapped |= abs(out.s[i] - out.s[i - 1]) > 20000;
	}
	is_int(peak_of_middle(out), 32768, "full scale stays full scale");
	ok(!wrapped, "and does not wrap around");
	free(in.s);
	free(out.s);
}

/* What overshoots is still there, and rounds to what whole numbers give. */
static void test_floats(void)
{
	float in[16000], highest = 0;
	const float *out;
	struct resample *r;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		in[i] = i / 40 % 2 ? -32768 : 32767;
	if (resample_open(16000, 8000, &r) < 0)
		abort();
	is_int(resample_run_float(r, in, ARRAY_LEN(in), true, &out, &n), 0, "floats");
	for (size_t i = 0; i < n; i++)
		highest = fmaxf(highest, fabsf(out[i]));
	ok(n == 8000 && highest > 34000, "%zu of them, not clipped: %.0f", n, highest);
	resample_close(r);
	if (resample_open(8000, 8000, &r) < 0)
		abort();
	in[0] = 40000.25F;
	is_int(resample_run_float(r, in, 2, true, &out, &n), 0, "the same rate");
	ok(n == 2 && out[0] == 40000.25F && out != in, "copies");
	resample_close(r);
}

static void test_open(void)
{
	struct resample *r = NULL;
	const int16_t sample = 7, *out;
	size_t n;

	/* Before anything else has loaded it. */
	library_hidden = true;
	errno = 0;
	ok(resample_open(8000, 16000, &r) < 0 && errno == ENOENT && !r,
		"without the library: ENOENT");
	ok(resample_open(8000, 8000, &r) == 0, "the same rate needs no library");
	ok(resample_run(r, &sample, 1, true, &out, &n) == 0 && n == 1 && out[0] == 7 &&
			out != &sample,
		"and copies");
	resample_close(r);
	library_hidden = false;

	errno = 0;
	ok(resample_open(7999, 8000, &r) < 0 && errno == EINVAL, "7999 Hz: EINVAL");
	ok(resample_open(8000, 192001, &r) < 0 && errno == EINVAL, "192001 Hz: EINVAL");
	ok(resample_open(-8000, 8000, &r) < 0 && errno == EINVAL, "-8000 Hz: EINVAL");
	resample_close(NULL);
}

int main(void)
{
	test_open();
	test_quality();
	test_lengths();
	test_clipping();
	test_floats();
	return done_testing();
}
