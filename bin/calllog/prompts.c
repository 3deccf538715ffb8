#include "prompts.h"

#define Z95 "1.959964"
#define ERFC_SERIES \
	"-1.26551223+t*(1.00002368+t*(0.37409196+t*(0.09678418+t*(-0.18628806+t*(0.27886807" \
	"+t*(-1.13520398+t*(1.48851587+t*(-0.82215223+t*0.17087277))))))))"

/* Of each: all calls, and of those that were completed the successes. */
const char prompts_begin[] =
	"WITH g AS (SELECT prompt_version AS prompt, count(*) AS total,"
	" count(*) FILTER (WHERE status = 'completed') AS n,"
	" count(*) FILTER (WHERE status = 'completed' AND (is_interested OR disposition = 'Leads'"
	" OR (jsonb_typeof(result->'goals') = 'array' AND result->'goals' <> '[]'))) AS k"
	" FROM call WHERE prompt_version IS NOT NULL AND ";

const char prompts_end[] =
	" GROUP BY 1),"
	/* n1, k1: of the first, which the others are held against */
	" r AS (SELECT *, k::float8 / nullif(n, 0) AS p, row_number() OVER w AS place,"
	" first_value(n) OVER w AS n1, first_value(k) OVER w AS k1 FROM g"
	" WINDOW w AS (ORDER BY total DESC, prompt)),"
	" s AS (SELECT *, k1::float8 / nullif(n1, 0) AS p1, (k + k1)::float8 / nullif(n + n1, 0) AS pool FROM r),"
	" z AS (SELECT *, CASE WHEN place > 1 AND least(n, n1) * least(pool, 1 - pool) >= 5 THEN"
	" abs(p - p1) / sqrt(pool * (1 - pool) * (1.0 / n + 1.0 / n1)) / sqrt(2) END AS x FROM s),"
	" t AS (SELECT *, 1 / (1 + x / 2) AS t FROM z),"
	" q AS (SELECT *, CASE WHEN x IS NOT NULL THEN"
	" least(1, t * exp(greatest(-x * x" ERFC_SERIES ", -700))) END AS chance FROM t),"
	" o AS (SELECT *, count(chance) OVER () - row_number() OVER (ORDER BY chance NULLS LAST) + 1 AS left_over FROM q),"
	/* one stands only if all do whose difference is less likely chance */
	" h AS (SELECT *, max(chance * left_over) OVER (ORDER BY chance NULLS LAST) AS holm FROM o)"
	" SELECT prompt, total, n AS completed, k AS successes, round(p::numeric, 4) AS success_rate,"
	" round(((p + c2 / 2 - m) / (1 + c2))::numeric, 4) AS low,"
	" round(((p + c2 / 2 + m) / (1 + c2))::numeric, 4) AS high,"
	" CASE WHEN place > 1 THEN round((p - p1)::numeric, 4) END AS difference,"
	" round(chance::numeric, 6) AS p_value,"
	" CASE WHEN chance IS NOT NULL THEN holm < 0.05 END AS significant"
	" FROM h, LATERAL (SELECT " Z95 "^2 / nullif(n, 0) AS c2) AS c,"
	" LATERAL (SELECT sqrt(p * (1 - p) * c2 + c2 * c2 / 4) AS m) AS i ORDER BY place";
