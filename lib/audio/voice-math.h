/* voice-math: logarithm, exponential and what is made of them, in plain float arithmetic.
 *
 * Not libm's: how its last bits come out depends on version and machine, and a detector that is trained again has to
 * come out the same. Relative errors are below 3e-7. S. L. Moshier's polynomials (Cephes library, logf and expf).
 */
#ifndef CALLPIPE_AUDIO_VOICE_MATH_H
#define CALLPIPE_AUDIO_VOICE_MATH_H

#include <stdint.h>
#include <string.h>

/* Natural logarithm of a normal x > 0. */
static inline float voice_log(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof bits);
	/* x = m 2^e with m from sqrt(1/2) to sqrt(2) */
	int32_t e = (int32_t)(bits - 0x3f3504f3) >> 23;
	bits -= (uint32_t)e << 23;
	float m;
	memcpy(&m, &bits, sizeof m);
	m -= 1;
	float z = m * m, p = 7.0376836292e-2f;
	p = p * m - 1.1514610310e-1f;
	p = p * m + 1.1676998740e-1f;
	p = p * m - 1.2420140846e-1f;
	p = p * m + 1.4249322787e-1f;
	p = p * m - 1.6668057665e-1f;
	p = p * m + 2.0000714765e-1f;
	p = p * m - 2.4999993993e-1f;
	p = p * m + 3.3333331174e-1f;
	return m + (p * m * z - 0.5f * z) + (float)e * 0.69314718f;
}

/* The polynomial of e^r from its first coefficient p on: of a float, or of a vector of them. */
#define VOICE_EXP_REST(p, r) \
	(((VOICE_EXP_HIGH(p, r) * (r) + 1.6666665459e-1f) * (r) + 5.0000001201e-1f) * (r) * (r) + \
		(r) + 1)
#define VOICE_EXP_HIGH(p, r) \
	((((p) * (r) + 1.3981999507e-3f) * (r) + 8.3334519073e-3f) * (r) + 4.1665795894e-2f)

/* e^x, of x cut to -60..60. */
static inline float voice_exp(float x)
{
	x = x < -60 ? -60 : x > 60 ? 60 : x;
	float n = x * 1.44269504f + 12582912.0f; /* rounds to the nearest integer: 1.5 * 2^23 */
	uint32_t bits;
	memcpy(&bits, &n, sizeof bits);
	n -= 12582912.0f;
	float r = x - n * 0.693359375f + n * 2.12194440e-4f, p = 1.9875691500e-4f;
	p = VOICE_EXP_REST(p, r);
	bits = (bits + 127) << 23;
	float power;
	memcpy(&power, &bits, sizeof power);
	return p * power;
}

static inline float voice_sigmoid(float x)
{
	return 1 / (1 + voice_exp(-x));
}

static inline float voice_tanh(float x)
{
	return 2 / (1 + voice_exp(-2 * x)) - 1;
}

#endif
