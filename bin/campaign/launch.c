/* campaign launch: people into a queue, or, with --dry-run, who they would be. Both are the same transaction; a dry run asks
 * the gate about each of its rows and is then rolled back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/progress.h"
#include "monitor.h"
#include "people.h"
#include "scenario.h"
#include "shape.h"
#include "steer.h"

#define SHOWN "20" /* people of a dry run on a terminal, unless --limit says otherwise */

static struct {
	const char *id, *status;
	bool monitor;
} own = {.status = "New"};

static const struct opt_row rows[] = {
	{"status", 's', OPT_STR, "WORD[,WORD]", NULL,
		"people of this status: New, No_answer, Leads", &own.status},
	{OPTION_LIMIT},
	{"campaign-id", 0, OPT_STR, "ID", NULL, "into the queue of this campaign, which is there",
		&own.id},
	{"monitor", 'm', OPT_FLAG, NULL, NULL, "and watch it", &own.monitor},
	{OPTION_DRY_RUN},
	SHAPE_OPTIONS,
	SCENARIO_OPTIONS,
	{OPTION_COUNTRY},
	{OPTION_JSON},
	{0},
};

struct launch {
	struct db db;
	char id[STEER_ID_MAX];
	char statuses[128]; /* words of the table, with commas */
	char name[256];     /* of the campaign */
	bool paused;        /* it was there, and is so */
	bool active;        /* or so */
	int64_t people;     /* in the queue now */
};

/* ---- what is asked ---- */

/* The words of --status as the table has them, each once. 0, or an exit code after a message: none of them may be that
 * of who is not to be called. */
static enum exit_code read_statuses(struct launch *l)
{
	size_t n, used = 0;

	for (const char *word = own.status;; word += n + 1) {
		const char *status;

		n = strcspn(word, ",");
		status = people_status_of(word, n);
		if (!status) {
			log_error("cannot use --status '%s': must be one of New|No_answer|Leads",
				own.status);
			return EXIT_USAGE;
		}
		if (strcmp(status, "Not_interested") == 0) {
			log_error("who is not interested is not called again");
			return EXIT_REFUSED;
		}
		if (strcmp(status, "Queued") == 0 || strcmp(status, "Calling") == 0) {
			log_error("who is Queued or Calling is in a queue already");
			return EXIT_REFUSED;
		}
		/* of those that are left, none is a part of another */
		if (!strstr(l->statuses, status))
			used += (size_t)snprintf(l->statuses + used, sizeof(l->statuses) - used,
				"%s%s", used ? "," : "", status);
		if (!word[n])
			return EXIT_OK;
	}
}

static enum exit_code find(struct launch *l)
{
	static const char sql[] = "SELECT status, name FROM campaign WHERE campaign_id = $1";
	const char *params[] = {l->id};
	PGresult *r;

	if (db_query(&l->db, sql, params, 1, &r) == -1)
		return tables_say(&l->db, "read the campaign");
	if (PQntuples(r)) {
		snprintf(l->name, sizeof(l->name), "%s", PQgetvalue(r, 0, 1));
		l->paused = strcmp(PQgetvalue(r, 0, 0), "paused") == 0;
		l->active = strcmp(PQgetvalue(r, 0, 0), "active") == 0;
	}
	PQclear(r);
	return EXIT_OK;
}

/* It becomes active, unless somebody has paused it. From here on its row is locked, and claims wait: behind the queue. */
static enum exit_code begin(struct launch *l)
{
	const char *params[] = {l->id, "active"};
	struct shape s = shape;

	s.scenario = NULL; /* it is that of the rows that come now */
	/* what a dry run changes is locked until it is over: nothing that others call by */
	if (own.id && !set.dry_run && shape_apply(&l->db, l->id, &s) == -1)
		return steer_say(&l->db, "change the campaign");
	if (!l->paused && !l->active &&
		db_query(&l->db, "SELECT campaign_move($1, $2)", params, 2, NULL) == -1)
		return steer_say(&l->db, "launch the campaign");
	return EXIT_OK;
}

static enum exit_code make(struct launch *l)
{
	static const char sql[] =
		"INSERT INTO campaign (name, scenario) VALUES (coalesce($1, 'Campagne ' || to_char(now(), 'YYYY-MM-DD HH24:MI')), $2)"
		" RETURNING campaign_id, name";
	const char *params[] = {shape.name, shape.scenario ? shape.scenario : "qualify"};
	PGresult *r;

	if (db_query(&l->db, sql, params, 2, &r) == -1)
		return steer_say(&l->db, "make a campaign");
	snprintf(l->id, sizeof(l->id), "%s", PQgetvalue(r, 0, 0));
	snprintf(l->name, sizeof(l->name), "%s", PQgetvalue(r, 0, 1));
	PQclear(r);
	if (shape_apply(&l->db, l->id, &shape) == -1)
		return steer_say(&l->db, "make a campaign");
	return EXIT_OK;
}

