#include "base/util.h"
#include "sound.h"

/* Noise through two resonances that rises and dies away. */
struct burst {
	float hz;        /* of the lower one */
	float width_hz;  /* of it */
	float attack_ms; /* until it is loudest */
	float decay_ms;  /* from there to 1/e */
	float gain;
};

static void add_burst(const struct burst *b, uint64_t *s, float *to, int n, int at)
{
	struct resonance low = resonance(b->hz, b->width_hz),
			 high = resonance(b->hz * rnd(s, 1.5f, 3), b->width_hz * 1.5f);
	float level = 0, rise = 1 / (b->attack_ms * 8 + 1),
	      fall = voice_exp(-1 / (b->decay_ms * 8));
	bool up = true;

	for (int i = at; i < n && (up || level > 0.002f); i++) {
		if (up && (level += rise) >= 1)
			up = false;
		if (!up)
			level *= fall;
		float x = rnd_normal(s);
		if (i >= 0)
			to[i] += b->gain * level *
				(resonate(&low, x) + 0.5f * resonate(&high, x) + 0.1f * x);
	}
}

void sound_clicks(uint64_t *s, float *to, int n)
{
	float every = rnd(s, 500, 12000);

	for (int at = rnd_below(s, 4000); at < n; at += 40 + (int)rnd(s, 0, 2 * every)) {
		if (rnd_chance(s, 0.4f))
			to[at] += rnd(s, -8, 8);
		else
			add_burst(&(struct burst){rnd(s, 200, 3000), rnd(s, 50, 2000), 0,
					  rnd(s, 0.5f, 15), 1},
				s, to, n, at);
	}
}

/* The voiced end of a cough, or a clearing of the throat: rough pulses of a low pitch. */
static void add_croak(uint64_t *s, float *to, int n, int at, float gain)
{
	struct resonance throat = resonance(rnd(s, 350, 900), rnd(s, 100, 300));
	int length = (int)rnd(s, 400, 2000);
	float phase = 0, hz = rnd(s, 70, 260);

	for (int i = at; i < n && i < at + length; i++) {
		float edge = 1 - (float)(i - at) / (float)length, before = phase;
		phase = sound_turn(phase, hz * (1 + 0.3f * rnd_normal(s)));
		to[i] += gain * edge *
			resonate(&throat, (phase < before ? 6.0f : 0) + 0.5f * rnd_normal(s));
	}
}

void sound_coughs(uint64_t *s, float *to, int n)
{
	for (int at = rnd_below(s, 8000); at < n; at += 2000 + rnd_below(s, 16000)) {
		float hz = rnd(s, 300, 1200), width = rnd(s, 150, 1500),
		      croak = rnd_chance(s, 0.5f) ? rnd(s, 0.1f, 1) : 0;
		bool breath = rnd_chance(s, 0.5f);
		for (int i = 0, times = 1 + rnd_below(s, 3); i < times; i++) {
			struct burst b = {
				hz * rnd(s, 0.9f, 1.1f), width, rnd(s, 2, 15), rnd(s, 20, 90), 1};
			if (breath)
				b = (struct burst){hz * rnd(s, 0.9f, 1.1f), width, rnd(s, 80, 300),
					rnd(s, 60, 200), 0.4f};
			add_burst(&b, s, to, n, at);
			if (!breath && croak > 0)
				add_croak(s, to, n, at + 200, croak);
			at += 1200 + rnd_below(s, 2500);
		}
	}
}

void sound_keys(uint64_t *s, float *to, int n)
{
	float hz = rnd(s, 400, 2500);

	for (int at = rnd_below(s, 8000); at < n;
		at += 500 + rnd_below(s, rnd_chance(s, 0.1f) ? 16000 : 1600)) {
		add_burst(&(struct burst){hz * rnd(s, 0.7f, 1.4f), rnd(s, 100, 900), 0,
				  rnd(s, 1, 12), 1},
			s, to, n, at);
		if (rnd_chance(s, 0.7f))
			add_burst(&(struct burst){hz * rnd(s, 0.9f, 1.8f), rnd(s, 200, 1200), 0,
					  rnd(s, 1, 8), 0.7f},
				s, to, n, at + 400 + rnd_below(s, 500));
	}
}

