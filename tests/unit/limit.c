#include "audio/limit.h"

#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "tap.h"

#define RATE 8000
#define N 16000

static float x[N], y[N];

static double db(double ratio)
{
	return 20 * log10(ratio);
}

static void tone(double hz, double phase, double amplitude)
{
	for (size_t i = 0; i < N; i++)
		x[i] = (float)(amplitude * sin(2 * M_PI * hz * (double)i / RATE + phase) *
			fmin(1, fmin((double)i, (double)(N - i)) / 400));
	memcpy(y, x, sizeof(y));
}

/* The curve at a time between samples, by a sinc over all of them: another way than the one that is tested. */
static double curve(const float *s, double t)
{
	double sum = 0;

	for (size_t i = 0; i < N; i++) {
		double d = t - (double)i;
		sum += s[i] * (d == 0 ? 1 : sin(M_PI * d) / (M_PI * d));
	}
	return sum;
}

/* Samples that are not what they were. */
static size_t differ(size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += x[i] != y[i];
	return n;
}

static double limited(const char *what, double ceiling)
{
	double least = 0;

	is_int(limit_apply(x, N, RATE, ceiling, &least), 0, "%s", what);
	ok(limit_peak(x, N) <= ceiling, "%s: its peak is %.2f, at most %.0f", what,
		limit_peak(x, N), ceiling);
	return least;
}

static void test_peak(void)
{
	static const double hz[] = {100, 1000, 2000, 3000, 3400, 3600};

	for (size_t i = 0; i < ARRAY_LEN(hz); i++) {
		tone(hz[i], M_PI / 4, 10000);
		ok(fabs(db(limit_peak(x, N) / 10000)) < 0.1,
			"%g Hz: the true peak is right within %.3f dB", hz[i],
			db(limit_peak(x, N) / 10000));
	}
	tone(2000, M_PI / 4, 10000);
	ok(fabsf(x[N / 2]) < 7100, "where no sample is above 0.71 of it");
	memset(x, 0, sizeof(x));
	ok(limit_peak(x, N) == 0 && limit_peak(x, 0) == 0, "silence, and nothing");
	x[0] = -5;
	ok(limit_peak(x, 1) >= 5 && limit_peak(x, 1) < 5.1, "one sample");
	x[0] = 0;
	x[N - 1] = 7;
	ok(limit_peak(x, N) >= 7 && limit_peak(x, N) < 7.1, "the last one");
	/* what a peak can be at most beside its samples: the walk skips what is further below */
	for (size_t i = 0; i < 32; i++)
		x[i] = (i < 16) == (i % 2 != 0) ? 1 : -1;
	ok(limit_peak(x, 32) > 1.8 && limit_peak(x, 32) < 3,
		"the worst case is %.2f times its samples", limit_peak(x, 32));
}

static void test_unchanged(void)
{
	tone(440, 0, 20000);
	ok(limited("a quiet tone", 29000) == 1, "nothing is to be done");
	is_int(differ(0, N), 0, "and nothing is changed");
}

/* Loud in the middle, as far beyond the ceiling as +10 dB take it. */
static void test_burst(void)
{
	double ceiling = 29000, least, harmonics = 0, most = 0;

	for (size_t i = 0; i < N; i++) {
		double loud = i > 6000 && i < 10000 ? 90000 : 9000;
		y[i] = x[i] = (float)(loud * sin(2 * M_PI * 300 * (double)i / RATE));
	}
	least = limited("a burst of 300 Hz", ceiling);
	ok(db(least) < -9.7 && db(least) > -12, "by %.1f dB", db(least));
	is_int(differ(0, 5900), 0, "what is well before it is as it was");
	is_int(differ(14500, N), 0, "and half a second after it");
	/* the third harmonic, which clipping would make, where the burst is steady */
	for (int h = 3; h <= 9; h += 2) {
		double re = 0, im = 0;
		for (size_t i = 7200; i < 8800; i++) {
			re += x[i] * cos(2 * M_PI * 300 * h * (double)i / RATE) / 800;
			im += x[i] * sin(2 * M_PI * 300 * h * (double)i / RATE) / 800;
		}
		harmonics = fmax(harmonics, hypot(re, im));
	}
	ok(db(harmonics / ceiling) < -50, "harmonics are at %.1f dB", db(harmonics / ceiling));
	for (size_t i = 1; i < N; i++) {
		double a = y[i] == 0 ? 1 : x[i] / y[i], b = y[i - 1] == 0 ? a : x[i - 1] / y[i - 1];
		if (fabsf(y[i]) > 100 && fabsf(y[i - 1]) > 100)
			most = fmax(most, fabs(a - b));
	}
	ok(most < 0.03, "the gain moves by %.4f a sample at most", most);
}

/* Noise of full band, pushed hard: no curve between the samples goes beyond. */
static void test_noise(void)
{
	uint64_t seed = 5;
	double most = 0;

	for (size_t i = 0; i < N; i++)
		x[i] = (float)((double)random_below(&seed, 120000) - 60000);
	for (size_t i = N - 1; i > 1; i--)
		x[i] = (x[i] + 2 * x[i - 1] + x[i - 2]) / 4; /* nothing at the very top */
	ok(limited("noise", 29205) < 0.8, "is limited");
	for (int i = 0; i < 200 * 32; i++)
		most = fmax(most, fabs(curve(x, 4000 + i / 32.0)));
	ok(db(most / 29205) < 0.1, "32 values a sample by a whole sinc: at most %.3f dB beyond",
		db(most / 29205));
}

static void test_ends(void)
{
	double least;

	for (size_t i = 0; i < N; i++)
		x[i] = 40000;
	limited("a constant, from end to end", 20000);
	x[0] = 50000;
	is_int(limit_apply(x, 1, RATE, 20000, &least), 0, "one sample");
	ok(limit_peak(x, 1) <= 20000 && x[0] > 19000, "is brought down to %.0f", x[0]);
	is_int(limit_apply(x, 0, RATE, 20000, &least), 0, "none");
	ok(least == 1, "is nothing to do");
}

int main(void)
{
	test_peak();
	test_unchanged();
	test_burst();
	test_noise();
	test_ends();
	return done_testing();
}
