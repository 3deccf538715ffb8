#include "sound.h"

enum cry { SIREN, BARK, BABY, SCREAM, HORN, BIRD, CRIES };

/* What is sung: a pitch that goes from one to the other by way of a third, rich or pure, rough or smooth. */
struct song {
	float hz[3];  /* at the beginning, in the middle, at the end */
	float rich;   /* weight of each harmonic against the one below */
	float rough;  /* noise beside it */
	float wobble; /* of the pitch, share of it */
	int length;   /* samples */
};

static void add_song(const struct song *s, uint64_t *seed, float *to, int n, int at)
{
	struct resonance mouth = resonance(rnd(seed, 500, 1500), rnd(seed, 100, 400));
	float phase = 0, slow = rnd(seed, 0, 1), jitter = 0;

	for (int i = at; i < n && i < at + s->length; i++) {
		float t = (float)(i - at) / (float)s->length, x = 0, weight = 1;
		float hz = t < 0.5f ? s->hz[0] + 2 * t * (s->hz[1] - s->hz[0])
				    : s->hz[1] + (2 * t - 1) * (s->hz[2] - s->hz[1]);
		slow = sound_turn(slow, 7);
		jitter += 0.01f * (rnd_normal(seed) - jitter);
		hz *= 1 + s->wobble * (rnd_sine(slow) + 5 * jitter);
		phase = sound_turn(phase, hz);
		for (int h = 1; h <= 12 && hz * (float)h < 3900; h++) {
			x += weight * rnd_sine(phase * (float)h);
			weight *= s->rich;
		}
		x += s->rough * rnd_normal(seed);
		float edge = t < 0.08f ? t / 0.08f : t > 0.8f ? (1 - t) / 0.2f : 1;
		to[i] += edge * (0.5f * x + resonate(&mouth, 0.3f * x));
	}
}

static struct song any_song(enum cry kind, uint64_t *s)
{
	float hz;

	switch (kind) {
	case SIREN:
		hz = rnd(s, 400, 900);
		return (struct song){{hz, hz * rnd(s, 1.3f, 2.2f), hz}, rnd(s, 0, 0.6f), 0, 0,
			(int)rnd(s, 2000, 30000)};
	case BARK:
		hz = rnd(s, 180, 700);
		return (struct song){{hz * 0.8f, hz, hz * 0.7f}, 0.85f, rnd(s, 0.5f, 2), 0.05f,
			(int)rnd(s, 600, 2200)};
	case BABY:
		hz = rnd(s, 330, 600);
		return (struct song){{hz * 0.8f, hz, hz * 0.75f}, 0.8f, rnd(s, 0, 0.4f), 0.02f,
			(int)rnd(s, 3500, 11000)};
	case SCREAM:
		hz = rnd(s, 600, 1800);
		return (struct song){{hz * 0.7f, hz, hz * rnd(s, 0.5f, 1)}, 0.7f, rnd(s, 0.3f, 2),
			0.03f, (int)rnd(s, 2000, 12000)};
	case HORN:
		hz = rnd(s, 250, 550);
		return (struct song){{hz, hz, hz}, 0.85f, 0, 0, (int)rnd(s, 1000, 10000)};
	case BIRD:
	case CRIES:
		break;
	}
	hz = rnd(s, 1800, 3600);
	return (struct song){{hz, hz * rnd(s, 0.7f, 1.2f), hz * rnd(s, 0.7f, 1.1f)}, 0.1f, 0, 0.01f,
		(int)rnd(s, 300, 1800)};
}

void sound_cries(uint64_t *seed, float *to, int n)
{
	enum cry kind = (enum cry)rnd_below(seed, CRIES);

	for (int at = rnd_below(seed, 8000); at < n; at += 1000 + rnd_below(seed, 20000)) {
		struct song one = any_song(kind, seed);
		for (int i = 0, times = 1 + rnd_below(seed, 6); i < times; i++) {
			add_song(&one, seed, to, n, at);
			at += one.length + rnd_below(seed, kind == SIREN ? 10 : 4000);
			one.length = (int)((float)one.length * rnd(seed, 0.8f, 1.25f));
		}
	}
}
