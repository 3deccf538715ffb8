#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "rnd.h"

#define BRIDGED_FRAMES 10
#define AFTER_FRAMES 10
#define MIN_ACTIVE_FRAMES 2

/* A speaker of the set: half as much is said by all alike, half by those who have more to say. */
static int any_speaker(const struct corpus *c, const struct corpus_set *set, uint64_t *seed)
{
	if (rnd_chance(seed, 0.5f))
		return set->clip[rnd_below(seed, set->n)].speaker;
	for (;;) {
		int speaker = rnd_below(seed, c->speakers);
		for (int i = 0; i < set->n; i++) {
			if (set->clip[i].speaker == speaker)
				return speaker;
		}
	}
}

static const struct corpus_clip *any_clip(const struct corpus_set *set, int speaker, uint64_t *seed)
{
	int n = 0;

	for (int i = 0; i < set->n; i++)
		n += set->clip[i].speaker == speaker;
	n = n > 0 ? rnd_below(seed, n) : 0;
	for (int i = 0; i < set->n; i++) {
		if (set->clip[i].speaker == speaker && n-- == 0)
			return &set->clip[i];
	}
	return &set->clip[0];
}

/* Frames in which what was placed from `at` on is above the recording's threshold. */
static void mark(const struct corpus_clip *c, const float *near, int at, int end, float gain,
	uint8_t *label, int frames)
{
	for (int f = at / SCENE_FRAME; f <= end / SCENE_FRAME && f < frames; f++) {
		float sum = 0;
		for (int i = 0; i < SCENE_FRAME; i++)
			sum += near[f * SCENE_FRAME + i] * near[f * SCENE_FRAME + i];
		if (sqrtf(sum / SCENE_FRAME) > c->threshold * gain)
			label[f] |= SCENE_ACTIVE;
	}
}

/* Recordings of one speaker with gaps between. */
static void place(const struct corpus *c, const struct scene_spec *spec, uint64_t *seed,
	float *near, struct scene *s)
{
	const struct corpus_set *set = &c->set[CORPUS_SPEECH][spec->split];
	int n = s->frames * SCENE_FRAME;
	int speaker = spec->speaker < 0 ? any_speaker(c, set, seed) : spec->speaker;
	float gap_s = rnd(seed, 0, spec->gap_max_s);

	for (int at = (int)(gap_s * SCENE_RATE_HZ); at < n;) {
		const struct corpus_clip *clip = any_clip(set, speaker, seed);
		float gain = 32768 * rnd_gain(spec->level_db) / clip->rms;
		int end = at + (int)((float)clip->n / spec->speed);
		noise_add_clip(clip, 0, at, spec->speed, gain, near, n);
		mark(clip, near, at, end, gain, s->label, s->frames);
		at = end + (int)(rnd(seed, spec->gap_min_s, spec->gap_max_s) * SCENE_RATE_HZ);
	}
}

static int run_length(const uint8_t *label, int at, int n, uint8_t bit, uint8_t value)
{
	int end = at;

	while (end < n && (label[end] & bit) == value)
		end++;
	return end - at;
}

/* Blips go, pauses are bridged, and what lies about segments is exempt. */
static void label_segments(struct scene *s)
{
	int n = s->frames, last = -1;

	for (int i = 0, k; i < n; i += k ? k : 1) {
		k = run_length(s->label, i, n, SCENE_ACTIVE, SCENE_ACTIVE);
		for (int j = i; k < MIN_ACTIVE_FRAMES && j < i + k; j++)
			s->label[j] = 0;
	}
	for (int i = 0; i < n; i++) {
		if (!(s->label[i] & SCENE_ACTIVE))
			continue;
		if (last >= 0 && i - last <= BRIDGED_FRAMES) {
			for (int j = last; j < i; j++)
				s->label[j] |= SCENE_SEGMENT;
		}
		s->label[last = i] |= SCENE_SEGMENT;
	}
	for (int i = 0; i < n; i++) {
		if (s->label[i] & SCENE_SEGMENT)
			continue;
		bool before = i + 1 < n && s->label[i + 1] & SCENE_SEGMENT, after = false;
		for (int j = 1; j <= AFTER_FRAMES && j <= i; j++)
			after = after || s->label[i - j] & SCENE_SEGMENT;
		if (before || after)
			s->label[i] |= SCENE_EXEMPT;
	}
}

