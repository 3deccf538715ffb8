/* prom: what is written is what Prometheus reads. */
#include "codec/prom.h"

#include <math.h>

#include "tap.h"

int main(void)
{
	struct dynbuf b, labels;

	dynbuf_init(&b, 4096);
	dynbuf_init(&labels, 4096);
	is_int(prom_family(
		       &b, "calls_total", "counter", "Calls \\ with a\nline feed and a \"quote\"."),
		0, "a family");
	is_str(b.p,
		"# HELP calls_total Calls \\\\ with a\\nline feed and a \"quote\".\n# TYPE calls_total counter\n",
		"its two lines");
	dynbuf_reset(&b);
	is_int(prom_label(&labels, "a", "x\"\\\n\xc3\xa9\xff"), 0, "a label");
	is_int(prom_label(&labels, "b", ""), 0, "and another");
	is_str(labels.p, "a=\"x\\\"\\\\\\n\xc3\xa9\xef\xbf\xbd\",b=\"\"", "escaped");
	prom_sample(&b, "n", labels.p, 3);
	prom_sample(&b, "n", "", 0.25);
	prom_sample(&b, "n", "", 1e12);
	prom_sample(&b, "n", "le=\"+Inf\"", INFINITY);
	prom_sample(&b, "n", "", -INFINITY);
	prom_sample(&b, "n", "", NAN);
	is_str(b.p,
		"n{a=\"x\\\"\\\\\\n\xc3\xa9\xef\xbf\xbd\",b=\"\"} 3\nn 0.25\nn 1000000000000\n"
		"n{le=\"+Inf\"} +Inf\nn -Inf\nn 0\n",
		"samples");
	dynbuf_free(&b);
	dynbuf_init(&b, 16);
	is_int(prom_sample(&b, "name", "", 1.5), 0, "as much as there is room");
	is_int(prom_sample(&b, "name", "", 1.5), -1, "no more");
	dynbuf_free(&b);
	dynbuf_free(&labels);
	return done_testing();
}
