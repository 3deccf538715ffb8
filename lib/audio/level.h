/* level: how loud speech is: the active speech level, without the pauses.
 *
 * Source: ITU-T P.56 (12/2011), method B, as the speech voltmeter of ITU-T G.191 computes it. In dBov: 0 is a square
 * wave of full scale, so that a sine of full scale has -3.01.
 */
#ifndef CALLPIPE_AUDIO_LEVEL_H
#define CALLPIPE_AUDIO_LEVEL_H

#include "base/util.h"

/* What speech shall have on the line: RFC 7874, 4 (2600 of 32768, or -19 dBm0, as in ITU-T G.169 and G.115). The
 * -26 dBov of ITU-T P.800 are for tests of codecs, and softer than what else is heard in a call: espeak-ng has -21 to
 * -24, the prompts of Asterisk -17 to -23. */
#define LEVEL_LINE_DBOV (-22.0)
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
