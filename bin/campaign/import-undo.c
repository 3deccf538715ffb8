/* campaign import --undo, --list, --errors: what was imported. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "campaign.h"
#include "import.h"
#include "record/found.h"

/* A contact that somebody has begun to work with stays. */
static const char delete_sql[] =
	"DELETE FROM contact c WHERE import_id = $1::bigint AND attempts = 0 AND last_attempt IS NULL"
	" AND NOT EXISTS (SELECT FROM call_queue q WHERE q.contact_id = c.contact_id)"
	" AND NOT EXISTS (SELECT FROM call k WHERE k.contact_id = c.contact_id)"
	" AND NOT EXISTS (SELECT FROM import_change i WHERE i.contact_id = c.contact_id AND i.import_id > $1::bigint)";

/* What it has changed becomes what it was, unless it was changed again; a refusal stays if there was a call since. */
static const char restore_sql[] =
	"UPDATE contact c SET (first_name, last_name, email, company, notes, extra, consent_basis, consent_at,"
	" consent_proof, priority, tz, status, updated_at) = (b.first_name, b.last_name, b.email, b.company, b.notes, b.extra,"
	" b.consent_basis, b.consent_at, b.consent_proof, b.priority, b.tz,"
	" CASE WHEN c.status = 'Not_interested' AND c.refused_at IS NOT DISTINCT FROM b.refused_at"
	" AND c.last_attempt IS NOT DISTINCT FROM b.last_attempt"
	" THEN CASE WHEN b.status IN ('Queued', 'Calling') THEN 'New' ELSE b.status END ELSE c.status END, now())"
	" FROM import_change i, jsonb_populate_record(NULL::contact, i.before) b"
	" WHERE i.import_id = $1::bigint AND c.contact_id = i.contact_id AND c.phone IS NOT NULL"
	" AND NOT EXISTS (SELECT FROM import_change l WHERE l.contact_id = c.contact_id AND l.import_id > $1::bigint)";

static const char count_sql[] =
	"SELECT (SELECT count(*) FROM contact WHERE import_id = $1::bigint)"
	" + (SELECT count(*) FROM import_change WHERE import_id = $1::bigint)";

/* Its row, locked. -1: there is none to be undone, which has been said, or the database. */
static int lock(struct db *db, const char *id, enum exit_code *ret_code)
{
	PGresult *r;
	int err = 0;

	*ret_code = EXIT_OK;
	if (db_query(db, "SELECT undone_at FROM import WHERE import_id = $1::bigint FOR UPDATE",
		    (const char *const[]){id}, 1, &r) == -1)
		return -1;
	if (!PQntuples(r) || !PQgetisnull(r, 0, 0)) {
		log_error("cannot undo import %s: %s", id,
			PQntuples(r) ? "it was undone before" : "there is none of that number");
		*ret_code = EXIT_DATA;
		err = -1;
	}
	PQclear(r);
	return err;
}

static int undo(struct db *db, const char *id)
{
	int64_t restored, deleted;
	char all[24];

	if (db_value(db, count_sql, &id, 1, all, sizeof(all)) == -1 ||
		(restored = db_count(db, restore_sql, &id, 1)) == -1 ||
		(deleted = db_count(db, delete_sql, &id, 1)) == -1 ||
		db_query(db,
			"WITH c AS (DELETE FROM import_change WHERE import_id = $1::bigint),"
			" e AS (DELETE FROM import_error WHERE import_id = $1::bigint)"
			" UPDATE import SET undone_at = now() WHERE import_id = $1::bigint",
			&id, 1, NULL) == -1 ||
		db_run(db, set.dry_run ? "ROLLBACK" : "COMMIT") == -1)
		return -1;
	printf("%simport %s: %" PRId64 " contacts removed, %" PRId64
	       " as they were before, %" PRId64
	       " stay: they were called, queued or changed since\n",
		set.dry_run ? "would undo " : "undone ", id, deleted, restored,
		(int64_t)strtoll(all, NULL, 10) - restored - deleted);
	return 0;
}

enum exit_code import_undo(int64_t id)
{
	enum exit_code code = EXIT_OK;
	char text[24];
	struct db db;

	snprintf(text, sizeof(text), "%" PRId64, id);
	if (tables_open(&db, &code) == -1)
		return code;
	if (db_run(&db, "BEGIN; SELECT pg_advisory_xact_lock(" TABLES_QUEUE_LOCK ")") == -1 ||
		lock(&db, text, &code) == -1 || undo(&db, text) == -1)
		code = code ? code : tables_say(&db, "undo the import");
	db_close(&db);
	return code;
}

enum exit_code import_show(int64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, id);
	return found_write(&(struct found){
		.sql = id
			? "SELECT line, reason, raw FROM import_error WHERE import_id = $1::bigint ORDER BY line"
			: "SELECT import_id AS import, file, to_char(begun_at, 'YYYY-MM-DD HH24:MI:SS') AS at, actor, options,"
			  " rows, new, updated, dup AS duplicates, bad AS errors, undone_at IS NOT NULL AS undone"
			  " FROM import ORDER BY import_id",
		.params = (const char *const[]){text},
		.n = id ? 1 : 0,
		.form = table_form(set.json, set.csv),
		.what = "list imports",
	});
}
