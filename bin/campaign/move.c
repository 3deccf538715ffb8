/* campaign pause, resume, stop and retry. A call that is about to be dialled asks for the status of its campaign in the same
 * transaction that lets it be dialled: what is said here is in force for the next one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/progress.h"
#include "steer.h"

static struct {
	const char *reason;
} own;

static const struct opt_row rows[] = {
	{"reason", 0, OPT_STR, "TEXT", NULL, "why, for people", &own.reason},
	{OPTION_JSON},
	{0},
};
static const struct opt_row retry_rows[] = {{OPTION_JSON}, {0}};

static enum exit_code said(struct db *db, const char *id)
{
	char status[32];

	if (db_value(db, "SELECT status FROM campaign WHERE campaign_id = $1", &id, 1, status,
		    sizeof(status)) == -1)
		return tables_say(db, "read the campaign");
	if (set.json)
		printf("{\"campaign_id\":\"%s\",\"status\":\"%s\"}\n", id, status);
	else
		printf("%s: %s\n", id, status);
	return EXIT_OK;
}

static enum exit_code move_to(struct db *db, const char *id, const char *to, const char *what)
{
	static const char sql[] = "SELECT campaign_move($1, $2, $3)";

	if (db_query(db, sql, (const char *const[]){id, to, own.reason}, 3, NULL) == -1)
		return steer_say(db, what);
	return said(db, id);
}

static enum exit_code pause_one(struct db *db, const char *id)
{
	return move_to(db, id, "paused", "pause the campaign");
}

static enum exit_code resume_one(struct db *db, const char *id)
{
	enum exit_code code = move_to(db, id, "active", "resume the campaign");

	if (!code)
		steer_warn(db);
	return code;
}

/* Rows are taken out of the queue some at a time, until there are none, or those that are left are somebody else's. */
static int settle(struct db *db, const char *id)
{
	static const char left_sql[] =
		"SELECT count(*) FROM campaign k JOIN call_queue q USING (campaign_id) WHERE campaign_id = $1"
		" AND k.status = 'stopping' AND q.status = 'pending'";
	char left[24];
	int64_t before = INT64_MAX, n;

	do {
		n = before;
		if (db_query(db, "SELECT campaign_settle()", NULL, 0, NULL) == -1 ||
			db_value(db, left_sql, &id, 1, left, sizeof(left)) == -1)
			return -1;
		before = strtoll(left, NULL, 10);
		if (n != INT64_MAX && progress_due())
			progress_show("%s people still wait", left);
	} while (before && before < n);
	progress_wipe();
	return 0;
}

/* It is stopping while somebody talks, and stopped then. */
static enum exit_code stop_one(struct db *db, const char *id)
{
	static const char sql[] =
		"SELECT campaign_move($1, 'stopping', $2) FROM campaign WHERE campaign_id = $1 AND status <> 'stopped'";

	if (db_query(db, sql, (const char *const[]){id, own.reason}, 2, NULL) == -1 ||
		settle(db, id) == -1)
		return steer_say(db, "stop the campaign");
	return said(db, id);
}

/* People who were not reached, as often again as the campaign has it; not before its delay. */
static enum exit_code retry_one(struct db *db, const char *id)
{
	static const char sql[] =
		"WITH again AS (UPDATE call_queue q SET status = 'pending', max_attempts = q.attempts + k.max_attempts,"
		" next_at = greatest(now(), q.last_attempt_at + k.retry_s * interval '1 second'), error_message = NULL,"
		" later_reason = NULL FROM campaign k, contact c WHERE k.campaign_id = $1 AND q.campaign_id = $1"
		" AND c.contact_id = q.contact_id AND q.status = 'failed' AND c.status = 'No_answer' AND q.phone IS NOT NULL"
		" RETURNING q.contact_id)"
		" UPDATE contact c SET status = 'Queued', updated_at = now() FROM again WHERE c.contact_id = again.contact_id";
	static const char status_sql[] = "SELECT status FROM campaign WHERE campaign_id = $1";
	char status[32];
	int64_t n = -1;

	if (db_value(db, status_sql, &id, 1, status, sizeof(status)) == -1)
		return tables_say(db, "read the campaign");
	if (strncmp(status, "stop", 4) == 0) {
		log_error(
			"cannot retry '%s': it is %s; launch --status No_answer makes another one",
			id, status);
		return EXIT_REFUSED;
	}
	if (db_run(db, "BEGIN; SELECT pg_advisory_xact_lock(" TABLES_QUEUE_LOCK ")") == 0)
		n = db_count(db, sql, &id, 1);
	if (n == 0)
		log_error("nobody of '%s' is No_answer, and done with", id);
	if (n > 0 && strcmp(status, "completed") == 0 &&
		db_query(db, "SELECT campaign_move($1, 'active')", &id, 1, NULL) == -1)
		n = -1;
	if (db_run(db, n > 0 ? "COMMIT" : "ROLLBACK") == -1 || n == -1)
		return steer_say(db, "retry the campaign");
	if (!n)
		return EXIT_FALSE;
	if (set.json)
		printf("{\"campaign_id\":\"%s\",\"queued\":%" PRId64 "}\n", id, n);
	else
		printf("%s: %" PRId64 " people are tried again\n", id, n);
	if (strcmp(status, "paused") == 0)
		log_warn("the campaign is paused: campaign resume %s", id);
	return EXIT_OK;
}

static int run_pause(char *const operands[])
{
	return steer_each(operands, pause_one);
}

static int run_resume(char *const operands[])
{
	return steer_each(operands, resume_one);
}

static int run_stop(char *const operands[])
{
	return steer_each(operands, stop_one);
}

static int run_retry(char *const operands[])
{
	return steer_each(operands, retry_one);
}

const struct command command_pause = {
	.name = "pause",
	.page = {.synopsis = "pause campaign ... [options]",
		.purpose = "Nobody is dialled any more until it is resumed; who talks goes on.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run_pause,
};

const struct command command_resume = {
	.name = "resume",
	.page = {.synopsis = "resume campaign ... [options]",
		.purpose =
			"Go on with a campaign that was paused, by somebody or by a failing trunk.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run_resume,
};

const struct command command_stop = {
	.name = "stop",
	.page = {.synopsis = "stop campaign ... [options]",
		.purpose = "End a campaign for good: who talks goes on, nobody else is called.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run_stop,
};

const struct command command_retry = {
	.name = "retry",
	.page = {.synopsis = "retry campaign ... [options]",
		.purpose =
			"Call the people again who were not reached (No_answer), and nobody else.",
		.see = "campaign(1)"},
	.rows = retry_rows,
	.run = run_retry,
};