static void add_tones(float *to, int n, int at, int length, float low, float high, float twist)
{
	for (int i = at; i < n && i < at + length; i++) {
		float t = (float)(i - at) / SOUND_HZ;
		to[i] += rnd_sine(t * low) + (high > 0 ? twist * rnd_sine(t * high) : 0);
	}
}

void sound_tones(uint64_t *s, float *to, int n)
{
	static const float row[] = {697, 770, 852, 941}, column[] = {1209, 1336, 1477, 1633};
	/* Hz, Hz, seconds on, seconds off: ringing, dial, busy, records, beeps, fax, special information */
	static const float call[][4] = {{440, 480, 2, 4}, {425, 0, 1, 4}, {400, 450, 0.4f, 0.2f},
		{350, 440, 30, 0}, {425, 0, 30, 0}, {425, 0, 0.5f, 0.5f}, {480, 620, 0.5f, 0.5f},
		{1000, 0, 0.4f, 2}, {1400, 0, 0.5f, 15}, {1100, 0, 0.5f, 3}, {2100, 0, 3.3f, 1},
		{950, 0, 0.33f, 0}, {1400, 0, 0.33f, 0}, {1800, 0, 0.33f, 1}};
	bool keys = rnd_chance(s, 0.5f);
	const float *c = call[rnd_below(s, (int)ARRAY_LEN(call))];

	for (int at = rnd_below(s, 8000); at < n;) {
		int length = keys ? 320 + rnd_below(s, 2400) : (int)(c[2] * SOUND_HZ);
		if (keys)
			add_tones(to, n, at, length, row[rnd_below(s, 4)], column[rnd_below(s, 4)],
				rnd(s, 0.5f, 1.5f));
		else
			add_tones(to, n, at, length, c[0], c[1], 1);
		at += length + (keys ? 400 + rnd_below(s, 8000) : (int)(c[3] * SOUND_HZ) + 1);
	}
}

/* Air that blows into the microphone in gusts. */
static void add_wind(uint64_t *s, float *to, int n)
{
	float low = 0, gust = 0, target = 0, k = rnd(s, 0.01f, 0.08f);

	for (int i = 0; i < n; i++) {
		if (i % 1600 == 0)
			target = rnd_chance(s, 0.4f) ? rnd(s, 0.3f, 3) : rnd(s, 0, 0.3f);
		gust += 0.0008f * (target - gust);
		low += k * (rnd_normal(s) - low);
		to[i] += gust * low * 8;
	}
}

/* One thing that falls, shuts or is put down: a thump and what rattles with it. */
static void add_rattle(uint64_t *s, float *to, int n, int at)
{
	struct burst thump = {rnd(s, 50, 300), rnd(s, 20, 120), 0, rnd(s, 15, 120), rnd(s, 0, 2)};
	float hz = rnd(s, 600, 3200), width = rnd(s, 5, 400);

	add_burst(&thump, s, to, n, at);
	for (int i = 0, times = rnd_below(s, 7); i < times; i++) {
		struct burst b = {
			hz * rnd(s, 0.7f, 1.3f), width, 0, rnd(s, 3, 120), rnd(s, 0.2f, 1)};
		add_burst(&b, s, to, n, at + rnd_below(s, 3000));
	}
}

void sound_clatter(uint64_t *s, float *to, int n)
{
	int kind = rnd_below(s, 4);

	if (kind == 0) {
		add_wind(s, to, n);
		return;
	}
	for (int at = rnd_below(s, 8000); at < n; at += 1500 + rnd_below(s, 20000)) {
		for (int i = 0, times = kind == 1 ? 1 : 2 + rnd_below(s, kind == 2 ? 4 : 40);
			i < times; i++) {
			if (kind == 3) /* paper, a bag */
				add_burst(&(struct burst){rnd(s, 900, 3000), rnd(s, 600, 2500), 0,
						  rnd(s, 1, 25), rnd(s, 0.1f, 1)},
					s, to, n, at);
			else
				add_rattle(s, to, n, at);
			at += kind == 3 ? 50 + rnd_below(s, 900) : 1000 + rnd_below(s, 2500);
		}
	}
}
