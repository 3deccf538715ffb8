/* calllog list and export: calls, a row each. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "calllog.h"
#include "choice.h"
#include "record/output.h"
#include "table.h"

#define LIST_LIMIT 50 /* calls on a terminal, unless told */

/* What was said, on one line; what nobody heard is left out. */
#define TRANSCRIPT \
	"(SELECT string_agg(CASE speaker WHEN 'bot' THEN 'BOT: ' ELSE 'CLIENT: ' END || " \
	"regexp_replace(coalesce(heard_text, text), '\\s+', ' ', 'g'), ' | ' ORDER BY turn_number)" \
	" FROM call_turn t WHERE t.call_id = c.call_id AND coalesce(heard_text, text) <> '')"

/* The last of the calls of a person, or every one. */
static const char export_sql[] =
	"SELECT coalesce(c.contact_id::text, c.call_id) AS lead_id, c.phone_number, p.first_name, p.last_name, p.email,"
	" p.company, coalesce(c.disposition, c.status) AS status, NULL::integer AS priority, n.attempts, n.last_attempt,"
	" p.created_at AS imported_at, coalesce(c.mp3_path, c.assembled_audio_path, c.recording_path)"
	" AS audio_recording_path, c.started_at AS last_call_date, c.duration AS last_call_duration,"
	" c.status AS last_call_result, c.amd_result, c.final_sentiment,"
	" CASE WHEN c.is_interested THEN 'Oui' WHEN NOT c.is_interested THEN 'Non' END AS is_interested,"
	" n.total_calls, " TRANSCRIPT " AS transcription_complete"
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

/* Write what is found; what went wrong is said. */
static enum exit_code find(const char *sql, enum table_form form, bool upright, FILE *out)
{
	enum exit_code code = EXIT_OK;
	struct choice choice;
	struct db db;

	if (choice_make(&choice) == -1)
		return EXIT_USAGE;
	if (tables_open(&db, &code) == -1)
		return code;
	if (table_write(&db, sql, choice.params, CHOICE_PARAMS, form, upright, out) == -1 &&
		db.fault != DB_FINE)
		code = tables_say(&db, "find calls");
	db_close(&db);
	return code;
}

/* Something that can only be written as it is: a device, a pipe. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* dirfd of the folder that the path is in, and the name there. -1 with errno. */
static int open_folder(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	*ret_name = slash ? slash + 1 : path;
	if (format_path(folder, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".") ==
		-1)
		return -1;
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum exit_code find_to(FILE *out, const char *sql, enum table_form form, bool upright)
{
	enum exit_code code = find(sql, form, upright, out);
	bool failed = ferror(out) | (fflush(out) == EOF);

	return code ? code : failed ? EXIT_IO : EXIT_OK;
}

/* A file that is whole or not there. */
static enum exit_code find_into(
	const char *path, const char *sql, enum table_form form, bool upright)
{
	bool special = is_special(path);
	struct output o = {.fd = -1};
	enum exit_code code = EXIT_IO;
	const char *name;
	FILE *out = NULL;
	int dirfd;

	errno = 0;
	dirfd = open_folder(path, &name);
	if (special)
		out = fopen(path, "we");
	else if (dirfd != -1 && output_open(&o, dirfd, name) == 0)
		out = fdopen(fcntl(o.fd, F_DUPFD_CLOEXEC, 3), "w");
	if (out)
		code = find_to(out, sql, form, upright);
	if (!out || (!code && !special && output_commit(&o) == -1) || (code == EXIT_IO && errno))
		log_error_errno("cannot write '%s'", path);
	if (!out)
		code = EXIT_IO;
	output_drop(&o);
	if (out)
		(void)fclose(out);
	if (dirfd != -1)
		close(dirfd);
	return code;
}

enum exit_code write_found(const char *sql, enum table_form form, bool upright)
{
	if (set.output && strcmp(set.output, "-") != 0)
		return find_into(set.output, sql, form, upright);
	return find(sql, form, upright, stdout);
}

int command_list(char *const operands[])
{
	int status = opt_no_operands(operands);
	char *sql, last[40];

	if (status != -1)
		return status;
	limit(last, sizeof(last),
		set.limit                            ? set.limit
			: table_form() == TABLE_TEXT ? LIST_LIMIT
						     : 0);
	if (asprintf(&sql, list_sql, choice_where, last) == -1)
		return EXIT_SYSTEM;
	status = (int)write_found(sql, table_form(), false);
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
