/* voice-fft: power spectrum of real samples, for windows of 256 or 512.
 */
#ifndef CALLPIPE_AUDIO_VOICE_FFT_H
#define CALLPIPE_AUDIO_VOICE_FFT_H

#include "base/util.h"

#define VOICE_FFT_MAX 512
#define VOICE_BINS 129 /* that are asked for: up to a half of 256, or a quarter of 512 */

/* The samples are taken for half as many complex values, whose transform is taken apart. */
struct voice_fft {
	int half;                          /* complex values */
	uint16_t order[VOICE_FFT_MAX / 2]; /* where each goes: its index with the bits reversed */
	float cos[VOICE_FFT_MAX / 2]; /* of turns k / (2 h), at h + k, for h = 4, 8, .. half / 2 */
	float sin[VOICE_FFT_MAX / 2]; /* minus the sine of these */
	float apart[VOICE_BINS][2];   /* cos, -sin of turns k / samples */
};

/* samples is 256 or 512. */
void voice_fft_init(struct voice_fft *f, int samples);
/* Power by bin, of a sine of amplitude a about a^2 / 4 in all. */
void voice_fft_power(const struct voice_fft *f, const float *x, float ret[VOICE_BINS]);

#endif
