/* Sound of a telephone, made fit for a model of wideband sound. */
#include "widen.h"

#include <math.h>

#include "random.h"
#include "tap.h"

#define N 16000

static int16_t in[N], out[N];

static void tone(double hz, double level)
{
	for (int i = 0; i < N; i++)
		in[i] = (int16_t)lround(level * sin(2 * M_PI * hz * i / 16000));
}

/* Amplitude of a frequency in out. */
static double amplitude(double hz)
{
	double re = 0, im = 0;

	for (int i = 0; i < N; i++) {
		re += out[i] * cos(2 * M_PI * hz * i / 16000);
		im += out[i] * sin(2 * M_PI * hz * i / 16000);
	}
	return 2 * hypot(re, im) / N;
}

int main(void)
{
	uint64_t seed = 1;

	tone(1000, 8000);
	ok(widen_needed(in, N), "a tone of 1 kHz is narrow");
	widen(out, in, N);
	ok(fabs(amplitude(1000) - 8000) < 10, "it stays as it is");
	ok(fabs(amplitude(7000) - 1200) < 10, "and has a faint image at 7 kHz");
	tone(3400, 8000);
	ok(widen_needed(in, N), "the upper edge of a telephone is narrow");
	tone(6000, 8000);
	ok(!widen_needed(in, N), "a tone of 6 kHz is not");
	for (int i = 0; i < N; i++)
		in[i] = (int16_t)(random_below(&seed, 4001) - 2000);
	ok(!widen_needed(in, N), "noise is not");
	ok(!widen_needed(in, 10), "next to nothing is not");
	for (int i = 0; i < N; i++)
		in[i] = i % 2 ? INT16_MIN : INT16_MAX;
	widen(out, in, N);
	is_int(out[0], INT16_MAX, "what would be too loud is clipped");
	return done_testing();
}
