#include "floor.h"

#include <stdlib.h>

#define RISE 1.004 /* a piece */
#define STEP 0.1   /* the same: digital silence is left, too */

void floor_init(struct floor *f)
{
	f->level = INT16_MAX;
}

bool floor_quiet(struct floor *f, const int16_t *samples, size_t n)
{
	int64_t sum = 0;
	double level;

	for (size_t i = 0; i < n; i++)
		sum += abs(samples[i]);
	level = (double)sum / (double)n;
	f->level = f->level * RISE + STEP;
	if (level < f->level)
		f->level = level;
	return level <= 2 * f->level;
}
