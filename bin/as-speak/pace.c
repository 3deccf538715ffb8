#include "pace.h"

#include <inttypes.h>

void pace_add(struct pace *p, int64_t late_ns)
{
	int64_t bin = min_i64(max_i64(late_ns, 0) / PACE_BIN_NS, PACE_BINS - 1);

	p->bin[bin]++;
	p->frames++;
	p->max_ns = max_i64(p->max_ns, late_ns);
}

/* Upper edge of the bin that holds this share of the frames, in ms. */
static double quantile_ms(const struct pace *p, double share)
{
	int64_t want = (int64_t)((double)p->frames * share), seen = 0;
	int i = 0;

	if (p->frames == 0)
		return 0;
	while (i < PACE_BINS - 1 && (seen += p->bin[i]) <= want)
		i++;
	return (double)(i + 1) * PACE_BIN_NS / 1e6;
}

void pace_data(const struct pace *p, int64_t lost, struct dynbuf *b)
{
	dynbuf_addf(b, "{\"frames\":%" PRId64 ",\"skipped\":%" PRId64 ",\"lost\":%" PRId64,
		p->frames, p->skipped, lost);
	dynbuf_addf(b, ",\"late_p50_ms\":%.2f,\"late_p99_ms\":%.2f,\"late_max_ms\":%.2f}",
		quantile_ms(p, 0.5), quantile_ms(p, 0.99), (double)p->max_ns / 1e6);
}
