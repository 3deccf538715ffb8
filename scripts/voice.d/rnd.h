/* rnd: seeded random numbers and a few functions, the same on every machine: no libm, whose last bits are not.
 */
#ifndef CALLPIPE_VOICE_RND_H
#define CALLPIPE_VOICE_RND_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "audio/voice-math.h"

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t rnd_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Uniform in [low, high). */
static inline float rnd(uint64_t *state, float low, float high)
{
	return low + (high - low) * ((float)(rnd_next(state) >> 40) / 16777216.0f);
}

/* An integer in [0, n). */
static inline int rnd_below(uint64_t *state, int n)
{
	return (int)((rnd_next(state) >> 32) * (uint64_t)n >> 32);
}

static inline bool rnd_chance(uint64_t *state, float p)
{
	return rnd(state, 0, 1) < p;
}

/* About normal, variance 1: the sum of four, cut at 3.5. */
static inline float rnd_normal(uint64_t *state)
{
	uint64_t r = rnd_next(state);
	float sum = (float)(int16_t)r + (float)(int16_t)(r >> 16) + (float)(int16_t)(r >> 32) +
		(float)(int16_t)(r >> 48);
	return sum * (0.8660254f / 32768);
}

/* Sine of so many turns, error below 1e-4: enough for sounds. */
static inline float rnd_sine(float turns)
{
	float x = turns - floorf(turns + 0.5f); /* -1/2 to 1/2 */
	x = x > 0.25f ? 0.5f - x : x < -0.25f ? -0.5f - x : x;
	float s = x * x;
	return x *
		(6.2831853f +
			s * (-41.341702f + s * (81.605249f + s * (-76.705859f + s * 42.058693f))));
}

/* Decibels to amplitude, and back. */
static inline float rnd_gain(float db)
{
	return voice_exp(db * 0.11512925f);
}
static inline float rnd_db(float amplitude)
{
	return 8.6858896f * voice_log(amplitude + 1e-9f);
}

#endif
