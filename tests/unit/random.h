/* random: seeded numbers for property tests: the same on every machine, so that a failure can be run again.
 *
 * Source: splitmix64 (Steele, Lea, Flood, 2014).
 */
#ifndef CALLPIPE_TESTS_RANDOM_H
#define CALLPIPE_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 to below - 1. */
static inline size_t random_below(uint64_t *state, size_t below)
{
	return (size_t)(random_next(state) % below);
}

static inline void random_fill(uint64_t *state, void *p, size_t n)
{
	for (uint8_t *b = p; n > 0; n--)
		*b++ = (uint8_t)random_next(state);
}

#endif