/* Root mean square of the frames within 20 dB of the loudest. */
static float level_of(const float *x, int frames)
{
	float most = 0, sum = 0;
	int n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (int f = 0; f < frames; f++) {
			float e = 0;
			for (int i = 0; i < SCENE_FRAME; i++)
				e += x[f * SCENE_FRAME + i] * x[f * SCENE_FRAME + i];
			if (pass == 0)
				most = e > most ? e : most;
			else if (e >= most * 0.01f)
				sum += e / SCENE_FRAME, n++;
		}
	}
	return n > 0 ? sqrtf(sum / (float)n) : 0;
}

/* Frames that do not arrive, one or a few, or all for a while. What was said in them was not heard. */
static void lose(uint64_t *seed, bool *lost, struct scene *s)
{
	for (int at = rnd_below(seed, 100); at < s->frames; at += 1 + rnd_below(seed, 250)) {
		int end = at + 1 + rnd_below(seed, rnd_chance(seed, 0.6f) ? 6 : 100);
		for (; at < end && at < s->frames; at++) {
			lost[at] = true;
			s->label[at] = 0;
		}
	}
}

/* Each noise, through the same room or another, at its ratio to the near voice. */
static void add_noises(const struct corpus *c, const struct scene_spec *spec, uint64_t *seed,
	float *sum, float *part, int frames)
{
	int n = frames * SCENE_FRAME;

	for (int k = 0; k < 2; k++) {
		if (spec->noise[k] == NOISE_NONE)
			continue;
		noise_make(spec->noise[k], c, spec->split, spec->speaker, seed, part, n);
		if (spec->noise[k] == NOISE_BABBLE || spec->noise[k] == NOISE_ECHO)
			line_reverb(part, n, rnd(seed, 0.15f, 0.6f), rnd(seed, 0.1f, 0.7f), seed);
		float level = level_of(part, frames);
		float gain = level > 0 ? 32768 * rnd_gain(spec->level_db - spec->snr_db[k]) / level
				       : 0;
		for (int i = 0; i < n; i++)
			sum[i] += gain * part[i];
	}
}

static void finish(
	const struct scene_spec *spec, uint64_t *seed, const bool *lost, float *sum, int n)
{
	float gain = 32768 * rnd_gain(spec->floor_db);

	if (spec->band)
		line_band(sum, n);
	for (int i = 0; i < n; i++)
		sum[i] += spec->dc + (spec->floor_db > -100 ? gain * rnd_normal(seed) : 0);
	for (int i = 0; i < n; i++)
		sum[i] *= lost[i / SCENE_FRAME] ? 0 : 1;
}

int scene_make(
	const struct corpus *c, const struct scene_spec *spec, uint64_t seed, struct scene *ret)
{
	struct scene s = {.frames = (int)(spec->seconds * SCENE_RATE_HZ) / SCENE_FRAME};
	int n = s.frames * SCENE_FRAME, status = -1;
	float *sum = calloc((size_t)n, sizeof *sum), *part = calloc((size_t)n, sizeof *part);
	bool *lost = calloc((size_t)s.frames, sizeof *lost);
	struct scene_spec to = *spec;

	s.samples = calloc((size_t)n, sizeof *s.samples);
	s.label = calloc((size_t)s.frames, 1);
	if (!sum || !part || !lost || !s.samples || !s.label)
		goto out;
	if (to.speaker < 0)
		to.speaker = any_speaker(c, &c->set[CORPUS_SPEECH][to.split], &seed);
	if (!to.alone)
		place(c, &to, &seed, sum, &s);
	if (to.drop)
		lose(&seed, lost, &s);
	label_segments(&s);
	if (to.room > 0)
		line_reverb(sum, n, rnd(&seed, 0.15f, 0.5f), to.room, &seed);
	line_tilt(sum, n, to.tilt_db);
	add_noises(c, &to, &seed, sum, part, s.frames);
	finish(&to, &seed, lost, sum, n);
	status = line_code(to.codec, sum, n, s.samples);
out:
	free(sum);
	free(part);
	free(lost);
	if (status < 0)
		scene_free(&s);
	else
		*ret = s;
	return status;
}

