/* What import does in the database. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "record/erased.h"
#include "record/tables.h"

/* ---- what rows are held against ---- */

static int read_zones(struct db *db, struct row_lists *ret)
{
	PGresult *r;

	if (db_query(db, "SELECT name FROM pg_timezone_names ORDER BY name COLLATE \"C\"", NULL, 0,
		    &r) == -1)
		return -1;
	ret->zones = calloc((size_t)PQntuples(r) + 1, sizeof(*ret->zones));
	for (int i = 0; ret->zones && i < PQntuples(r); i++) {
		ret->zones[i] = strdup(PQgetvalue(r, i, 0));
		ret->n_zones += ret->zones[i] != NULL;
	}
	PQclear(r);
	return ret->zones ? 0 : -1;
}

static int read_erased(struct db *db, struct row_lists *ret)
{
	uint8_t(*hashes)[SHA256_BYTES];
	PGresult *r;
	size_t n;

	if (db_query(db, "SELECT encode(phone_hash, 'hex') FROM erasure ORDER BY phone_hash", NULL,
		    0, &r) == -1)
		return -1;
	n = (size_t)PQntuples(r);
	hashes = calloc(n + 1, sizeof(*hashes));
	for (size_t i = 0; hashes && i < n; i++) {
		const char *hex = PQgetvalue(r, (int)i, 0);
		for (size_t k = 0; k < SHA256_BYTES; k++)
			(void)sscanf(hex + 2 * k, "%2hhx", &hashes[i][k]);
	}
	PQclear(r);
	ret->erased = (const uint8_t(*)[SHA256_BYTES])hashes;
	ret->n_erased = hashes ? n : 0;
	return hashes ? 0 : -1;
}

void import_lists_free(struct row_lists *l)
{
	for (size_t i = 0; i < l->n_zones; i++)
		free(l->zones[i]);
	free(l->zones);
	free((void *)(uintptr_t)l->erased);
	*l = (struct row_lists){0};
}

int import_lists(struct db *db, bool zones, struct row_lists *ret, enum exit_code *ret_code)
{
	db->fault = DB_FINE;
	if (db_run(db, "SELECT pg_advisory_xact_lock_shared(" TABLES_PEOPLE_LOCK ")") == -1 ||
		(zones && read_zones(db, ret) == -1) || read_erased(db, ret) == -1 ||
		erased_key(db) == -1) {
		*ret_code = tables_say(db, "read what the rows are held against");
		return -1;
	}
	return 0;
}

/* ---- contacts ---- */

/* What a file says of a person. */
#define TOLD "first_name, last_name, email, company, notes, extra, consent_at, consent_proof"

/* Sorted, so that the index grows at one end. */
#define INSERT(new, conflict) \
	"INSERT INTO contact (phone, phone_raw, " TOLD \
	", consent_basis, status, priority, tz, country, line_type, import_id)" \
	" SELECT DISTINCT ON (phone) phone, phone_raw, " TOLD \
	", consent_basis, coalesce(status, 'New'), coalesce(priority, 1), tz, country, line_type, $1::bigint" \
	" FROM pg_temp.row r WHERE phone IS NOT NULL" new " ORDER BY phone, line" conflict

/* The first takes two thirds of the time of the second, and fails if somebody else brings a number in at this moment. */
static const char insert_sql[] = INSERT(
	" AND NOT EXISTS (SELECT FROM contact c WHERE c.phone = r.phone)", "");
static const char insert_beside_sql[] = INSERT("", " ON CONFLICT (phone) DO NOTHING");

/* The columns of the contact as the row leaves them: what it does not say stays. */
#define MERGED \
	"coalesce(f.first_name, c.first_name), coalesce(f.last_name, c.last_name), coalesce(f.email, c.email)," \
	" coalesce(f.company, c.company), coalesce(f.notes, c.notes)," \
	" CASE WHEN f.extra IS NULL THEN c.extra ELSE coalesce(c.extra, '{}') || f.extra END," \
	" coalesce(f.consent_at, c.consent_at)," \
	" coalesce(f.consent_proof, c.consent_proof), coalesce(f.consent_basis, c.consent_basis)," \
	" CASE WHEN f.status = 'Not_interested' THEN f.status ELSE c.status END, coalesce(f.priority, c.priority)," \
	" CASE WHEN $2::boolean THEN coalesce(f.tz, c.tz) ELSE c.tz END"
#define OF_CONTACT \
	"c.first_name, c.last_name, c.email, c.company, c.notes, c.extra, c.consent_at," \
	" c.consent_proof, c.consent_basis, c.status, c.priority, c.tz"

