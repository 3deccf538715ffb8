#include "hear.h"

/* What the net takes for no voice at all need not be told from a tone. */
#define TONE_LEAST_SCORE 0.2F
#define TONE_FIRST_FRAMES 15
#define TONE_SOME_FRAMES 4
#define TONE_EVERY_FRAMES 25

/* Is this a frame in which a tone may matter? A voice that has been none for so long is looked at in some frames of each
 * half second alone: enough for a tone that begins in it. */
static bool tone_sought(struct hear *h, const struct endpoint_frame *f)
{
	if (f->score <= TONE_LEAST_SCORE || f->level_db < TONE_LEAST_DB) {
		h->voiced = 0;
		return false;
	}
	return h->voiced++ < TONE_FIRST_FRAMES || h->voiced % TONE_EVERY_FRAMES < TONE_SOME_FRAMES;
}

static void on_frame(void *ctx, int64_t at_ms, const int16_t *samples)
{
	struct hear *h = ctx;
	struct endpoint_frame f = ear_voice(&h->ear, at_ms, samples);

	if (tone_sought(h, &f))
		f.tone = tone_frame(&h->ear.tone, samples);
	else
		tone_skip(&h->ear.tone, samples);
	if (f.tone)
		h->voiced = 0;
	h->frame(h->ctx, &f);
}

void hear_init(struct hear *h, void (*frame)(void *ctx, const struct endpoint_frame *f), void *ctx)
{
	*h = (struct hear){.frame = frame, .ctx = ctx};
	ear_init(&h->ear, on_frame, h);
}
