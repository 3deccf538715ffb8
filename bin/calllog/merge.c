#include "merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/copy.h"
#include "record/erased.h"
#include "record/phone-key.h"
#include "record/tables.h"

#define LIST_MAX ((size_t)16 << 20)

/* Columns that a row of the dialler keeps: what it means for the queue is decided by campaign_finish. */
static const char *const own[] = {"campaign_id", "phone_number", "direction", "caller_id",
	"disposition", "started_at", "ended_at", "call_id", NULL};
/* Those of which it keeps what it has, and those of which it keeps what the call does not tell. */
static const char *const own_first[] = {"answered_at", "tech_cause", NULL};
static const char *const own_else[] = {"amd_result", "amd_cause", "amd_ms", NULL};

static bool is_in(const char *const *list, const char *column, size_t n)
{
	for (; *list; list++)
		if (strlen(*list) == n && strncmp(*list, column, n) == 0)
			return true;
	return false;
}

int merge_begin(struct db *db)
{
	/* without the key nobody can tell whose calls are not to be put back */
	if (erased_key(db) == -1)
		return -1;
	return db_run(db,
		"CREATE TEMPORARY TABLE IF NOT EXISTS load_call (LIKE call) ON COMMIT DELETE ROWS;"
		"ALTER TABLE load_call ALTER state DROP NOT NULL, ALTER opt_out DROP NOT NULL");
}

/* "a = excluded.a, .."; what the dialler knows goes before. */
static void add_updates(struct dynbuf *sql)
{
	for (const char *c = rows_columns[ROWS_CALL]; *c;) {
		int n = (int)strcspn(c, ", ");
		dynbuf_addf(sql, "%.*s = CASE WHEN call.queue_id IS NULL THEN excluded.%.*s ELSE ",
			n, c, n, c);
		if (is_in(own, c, (size_t)n))
			dynbuf_addf(sql, "call.%.*s END, ", n, c);
		else if (is_in(own_first, c, (size_t)n))
			dynbuf_addf(sql, "coalesce(call.%.*s, excluded.%.*s) END, ", n, c, n, c);
		else if (is_in(own_else, c, (size_t)n))
			dynbuf_addf(sql, "coalesce(excluded.%.*s, call.%.*s) END, ", n, c, n, c);
		else
			dynbuf_addf(sql, "excluded.%.*s END, ", n, c);
		c += n;
		c += strspn(c, ", ");
	}
}

/* The ids that are loaded now: those that were there before in was, as an array. */
static int merge_calls(struct db *db, PGresult **ret)
{
	struct dynbuf sql;
	int err;

	dynbuf_init(&sql, LIST_MAX);
	dynbuf_addf(&sql,
		"INSERT INTO call (%s, state, loaded_at) SELECT %s, 'ended', now() FROM load_call l"
		" WHERE NOT EXISTS (SELECT FROM erasure e WHERE e.erased_at > l.started_at AND %s)"
		" ORDER BY call_id ON CONFLICT (call_id) DO UPDATE SET ",
		rows_columns[ROWS_CALL], rows_columns[ROWS_CALL],
		phone_has_key() ? "e.phone_hash = l.phone_hash" : "true");
	add_updates(&sql);
	dynbuf_adds(&sql,
		"state = CASE WHEN call.queue_id IS NULL THEN 'ended' ELSE call.state END, loaded_at = now()"
		" WHERE call.erased_at IS NULL AND call.words_removed_at IS NULL AND call.anonymised_at IS NULL"
		" AND excluded.journal_bytes >= call.journal_bytes AND excluded.source IS DISTINCT FROM call.source"
		" RETURNING call_id, xmax <> 0");
	err = db_query(db, sql.p, NULL, 0, ret);
	dynbuf_free(&sql);
	return err;
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(struct merged *const *)a)->rows.id, (*(struct merged *const *)b)->rows.id);
}

static struct merged *find(struct merged *calls[], size_t n, const char *id)
{
	size_t low = 0;

