/* resample: sample rate conversion of a stream: to a whole part of a rate by decimate.h, else by libsamplerate (loaded on
 * first use).
 */
#ifndef CALLPIPE_AUDIO_RESAMPLE_H
#define CALLPIPE_AUDIO_RESAMPLE_H

#include "base/util.h"

struct resample;

/* From one rate to another in Hz (8000-192000); -1: no memory, or the library is not installed (errno ENOENT). */
int resample_open(int from_hz, int to_hz, struct resample **ret) MUST_USE;
void resample_close(struct resample *r);
/* Convert samples; *ret points to *ret_n samples that stay valid until the next call. last: flush the tail;
 * the next call begins a new stream. However a stream is cut into calls, what comes out is the same, and n samples
 * become n * to / from, give or take one. -1: no memory. */
int resample_run(struct resample *r, const int16_t *in, size_t n, bool last, const int16_t **ret,
	size_t *ret_n) MUST_USE;
/* The same for floats of any scale, which are not clipped. A stream is in one of the two. */
int resample_run_float(struct resample *r, const float *in, size_t n, bool last, const float **ret,
	size_t *ret_n) MUST_USE;

#endif
