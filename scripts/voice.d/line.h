/* line: what a telephone line does to sound: room, band, level, codec.
 */
#ifndef CALLPIPE_VOICE_LINE_H
#define CALLPIPE_VOICE_LINE_H

#include "base/util.h"

enum line_codec { LINE_LINEAR, LINE_ALAW, LINE_ULAW, LINE_GSM, LINE_CODECS };

extern const char *const line_name[LINE_CODECS];

/* A room: a few early echoes and a tail of t60_s, of mix 0-1 beside the direct sound. In place. */
void line_reverb(float *x, int n, float t60_s, float mix, uint64_t *seed);
/* 300 to 3400 Hz. In place. */
void line_band(float *x, int n);
/* Brighter or darker by so many dB from one end of the band to the other. In place. */
void line_tilt(float *x, int n, float db);
/* To 16 bits and through the codec. GSM is GSM 06.10 full rate by libgsm: -1 if that is not installed. */
int line_code(enum line_codec codec, const float *x, int n, int16_t *ret) MUST_USE;

#endif