void scene_free(struct scene *s)
{
	free(s->samples);
	free(s->label);
	*s = (struct scene){0};
}

static enum noise_kind any_noise(const struct corpus *c, enum corpus_split split, uint64_t *seed)
{
	/* what is hard comes more often */
	static const float weight[NOISE_KINDS] = {
		0, 1, 0.6f, 1, 1, 1.2f, 3, 3, 0.7f, 1.2f, 0.8f, 1.2f, 1.5f, 3, 1, 1.2f};
	float sum = 0;

	for (int k = 0; k < NOISE_KINDS; k++)
		sum += weight[k];
	for (;;) {
		float at = rnd(seed, 0, sum);
		int k = 0;
		while (k + 1 < NOISE_KINDS && (at -= weight[k]) >= 0)
			k++;
		if (k != NOISE_NONE && (k != NOISE_EFFECTS || c->set[CORPUS_EFFECT][split].n > 0))
			return (enum noise_kind)k;
	}
}

static enum line_codec any_codec(uint64_t *seed)
{
	float at = rnd(seed, 0, 1);

	return at < 0.25f ? LINE_LINEAR : at < 0.5f ? LINE_ALAW : at < 0.75f ? LINE_ULAW : LINE_GSM;
}

/* Other voices are never as near as the near one; where nobody is near, nothing but that tells them apart. */
static float any_ratio(enum noise_kind kind, bool alone, uint64_t *seed)
{
	switch (kind) {
	case NOISE_ECHO:
		return rnd(seed, alone ? 15 : 8, 35);
	case NOISE_BABBLE:
		return rnd(seed, alone ? 10 : 0, 28);
	default:
		return rnd(seed, -3, 28);
	}
}

void scene_random(const struct corpus *c, enum corpus_split split, float seconds, uint64_t *seed,
	struct scene_spec *ret)
{
	struct scene_spec s = {.split = split, .speaker = -1, .seconds = seconds};

	s.alone = rnd_chance(seed, 0.14f);
	s.gap_min_s = 0.2f;
	s.gap_max_s = rnd(seed, 0.5f, 4);
	s.level_db = rnd_chance(seed, 0.6f) ? rnd(seed, -36, -12) : rnd(seed, -56, -30);
	if (rnd_chance(seed, 0.06f))
		s.level_db = rnd(seed, -12, -3); /* which is clipped */
	s.speed = rnd_chance(seed, 0.6f) ? rnd(seed, 0.75f, 1.33f) : 1;
	s.tilt_db = rnd_chance(seed, 0.6f) ? rnd(seed, -9, 9) : 0;
	s.room = rnd_chance(seed, 0.35f) ? rnd(seed, 0.05f, 0.6f) : 0;
	if (!rnd_chance(seed, 0.17f))
		s.noise[0] = any_noise(c, split, seed);
	if (s.noise[0] && rnd_chance(seed, 0.2f))
		s.noise[1] = any_noise(c, split, seed);
	for (int k = 0; k < 2; k++)
		s.snr_db[k] = any_ratio(s.noise[k], s.alone, seed);
	s.floor_db = rnd_chance(seed, 0.25f) ? -200 : rnd(seed, -88, -52);
	if (!s.alone && s.floor_db > s.level_db - 15)
		s.floor_db = s.level_db - 15;
	s.dc = rnd_chance(seed, 0.12f) ? rnd(seed, -800, 800) : 0;
	s.band = rnd_chance(seed, 0.5f);
	s.drop = rnd_chance(seed, 0.1f);
	s.codec = any_codec(seed);
	*ret = s;
}
