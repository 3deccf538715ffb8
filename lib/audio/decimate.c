#include "audio/decimate.h"

#include <stdlib.h>
#include <string.h>

#include "audio/window.h"

#define HALF 26     /* taps on either side of the middle: times part */
#define SHAPE 10.06 /* of the window: 100 dB */
#define LANES 4     /* are summed apart, in the same order on every machine */

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

struct decimate {
	size_t part; /* of so many samples one remains */
	size_t half; /* taps before the middle one, and behind it */
	size_t taps; /* a multiple of LANES, the last ones 0 */
	size_t have; /* samples in line */
	float *tap;
	float *line; /* samples that are still needed: the first is under the first tap of the next one out */
};

static void design(struct decimate *d)
{
	double sum = 0, part = (double)d->part;

	for (size_t i = 0; i <= 2 * d->half; i++) {
		double at = (double)i - (double)d->half;

		d->tap[i] = (float)window_sinc(at / part, ((double)d->half + 1) / part, SHAPE);
		sum += d->tap[i];
	}
	for (size_t i = 0; i <= 2 * d->half; i++)
		d->tap[i] = (float)(d->tap[i] / sum);
}

/* Before the first sample there was silence. */
static void begin(struct decimate *d)
{
	memset(d->line, 0, d->half * sizeof(*d->line));
	d->have = d->half;
}

int decimate_open(int part, struct decimate **ret)
{
	struct decimate *d = calloc(1, sizeof(*d));

	if (!d)
		return -1;
	d->part = (size_t)part;
	d->half = HALF * d->part;
	d->taps = (2 * d->half + LANES) / LANES * LANES;
	d->tap = calloc(d->taps, sizeof(*d->tap));
	d->line = calloc(d->taps + DECIMATE_PIECE + LANES, sizeof(*d->line));
	if (!d->tap || !d->line) {
		decimate_close(d);
		return -1;
	}
	design(d);
	begin(d);
	*ret = d;
	return 0;
}

void decimate_close(struct decimate *d)
{
	if (!d)
		return;
	free(d->tap);
	free(d->line);
	free(d);
}

static float sum_under(const struct decimate *d, const float *line)
{
	lanes sum = {0}, x, tap;

	for (size_t i = 0; i < d->taps; i += LANES) {
		memcpy(&x, line + i, sizeof(x));
		memcpy(&tap, d->tap + i, sizeof(tap));
		sum += x * tap;
	}
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

size_t decimate_run(struct decimate *d, const float *in, size_t n, float *out)
{
	size_t at = 0, made = 0;

	if (n > 0)
		memcpy(d->line + d->have, in, n * sizeof(*in));
	d->have += n;
	for (; at + 2 * d->half < d->have; at += d->part)
		out[made++] = sum_under(d, d->line + at);
	d->have -= at;
	memmove(d->line, d->line + at, d->have * sizeof(*d->line));
	return made;
}

size_t decimate_end(struct decimate *d, float *out)
{
	static const float silence[HALF * DECIMATE_PART_MAX];
	size_t made = decimate_run(d, silence, d->half, out);

	begin(d);
	return made;
}
