#include "audio/cut.h"

#include "audio/pcm.h"

void cut_init(struct cut *c, int rate_hz)
{
	*c = (struct cut){.rate_hz = rate_hz};
}

void cut_add(struct cut *c, int64_t at_ms, const void *le_bytes, size_t samples,
	void (*frame)(void *ctx, int64_t at_ms, const int16_t *samples), void *ctx)
{
	const uint8_t *p = le_bytes;
	size_t whole = pcm_frame_samples(c->rate_hz);

	if (at_ms != c->next_ms)
		c->n = 0;
	c->next_ms = at_ms - (int64_t)(c->n * 1000 / (size_t)c->rate_hz);
	while (samples) {
		size_t n = whole - c->n < samples ? whole - c->n : samples;

		pcm_from_le(c->samples + c->n, p, n);
		p += n * 2;
		samples -= n;
		c->n += n;
		if (c->n < whole)
			break;
		c->next_ms += PCM_FRAME_MS;
		c->n = 0;
		frame(ctx, c->next_ms - PCM_FRAME_MS, c->samples);
	}
	c->next_ms += (int64_t)(c->n * 1000 / (size_t)c->rate_hz);
}
