/* campaign call: one call now, to a number that need not be a contact, through the same queue and the same gate.
 *
 * It is a row of the campaign `camp_00000000` ("single calls"), which goes before all others. What the gate does not let
 * pass is not queued: the transaction is rolled back.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "db/table.h"
#include "people.h"
#include "record/erased.h"
#include "record/phone-key.h"
#include "scenario.h"
#include "shape.h"
#include "steer.h"

#define SINGLE_ID "camp_00000000"
#define LOOK_MS 250 /* how often the row is looked at */

static struct {
	const char *scenario, *caller_id, *consent, *first_name, *last_name;
	int64_t wait_s;
	bool no_wait;
} own = {.scenario = "qualify", .wait_s = 60};

static const struct opt_row rows[] = {
	{"scenario", 0, OPT_STR, "NAME", NULL, "what is said: qualify, or a folder of recordings",
		&own.scenario},
	{"caller-id", 0, OPT_STR, "NUMBER", NULL, "number of ours that is shown", &own.caller_id},
	{"consent", 0, OPT_STR, "WORD", NULL, "what the call rests on: consent, contract, ..",
		&own.consent},
	{"first-name", 0, OPT_STR, "TEXT", NULL, "of a contact that is made for the call",
		&own.first_name},
	{"last-name", 0, OPT_STR, "TEXT", NULL, "and the other one", &own.last_name},
	{"wait", 0, OPT_INT, "S", NULL, "so long for a dispatcher to take it", &own.wait_s, 1,
		86400},
	{"no-wait", 0, OPT_FLAG, NULL, NULL, "do not wait for how it ends", &own.no_wait},
	SCENARIO_OPTIONS,
	{OPTION_COUNTRY},
	{OPTION_KEY_FILE},
	{OPTION_JSON},
	{0},
};

struct one {
	struct db db;
	struct e164 number;
	char queue_id[24];
};

static volatile sig_atomic_t interrupted;

static void on_signal(int nr)
{
	interrupted = 1;
}

static const char contact_sql[] =
	"INSERT INTO contact (phone, phone_raw, first_name, last_name, tz, country, line_type) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	" ON CONFLICT (phone) DO NOTHING";
static const char consent_sql[] =
	"UPDATE contact SET consent_basis = $2, consent_at = now(), consent_proof = 'campaign call by ' || session_user"
	" WHERE phone = $1 AND $2::text IS NOT NULL";
static const char campaign_sql[] =
	"INSERT INTO campaign (campaign_id, name, scenario, status, priority, gap_s, max_attempts, retry_s, max_channels)"
	" VALUES ('" SINGLE_ID "', 'single calls', $1, 'active', 3, 0, 1, 0, 1000)"
	" ON CONFLICT (campaign_id) DO UPDATE SET status = 'active', ended_at = NULL WHERE campaign.status IN ('completed', 'stopped')";
static const char queue_sql[] =
	"INSERT INTO call_queue AS q (campaign_id, contact_id, phone, zone, scenario, priority, caller_id, max_attempts)"
	" SELECT '" SINGLE_ID
	"', contact_id, phone, campaign_zone(country, tz), $2, 3, $3, 1 FROM contact WHERE phone = $1"
	" ON CONFLICT (campaign_id, contact_id) DO UPDATE SET status = 'pending', zone = excluded.zone, scenario = excluded.scenario,"
	" caller_id = excluded.caller_id, next_at = now(), max_attempts = q.attempts + 1, later_reason = NULL, blocked_reason = NULL,"
	" error_message = NULL, call_id = NULL WHERE q.status NOT IN ('pending', 'calling') RETURNING queue_id";
static const char queued_sql[] =
	"UPDATE contact SET status = 'Queued', updated_at = now() WHERE phone = $1 AND status <> 'Not_interested'";
static const char withdraw_sql[] =
	"UPDATE call_queue SET status = 'failed', error_message = $2 WHERE queue_id = $1 AND status = 'pending'";
static const char unqueue_sql[] =
	"UPDATE contact c SET status = CASE WHEN c.attempts > 0 THEN 'No_answer' ELSE 'New' END, updated_at = now()"
	" FROM call_queue q WHERE q.queue_id = $1 AND q.status = 'failed' AND c.contact_id = q.contact_id AND c.status = 'Queued'"
	" AND NOT EXISTS (SELECT FROM call_queue o WHERE o.contact_id = c.contact_id AND o.status IN ('pending', 'calling'))";

