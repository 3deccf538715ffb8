/* profile: the energy of a sound, second by second and channel by channel, to tell whether a copy is one.
 */
#ifndef MP3BATCH_PROFILE_H
#define MP3BATCH_PROFILE_H

#include "base/util.h"

#define PROFILE_CHANNELS 2

/* Two sounds are the same if no second of any channel differs by more than this, where what is quieter than the
 * floor counts as the floor. An encoder takes away what nobody hears, so energy goes, above all that of a hiss; see
 * mp3batch(1), VERIFICATION, for what was measured. */
#define PROFILE_LIMIT_DB 2.0
#define PROFILE_FLOOR_RMS 32.0 /* of 32768: -60 dBFS, below what a telephone line itself hisses */
/* Of the energy of the louder second beside it, so much more counts as floor: what begins is heard a granule early,
 * 72 ms at 8 kHz. Measured: up to 0.0008, in 1000 calls whose bot side is digital silence between its sentences. */
#define PROFILE_SMEAR 0.003

struct profile {
	int rate_hz, channels;
	int64_t frames;               /* samples a channel so far */
	float *energy;                /* mean square of second s of channel c at s * channels + c */
	size_t n, size;               /* seconds there; room for so many */
	double sum[PROFILE_CHANNELS]; /* squares of the second that is not over */
	int64_t part;                 /* frames in it */
	bool failed;                  /* no memory */
};

void profile_init(struct profile *p, int rate_hz, int channels);
void profile_free(struct profile *p);
void profile_add(struct profile *p, const int16_t *samples, size_t frames);
/* Nothing more comes. A last second of less than half of one is part of the one before. -1: no memory. */
int profile_end(struct profile *p) MUST_USE;

/* 0 if `copy` is a copy of `of`, or EXIT_DATA after why(). skip: channel of `of` that does not count, -1: none. */
int profile_compare(const struct profile *copy, const struct profile *of, int skip) MUST_USE;

#endif
