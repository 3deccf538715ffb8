#include "steer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "record/found.h"

int steer_verb(const struct verb *verbs, size_t n, char *const operands[])
{
	char names[128] = "";
	size_t used = 0;
	int status;

	for (size_t i = 0; i < n; i++) {
		if (operands[0] && strcmp(verbs[i].name, operands[0]) == 0) {
			status = opt_only(verbs[i].options, verbs[i].name);
			return status != -1 ? status : verbs[i].run(operands + 1);
		}
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
			i == 0              ? ""
				: i + 1 < n ? ", "
					    : " or ",
			verbs[i].name);
	}
	log_error("name what to do: %s", names);
	return EXIT_USAGE;
}

int steer_one(char *const operands[], const char *what)
{
	if (operands[0] && !operands[1])
		return 0;
	log_error("name %s: see --help", what);
	return -1;
}

enum exit_code steer_say(const struct db *db, const char *what)
{
	enum exit_code code = tables_say(db, what);

	return db->fault == DB_DATA ? EXIT_REFUSED : code;
}

int steer_find(struct db *db, const char *word, char ret[STEER_ID_MAX], enum exit_code *ret_code)
{
	static const char sql[] =
		"SELECT campaign_id FROM (SELECT campaign_id, created_at,"
		" CASE WHEN campaign_id = $1 THEN 1 WHEN name = $1 THEN 2 ELSE 3 END AS rank FROM campaign"
		" WHERE campaign_id = $1 OR name = $1 OR starts_with(campaign_id, $1)) f"
		" WHERE rank = (SELECT min(CASE WHEN campaign_id = $1 THEN 1 WHEN name = $1 THEN 2 ELSE 3 END)"
		" FROM campaign WHERE campaign_id = $1 OR name = $1 OR starts_with(campaign_id, $1)) LIMIT 2";
	PGresult *r;
	int n;

	if (db_query(db, sql, &word, 1, &r) == -1) {
		*ret_code = tables_say(db, "look for the campaign");
		return -1;
	}
	n = *word ? PQntuples(r) : 0;
	if (n == 1)
		snprintf(ret, STEER_ID_MAX, "%s", PQgetvalue(r, 0, 0));
	else if (n == 0)
		log_error("there is no campaign '%s'", word);
	else
		log_error("more than one campaign is called '%s': name its id", word);
	PQclear(r);
	if (n == 1)
		return 0;
	*ret_code = EXIT_FALSE;
	return -1;
}

int steer_campaign(enum exit_code *ret_code)
{
	static char id[STEER_ID_MAX];
	struct db db;
	int err;

	if (!set.campaign)
		return 0;
	if (tables_open(&db, ret_code) == -1)
		return -1;
	err = steer_find(&db, set.campaign, id, ret_code);
	db_close(&db);
	if (err == 0)
		set.campaign = id;
	return err;
}

int steer_each(char *const words[], enum exit_code (*work)(struct db *db, const char *id))
{
	enum exit_code code = EXIT_OK, this;
	struct db db;

	if (!words[0]) {
		log_error("name a campaign: see --help");
		return EXIT_USAGE;
	}
	if (tables_open(&db, &code) == -1)
		return (int)code;
	for (; *words; words++) {
		char id[STEER_ID_MAX];

		this = EXIT_OK;
		if (steer_find(&db, *words, id, &this) == 0)
			this = work(&db, id);
		code = code ? code : this;
	}
	db_close(&db);
	return (int)code;
}

int steer_list(const char *sql, const char *const params[], int n, const char *what)
{
	return (int)found_write(&(struct found){
		.sql = sql,
		.params = params,
		.n = n,
		.form = table_form(set.json, set.csv),
		.what = what,
	});
}

int steer_show(
	struct db *db, const char *sql, const char *const params[], int n, enum table_form form)
{
	if (table_write(db, sql, params, n, form, false, stdout) == -1)
		return -1;
	if (form == TABLE_TEXT)
		putchar('\n');
	return 0;
}

int steer_change(
	const char *sql, const char *const params[], int n, const char *what, const char *absent)
{
	enum exit_code code = EXIT_OK;
	struct db db;
	int64_t rows;

	if (tables_open(&db, &code) == -1)
		return (int)code;
	rows = db_count(&db, sql, params, n);
	if (rows == -1)
		code = tables_say(&db, what);
	db_close(&db);
	if (rows)
		return (int)code;
	log_error("%s", absent);
	return EXIT_FALSE;
}

int steer_zone(const char *word, bool several)
{
	static const char one_sql[] = "SELECT now() AT TIME ZONE $1";
	static const char several_sql[] =
		"SELECT now() AT TIME ZONE z FROM unnest(string_to_array($1, '&')) z";
	int status;

	if (!word)
		return EXIT_OK;
	status = steer_change(several ? several_sql : one_sql, &word, 1, "use --time-zone",
		"cannot use --time-zone '': it is none");
	return status == EXIT_DATA || status == EXIT_FALSE ? EXIT_USAGE : status;
}

bool steer_is_number(const char *option, const char *word, double least, double most)
{
	char *end;
	double v = word ? strtod(word, &end) : least;

	/* strtod also takes nan, and numbers of hexadecimal digits, which the database does not, or not so */
	if (!word ||
		(end != word && !word[strspn(word, "0123456789.eE+-")] && !*end && v >= least &&
			v <= most))
		return true;
	log_error("cannot use --%s '%s': must be between %g and %g", option, word, least, most);
	return false;
}

const char *steer_given(int64_t n, char buf[24])
{
	if (n == NOT_GIVEN)
		return NULL;
	snprintf(buf, 24, "%" PRId64, n);
	return buf;
}

const char *steer_limit(const char *usual, char buf[24])
{
	return set.limit ? steer_given(set.limit, buf) : usual;
}

int steer_has_dispatcher(struct db *db)
{
	return (int)db_count(db,
		"SELECT FROM node WHERE heartbeat_at > clock_timestamp() - " STEER_ALIVE " LIMIT 1",
		NULL, 0);
}

void steer_warn(struct db *db)
{
	if (db_count(db, "SELECT FROM trunk WHERE enabled LIMIT 1", NULL, 0) == 0)
		log_warn(
			"there is no trunk yet to call over: campaign trunk add, or a dispatcher adds its own");
	if (steer_has_dispatcher(db) == 0)
		log_warn("no dispatcher is running: campaign run");
}