static enum exit_code ask_gate(struct one *o)
{
	static const char sql[] =
		"SELECT verdict, reason, to_char(next_at, 'YYYY-MM-DD HH24:MI') FROM campaign_gate($1)";
	enum exit_code code = EXIT_OK;
	const char *params[] = {o->queue_id};
	PGresult *r;

	if (db_query(&o->db, sql, params, 1, &r) == -1)
		return tables_say(&o->db, "ask whether the number may be called");
	if (strcmp(PQgetvalue(r, 0, 0), "blocked") == 0) {
		log_error("%s is not called: %s", o->number.number, PQgetvalue(r, 0, 1));
		code = EXIT_REFUSED;
	} else if (strcmp(PQgetvalue(r, 0, 0), "later") == 0) {
		log_error("%s is not called now: %s%s%s", o->number.number, PQgetvalue(r, 0, 1),
			PQgetisnull(r, 0, 2) ? "" : "; from ", PQgetvalue(r, 0, 2));
		code = EXIT_TRY_AGAIN;
	}
	PQclear(r);
	return code;
}

/* A person who was erased is not brought back. Who is being erased is waited for, and whoever erases waits for us. */
static enum exit_code ask_erased(struct one *o)
{
	bool erased;

	if (db_run(&o->db, "BEGIN; SELECT pg_advisory_xact_lock_shared(" TABLES_PEOPLE_LOCK ")") ==
			-1 ||
		erased_check(&o->db, o->number.number, &erased) == -1)
		return tables_say(&o->db, "queue the call");
	if (erased)
		log_error("%s is not called: the person was erased, and is not to be called",
			o->number.number);
	return erased ? EXIT_REFUSED : EXIT_OK;
}

/* Contact, campaign and row, if the gate lets them. */
static enum exit_code queue(struct one *o, const char *raw)
{
	const struct e164 *n = &o->number;
	const char *contact[] = {n->number, raw, own.first_name, own.last_name,
		*n->zones ? n->zones : NULL, n->country, e164_type_name(n->type)};
	const char *row[] = {n->number, own.scenario, own.caller_id};
	struct db *db = &o->db;
	enum exit_code code = ask_erased(o);

	if (code)
		return code;
	if (db_query(db, campaign_sql, &own.scenario, 1, NULL) == -1 ||
		db_query(db, contact_sql, contact, 7, NULL) == -1 ||
		db_query(db, consent_sql, (const char *const[]){n->number, own.consent}, 2, NULL) ==
			-1 ||
		db_value(db, queue_sql, row, 3, o->queue_id, sizeof(o->queue_id)) == -1)
		return tables_say(db, "queue the call");
	if (!*o->queue_id) {
		log_error("%s is being called already", n->number);
		return EXIT_TRY_AGAIN;
	}
	code = ask_gate(o);
	if (code)
		return code;
	if (db_query(db, queued_sql, row, 1, NULL) == -1 || db_run(db, "COMMIT") == -1)
		return tables_say(db, "queue the call");
	return EXIT_OK;
}

/* Nobody has taken it: it is not to be called later, when nobody waits for it. False: it has been taken. */
static bool withdraw(struct one *o, const char *why)
{
	const char *params[] = {o->queue_id, why};

	if (db_run(&o->db, "BEGIN") == 0 && db_count(&o->db, withdraw_sql, params, 2) == 1 &&
		db_query(&o->db, unqueue_sql, params, 1, NULL) == 0 &&
		db_run(&o->db, "COMMIT") == 0)
		return true;
	(void)!db_run(
		&o->db, "ROLLBACK"); /* what is wrong with the database is told by the next look */
	return false;
}

/* ---- how it goes ---- */

static const char state_sql[] =
	"SELECT q.status, CASE WHEN q.status = 'calling' THEN coalesce(c.state, 'claimed') ELSE q.status END AS state,"
	" coalesce(q.blocked_reason, q.error_message, q.later_reason) AS why, c.disposition, c.outcome, c.billsec, c.call_id,"
	" c.answered_at IS NOT NULL AS answered, c.slot_wish, c.hangup_text FROM call_queue q LEFT JOIN call c ON c.call_id = q.call_id"
	" WHERE q.queue_id = $1";

/* The last word, for people or programs; exit 1 unless somebody has answered. */
static enum exit_code ended(struct one *o, const PGresult *r)
{
	static const char json_sql[] =
		"SELECT q.phone, q.status, c.call_id, coalesce(c.answered_at IS NOT NULL, false) AS answered, c.disposition, c.outcome,"
		" c.billsec, c.slot_wish AS slot, c.final_sentiment AS sentiment, coalesce(q.blocked_reason, q.error_message) AS why"
		" FROM call_queue q LEFT JOIN call c ON c.call_id = q.call_id WHERE q.queue_id = $1";
	const char *params[] = {o->queue_id};
	bool answered = *PQgetvalue(r, 0, 7) == 't';

