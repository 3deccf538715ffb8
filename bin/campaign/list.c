/* campaign list and show: campaigns, and one of them. */
#include <stdio.h>

#include "base/log.h"
#include "record/found.h"
#include "steer.h"

static const struct opt_row list_rows[] = {
	{OPTION_STATUS}, {OPTION_LIMIT}, {OPTION_OUTPUT}, {OPTION_JSON}, {OPTION_CSV}, {0}};
static const struct opt_row show_rows[] = {{OPTION_JSON}, {0}};

static const char list_sql[] =
	"SELECT k.campaign_id, k.name, k.status, k.scenario, n.total, n.pending, n.calling, n.completed, n.failed, n.blocked,"
	" n.attempts, n.answered, n.leads, n.not_interested, n.no_answer,"
	" to_char(k.created_at, 'YYYY-MM-DD HH24:MI') AS created_at FROM campaign k JOIN campaign_count n USING (campaign_id)"
	" WHERE $1::text IS NULL OR k.status = $1 ORDER BY k.created_at DESC, k.campaign_id LIMIT $2::bigint";

/* All there is to say of one, but for what is not set. */
static const char show_sql[] =
	"SELECT k.campaign_id, k.name, k.description, k.status, k.status_reason AS because, k.scenario, k.priority,"
	" k.trunk, k.max_channels, k.gap_s, k.ring_s, k.talk_s, k.max_attempts, k.retry_s, k.caller_id, k.caller_pool,"
	" k.consent_basis AS consent, n.total, n.pending, n.calling, n.completed, n.failed, n.blocked, n.attempts, n.answered,"
	" n.machines, n.leads, n.not_interested, n.no_answer, n.lost, n.opt_outs, n.average_s,"
	" round(100.0 * n.leads / nullif(n.answered, 0), 1) AS success_percent,"
	" to_char(k.created_at, 'YYYY-MM-DD HH24:MI:SS') AS created_at, to_char(k.started_at, 'YYYY-MM-DD HH24:MI:SS') AS started_at,"
	" to_char(k.ended_at, 'YYYY-MM-DD HH24:MI:SS') AS ended_at"
	" FROM campaign k JOIN campaign_count n USING (campaign_id) WHERE k.campaign_id = $1";
static const char blocked_sql[] =
	"SELECT status, count(*) AS people, coalesce(blocked_reason, error_message, later_reason) AS why FROM call_queue"
	" WHERE campaign_id = $1 AND status IN ('blocked', 'failed') GROUP BY 1, 3 ORDER BY 2 DESC, 3 LIMIT 20";

static int list(char *const operands[])
{
	int status = opt_no_operands(operands);
	char limit[24];

	if (status != -1)
		return status;
	return (int)found_write(&(struct found){
		.sql = list_sql,
		.params = (const char *const[]){set.status, steer_limit(NULL, limit)},
		.n = 2,
		.form = table_form(set.json, set.csv),
		.output = set.output,
		.what = "list campaigns",
	});
}

static int write_one(struct db *db, const char *id)
{
	enum table_form form = table_form(set.json, false);
	PGresult *blocked;
	int err = 0;

	if (table_write(db, show_sql, &id, 1, form, true, stdout) == -1)
		return -1;
	if (form != TABLE_TEXT)
		return 0;
	if (db_query(db, blocked_sql, &id, 1, &blocked) == -1)
		return -1;
	if (PQntuples(blocked)) {
		putchar('\n');
		err = table_put(blocked, form, false, stdout);
	}
	PQclear(blocked);
	return err;
}

static enum exit_code show_one(struct db *db, const char *id)
{
	return write_one(db, id) == -1 ? tables_say(db, "show the campaign") : EXIT_OK;
}

static int show(char *const operands[])
{
	if (steer_one(operands, "one campaign") == -1)
		return EXIT_USAGE;
	return steer_each(operands, show_one);
}

const struct command command_list = {
	.name = "list",
	.page = {.synopsis = "list [options]",
		.purpose = "List campaigns, the latest first.",
		.see = "campaign(1)"},
	.rows = list_rows,
	.run = list,
};

const struct command command_show = {
	.name = "show",
	.page = {.synopsis = "show campaign [options]",
		.purpose =
			"One campaign: its settings, its figures, and why people were not called.",
		.see = "campaign(1)"},
	.rows = show_rows,
	.run = show,
};
