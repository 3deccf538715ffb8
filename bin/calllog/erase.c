/* calllog erase: a person, out of files and tables.
 *
 * The order is that of a run that may be killed: first what keeps the calls from being loaded again, then the files,
 * then the rows, which tell where else files are. Each step done again does nothing.
 */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "base/log.h"
#include "calllog.h"
#include "record/phone-key.h"

/* The number of a row: $1 the digits, $2 the hash, $3 the country. */
#define DIGITS_OF(column) PHONE_DIGITS_OF(column, "$3")
#define IS_PERSON(column) "(" DIGITS_OF(column) " = $1::text OR phone_hash = $2::bytea)"
/* A call, by either of its numbers, as is_theirs. */
#define IS_THEIRS(call) \
	"(" DIGITS_OF(call ".phone_number") " = $1::text OR " DIGITS_OF( \
		call ".caller_id") " = $1::text OR " call ".phone_hash = $2::bytea)"

/* A contact of campaigns, whose number is one as E.164 has it. */
#define IS_CONTACT "(phone = '+' || $1::text OR phone_hash = $2::bytea)"
/* Lines of files that were not imported: the number may stand there as people write it. */
#define IS_LINE \
	"(phone = '+' || $1::text OR length($1::text) >= 9" \
	" AND regexp_replace(raw, '[^0-9]', '', 'g') LIKE '%' || right($1::text, 9) || '%')"
/* A call that somebody dials now. */
#define IS_LIVE "direction = 'outbound' AND ended_at IS NULL AND state NOT IN ('ended', 'lost')"

#define OTHERS_MAX 20 /* a person talks to fewer numbers of ours */

struct erasure {
	char digits[PHONE_DIGITS_MAX + 1]; /* of the person's number */
	char hash[PHONE_HEX];              /* of them, as the database writes it */
	const char *params[3];             /* of IS_PERSON */
	struct db db;
	struct audit audit;
	struct wiped files;
	int64_t rows;
	int64_t running; /* calls that are in progress */
};

static bool is_theirs(const struct erasure *e, const struct kept *k)
{
	char digits[PHONE_DIGITS_MAX + 1];

	return (phone_digits(k->from, set.country, digits) && strcmp(digits, e->digits) == 0) ||
		(phone_digits(k->to, set.country, digits) && strcmp(digits, e->digits) == 0);
}

/* Where the dialogue was, kept for a call that was cut off: see agent(1). */
static void wipe_sessions(const struct kept *k, struct wiped *sum)
{
	char pattern[PATH_MAX];
	glob_t found;

	if (strpbrk(k->name, "*?[\\") ||
		format_path(pattern, "%s/sessions/*.%s", set.spool, k->name) == -1 ||
		glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (!set.dry_run && unlink(found.gl_pathv[i]) == -1 && errno != ENOENT) {
			log_error_errno("cannot remove '%s'", found.gl_pathv[i]);
			sum->failed++;
		}
		sum->files++;
	}
	globfree(&found);
}

static void erase_call(const struct kept *k, void *ctx)
{
	struct erasure *e = ctx;

	if (!is_theirs(e, k))
		return;
	if (kept_state(k) == KEPT_RUNNING) {
		log_error("cannot erase '%s': the call is in progress", k->path);
		e->running++;
		return;
	}
	wipe_sessions(k, &e->files);
	wipe_call(k, &e->files);
}

/* Is it where wipe_each finds it: calls/YYYY/MM/DD/NAME of the spool? */
static bool was_visited(const char *path)
{
	char calls[PATH_MAX], below[PATH_MAX];
	int slashes = 0;

	if (format_path(below, "%s/calls", set.spool) == -1 || !realpath(below, calls) ||
		strncmp(path, calls, strlen(calls)) != 0 || path[strlen(calls)] != '/')
		return false;
	for (const char *c = path + strlen(calls); *c; c++)
		slashes += *c == '/';
	return slashes == 4;
}

/* Directories that rows name and that wipe_each does not find: another folder, another spool, another host. */
static int erase_elsewhere(struct erasure *e)
{
	PGresult *result;
	struct kept k;

	if (db_query(&e->db,
		    "SELECT call_dir FROM call WHERE call_dir IS NOT NULL AND " IS_THEIRS("call"),
		    e->params, 3, &result) == -1)
		return -1;
	for (int i = 0; i < PQntuples(result); i++) {
		const char *path = PQgetvalue(result, i, 0);
		if (was_visited(path))
			continue;
		if (kept_open(path, &k) == 0) {
			erase_call(&k, e);
			kept_close(&k);
		} else {
			log_warn(
				"'%s' is not here: if another host has it, erase there, too", path);
		}
	}
	PQclear(result);
	return 0;
}

