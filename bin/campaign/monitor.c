/* campaign monitor: a campaign while it runs. The view is a reader of the database: it ends, and the campaign goes on. */
#include "monitor.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "db/table.h"
#include "steer.h"

#define LAST_SHOWN 8 /* calls that ended */
#define BAR 30       /* columns */

static struct {
	int64_t every_s;
	bool once;
} own = {.every_s = 3};

static const struct opt_row rows[] = {
	{"every", 0, OPT_INT, "S", NULL, "look so often, besides when something is told",
		&own.every_s, 1, 3600},
	{"once", 0, OPT_FLAG, NULL, NULL, "one look", &own.once},
	{OPTION_JSON},
	{0},
};

/* The rows of the queue are counted in one pass. */
static const char look_sql[] =
	"WITH q AS MATERIALIZED (SELECT status, CASE WHEN status <> 'pending' THEN NULL WHEN next_at > clock_timestamp()"
	" THEN coalesce(later_reason, 'to be tried again') ELSE 'due' END AS why, count(*) AS n FROM call_queue WHERE campaign_id = $1 GROUP BY 1, 2),"
	" c AS MATERIALIZED (SELECT count(*) FILTER (WHERE dialed_at IS NOT NULL) AS attempts, count(answered_at) AS answered,"
	" count(*) FILTER (WHERE disposition = 'Leads') AS leads, count(*) FILTER (WHERE disposition = 'Not_interested') AS not_interested,"
	" count(*) FILTER (WHERE disposition = 'No_answer') AS no_answer, count(*) FILTER (WHERE outcome = 'machine') AS machines,"
	" count(*) FILTER (WHERE state = 'lost') AS lost, count(*) FILTER (WHERE opt_out) AS opt_outs,"
	" coalesce(round(avg(billsec) FILTER (WHERE ended_at IS NOT NULL), 1), 0) AS average_s,"
	" count(*) FILTER (WHERE ended_at IS NULL AND state IN ('claimed', 'dialing')) AS dialing,"
	" count(*) FILTER (WHERE ended_at IS NULL AND state = 'ringing') AS ringing,"
	" count(*) FILTER (WHERE ended_at IS NULL AND state = 'answered') AS talking,"
	" count(*) FILTER (WHERE dialed_at > clock_timestamp() - interval '1 minute') AS last_minute,"
	" count(*) FILTER (WHERE ended_at > clock_timestamp() - interval '10 minutes') AS last_ten_minutes, least(10, greatest(0.2, extract(epoch FROM clock_timestamp() - min(dialed_at)) / 60)) AS minutes"
	" FROM call WHERE campaign_id = $1 AND queue_id IS NOT NULL),"
	" s AS (SELECT coalesce(sum(n), 0) AS total, coalesce(sum(n) FILTER (WHERE status = 'pending'), 0) AS pending,"
	" coalesce(sum(n) FILTER (WHERE status = 'calling'), 0) AS calling, coalesce(sum(n) FILTER (WHERE status = 'completed'), 0)"
	" AS completed, coalesce(sum(n) FILTER (WHERE status = 'failed'), 0) AS failed,"
	" coalesce(sum(n) FILTER (WHERE status = 'blocked'), 0) AS blocked FROM q)"
	" SELECT k.campaign_id, k.name, k.status, k.status_reason, k.scenario, s.*, s.completed + s.failed + s.blocked AS done,"
	" floor(100 * (s.completed + s.failed + s.blocked) / greatest(s.total, 1)) AS percent, c.*,"
	" coalesce(round(100.0 * c.answered / nullif(c.attempts, 0)), 0) AS answered_percent, coalesce(round(100.0 * c.leads / nullif(c.answered, 0), 1), 0) AS lead_percent,"
	" (SELECT count(*) FROM node WHERE heartbeat_at > clock_timestamp() - " STEER_ALIVE
	") AS dispatchers,"
	" (SELECT coalesce(json_object_agg(why, n), '{}') FROM (SELECT why, n FROM q WHERE why IS NOT NULL ORDER BY n DESC LIMIT 4) w) AS waiting,"
	" (SELECT string_agg(n || ' ' || why, ', ' ORDER BY n DESC) FROM (SELECT why, n FROM q WHERE why IS NOT NULL ORDER BY n DESC LIMIT 4) w)"
	" AS waits, (SELECT coalesce(json_agg(l), '[]') FROM (SELECT to_char(ended_at, 'HH24:MI:SS') AS at, phone_number AS phone, disposition,"
	" outcome, billsec, slot_wish AS slot, CASE WHEN answered_at IS NULL THEN hangup_text END AS why FROM call WHERE campaign_id = $1 AND queue_id IS NOT NULL"
	" AND ended_at IS NOT NULL ORDER BY ended_at DESC, call_id LIMIT 8) l) AS last"
	" FROM campaign k, s, c WHERE k.campaign_id = $1";
static const char last_sql[] =
	"SELECT to_char(ended_at, 'HH24:MI:SS'), phone_number, disposition, outcome, coalesce(billsec::numeric(12,1) || ' s', ''),"
	" coalesce(slot_wish, CASE WHEN answered_at IS NULL THEN hangup_text END, '') FROM call WHERE campaign_id = $1 AND queue_id IS NOT NULL AND ended_at IS NOT NULL"
	" ORDER BY ended_at DESC, call_id LIMIT 8";

