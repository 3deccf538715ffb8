/* campaign hours, holiday and country: when people may be called, and how often. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "steer.h"
#include "text/e164.h"

static struct {
	const char *name, *region;             /* holiday */
	const char *law, *zone, *consent_from; /* country */
	int64_t attempts, days, rest;
} own = {.attempts = NOT_GIVEN, .days = NOT_GIVEN, .rest = NOT_GIVEN};

/* "FR" of "fr", a country that numbers are of; "*" is all others. -1 after a message. */
static int read_country(const char *word, char ret[3])
{
	const char *country = word && isalpha((unsigned char)*word) ? e164_country(word) : NULL;

	if (word && strcmp(word, "*") == 0)
		country = word;
	if (country) {
		snprintf(ret, 3, "%s", country);
		return 0;
	}
	if (word)
		log_error(
			"there is no country '%s': name a country: two letters, as FR, or '*' for all others",
			word);
	else
		log_error("name a country: two letters, as FR, or '*' for all others");
	return -1;
}

/* ---- hours ---- */

/* "1-5", "6,7" (1: Monday) as an array of the database. -1: no days. */
static int read_days(const char *word, char ret[32])
{
	unsigned days = 0;
	char *p = ret;

	for (; *word; word += *word == ',') {
		char first = *word++, last = first;

		if (*word == '-' && word[1]) {
			last = word[1];
			word += 2;
		}
		if (first < '1' || last > '7' || first > last || (*word && *word != ',') ||
			(*word == ',' && !word[1]))
			return -1;
		for (char c = first; c <= last; c++)
			days |= 1U << (c - '0');
	}
	*p++ = '{';
	for (int day = 1; day <= 7; day++) {
		if (!(days & 1U << day))
			continue;
		*p++ = (char)('0' + day);
		*p++ = ',';
	}
	p[-1] = '}';
	*p = '\0';
	return days ? 0 : -1;
}

/* Those that the gate has put off are looked at again. */
static const char again_sql[] =
	"UPDATE call_queue SET next_at = now(), later_reason = NULL WHERE status = 'pending' AND later_reason IS NOT NULL";

static int hours_set(char *const words[])
{
	static const char law_sql[] = "SELECT 1 FROM country_rule WHERE law = $1 LIMIT 1";
	static const char gone_sql[] =
		"DELETE FROM call_window WHERE country = $1 AND dow = ANY ($2::smallint[])";
	static const char sql[] =
		"INSERT INTO call_window SELECT $1, d, split_part(h, '-', 1)::time, split_part(h, '-', 2)::time"
		" FROM unnest($2::smallint[]) d, unnest(string_to_array($3, ',')) h WHERE $3 <> 'none'";
	enum exit_code code = EXIT_OK;
	char country[3], days[32], found[8];
	struct db db;

	if (read_country(words[0], country) == -1)
		return EXIT_USAGE;
	if (!words[1] || !words[2] || words[3] || read_days(words[1], days) == -1) {
		log_error(
			"name country, days and hours: FR 1-5 10:00-13:00,14:00-20:00; none: nobody is called then");
		return EXIT_USAGE;
	}
	if (tables_open(&db, &code) == -1)
		return (int)code;
	if (db_value(&db, law_sql, (const char *const[]){country}, 1, found, sizeof(found)) == -1) {
		code = tables_say(&db, "set the hours");
	} else if (!*found) {
		log_error("no country goes by hours of '%s': campaign country set", country);
		code = EXIT_REFUSED;
	} else {
		const char *params[] = {country, days, words[2]};

		if (db_run(&db, "BEGIN") == -1 || db_query(&db, gone_sql, params, 2, NULL) == -1 ||
			db_query(&db, sql, params, 3, NULL) == -1 ||
			db_query(&db, again_sql, NULL, 0, NULL) == -1 ||
			db_run(&db, "NOTIFY " CAMPAIGN_CHANNEL "; COMMIT") == -1)
			code = tables_say(&db, "set the hours");
	}
	db_close(&db);
	return (int)code;
}

static int hours_list(char *const words[])
{
	static const char sql[] =
		"SELECT country, CASE WHEN min(dow) = max(dow) THEN min(dow)::text WHEN count(*) = max(dow) - min(dow) + 1"
		" THEN min(dow) || '-' || max(dow) ELSE string_agg(dow::text, ',' ORDER BY dow) END AS days, hours FROM"
		" (SELECT country, dow, string_agg(to_char(opens, 'HH24:MI') || '-' || to_char(closes, 'HH24:MI'), ',' ORDER BY opens)"
		" AS hours FROM call_window GROUP BY 1, 2) d GROUP BY country, hours ORDER BY 1, min(dow)";
	int status = opt_no_operands(words);

	return status != -1 ? status : steer_list(sql, NULL, 0, "list the hours");
}

