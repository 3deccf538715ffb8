/* net: the voice detector's network, learnt: backpropagation through time, Adam.
 *
 * Sums run in a fixed order and without libm, so that the same data, seed and steps give the same bits.
 */
#ifndef CALLPIPE_VOICE_NET_H
#define CALLPIPE_VOICE_NET_H

#include "audio/voice-weights.h"

/* Training data: frames of features, in pieces of piece_frames that follow each other. */
struct net_data {
	int16_t (*feature)[VOICE_FEATURES]; /* NET_UNIT of a unit each */
	float *target;                      /* 0 or 1: is it voice */
	float *weight;                      /* how much it counts */
	int frames;                         /* of all pieces */
	int piece_frames;                   /* of each, all learnt with one memory */
};

#define NET_UNIT 1024

struct net_options {
	int steps;                              /* of 32 times 300 frames */
	float rate;                             /* of learning, at the beginning */
	uint64_t seed;                          /* of the first weights, and of the order */
	void (*progress)(int step, float loss); /* now and then; may be NULL */
};

/* -1: no memory. */
int net_learn(const struct net_data *d, const struct net_options *opt,
	struct voice_weights *ret) MUST_USE;

#endif
