#include "audio/limit.h"

#include <math.h>
#include <stdlib.h>

#include "audio/window.h"

#define PHASES 8  /* values a sample */
#define BEFORE 15 /* samples before a value, or at it, that it is made of */
#define TAPS (2 * BEFORE + 2)
#define KAISER 5.0   /* shape of the window: 53 dB, and 90 % of the band */
#define OVERSHOOT 3  /* the curve is nowhere beyond so many times the samples around it */
#define AROUND_MS 5  /* that the gain is smoothed over, on either side */
#define BACK_S 0.08  /* time constant of its way back */
#define ROUNDS_MAX 8 /* each takes away what the one before has left over */

static float filter[PHASES][TAPS]; /* of phase p: p / PHASES of the way to the next sample */

/* A sinc in a Kaiser window; of each phase the sum is 1, so that a constant stays one. */
static void filter_make(void)
{
	if (filter[0][BEFORE] != 0)
		return;
	for (int p = 0; p < PHASES; p++) {
		double sum = 0, h[TAPS];

		for (int i = 0; i < TAPS; i++) {
			double t = (double)(i - BEFORE) - (double)p / PHASES;

			h[i] = window_sinc(t, TAPS / 2.0, KAISER);
			sum += h[i];
		}
		for (int i = 0; i < TAPS; i++)
			filter[p][i] = (float)(h[i] / sum);
	}
}

/* Sample k; beyond the ends there is silence. */
static float at(const float *x, ssize_t n, ssize_t k)
{
	return k < 0 || k >= n ? 0 : x[k];
}

/* Largest magnitude of the curve from sample k to the next one. */
static float reach(const float *x, ssize_t n, ssize_t k)
{
	ssize_t first = k - BEFORE;
	float edge[TAPS], most = 0;
	const float *from = edge;

	if (first >= 0 && first + TAPS <= n)
		from = x + first;
	else
		for (int i = 0; i < TAPS; i++)
			edge[i] = at(x, n, first + i);
	for (int p = 0; p < PHASES; p++) {
		float sum = 0;

		for (int i = 0; i < TAPS; i++)
			sum += filter[p][i] * from[i];
		most = fabsf(sum) > most ? fabsf(sum) : most;
	}
	return most;
}

/* A walk over the places where the curve may reach beyond `least`. */
struct walk {
	const float *x;
	ssize_t n;
	float least;   /* may grow on the way */
	ssize_t next;  /* sample to look from, -1: before the first */
	ssize_t ahead; /* sample to be seen next */
	ssize_t loud;  /* last sample that is loud enough; long ago: there was none */
};

static void walk_begin(struct walk *w, const float *x, size_t n, float least)
{
	*w = (struct walk){.x = x, .n = (ssize_t)n, .least = least, .next = -1, .loud = -2 * TAPS};
}

/* The next one: *ret_reach is what it is from sample *ret_k to the next one. */
static bool walk_on(struct walk *w, ssize_t *ret_k, float *ret_reach)
{
	for (; w->next < w->n; w->next++) {
		for (; w->ahead < w->n && w->ahead <= w->next + TAPS / 2; w->ahead++)
			if (fabsf(w->x[w->ahead]) * OVERSHOOT > w->least)
				w->loud = w->ahead;
		if (w->loud < w->next - BEFORE)
			continue;
		*ret_k = w->next++;
		*ret_reach = reach(w->x, w->n, *ret_k);
		return true;
	}
	return false;
}

double limit_peak(const float *x, size_t n)
{
	float high, most = 0;
	struct walk w;
	ssize_t k;

	filter_make();
	for (size_t i = 0; i < n; i++)
		most = fabsf(x[i]) > most ? fabsf(x[i]) : most;
	walk_begin(&w, x, n, most);
	while (walk_on(&w, &k, &high))
		w.least = high > w.least ? high : w.least;
	return w.least;
}

/* What each sample may be multiplied with so that no peak within `around` of it is too high. Returns the least. */
static float allow(float *gain, const float *x, size_t n, float ceiling, ssize_t around)
{
	float high, least = 1;
	struct walk w;
	ssize_t k;

	for (size_t i = 0; i < n; i++)
		gain[i] = 1;
	walk_begin(&w, x, n, ceiling);
	while (walk_on(&w, &k, &high)) {
		float most = ceiling / high;

		if (most >= 1)
			continue;
		for (ssize_t i = max_i64(k - around, 0); i <= k + 1 + around && i < w.n; i++)
			gain[i] = gain[i] < most ? gain[i] : most;
		least = least < most ? least : most;
	}
	return least;
}

/* It goes back slowly: what follows the pitch of a voice would be heard as another voice. */
static void go_back(float *gain, size_t n, int rate_hz)
{
	float step = (float)(1 - exp(-1 / (BACK_S * rate_hz))), g = 1;

	for (size_t i = 0; i < n; i++) {
		g += (1 - g) * step;
		gain[i] = g = gain[i] < g ? gain[i] : g > 0.999F ? 1 : g;
	}
}

/* x multiplied with the gain, of which each sample takes the mean around it, with a Hann window: all of it is at most
 * what the sample in the middle may have. Beyond the ends it stays what it is there. */
static void apply(float *x, const float *gain, ssize_t n, const float *window, ssize_t around)
{
	ssize_t ahead = 0, low = -n - around; /* low: last sample whose gain is not 1 */

	for (ssize_t i = 0; i < n; i++) {
		double sum = 0;

		for (; ahead < n && ahead <= i + around; ahead++)
			if (gain[ahead] < 1)
				low = ahead;
		if (low < i - around)
			continue;
		for (ssize_t k = -around; k <= around; k++)
			sum += window[k + around] * gain[max_i64(0, min_i64(i + k, n - 1))];
		x[i] *= (float)sum;
	}
}

static void window_make(float *window, size_t around)
{
	for (size_t i = 0; i <= 2 * around; i++)
		window[i] = (float)((1 +
					    cos(M_PI * ((double)i - (double)around) /
						    (double)(around + 1))) /
			(double)(2 * around + 2));
}

/* The curve of what is multiplied is not quite the multiplied curve, so look again. */
int limit_apply(float *x, size_t n, int rate_hz, double ceiling, double *ret_least)
{
	size_t around = (size_t)rate_hz * AROUND_MS / 1000;
	float *gain = calloc(n + 2 * around + 1, sizeof(*gain)), least, *window;
	double aim = ceiling;

	if (!gain)
		return -1;
	filter_make();
	window = gain + n;
	window_make(window, around);
	*ret_least = 1;
	for (int round = 0; round < ROUNDS_MAX && limit_peak(x, n) > ceiling; round++) {
		least = allow(gain, x, n, (float)aim, (ssize_t)around);
		go_back(gain, n, rate_hz);
		apply(x, gain, (ssize_t)n, window, (ssize_t)around);
		*ret_least *= least;
		aim = ceiling * 0.999;
	}
	free(gain);
	return 0;
}