	while (n > 0) {
		int order = strcmp(id, calls[low + n / 2]->rows.id);
		if (order == 0)
			return calls[low + n / 2];
		if (order > 0) {
			low += n / 2 + 1;
			n -= n / 2 + 1;
		} else {
			n /= 2;
		}
	}
	return NULL;
}

/* Mark those that are loaded; the rows that they had before are no more. */
static int mark(struct db *db, const PGresult *result, struct merged *calls[], size_t n)
{
	static const char *const tables[] = {
		"call_interaction", "call_turn", "call_action", "call_event"};
	struct dynbuf before;
	int err = 0;

	dynbuf_init(&before, LIST_MAX);
	dynbuf_adds(&before, "{");
	for (int i = 0; i < PQntuples(result); i++) {
		struct merged *call = find(calls, n, PQgetvalue(result, i, 0));
		if (call)
			call->loaded = true;
		if (*PQgetvalue(result, i, 1) == 't')
			copy_element(&before, PQgetvalue(result, i, 0));
	}
	dynbuf_adds(&before, "}");
	for (size_t i = 0; !err && before.n > 2 && i < ARRAY_LEN(tables); i++) {
		char sql[128];
		snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE call_id = ANY ($1)", tables[i]);
		err = db_query(db, sql, (const char *const[]){before.p}, 1, NULL);
	}
	dynbuf_free(&before);
	return err;
}

static int copy_rows(struct db *db, enum rows_table table, struct merged *calls[], size_t n)
{
	char sql[2048];
	int err;

	if (table == ROWS_CALL)
		snprintf(sql, sizeof(sql), "COPY load_call (%s, phone_hash) FROM STDIN",
			rows_columns[table]);
	else
		snprintf(sql, sizeof(sql), "COPY %s FROM STDIN", rows_columns[table]);
	err = db_copy_begin(db, sql);
	for (size_t i = 0; !err && i < n; i++)
		if ((table == ROWS_CALL || calls[i]->loaded) && calls[i]->rows.n[table])
			err = db_copy_put(
				db, calls[i]->rows.table[table].p, calls[i]->rows.table[table].n);
	return err ? err : db_copy_end(db);
}

/* ---- what a call means for a campaign ---- */

/* What the agent said about the talks of campaigns: whom they reached is a lead, or not, or is not called again. A call that
 * was connected twice has a directory for each, and is one row of the dialler. By contact: so they are locked in one order. */
static const char results[] =
	"SELECT campaign_result(c.call_id, l.disposition, l.is_interested, l.slot_wish, l.opt_out,"
	" l.final_sentiment, p_opt_out_by => l.result ->> 'opt_out_by')"
	" FROM load_call l JOIN call c ON c.call_id = coalesce(l.uuid, l.call_id)"
	" WHERE l.call_id = ANY ($1::text[]) AND c.queue_id IS NOT NULL ORDER BY c.contact_id, l.call_id";

/* Who asked for it in another call, too. */
static const char opt_outs[] =
	"INSERT INTO dnc (phone, reason, call_id)"
	" SELECT DISTINCT ON (phone_number) phone_number,"
	" CASE result ->> 'opt_out_by' WHEN 'dtmf' THEN 'dtmf' ELSE 'voice' END, call_id FROM call"
	" WHERE call_id = ANY ($1::text[]) AND opt_out AND phone_number ~ '^\\+[1-9][0-9]{6,14}$'"
	" ORDER BY phone_number, call_id"
	" ON CONFLICT (phone, scope) DO UPDATE SET expires_at = NULL WHERE dnc.expires_at IS NOT NULL";