struct view {
	struct db db;
	bool open; /* db is */
	char id[STEER_ID_MAX];
	enum table_form form;
	int lines;      /* that stand on the terminal */
	char said[512]; /* the last plain line, without its time */
	bool over;      /* the campaign is */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int nr)
{
	interrupted = 1;
}

static const char *cell(const PGresult *r, const char *name)
{
	return PQgetvalue(r, 0, PQfnumber(r, name));
}

/* ---- on a terminal ---- */

static size_t columns(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col - 1U : 79;
}

/* A line in the place of the one that stood there, cut to what the terminal has. */
static void put(struct view *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put(struct view *v, const char *fmt, ...)
{
	char text[1024];
	size_t at = 0, left = columns(), n;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	utf8_repair(text);
	n = strlen(text);
	while (at < n && left--) {
		uint32_t code;

		at += utf8_next(text + at, n - at, &code);
	}
	text[at] = '\0';
	table_plain(stdout, text);
	fputs("\033[K\n", stdout);
	v->lines++;
}

static void put_bar(struct view *v, const PGresult *r)
{
	long percent = strtol(cell(r, "percent"), NULL, 10);
	char bar[BAR + 1];

	for (long i = 0; i < BAR; i++)
		bar[i] = i * 100 < percent * BAR ? '#' : '-';
	bar[BAR] = '\0';
	put(v, "[%s] %3ld %%   %s of %s   pending %s   calling %s   completed %s   failed %s   blocked %s",
		bar, percent, cell(r, "done"), cell(r, "total"), cell(r, "pending"),
		cell(r, "calling"), cell(r, "completed"), cell(r, "failed"), cell(r, "blocked"));
}

/* "about 2 h 10 min left", by what the last ten minutes have done. */
static const char *time_left(const PGresult *r, char *buf, size_t size)
{
	long left = strtol(cell(r, "pending"), NULL, 10);
	double ten = strtod(cell(r, "last_ten_minutes"), NULL);
	long minutes;

	*buf = '\0';
	if (left && ten > 0) {
		minutes = (long)((double)left * strtod(cell(r, "minutes"), NULL) / ten);
		if (minutes >= 60)
			snprintf(buf, size, "   about %ld h %ld min left", minutes / 60,
				minutes % 60);
		else
			snprintf(buf, size, "   about %ld min left", minutes + 1);
	}
	return buf;
}

static int draw(struct view *v, const PGresult *r)
{
	const char *id = v->id, *why = cell(r, "status_reason"), *waits = cell(r, "waits");
	char left[64];
	PGresult *last;

	if (db_query(&v->db, last_sql, &id, 1, &last) == -1)
		return -1;
	if (v->lines)
		printf("\033[%dA", v->lines);
	v->lines = 0;
	put(v, "%s   %s   %s%s%s   scenario %s", cell(r, "name"), v->id, cell(r, "status"),
		*why ? ": " : "", why, cell(r, "scenario"));
	put_bar(v, r);
	put(v, "dialling %s   ringing %s   talking %s   %s calls in the last minute%s",
		cell(r, "dialing"), cell(r, "ringing"), cell(r, "talking"), cell(r, "last_minute"),
		time_left(r, left, sizeof(left)));
	put(v, "calls %s   answered %s (%s %%)   Leads %s (%s %%)   Not_interested %s   No_answer %s",
		cell(r, "attempts"), cell(r, "answered"), cell(r, "answered_percent"),
		cell(r, "leads"), cell(r, "lead_percent"), cell(r, "not_interested"),
		cell(r, "no_answer"));
	put(v, "machines %s   lost %s   opt-outs %s   a talk is %s s   dispatchers %s",
		cell(r, "machines"), cell(r, "lost"), cell(r, "opt_outs"), cell(r, "average_s"),
		cell(r, "dispatchers"));
	put(v, "waiting: %s", *waits ? waits : "nobody");
	for (int i = 0; i < LAST_SHOWN; i++) {
		if (i >= PQntuples(last)) {
			put(v, " ");
			continue;
		}
		put(v, "%s  %-16s %-15s %-12s %8s  %s", PQgetvalue(last, i, 0),
			PQgetvalue(last, i, 1), PQgetvalue(last, i, 2), PQgetvalue(last, i, 3),
			PQgetvalue(last, i, 4), PQgetvalue(last, i, 5));
	}
	PQclear(last);
	return 0;
}

/* ---- elsewhere ---- */

/* A line, when there is something new. */
static void say(struct view *v, const PGresult *r)
{
	char text[sizeof(v->said)], clock[16];
	time_t now = time(NULL);
	struct tm tm;

	snprintf(text, sizeof(text),
		"%s %s %s/%s (%s %%) pending %s calling %s leads %s not_interested %s no_answer %s failed %s blocked %s%s%s",
		v->id, cell(r, "status"), cell(r, "done"), cell(r, "total"), cell(r, "percent"),
		cell(r, "pending"), cell(r, "calling"), cell(r, "leads"), cell(r, "not_interested"),
		cell(r, "no_answer"), cell(r, "failed"), cell(r, "blocked"),
		*cell(r, "status_reason") ? " because " : "", cell(r, "status_reason"));
	if (strcmp(text, v->said) == 0)
		return;
	memcpy(v->said, text, sizeof(text));
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	printf("%s ", clock);
	table_plain(stdout, text);
	putchar('\n');
}

/* ---- the watch ---- */

/* -1: the database. */
static int look(struct view *v)
{
	const char *id = v->id, *status;
	PGresult *r;
	int err = 0;

	if (db_query(&v->db, look_sql, &id, 1, &r) == -1)
		return -1;
	status = PQntuples(r) ? cell(r, "status") : "completed";
	v->over = strcmp(status, "completed") == 0 || strcmp(status, "stopped") == 0;
	if (!PQntuples(r))
		log_error("the campaign is gone");
	else if (set.json)
		err = table_put(r, TABLE_JSON, false, stdout);
	else if (v->form == TABLE_TEXT)
		err = draw(v, r);
	else
		say(v, r);
	PQclear(r);
	return err == -1 || fflush(stdout) == EOF ? -1 : 0;
}

/* Until something is told, or it is time. What comes together is one. */
static void wait_a_little(struct view *v, int64_t ms)
{
	struct pollfd p = {.fd = v->open ? PQsocket(v->db.conn) : -1, .events = POLLIN};
	PGnotify *n;

	if (poll(&p, 1, (int)ms) <= 0 || !v->open)
		return;
	if (!PQconsumeInput(v->db.conn)) {
		db_close(&v->db);
		v->open = false;
	}
	while (v->open && (n = PQnotifies(v->db.conn)) != NULL)
		PQfreemem(n);
	(void)poll(NULL, 0, 250);
}

/* A database that went away is waited for. False: it will not do. */
static bool reach(struct view *v)
{
	if (v->open)
		return true;
	v->open = db_open(&v->db) == 0 && db_run(&v->db, "LISTEN " CAMPAIGN_CHANNEL) == 0;
	if (v->open)
		return true;
	if (v->db.fault == DB_GONE)
		log_warn("the database is away: %s", v->db.why);
	db_close(&v->db);
	return v->db.fault == DB_GONE;
}

static enum exit_code watch(struct view *v)
{
	while (!interrupted && !v->over) {
		int64_t began = now_ns(), took;

		if (!reach(v))
			return tables_say(&v->db, "watch the campaign");
		if (v->open && look(v) == -1) {
			if (v->db.fault != DB_GONE)
				return v->db.fault == DB_FINE
					? EXIT_IO
					: tables_say(&v->db, "watch the campaign");
			db_close(&v->db);
			v->open = false;
		}
		if (own.once)
			return v->open ? EXIT_OK : EXIT_TRY_AGAIN;
		took = (now_ns() - began) / NS_PER_MS;
		/* to look takes a tenth of the time, at most */
		if (!v->over && !interrupted)
			wait_a_little(
				v, own.every_s * 1000 > 10 * took ? own.every_s * 1000 : 10 * took);
	}
	if (interrupted && !v->over)
		log_info("the campaign goes on");
	return EXIT_OK;
}

int monitor_watch(const char *id)
{
	struct sigaction action = {.sa_handler = on_signal};
	static struct view v;
	enum exit_code code;

	snprintf(v.id, sizeof(v.id), "%s", id);
	v.form = isatty(STDOUT_FILENO) ? TABLE_TEXT : TABLE_CSV;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	code = watch(&v);
	if (v.open)
		db_close(&v.db);
	return (int)code;
}

/* Of this name, or the one that runs, or the latest. */
static int find(const char *word, char id[STEER_ID_MAX], enum exit_code *ret_code)
{
	static const char sql[] =
		"SELECT campaign_id FROM campaign ORDER BY status IN ('active', 'paused', 'stopping') DESC, created_at DESC LIMIT 1";
	struct db db;
	int err = -1;

	if (tables_open(&db, ret_code) == -1)
		return -1;
	if (word) {
		err = steer_find(&db, word, id, ret_code);
	} else if (db_value(&db, sql, NULL, 0, id, STEER_ID_MAX) == -1) {
		*ret_code = tables_say(&db, "look for a campaign");
	} else if (*id) {
		err = 0;
	} else {
		log_error("there is no campaign");
		*ret_code = EXIT_FALSE;
	}
	db_close(&db);
	return err;
}

static int run(char *const operands[])
{
	enum exit_code code = EXIT_OK;
	char id[STEER_ID_MAX];

	if (operands[0] && steer_one(operands, "one campaign") == -1)
		return EXIT_USAGE;
	return find(operands[0], id, &code) == -1 ? (int)code : monitor_watch(id);
}

const struct command command_monitor = {
	.name = "monitor",
	.page = {.synopsis = "monitor [campaign] [options]",
		.purpose =
			"Watch a campaign until it is over; to end the view is not to end the campaign.",
		.see = "campaign(1)"},
	.rows = rows,
	.run = run,
};
