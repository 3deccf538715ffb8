/* hist: how often a time was how long: a histogram in steps of 0.1 ms, for quantiles of lateness. */
#ifndef CALLPIPE_BASE_HIST_H
#define CALLPIPE_BASE_HIST_H

#include "base/util.h"

#define HIST_STEP_NS (NS_PER_MS / 10)
#define HIST_STEPS 2000 /* to 200 ms; what is beyond is only known by its maximum */

struct hist {
	uint32_t bucket[HIST_STEPS]; /* how many values in each step */
	uint64_t beyond;             /* values past the last step */
	uint64_t n;                  /* all values */
	int64_t max_ns;              /* largest value */
};

/* A value below 0 counts as 0. */
void hist_add(struct hist *h, int64_t ns);
void hist_merge(struct hist *to, const struct hist *from);
/* The value that per_mille of all are not above, to a step; -1 without values. */
int64_t hist_quantile(const struct hist *h, int per_mille);

#endif
