/* campaign: store: statements that go as one transaction, in a PostgreSQL of its own: their ends, their order, and what is there
 * when one is refused, has to wait, or the connection is lost. tests/fake/pg-relay.py loses the answer to a commit.
 */
#include "store.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/db.h"
#include "tap.h"

#define GUARD_MS 20000 /* nothing here takes so long */
#define ASKS_MAX 80

/* A statement, and what was told of it. */
struct said {
	enum store_end end;
	enum db_fault fault;
	int rows, ends, nth; /* nth: of all that ended */
	bool late;           /* a row came behind the end */
};

static struct loop loop;
static struct store *store;
static struct db db; /* another one */
static struct said said[ASKS_MAX];
static int asked, ended, ups, notified;

static void on_row(void *ctx, const struct db_row *row)
{
	struct said *a = ctx;

	a->rows++;
	a->late = a->late || a->ends > 0;
}

static void on_done(void *ctx, const struct store_reply *r)
{
	struct said *a = ctx;

	a->end = r->end;
	a->fault = r->fault;
	a->ends++;
	a->nth = ended++;
	if (ended == asked)
		loop_stop(&loop);
}

static void on_up(void *ctx)
{
	ups++;
	loop_stop(&loop);
}

static void on_down(void *ctx, const char *why)
{
	printf("# down: %s\n", why);
}

static void on_notified(void *ctx, const char *payload)
{
	notified++;
}

static void on_guard(void *ctx, int64_t now)
{
	printf("Bail out! it hangs: %d of %d ended\n", ended, asked);
	exit(1);
}

static void run(void)
{
	struct loop_timer guard = {.at_ns = now_ns() + GUARD_MS * NS_PER_MS, .fire = on_guard};

	loop.stopped = false;
	if (loop_add_timer(&loop, &guard) < 0 || loop_run(&loop) < 0)
		exit(1);
	loop_remove_timer(&loop, &guard);
}

static void begin(void)
{
	memset(said, 0, sizeof(said));
	asked = ended = notified = 0;
	if (db_run(&db, "TRUNCATE t, once") < 0)
		exit(1);
}

static void ask(unsigned group, const char *sql, const char *value)
{
	struct said *a = &said[asked++];

	if (store_ask_jointly(store, group, sql, (const char *const[]){value}, value ? 1 : 0,
		    on_row, on_done, a) < 0)
		exit(1);
}

#define INSERT "INSERT INTO t (v) VALUES ($1::integer) RETURNING v"

static const char *value(const char *sql)
{
	static char text[DB_WHY_MAX];

	if (db_value(&db, sql, NULL, 0, text, sizeof(text)) < 0)
		snprintf(text, sizeof(text), "%s", db.why);
	return text;
}

#define VALUES "SELECT string_agg(v::text, ' ' ORDER BY id) FROM t"
#define TRANSACTIONS "SELECT count(DISTINCT xmin::text) FROM t"

/* The ends of all, by their first letters. */
static const char *ends(void)
{
	static char text[ASKS_MAX + 1];

	for (int i = 0; i < asked; i++)
		text[i] = said[i].ends != 1 ? '?' : "drsu"[said[i].end]; /* u: unknown; s: unsent */
	text[asked] = '\0';
	return text;
}

static void together(void)
{
	char text[8];
	int rows = 0, late = 0;

	begin();
	for (int i = 0; i < 70; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ask(7, INSERT, text);
	}
	run();
	for (int i = 0; i < asked; i++) {
		rows += said[i].rows == 1 && said[i].end == STORE_DONE && said[i].nth == i;
		late += said[i].late;
	}
	is_int(rows, 70, "each has its row and its end, in their order");
	is_int(late, 0, "the row before the end");
	is_str(value(TRANSACTIONS), "3", "the first by itself, 64 that had to wait, and the rest");
	is_str(value("SELECT count(*) FROM (SELECT v, row_number() OVER (ORDER BY id) - 1 AS n FROM t) x WHERE v = n"),
		"70", "carried out in their order");

	begin();
	ask(0, "SELECT 1", NULL);
	ask(7, "SELECT v FROM generate_series(1, $1::integer) v", "5");
	ask(7, INSERT, "1");
	ask(7, "SELECT FROM t WHERE v = $1::integer", "9");
	ask(7, "SELECT pg_notify('c', $1)", "x");
	run();
	is_int(said[1].rows * 1000 + said[2].rows * 100 + said[3].rows * 10 + said[4].rows, 5101,
		"as many rows as there are");
	is_int(notified, 1, "and what was notified");
}

