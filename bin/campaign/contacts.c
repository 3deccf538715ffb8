/* campaign contacts: people, listed, and one of them with all that is known. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "people.h"
#include "record/found.h"
#include "steer.h"

#define LIST_LIMIT "50" /* on a terminal, unless told */

static const char *search; /* words of names, company, e-mail, number */
static int64_t import_id;

static const struct opt_row rows[] = {
	{OPTION_STATUS},
	{OPTION_CAMPAIGN},
	{"search", 0, OPT_STR, "TEXT", NULL,
		"only those with it in name, company, e-mail or number", &search},
	{"import", 0, OPT_INT, "ID", NULL, "only those of that import", &import_id, 1, INT64_MAX},
	{OPTION_LIMIT},
	{OPTION_COUNTRY},
	{OPTION_OUTPUT},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

static const char list_sql[] =
	"SELECT contact_id AS id, phone, first_name, last_name, company, status, priority, attempts,"
	" to_char(last_attempt, 'YYYY-MM-DD HH24:MI') AS last_attempt, country, tz, line_type,"
	" EXISTS (SELECT FROM dnc d WHERE d.phone = c.phone AND d.scope = '*' AND (expires_at IS NULL OR expires_at > now()))"
	" AS do_not_call FROM contact c WHERE phone IS NOT NULL AND ($1::text IS NULL OR status = $1)"
	" AND ($2::text IS NULL OR EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = $2 AND q.contact_id = c.contact_id))"
	" AND ($3::text IS NULL OR concat_ws(' ', first_name, last_name, company, email, phone, phone_raw) ILIKE"
	" '%' || replace(replace(replace($3, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')"
	" AND ($4::bigint IS NULL OR import_id = $4) ORDER BY contact_id LIMIT $5::bigint";

/* One person, $1 the number in E.164. */
static const struct {
	const char *name, *sql;
	bool upright;
} parts[] = {
	{"contact",
		"SELECT contact_id, phone, phone_raw, first_name, last_name, email, company, notes, extra, status, priority,"
		" attempts, last_attempt, tz, country, line_type, consent_basis, consent_at, consent_proof, refused_at, slot_wish,"
		" audio_recording_path, import_id, created_at, updated_at FROM contact WHERE phone = $1",
		true},
	{"do_not_call",
		"SELECT scope, reason, note, added_at, expires_at, call_id FROM dnc WHERE phone = $1 ORDER BY scope",
		false},
	{"queue",
		"SELECT q.campaign_id, q.status, q.attempts, q.next_at, q.later_reason, q.blocked_reason, q.error_message"
		" FROM call_queue q WHERE q.phone = $1 ORDER BY q.queue_id",
		false},
	{"calls",
		"SELECT call_id, campaign_id, state, coalesce(started_at, dialed_at) AS at, duration, outcome, disposition,"
		" amd_result, final_sentiment FROM call WHERE phone_number = $1 ORDER BY coalesce(started_at, dialed_at), call_id",
		false},
};

static int show_text(struct db *db, const char *number)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		PGresult *r;
		int err = 0;

		if (db_query(db, parts[i].sql, &number, 1, &r) == -1)
			return -1;
		if (PQntuples(r)) {
			printf("%s%s:\n", i ? "\n" : "", parts[i].name);
			err = table_put(r, TABLE_TEXT, parts[i].upright, stdout);
		}
		PQclear(r);
		if (err)
			return -1;
	}
	return 0;
}

/* One object, with a list of each part but the first. */
static int show_json(struct db *db, const char *number)
{
	char *sql;
	int err;

	if (asprintf(&sql,
		    "SELECT c.*, (SELECT coalesce(jsonb_agg(d), '[]') FROM (%s) d) AS do_not_call,"
		    " (SELECT coalesce(jsonb_agg(q), '[]') FROM (%s) q) AS queue,"
		    " (SELECT coalesce(jsonb_agg(k), '[]') FROM (%s) k) AS calls FROM (%s) c",
		    parts[1].sql, parts[2].sql, parts[3].sql, parts[0].sql) == -1)
		return -1;
	err = table_write(db, sql, &number, 1, TABLE_JSON, false, stdout);
	free(sql);
	return err;
}

static int show(const char *word)
{
	struct e164 n;
	enum exit_code code = (enum exit_code)people_number(word, NULL, &n);
	const char *number = n.number;
	struct db db;
	int64_t there;
	int err = 0;

	if (code)
		return (int)code;
	if (tables_open(&db, &code) == -1)
		return (int)code;
	there = db_count(&db, parts[0].sql, &number, 1);
	if (there == 0) {
		log_error("nobody has the number '%s'", number);
		code = EXIT_FALSE;
	} else if (there > 0) {
		err = table_form(set.json, false) == TABLE_TEXT ? show_text(&db, number)
								: show_json(&db, number);
	}
	if (there == -1 || err == -1)
		code = tables_say(&db, "show the contact");
	db_close(&db);
	return (int)code;
}

static int list(void)
{
	enum table_form form = table_form(set.json, set.csv);
	char limit[24], id[24];
	enum exit_code code = EXIT_OK;
	const char *status;

	if (people_status(set.status, &status) == -1)
		return EXIT_USAGE;
	if (steer_campaign(&code) == -1)
		return (int)code;
	snprintf(id, sizeof(id), "%" PRId64, import_id);
	return (int)found_write(&(struct found){
		.sql = list_sql,
		.params = (const char *const[]){status, set.campaign, search, import_id ? id : NULL,
			steer_limit(form == TABLE_TEXT ? LIST_LIMIT : NULL, limit)},
		.n = 5,
		.form = form,
		.output = set.output,
		.what = "list contacts",
	});
}

static int run(char *const operands[])
{
	const char *country;
	int status;

	if (people_country(&country, &status) == -1)
		return status;
	if (!operands[0]) {
		status = opt_only("status|campaign|search|import|limit|output|json|csv", "a list");
		return status != -1 ? status : list();
	}
	if (operands[1])
		return opt_no_operands(operands + 1);
	status = opt_only("country|json", "one contact");
	return status != -1 ? status : show(operands[0]);
}

const struct command command_contacts = {
	.name = "contacts",
	.page = {.synopsis = "contacts [options] [number]",
		.purpose = "List people, or show one with all that is known.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
