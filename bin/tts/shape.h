/* shape: what an engine writes, in pieces of any size, as samples at the rate of the call.
 *
 * WAV, or samples without a head; resampled, amplified; the silence before the first sound is left out, so that the
 * first frame is heard. However the bytes are cut into pieces, the samples are the same.
 */
#ifndef TTS_SHAPE_H
#define TTS_SHAPE_H

#include "audio/resample.h"
#include "base/dynbuf.h"
#include "wav.h"

#define SHAPE_PIECE 4096 /* samples taken at a time */

struct shape {
	int rate_hz;          /* wanted */
	float gain;           /* factor */
	struct wav_head head; /* rate_hz 0: it has not come yet */
	struct dynbuf rest;   /* bytes not used yet: part of a head, of a block */
	struct resample *r;   /* from the rate of the head */
	bool any;             /* a byte has come */
	size_t samples;       /* of one channel, taken so far, at the rate of the head */
	bool audible;         /* the first sound has come */
	size_t held;          /* samples before it, so far */
	struct dynbuf step;   /* samples not looked at yet: less than 10 ms */
	const char *why;      /* after a failure, in words */
};

/* raw_hz: bytes are mono 16 bit little endian at this rate; 0: WAV. */
void shape_init(struct shape *s, int rate_hz, int raw_hz, double gain_db);
/* Raw ones are of this coding: before the first. */
void shape_coding(struct shape *s, enum wav_coding coding);
void shape_free(struct shape *s);
/* Bytes in; samples, 16 bit little endian, are added to out. -1: they cannot be used, why says why; out may be full. */
int shape_add(struct shape *s, const void *p, size_t n, struct dynbuf *out) MUST_USE;
/* No more come: what is left in the filter. If nothing could be heard, the silence that there was. */
int shape_end(struct shape *s, struct dynbuf *out) MUST_USE;

#endif
