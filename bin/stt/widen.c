#include "widen.h"

#include <math.h>

#include "audio/pcm.h"

#define MIRROR 0.15F         /* of the amplitude below 4 kHz */
#define TAPS 48              /* of the high-pass */
#define CUTOFF (4800 / 16e3) /* of it, of the sample rate: it passes from 5.1 kHz on */
#define NOTHING 1e-5         /* of all power: -50 dB */

/* A windowed sinc. */
static void high_pass(double tap[TAPS + 1])
{
	for (int k = 0; k <= TAPS; k++) {
		double t = k - TAPS / 2.0, window = 0.5 + 0.5 * cos(2 * M_PI * t / TAPS);
		double low = t == 0 ? 2 * CUTOFF : sin(2 * M_PI * CUTOFF * t) / (M_PI * t);

		tap[k] = (t == 0) - low * window;
	}
}

bool widen_needed(const int16_t *sample, size_t n)
{
	double tap[TAPS + 1], all = 0, high = 0;
	const int16_t *middle = n > TAPS ? sample + TAPS / 2 : sample;

	high_pass(tap);
	for (size_t i = 0; i + TAPS < n; i++) {
		double y = 0;

		for (size_t k = 0; k <= TAPS; k++)
			y += tap[k] * sample[i + k];
		high += y * y;
		all += (double)middle[i] * middle[i];
	}
	return high < NOTHING * all;
}

/* Every second sample alone is the same sound and its image. */
void widen(int16_t *to, const int16_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float both = i % 2 ? 0 : 2.0F * from[i];

		to[i] = pcm_from_float((1 - MIRROR) * from[i] + MIRROR * both);
	}
}