/* n: of $1, $2, $3, how many it names. */
static int count_of(struct erasure *e, const char *sql, int n)
{
	PGresult *result;

	if (db_query(&e->db, sql, e->params, n, &result) == -1)
		return -1;
	e->rows += set.dry_run ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : db_rows(result);
	PQclear(result);
	return 0;
}

static int count(struct erasure *e, const char *sql)
{
	return count_of(e, sql, 3);
}

/* What campaigns know of the person. That there was a contact stays, for their figures. */
static int erase_contact(struct erasure *e)
{
	if (count_of(e, "DELETE FROM import_error WHERE " IS_LINE, 1) == -1 ||
		count_of(e,
			"DELETE FROM import_change WHERE contact_id IN (SELECT contact_id FROM contact WHERE " IS_CONTACT
			")",
			2) == -1 ||
		count_of(e, "DELETE FROM dnc WHERE phone = '+' || $1::text", 1) == -1 ||
		count_of(e,
			"UPDATE call_queue SET phone = NULL, error_message = NULL, caller_id = NULL"
			" WHERE contact_id IN (SELECT contact_id FROM contact WHERE " IS_CONTACT
			")",
			2) == -1)
		return -1;
	return count_of(e,
		"UPDATE contact SET phone = NULL, phone_raw = NULL, phone_hash = $2::bytea, first_name = NULL,"
		" last_name = NULL, email = NULL, company = NULL, notes = NULL, extra = NULL, consent_proof = NULL,"
		" slot_wish = NULL, audio_recording_path = NULL, erased_at = coalesce(erased_at, now()), updated_at = now()"
		" WHERE " IS_CONTACT,
		2);
}

static int erase_rows(struct erasure *e)
{
	if (erase_contact(e) == -1 ||
		count(e,
			"UPDATE ticket t SET subject = NULL, description = NULL FROM client WHERE t.client_id = client.client_id"
			" AND " IS_PERSON("client.phone")) == -1 ||
		count(e,
			"UPDATE ticket t SET subject = NULL, description = NULL FROM call WHERE t.call_id = call.call_id"
			" AND " IS_THEIRS("call")) == -1 ||
		count(e,
			"UPDATE client SET phone = NULL, phone_hash = $2::bytea, customer_number = NULL, first_name = NULL,"
			" last_name = NULL, email = NULL, company = NULL, address = NULL, notes = NULL, extra = NULL,"
			" erased_at = now(), updated_at = now() WHERE " IS_PERSON("phone")) == -1 ||
		audit_words(&e->db, IS_THEIRS("c"), e->params, 3, &e->rows) == -1)
		return -1;
	return count(e,
		"UPDATE call SET phone_number = NULL, phone_hash = $2::bytea, uuid = NULL, recording_path = NULL,"
		" caller_id = CASE WHEN " DIGITS_OF(
			"caller_id") " = $1::text THEN NULL ELSE caller_id END,"
				     " assembled_audio_path = NULL, transcript_path = NULL, mp3_path = NULL, call_dir = NULL,"
				     " erased_at = coalesce(erased_at, now()) WHERE " IS_THEIRS(
					     "call"));
}

static int count_rows(struct erasure *e)
{
	return count(e,
		"SELECT (SELECT count(*) FROM call WHERE " IS_THEIRS(
			"call") ") + (SELECT count(*)"
				" FROM client WHERE " IS_PERSON(
					"phone") ")"
						 " + (SELECT count(*) FROM contact WHERE " IS_CONTACT
						 ") + (SELECT count(*) FROM import_error WHERE " IS_LINE
						 ") + (SELECT count(*) FROM dnc WHERE phone = '+' || $1::text)");
}

/* Nobody dials them from now on, but who dials already. */
static int stop_calls(struct erasure *e)
{
	PGresult *result;

	if (db_query(&e->db,
		    "UPDATE call_queue SET status = 'blocked', blocked_reason = 'erased' WHERE status = 'pending'"
		    " AND contact_id IN (SELECT contact_id FROM contact WHERE phone = '+' || $1::text)",
		    e->params, 1, NULL) == -1 ||
		db_query(&e->db,
			"SELECT count(*) FROM call WHERE " IS_LIVE
			" AND phone_number = '+' || $1::text",
			e->params, 1, &result) == -1)
		return -1;
	if (strtoll(PQgetvalue(result, 0, 0), NULL, 10) > 0) {
		log_error("cannot erase '%s': the number is being called", e->digits);
		e->running++;
	}
	PQclear(result);
	return 0;
}

