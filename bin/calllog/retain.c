/* calllog retain: what has come of age, out of files and tables.
 *
 * A class at a time: its files, then its rows; both are found by the age of the call alone, so that a run that was
 * killed is done again from the beginning.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "base/dynbuf.h"
#include "base/log.h"
#include "base/opt.h"
#include "calllog.h"
#include "db/copy.h"
#include "record/phone-key.h"

#define NUMBERS "500" /* that are anonymised in one statement */

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool is_raw(const char *name)
{
	return is_one_of(name, (const char *const[]){"caller.s16", "bot.s16", NULL});
}

static bool is_recording(const char *name)
{
	return is_one_of(name,
		       (const char *const[]){
			       "recording.wav", "recording.mp3", "report.html", NULL}) ||
		strncmp(name, "full_call_assembled_", 20) == 0;
}

static bool is_transcript(const char *name)
{
	return strncmp(name, "transcript.", 11) == 0 || strncmp(name, "redacted.", 9) == 0 ||
		is_one_of(name,
			(const char *const[]){"summary.json", "score.json", "report.html", NULL});
}

/* Digits that were keyed are words, too. */
static bool is_words(const char *name)
{
	return is_one_of(name,
		       (const char *const[]){"events.jsonl", "listen.jsonl", "heard.jsonl",
			       "session.json", NULL}) ||
		strncmp(name, ".heard.", 7) == 0; /* one that was not finished */
}

struct retain {
	struct db db;
	const struct class *class;
	int64_t cutoff_ms; /* Unix time: older calls have come of age */
	char cutoff[40];   /* the same, for the database */
	int64_t alone_ms;  /* raw sound that is the only sound of a call: cutoff of recordings */
	int64_t alone;     /* calls that keep it so far */
	struct wiped files;
	int64_t rows;
};

static int count_query(struct retain *r, const char *sql)
{
	PGresult *result;

	if (db_query(&r->db, sql, (const char *const[]){r->cutoff}, 1, &result) == -1)
		return -1;
	r->rows += db_rows(result);
	PQclear(result);
	return 0;
}

static int rows_of_recordings(struct retain *r)
{
	return count_query(r,
		"WITH old AS MATERIALIZED (SELECT call_id, contact_id, recording_path, assembled_audio_path, mp3_path"
		" FROM call WHERE started_at < $1::timestamptz"
		" AND (recording_path IS NOT NULL OR assembled_audio_path IS NOT NULL OR mp3_path IS NOT NULL)),"
		" of_contacts AS (UPDATE contact p SET audio_recording_path = NULL FROM old o"
		" WHERE p.contact_id = o.contact_id AND p.audio_recording_path"
		" IN (o.recording_path, o.assembled_audio_path, o.mp3_path))"
		" UPDATE call SET recording_path = NULL, assembled_audio_path = NULL, mp3_path = NULL"
		" WHERE call_id IN (SELECT call_id FROM old)");
}

static int rows_of_transcripts(struct retain *r)
{
	return count_query(r,
		"UPDATE call SET transcript_path = NULL, summary = NULL, quality = NULL"
		" WHERE started_at < $1::timestamptz"
		" AND (transcript_path IS NOT NULL OR summary IS NOT NULL OR quality IS NOT NULL)");
}

static int rows_of_words(struct retain *r)
{
	return audit_words(&r->db, "c.started_at < $1::timestamptz AND c.words_removed_at IS NULL",
		(const char *const[]){r->cutoff}, 1, &r->rows);
}

/* The law counts attempts, of all campaigns, for so many days as country_rule says; and a call that is being made has its
 * number. */
#define MAY_FORGET \
	"(queue_id IS NULL OR ended_at < now() - (SELECT max(attempt_days) + 1 FROM country_rule) * interval '1 day')"

/* Some numbers into hashes. *ret_n: how many there were. */
static int anonymise_some(struct retain *r, int *ret_n)
{
	struct dynbuf numbers, hashes;
	PGresult *found, *result;
	int err;

	if (db_query(&r->db,
		    "SELECT DISTINCT phone_number FROM call WHERE started_at < $1::timestamptz"
		    " AND phone_number IS NOT NULL AND " MAY_FORGET " LIMIT " NUMBERS,
		    (const char *const[]){r->cutoff}, 1, &found) == -1)
		return -1;
	*ret_n = PQntuples(found);
	dynbuf_init(&numbers, 1 << 20);
	dynbuf_init(&hashes, 1 << 20);
	dynbuf_adds(&numbers, "{");
	dynbuf_adds(&hashes, "{");
	for (int i = 0; i < *ret_n; i++) {
		uint8_t hash[SHA256_BYTES];
		char hex[PHONE_HEX];

		copy_element(&numbers, PQgetvalue(found, i, 0));
		copy_element(&hashes,
			phone_hash(PQgetvalue(found, i, 0), set.country, hash)
				? phone_hex(hash, hex)
				: NULL);
	}
	dynbuf_adds(&numbers, "}");
	dynbuf_adds(&hashes, "}");
	PQclear(found);
	err = db_query(&r->db,
		"UPDATE call SET phone_number = NULL, phone_hash = v.hash, anonymised_at = now(), uuid = NULL, call_dir = NULL"
		" FROM unnest($2::text[], $3::bytea[]) AS v (number, hash)"
		" WHERE phone_number = v.number AND started_at < $1::timestamptz AND " MAY_FORGET,
		(const char *const[]){r->cutoff, numbers.p, hashes.p}, 3, &result);
	dynbuf_free(&numbers);
	dynbuf_free(&hashes);
	if (err)
		return -1;
	r->rows += db_rows(result);
	PQclear(result);
	return 0;
}

