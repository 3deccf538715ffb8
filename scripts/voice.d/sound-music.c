#include "sound.h"

#define VOICES 4 /* that sound at a time */

enum timbre { PLUCK, PAD, BELL, LEAD, TIMBRES };

/* Semitones above A of 110 Hz to Hz. */
static float pitch(int semitones)
{
	return 110 * voice_exp((float)semitones * 0.057762265f);
}

#define WAVE 512

/* A period of so many harmonics below 4 kHz, and its first value again. */
static void fill_wave(float wave[WAVE + 1], float hz, float bright, bool odd)
{
	for (int i = 0; i <= WAVE; i++) {
		float weight = 1;
		wave[i] = 0;
		for (int h = 1; h <= 8 && hz * (float)h < 3600; h++) {
			wave[i] += weight * rnd_sine((float)i * (float)h / WAVE) *
				(odd && h % 2 == 0 ? 0.4f : 1);
			weight *= bright;
		}
	}
}

static float look_up(const float wave[WAVE + 1], float phase)
{
	float at = phase * WAVE;
	int i = (int)at;

	return wave[i] + (at - (float)i) * (wave[i + 1] - wave[i]);
}

/* One note. A lead bends into its pitch and has a vibrato, which is what comes nearest to a voice. */
static void add_note(enum timbre timbre, uint64_t *seed, float *to, int n, int at, int length,
	float hz, float gain)
{
	float phase = 0, slow = rnd(seed, 0, 1), tau = timbre == PLUCK ? 1600 : 4000,
	      vibrato = rnd(seed, 0, 0.02f);
	float level = 1,
	      decay = timbre == PLUCK || timbre == BELL ? voice_exp(-1 / (tau * rnd(seed, 0.4f, 2)))
							: 1;
	float wave[WAVE + 1], bend = 0.1f, rise = timbre == PAD ? 1200 : 60;

	fill_wave(wave, hz, rnd(seed, 0.3f, 1), timbre == LEAD);
	for (int i = at; i < n && i < at + length; i++) {
		float from = (float)(i - at), left = (float)(at + length - i), now = hz;
		float edge = from < rise ? from / rise : left < 400 ? left / 400 : 1;
		if (timbre == LEAD) {
			slow = sound_turn(slow, 5.5f);
			now *= 1 + vibrato * rnd_sine(slow) - bend;
			bend *= 0.9967f;
		}
		phase = sound_turn(phase, now);
		float x = timbre == BELL ? rnd_sine(phase + 0.4f * level * rnd_sine(phase * 7))
					 : look_up(wave, phase < 1 ? phase : 0);
		to[i] += gain * level * edge * x;
		level *= decay;
	}
}

static void add_drum(uint64_t *seed, float *to, int n, int at, bool bass, float gain)
{
	struct resonance r = resonance(rnd(seed, 1200, 3400), 1200);
	float level = 1, decay = voice_exp(-1 / (bass ? 500.0f : rnd(seed, 80, 700))), phase = 0;

	for (int i = at; i < n && level > 0.01f; i++) {
		phase = sound_turn(phase, 45 + 120 * level);
		to[i] += gain * level *
			(bass ? 2 * rnd_sine(phase) : resonate(&r, rnd_normal(seed)));
		level *= decay;
	}
}

void sound_music(uint64_t *seed, float *to, int n)
{
	static const int scale[2][7] = {{0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 10}};
	const int *tone = scale[rnd_below(seed, 2)];
	int beat = (int)(SOUND_HZ * 60 / rnd(seed, 55, 160)), key = rnd_below(seed, 12), root = 0,
	    step = 7;
	enum timbre chord = (enum timbre)rnd_below(seed, TIMBRES),
		    tune = (enum timbre)rnd_below(seed, TIMBRES);
	float drums = rnd_chance(seed, 0.6f) ? rnd(seed, 0.2f, 1.2f) : 0,
	      melody = rnd_chance(seed, 0.75f) ? rnd(seed, 0.3f, 1.5f) : 0;
	float chords = rnd(seed, 0, 0.6f),
	      bass = rnd_chance(seed, 0.6f) ? rnd(seed, 0.2f, 0.8f) : 0;

	for (int at = -rnd_below(seed, 4 * beat), k = 0; at < n; at += beat, k++) {
		if (k % 4 == 0)
			root = rnd_below(seed, 7);
		if (at < 0)
			continue;
		for (int v = 0; v < VOICES && k % 4 == 0 && chords > 0.1f; v++)
			add_note(chord, seed, to, n, at, 4 * beat,
				pitch(key + 12 + tone[(root + 2 * v) % 7] +
					12 * ((root + 2 * v) / 7)),
				chords);
		if (bass > 0)
			add_note(PLUCK, seed, to, n, at, beat, pitch(key + tone[root] - 12), bass);
		for (int part = 0, parts = 1 << rnd_below(seed, 3); part < parts && melody > 0;
			part++) {
			step += rnd_below(seed, 5) - 2;
			step = step < 0 ? 0 : step > 20 ? 20 : step;
			if (rnd_chance(seed, 0.8f))
				add_note(tune, seed, to, n, at + part * beat / parts, beat / parts,
					pitch(key + 12 + tone[step % 7] + 12 * (step / 7)), melody);
		}
		if (drums > 0) {
			add_drum(seed, to, n, at, k % 2 == 0, drums);
			add_drum(seed, to, n, at + beat / 2, false, drums * 0.5f);
		}
	}
}
