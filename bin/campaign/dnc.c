/* campaign dnc: numbers that are not to be called, by anybody or by one campaign. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/progress.h"
#include "db/copy.h"
#include "people.h"
#include "record/found.h"
#include "record/period.h"
#include "row.h"
#include "steer.h"

#define CHUNK ((size_t)1 << 16)
#define SHOWN 20 /* bad lines that are said */

static struct {
	const char *reason, *note, *until;
	bool force;
} own = {.reason = NULL};

static const struct opt_row rows[] = {
	{OPTION_CAMPAIGN},
	{"reason", 0, OPT_CHOICE, "dtmf|voice|refusal|import|manual|law", NULL,
		"why: of those that are added; only those of that reason", &own.reason},
	{"note", 0, OPT_STR, "TEXT", NULL, "more about it, for people", &own.note},
	{"until", 0, OPT_STR, "DATE", NULL, "add: only until then", &own.until},
	{"force", 0, OPT_FLAG, NULL, NULL, "remove: also who asked for it", &own.force},
	{OPTION_COUNTRY},
	{OPTION_LIMIT},
	{OPTION_OUTPUT},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

/* What is for longer stays. */
#define STRICTER \
	" ON CONFLICT (phone, scope) DO UPDATE SET note = coalesce(excluded.note, dnc.note)," \
	" expires_at = CASE WHEN dnc.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL" \
	" ELSE greatest(dnc.expires_at, excluded.expires_at) END"

static const char add_sql[] =
	"INSERT INTO dnc (phone, scope, reason, note, expires_at) VALUES ($1, coalesce($2, '*'), coalesce($3, 'manual'), $4,"
	" " PERIOD_END("$5") ")" STRICTER;

/* A wish that the person has uttered is taken back by the person alone. */
static const char remove_sql[] = "DELETE FROM dnc WHERE phone = $1 AND scope = coalesce($2, '*')"
				 " AND ($3::boolean OR reason NOT IN ('dtmf', 'voice', 'refusal'))";
static const char wish_sql[] =
	"SELECT reason FROM dnc WHERE phone = $1 AND scope = coalesce($2, '*')";

static const char list_sql[] =
	"SELECT d.phone, d.scope, d.reason, d.note, to_char(d.added_at, 'YYYY-MM-DD HH24:MI') AS added_at,"
	" to_char(d.expires_at, 'YYYY-MM-DD HH24:MI') AS expires_at, d.call_id,"
	" concat_ws(' ', c.first_name, c.last_name) AS name FROM dnc d LEFT JOIN contact c USING (phone)"
	" WHERE ($1::text IS NULL OR d.scope IN ('*', $1)) AND ($2::text IS NULL OR d.reason = $2)"
	" AND (d.expires_at IS NULL OR d.expires_at > now()) ORDER BY d.phone, d.scope LIMIT $3::bigint";

static const char merge_sql[] =
	"INSERT INTO dnc (phone, scope, reason, note) SELECT DISTINCT ON (phone, s) phone, coalesce($1, scope, '*') AS s,"
	" coalesce($2, reason, 'import'), note FROM pg_temp.listed ORDER BY phone, s"
	" ON CONFLICT (phone, scope) DO UPDATE SET expires_at = NULL WHERE dnc.expires_at IS NOT NULL";

/* A scope of a file is the id of a campaign, the name of one alone, or '*'. Any other would protect nobody. */
static const char named_sql[] =
	"UPDATE pg_temp.listed l SET scope = k.id FROM (SELECT name, min(campaign_id) AS id FROM campaign GROUP BY name"
	" HAVING count(*) = 1) k WHERE k.name = l.scope AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = l.scope)";
static const char scope_sql[] =
	"WITH gone AS (DELETE FROM pg_temp.listed l WHERE scope <> '*' AND NOT EXISTS (SELECT FROM campaign c"
	" WHERE c.campaign_id = l.scope) RETURNING line, scope) SELECT DISTINCT ON (line) line,"
	" CASE WHEN EXISTS (SELECT FROM campaign c WHERE c.name = scope) THEN 'more than one campaign is called '"
	" ELSE 'there is no campaign ' END || quote_literal(left(regexp_replace(scope, '[[:cntrl:]]+', ' ', 'g'), 60))"
	" FROM gone ORDER BY line";

/* ---- one by one ---- */

static int add(struct db *db, const char *number)
{
	return db_query(db, add_sql,
		(const char *const[]){number, set.campaign, own.reason, own.note, own.until}, 5,
		NULL);
}

static enum exit_code absent(struct db *db, const char *number)
{
	char reason[16];

	if (db_value(db, wish_sql, (const char *const[]){number, set.campaign}, 2, reason,
		    sizeof(reason)) == -1)
		return tables_say(db, "look for the number");
	if (*reason) {
		log_error("cannot remove '%s': the person asked for it (%s); --force does", number,
			reason);
		return EXIT_REFUSED;
	}
	log_error("'%s' is not there", number);
	return EXIT_FALSE;
}

static enum exit_code removed(struct db *db, const char *number)
{
	int64_t n = db_count(db, remove_sql,
		(const char *const[]){number, set.campaign, own.force ? "t" : "f"}, 3);

	if (n == -1)
		return tables_say(db, "remove the number");
	return n ? EXIT_OK : absent(db, number);
}

/* All of the numbers, or none if one of them is none. 0, or an exit code after a message. */
static int check_numbers(char *const words[])
{
	int status = EXIT_OK;
	struct e164 n;

	if (!words[0]) {
		log_error("name a telephone number: see --help");
		return EXIT_USAGE;
	}
	for (; *words && !status; words++)
		status = people_number(*words, NULL, &n);
	return status;
}

static int change(char *const words[], bool adds)
{
	enum exit_code code = (enum exit_code)check_numbers(words), this;
	struct e164 n;
	struct db db;

	if (code)
		return (int)code;
	if (period_check("until", own.until) == -1)
		return EXIT_USAGE;
	if (steer_campaign(&code) == -1 || tables_open(&db, &code) == -1)
		return (int)code;
	for (; *words && db.fault == DB_FINE; words++) {
		if (people_number(*words, NULL, &n))
			break;
		if (adds)
			this = add(&db, n.number) == -1 ? tables_say(&db, "add the number")
							: EXIT_OK;
		else
			this = removed(&db, n.number);
		code = code ? code : this;
	}
	db_close(&db);
	return (int)code;
}

static int add_numbers(char *const words[])
{
	return change(words, true);
}

static int remove_numbers(char *const words[])
{
	return change(words, false);
}

static int list(char *const words[])
{
	enum exit_code code = EXIT_OK;
	int status = opt_no_operands(words);
	char limit[24];

	if (status != -1)
		return status;
	if (steer_campaign(&code) == -1)
		return (int)code;
	return (int)found_write(&(struct found){
		.sql = list_sql,
		.params = (const char *const[]){set.campaign, own.reason, steer_limit(NULL, limit)},
		.n = 3,
		.form = table_form(set.json, set.csv),
		.output = set.output,
		.what = "list numbers",
	});
}

/* ---- a file of them ---- */

struct listing {
	struct input in;
	struct columns columns;
	const char *path;    /* as it was named */
	const char *country; /* as e164_country() has it; NULL: none */
	struct db db;
	struct dynbuf out;  /* rows to be sent */
	struct dynbuf text; /* of the line that was converted */
	int64_t good, bad;  /* lines */
};

/* Of the words that the table knows; what else stands there is a note. */
static const char *reason_of(struct csv_field f)
{
	static const char *const words[] = {"dtmf", "voice", "refusal", "import", "manual", "law"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (f.n == strlen(words[i]) && memcmp(f.p, words[i], f.n) == 0)
			return words[i];
	return NULL;
}

static int no_memory(struct listing *l)
{
	l->db.fault = DB_FAILED;
	snprintf(l->db.why, sizeof(l->db.why), "no memory");
	return -1;
}

static int send_lines(struct listing *l)
{
	if (dynbuf_failed(&l->out))
		return no_memory(l);
	if (db_copy_put(&l->db, l->out.p, l->out.n) == -1)
		return -1;
	dynbuf_reset(&l->out);
	return 0;
}

/* A line may have hundreds of numbers, and each has all of the note: what is there is sent between them. */
static int add_line(struct listing *l, int64_t line, const struct e164 *n, struct csv_field scope,
	struct csv_field reason)
{
	const char *known = reason_of(reason);

	copy_int(&l->out, line);
	copy_text(&l->out, n->number);
	copy_span(&l->out, scope.p, scope.n);
	copy_text(&l->out, known);
	copy_span(&l->out, reason.p, known ? 0 : reason.n);
	copy_end(&l->out);
	return l->out.n < CHUNK && !dynbuf_failed(&l->out) ? 0 : send_lines(l);
}

static void bad_line(struct listing *l, int64_t line, const char *why)
{
	if (l->bad++ < SHOWN)
		log_warn("%s:%" PRId64 ": %s", l->path, line, why);
}

/* Every number of a line is one that is not to be called. -1: the database's fault, or there is no room. */
static int take_line(struct listing *l, const struct csv_record *r, int64_t line)
{
	struct csv_field scope = {NULL, 0}, reason = {NULL, 0}, cells[CSV_FIELDS_MAX];
	bool windows = input_is_windows(&l->in, r->raw), any = false;
	const char *why = "no telephone number";
	struct e164 n;

	if (r->fault != CSV_FINE) {
		bad_line(l, line, csv_why(r->fault));
		return 0;
	}
	dynbuf_reset(&l->text);
	if (windows && !dynbuf_room(&l->text, 3 * r->raw.n))
		return no_memory(l);
	for (size_t i = 0; i < r->n && i < l->columns.n; i++) {
		cells[i] = row_trim(input_text(&l->in, r->fields[i], windows, &l->text));
		if (l->columns.of[i] == COLUMN_SCOPE)
			scope = cells[i];
		if (l->columns.of[i] == COLUMN_REASON || l->columns.of[i] == COLUMN_NOTES)
			reason = cells[i];
	}
	for (size_t i = 0; i < r->n && i < l->columns.n; i++) {
		if (l->columns.of[i] != COLUMN_PHONE || !cells[i].n)
			continue;
		if (row_number(cells[i].p, cells[i].n, l->country, true, &n) == 0) {
			if (add_line(l, line, &n, scope, reason) == -1)
				return -1;
			any = true;
		} else {
			why = e164_why(n.fault);
		}
	}
	if (any)
		l->good++;
	else if (r->raw.n)
		bad_line(l, line, why);
	return 0;
}

/* -1: the database, or (its fault is none) the file. */
static int copy_lines(struct listing *l)
{
	struct csv_record r;
	int64_t line;
	int got;

	if (db_run(&l->db,
		    "BEGIN; CREATE TEMP TABLE listed (line bigint, phone text COLLATE \"C\", scope text, reason text, note text) ON COMMIT DROP") ==
			-1 ||
		db_copy_begin(&l->db, "COPY pg_temp.listed FROM STDIN") == -1)
		return -1;
	l->db.fault = DB_FINE;
	while ((got = input_next(&l->in, &r, &line)) == 1) {
		if (take_line(l, &r, line) == -1)
			return -1;
		if (!((l->good + l->bad) & 0xff))
			input_progress(&l->in, l->good + l->bad);
	}
	return got == -1 || send_lines(l) == -1 ? -1 : db_copy_end(&l->db);
}

/* Lines whose scope is none are taken out again, unless --campaign says another. */
static int check_scopes(struct listing *l)
{
	PGresult *r;

	if (set.campaign)
		return 0;
	if (db_query(&l->db, named_sql, NULL, 0, NULL) == -1 ||
		db_query(&l->db, scope_sql, NULL, 0, &r) == -1)
		return -1;
	for (int i = 0; i < PQntuples(r); i++)
		bad_line(l, strtoll(PQgetvalue(r, i, 0), NULL, 10), PQgetvalue(r, i, 1));
	l->good -= PQntuples(r);
	PQclear(r);
	return 0;
}

static enum exit_code merge(struct listing *l)
{
	int64_t new;

	if (copy_lines(l) == -1) {
		if (l->db.fault != DB_FINE)
			return tables_say(&l->db, "import numbers");
		log_error("cannot import '%s': %s", l->path, l->in.why);
		return EXIT_DATA;
	}
	if (check_scopes(l) == -1)
		return tables_say(&l->db, "import numbers");
	if (l->bad > SHOWN)
		log_warn("and %" PRId64 " more lines that were not taken", l->bad - SHOWN);
	new = db_count(&l->db, merge_sql, (const char *const[]){set.campaign, own.reason}, 2);
	if (new == -1 || db_run(&l->db, "COMMIT") == -1)
		return tables_say(&l->db, "import numbers");
	progress_wipe();
	printf("%" PRId64 " lines: %" PRId64 " numbers are new, %" PRId64 " errors\n",
		l->good + l->bad, new, l->bad);
	return l->good ? EXIT_OK : EXIT_DATA;
}

static int import(char *const words[])
{
	static struct listing l;
	enum exit_code code = EXIT_OK;

	if (!words[0] || words[1]) {
		log_error("name one file, or - for standard input: see --help");
		return EXIT_USAGE;
	}
	l.path = words[0];
	l.country = set.country ? e164_country(set.country) : NULL;
	dynbuf_init(&l.out, 4 * CSV_RECORD_MAX);
	dynbuf_init(&l.text, 4 * CSV_RECORD_MAX);
	if (input_open(&l.in, l.path) == -1 ||
		columns_read_list(&l.in, l.country, &l.columns) == -1) {
		log_error("cannot import '%s': %s", l.path, l.in.why);
		code = EXIT_DATA;
	} else if (steer_campaign(&code) == 0 && tables_open(&l.db, &code) == 0) {
		code = merge(&l);
		db_close(&l.db);
	}
	input_close(&l.in);
	columns_free(&l.columns);
	dynbuf_free(&l.out);
	dynbuf_free(&l.text);
	return (int)code;
}

static int run(char *const operands[])
{
	static const struct verb verbs[] = {
		{"add", "campaign|reason|note|until|country", add_numbers},
		{"remove", "campaign|force|country", remove_numbers},
		{"list", "campaign|reason|limit|output|json|csv", list},
		{"import", "campaign|reason|country", import}};
	const char *country;
	int status;

	if (people_country(&country, &status) == -1)
		return status;
	return steer_verb(verbs, ARRAY_LEN(verbs), operands);
}

const struct command command_dnc = {
	.name = "dnc",
	.page = {.synopsis =
			 "dnc add number ... | remove number ... | list | import file [options]",
		.purpose = "Numbers that are not to be called, by anybody or by one campaign.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
