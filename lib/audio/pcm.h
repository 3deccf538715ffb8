/* pcm: 16 bit signed mono samples, host order in memory, little endian in files and streams.
 */
#ifndef CALLPIPE_AUDIO_PCM_H
#define CALLPIPE_AUDIO_PCM_H

#include "base/util.h"

#define PCM_FRAME_MS 20

/* Samples in 20 ms, and bytes in 20 ms. */
static inline size_t pcm_frame_samples(int rate_hz)
{
	return (size_t)rate_hz / 50;
}
static inline size_t pcm_frame_bytes(int rate_hz)
{
	return (size_t)rate_hz / 50 * 2;
}

/* Copy between samples and bytes, which may be unaligned, and may be the same memory. */
void pcm_from_le(int16_t *to, const void *from, size_t samples);
void pcm_to_le(void *to, const int16_t *from, size_t samples);

/* The head of a WAV of so many bytes of samples: RIFF/WAVE with a fmt chunk of plain PCM of 16 bits (Microsoft, Multimedia
 * Programming Interface 1.0, 1991). */
#define PCM_WAV_HEAD_BYTES 44
void pcm_wav_head(
	uint8_t h[PCM_WAV_HEAD_BYTES], int rate_hz, unsigned channels, uint32_t data_bytes);

/* Largest absolute value, 0-32768. */
int pcm_peak(const int16_t *s, size_t samples);
/* Root mean square, 0-32768. */
double pcm_rms(const int16_t *s, size_t samples);

/* A frame is audible if its peak is above this: -50 dBFS, more than line noise and dither. */
#define PCM_AUDIBLE_PEAK 104
static inline bool pcm_audible(const int16_t *s, size_t samples)
{
	return pcm_peak(s, samples) > PCM_AUDIBLE_PEAK;
}

/* To the nearest sample, clipped to 16 bits; the scale is that of samples, 32768 is full. NaN is 0. */
int16_t pcm_from_float(float f);

/* G.711 (ITU-T G.711): one byte to one sample, the 14 (u-law) and 13 bit (A-law) values scaled to 16. */
int16_t pcm_from_ulaw(uint8_t c);
int16_t pcm_from_alaw(uint8_t c);

#endif
