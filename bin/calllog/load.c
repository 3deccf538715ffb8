/* calllog load: call directories into the tables, some hundred at a time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/opt.h"
#include "calllog.h"
#include "db/schema.h"
#include "merge.h"
#include "record/batch.h"
#include "record/phone-key.h"

#define CALLS 250                      /* in one transaction */
#define PAUSE_MIN_NS (100 * NS_PER_MS) /* between two tries to reach the database */
#define PAUSE_MAX_NS (5 * NS_PER_S)

/* A call that waits for the others of its transaction. */
struct waiting {
	char *path;                   /* of its directory; malloc'd */
	char id[NAME_MAX + 1];        /* of the call */
	char source[ROWS_SOURCE_MAX]; /* see rows.h */
	struct merged call;           /* its rows, if made */
	bool made;
};

struct load {
	struct batch *batch;
	struct db db;
	bool open;                   /* the connection is to be used */
	enum exit_code gone;         /* not 0: the database has been given up */
	struct waiting calls[CALLS]; /* n of them */
	size_t n;
	int64_t broken_lines; /* set aside, in all */
};

/* ---- a database that comes and goes ---- */

static int connect_once(struct load *l)
{
	if (l->open)
		return 0;
	if (db_open(&l->db) == 0 && schema_check(&l->db) == 0 && merge_begin(&l->db) == 0) {
		l->open = true;
		return 0;
	}
	db_close(&l->db);
	return -1;
}

/* Do it until it is done, or it is no use: so long as the database is away, or somebody is in the way. */
static int persist(struct load *l, int (*work)(struct load *l, void *what), void *what)
{
	int64_t pause_ns = PAUSE_MIN_NS, until_ns = now_ns() + set.wait_s * NS_PER_S;
	bool said = false;

	for (;;) {
		if (connect_once(l) == 0 && work(l, what) == 0)
			return 0;
		if (l->db.fault == DB_GONE) {
			db_close(&l->db);
			l->open = false;
		}
		if ((l->db.fault != DB_GONE && l->db.fault != DB_CONFLICT) ||
			now_ns() + pause_ns > until_ns)
			return -1;
		if (!said && l->db.fault == DB_GONE)
			log_warn("the database is gone, and waited for: %s", l->db.why);
		said = true;
		nanosleep(&(struct timespec){.tv_sec = pause_ns / NS_PER_S,
				  .tv_nsec = pause_ns % NS_PER_S},
			NULL);
		pause_ns = min_i64(2 * pause_ns, PAUSE_MAX_NS);
		batch_show(l->batch);
	}
}

/* ---- calls ---- */

static void end(struct load *l, struct waiting *w, int code)
{
	batch_end(l->batch, code);
	if (w->made)
		rows_free(&w->call.rows);
	free(w->path);
	*w = (struct waiting){0};
}

static int ask_known(struct load *l, void *what)
{
	const char *ids[CALLS], *sources[CALLS];

	for (size_t i = 0; i < l->n; i++) {
		ids[i] = l->calls[i].id;
		sources[i] = l->calls[i].source;
	}
	return merge_known(&l->db, ids, sources, what, l->n);
}

/* Read it. 0, BATCH_SKIPPED, or an exit code after a message. */
static int make(struct load *l, struct waiting *w)
{
	struct kept k;
	int err;

	if (kept_open(w->path, &k) == -1) {
		log_error_errno("cannot open '%s'", w->path);
		return EXIT_DATA;
	}
	err = rows_make(&k, &w->call.rows);
	if (err)
		log_error_errno("cannot read '%s'", w->path);
	kept_close(&k);
	if (err)
		return errno == ENOMEM ? EXIT_SYSTEM : EXIT_IO;
	w->made = true;
	l->broken_lines += w->call.rows.broken_lines;
	return 0;
}

struct group {
	struct merged *calls[CALLS];
	size_t n;
};

static int merge_group(struct load *l, void *what)
{
	struct group *g = what;

	return merge(&l->db, g->calls, g->n);
}

static void give_up(struct load *l)
{
	l->gone = tables_say(&l->db, "load calls");
}

/* One by one: the database does not take something of them. */
static void merge_singly(struct load *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct waiting *w = &l->calls[i];
		struct group one = {{&w->call}, 1};

		if (!w->made)
			continue;
		if (!l->gone && persist(l, merge_group, &one) == 0) {
			end(l, w, w->call.loaded ? 0 : BATCH_SKIPPED);
		} else if (!l->gone && l->db.fault == DB_DATA) {
			log_error("cannot load '%s': %s", w->path, l->db.why);
			end(l, w, EXIT_DATA);
		} else {
			if (!l->gone)
				give_up(l);
			end(l, w, (int)l->gone);
		}
	}
}

/* All that are read go into the tables. */
static void merge_made(struct load *l)
{
	struct group g = {.n = 0};

	for (size_t i = 0; i < l->n; i++)
		if (l->calls[i].made)
			g.calls[g.n++] = &l->calls[i].call;
	if (g.n == 0)
		return;
	if (persist(l, merge_group, &g) == 0) {
		for (size_t i = 0; i < l->n; i++)
			if (l->calls[i].made)
				end(l, &l->calls[i], l->calls[i].call.loaded ? 0 : BATCH_SKIPPED);
		return;
	}
	if (l->db.fault != DB_DATA)
		give_up(l);
	merge_singly(l);
}

static void flush(struct load *l)
{
	bool known[CALLS] = {false};

	if (l->n && !l->gone && persist(l, ask_known, known) == -1)
		give_up(l);
	for (size_t i = 0; i < l->n; i++) {
		int code = l->gone ? (int)l->gone
			: known[i] ? BATCH_SKIPPED
				   : make(l, &l->calls[i]);
		if (code)
			end(l, &l->calls[i], code);
	}
	merge_made(l);
	l->n = 0;
}

static bool waits(const struct load *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->calls[i].id, id) == 0)
			return true;
	return false;
}

static void add(struct load *l, const char *path)
{
	char whole[PATH_MAX];
	struct waiting *w;
	struct kept k;
	bool running;

	if (!realpath(path, whole) || kept_open(whole, &k) == -1) {
		log_error_errno("cannot open '%s'", path);
		batch_end(l->batch, EXIT_DATA);
		return;
	}
	running = kept_state(&k) == KEPT_RUNNING;
	if (running) {
		kept_close(&k);
		batch_end(l->batch, BATCH_SKIPPED);
		return;
	}
	if (l->n == CALLS || waits(l, k.name))
		flush(l);
	w = &l->calls[l->n];
	*w = (struct waiting){.path = strdup(k.path)};
	snprintf(w->id, sizeof(w->id), "%s", k.name);
	rows_source(&k, w->source);
	kept_close(&k);
	if (w->path)
		l->n++;
	else
		batch_end(l->batch, EXIT_SYSTEM);
}

int command_load(char *const operands[])
{
	static const struct batch_page page = {.one = "call", .many = "calls"};
	static struct load l;
	const char *path;
	int status = phone_key(set.key_file, set.spool, false) == -1
		? EXIT_CONFIG
		: batch_open(&page, operands, &l.batch);

	if (status)
		return status;
	while ((path = batch_next(l.batch))) {
		if (l.gone)
			batch_end(l.batch, (int)l.gone);
		else
			add(&l, path);
	}
	flush(&l);
	if (l.broken_lines)
		log_warn("%lld lines of journals were set aside: see 'bad-line' in call_event",
			(long long)l.broken_lines);
	db_close(&l.db);
	return batch_close(l.batch);
}
