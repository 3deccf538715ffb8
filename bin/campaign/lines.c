/* campaign trunk and caller-id: what calls go over, and which numbers of ours they show. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "endpoint.h"
#include "people.h"
#include "steer.h"

static struct {
	const char *endpoint, *cps, *caller_id; /* trunk */
	int64_t max_channels;
	const char *pool, *proof, *zone; /* caller id */
	int64_t cap;
} own = {.max_channels = NOT_GIVEN, .cap = NOT_GIVEN};

/* ---- numbers ---- */

/* Where the plan of France is in force. */
static bool is_french(const struct e164 *n)
{
	static const char countries[] = "FR GP MQ GF RE YT PM BL MF";

	return strstr(countries, n->country) != NULL;
}

/* A number that may be shown, see people_number. 0, or an exit code after a message. */
static int read_shown(const char *word, const char *option, struct e164 *ret)
{
	int status = people_number(word, option, ret);

	if (status || !is_french(ret) || ret->type != E164_MOBILE)
		return status;
	log_error("cannot show %s: 06 and 07 are not allowed to platforms since 2023 (ARCEP)",
		ret->number);
	return EXIT_REFUSED;
}

/* ---- trunks ---- */

static int trunk_add(char *const words[])
{
	static const char sql[] =
		"INSERT INTO trunk AS t (name, endpoint, max_channels, cps, caller_id) VALUES ($1, coalesce($2, " ENDPOINT_OF_TRUNK
		"),"
		" coalesce($3::integer, 30), coalesce($4::numeric, 5), $5) ON CONFLICT (name) DO UPDATE SET"
		" endpoint = coalesce($2, t.endpoint), max_channels = coalesce($3::integer, t.max_channels),"
		" cps = coalesce($4::numeric, t.cps), caller_id = coalesce($5, t.caller_id)";
	char channels[24];
	struct e164 shown;
	int status = EXIT_OK;

	if (steer_one(words, "one trunk") == -1)
		return EXIT_USAGE;
	if (own.endpoint && !endpoint_check(own.endpoint))
		return opt_refuse(&own.endpoint, "%s", ENDPOINT_FORM);
	if (!steer_is_number("cps", own.cps, 0.001, 1000))
		return EXIT_USAGE;
	if (own.caller_id)
		status = read_shown(own.caller_id, "caller-id", &shown);
	if (status)
		return status;
	return steer_change(sql,
		(const char *const[]){words[0], own.endpoint,
			steer_given(own.max_channels, channels), own.cps,
			own.caller_id ? shown.number : NULL},
		5, "add the trunk", "");
}

static int trunk_remove(char *const words[])
{
	static const char sql[] =
		"DELETE FROM trunk t WHERE name = $1 AND NOT EXISTS (SELECT FROM call c WHERE c.trunk = t.name"
		" AND c.ended_at IS NULL) AND NOT EXISTS (SELECT FROM campaign k WHERE k.trunk = t.name"
		" AND k.status IN ('draft', 'pending', 'active', 'paused', 'stopping'))";

	if (steer_one(words, "one trunk") == -1)
		return EXIT_USAGE;
	return steer_change(sql, (const char *const[]){words[0]}, 1, "remove the trunk",
		"there is no such trunk, or a call or a campaign has it");
}

static int trunk_switch(char *const words[], const char *on)
{
	if (steer_one(words, "one trunk") == -1)
		return EXIT_USAGE;
	return steer_change("UPDATE trunk SET enabled = $2::boolean WHERE name = $1",
		(const char *const[]){words[0], on}, 2, "switch the trunk",
		"there is no such trunk");
}

static int trunk_enable(char *const words[])
{
	return trunk_switch(words, "t");
}

static int trunk_disable(char *const words[])
{
	return trunk_switch(words, "f");
}

static int trunk_list(char *const words[])
{
	static const char sql[] =
		"SELECT t.name, t.endpoint, t.max_channels, t.cps, t.caller_id, t.enabled,"
		" (SELECT count(*) FROM call c WHERE c.trunk = t.name AND c.ended_at IS NULL) AS calls FROM trunk t ORDER BY 1";
	int status = opt_no_operands(words);

	return status != -1 ? status : steer_list(sql, NULL, 0, "list trunks");
}

