/* campaign export: contacts with the last of their calls, or calls, as CSV for a spreadsheet; import reads it, too. */
#include <stdio.h>

#include "base/log.h"
#include "people.h"
#include "record/found.h"
#include "record/period.h"
#include "steer.h"

static bool calls;

static const struct opt_row rows[] = {
	{OPTION_STATUS},
	{OPTION_CAMPAIGN},
	{OPTION_FROM},
	{OPTION_TO},
	{OPTION_LIMIT},
	{OPTION_OUTPUT},
	{"calls", 0, OPT_FLAG, NULL, NULL, "every call, not contacts with their last one", &calls},
	{OPTION_JSON},
	{0},
};

#define YES_OR_NO \
	"CASE WHEN c.is_interested THEN 'Oui' WHEN NOT c.is_interested THEN 'Non' END AS is_interested"
#define SOUND \
	"coalesce(c.mp3_path, c.assembled_audio_path, c.recording_path, p.audio_recording_path)"

/* With a period, who was called in it, and the last of those calls. $1: status, $2: campaign, $3, $4: period. */
static const char contacts_sql[] =
	"SELECT p.contact_id AS lead_id, p.phone AS phone_number, p.first_name, p.last_name, p.email, p.company, p.status,"
	" p.priority, p.attempts, p.last_attempt, p.created_at AS imported_at, " SOUND
	" AS audio_recording_path, c.started_at AS last_call_date, coalesce(c.duration, p.call_duration)"
	" AS last_call_duration, coalesce(c.outcome, c.status) AS last_call_result, c.amd_result, c.final_sentiment, " YES_OR_NO
	", coalesce(n.total_calls, 0) AS total_calls, " FOUND_TRANSCRIPT
	" AS transcription_complete,"
	" p.notes, p.slot_wish"
	" FROM contact p LEFT JOIN LATERAL (SELECT * FROM call c WHERE c.phone_number = p.phone"
	" AND ($2::text IS NULL OR c.campaign_id = $2) AND " PERIOD_OF(
		"coalesce(c.started_at, c.dialed_at)", "$3",
		"$4") " ORDER BY coalesce(c.started_at, c.dialed_at) DESC NULLS LAST, c.call_id LIMIT 1) c ON true"
		      " LEFT JOIN LATERAL (SELECT count(*) AS total_calls FROM call k WHERE k.phone_number = p.phone) n ON true"
		      " WHERE p.phone IS NOT NULL AND ($1::text IS NULL OR p.status = $1)"
		      " AND ($2::text IS NULL OR EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = $2 AND q.contact_id = p.contact_id))"
		      " AND (coalesce($3::text, $4::text) IS NULL OR c.call_id IS NOT NULL)"
		      " ORDER BY p.contact_id LIMIT $5::bigint";

static const char calls_sql[] =
	"SELECT c.call_id, c.phone_number, c.campaign_id, p.first_name, p.last_name, p.company, c.caller_id, c.status,"
	" coalesce(c.disposition, p.status) AS disposition, c.outcome, c.hangup_cause, c.amd_result, c.final_sentiment, " YES_OR_NO
	", c.slot_wish, c.opt_out, c.duration, c.billsec, c.dialed_at, c.answered_at, c.started_at, c.ended_at, " SOUND
	" AS audio_recording_path, c.transcript_path, " FOUND_TRANSCRIPT
	" AS transcription_complete"
	" FROM call c LEFT JOIN contact p ON p.contact_id = c.contact_id"
	" WHERE c.direction = 'outbound' AND ($1::text IS NULL OR coalesce(c.disposition, p.status) = $1)"
	" AND ($2::text IS NULL OR c.campaign_id = $2) AND " PERIOD_OF(
		"coalesce(c.started_at, c.dialed_at)", "$3",
		"$4") " ORDER BY coalesce(c.started_at, c.dialed_at), c.call_id LIMIT $5::bigint";

static int run(char *const operands[])
{
	int status = opt_no_operands(operands);
	enum exit_code code = EXIT_OK;
	const char *word;
	char limit[24];

	if (status != -1)
		return status;
	if (people_status(set.status, &word) == -1 || period_check("from", set.from) == -1 ||
		period_check("to", set.to) == -1)
		return EXIT_USAGE;
	if (steer_campaign(&code) == -1)
		return (int)code;
	return (int)found_write(&(struct found){
		.sql = calls ? calls_sql : contacts_sql,
		.params = (const char *const[]){word, set.campaign, set.from, set.to,
			steer_limit(NULL, limit)},
		.n = 5,
		.form = set.json ? TABLE_JSON : TABLE_CSV,
		.output = set.output,
		.what = calls ? "export calls" : "export contacts",
	});
}

const struct command command_export = {
	.name = "export",
	.page = {.synopsis = "export [options]",
		.purpose = "Write contacts with the last of their calls, or calls, as CSV.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
