#include "noise.h"

#include <stdlib.h>
#include <string.h>

#include "sound.h"

const char *const noise_name[NOISE_KINDS] = {"clean", "white", "pink", "brown", "hum", "car",
	"babble", "music", "clicks", "coughs", "keys", "tones", "echo", "effects", "clatter",
	"cries"};

static void make_white(uint64_t *s, float *to, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = rnd_normal(s);
}

/* Sum of low passes an octave apart. */
static void make_pink(uint64_t *s, float *to, int n)
{
	float y[6] = {0};

	for (int i = 0; i < n; i++) {
		float x = rnd_normal(s), sum = 0, k = 0.5f;
		for (int b = 0; b < 6; b++) {
			y[b] += k * (x - y[b]);
			sum += y[b];
			k /= 2;
		}
		to[i] = sum;
	}
}

static void make_brown(uint64_t *s, float *to, int n)
{
	float y = 0, k = 1 - rnd(s, 0.005f, 0.05f);

	for (int i = 0; i < n; i++)
		to[i] = y = k * y + rnd_normal(s);
}

static void make_hum(uint64_t *s, float *to, int n)
{
	float hz = rnd_chance(s, 0.5f) ? 50
		: rnd_chance(s, 0.6f)  ? 60
				       : rnd(s, 90, 420),
	      level[16], phase = 0;

	for (int h = 0; h < 16; h++)
		level[h] = rnd(s, 0, 1) * rnd(s, 0, 1) / (float)(h + 1) *
			(float)(h + 1 < 8 ? 1 : 0.5);
	for (int i = 0; i < n; i++) {
		to[i] = 0.02f * rnd_normal(s);
		for (int h = 0; h < 16; h++)
			to[i] += level[h] * rnd_sine(phase * (float)(h + 1));
		phase += hz / SOUND_HZ;
		phase -= floorf(phase);
	}
}

/* An engine's harmonics that wander, over the rumble of the road. */
static void make_car(uint64_t *s, float *to, int n)
{
	float hz = rnd(s, 25, 90), target = hz, phase = 0, low = 0, mid = 0,
	      engine = rnd(s, 0.2f, 2), swell = 1;
	struct resonance body = resonance(rnd(s, 80, 300), rnd(s, 40, 200));

	for (int i = 0; i < n; i++) {
		if (i % 800 == 0)
			target = target * rnd(s, 0.93f, 1.075f),
			swell = 0.9f * swell + 0.1f * rnd(s, 0.4f, 1.6f);
		target = target < 20 ? 20 : target > 130 ? 130 : target;
		hz += (target - hz) * 0.001f;
		phase += hz / SOUND_HZ;
		phase -= floorf(phase);
		float x = rnd_normal(s), tone = 0;
		low += 0.02f * (x - low);
		mid += 0.2f * (x - mid);
		for (int h = 1; h <= 8; h++)
			tone += rnd_sine(phase * (float)h) / (float)h;
		to[i] = swell * (6 * low + 0.5f * mid + 2 * resonate(&body, 0.3f * x)) +
			engine * 0.3f * tone;
	}
}

void noise_add_clip(
	const struct corpus_clip *c, float from, int at, float speed, float gain, float *to, int n)
{
	for (int i = at < 0 ? 0 : at; i < n; i++) {
		float x = from + (float)(i - at) * speed;
		int k = (int)x;
		if (k + 2 >= c->n)
			return;
		float t = x - (float)k, p0 = c->samples[k > 0 ? k - 1 : 0], p1 = c->samples[k];
		float p2 = c->samples[k + 1], p3 = c->samples[k + 2];
		/* Catmull and Rom's spline */
		to[i] += gain *
			(p1 +
				0.5f * t *
					(p2 - p0 +
						t *
							(2 * p0 - 5 * p1 + 4 * p2 - p3 +
								t * (3 * (p1 - p2) + p3 - p0))));
	}
}

