/* campaign explain: why people are not being called: what holds up the whole campaign, and then what the gate says of those
 * who would be next. Nothing is decided here: the functions that a claim asks are asked.
 */
#include <ctype.h>
#include <stdio.h>

#include "people.h"
#include "steer.h"

static const struct opt_row rows[] = {
	{OPTION_LIMIT},
	{OPTION_COUNTRY},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

/* What the campaign as a whole waits for, a row each; ok: nothing in the way there. */
static const char whole_sql[] =
	"SELECT v.what, v.ok, v.detail FROM campaign k"
	" CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE heartbeat_at > clock_timestamp() - " STEER_ALIVE
	") AS alive,"
	" coalesce(sum(max_channels) FILTER (WHERE heartbeat_at > clock_timestamp() - " STEER_ALIVE
	"), 0) AS channels,"
	" max(heartbeat_at) AS last FROM node) d"
	" CROSS JOIN LATERAL (SELECT count(*) AS live FROM call c WHERE c.campaign_id = k.campaign_id AND c.ended_at IS NULL"
	" AND c.direction = 'outbound') mine"
	" CROSS JOIN LATERAL (SELECT count(*) AS live FROM call c WHERE c.ended_at IS NULL AND c.direction = 'outbound'"
	" AND c.owner IN (SELECT node_id FROM node WHERE heartbeat_at > clock_timestamp() - " STEER_ALIVE
	")) theirs"
	" CROSS JOIN LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE t.enabled) AS enabled, count(*) FILTER (WHERE t.enabled AND t.max_channels >"
	" (SELECT count(*) FROM call c WHERE c.trunk = t.name AND c.ended_at IS NULL AND c.direction = 'outbound')) AS free,"
	" string_agg(format('%s %s/%s%s', t.name, (SELECT count(*) FROM call c WHERE c.trunk = t.name AND c.ended_at IS NULL"
	" AND c.direction = 'outbound'), t.max_channels, CASE WHEN NOT t.enabled THEN ' disabled' ELSE '' END), ', ' ORDER BY t.name) AS names"
	" FROM trunk t WHERE k.trunk IS NULL OR t.name = k.trunk) l"
	" CROSS JOIN LATERAL (SELECT count(*) AS pending, count(*) FILTER (WHERE q.next_at <= clock_timestamp()) AS due, min(q.next_at) AS next"
	" FROM call_queue q WHERE q.campaign_id = k.campaign_id AND q.status = 'pending') p"
	" CROSS JOIN LATERAL (SELECT campaign_gap_from(k, clock_timestamp()) + k.gap_s * interval '1 second' AS next) g"
	" CROSS JOIN LATERAL (SELECT count(*) AS n FROM call c WHERE c.campaign_id = k.campaign_id AND c.outcome = 'hangup'"
	" AND c.loaded_at IS NULL AND c.said IS NULL AND c.started_at > clock_timestamp() - interval '2 days' AND c.ended_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '1 minute') u"
	" CROSS JOIN LATERAL (VALUES"
	" (1, 'status', k.status = 'active', k.status || coalesce(': ' || k.status_reason, '')),"
	" (2, 'people', p.pending > 0, format('%s wait, %s of them due%s', p.pending, p.due,"
	" CASE WHEN p.due = 0 AND p.pending > 0 THEN to_char(p.next, '; the next at YYYY-MM-DD HH24:MI') ELSE '' END)),"
	" (3, 'dispatcher', d.alive > 0, CASE WHEN d.alive > 0 THEN d.alive || ' running' WHEN d.last IS NULL THEN 'none has ever run'"
	" ELSE 'none is alive, the last until ' || to_char(d.last, 'YYYY-MM-DD HH24:MI:SS') END),"
	" (4, 'dispatcher channels', theirs.live < d.channels OR d.alive = 0, format('%s of %s in use', theirs.live, d.channels)),"
	" (5, 'trunk', l.free > 0, CASE WHEN l.n = 0 THEN coalesce('there is none called ' || k.trunk, 'there is none')"
	" WHEN l.enabled = 0 THEN 'disabled: ' || l.names WHEN l.free = 0 THEN 'full: ' || l.names ELSE l.names END),"
	" (6, 'channels', mine.live < k.max_channels, format('%s of %s of the campaign', mine.live, k.max_channels)),"
	" (7, 'caller id', coalesce(k.caller_id, k.caller_pool) IS NULL OR campaign_caller(k.caller_id, k.caller_pool, clock_timestamp()) IS NOT NULL,"
	" CASE WHEN coalesce(k.caller_id, k.caller_pool) IS NULL THEN 'that of the trunk'"
	" ELSE coalesce(k.caller_id, 'pool ' || k.caller_pool) || CASE WHEN campaign_caller(k.caller_id, k.caller_pool, clock_timestamp()) IS NULL"
	" THEN ': none is left today' ELSE '' END END),"
	" (8, 'gap', g.next <= clock_timestamp(), format('a call every %s s', trim_scale(k.gap_s))"
	" || CASE WHEN g.next > clock_timestamp() THEN to_char(g.next, '; the next at YYYY-MM-DD HH24:MI:SS') ELSE '' END),"
	" (9, 'results', u.n = 0, CASE WHEN u.n = 0 THEN 'all are loaded' ELSE format('of %s talks of the last day nothing was loaded:"
	" calllog load, or nobody of ours has heard them', u.n) END)"
	") AS v (nr, what, ok, detail) WHERE k.campaign_id = $1 ORDER BY v.nr";

/* The next rows, in the order of a claim, as the gate sees them; those that are not due say what they wait for. */
#define NEXT \
	"FROM (SELECT * FROM call_queue WHERE campaign_id = $1 AND status = 'pending'" \
	" ORDER BY priority DESC, next_at, queue_id LIMIT $2::bigint) q"
static const char reasons_sql[] =
	"SELECT g.verdict, count(*) AS people, coalesce(CASE WHEN q.next_at > clock_timestamp() AND g.verdict = 'ok' THEN"
	" coalesce(q.later_reason, 'to be tried again') ELSE g.reason END, 'nothing: next in turn') AS why,"
	" to_char(min(greatest(g.next_at, q.next_at)) FILTER (WHERE g.verdict <> 'blocked'), 'YYYY-MM-DD HH24:MI') AS first " NEXT
	" JOIN campaign_gates(ARRAY(SELECT queue_id " NEXT
	"), clock_timestamp()) g USING (queue_id) GROUP BY 1, 3 ORDER BY 2 DESC, 3";
static const char people_sql[] =
	"SELECT q.phone, concat_ws(' ', c.first_name, c.last_name) AS name, q.priority, q.attempts, g.verdict,"
	" coalesce(CASE WHEN q.next_at > clock_timestamp() AND g.verdict = 'ok' THEN coalesce(q.later_reason, 'to be tried again')"
	" ELSE g.reason END, 'nothing: next in turn') AS why, CASE WHEN g.verdict <> 'blocked' THEN to_char(greatest(g.next_at, q.next_at), 'YYYY-MM-DD HH24:MI') END AS next " NEXT
	" JOIN campaign_gates(ARRAY(SELECT queue_id " NEXT
	"), clock_timestamp()) g USING (queue_id)"
	" LEFT JOIN contact c ON c.contact_id = q.contact_id ORDER BY q.priority DESC, q.next_at, q.queue_id";
static const char blocked_sql[] =
	"SELECT status, count(*) AS people, coalesce(blocked_reason, error_message) AS why FROM call_queue"
	" WHERE campaign_id = $1 AND status IN ('blocked', 'failed') GROUP BY 1, 3 ORDER BY 2 DESC, 3 LIMIT 20";

/* One person in all campaigns. */
static const char number_sql[] =
	"SELECT k.campaign_id, k.name, q.status, q.attempts, CASE WHEN q.status IN ('pending', 'calling') THEN g.verdict END AS verdict,"
	" CASE q.status WHEN 'pending' THEN coalesce(g.reason, CASE WHEN q.next_at > clock_timestamp() THEN coalesce(q.later_reason,"
	" 'to be tried again') END, 'nothing: next in turn') ELSE coalesce(q.blocked_reason, q.error_message) END AS why,"
	" CASE WHEN q.status = 'pending' AND g.verdict <> 'blocked' THEN to_char(greatest(g.next_at, q.next_at), 'YYYY-MM-DD HH24:MI') END AS next"
	" FROM call_queue q JOIN campaign k USING (campaign_id) CROSS JOIN LATERAL campaign_gate(q.queue_id) g"
	" WHERE q.phone = $1 ORDER BY q.created_at DESC";

static enum exit_code explain(struct db *db, const char *id)
{
	enum table_form form = table_form(set.json, set.csv);
	char limit[24];
	const char *params[] = {id, steer_limit(form == TABLE_TEXT ? "20" : "1000", limit)};
	int err;

	if (form == TABLE_TEXT)
		err = steer_show(db, whole_sql, params, 1, form) == -1 ||
			steer_show(db, reasons_sql, params, 2, form) == -1 ||
			steer_show(db, people_sql, params, 2, form) == -1 ||
			steer_show(db, blocked_sql, params, 1, form) == -1;
	else
		err = steer_show(db, whole_sql, params, 1, form) == -1 ||
			steer_show(db, people_sql, params, 2, form) == -1;
	return err ? tables_say(db, "explain the campaign") : EXIT_OK;
}

static int of_campaign(struct db *db, const char *word)
{
	enum exit_code code = EXIT_OK;
	char id[STEER_ID_MAX];
	int status;

	if (steer_find(db, word, id, &code) == -1)
		return (int)code;
	status = opt_only("limit|json|csv", "a campaign");
	return status != -1 ? status : (int)explain(db, id);
}

static int of_number(const char *word)
{
	int status = opt_only("country|json|csv", "one number");
	struct e164 n;

	if (status == -1)
		status = people_number(word, NULL, &n);
	return status
		? status
		: steer_list(number_sql, (const char *const[]){n.number}, 1, "explain the number");
}

/* What begins as a number is one, unless a campaign has that name ("2026 summer"). -1: the database. */
static int is_campaign(struct db *db, const char *word)
{
	static const char sql[] = "SELECT FROM campaign WHERE name = $1 LIMIT 1";

	if (*word != '+' && !isdigit((unsigned char)*word))
		return 1;
	return (int)db_count(db, sql, &word, 1);
}

static int run(char *const operands[])
{
	enum exit_code code = EXIT_OK;
	struct db db;
	int found, status;

	if (steer_one(operands, "one campaign, or one number") == -1)
		return EXIT_USAGE;
	if (tables_open(&db, &code) == -1)
		return (int)code;
	found = is_campaign(&db, operands[0]);
	if (found == -1)
		status = (int)tables_say(&db, "look for the campaign");
	else if (found)
		status = of_campaign(&db, operands[0]);
	db_close(&db);
	return found ? status : of_number(operands[0]);
}

const struct command command_explain = {
	.name = "explain",
	.page = {.synopsis = "explain campaign | number [options]",
		.purpose =
			"Why people are not being called: hours, caps, do-not-call, trunk, dispatcher.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
