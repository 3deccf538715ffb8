#include "audio/voice-math.h"
#include "audio/voice-weights.h"

/* Sums are made of all columns at once: these loops are of constant length, which vectorises without reordering. */
static void dense(
	const struct voice_weights *w, const float x[VOICE_FEATURES], float ret[VOICE_DENSE])
{
	for (int j = 0; j < VOICE_DENSE; j++)
		ret[j] = w->dense_bias[j];
	for (int i = 0; i < VOICE_FEATURES; i++) {
		float normal = (x[i] - w->mean[i]) * w->scale[i];
		for (int j = 0; j < VOICE_DENSE; j++)
			ret[j] += normal * w->dense[i][j];
	}
	for (int j = 0; j < VOICE_DENSE; j++)
		ret[j] = voice_tanh(ret[j]);
}

static void gates(const float bias[3 * VOICE_STATE], const float (*weight)[3 * VOICE_STATE],
	const float *from, int n, float ret[3 * VOICE_STATE])
{
	for (int j = 0; j < 3 * VOICE_STATE; j++)
		ret[j] = bias[j];
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < 3 * VOICE_STATE; j++)
			ret[j] += from[i] * weight[i][j];
	}
}

float voice_network(
	const struct voice_weights *w, float h[VOICE_STATE], const float x[VOICE_FEATURES])
{
	float d[VOICE_DENSE], a[3 * VOICE_STATE], b[3 * VOICE_STATE], sum = w->out_bias;

	dense(w, x, d);
	gates(w->in_bias, w->in, d, VOICE_DENSE, a);
	gates(w->back_bias, w->back, h, VOICE_STATE, b);
	for (int j = 0; j < VOICE_STATE; j++) {
		float r = voice_sigmoid(a[j] + b[j]);
		float z = voice_sigmoid(a[VOICE_STATE + j] + b[VOICE_STATE + j]);
		float n = voice_tanh(a[2 * VOICE_STATE + j] + r * b[2 * VOICE_STATE + j]);
		h[j] = n + z * (h[j] - n);
		sum += h[j] * w->out[j];
	}
	return voice_sigmoid(sum);
}
