/* campaign retry-rule: after which outcome people are tried again, how often and when. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "steer.h"

static struct {
	const char *factor, *jitter, *same_hours;
	int64_t max, delay;
} own = {.max = NOT_GIVEN, .delay = NOT_GIVEN};

static const struct opt_row rows[] = {
	{OPTION_CAMPAIGN},
	{"max", 0, OPT_INT, "N", NULL, "retries after this outcome; 0: none", &own.max, 0, 100},
	{"delay", 0, OPT_INT, "S", NULL, "before the first of them", &own.delay, 0, 2592000},
	{"factor", 0, OPT_STR, "N", NULL, "the delay grows by it each time", &own.factor},
	{"jitter", 0, OPT_STR, "SHARE", NULL, "share of the delay that chance adds, 0 to 1",
		&own.jitter},
	{"same-hours", 0, OPT_CHOICE, "yes|no", NULL, "also in the same hours of calling",
		&own.same_hours},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

/* Of a call whose person has talked there is none. */
static bool is_outcome(const char *word)
{
	static const char *const outcomes[] = {"busy", "no_answer", "cancelled", "congestion",
		"machine", "silence", "unserved", "lost", "unavailable", "rejected", "invalid",
		"failed", "fax"};
	char all[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (strcmp(word, outcomes[i]) == 0)
			return true;
		used += (size_t)snprintf(
			all + used, sizeof(all) - used, "%s%s", used ? ", " : "", outcomes[i]);
	}
	log_error("cannot use '%s': must be one of %s", word, all);
	return false;
}

/* Connect. *ret_id: that of --campaign, "" if it is not given. */
static int begin(struct db *db, const char **ret_id, enum exit_code *ret_code)
{
	if (steer_campaign(ret_code) == -1)
		return -1;
	*ret_id = set.campaign ? set.campaign : "";
	return tables_open(db, ret_code);
}

/* What is not said is as it was, or as it is of all campaigns. */
static int set_rule(char *const words[])
{
	static const char sql[] =
		"INSERT INTO retry_rule (campaign_id, outcome, max, delay_s, factor, jitter, same_slot)"
		" SELECT $1, $2, coalesce($3::integer, o.max, 3), coalesce($4::integer, o.delay_s), coalesce($5::real, o.factor, 1),"
		" coalesce($6::real, o.jitter, 0), coalesce($7::text::boolean, o.same_slot, true)"
		" FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT * FROM retry_rule WHERE outcome = $2 AND campaign_id IN ($1, '')"
		" ORDER BY campaign_id = '' LIMIT 1) o ON true"
		" ON CONFLICT (campaign_id, outcome) DO UPDATE SET (max, delay_s, factor, jitter, same_slot) ="
		" (excluded.max, excluded.delay_s, excluded.factor, excluded.jitter, excluded.same_slot)";
	enum exit_code code = EXIT_OK;
	const char *id;
	char n[2][24];
	struct db db;

	if (steer_one(words, "one outcome") == -1 || !is_outcome(words[0]) ||
		!steer_is_number("factor", own.factor, 1, 100) ||
		!steer_is_number("jitter", own.jitter, 0, 1))
		return EXIT_USAGE;
	if (begin(&db, &id, &code) == -1)
		return (int)code;
	if (db_query(&db, sql,
		    (const char *const[]){id, words[0], steer_given(own.max, n[0]),
			    steer_given(own.delay, n[1]), own.factor, own.jitter, own.same_hours},
		    7, NULL) == -1)
		code = tables_say(&db, "set the rule");
	db_close(&db);
	return (int)code;
}

static int remove_rule(char *const words[])
{
	enum exit_code code = EXIT_OK;
	const char *id;
	struct db db;
	int64_t n;

	if (steer_one(words, "one outcome") == -1)
		return EXIT_USAGE;
	if (begin(&db, &id, &code) == -1)
		return (int)code;
	n = db_count(&db, "DELETE FROM retry_rule WHERE campaign_id = $1 AND outcome = $2",
		(const char *const[]){id, words[0]}, 2);
	if (n == -1)
		code = tables_say(&db, "remove the rule");
	db_close(&db);
	if (n)
		return (int)code;
	log_error("there is no such rule");
	return EXIT_FALSE;
}

static int list(char *const words[])
{
	static const char sql[] =
		"SELECT nullif(campaign_id, '') AS campaign_id, outcome, max, delay_s, factor, jitter, same_slot AS same_hours"
		" FROM retry_rule WHERE $1::text IS NULL OR campaign_id IN ($1, '') ORDER BY campaign_id, outcome";
	enum exit_code code = EXIT_OK;
	int status = opt_no_operands(words);

	if (status != -1)
		return status;
	if (steer_campaign(&code) == -1)
		return (int)code;
	return steer_list(sql, &set.campaign, 1, "list the rules");
}

static int run(char *const operands[])
{
	static const struct verb verbs[] = {
		{"set", "campaign|max|delay|factor|jitter|same-hours", set_rule},
		{"remove", "campaign", remove_rule}, {"list", "campaign|json|csv", list}};

	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

const struct command command_retry_rule = {
	.name = "retry-rule",
	.page = {.synopsis = "retry-rule set | remove outcome | list [options]",
		.purpose = "After which outcome people are tried again, how often and when.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
