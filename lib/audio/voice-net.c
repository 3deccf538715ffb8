#include "audio/voice-vector.h"
#include "audio/voice-weights.h"

#define COLUMNS 24 /* summed at a time, so that the sums stay in registers */
#define FOURS (COLUMNS / 4)
_Static_assert(VOICE_DENSE % COLUMNS == 0 && 3 * VOICE_STATE % COLUMNS == 0 && VOICE_STATE % 4 == 0,
	"layers are made of whole blocks");

/* bias + from' weight: n rows of so many columns. */
static inline void multiply(
	const float *bias, const float *weight, int columns, const float *from, int n, float *ret)
{
	for (int at = 0; at < columns; at += COLUMNS) {
		voice_f4 sum[FOURS];
#pragma GCC unroll 6
		for (int k = 0; k < FOURS; k++)
			sum[k] = voice_load(bias + at + 4 * k);
		for (int i = 0; i < n; i++) {
			const float *row = weight + i * columns + at;
			voice_f4 x = voice_all(from[i]);
#pragma GCC unroll 6
			for (int k = 0; k < FOURS; k++)
				sum[k] += x * voice_load(row + 4 * k);
		}
#pragma GCC unroll 6
		for (int k = 0; k < FOURS; k++)
			voice_store(ret + at + 4 * k, sum[k]);
	}
}

/* The new state from the gates' sums. */
static void renew(
	const float a[3 * VOICE_STATE], const float b[3 * VOICE_STATE], float h[VOICE_STATE])
{
	for (int j = 0; j < VOICE_STATE; j += 4) {
		const float *az = a + VOICE_STATE + j, *bz = b + VOICE_STATE + j;
		voice_f4 r = voice_sigmoid4(voice_load(a + j) + voice_load(b + j));
		voice_f4 z = voice_sigmoid4(voice_load(az) + voice_load(bz));
		voice_f4 n = voice_tanh4(
			voice_load(az + VOICE_STATE) + r * voice_load(bz + VOICE_STATE));
		voice_store(h + j, n + z * (voice_load(h + j) - n));
	}
}

float voice_network(
	const struct voice_weights *w, float h[VOICE_STATE], const float x[VOICE_FEATURES])
{
	float normal[VOICE_FEATURES], d[VOICE_DENSE], a[3 * VOICE_STATE], b[3 * VOICE_STATE],
		sum = w->out_bias;

	for (int i = 0; i < VOICE_FEATURES; i++)
		normal[i] = (x[i] - w->mean[i]) * w->scale[i];
	multiply(w->dense_bias, w->dense[0], VOICE_DENSE, normal, VOICE_FEATURES, d);
	for (int j = 0; j < VOICE_DENSE; j += 4)
		voice_store(d + j, voice_tanh4(voice_load(d + j)));
	multiply(w->in_bias, w->in[0], 3 * VOICE_STATE, d, VOICE_DENSE, a);
	multiply(w->back_bias, w->back[0], 3 * VOICE_STATE, h, VOICE_STATE, b);
	renew(a, b, h);
	for (int j = 0; j < VOICE_STATE; j++)
		sum += h[j] * w->out[j];
	return voice_sigmoid(sum);
}
