#include "base/hist.h"

void hist_add(struct hist *h, int64_t ns)
{
	int64_t step = max_i64(ns, 0) / HIST_STEP_NS;

	if (step < HIST_STEPS)
		h->bucket[step]++;
	else
		h->beyond++;
	h->n++;
	h->max_ns = max_i64(h->max_ns, ns);
}

void hist_merge(struct hist *to, const struct hist *from)
{
	for (size_t i = 0; i < HIST_STEPS; i++)
		to->bucket[i] += from->bucket[i];
	to->beyond += from->beyond;
	to->n += from->n;
	to->max_ns = max_i64(to->max_ns, from->max_ns);
}

int64_t hist_quantile(const struct hist *h, int per_mille)
{
	uint64_t want = (h->n * (uint64_t)per_mille + 999) / 1000, seen = 0;

	if (!h->n)
		return -1;
	for (size_t i = 0; i < HIST_STEPS; i++) {
		seen += h->bucket[i];
		if (seen >= want)
			return min_i64((int64_t)(i + 1) * HIST_STEP_NS, h->max_ns);
	}
	return h->max_ns;
}