static int hours(char *const operands[])
{
	static const struct verb verbs[] = {
		{"set", "", hours_set}, {"list", "json|csv", hours_list}};

	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

static const struct opt_row hours_rows[] = {{OPTION_JSON}, {OPTION_CSV}, {0}};

const struct command command_hours = {
	.name = "hours",
	.page = {.synopsis = "hours set country days hours | list [options]",
		.purpose =
			"The hours in which people of a country are called, by their own clocks.",
		.see = "campaign(1)"},
	.rows = hours_rows,
	.run = hours,
};

/* ---- holidays ---- */

static int holiday_add(char *const words[])
{
	static const char sql[] =
		"INSERT INTO holiday (country, region, day, name) VALUES ($1, coalesce($2, ''), $3::date, $4)"
		" ON CONFLICT (country, day, region) DO UPDATE SET name = coalesce(excluded.name, holiday.name)";
	char country[3];
	int status;

	if (read_country(words[0], country) == -1)
		return EXIT_USAGE;
	if (steer_one(words + 1, "one day, as 2026-12-25") == -1)
		return EXIT_USAGE;
	status = steer_zone(own.region, false);
	if (status)
		return status;
	return steer_change(sql, (const char *const[]){country, own.region, words[1], own.name}, 4,
		"add the holiday", "");
}

static int holiday_remove(char *const words[])
{
	static const char sql[] =
		"DELETE FROM holiday WHERE country = $1 AND region = coalesce($2, '') AND day = $3::date";
	char country[3];

	if (read_country(words[0], country) == -1)
		return EXIT_USAGE;
	if (steer_one(words + 1, "one day, as 2026-12-25") == -1)
		return EXIT_USAGE;
	return steer_change(sql, (const char *const[]){country, own.region, words[1]}, 3,
		"remove the holiday", "there is no such holiday");
}

/* Of a country, or all; those of this year and the next, or of the year that is named. */
static int holiday_list(char *const words[])
{
	static const char sql[] =
		"SELECT country, day, name, nullif(region, '') AS time_zone FROM holiday WHERE ($1::text IS NULL OR country = $1)"
		" AND day >= date_trunc('year', now()) AND day < date_trunc('year', now()) + interval '2 years' ORDER BY day, country, region";
	char country[3];

	if (words[0] && (words[1] || read_country(words[0], country) == -1))
		return EXIT_USAGE;
	return steer_list(
		sql, (const char *const[]){words[0] ? country : NULL}, 1, "list the holidays");
}

static int holiday(char *const operands[])
{
	static const struct verb verbs[] = {{"add", "name|time-zone", holiday_add},
		{"remove", "time-zone", holiday_remove}, {"list", "json|csv", holiday_list}};

	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

static const struct opt_row holiday_rows[] = {
	{"name", 0, OPT_STR, "TEXT", NULL, "what it is called", &own.name},
	{"time-zone", 0, OPT_STR, "ZONE", NULL, "only there: Indian/Reunion", &own.region},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

const struct command command_holiday = {
	.name = "holiday",
	.page = {.synopsis = "holiday add | remove country day | list [country] [options]",
		.purpose = "Days on which nobody of a country is called.",
		.see = "campaign(1)"},
	.rows = holiday_rows,
	.run = holiday,
};

/* ---- countries ---- */

static int country_set(char *const words[])
{
	static const char sql[] =
		"INSERT INTO country_rule AS r (country, law, tz, attempts, attempt_days, refusal_days, consent_from)"
		" SELECT $1, coalesce($2, o.law), coalesce($3, o.tz), coalesce($4::integer, o.attempts), coalesce($5::integer, o.attempt_days),"
		" coalesce($6::integer, o.refusal_days), CASE $7 WHEN 'never' THEN NULL ELSE coalesce($7::text::date, o.consent_from) END"
		" FROM (SELECT * FROM country_rule WHERE country IN ($1, '*') ORDER BY country = '*' LIMIT 1) o"
		" ON CONFLICT (country) DO UPDATE SET (law, tz, attempts, attempt_days, refusal_days, consent_from) ="
		" (excluded.law, excluded.tz, excluded.attempts, excluded.attempt_days, excluded.refusal_days, excluded.consent_from)";
	char country[3], law[3], n[3][24];
	int status;

	if (read_country(words[0], country) == -1 || (own.law && read_country(own.law, law) == -1))
		return EXIT_USAGE;
	if (words[1]) {
		log_error("name one country: see --help");
		return EXIT_USAGE;
	}
	status = steer_zone(own.zone, true);
	if (status)
		return status;
	return steer_change(sql,
		(const char *const[]){country, own.law ? law : NULL, own.zone,
			steer_given(own.attempts, n[0]), steer_given(own.days, n[1]),
			steer_given(own.rest, n[2]), own.consent_from},
		7, "set the rules", "");
}

static int country_list(char *const words[])
{
	static const char sql[] =
		"SELECT country, law AS hours_of, tz AS time_zone, attempts, attempt_days, refusal_days, consent_from FROM country_rule ORDER BY 1";
	int status = opt_no_operands(words);

	return status != -1 ? status : steer_list(sql, NULL, 0, "list the rules");
}

static int country(char *const operands[])
{
	static const struct verb verbs[] = {
		{"set", "law|time-zone|attempts|days|refusal-days|consent-from", country_set},
		{"list", "json|csv", country_list}};

	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

static const struct opt_row country_rows[] = {
	{"law", 0, OPT_STR, "CODE", NULL, "whose hours and holidays are those of the country",
		&own.law},
	{"time-zone", 0, OPT_STR, "ZONE", NULL, "where a contact has none; several with & between",
		&own.zone},
	{"attempts", 0, OPT_INT, "N", NULL, "calls to one number, of all campaigns", &own.attempts,
		1, 10000},
	{"days", 0, OPT_INT, "N", NULL, "in so many days", &own.days, 1, 3650},
	{"refusal-days", 0, OPT_INT, "N", NULL, "who has refused rests so long", &own.rest, 0,
		36500},
	{"consent-from", 0, OPT_STR, "DATE|never", NULL,
		"from then on nobody is called without consent", &own.consent_from},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

const struct command command_country = {
	.name = "country",
	.page = {.synopsis = "country set country | list [options]",
		.purpose = "What a country asks: whose hours, how many attempts, rest, consent.",
		.see = "campaign(1)"},
	.rows = country_rows,
	.run = country,
};
