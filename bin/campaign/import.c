/* campaign import: people out of a file, all of them or nobody, and a million of them in seconds.
 *
 * The file is read once. Each record becomes a row of a table of this session alone, by COPY, while the next one is read;
 * then one statement makes contacts of those that are new. All is one transaction: whatever is killed, there is no half of
 * it. The file is known by the hash of its bytes, at the end of which it may turn out that it was imported before.
 *
 * A person who is being erased: erase has committed the hash of the number before it takes the lock that we hold, shared,
 * from before we read the hashes: so either we see the hash, or erase sees our rows.
 */
#include "import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/progress.h"
#include "campaign.h"
#include "people.h"
#include "record/phone-key.h"

#define CHUNK ((size_t)1 << 16) /* bytes of rows that are sent at a time */
#define SHOWN 20                /* bad rows that are said */

static struct {
	bool update, clean, list;
	int64_t undo, errors; /* id; 0: none */
} own;

static const struct opt_row rows[] = {
	{"update", 'u', OPT_FLAG, NULL, NULL,
		"change contacts that are known: what the file says of them", &own.update},
	{"clean", 0, OPT_FLAG, NULL, NULL, "repair numbers that a spreadsheet has spoilt",
		&own.clean},
	{OPTION_COUNTRY},
	{OPTION_DRY_RUN},
	{"undo", 0, OPT_INT, "ID", NULL, "take that import back", &own.undo, 1, INT64_MAX},
	{"errors", 0, OPT_INT, "ID", NULL, "list the lines that were not taken by that import",
		&own.errors, 1, INT64_MAX},
	{"list", 0, OPT_FLAG, NULL, NULL, "list what was imported", &own.list},
	{OPTION_KEY_FILE},
	{OPTION_SPOOL},
	{OPTION_JSON},
	{OPTION_CSV},
	{0},
};

struct import {
	struct input in;
	struct columns columns;
	struct row_lists lists;
	struct db db;
	struct dynbuf out; /* rows to be sent */
	struct import_counts n;
	char options[64]; /* what besides the file decides what is imported */
	char id[24];      /* of the import */
	char hex[2 * SHA256_BYTES + 1];
	const char *operand, *path; /* as it was named; for people */
};

/* ---- the file ---- */

static enum exit_code refuse(struct import *im)
{
	log_error("cannot import '%s': %s", im->path, im->in.why);
	return EXIT_DATA;
}

/* The database's fault, unless it was the file's. */
static enum exit_code fail(struct import *im)
{
	return tables_say(&im->db, "import contacts");
}

static int send_rows(struct import *im)
{
	if (dynbuf_failed(&im->out)) {
		im->db.fault = DB_FAILED;
		snprintf(im->db.why, sizeof(im->db.why), "no memory");
		return -1;
	}
	if (db_copy_put(&im->db, im->out.p, im->out.n) == -1)
		return -1;
	dynbuf_reset(&im->out);
	return 0;
}

/* All records into the table of this session. -1: in.why, or the database's fault. */
static int copy_rows(struct import *im, struct row_maker *m)
{
	struct csv_record r;
	int64_t line;
	int got;

	while ((got = input_next(&im->in, &r, &line)) == 1) {
		enum row_kind kind = row_make(m, &r, line, &im->out);

		im->n.rows += kind != ROW_BLANK;
		im->n.good += kind == ROW_GOOD;
		im->n.bad += kind == ROW_BAD;
		if (im->out.n >= CHUNK && send_rows(im) == -1)
			return -1;
		if (!(im->n.rows & 0xff))
			input_progress(&im->in, im->n.rows);
	}
	return got == -1 ? -1 : send_rows(im);
}

static enum exit_code read_rows(struct import *im)
{
	static struct row_maker m;
	int err;

	if (db_run(&im->db, "CREATE TEMP TABLE row (" ROW_COLUMNS ") ON COMMIT DROP") == -1 ||
		db_copy_begin(&im->db, "COPY pg_temp.row FROM STDIN") == -1)
		return fail(im);
	im->db.fault = DB_FINE;
	row_init(&m, &im->in, &im->columns, &im->lists);
	dynbuf_init(&im->out, 64 * CSV_RECORD_MAX);
	err = copy_rows(im, &m);
	dynbuf_free(&im->out);
	row_free(&m);
	if (err)
		return im->db.fault == DB_FINE ? refuse(im) : fail(im);
	return db_copy_end(&im->db) == -1 ? fail(im) : EXIT_OK;
}

