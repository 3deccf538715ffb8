/* clip: the sounds a caller makes, loaded once and shared by all calls.
 */
#ifndef CALLPIPE_AS_DIAL_CLIP_H
#define CALLPIPE_AS_DIAL_CLIP_H

#include "base/util.h"

#define CLIP_MAX_S 600

struct clip {
	char *name;         /* file, or "noise -50 dBFS" */
	int16_t *samples;   /* at the calls' rate */
	size_t n;           /* samples */
	size_t voiced_from; /* first voiced sample; n: none is */
	size_t voiced_to;   /* sample after the last voiced one */
};

/* Load a file; -1: audio_file_error says why. clip_free what was loaded. */
int clip_load(const char *path, int rate_hz, struct clip *ret) MUST_USE;
/* Make ms of white noise, the same every time, of this level (RMS, dB below full scale, 0 to -90). */
int clip_noise(int dbfs, int64_t ms, int rate_hz, struct clip *ret) MUST_USE;
void clip_free(struct clip *c);

/* Find where the voice begins and ends: the first and last sample within 36 dB of the clip's peak, and audible
 * at all. Speech fades below that; a recording's own noise lies there. */
void clip_find_voice(struct clip *c);

#endif