static int rows_of_numbers(struct retain *r)
{
	int n;

	do
		if (anonymise_some(r, &n) == -1)
			return -1;
	while (n > 0);
	return 0;
}

static const struct class
{
	const char *name;
	const char **age;                /* option */
	bool (*files)(const char *name); /* NULL: the whole directory */
	int (*rows)(struct retain *r);   /* NULL: there are none */
} classes[] = {
	{"raw", &set.raw, is_raw, NULL},
	{"recordings", &set.recordings, is_recording, rows_of_recordings},
	{"transcripts", &set.transcripts, is_transcript, rows_of_transcripts},
	{"words", &set.words, is_words, rows_of_words},
	{"numbers", &set.numbers, NULL, rows_of_numbers},
};

/* Nothing was made of its sound yet: this is its recording. */
static bool is_alone(const struct kept *k)
{
	static const char *const made[] = {"recording.wav", "recording.mp3"};
	static const char *const raw[] = {"caller.s16", "bot.s16"};
	int64_t bytes, sound = 0;

	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		int fd = kept_file(k, made[i], NULL);
		if (fd != -1) {
			close(fd);
			return false;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(raw); i++) {
		int fd = kept_file(k, raw[i], &bytes);
		if (fd != -1) {
			close(fd);
			sound += bytes;
		}
	}
	return sound > 0;
}

static void wipe_one(const struct kept *k, void *ctx)
{
	struct retain *r = ctx;

	if (k->accepted_ms >= r->cutoff_ms || kept_state(k) == KEPT_RUNNING)
		return;
	if (r->class->files == is_raw && k->accepted_ms >= r->alone_ms && is_alone(k)) {
		r->alone++;
		return;
	}
	if (r->class->files)
		wipe_files(k, r->class->files, &r->files);
	else
		wipe_call(k, &r->files);
}

/* The rows of a class, to be changed or, dry, to be counted and left. */
static int retain_rows(struct retain *r, const struct audit *a)
{
	if (db_run(&r->db, "BEGIN") == -1 || (r->class->rows && r->class->rows(r) == -1))
		return -1;
	if (set.dry_run && db_run(&r->db, "ROLLBACK; BEGIN") == -1)
		return -1;
	return audit_end(&r->db, a, &r->files, r->rows) == -1 ? -1 : db_run(&r->db, "COMMIT");
}

static enum exit_code retain_class(struct retain *r, int64_t age_s)
{
	struct audit a;
	time_t cutoff;
	struct tm tm;

	r->files = (struct wiped){0};
	r->rows = r->alone = 0;
	cutoff = time(NULL) - (time_t)age_s;
	r->cutoff_ms = (int64_t)cutoff * 1000;
	gmtime_r(&cutoff, &tm);
	strftime(r->cutoff, sizeof(r->cutoff), "%Y-%m-%d %H:%M:%S+00", &tm);
	if (audit_begin(&r->db, &a, "retain", r->class->name, r->cutoff, NULL) == -1)
		return tables_say(&r->db, "retain");
	if (wipe_each(r->cutoff_ms, wipe_one, r) == -1)
		r->files.failed++;
	if (retain_rows(r, &a) == -1)
		return tables_say(&r->db, "retain");
	if (r->alone)
		log_warn("%" PRId64
			 " calls keep their raw sound, as they have no recording: see assemble(1)",
			r->alone);
	fprintf(stderr,
		"calllog: %s older than %s: %" PRId64 " calls, %" PRId64 " files, %" PRId64
		" bytes, %" PRId64 " rows%s\n",
		r->class->name, *r->class->age, r->files.calls, r->files.files, r->files.bytes,
		r->rows, set.dry_run ? ", would be removed" : "");
	return r->files.failed ? EXIT_IO : EXIT_OK;
}

int command_retain(char *const operands[])
{
	static struct retain r;
	int64_t ages[ARRAY_LEN(classes)];
	enum exit_code code = EXIT_OK;
	int status = opt_no_operands(operands);

	if (status != -1)
		return status;
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		ages[i] = -1;
		if (strcmp(*classes[i].age, "never") != 0 &&
			parse_age(*classes[i].age, &ages[i]) == -1) {
			log_error("cannot use --%s '%s': must be an age, like 30d or 4w, or never",
				classes[i].name, *classes[i].age);
			return EXIT_USAGE;
		}
	}
	if (phone_key(set.key_file, set.spool, true) == -1)
		return EXIT_CONFIG;
	if (tables_open(&r.db, &code) == -1)
		return code;
	for (size_t i = 0; i < ARRAY_LEN(classes) && r.db.fault == DB_FINE; i++) {
		r.class = &classes[i];
		if (ages[i] >= 0) {
			/* classes[1]: recordings */
			r.alone_ms = ages[1] < 0 ? 0 : ((int64_t)time(NULL) - ages[1]) * 1000;
			enum exit_code this = retain_class(&r, ages[i]);
			code = code ? code : this;
		}
	}
	db_close(&r.db);
	return code;
}