static void groups(void)
{
	begin();
	ask(0, INSERT, "0");
	ask(7, INSERT, "1");
	ask(0, INSERT, "2");
	ask(8, INSERT, "3");
	ask(7, INSERT, "4");
	ask(8, INSERT, "5");
	ask(0, INSERT, "6");
	ask(7, INSERT, "7");
	run();
	is_str(value(VALUES), "0 1 4 7 2 3 5 6", "the oldest is next, and takes its group along");
	is_str(value(TRANSACTIONS), "5", "each group a transaction, and each without one");
}

static void refused(void)
{
	begin();
	ask(7, INSERT, "0");
	ask(7, INSERT, "1");
	ask(7, INSERT, "two");
	ask(7, INSERT, "3");
	ask(8, INSERT, "4");
	run();
	is_str(ends(), "ddrdd", "one that is refused harms no other");
	is_int(said[2].fault, DB_DATA, "and hears why");
	is_str(value(VALUES), "0 1 3 4", "the others are there, once, in their order");
	is_int(said[1].rows + said[3].rows, 2, "their rows were told once");
	is_str(value(TRANSACTIONS), "4", "each by itself");

	begin();
	ask(0, "SELECT 1", NULL);
	ask(7, "INSERT INTO once (v) VALUES ($1::integer) RETURNING v", "1");
	ask(7, "INSERT INTO once (v) VALUES ($1::integer) RETURNING v", "1");
	ask(7, INSERT, "1");
	run();
	is_str(ends(), "ddrd", "the same of the commit that is refused");
	is_str(value("SELECT (SELECT count(*) FROM once) + (SELECT count(*) FROM t)"), "2",
		"nothing is there twice");
	is_int(said[1].rows * 10 + said[3].rows, 11, "nor told");
}

static void on_unlock(void *ctx, int64_t now)
{
	if (db_run(&db, "COMMIT") < 0)
		exit(1);
}

/* Somebody holds a row: those who do not need it do not wait longer than for a moment. */
static void waits(void)
{
	struct loop_timer unlock = {.fire = on_unlock};

	begin();
	if (db_run(&db, "INSERT INTO t (v) VALUES (100)") < 0 || db_run(&db, "BEGIN") < 0 ||
		db_run(&db, "UPDATE t SET v = 101 WHERE v = 100") < 0 ||
		loop_add_timer(&loop, &unlock) < 0)
		exit(1);
	ask(0, "SELECT 1", NULL);
	ask(7, INSERT, "1");
	ask(7, "UPDATE t SET v = v + $1::integer WHERE v IN (100, 101)", "1");
	ask(7, INSERT, "3");
	unlock.at_ns = now_ns() + 600 * NS_PER_MS;
	run();
	loop_remove_timer(&loop, &unlock);
	is_str(ends(), "dddd", "behind a lock of others: all are done");
	is_str(value("SELECT string_agg(v::text, ' ' ORDER BY v) FROM t"), "1 3 102", "once");
	is_str(value(TRANSACTIONS), "3", "each by itself");
}

static void again(void)
{
	begin();
	run(); /* until it is up */
	ask(7, INSERT, "1");
	run();
	is_str(ends(), "d", "and then the next connection is asked");
}