/* Nothing loads them and nobody imports them from now on. A wish not to be called stays. */
static int begin(struct erasure *e)
{
	if (audit_begin(&e->db, &e->audit, "erase", NULL, NULL, e->hash) == -1)
		return -1;
	if (set.dry_run)
		return 0;
	if (db_query(&e->db,
		    "INSERT INTO erasure (phone_hash, opt_out) SELECT $2::bytea, coalesce(bool_or(opt_out), false)"
		    " OR EXISTS (SELECT FROM dnc WHERE phone = '+' || $1::text) FROM call WHERE " IS_PERSON(
			    "phone_number") " ON CONFLICT (phone_hash) DO UPDATE SET erased_at = now(),"
					    " opt_out = erasure.opt_out OR excluded.opt_out",
		    e->params, 3, NULL) == -1)
		return -1;
	return stop_calls(e);
}

/* What is still there keeps its rows: they tell where it is. A loader or an import that had looked before begin() is
 * waited for: one that looks after it finds the erasure. */
static int end(struct erasure *e)
{
	if (set.dry_run)
		return count_rows(e) == -1 ? -1 : audit_end(&e->db, &e->audit, &e->files, e->rows);
	if (e->files.failed || e->running)
		return 0;
	if (db_run(&e->db,
		    "BEGIN; SELECT pg_advisory_xact_lock(" TABLES_PEOPLE_LOCK
		    "); LOCK TABLE call IN SHARE ROW EXCLUSIVE MODE") == -1 ||
		erase_rows(e) == -1 || audit_end(&e->db, &e->audit, &e->files, e->rows) == -1)
		return -1;
	return db_run(&e->db, "COMMIT");
}

/* How many numbers this one has talked to: who has talked to many is no caller, but a line of ours. -1: the database. */
static int64_t count_others(struct erasure *e)
{
	PGresult *result;
	int64_t n;

	if (db_query(&e->db,
		    "SELECT count(DISTINCT CASE WHEN " DIGITS_OF(
			    "caller_id") " = $1::text THEN phone_number ELSE caller_id END) FROM call WHERE " IS_THEIRS("call"),
		    e->params, 3, &result) == -1)
		return -1;
	n = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return n;
}

static enum exit_code erase(struct erasure *e)
{
	int64_t others = set.force ? 0 : count_others(e);

	if (others > OTHERS_MAX) {
		log_error(
			"cannot erase '%s': it has talked to %" PRId64
			" numbers, as a line of your own has; --force erases what all of them said",
			e->digits, others);
		return EXIT_REFUSED;
	}
	if (others == -1 || begin(e) == -1)
		return tables_say(&e->db, "erase");
	if (wipe_each(INT64_MAX, erase_call, e) == -1)
		e->files.failed++;
	if (erase_elsewhere(e) == -1 || end(e) == -1)
		return tables_say(&e->db, "erase");
	fprintf(stderr, "calllog: %s: %" PRId64 " calls, %" PRId64 " files, %" PRId64 " rows%s\n",
		set.dry_run ? "would erase" : "erased", e->files.calls, e->files.files, e->rows,
		e->files.failed || e->running ? "; not finished: run it again" : "");
	return e->files.failed ? EXIT_IO : e->running ? EXIT_TRY_AGAIN : EXIT_OK;
}

int command_erase(char *const operands[])
{
	static struct erasure e;
	uint8_t hash[SHA256_BYTES];
	enum exit_code code = EXIT_OK;

	if (!operands[0] || operands[1] || !phone_digits(operands[0], set.country, e.digits)) {
		log_error(operands[0] && !operands[1] ? "cannot erase '%s': no telephone number"
						      : "name one telephone number: see --help",
			operands[0]);
		return EXIT_USAGE;
	}
	if (phone_key(set.key_file, set.spool, true) == -1)
		return EXIT_CONFIG;
	if (!phone_hash(operands[0], set.country, hash))
		return EXIT_BUG;
	phone_hex(hash, e.hash);
	e.params[0] = e.digits;
	e.params[1] = e.hash;
	e.params[2] = set.country ? set.country : "";
	if (tables_open(&e.db, &code) == -1)
		return code;
	code = erase(&e);
	db_close(&e.db);
	return code;
}
