#include "echo.h"

#include "audio/pcm.h"

#define LEAD_FRAMES \
	4 /* start with 80 ms: as-listen passes on up to 60 ms at once, and the line has its jitter */
#define KEEP_FRAMES 12 /* above 240 ms the oldest goes: an echo has to be fresh */

int echo_init(struct echo *e, int rate_hz)
{
	*e = (struct echo){.frame_bytes = pcm_frame_bytes(rate_hz)};
	return ring_init(&e->audio, e->frame_bytes * (KEEP_FRAMES + 1));
}

void echo_free(struct echo *e)
{
	ring_free(&e->audio);
}

void echo_put(struct echo *e, const void *le_bytes, size_t samples)
{
	const uint8_t *p = le_bytes;

	for (size_t left = samples * 2; left > 0;) {
		int16_t s[320];
		size_t n = left < e->frame_bytes ? left : e->frame_bytes;

		if (ring_space(&e->audio) < n)
			ring_get(&e->audio, NULL, e->frame_bytes * (KEEP_FRAMES - LEAD_FRAMES));
		pcm_from_le(s, p, n / 2);
		if (ring_put(&e->audio, s, n) < 0)
			return;
		p += n;
		left -= n;
	}
}

bool echo_frame(struct echo *e, int16_t *out)
{
	if (e->audio.used >= LEAD_FRAMES * e->frame_bytes)
		e->running = true;
	if (!e->running || e->audio.used < e->frame_bytes) {
		e->running = false;
		return false;
	}
	ring_get(&e->audio, out, e->frame_bytes);
	return true;
}
