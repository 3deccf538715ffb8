#include "clip.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/file.h"
#include "audio/pcm.h"

#define VOICE_BELOW_PEAK 64 /* 36 dB */

void clip_find_voice(struct clip *c)
{
	int limit = pcm_peak(c->samples, c->n) / VOICE_BELOW_PEAK;

	if (limit < PCM_AUDIBLE_PEAK)
		limit = PCM_AUDIBLE_PEAK;
	c->voiced_from = c->n;
	c->voiced_to = 0;
	for (size_t i = 0; i < c->n; i++) {
		if (abs(c->samples[i]) <= limit)
			continue;
		if (!c->voiced_to)
			c->voiced_from = i;
		c->voiced_to = i + 1;
	}
}

int clip_load(const char *path, int rate_hz, struct clip *ret)
{
	struct clip c = {.name = strdup(path)};

	if (!c.name || audio_file_load(path, rate_hz, CLIP_MAX_S, &c.samples, &c.n)) {
		free(c.name);
		return -1;
	}
	clip_find_voice(&c);
	*ret = c;
	return 0;
}

/* xorshift64*, Marsaglia 2003 and Vigna 2016: the upper half is evenly spread. */
static double noise_sample(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (double)(uint32_t)(*state * UINT64_C(2685821657736338717) >> 32) / 2147483648.0 - 1;
}

int clip_noise(int dbfs, int64_t ms, int rate_hz, struct clip *ret)
{
	/* Evenly spread values have an RMS of their peak / sqrt(3). */
	double peak = fmin(32767, 32768 * sqrt(3) * pow(10, dbfs / 20.0));
	struct clip c = {.n = (size_t)(ms * rate_hz / 1000)};
	uint64_t state = 88172645463325252;

	if (asprintf(&c.name, "noise %d dBFS", dbfs) < 0)
		return -1;
	c.samples = malloc(c.n * sizeof *c.samples + 1);
	if (!c.samples) {
		free(c.name);
		return -1;
	}
	for (size_t i = 0; i < c.n; i++)
		c.samples[i] = (int16_t)lrint(peak * noise_sample(&state));
	clip_find_voice(&c);
	*ret = c;
	return 0;
}

void clip_free(struct clip *c)
{
	free(c->name);
	free(c->samples);
}