static void lost(void)
{
	int before = ups;

	begin();
	ask(7, INSERT, "0");
	ask(7, INSERT, "1");
	ask(7, "SELECT pg_terminate_backend(pg_backend_pid())", NULL);
	ask(7, INSERT, "3");
	ask(8, INSERT, "4");
	ask(0, INSERT, "5");
	run();
	is_str(ends(), "duuuss",
		"the connection is lost in the middle: of all that went together "
		"it is not known; the rest was never sent");
	is_str(value(VALUES), "0", "here nothing of them is there");
	again();
	is_int(ups, before + 1, "which was told once");

	begin();
	ask(7, INSERT, "0");
	ask(7, INSERT, "one");
	ask(7, "SELECT pg_terminate_backend(pg_backend_pid())", NULL);
	ask(7, INSERT, "3");
	run();
	is_str(ends(), "drus", "lost behind one that was refused, while each is asked alone");
	is_str(value(VALUES), "0", "nothing is made of the rest");
	again();
}

/* With one under way, and two that wait. Another connection of the loop has its ends all the same. */
static void closed(const struct store_handlers *on)
{
	int told = 0;

	begin();
	ask(7, INSERT, "1");
	ask(7, INSERT, "2");
	ask(7, INSERT, "3");
	store_close(store);
	store = store_open(&loop, "c", on, NULL);
	if (!store)
		exit(1);
	run(); /* until it is up */
	is_int(ended, 0, "closed: none of what was asked has an end");
	ended = asked;
	ask(7, INSERT, "4");
	run();
	for (int i = 0; i < 3; i++)
		told += said[i].ends + said[i].rows;
	is_int(told, 0, "nor is anything told later");
	is_int(said[3].ends + said[3].rows, 2, "but to who asked the next connection");
	store_close(store);
}

/* The answer to the commit is lost. */
static void unheard(const struct store_handlers *on)
{
	char port[16], host[PATH_MAX];
	int out[2];
	pid_t relay;
	ssize_t n;

	snprintf(host, sizeof(host), "%s", getenv("PGHOST"));
	if (pipe(out) < 0)
		exit(1);
	relay = fork();
	if (relay == 0) {
		dup2(out[1], 1);
		execl("tests/fake/pg-relay.py", "pg-relay.py", NULL);
		_exit(127);
	}
	close(out[1]);
	n = read(out[0], port, sizeof(port) - 1);
	close(out[0]);
	if (n <= 0)
		exit(1);
	port[n] = '\0';
	port[strspn(port, "0123456789")] = '\0';
	setenv("PGHOST", "127.0.0.1", 1);
	setenv("PGPORT", port, 1);
	setenv("PGAPPNAME", "joint", 1);
	store = store_open(&loop, "c", on, NULL);
	if (!store)
		exit(1);
	begin();
	run();
	ask(7, INSERT, "0");
	ask(7, INSERT, "1");
	ask(7, INSERT, "2");
	run();
	is_str(ends(), "duu", "the answer to the commit is lost: it is not known");
	is_str(value(VALUES), "0 1 2", "and here they are there");
	is_int(said[1].rows + said[2].rows, 0, "of which nothing was told");
	store_close(store);
	kill(relay, SIGTERM);
	waitpid(relay, NULL, 0);
	setenv("PGHOST", host, 1);
}

int main(int argc, char *argv[])
{
	static const struct store_handlers on = {
		.up = on_up, .down = on_down, .notified = on_notified};

	if (argc == 1) {
		execl("scripts/with-postgres", "with-postgres", "--no-fsync", argv[0], "inside",
			NULL);
		return 1;
	}
	loop_init(&loop);
	if (db_open(&db) < 0 ||
		db_run(&db, "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, v integer)") <
			0 ||
		db_run(&db, "CREATE TABLE once (v integer UNIQUE DEFERRABLE INITIALLY DEFERRED)") <
			0)
		return 1;
	store = store_open(&loop, "c", &on, NULL);
	if (!store)
		return 1;
	run();
	together();
	groups();
	refused();
	waits();
	lost();
	closed(&on);
	unheard(&on);
	db_close(&db);
	loop_free(&loop);
	return done_testing();
}
