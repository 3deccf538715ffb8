#include "pace.h"

#include "tap.h"

int main(void)
{
	struct pace p = {0};
	struct dynbuf b;

	dynbuf_init(&b, 1024);
	pace_data(&p, 0, &b);
	is_str(b.p,
		"{\"frames\":0,\"skipped\":0,\"lost\":0,\"late_p50_ms\":0.00,\"late_p99_ms\":0.00,\"late_max_ms\":0.00}",
		"no frames");
	for (int i = 0; i < 980; i++)
		hist_add(&p.late, 100 * 1000);
	for (int i = 0; i < 19; i++)
		hist_add(&p.late, 2100 * 1000);
	hist_add(&p.late, 500 * NS_PER_MS);
	p.skipped = 25;
	hist_add(&p.late, -1);
	dynbuf_reset(&b);
	pace_data(&p, 7, &b);
	is_str(b.p,
		"{\"frames\":1001,\"skipped\":25,\"lost\":7,\"late_p50_ms\":0.20,\"late_p99_ms\":2.20,\"late_max_ms\":500.00}",
		"quantiles are the upper edges of their steps");
	dynbuf_free(&b);
	return done_testing();
}
