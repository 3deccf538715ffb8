/* level: how loud speech is: the active speech level, without the pauses.
 *
 * Source: ITU-T P.56 (12/2011), method B, as the speech voltmeter of ITU-T G.191 computes it. In dBov: 0 is a square
 * wave of full scale, so that a sine of full scale has -3.01. Telephone speech is at -26 dBov nominally (ITU-T P.800,
 * annex B.1.7; G.191).
 */
#ifndef CALLPIPE_AUDIO_LEVEL_H
#define CALLPIPE_AUDIO_LEVEL_H

#include "base/util.h"

#define LEVEL_NOMINAL_DBOV (-26.0)
#define LEVEL_NONE_DBOV (-100.0) /* of silence */
#define LEVEL_STEPS 15           /* thresholds, 6 dB apart: one a bit */

struct level {
	double smooth;                /* of the last value in the averages, 30 ms */
	double once, twice;           /* averages of the magnitude, full scale 1 */
	double squares;               /* sum, full scale 1 */
	uint64_t samples;             /* so far */
	uint64_t active[LEVEL_STEPS]; /* samples above each threshold, or not long after that */
	uint32_t since[LEVEL_STEPS];  /* samples since it was above */
	uint32_t hangover;            /* samples, 200 ms */
};

void level_init(struct level *l, int rate_hz);
/* The next samples; the scale is that of samples, 32768 is full. */
void level_add(struct level *l, const float *x, size_t n);
/* Active speech level in dBov; LEVEL_NONE_DBOV if nothing was above the lowest threshold. */
double level_dbov(const struct level *l);

#endif
