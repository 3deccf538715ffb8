/* Settings of a campaign: what the options say, and campaign set. */
#include "shape.h"

#include <stdio.h>

#include "base/log.h"
#include "people.h"
#include "scenario.h"
#include "steer.h"

struct shape shape = {.channels = NOT_GIVEN,
	.gap_ms = NOT_GIVEN,
	.ring_s = NOT_GIVEN,
	.talk_s = NOT_GIVEN,
	.attempts = NOT_GIVEN,
	.retry_s = NOT_GIVEN,
	.priority = NOT_GIVEN};

/* In E.164, and one that was added to the numbers of ours. */
static int check_caller(struct db *db, struct shape *s, enum exit_code *ret_code)
{
	static char number[E164_MAX];
	struct e164 n;
	char found[8];

	*ret_code = (enum exit_code)people_number(s->caller_id, "caller-id", &n);
	if (*ret_code)
		return -1;
	snprintf(number, sizeof(number), "%s", n.number);
	s->caller_id = number;
	if (db_value(db, "SELECT 1 FROM caller_id WHERE number = $1", &s->caller_id, 1, found,
		    sizeof(found)) == -1) {
		*ret_code = tables_say(db, "look for the caller id");
		return -1;
	}
	if (*found)
		return 0;
	log_error(
		"cannot use --caller-id '%s': it is none of ours: campaign caller-id add", number);
	*ret_code = EXIT_REFUSED;
	return -1;
}

static int check_there(struct db *db, const char *option, const char *value, const char *sql,
	enum exit_code *ret_code)
{
	char found[8];

	if (!value)
		return 0;
	if (db_value(db, sql, &value, 1, found, sizeof(found)) == -1) {
		*ret_code = tables_say(db, "read the settings");
		return -1;
	}
	if (*found)
		return 0;
	log_error("cannot use --%s '%s': there is none of that name", option, value);
	*ret_code = EXIT_REFUSED;
	return -1;
}

int shape_check(struct db *db, struct shape *s, enum exit_code *ret_code)
{
	if (s->scenario && scenario_check(s->scenario) == -1) {
		*ret_code = EXIT_REFUSED;
		return -1;
	}
	if (s->caller_id && check_caller(db, s, ret_code) == -1)
		return -1;
	if (check_there(db, "trunk", s->trunk, "SELECT 1 FROM trunk WHERE name = $1", ret_code) ==
		-1)
		return -1;
	return check_there(db, "caller-pool", s->pool,
		"SELECT 1 FROM caller_id WHERE pool = $1 LIMIT 1", ret_code);
}

int shape_apply(struct db *db, const char *id, const struct shape *s)
{
	static const char sql[] =
		"UPDATE campaign SET name = coalesce($2, name), description = coalesce($3, description),"
		" scenario = coalesce($4, scenario), trunk = coalesce($5, trunk),"
		" caller_id = CASE WHEN $6::text IS NOT NULL THEN $6 WHEN $7::text IS NULL THEN caller_id END,"
		" caller_pool = CASE WHEN $7::text IS NOT NULL THEN $7 WHEN $6::text IS NULL THEN caller_pool END,"
		" consent_basis = coalesce($8, consent_basis), max_channels = coalesce($9::integer, max_channels),"
		" gap_s = coalesce($10::numeric / 1000, gap_s), ring_s = coalesce($11::integer, ring_s),"
		" talk_s = coalesce($12::integer, talk_s), max_attempts = coalesce($13::integer, max_attempts),"
		" retry_s = coalesce($14::integer, retry_s), priority = coalesce($15::smallint, priority)"
		" WHERE campaign_id = $1";
	char n[7][24];
	const char *params[] = {id, s->name, s->description, s->scenario, s->trunk, s->caller_id,
		s->pool, s->consent, steer_given(s->channels, n[0]), steer_given(s->gap_ms, n[1]),
		steer_given(s->ring_s, n[2]), steer_given(s->talk_s, n[3]),
		steer_given(s->attempts, n[4]), steer_given(s->retry_s, n[5]),
		steer_given(s->priority, n[6])};

	return db_query(db, sql, params, ARRAY_LEN(params), NULL);
}

static const struct opt_row rows[] = {SHAPE_OPTIONS, SCENARIO_OPTIONS, {OPTION_COUNTRY}, {0}};

static enum exit_code set_one(struct db *db, const char *id)
{
	enum exit_code code = EXIT_OK;

	if (shape_check(db, &shape, &code) == -1)
		return code;
	if (shape_apply(db, id, &shape) == -1)
		return steer_say(db, "change the campaign");
	printf("%s: changed\n", id);
	return EXIT_OK;
}

static int run(char *const operands[])
{
	if (steer_one(operands, "one campaign") == -1)
		return EXIT_USAGE;
	return steer_each(operands, set_one);
}

const struct command command_set = {
	.name = "set",
	.page = {.synopsis = "set campaign [options]",
		.purpose = "Change a campaign, also while it runs: the next call goes by it.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
