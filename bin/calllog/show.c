/* calllog show: one call, for a human. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "calllog.h"
#include "record/kept.h"

/* One query each, of one call: $1. */
static const char find_sql[] =
	"SELECT call_id FROM call WHERE call_id = $1 OR starts_with(call_id, $1) ORDER BY call_id = $1 DESC, call_id LIMIT 2";
static const char head_sql[] =
	"SELECT call_id AS call, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') AS began, duration || ' s' AS lasted,"
	" service, campaign_id AS campaign, direction, phone_number AS number, status, disposition, cause AS verdict,"
	" transfer_to, amd_result AS answered_by, final_sentiment AS sentiment,"
	" CASE WHEN is_interested THEN 'yes' WHEN NOT is_interested THEN 'no' END AS interested,"
	" slot_wish AS slot, nullif(opt_out, false) AS opt_out, language, round(quality_score::numeric, 2) AS quality, summary,"
	" coalesce(mp3_path, assembled_audio_path, recording_path) AS recording, call_dir AS directory,"
	" CASE WHEN crashed THEN 'its record was not finished' END AS crashed, nullif(broken_lines, 0) AS broken_lines,"
	" words_removed_at AS words_removed, anonymised_at AS anonymised, erased_at AS erased"
	" FROM call WHERE call_id = $1";
static const char lines_sql[] =
	"SELECT t_ms, what, text FROM ("
	" SELECT t0_ms AS t_ms, 2 AS rank, turn_number AS nr, CASE speaker WHEN 'caller' THEN 'client' ELSE speaker END AS what,"
	" concat_ws('  ', coalesce(nullif(heard_text, ''), text, '(no words)'),"
	" CASE WHEN status = 'cleared' THEN '(interrupted)' WHEN status IN ('failed', 'open') THEN '(' || status || ')' END,"
	" CASE WHEN sentiment <> '' THEN '(' || sentiment || ')' END,"
	" CASE WHEN response_ms IS NOT NULL THEN '[' || response_ms || ' ms]' END) AS text FROM call_turn WHERE call_id = $1"
	" UNION ALL SELECT t_ms, 1, action_number, 'tool', type || coalesce(' ' || parameters::text, '') || ': ' || status"
	" || coalesce(', ' || error, '') || coalesce(', ' || ms || ' ms', '') FROM call_action WHERE call_id = $1"
	" UNION ALL SELECT t_ms, 0, event_number, CASE type WHEN 'state' THEN '->' ELSE type END,"
	" CASE type WHEN 'state' THEN data ->> 'to' WHEN 'error' THEN concat_ws(': ', data ->> 'stage', data ->> 'text')"
	" ELSE data::text END FROM call_event WHERE call_id = $1 AND type NOT IN ('heard', 'pace', 'session')"
	") AS l ORDER BY t_ms NULLS LAST, rank, nr";
static const char json_sql[] =
	"SELECT c.*, (SELECT json_agg(to_jsonb(t) - 'call_id' ORDER BY turn_number) FROM call_turn t WHERE call_id = $1)"
	" AS turns_of_call, (SELECT json_agg(to_jsonb(i) - 'call_id' - 'interaction_id' ORDER BY question_number, asked)"
	" FROM call_interaction i WHERE call_id = $1) AS interactions,"
	" (SELECT json_agg(to_jsonb(a) - 'call_id' ORDER BY action_number) FROM call_action a WHERE call_id = $1) AS actions,"
	" (SELECT json_agg(to_jsonb(e) - 'call_id' ORDER BY event_number) FROM call_event e WHERE call_id = $1) AS events"
	" FROM call c WHERE call_id = $1";

static void head(const PGresult *r)
{
	for (int i = 0; i < PQnfields(r); i++) {
		if (PQgetisnull(r, 0, i))
			continue;
		printf("%-14s ", PQfname(r, i));
		table_plain(stdout, PQgetvalue(r, 0, i));
		putchar('\n');
	}
	putchar('\n');
}

static void lines(const PGresult *r)
{
	for (int i = 0; i < PQntuples(r); i++) {
		if (PQgetisnull(r, i, 0))
			printf("%9s", "");
		else
			printf("%9.2f", strtod(PQgetvalue(r, i, 0), NULL) / 1000);
		printf("  %-7s ", PQgetvalue(r, i, 1));
		table_plain(stdout, PQgetvalue(r, i, 2));
		putchar('\n');
	}
}

static int show(struct db *db, const char *id)
{
	const char *params[] = {id};
	PGresult *r;

	if (set.json)
		return table_write(db, json_sql, params, 1, TABLE_JSON, false, stdout);
	if (db_query(db, head_sql, params, 1, &r) == -1)
		return -1;
	head(r);
	PQclear(r);
	if (db_query(db, lines_sql, params, 1, &r) == -1)
		return -1;
	lines(r);
	PQclear(r);
	return 0;
}

/* The id of a call, or its beginning, or the path of its directory. 0, or an exit code after a message. */
static enum exit_code find_and_show(struct db *db, const char *name)
{
	const char *slash = strrchr(name, '/'), *id = slash && slash[1] ? slash + 1 : name;
	enum exit_code code = EXIT_OK;
	PGresult *found;
	struct kept k;

	if ((slash || name[0] == '.') && kept_open(name, &k) == 0) {
		kept_close(&k);
		id = k.name;
	}
	if (db_query(db, find_sql, &id, 1, &found) == -1)
		return tables_say(db, "show the call");
	if (PQntuples(found) == 0) {
		log_error("no call is called '%s'", id);
		code = EXIT_FALSE;
	} else if (PQntuples(found) == 2 && strcmp(PQgetvalue(found, 0, 0), id) != 0) {
		log_error("more than one call begins with '%s'", id);
		code = EXIT_FALSE;
	} else if (show(db, PQgetvalue(found, 0, 0)) == -1) {
		code = tables_say(db, "show the call");
	}
	PQclear(found);
	return code;
}

int command_show(char *const operands[])
{
	enum exit_code code = EXIT_OK;
	struct db db;

	if (!operands[0] || operands[1]) {
		log_error("name one call: see --help");
		return EXIT_USAGE;
	}
	if (tables_open(&db, &code) == -1)
		return code;
	code = find_and_show(&db, operands[0]);
	db_close(&db);
	return code;
}
