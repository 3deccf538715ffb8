#include "hear.h"

#include <math.h>

#include "audio/pcm.h"

/* Turns as vad's defaults find them: what it takes for a voice is one here; while the bot speaks a little less, as nothing
 * is interrupted. */
static const struct endpoint_set turns = {
	.silent = {0.70F, 3},
	.bot = {0.80F, 3},
	.stay = 0.50F,
	.quiet = 0.15F,
	.echo_margin_db = 6.F,
	/* who answers speaks into the first words of the bot, and softly, and nothing is lost if that is echo: the
	 * judge does not make a machine of it */
	.echo_first_db = -42.F,
	.end_silence_ms = 700,
};

#define PERHAPS_SCORE 0.2F /* of the net: what is above it, and no voice, is no pause either */
#define BEEP_LEAST 200.F   /* mean square root of samples: -41 dB of a sine of full scale */
/* Of a line x[i - 1] + x[i + 1] is c x[i]; what is left of that is noise, by the power of the samples. */
#define BEEP_REST 0.15F

static void on_turn(void *ctx, const struct endpoint_event *ev)
{
	/* the judge goes by frames */
}

/* Level of a frame, and whether it may be a line, or two that are close: cheap, and sometimes wrong; then tone_frame
 * knows better. */
static float level(const int16_t *samples, size_t n, bool *ret_perhaps_tone)
{
	float own = 0.F, cross = 0.F, sum = 0.F, rest;

	for (size_t i = 1; i + 1 < n; i++) {
		float x = samples[i], both = (float)samples[i - 1] + (float)samples[i + 1];

		own += x * x;
		cross += x * both;
		sum += both * both;
	}
	rest = own > 0.F ? sum - cross * cross / own : 0.F;
	*ret_perhaps_tone = own > BEEP_LEAST * BEEP_LEAST * (float)n && rest < BEEP_REST * own;
	return 10.F * log10f(own / (float)n / (32768.F * 32768.F / 2.F) + 1e-12F);
}

static bool tone_heard(struct hear *h, const int16_t *samples, bool perhaps)
{
	if (h->need == JUDGE_TONES && !perhaps) {
		tone_skip(&h->ear.tone, samples);
		return false;
	}
	return tone_frame(&h->ear.tone, samples);
}

static void voice_heard(struct hear *h, struct judge_frame *jf, const int16_t *samples, bool tone)
{
	struct endpoint_frame f = ear_voice(&h->ear, jf->at_ms, samples);

	f.tone = tone;
	endpoint_frame(&h->endpoint, &f);
	jf->voice = h->endpoint.active && h->endpoint.silent_ms == 0;
	jf->perhaps = !jf->voice && !tone && f.score > PERHAPS_SCORE;
}

static void need_set(struct hear *h)
{
	h->need = judge_need(&h->judge);
	h->ear.deaf = h->need == JUDGE_NOTHING;
}

static void on_frame(void *ctx, int64_t at_ms, const int16_t *samples)
{
	struct hear *h = ctx;
	struct judge_frame f = {.at_ms = at_ms, .pulse = cadence_pulse(&h->cadence)};
	float level_db;
	bool perhaps, tone;

	level_db = level(samples, pcm_frame_samples(h->ear.rate_hz), &perhaps);
	tone = tone_heard(h, samples, perhaps);
	if (h->need == JUDGE_ALL)
		voice_heard(h, &f, samples, tone || cadence_rings(&h->cadence, at_ms));
	f.bot = endpoint_bot(&h->endpoint);
	f.level_db = level_db;
	f.signal = cadence_frame(&h->cadence, at_ms, &h->ear.tone, tone, level_db, f.voice);
	f.rings = cadence_rings(&h->cadence, at_ms);
	judge_frame(&h->judge, &f);
	need_set(h);
}

void hear_init(struct hear *h, const struct judge_set *set,
	void (*emit)(void *ctx, const struct judge_event *ev), void *ctx)
{
	*h = (struct hear){0};
	ear_init(&h->ear, on_frame, h);
	endpoint_init(&h->endpoint, &turns, on_turn, NULL);
	cadence_init(&h->cadence);
	judge_init(&h->judge, set, emit, ctx);
}

void hear_playing(struct hear *h)
{
	endpoint_playing(&h->endpoint);
}

void hear_played(struct hear *h, int64_t at_ms, int64_t heard_ms)
{
	endpoint_played(&h->endpoint, at_ms);
	judge_played(&h->judge, heard_ms);
	need_set(h);
}

void hear_key(struct hear *h, int64_t at_ms)
{
	endpoint_key(&h->endpoint, at_ms);
}

void hear_clock(struct hear *h, int64_t at_ms)
{
	endpoint_clock(&h->endpoint, at_ms);
	judge_clock(&h->judge, at_ms);
	need_set(h);
}

void hear_end(struct hear *h)
{
	judge_end(&h->judge);
}
