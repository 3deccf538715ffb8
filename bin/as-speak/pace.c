#include "pace.h"

#include <inttypes.h>

static double ms(int64_t ns)
{
	return (double)ns / NS_PER_MS;
}

/* 0 without frames */
static double quantile_ms(const struct pace *p, int per_mille)
{
	return ms(max_i64(hist_quantile(&p->late, per_mille), 0));
}

void pace_data(const struct pace *p, int64_t lost, struct dynbuf *b)
{
	dynbuf_addf(b, "{\"frames\":%" PRIu64 ",\"skipped\":%" PRId64 ",\"lost\":%" PRId64,
		p->late.n, p->skipped, lost);
	dynbuf_addf(b, ",\"late_p50_ms\":%.2f,\"late_p99_ms\":%.2f,\"late_max_ms\":%.2f}",
		quantile_ms(p, 500), quantile_ms(p, 990), ms(p->late.max_ns));
}
