/* calllog stats: figures of calls, of all together, by day, by campaign or by prompt. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "calllog.h"
#include "choice.h"
#include "prompts.h"

/* A part of a number, as a share; NULL where there is nothing. */
#define SHARE(part, of) "round((" part ") / nullif((" of ")::numeric, 0), 4)"
#define COUNT(what) "count(*) FILTER (WHERE " what ")"
#define TALKED "status = 'completed' AND turns > 0"
#define COMPLETED COUNT("status = 'completed'")
#define LEADS COUNT("is_interested OR disposition = 'Leads'")

static const char summary_columns[] =
	"count(*) AS total, " COMPLETED
	" AS completed, " COUNT("state NOT IN ('ended', 'lost', 'claimed')") " AS in_progress, " COUNT("state = 'claimed'") " AS pending, " COUNT(
		"status = 'failed'") " AS failed, " LEADS
				     " AS leads, " COUNT("disposition = 'Not_interested'") " AS not_interested, " COUNT(
					     "disposition = 'No_answer'") " AS no_answer, " SHARE(LEADS,
					     COMPLETED) " AS success_rate, round(avg(duration), 1) AS average_duration";

static const char all_columns[] =
	"count(*) AS total, " COMPLETED
	" AS completed, " COUNT("state NOT IN ('ended', 'lost', 'claimed')") " AS in_progress, " COUNT("state = 'claimed'") " AS pending, " COUNT("status = 'failed'") " AS failed, " COUNT(
		"crashed") " AS crashed, " LEADS
			   " AS leads, " COUNT("disposition = 'Not_interested'") " AS not_interested, " COUNT(
				   "disposition = 'No_answer'") " AS no_answer, " COUNT("opt_out") " AS opt_outs, " SHARE(LEADS,
				   COMPLETED) " AS success_rate, "
					      "round(avg(duration), 1) AS average_duration, round(max(duration), 1) AS longest, round(sum(duration)) AS seconds, " COUNT("final_sentiment = 'positive'") " AS positive, " COUNT(
						      "final_sentiment = 'negative'") " AS negative, " COUNT("final_sentiment = 'neutral'") " AS neutral, " SHARE(COUNT("amd_result = 'human'"),
						      "count(amd_result)") " AS human_rate, " SHARE(COUNT("amd_result = 'machine'"),
						      "count(amd_result)") " AS machine_rate, " SHARE(COUNT("transfer_to IS NOT NULL"),
						      COMPLETED) " AS transfer_rate, " SHARE(COUNT(TALKED
												     " AND transfer_to IS NULL"),
						      COUNT(TALKED)) " AS containment, " SHARE("sum(talk_over_ms)",
						      "sum(bot_ms + caller_ms - talk_over_ms)") " AS talk_over, "
												"round(avg(turns), 1) AS average_turns, round(avg(quality_score)::numeric, 3) AS quality";

/* As many as a terminal has room for. */
static const char few_columns[] =
	"count(*) AS total, " COMPLETED
	" AS completed, " COUNT("status = 'failed'") " AS failed, " LEADS " AS leads, " SHARE(LEADS, COMPLETED) " AS success, round(avg(duration), 1) AS average_s, " COUNT(
		"final_sentiment = 'positive'") " AS positive, " COUNT("final_sentiment = 'negative'") " AS negative, " SHARE("sum(talk_over_ms)",
		"sum(bot_ms + caller_ms - talk_over_ms)") " AS talk_over, " SHARE(COUNT(TALKED
											  " AND transfer_to IS NULL"),
		COUNT(TALKED)) " AS contained";
static const char few_latencies[] =
	"percentile_disc(0.5) WITHIN GROUP (ORDER BY response_ms) AS p50_ms,"
	" percentile_disc(0.95) WITHIN GROUP (ORDER BY response_ms) AS p95_ms,"
	" percentile_disc(0.99) WITHIN GROUP (ORDER BY response_ms) AS p99_ms";

/* Of the turns that were answered. */
static const char latency_columns[] =
	"percentile_disc(0.5) WITHIN GROUP (ORDER BY response_ms) AS response_p50_ms,"
	" percentile_disc(0.95) WITHIN GROUP (ORDER BY response_ms) AS response_p95_ms,"
	" percentile_disc(0.99) WITHIN GROUP (ORDER BY response_ms) AS response_p99_ms,"
	" count(*) FILTER (WHERE conf >= .8) AS confidence_high, count(*) FILTER (WHERE conf >= .5 AND conf < .8)"
	" AS confidence_middle, count(*) FILTER (WHERE conf < .5) AS confidence_low";

static const struct kind {
	const char *name;
	const char *by;   /* what calls are put together by; NULL: all are */
	const char *head; /* its name, which --by takes */
	const char *columns;
} kinds[] = {
	{"summary", NULL, NULL, summary_columns}, {"overview", NULL, NULL, all_columns},
	{"daily", "to_char(started_at, 'YYYY-MM-DD')", "day", all_columns},
	{"campaign", "coalesce(campaign_id, '')", "campaign", all_columns},
	{"prompt", "prompt_version", "prompt", NULL}, /* prompts.h */
};

/* Without groups there is a row even of nothing. */
static int make(const struct kind *k, char **ret)
{
	bool few = table_form(set.json, set.csv) == TABLE_TEXT;

	if (!k->columns)
		return asprintf(ret, "%s%s%s", prompts_begin, choice_where, prompts_end);
	if (!k->by)
		return asprintf(ret,
			"WITH c AS (SELECT * FROM call WHERE %s), f AS (SELECT %s FROM c),"
			" l AS (SELECT %s FROM c JOIN call_turn USING (call_id) WHERE speaker = 'caller')"
			" SELECT %s FROM f, l",
			choice_where, k->columns, latency_columns,
			k->columns == all_columns ? "*" : "f.*");
	return asprintf(ret,
		"WITH c AS (SELECT *, %s AS %s FROM call WHERE %s), f AS (SELECT %s, %s FROM c GROUP BY 1),"
		" l AS (SELECT %s, %s FROM c JOIN call_turn USING (call_id) WHERE speaker = 'caller' GROUP BY 1)"
		" SELECT * FROM f LEFT JOIN l USING (%s) ORDER BY 1",
		k->by, k->head, choice_where, k->head, few ? few_columns : k->columns, k->head,
		few ? few_latencies : latency_columns, k->head);
}

/* Of that name, or that is by it. */
static const struct kind *find(const char *name, bool by)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *is = by ? kinds[i].head : kinds[i].name;

		if (is && strcmp(is, name) == 0)
			return &kinds[i];
	}
	return NULL;
}

int command_stats(char *const operands[])
{
	const char *name = operands[0] ? operands[0] : "summary";
	const struct kind *k = find(set.by ? set.by : name, set.by);
	char *sql;
	int code;

	if (!k) {
		log_error(
			"cannot count by '%s': must be one of summary, overview, daily, campaign, prompt",
			name);
		return EXIT_USAGE;
	}
	if (operands[0] && (set.by || operands[1]))
		return opt_no_operands(operands + !set.by);
	if (make(k, &sql) == -1)
		return EXIT_SYSTEM;
	code = (int)write_found(sql, table_form(set.json, set.csv), !k->by);
	free(sql);
	return code;
}
