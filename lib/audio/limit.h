/* limit: the true peak of a sound, what its curve reaches between the samples too, and a limiter for it.
 *
 * Source: ITU-R BS.1770-5, annex 2 (true peak), with eight values a sample instead of four. The whole sound is there,
 * so the gain goes down before a peak and never jumps: for 5 ms on either side it is the mean of what these 5 ms may
 * have at most, and comes back with a time constant of 80 ms.
 */
#ifndef CALLPIPE_AUDIO_LIMIT_H
#define CALLPIPE_AUDIO_LIMIT_H

#include "base/util.h"

/* True peak; the scale is that of the samples. */
double limit_peak(const float *x, size_t n);

/* Make x stay below a true peak of `ceiling` (> 0, scale of the samples). Where it does, it is not changed.
 * *ret_least is the least gain that was used, 1: nothing was to be done. -1: no memory, x may have been changed. */
int limit_apply(float *x, size_t n, int rate_hz, double ceiling, double *ret_least) MUST_USE;

#endif