/* Only what changes is written, and what it was is kept. */
static const char update_sql[] =
	"WITH f AS MATERIALIZED (SELECT DISTINCT ON (phone) * FROM pg_temp.row WHERE phone IS NOT NULL ORDER BY phone, line),"
	" c AS (SELECT c.*, f.line FROM contact c JOIN f USING (phone)"
	" WHERE ROW(" MERGED ") IS DISTINCT FROM ROW(" OF_CONTACT
	") ORDER BY c.contact_id FOR UPDATE OF c),"
	" kept AS (INSERT INTO import_change (import_id, contact_id, before)"
	" SELECT $1::bigint, contact_id, to_jsonb(c) - 'line' FROM c)"
	" UPDATE contact SET (" TOLD ", consent_basis, status, priority, tz, updated_at) = (" MERGED
	", now())"
	" FROM c JOIN f USING (phone) WHERE contact.contact_id = c.contact_id";

static const char duplicates_sql[] =
	"INSERT INTO import_error (import_id, line, reason, phone, raw)"
	" SELECT $1::bigint, line, CASE WHEN line > first THEN format('line %s has the number %s', first, phone)"
	" ELSE format('the number %s is known', phone) END, phone,"
	" concat_ws(', ', phone_raw, first_name, last_name, email, company)"
	" FROM (SELECT *, min(line) OVER (PARTITION BY phone) AS first FROM pg_temp.row WHERE phone IS NOT NULL) r"
	" WHERE line > first OR NOT $2::boolean AND NOT EXISTS"
	" (SELECT FROM contact c WHERE c.phone = r.phone AND c.import_id = $1::bigint)";

static const char bad_sql[] =
	"INSERT INTO import_error (import_id, line, reason, raw)"
	" SELECT $1::bigint, line, reason, raw FROM pg_temp.row WHERE phone IS NULL";

static const char counts_sql[] =
	"SELECT count(*), count(*) FILTER (WHERE status = 'New'), CASE WHEN EXISTS (SELECT FROM dnc) THEN"
	" (SELECT count(*) FROM dnc d WHERE scope = '*' AND (expires_at IS NULL OR expires_at > now())"
	" AND EXISTS (SELECT FROM pg_temp.row r WHERE r.phone = d.phone)) ELSE 0 END FROM contact";

/* *ret_rows, unless it is NULL: how many there were. */
static int change(
	struct db *db, const char *sql, const char *const params[], int n, int64_t *ret_rows)
{
	int64_t rows = db_count(db, sql, params, n);

	if (rows >= 0 && ret_rows)
		*ret_rows = rows;
	return rows == -1 ? -1 : 0;
}

static int count(struct db *db, struct import_counts *n)
{
	PGresult *r;

	if (db_query(db, counts_sql, NULL, 0, &r) == -1)
		return -1;
	n->contacts = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	n->contacts_new = strtoll(PQgetvalue(r, 0, 1), NULL, 10);
	n->dnc = strtoll(PQgetvalue(r, 0, 2), NULL, 10);
	PQclear(r);
	return 0;
}

static int finish(struct db *db, const char *id, const struct import_counts *n)
{
	const int64_t values[] = {n->rows, n->new, n->updated, n->dup, n->bad};
	char text[5][24];

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		snprintf(text[i], sizeof(text[i]), "%" PRId64, values[i]);
	return change(db,
		"UPDATE import SET rows = $2::bigint, new = $3::bigint, updated = $4::bigint, dup = $5::bigint,"
		" bad = $6::bigint, finished_at = clock_timestamp() WHERE import_id = $1::bigint",
		(const char *const[]){id, text[0], text[1], text[2], text[3], text[4]}, 6, NULL);
}

static int insert(struct db *db, const char *id, int64_t *ret_rows)
{
	const char *const params[] = {id};

	if (db_run(db, "SAVEPOINT before") == -1)
		return -1;
	if (change(db, insert_sql, params, 1, ret_rows) == 0)
		return 0;
	if (db->fault == DB_GONE || db_run(db, "ROLLBACK TO before") == -1)
		return -1;
	return change(db, insert_beside_sql, params, 1, ret_rows);
}

int import_merge(struct db *db, const char *id, bool update, bool zones, struct import_counts *n)
{
	if (update &&
		(db_run(db, "SELECT pg_advisory_xact_lock(" TABLES_QUEUE_LOCK ")") == -1 ||
			change(db, update_sql, (const char *const[]){id, zones ? "t" : "f"}, 2,
				&n->updated) == -1))
		return -1;
	if (insert(db, id, &n->new) == -1)
		return -1;
	if (n->good > n->new + n->updated &&
		change(db, duplicates_sql, (const char *const[]){id, update ? "t" : "f"}, 2,
			&n->dup) == -1)
		return -1;
	n->unchanged = n->good - n->new - n->updated - n->dup;
	if (n->bad && change(db, bad_sql, (const char *const[]){id}, 1, NULL) == -1)
		return -1;
	return count(db, n) == -1 ? -1 : finish(db, id, n);
}
