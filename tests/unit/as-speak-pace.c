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
		pace_add(&p, 100 * 1000);
	for (int i = 0; i < 19; i++)
		pace_add(&p, 2100 * 1000);
	pace_add(&p, 500 * NS_PER_MS);
	p.skipped = 25;
	pace_add(&p, -1);
	dynbuf_reset(&b);
	pace_data(&p, 7, &b);
	is_str(b.p,
		"{\"frames\":1001,\"skipped\":25,\"lost\":7,\"late_p50_ms\":0.25,\"late_p99_ms\":2.25,\"late_max_ms\":500.00}",
		"quantiles are the upper edges of their bins");
	dynbuf_free(&b);
	return done_testing();
}
