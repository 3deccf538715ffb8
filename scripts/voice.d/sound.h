/* sound: what artificial sounds are made of.
 */
#ifndef CALLPIPE_VOICE_SOUND_H
#define CALLPIPE_VOICE_SOUND_H

#include "rnd.h"

#define SOUND_HZ 8000.0f

/* Two poles at hz, with a bandwidth in Hz: about unit gain for noise of any bandwidth. */
struct resonance {
	float a, b, gain; /* y = gain x + a y1 + b y2 */
	float y1, y2;     /* the last two */
};

static inline struct resonance resonance(float hz, float width)
{
	float r = voice_exp(-3.1415927f * width / SOUND_HZ);
	return (struct resonance){
		2 * r * rnd_sine(hz / SOUND_HZ + 0.25f), -r * r, sqrtf(1 - r * r), 0, 0};
}

static inline float resonate(struct resonance *r, float x)
{
	float y = r->gain * x + r->a * r->y1 + r->b * r->y2;
	r->y2 = r->y1;
	r->y1 = y;
	return y;
}

/* A phase in turns, one sample on. */
static inline float sound_turn(float phase, float hz)
{
	phase += hz / SOUND_HZ;
	return phase - floorf(phase);
}

/* Add to what is there, at 8 kHz, up to n. */
void sound_clicks(uint64_t *seed, float *to, int n);
void sound_coughs(uint64_t *seed, float *to, int n);
void sound_keys(uint64_t *seed, float *to, int n);
void sound_tones(uint64_t *seed, float *to, int n);
/* Doors, knocks, dishes, paper, steps, wind. */
void sound_clatter(uint64_t *seed, float *to, int n);
/* Sirens, dogs, babies, screams, horns, birds. */
void sound_cries(uint64_t *seed, float *to, int n);
/* Chords, a tune, a bass and drums, none of which anybody wrote. */
void sound_music(uint64_t *seed, float *to, int n);

#endif
