#include "audio/ear.h"

#include "audio/file.h"
#include "audio/pcm.h"

void ear_init(
	struct ear *e, void (*frame)(void *ctx, int64_t at_ms, const int16_t *samples), void *ctx)
{
	*e = (struct ear){.frame = frame, .ctx = ctx};
}

int ear_open(struct ear *e, int rate_hz)
{
	if (voice_open(rate_hz, &e->voice) < 0)
		return -1;
	e->rate_hz = rate_hz;
	tone_init(&e->tone, rate_hz);
	return 0;
}

void ear_close(struct ear *e)
{
	if (e->rate_hz)
		voice_close(e->voice);
	e->rate_hz = 0;
}

const char *ear_ready(struct ear *e, int64_t rate_hz, int64_t width, int64_t channels)
{
	if (rate_hz != 8000 && rate_hz != 16000)
		return "audio is not of 8000 or 16000 Hz: it is not heard";
	if (width != 2 || channels != 1)
		return "audio is not 16 bit, mono: it is not heard";
	if (e->rate_hz && e->rate_hz != rate_hz)
		return "audio is not of the rate it began with: it is not heard";
	if (!e->rate_hz && ear_open(e, (int)rate_hz) < 0)
		return "there is no memory for the detector: nothing is heard";
	return NULL;
}

void ear_hear(struct ear *e, int64_t at_ms, const void *le_bytes, size_t samples)
{
	const uint8_t *p = le_bytes;
	size_t whole = pcm_frame_samples(e->rate_hz);

	if (at_ms != e->next_ms)
		e->n = 0;
	e->next_ms = at_ms - (int64_t)(e->n * 1000 / (size_t)e->rate_hz);
	while (samples && !e->deaf) {
		size_t n = whole - e->n < samples ? whole - e->n : samples;

		pcm_from_le(e->samples + e->n, p, n);
		p += n * 2;
		samples -= n;
		e->n += n;
		if (e->n < whole)
			break;
		e->next_ms += PCM_FRAME_MS;
		e->n = 0;
		e->frame(e->ctx, e->next_ms - PCM_FRAME_MS, e->samples);
	}
	e->next_ms += (int64_t)(e->n * 1000 / (size_t)e->rate_hz);
}

int ear_file(struct ear *e, struct audio_file *file)
{
	int16_t samples[4096];
	uint8_t bytes[sizeof(samples)];
	int64_t heard = 0;
	ssize_t n = 0;

	while (!e->deaf && (n = audio_file_read(file, samples, ARRAY_LEN(samples))) > 0) {
		pcm_to_le(bytes, samples, (size_t)n);
		ear_hear(e, heard * 1000 / e->rate_hz, bytes, (size_t)n);
		heard += n;
	}
	return n < 0 ? -1 : 0;
}

struct endpoint_frame ear_voice(struct ear *e, int64_t at_ms, const int16_t *samples)
{
	float score = voice_frame(e->voice, samples);

	return (struct endpoint_frame){
		.at_ms = at_ms,
		.score = score,
		.level_db = voice_level_db(e->voice),
		.floor_db = voice_floor_db(e->voice),
	};
}
