/* voice-vector: four floats at a time, as every processor of today has them. What it computes is what plain loops
 * would: nothing is summed across.
 */
#ifndef CALLPIPE_AUDIO_VOICE_VECTOR_H
#define CALLPIPE_AUDIO_VOICE_VECTOR_H

#include <stdint.h>
#include <string.h>

#include "audio/voice-math.h"

typedef float voice_f4 __attribute__((vector_size(16)));
typedef int32_t voice_i4 __attribute__((vector_size(16)));

static inline voice_f4 voice_load(const float *p)
{
	voice_f4 v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline void voice_store(float *p, voice_f4 v)
{
	memcpy(p, &v, sizeof v);
}

static inline voice_f4 voice_all(float x)
{
	return (voice_f4){x, x, x, x};
}

static inline voice_f4 voice_pick(voice_i4 which, voice_f4 yes, voice_f4 no)
{
	return (voice_f4)((which & (voice_i4)yes) | (~which & (voice_i4)no));
}

/* voice_exp, voice_sigmoid and voice_tanh of each, bit for bit. */
static inline voice_f4 voice_exp4(voice_f4 x)
{
	voice_f4 most = voice_all(60), magic = voice_all(12582912.0f);

	x = voice_pick(x < -most, -most, x);
	x = voice_pick(x > most, most, x);
	voice_f4 n = x * 1.44269504f + magic;
	voice_i4 power = ((voice_i4)n + 127) << 23;
	n -= magic;
	voice_f4 r = x - n * 0.693359375f + n * 2.12194440e-4f, p = voice_all(1.9875691500e-4f);
	p = VOICE_EXP_REST(p, r);
	return p * (voice_f4)power;
}

static inline voice_f4 voice_sigmoid4(voice_f4 x)
{
	return 1 / (1 + voice_exp4(-x));
}

static inline voice_f4 voice_tanh4(voice_f4 x)
{
	return 2 / (1 + voice_exp4(-2 * x)) - 1;
}

#endif