	if (table_form(set.json, false) == TABLE_JSON) {
		if (table_write(&o->db, json_sql, params, 1, TABLE_JSON, false, stdout) == -1)
			return tables_say(&o->db, "read the call");
	} else {
		printf("%s: %s", o->number.number,
			*PQgetvalue(r, 0, 3) ? PQgetvalue(r, 0, 3) : PQgetvalue(r, 0, 0));
		if (answered)
			printf(", %s, %s s", PQgetvalue(r, 0, 4), PQgetvalue(r, 0, 5));
		else if (!PQgetisnull(r, 0, 2))
			printf(" (%s)", PQgetvalue(r, 0, 2));
		putchar('\n');
	}
	return answered ? EXIT_OK : EXIT_FALSE;
}

static void progress(const struct one *o, const PGresult *r, char last[16])
{
	const char *state = PQgetvalue(r, 0, 1);

	if (strcmp(state, last) == 0)
		return;
	snprintf(last, 16, "%s", state);
	if (table_form(set.json, false) == TABLE_TEXT) {
		printf("%s: %s\n", o->number.number, state);
		(void)fflush(stdout);
	}
}

static enum exit_code wait_for_it(struct one *o)
{
	int64_t until = now_ns() + own.wait_s * NS_PER_S;
	enum exit_code code = EXIT_OK;
	const char *params[] = {o->queue_id};
	char last[16] = "";
	bool over = false;

	while (!over) {
		bool pending;
		PGresult *r;

		if (db_query(&o->db, state_sql, params, 1, &r) == -1)
			return tables_say(&o->db, "look how the call goes");
		pending = strcmp(PQgetvalue(r, 0, 0), "pending") == 0;
		over = !pending && strcmp(PQgetvalue(r, 0, 0), "calling") != 0;
		if (over) {
			code = ended(o, r);
		} else {
			progress(o, r, last);
			if (!pending && interrupted) {
				log_warn("the call goes on");
				code = EXIT_TRY_AGAIN;
				over = true;
			} else if (pending && (interrupted || now_ns() > until) &&
				withdraw(o, interrupted ? "withdrawn" : "no dispatcher took it")) {
				log_error("%s was not called: %s", o->number.number,
					interrupted ? "withdrawn" : "no dispatcher took it");
				code = EXIT_TRY_AGAIN;
				over = true;
			}
		}
		PQclear(r);
		if (!over)
			(void)poll(NULL, 0, LOOK_MS);
	}
	return code;
}

static enum exit_code call(struct one *o, const char *raw)
{
	struct shape s = {.caller_id = own.caller_id};
	enum exit_code code = EXIT_OK;
	int dispatchers;

	if (shape_check(&o->db, &s, &code) == -1)
		return code;
	own.caller_id = s.caller_id;
	dispatchers = steer_has_dispatcher(&o->db);
	if (dispatchers == -1)
		return tables_say(&o->db, "look for a dispatcher");
	if (!dispatchers) {
		log_error("no dispatcher is running: campaign run");
		return EXIT_TRY_AGAIN;
	}
	code = queue(o, raw);
	return code || own.no_wait ? code : wait_for_it(o);
}

static int run(char *const operands[])
{
	struct sigaction action = {.sa_handler = on_signal};
	enum exit_code code = EXIT_OK;
	struct one o = {.queue_id = ""};

	if (steer_one(operands, "one number") == -1)
		return EXIT_USAGE;
	code = (enum exit_code)people_number(operands[0], NULL, &o.number);
	if (code)
		return (int)code;
	if (e164_refusal(&o.number)) {
		log_error("%s is not called: %s", o.number.number, e164_refusal(&o.number));
		return EXIT_REFUSED;
	}
	if (scenario_check(own.scenario) == -1)
		return EXIT_REFUSED;
	if (phone_key(set.key_file, set.spool, false) == -1)
		return EXIT_CONFIG;
	if (tables_open(&o.db, &code) == -1)
		return (int)code;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	code = call(&o, operands[0]);
	db_close(&o.db);
	return (int)code;
}

const struct command command_call = {
	.name = "call",
	.page = {.synopsis = "call number [options]",
		.purpose = "Call one number now, and say how it went.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