/* One who speaks on and on, not the near one. */
static void add_talker(
	const struct corpus_set *set, int near, uint64_t *s, float gain, float *to, int n)
{
	int start = rnd_below(s, set->n), first = start;

	while (set->clip[first].speaker == near && (first = (first + 1) % set->n) != start)
		;
	float speed = rnd(s, 0.8f, 1.25f);
	for (int at = -rnd_below(s, 8000); at < n;) {
		int k = first + rnd_below(s, 40);
		const struct corpus_clip *c =
			&set->clip[k < set->n && set->clip[k].speaker == set->clip[first].speaker
					? k
					: first];
		float skip = at < 0 ? (float)-at * speed : 0;
		noise_add_clip(c, skip, at < 0 ? 0 : at, speed, gain * 1000 / c->rms, to, n);
		at += (int)((float)c->n / speed) + rnd_below(s, 3000) + 160;
	}
}

static void make_babble(const struct corpus_set *set, int near, uint64_t *s, float *to, int n)
{
	int talkers = 1 + rnd_below(s, 8);

	for (int i = 0; i < talkers; i++)
		add_talker(set, near, s, rnd(s, 0.4f, 1), to, n);
}

static void make_music(const struct corpus_set *set, uint64_t *s, float *to, int n)
{
	for (int at = 0; at < n;) {
		const struct corpus_clip *c = &set->clip[rnd_below(s, set->n)];
		float speed = rnd(s, 0.8f, 1.25f), from = rnd(s, 0, 0.8f) * (float)c->n;
		noise_add_clip(c, from, at, speed, 1, to, n);
		at += (int)(((float)c->n - from) / speed);
	}
}

static void make_effects(const struct corpus_set *set, uint64_t *s, float *to, int n)
{
	for (int at = rnd_below(s, 4000); at < n; at += rnd_below(s, 12000)) {
		const struct corpus_clip *c = &set->clip[rnd_below(s, set->n)];
		float speed = rnd(s, 0.7f, 1.4f);
		noise_add_clip(c, 0, at, speed, rnd(s, 300, 1500) / c->rms, to, n);
		at += (int)((float)c->n / speed);
	}
}

void noise_make(enum noise_kind kind, const struct corpus *c, enum corpus_split split, int near,
	uint64_t *s, float *ret, int n)
{
	memset(ret, 0, (size_t)n * sizeof *ret);
	switch (kind) {
	case NOISE_WHITE:
		return make_white(s, ret, n);
	case NOISE_PINK:
		return make_pink(s, ret, n);
	case NOISE_BROWN:
		return make_brown(s, ret, n);
	case NOISE_HUM:
		return make_hum(s, ret, n);
	case NOISE_CAR:
		return make_car(s, ret, n);
	case NOISE_BABBLE:
		return make_babble(&c->set[CORPUS_SPEECH][split], near, s, ret, n);
	case NOISE_ECHO:
		return add_talker(&c->set[CORPUS_SPEECH][split], near, s, 1, ret, n);
	case NOISE_MUSIC:
		if (c->set[CORPUS_MUSIC][split].n == 0 ||
			(split == CORPUS_TRAIN && rnd_chance(s, 0.5f)))
			return sound_music(s, ret, n);
		return make_music(&c->set[CORPUS_MUSIC][split], s, ret, n);
	case NOISE_CLICKS:
		return sound_clicks(s, ret, n);
	case NOISE_COUGHS:
		return sound_coughs(s, ret, n);
	case NOISE_KEYS:
		return sound_keys(s, ret, n);
	case NOISE_TONES:
		return sound_tones(s, ret, n);
	case NOISE_EFFECTS:
		if (c->set[CORPUS_EFFECT][split].n > 0)
			make_effects(&c->set[CORPUS_EFFECT][split], s, ret, n);
		return;
	case NOISE_CLATTER:
		return sound_clatter(s, ret, n);
	case NOISE_CRIES:
		return sound_cries(s, ret, n);
	case NOISE_NONE:
	case NOISE_KINDS:
		return;
	}
}
