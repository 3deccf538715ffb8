#include "ear.h"

#include "audio/pcm.h"

/* What the net takes for no voice at all need not be told from a tone. */
#define TONE_LEAST_SCORE 0.2F
#define TONE_FIRST_FRAMES 15
#define TONE_SOME_FRAMES 4
#define TONE_EVERY_FRAMES 25

int ear_open(struct ear *ear, int rate_hz)
{
	*ear = (struct ear){0};
	if (voice_open(rate_hz, &ear->voice) < 0)
		return -1;
	ear->rate_hz = rate_hz;
	tone_init(&ear->tone, rate_hz);
	return 0;
}

void ear_close(struct ear *ear)
{
	if (ear->rate_hz)
		voice_close(ear->voice);
	ear->rate_hz = 0;
}

/* Is this a frame in which a tone may matter? A voice that has been none for so long is looked at in some frames of each
 * half second alone: enough for a tone that begins in it. */
static bool tone_sought(struct ear *ear, const struct endpoint_frame *f)
{
	if (f->score <= TONE_LEAST_SCORE || f->level_db < TONE_LEAST_DB) {
		ear->voiced = 0;
		return false;
	}
	return ear->voiced++ < TONE_FIRST_FRAMES ||
		ear->voiced % TONE_EVERY_FRAMES < TONE_SOME_FRAMES;
}

static void frame_hear(
	struct ear *ear, void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx)
{
	struct endpoint_frame f = {.at_ms = ear->next_ms - PCM_FRAME_MS};
	f.score = voice_frame(ear->voice, ear->samples);
	f.level_db = voice_level_db(ear->voice);
	f.floor_db = voice_floor_db(ear->voice);
	if (tone_sought(ear, &f))
		f.tone = tone_frame(&ear->tone, ear->samples);
	else
		tone_skip(&ear->tone, ear->samples);
	if (f.tone)
		ear->voiced = 0;
	ear->n = 0;
	frame(ctx, &f);
}

void ear_hear(struct ear *ear, int64_t at_ms, const void *le_bytes, size_t samples,
	void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx)
{
	const uint8_t *p = le_bytes;
	size_t whole = pcm_frame_samples(ear->rate_hz);

	if (at_ms != ear->next_ms)
		ear->n = 0;
	ear->next_ms = at_ms - (int64_t)(ear->n * 1000 / (size_t)ear->rate_hz);
	while (samples) {
		size_t n = whole - ear->n < samples ? whole - ear->n : samples;

		pcm_from_le(ear->samples + ear->n, p, n);
		p += n * 2;
		samples -= n;
		ear->n += n;
		if (ear->n < whole)
			break;
		ear->next_ms += PCM_FRAME_MS;
		frame_hear(ear, frame, ctx);
	}
	ear->next_ms += (int64_t)(ear->n * 1000 / (size_t)ear->rate_hz);
}