static int trunk(char *const operands[])
{
	static const struct verb verbs[] = {
		{"add", "endpoint|max-channels|cps|caller-id|country", trunk_add},
		{"enable", "", trunk_enable}, {"disable", "", trunk_disable},
		{"remove", "", trunk_remove}, {"list", "json|csv", trunk_list}};

	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

static const struct opt_row trunk_rows[] = {
	{"endpoint", 0, OPT_STR, "TEXT", NULL, "what Asterisk dials: 'PJSIP/%s@NAME'",
		&own.endpoint},
	{"max-channels", 0, OPT_INT, "N", NULL, "calls at a time, of all campaigns, at first 30",
		&own.max_channels, 0, 100000},
	{"cps", 0, OPT_STR, "N", NULL, "calls that may begin in a second, at first 5", &own.cps},
	{"caller-id", 0, OPT_STR, "NUMBER", NULL, "shown where a campaign has none",
		&own.caller_id},
	{OPTION_COUNTRY},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

const struct command command_trunk = {
	.name = "trunk",
	.page = {.synopsis = "trunk add | enable | disable | remove name | list [options]",
		.purpose = "Lines that calls go over.",
		.see = "campaign(1)"},
	.rows = trunk_rows,
	.run = trunk,
};

/* ---- numbers of ours ---- */

static int caller_add(char *const words[])
{
	static const char sql[] =
		"INSERT INTO caller_id AS c (number, pool, daily_cap, tz, owned_proof) VALUES ($1, coalesce($2, 'default'), $3::integer,"
		" coalesce($4, (SELECT split_part(r.tz, '&', 1) FROM country_rule r WHERE r.country = $6), 'UTC'), $5) ON CONFLICT (number) DO UPDATE SET"
		" pool = coalesce($2, c.pool), daily_cap = coalesce($3::integer, c.daily_cap), tz = coalesce($4, c.tz),"
		" owned_proof = coalesce($5, c.owned_proof), enabled = true";
	struct e164 n;
	char cap[24];
	int status;

	if (steer_one(words, "one number") == -1)
		return EXIT_USAGE;
	status = read_shown(words[0], NULL, &n);
	if (status)
		return status;
	if (!own.proof || !*own.proof) {
		log_error(
			"whose is %s? --proof says how it is known to be yours: a contract, a bill",
			n.number);
		return EXIT_USAGE;
	}
	status = steer_zone(own.zone, false);
	if (status)
		return status;
	return steer_change(sql,
		(const char *const[]){n.number, own.pool, steer_given(own.cap, cap), own.zone,
			own.proof, n.country},
		6, "add the number", "");
}

static int caller_remove(char *const words[])
{
	static const char sql[] =
		"DELETE FROM caller_id i WHERE number = $1 AND NOT EXISTS (SELECT FROM campaign k WHERE k.caller_id = i.number"
		" AND k.status IN ('draft', 'pending', 'active', 'paused', 'stopping'))";
	struct e164 n;
	int status;

	if (steer_one(words, "one number") == -1)
		return EXIT_USAGE;
	status = people_number(words[0], NULL, &n);
	if (status)
		return status;
	return steer_change(sql, (const char *const[]){n.number}, 1, "remove the number",
		"it is none of ours, or a campaign shows it");
}

static int caller_list(char *const words[])
{
	static const char sql[] =
		"SELECT number, pool, daily_cap, CASE WHEN used_on = (now() AT TIME ZONE tz)::date THEN used ELSE 0 END AS today, tz,"
		" to_char(last_used, 'YYYY-MM-DD HH24:MI') AS last_used, owned_proof AS proof FROM caller_id ORDER BY pool, number";
	int status = opt_no_operands(words);

	return status != -1 ? status : steer_list(sql, NULL, 0, "list the numbers");
}

static int caller(char *const operands[])
{
	static const struct verb verbs[] = {
		{"add", "pool|daily-cap|proof|time-zone|country", caller_add},
		{"remove", "country", caller_remove}, {"list", "json|csv", caller_list}};

	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

static const struct opt_row caller_rows[] = {
	{"pool", 0, OPT_STR, "NAME", NULL, "numbers that campaigns show in turn", &own.pool},
	{"daily-cap", 0, OPT_INT, "N", NULL, "calls a day that show it", &own.cap, 0, 1000000},
	{"proof", 0, OPT_STR, "TEXT", NULL, "how the number is known to be yours", &own.proof},
	{"time-zone", 0, OPT_STR, "ZONE", NULL, "whose days those are", &own.zone},
	{OPTION_COUNTRY},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

const struct command command_caller_id = {
	.name = "caller-id",
	.page = {.synopsis = "caller-id add | remove number | list [options]",
		.purpose = "Numbers of ours that people are shown.",
		.see = "campaign(1)"},
	.rows = caller_rows,
	.run = caller,
};