/* ---- the queue ---- */

/* Who waits in a campaign already, also for a retry, is in no second one. Rows of people who were in this queue before
 * begin again, with as many attempts as others have, and rest as after any other call. */
#define QUEUED \
	"WITH chosen AS MATERIALIZED (SELECT contact_id, phone, country, tz, priority FROM contact" \
	" WHERE status = ANY (string_to_array($2, ',')) AND phone IS NOT NULL" \
	" AND NOT EXISTS (SELECT FROM call_queue w JOIN campaign k USING (campaign_id) WHERE w.contact_id = contact.contact_id" \
	" AND w.status IN ('pending', 'calling') AND k.status <> 'stopped')" \
	" ORDER BY priority DESC, contact_id LIMIT $3::bigint), queued AS (" \
	"INSERT INTO call_queue (campaign_id, contact_id, phone, zone, scenario, priority)" \
	" SELECT $1, contact_id, phone, campaign_zone(country, tz), $4, coalesce($5::smallint, priority) FROM chosen" \
	" ORDER BY priority DESC, contact_id ON CONFLICT (campaign_id, contact_id) DO UPDATE SET status = 'pending'," \
	" phone = excluded.phone, zone = excluded.zone, scenario = excluded.scenario, priority = excluded.priority," \
	" next_at = excluded.next_at, later_reason = NULL, blocked_reason = NULL, error_message = NULL, call_id = NULL, max_attempts =" \
	" call_queue.attempts + coalesce($6::integer, (SELECT k.max_attempts FROM campaign k WHERE k.campaign_id = call_queue.campaign_id))" \
	" WHERE call_queue.status IN ('completed', 'failed', 'blocked') RETURNING contact_id)"

/* Contacts are locked when it counts alone: a dry run is in nobody's way. */
static int fill(struct launch *l)
{
	static const char sql[] = QUEUED
		" UPDATE contact c SET status = 'Queued', updated_at = now() FROM queued q WHERE c.contact_id = q.contact_id";
	static const char dry_sql[] = QUEUED " SELECT FROM queued";
	char limit[24], priority[24], attempts[24];
	const char *params[] = {l->id, l->statuses, steer_limit(NULL, limit),
		own.id ? shape.scenario : NULL, steer_given(shape.priority, priority),
		steer_given(shape.attempts, attempts)};

	progress_show("people go into the queue");
	l->people = db_count(&l->db, set.dry_run ? dry_sql : sql, params, 6);
	return l->people == -1 ? -1 : 0;
}

/* ---- a dry run ---- */

static const char gate_sql[] =
	"INSERT INTO pg_temp.dry SELECT g.*, q.phone, c.first_name, c.last_name, c.company, c.status, q.attempts, q.priority"
	" FROM campaign_gates(ARRAY(SELECT queue_id FROM call_queue WHERE campaign_id = $1 AND status = 'pending'"
	" AND xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296), clock_timestamp()) g"
	" JOIN call_queue q ON q.queue_id = g.queue_id JOIN contact c ON c.contact_id = q.contact_id";
static const char head_sql[] =
	"SELECT $1 AS campaign, count(*) AS people, count(*) FILTER (WHERE verdict <> 'blocked') AS would_be_called,"
	" count(*) FILTER (WHERE verdict = 'ok') AS now, count(*) FILTER (WHERE verdict = 'later') AS later,"
	" count(*) FILTER (WHERE verdict = 'blocked') AS skipped FROM pg_temp.dry";
static const char statuses_sql[] =
	"SELECT status, count(*) AS people, count(*) FILTER (WHERE verdict <> 'blocked') AS would_be_called"
	" FROM pg_temp.dry GROUP BY 1 ORDER BY 2 DESC, 1";
static const char reasons_sql[] =
	"SELECT CASE verdict WHEN 'blocked' THEN 'skipped' ELSE verdict END AS verdict, count(*) AS people,"
	" coalesce(reason, 'called now') AS why, to_char(min(next_at), 'YYYY-MM-DD HH24:MI') AS first"
	" FROM pg_temp.dry GROUP BY 1, 3 ORDER BY min(array_position(ARRAY['ok', 'later', 'blocked'], verdict)), 2 DESC, 3";
#define PEOPLE \
	"SELECT phone, first_name, last_name, company, status, attempts," \
	" CASE verdict WHEN 'blocked' THEN 'skipped' ELSE verdict END AS verdict, reason AS why," \
	" to_char(next_at, 'YYYY-MM-DD HH24:MI') AS next FROM pg_temp.dry" \
	" ORDER BY verdict = 'blocked', priority DESC, queue_id"
