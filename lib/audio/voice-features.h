/* voice-features: what the voice detector sees of 20 ms of sound.
 *
 * 26 numbers, the same at 8 and 16 kHz: of 16 kHz only what a telephone carries is looked at.
 *
 *	0-19    ln of the power in 20 triangular bands, 80 to 3800 Hz, evenly spaced in mel
 *	20      ln of the whole power, 94 to 3812 Hz
 *	21      largest normalised autocorrelation for 66 to 400 Hz, -1 to 1: how voiced
 *	22      ln of flatness (geometric by arithmetic mean of the spectrum), 250 to 3219 Hz: noise 0, tones far below
 *	23-25   how far the bands stand above the noise floor (minimum of the last 2 s): mean of all, of the lower ten,
 *	        largest; after Sohn, Kim, Sung, "A statistical model-based voice activity detection" (1999), and
 *	        Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics" (2001)
 */
#ifndef CALLPIPE_AUDIO_VOICE_FEATURES_H
#define CALLPIPE_AUDIO_VOICE_FEATURES_H

#include "audio/voice-fft.h"

#define VOICE_FEATURES 26

#define VOICE_BANDS 20
#define VOICE_BAND_BINS 20 /* in the widest band */
#define VOICE_PITCH 160    /* samples of 40 ms at 4 kHz */
#define VOICE_MINIMA 8     /* parts of the time over which a floor is the minimum */

/* The floor of a power: the minimum of what it was, smoothed, in the last two seconds. */
struct voice_floor {
	float smooth;              /* power */
	float least[VOICE_MINIMA]; /* power: minimum of each part, the current one among them */
};

struct voice_features {
	/* of the rate alone */
	int rate_hz;
	int window_samples;                       /* 32 ms, of which the spectrum is taken */
	float window[VOICE_FFT_MAX];              /* Hann */
	struct voice_fft fft;                     /* of such a window */
	int band_first[VOICE_BANDS];              /* bin */
	int band_bins[VOICE_BANDS];               /* from there */
	float band[VOICE_BANDS][VOICE_BAND_BINS]; /* weights from band_first on, sum 1 */
	/* of what was heard */
	float heard[VOICE_FFT_MAX];    /* the last window, sample values */
	float pitch[VOICE_PITCH + 16]; /* the last 40 ms at 4 kHz, latest first, and zeros */
	float total;                   /* power of the latest frame */
	struct voice_floor floor[VOICE_BANDS + 1]; /* of each band, and of the whole power */
	float prior[VOICE_BANDS]; /* a priori ratio of voice and noise, of the frame before */
	unsigned frames;          /* since the beginning */
};

/* rate_hz is 8000 or 16000. */
void voice_features_init(struct voice_features *f, int rate_hz);
/* The next 20 ms. */
void voice_features_frame(
	struct voice_features *f, const int16_t *samples, float ret[VOICE_FEATURES]);
/* Power of the latest frame, 94 to 3812 Hz, and its floor; a sine of full scale is 0 dB. -120 at least. */
float voice_features_level_db(const struct voice_features *f);
float voice_features_floor_db(const struct voice_features *f);

#endif
