#include "audio/window.h"

#include <math.h>

/* Modified Bessel function of the first kind, order 0. */
static double bessel(double x)
{
	double sum = 1, term = 1;

	for (int k = 1; term > sum * 1e-12; k++) {
		term *= x / (2 * k) * (x / (2 * k));
		sum += term;
	}
	return sum;
}

double window_sinc(double t, double half, double shape)
{
	double sinc = t == 0 ? 1 : sin(M_PI * t) / (M_PI * t), w = t / half;

	return fabs(w) < 1 ? sinc * bessel(shape * sqrt(1 - w * w)) : 0;
}