static const char summary_sql[] =
	"SELECT $1 AS campaign, $2 AS scenario, count(*) AS people, count(*) FILTER (WHERE verdict <> 'blocked') AS would_be_called,"
	" count(*) FILTER (WHERE verdict = 'ok') AS now, count(*) FILTER (WHERE verdict = 'later') AS later,"
	" count(*) FILTER (WHERE verdict = 'blocked') AS skipped,"
	" (SELECT json_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM pg_temp.dry GROUP BY 1) s) AS statuses,"
	" (SELECT coalesce(json_object_agg(reason, n), '{}') FROM (SELECT reason, count(*) AS n FROM pg_temp.dry"
	" WHERE verdict = 'blocked' GROUP BY 1) r) AS reasons FROM pg_temp.dry";

static int tell(struct launch *l)
{
	const char *params[] = {l->name, shape.scenario ? shape.scenario : "qualify"};
	struct db *db = &l->db;

	progress_show("it is asked whether %" PRId64 " people may be called", l->people);
	if (db_run(db,
		    "CREATE TEMP TABLE dry (queue_id bigint, verdict text, reason text, next_at timestamptz, phone text,"
		    " first_name text, last_name text, company text, status text, attempts integer, priority integer)"
		    " ON COMMIT DROP") == -1 ||
		db_query(db, gate_sql, (const char *const[]){l->id}, 1, NULL) == -1)
		return -1;
	progress_wipe();
	if (table_form(set.json, false) == TABLE_JSON)
		return steer_show(db, PEOPLE, NULL, 0, TABLE_JSON) == -1 ||
				steer_show(db, summary_sql, params, 2, TABLE_JSON) == -1
			? -1
			: 0;
	return steer_show(db, head_sql, params, 1, TABLE_TEXT) == -1 ||
			steer_show(db, statuses_sql, NULL, 0, TABLE_TEXT) == -1 ||
			steer_show(db, reasons_sql, NULL, 0, TABLE_TEXT) == -1 ||
			steer_show(db, set.limit ? PEOPLE : PEOPLE " LIMIT " SHOWN, NULL, 0,
				TABLE_TEXT) == -1
		? -1
		: 0;
}

/* ---- the command ---- */

static void launched(struct launch *l)
{
	progress_wipe();
	if (table_form(set.json, false) == TABLE_JSON)
		printf("{\"campaign_id\":\"%s\",\"queued\":%" PRId64 "}\n", l->id, l->people);
	else
		printf("%s: %" PRId64 " people in the queue of '%s'\n", l->id, l->people, l->name);
	if (l->paused)
		log_warn("the campaign is paused: campaign resume %s", l->id);
	steer_warn(&l->db);
}

static enum exit_code launch(struct launch *l)
{
	enum exit_code code = EXIT_OK;

	if (shape_check(&l->db, &shape, &code) == -1 ||
		(own.id && steer_find(&l->db, own.id, l->id, &code) == -1))
		return code;
	/* who is New is read and queued by one launch at a time */
	if (db_run(&l->db,
		    set.dry_run ? "BEGIN"
				: "BEGIN; SELECT pg_advisory_xact_lock(" TABLES_QUEUE_LOCK
				  ")") == -1)
		return tables_say(&l->db, "launch the campaign");
	code = own.id ? find(l) : make(l);
	if (code)
		return code;
	if (fill(l) == -1)
		return steer_say(&l->db, "fill the queue");
	if (!l->people) {
		log_error("nobody is %s who could be called", own.status);
		return EXIT_FALSE;
	}
	code = begin(l);
	if (code)
		return code;
	if (set.dry_run)
		return tell(l) == -1 ? tables_say(&l->db, "ask who would be called") : EXIT_OK;
	if (db_run(&l->db, "COMMIT") == -1)
		return tables_say(&l->db, "launch the campaign");
	launched(l);
	return EXIT_OK;
}

static int run(char *const operands[])
{
	enum exit_code code = EXIT_OK;
	int status = opt_no_operands(operands);
	struct launch l = {.people = 0};

	if (status != -1)
		return status;
	code = read_statuses(&l);
	if (code)
		return (int)code;
	/* without a name of its own, it is the one that would be taken if nothing was said */
	if (!own.id && scenario_check(shape.scenario ? shape.scenario : "qualify") == -1)
		return EXIT_REFUSED;
	if (tables_open(&l.db, &code) == -1)
		return (int)code;
	code = launch(&l);
	db_close(&l.db);
	return code || set.dry_run || !own.monitor ? (int)code : monitor_watch(l.id);
}

const struct command command_launch = {
	.name = "launch",
	.page = {.synopsis = "launch [options]",
		.purpose =
			"Put people into the queue of a campaign, a new one or one that is there.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