/* The sound of the last talk. */
static const char recordings[] =
	"UPDATE contact p SET audio_recording_path = c.path FROM ("
	" SELECT DISTINCT ON (contact_id) contact_id,"
	" coalesce(assembled_audio_path, recording_path, mp3_path) AS path, answered_at FROM call"
	" WHERE call_id = ANY ($1::text[]) AND contact_id IS NOT NULL"
	" ORDER BY contact_id, answered_at DESC NULLS LAST, call_id) c"
	" WHERE p.contact_id = c.contact_id AND c.path IS NOT NULL"
	" AND p.audio_recording_path IS DISTINCT FROM c.path"
	" AND NOT EXISTS (SELECT FROM call o WHERE o.phone_number = p.phone AND o.answered_at > c.answered_at"
	" AND coalesce(o.assembled_audio_path, o.recording_path, o.mp3_path) IS NOT NULL)";

static int conclude(struct db *db, struct merged *calls[], size_t n)
{
	static const char *const statements[] = {results, opt_outs, recordings};
	static const char reopen[] = "SELECT campaign_reopen()"; /* behind all that waits */
	struct dynbuf ids;
	int err = 0;

	dynbuf_init(&ids, LIST_MAX);
	dynbuf_adds(&ids, "{");
	for (size_t i = 0; i < n; i++)
		if (calls[i]->loaded)
			copy_element(&ids, calls[i]->rows.id);
	dynbuf_adds(&ids, "}");
	for (size_t i = 0; !err && ids.n > 2 && i < ARRAY_LEN(statements); i++)
		err = db_query(db, statements[i], (const char *const[]){ids.p}, 1, NULL);
	if (!err && ids.n > 2)
		err = db_query(db, reopen, NULL, 0, NULL);
	dynbuf_free(&ids);
	return err;
}

static int merge_all(struct db *db, struct merged *calls[], size_t n)
{
	PGresult *result;
	int err;

	if (db_run(db, "BEGIN; SELECT pg_advisory_xact_lock_shared(" TABLES_QUEUE_LOCK ")") == -1 ||
		copy_rows(db, ROWS_CALL, calls, n) == -1 || merge_calls(db, &result) == -1)
		return -1;
	err = mark(db, result, calls, n);
	PQclear(result);
	for (int table = ROWS_CALL + 1; !err && table < ROWS_TABLES; table++)
		err = copy_rows(db, (enum rows_table)table, calls, n);
	err = err ? err : conclude(db, calls, n);
	return err ? err : db_run(db, "COMMIT");
}

int merge(struct db *db, struct merged *calls[], size_t n)
{
	struct db fault;

	qsort(calls, n, sizeof(struct merged *), by_id);
	for (size_t i = 0; i < n; i++)
		calls[i]->loaded = false;
	if (merge_all(db, calls, n) == 0)
		return 0;
	fault = *db;
	if (PQstatus(db->conn) == CONNECTION_OK)
		(void)!db_run(db, "ROLLBACK");
	*db = fault;
	return -1;
}

int merge_known(struct db *db, const char *const ids[], const char *const sources[],
	bool ret_known[], size_t n)
{
	struct dynbuf id_list, source_list;
	PGresult *result;
	int err;

	dynbuf_init(&id_list, LIST_MAX);
	dynbuf_init(&source_list, LIST_MAX);
	dynbuf_adds(&id_list, "{");
	dynbuf_adds(&source_list, "{");
	for (size_t i = 0; i < n; i++) {
		copy_element(&id_list, ids[i]);
		copy_element(&source_list, sources[i]);
	}
	dynbuf_adds(&id_list, "}");
	dynbuf_adds(&source_list, "}");
	err = db_query(db,
		"SELECT nr FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (id, source, nr)"
		" JOIN call ON call_id = id AND call.source = given.source",
		(const char *const[]){id_list.p, source_list.p}, 2, &result);
	dynbuf_free(&id_list);
	dynbuf_free(&source_list);
	if (err)
		return -1;
	memset(ret_known, 0, n * sizeof(*ret_known));
	for (int i = 0; i < PQntuples(result); i++)
		ret_known[strtoul(PQgetvalue(result, i, 0), NULL, 10) - 1] = true;
	PQclear(result);
	return 0;
}
