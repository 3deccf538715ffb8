#include "ear.h"

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
	cut_init(&ear->cut, rate_hz);
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

static void on_frame(void *ctx, int64_t at_ms, const int16_t *samples)
{
	struct ear *ear = ctx;
	struct endpoint_frame f = {.at_ms = at_ms};

	f.score = voice_frame(ear->voice, samples);
	f.level_db = voice_level_db(ear->voice);
	f.floor_db = voice_floor_db(ear->voice);
	if (tone_sought(ear, &f))
		f.tone = tone_frame(&ear->tone, samples);
	else
		tone_skip(&ear->tone, samples);
	if (f.tone)
		ear->voiced = 0;
	ear->frame(ear->ctx, &f);
}

void ear_hear(struct ear *ear, int64_t at_ms, const void *le_bytes, size_t samples,
	void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx)
{
	ear->frame = frame;
	ear->ctx = ctx;
	cut_add(&ear->cut, at_ms, le_bytes, samples, on_frame, ear);
}
