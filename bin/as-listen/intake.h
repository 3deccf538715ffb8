/* intake: what is in AudioSocket audio messages, as samples at the rate of the call.
 *
 * Kinds 0x10-0x18 are 16 bit samples at 8 to 192 kHz. But Asterisk's channel driver also sends any
 * other codec under 0x10 when its codec is not set (asterisk: res_audiosocket.c, default branch):
 * G.711 then comes as 160 bytes every 20 ms. So messages of 160 bytes at the beginning are held
 * back, a few of them, until it is known what they are: from the content, as the wrong reading of
 * either is noise; from the cadence, if all readings are silence.
 */
#ifndef AS_LISTEN_INTAKE_H
#define AS_LISTEN_INTAKE_H

#include "audio/resample.h"

enum intake_codec { INTAKE_AUTO, INTAKE_SLIN, INTAKE_ULAW, INTAKE_ALAW };

#define INTAKE_G711_BYTES 160 /* 20 ms of it */
#define INTAKE_HELD_MAX 25    /* messages */
#define INTAKE_SAMPLES_MAX 65536

struct intake {
	int rate_hz;             /* of the call */
	enum intake_codec codec; /* of kind 0x10; AUTO: not yet known */
	bool timed;              /* arrival times are real */
	bool found_g711;         /* AUTO turned out to be G.711 */
	int (*give)(void *ctx, int64_t arrival, const int16_t *samples, size_t n);
	void *ctx; /* for give */

	uint8_t held[INTAKE_HELD_MAX][INTAKE_G711_BYTES]; /* messages not yet judged */
	int64_t held_at[INTAKE_HELD_MAX];                 /* when they arrived, as given */
	size_t held_n;                                    /* messages */

	int from_hz;               /* rate of the last message; 0: none */
	struct resample *resample; /* from it to rate_hz; NULL: the same */
	bool half;                 /* a sample's first byte came with the last message */
	uint8_t half_byte;
	int16_t samples[INTAKE_SAMPLES_MAX]; /* scratch */
};

void intake_init(struct intake *in, int rate_hz, enum intake_codec codec, bool timed,
	int (*give)(void *ctx, int64_t arrival, const int16_t *samples, size_t n), void *ctx);
void intake_free(struct intake *in);
/* The payload of one message of n <= 65535 bytes of an audio kind of this rate, arrived then (any
 * clock, ns). What is known is given. -1 with errno: not converted (no memory; ENOENT: the
 * resampling library is not installed), or give failed. */
int intake_message(
	struct intake *in, int64_t arrival, int from_hz, const uint8_t *p, size_t n) MUST_USE;
/* No more will come: give what is held back. */
int intake_end(struct intake *in) MUST_USE;

#endif
