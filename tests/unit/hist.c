#include "base/hist.h"

#include "tap.h"

int main(void)
{
	static struct hist a, b;

	is_int(hist_quantile(&a, 500), -1, "no values, no quantile");
	for (int i = 1; i <= 100; i++)
		hist_add(i <= 50 ? &a : &b, i * NS_PER_MS);
	hist_add(&b, 5000 * NS_PER_MS);
	hist_merge(&a, &b);
	is_int(hist_quantile(&a, 500), 51 * NS_PER_MS + HIST_STEP_NS,
		"the median of two together, to a step");
	is_int(hist_quantile(&a, 980), 99 * NS_PER_MS + HIST_STEP_NS, "and a higher quantile");
	is_int(hist_quantile(&a, 1000), 5000 * NS_PER_MS, "the maximum is exact, however large");
	is_int((int64_t)a.beyond, 1, "beyond the last step only that is known");
	b = (struct hist){0};
	hist_add(&b, -NS_PER_MS);
	hist_add(&b, HIST_STEP_NS - 1);
	is_int(hist_quantile(&b, 500), HIST_STEP_NS - 1,
		"below 0 is 0, and no quantile is above the maximum");
	return done_testing();
}
