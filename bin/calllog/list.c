/* calllog list and export: calls, a row each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/opt.h"
#include "calllog.h"
#include "choice.h"
#include "db/table.h"
#include "record/found.h"

#define LIST_LIMIT 50 /* calls on a terminal, unless told */

/* The last of the calls of a person, or every one. */
static const char export_sql[] =
	"SELECT coalesce(c.contact_id::text, c.call_id) AS lead_id, c.phone_number, p.first_name, p.last_name, p.email,"
	" p.company, coalesce(c.disposition, c.status) AS status, NULL::integer AS priority, n.attempts, n.last_attempt,"
	" p.created_at AS imported_at, coalesce(c.mp3_path, c.assembled_audio_path, c.recording_path)"
	" AS audio_recording_path, c.started_at AS last_call_date, c.duration AS last_call_duration,"
	" c.status AS last_call_result, c.amd_result, c.final_sentiment,"
	" CASE WHEN c.is_interested THEN 'Oui' WHEN NOT c.is_interested THEN 'Non' END AS is_interested,"
	" n.total_calls, " FOUND_TRANSCRIPT " AS transcription_complete"
	" FROM (SELECT %s * FROM call WHERE %s %s) AS c"
	" LEFT JOIN LATERAL (SELECT * FROM client WHERE phone = c.phone_number ORDER BY client_id LIMIT 1) AS p ON true"
	" LEFT JOIN LATERAL (SELECT count(*) AS total_calls, count(*) FILTER (WHERE direction = 'outbound') AS attempts,"
	" max(started_at) FILTER (WHERE direction = 'outbound') AS last_attempt FROM call"
	" WHERE call_id = c.call_id OR phone_number = c.phone_number OR phone_hash = c.phone_hash) AS n ON true"
	" ORDER BY c.started_at DESC, c.call_id%s";

static const char list_sql[] =
	"SELECT call_id, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') AS started_at, duration, phone_number, campaign_id,"
	" service, status, disposition, final_sentiment AS sentiment, is_interested AS interested, turns"
	" FROM call WHERE %s ORDER BY started_at DESC, call_id%s";

static const char *limit(char *buf, size_t size, int64_t n)
{
	buf[0] = '\0';
	if (n > 0)
		snprintf(buf, size, " LIMIT %" PRId64, n);
	return buf;
}

enum exit_code write_found(const char *sql, enum table_form form, bool upright)
{
	struct choice choice;

	if (choice_make(&choice) == -1)
		return EXIT_USAGE;
	return found_write(&(struct found){
		.sql = sql,
		.params = choice.params,
		.n = CHOICE_PARAMS,
		.form = form,
		.upright = upright,
		.output = set.output,
		.what = "find calls",
	});
}

int command_list(char *const operands[])
{
	int status = opt_no_operands(operands);
	char *sql, last[40];

	if (status != -1)
		return status;
	limit(last, sizeof(last),
		set.limit                                             ? set.limit
			: table_form(set.json, set.csv) == TABLE_TEXT ? LIST_LIMIT
								      : 0);
	if (asprintf(&sql, list_sql, choice_where, last) == -1)
		return EXIT_SYSTEM;
	status = (int)write_found(sql, table_form(set.json, set.csv), false);
	free(sql);
	return status;
}

int command_export(char *const operands[])
{
	int status = opt_no_operands(operands);
	char *sql, last[40];

	if (status != -1)
		return status;
	if (asprintf(&sql, export_sql,
		    set.calls ? ""
			      : "DISTINCT ON (coalesce(phone_number, phone_hash::text, call_id))",
		    choice_where,
		    set.calls
			    ? ""
			    : "ORDER BY coalesce(phone_number, phone_hash::text, call_id), started_at DESC, call_id",
		    limit(last, sizeof(last), set.limit)) == -1)
		return EXIT_SYSTEM;
	status = (int)write_found(sql, set.json ? TABLE_JSON : TABLE_CSV, false);
	free(sql);
	return status;
}
