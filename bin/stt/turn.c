#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audio/pcm.h"
#include "stt.h"

const struct result result_none = {.confidence = -1, .start_ms = -1, .end_ms = -1};

void turn_free(struct turn *t)
{
	if (!t)
		return;
	free(t->hints);
	free(t->sample);
	free(t);
}

/* Room for n samples; new ones are silence. */
static int grow(struct turn *t, size_t n)
{
	if (n > t->size) {
		size_t size = n + n / 2 + 4000;
		int16_t *sample = reallocarray(t->sample, size, sizeof(*sample));

		if (!sample)
			return -1;
		t->sample = sample;
		t->size = size;
	}
	if (n > t->samples) {
		memset(t->sample + t->samples, 0, (n - t->samples) * sizeof(*t->sample));
		t->samples = n;
	}
	return 0;
}

int turn_audio(struct turn *t, int rate_hz, int64_t timestamp_ms, const uint8_t *le, size_t samples,
	int64_t max_s)
{
	int64_t at, max = max_s * rate_hz;

	if (t->audio_ms < 0) {
		t->audio_ms = timestamp_ms;
		t->rate_hz = rate_hz;
	}
	if (rate_hz != t->rate_hz || timestamp_ms < t->audio_ms ||
		timestamp_ms - t->audio_ms > max_s * 1000)
		return 0;
	at = (timestamp_ms - t->audio_ms) * rate_hz / 1000;
	if (at >= max)
		return 0;
	samples = (size_t)min_i64((int64_t)samples, max - at);
	if (grow(t, (size_t)at + samples) < 0)
		return -1;
	pcm_from_le(t->sample + at, le, samples);
	return 0;
}

void turn_trim(struct turn *t, int64_t margin_ms)
{
	int64_t first, last;

	if (!t->samples)
		return;
	first = max_i64(t->start_ms - margin_ms - t->audio_ms, 0) * t->rate_hz / 1000;
	last = max_i64(t->end_ms + margin_ms - t->audio_ms, 0) * t->rate_hz / 1000;
	last = min_i64(last, (int64_t)t->samples);
	if (first >= last)
		return;
	memmove(t->sample, t->sample + first, (size_t)(last - first) * sizeof(*t->sample));
	t->samples = (size_t)(last - first);
	t->audio_ms += first * 1000 / t->rate_hz;
}

void turn_wav(const struct turn *t, struct dynbuf *b, int64_t least_ms)
{
	size_t least = (size_t)(least_ms * t->rate_hz / 1000);
	size_t samples = t->samples > least ? t->samples : least;
	size_t bytes = samples * 2;
	uint8_t head[PCM_WAV_HEAD_BYTES];
	char *to;

	pcm_wav_head(head, t->rate_hz, 1, (uint32_t)bytes);
	dynbuf_add(b, head, sizeof(head));
	to = dynbuf_room(b, bytes);
	if (!to)
		return;
	memset(to, 0, bytes);
	pcm_to_le(to, t->sample, t->samples);
	dynbuf_grow(b, bytes);
}

void text_tidy(char *s)
{
	char *to = s;

	for (char *from = s; *from; from++) {
		bool blank = strchr(" \t\r\n\f\v", *from);

		if (!blank)
			*to++ = *from;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
}
