#include "audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "calllog.h"

int audit_begin(struct db *db, struct audit *ret, const char *action, const char *class,
	const char *cutoff, const char *hash)
{
	char host[64] = "";
	PGresult *result;

	(void)!gethostname(host, sizeof(host) - 1);
	if (db_query(db,
		    "INSERT INTO audit (action, class, older_than, phone_hash, host, dry_run)"
		    " VALUES ($1, $2, $3::timestamptz, $4::bytea, $5, $6::boolean) RETURNING audit_id",
		    (const char *const[]){
			    action, class, cutoff, hash, host, set.dry_run ? "t" : "f"},
		    6, &result) == -1)
		return -1;
	snprintf(ret->id, sizeof(ret->id), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return 0;
}

int audit_end(struct db *db, const struct audit *a, const struct wiped *files, int64_t rows)
{
	char numbers[5][24];
	const int64_t values[] = {files->calls, files->files, files->bytes, rows, files->failed};

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		snprintf(numbers[i], sizeof(numbers[i]), "%" PRId64, values[i]);
	return db_query(db,
		"UPDATE audit SET calls = $2::bigint, files = $3::bigint, bytes = $4::bigint, rows = $5::bigint,"
		" failed = $6::bigint, finished_at = now() WHERE audit_id = $1::bigint",
		(const char *const[]){
			a->id, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]},
		6, NULL);
}

int audit_words(struct db *db, const char *where, const char *const params[], int n, int64_t *rows)
{
	static const char *const statements[] = {
		"UPDATE call_turn t SET text = NULL, heard_text = NULL FROM call c WHERE t.call_id = c.call_id"
		" AND (t.text IS NOT NULL OR t.heard_text IS NOT NULL) AND ",
		"UPDATE call_interaction i SET transcription = NULL FROM call c WHERE i.call_id = c.call_id"
		" AND transcription IS NOT NULL AND ",
		"UPDATE call_action a SET parameters = NULL, result = NULL, error = NULL FROM call c"
		" WHERE a.call_id = c.call_id"
		" AND (a.parameters IS NOT NULL OR a.result IS NOT NULL OR a.error IS NOT NULL) AND ",
		"UPDATE call_event e SET data = NULL FROM call c WHERE e.call_id = c.call_id AND e.data IS NOT NULL"
		" AND type NOT IN ('state', 'heard', 'pace') AND ",
		"UPDATE call c SET result = NULL, summary = NULL, quality = NULL, slot_wish = NULL, said = NULL, tech_cause = NULL,"
		" amd_cause = NULL, words_removed_at = now() WHERE words_removed_at IS NULL AND ",
	};
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_LEN(statements); i++) {
		PGresult *result;
		char *sql;

		if (asprintf(&sql, "%s%s", statements[i], where) == -1)
			return -1;
		err = db_query(db, sql, params, n, &result);
		free(sql);
		if (!err) {
			*rows += db_rows(result);
			PQclear(result);
		}
	}
	return err;
}
