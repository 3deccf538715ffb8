/* voice-weights: the network of the voice detector, as it was trained by scripts/train.
 *
 *	x  = (features - mean) * scale                           26 numbers
 *	d  = tanh(dense' x + dense_bias)                         24
 *	a  = in' d + in_bias,  b = back' h + back_bias           3 * 24 each: gates r, z, candidate n
 *	r  = sigmoid(a_r + b_r)   z = sigmoid(a_z + b_z)   n = tanh(a_n + r b_n)
 *	h <- n + z (h - n)                                       24, 0 at the beginning
 *	voice = sigmoid(out' h + out_bias)
 *
 * A gated recurrent unit (Cho et al. 2014) with the reset gate behind the product, as in cuDNN and PyTorch.
 */
#ifndef CALLPIPE_AUDIO_VOICE_WEIGHTS_H
#define CALLPIPE_AUDIO_VOICE_WEIGHTS_H

#include "audio/voice-features.h"

#define VOICE_DENSE 24
#define VOICE_STATE 24

/* Floats only, so that a trainer can go over them as one array. First index: from; second: to. */
struct voice_weights {
	float mean[VOICE_FEATURES];               /* of the training set */
	float scale[VOICE_FEATURES];              /* 1 / standard deviation there */
	float dense[VOICE_FEATURES][VOICE_DENSE]; /* features to dense layer */
	float dense_bias[VOICE_DENSE];            /* of the dense layer */
	float in[VOICE_DENSE][3 * VOICE_STATE];   /* dense layer to gates r, z, n */
	float in_bias[3 * VOICE_STATE];           /* of these */
	float back[VOICE_STATE][3 * VOICE_STATE]; /* state to gates */
	float back_bias[3 * VOICE_STATE];         /* of these; that of n is inside the reset */
	float out[VOICE_STATE];                   /* state to score */
	float out_bias;                           /* of this */
};

/* The one that is used. */
extern const struct voice_weights voice_weights;

/* A frame's score, 0 to 1; state is 0 before the first. */
float voice_network(const struct voice_weights *w, float state[VOICE_STATE],
	const float features[VOICE_FEATURES]);

#endif