/* ---- contacts ---- */

static void name_file(struct import *im)
{
	uint8_t hash[SHA256_BYTES];

	sha256_end(&im->in.hash, hash);
	hex_text(hash, sizeof(hash), im->hex);
}

/* Was it imported before? Then that is said. -1: the database. */
static int check_known(struct import *im)
{
	PGresult *r;

	if (db_query(&im->db,
		    "SELECT import_id, to_char(begun_at, 'YYYY-MM-DD HH24:MI'), file, new FROM import"
		    " WHERE sha256 = $1 AND options = $2 AND undone_at IS NULL",
		    (const char *const[]){im->hex, im->options}, 2, &r) == -1)
		return -1;
	im->n.known = PQntuples(r) > 0;
	if (im->n.known) {
		log_warn(
			"'%s' was imported before, as '%s' at %s, with %s new contacts: nothing is changed; --undo=%s takes that back",
			im->path, PQgetvalue(r, 0, 2), PQgetvalue(r, 0, 1), PQgetvalue(r, 0, 3),
			PQgetvalue(r, 0, 0));
	}
	PQclear(r);
	return 0;
}

/* A row of the import, which is the only one of that file: who does the same at this moment is waited for. */
static int begin_import(struct import *im)
{
	const char *slash = strrchr(im->path, '/');
	PGresult *r;

	name_file(im);
	if (check_known(im) == -1)
		return -1;
	if (im->n.known)
		return 0;
	if (db_query(&im->db,
		    "INSERT INTO import (sha256, options, file) VALUES ($1, $2, $3)"
		    " ON CONFLICT (sha256, options) WHERE undone_at IS NULL DO NOTHING RETURNING import_id",
		    (const char *const[]){im->hex, im->options, slash ? slash + 1 : im->path}, 3,
		    &r) == -1)
		return -1;
	if (PQntuples(r))
		snprintf(im->id, sizeof(im->id), "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return *im->id ? 0 : check_known(im);
}

/* At most SHOWN of the lines that were not taken, for people. */
static int say_lines(struct import *im)
{
	int64_t more = im->n.bad + im->n.dup - SHOWN;
	bool stays = !set.dry_run && im->n.good > 0;
	char limit[16];
	PGresult *r;

	snprintf(limit, sizeof(limit), "%d", SHOWN);
	if (!im->n.bad && !im->n.dup)
		return 0;
	if (db_query(&im->db,
		    "SELECT line, reason FROM import_error WHERE import_id = $1::bigint ORDER BY line LIMIT $2::integer",
		    (const char *const[]){im->id, limit}, 2, &r) == -1)
		return -1;
	for (int i = 0; i < PQntuples(r); i++)
		log_warn("%s:%s: %s", im->path, PQgetvalue(r, i, 0), PQgetvalue(r, i, 1));
	if (more > 0 && PQntuples(r) == SHOWN)
		log_warn("and %" PRId64 " more lines that were not taken%s%s", more,
			stays ? ": campaign import --errors=" : "", stays ? im->id : "");
	PQclear(r);
	return 0;
}

static void say_encoding(const struct import *im)
{
	if (im->in.encoding != INPUT_UTF8)
		log_warn("'%s' is UTF-16, and was converted", im->path);
	if (im->in.windows_rows)
		log_warn("'%s' is Windows-1252 or ISO 8859-1, not UTF-8: %" PRId64
			 " lines were converted",
			im->path, im->in.windows_rows);
	if (im->in.damaged_rows)
		log_warn("'%s' has %" PRId64 " lines with bytes that are no UTF-8", im->path,
			im->in.damaged_rows);
}

static enum exit_code take_rows(struct import *im)
{
	enum exit_code code = read_rows(im);

	if (code)
		return code;
	progress_show("%" PRId64 " rows, going into the tables", im->n.rows);
	if (begin_import(im) == -1)
		return fail(im);
	if (im->n.known)
		return EXIT_OK;
	if (import_merge(&im->db, im->id, own.update, im->columns.has[COLUMN_TZ], &im->n) == -1 ||
		say_lines(im) == -1)
		return fail(im);
	say_encoding(im);
	if (im->n.rows == 0) {
		snprintf(im->in.why, sizeof(im->in.why), "there is nothing below its header");
		return refuse(im);
	}
	if (im->n.good == 0) {
		snprintf(im->in.why, sizeof(im->in.why), "no line of it can be used");
		return refuse(im);
	}
	return db_run(&im->db, set.dry_run ? "ROLLBACK" : "COMMIT") == -1 ? fail(im) : EXIT_OK;
}

/* ---- all ---- */

static int sum_up(const struct import *im)
{
	const struct import_counts *n = &im->n;

	if (set.json)
		return printf(
			"{\"import\":%s,\"dry_run\":%s,\"known\":%s,\"sha256\":\"%s\",\"rows\":%" PRId64
			",\"imported\":%" PRId64 ",\"updated\":%" PRId64 ",\"unchanged\":%" PRId64
			",\"duplicates\":%" PRId64 ",\"errors\":%" PRId64
			",\"do_not_call\":%" PRId64 ",\"contacts\":%" PRId64
			",\"contacts_new\":%" PRId64 "}\n",
			*im->id && !set.dry_run ? im->id : "null", set.dry_run ? "true" : "false",
			n->known ? "true" : "false", im->hex, n->rows, n->new, n->updated,
			n->unchanged, n->dup, n->known ? 0 : n->bad, n->dnc, n->contacts,
			n->contacts_new);
	if (n->known)
		return printf("nothing was imported: the file is known\n");
	if (!set.dry_run)
		printf("import %s: ", im->id);
	return printf("%s%" PRId64 " imported, %" PRId64 " updated, %" PRId64
		      " duplicates, %" PRId64 " errors\n%" PRId64 " contacts in all, %" PRId64
		      " of them New; %" PRId64 " of these are not to be called\n",
		set.dry_run ? "would be: " : "", n->new, n->updated, n->dup + n->unchanged, n->bad,
		n->contacts, n->contacts_new, n->dnc);
}

static enum exit_code import(struct import *im)
{
	enum exit_code code = EXIT_OK;

	if (input_open(&im->in, im->operand) == -1 || columns_read(&im->in, &im->columns) == -1)
		return refuse(im);
	if (tables_open(&im->db, &code) == -1)
		return code;
	if (db_run(&im->db, "BEGIN; SET LOCAL work_mem TO '256MB'; SET LOCAL jit TO off") == -1)
		code = fail(im);
	else if (import_lists(&im->db, im->columns.has[COLUMN_TZ], &im->lists, &code) == 0)
		code = take_rows(im);
	db_close(&im->db);
	progress_wipe();
	if (!code)
		code = sum_up(im) < 0 ? EXIT_IO : EXIT_OK;
	return code;
}

static int import_file(const char *path)
{
	static struct import im;
	enum exit_code code;
	int status;

	if (people_country(&im.lists.country, &status) == -1)
		return status;
	im.operand = path;
	im.path = strcmp(path, "-") == 0 ? "standard input" : path;
	im.lists.clean = own.clean;
	snprintf(im.options, sizeof(im.options), "%s%s%s%s", own.update ? "update " : "",
		own.clean ? "clean " : "", set.country ? "country=" : "",
		set.country ? im.lists.country : "");
	if (phone_key(set.key_file, set.spool, false) == -1)
		return EXIT_CONFIG;
	code = import(&im);
	input_close(&im.in);
	columns_free(&im.columns);
	import_lists_free(&im.lists);
	return (int)code;
}

/* -1, or an exit code after a message. */
static int check_options(void)
{
	if (own.undo)
		return opt_only("undo|dry-run", "--undo");
	if (own.errors)
		return opt_only("errors|json|csv", "--errors");
	if (own.list)
		return opt_only("list|json|csv", "--list");
	return opt_only("update|clean|country|dry-run|phone-key-file|spool|json", "a file");
}

static int run(char *const operands[])
{
	int others = own.list + (own.undo > 0) + (own.errors > 0), status;

	if (others > 1 || (others && operands[0])) {
		log_error("name a file, or --list, or an import: see --help");
		return EXIT_USAGE;
	}
	status = check_options();
	if (status != -1)
		return status;
	if (own.undo)
		return (int)import_undo(own.undo);
	if (others)
		return (int)import_show(own.errors);
	if (!operands[0] || operands[1]) {
		log_error("name one file, or - for standard input: see --help");
		return EXIT_USAGE;
	}
	return import_file(operands[0]);
}

const struct command command_import = {
	.name = "import",
	.page = {.synopsis = "import [options] file | --list | --errors=ID | --undo=ID",
		.purpose = "Make contacts of the rows of a table in a file.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
