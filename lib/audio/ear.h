/* ear: a caller's audio, of any size and with its call time, to frames of 20 ms; and what hears a voice and a tone in them.
 */
#ifndef CALLPIPE_AUDIO_EAR_H
#define CALLPIPE_AUDIO_EAR_H

#include "audio/endpoint.h"
#include "audio/tone.h"
#include "audio/voice.h"

#define EAR_FRAME_MAX 320 /* samples of 20 ms at 16 kHz */

struct audio_file;

struct ear {
	int rate_hz; /* 8000 or 16000; 0: not open */
	bool deaf;   /* by the owner: nothing more is to be heard */
	struct voice *voice;
	struct tone tone;
	int16_t samples[EAR_FRAME_MAX]; /* of the frame that is not complete */
	size_t n;                       /* of them */
	int64_t next_ms;                /* call time of the sample after the last */
	/* a frame that is complete, with the call time of its first sample */
	void (*frame)(void *ctx, int64_t at_ms, const int16_t *samples);
	void *ctx;
};

void ear_init(
	struct ear *e, void (*frame)(void *ctx, int64_t at_ms, const int16_t *samples), void *ctx);
/* -1 with errno. */
int ear_open(struct ear *e, int rate_hz) MUST_USE;
void ear_close(struct ear *e);
/* Open for audio of this kind, which that of a call has to keep to; else the reason why it is not heard. width: bytes of
 * a sample. */
const char *ear_ready(struct ear *e, int64_t rate_hz, int64_t width, int64_t channels) MUST_USE;
/* Samples (little endian) whose first is at at_ms. Where they do not follow the last ones, a frame that was begun is
 * dropped. */
void ear_hear(struct ear *e, int64_t at_ms, const void *le_bytes, size_t samples);
/* A sound file at the ear's rate, to its end. -1: audio_file_error says why. */
int ear_file(struct ear *e, struct audio_file *file) MUST_USE;
/* What the net says of a frame; of a tone nothing. */
struct endpoint_frame ear_voice(struct ear *e, int64_t at_ms, const int16_t *samples);

#endif
