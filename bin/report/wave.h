/* wave: how loud each side was, in as many steps as the picture is wide. */
#ifndef REPORT_WAVE_H
#define REPORT_WAVE_H

#include "record/kept.h"

#define WAVE_STEPS 1200
#define WAVE_SAMPLES_MAX ((int64_t)16000 * 86400) /* what is behind a day is not looked at */

struct wave {
	int64_t samples;        /* there are */
	float peak[WAVE_STEPS]; /* 0 to 1, of each step of the whole time */
};

/* Samples of a recording; 0 if it is not there or cannot be read. */
int64_t wave_samples(const struct kept *k, const char *name);
/* Its peaks, when the whole picture is so many samples long. What cannot be read is silence. */
void wave_read(const struct kept *k, const char *name, int64_t whole_samples, struct wave *ret);

#endif
