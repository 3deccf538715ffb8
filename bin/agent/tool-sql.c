/* Tools that are statements: one connection for each call of them, as many at a time as the host allows, and one
 * transaction: read-only, unless the tool has an effect.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "db/budget.h"
#include "db/db-loop.h"
#include "scenario/tool.h"
#include "tool-run.h"

#define WAIT_NS (20 * NS_PER_MS) /* from one look for a free connection to the next */
#define SERVER_MS 100 /* the server has so much longer, so that it is we who say what was slow */
#define DIGITS_MAX 15 /* that a double keeps */

/* OIDs of pg_type, which are the same everywhere. */
enum type {
	TYPE_BOOL = 16,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_OID = 26,
	TYPE_JSON = 114,
	TYPE_FLOAT4 = 700,
	TYPE_FLOAT8 = 701,
	TYPE_NUMERIC = 1700,
	TYPE_JSONB = 3802,
};

struct query {
	struct tool_run *run;
	json_t *arguments;
	char *dsn; /* connection string */
	struct breaker *breaker;
	bool asked; /* the breaker waits to be told how it went */
	int slot;   /* of the budget; -1: none */
	struct loop_timer
		later; /* the next look for a connection; or, fault is set, to say that there is none */
	enum tool_fault fault;
	char why[TOOL_WHY_MAX];
	struct db_loop *db; /* NULL: not connected */
	enum { BEGINNING, ASKING, COMMITTING } at;
	size_t statement; /* which one is under way, in ASKING */
	json_t *rows;     /* of it; NULL: it answers with none */
	size_t bytes;     /* of what is in them, about */
	int64_t affected; /* rows that the last statement was about */
	bool more;        /* there were more than are kept */
};

static void fail_later(struct query *q, enum tool_fault fault)
{
	q->fault = fault;
	q->later.at_ns = now_ns();
}

static void tell_breaker(struct query *q, void (*how)(struct breaker *b))
{
	if (q->asked)
		how(q->breaker);
	q->asked = false;
}

/* The connection is given back: for others, before the answer is told. */
static void hang_up(struct query *q)
{
	db_loop_close(q->db);
	q->db = NULL;
	budget_give(q->slot);
	q->slot = -1;
}

/* ---- rows ---- */

/* A number as it is, unless a double would change it. */
static json_t *number(const char *text)
{
	size_t digits = 0;
	char *end;
	double d;

	if (text[strspn(text, "-0123456789")] == '\0') {
		errno = 0;
		long long n = strtoll(text, &end, 10);
		if (!errno && !*end)
			return json_integer(n);
	}
	for (const char *p = text; *p && *p != 'e' && *p != 'E'; p++)
		digits += *p >= '0' && *p <= '9';
	d = strtod(text, &end);
	return !*end && isfinite(d) && digits <= DIGITS_MAX ? json_real(d) : json_string(text);
}

static json_t *real(const char *text)
{
	double d = strtod(text, NULL);

	return isfinite(d) ? json_real(d) : json_string(text);
}

static json_t *value_of(const struct db_cell *c)
{
	json_t *v = NULL;

	if (!c->text)
		return json_null();
	switch ((enum type)c->type) {
	case TYPE_BOOL:
		return json_boolean(*c->text == 't');
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_OID:
	case TYPE_NUMERIC:
		return number(c->text);
	case TYPE_FLOAT4:
	case TYPE_FLOAT8:
		return real(c->text);
	case TYPE_JSON:
	case TYPE_JSONB:
		v = json_loadb(c->text, c->bytes, JSON_DECODE_ANY, NULL);
		break;
	}
	return v ? v : json_stringn(c->text, c->bytes);
}

static void on_row(void *ctx, const struct db_row *row)
{
	struct query *q = ctx;
	const struct scenario_sql *sql = q->run->tool->sql;
	json_t *object;

	if (!q->rows)
		q->rows = json_array();
	if (json_array_size(q->rows) >= (sql->one ? 1 : (size_t)sql->rows)) {
		q->more = true;
		return;
	}
	if (q->bytes > TOOL_RESULT_MAX)
		return;
	object = json_object();
	for (int i = 0; i < db_loop_columns(row); i++) {
		struct db_cell c = db_loop_cell(row, i);

		q->bytes += c.bytes + strlen(c.name) + 6;
		if (q->bytes <= TOOL_RESULT_MAX)
			json_object_set_new(object, c.name, value_of(&c));
	}
	json_array_append_new(q->rows, object);
}

/* ---- the transaction ---- */

/* The transaction is given up: what is asked for cannot be. */
static void give_up(struct query *q, enum tool_fault fault, const char *why)
{
	hang_up(q);
	tell_breaker(q, breaker_success);
	tool_over_failed(q->run, fault, why);
}

/* Values of the parameters as text: what they are follows from the statement. */
static void send_statement(struct query *q)
{
	const struct sql_statement *st = &q->run->tool->sql->script->statement[q->statement];
	const char *value[SQL_PARAMETERS_MAX], *wrong = NULL;
	struct dynbuf text[SQL_PARAMETERS_MAX];
	char why[TOOL_WHY_MAX];

	for (size_t i = 0; i < st->names; i++) {
		json_t *v = json_object_get(q->arguments, st->name[i]);

		dynbuf_init(&text[i], TOOL_BODY_MAX);
		if (tool_text(&text[i], v) < 0)
			wrong = st->name[i];
		value[i] = v && !json_is_null(v) ? text[i].p : NULL;
	}
	json_decref(q->rows);
	q->rows = NULL;
	q->bytes = 0;
	q->more = false;
	if (!wrong)
		db_loop_send(q->db, st->text, value, (int)st->names);
	for (size_t i = 0; i < st->names; i++)
		dynbuf_free(&text[i]);
	if (!wrong)
		return;
	snprintf(why, sizeof(why), "the argument '%s' is too long", wrong);
	give_up(q, TOOL_ARGUMENTS, why);
}

static void finish(struct query *q)
{
	const struct scenario_sql *sql = q->run->tool->sql;
	struct tool_end end = {.more = q->more && !sql->one};
	char why[TOOL_WHY_MAX];
	json_t *result;

	if (q->bytes > TOOL_RESULT_MAX) {
		snprintf(why, sizeof(why), "its answer is longer than %d bytes", TOOL_RESULT_MAX);
		give_up(q, TOOL_ANSWER, why);
		return;
	}
	hang_up(q);
	tell_breaker(q, breaker_success);
	if (end.more)
		log_info("tool '%s': more than %d rows: the first are taken", q->run->tool->name,
			sql->rows);
	if (!q->rows)
		result = json_pack("{s:I}", "rows", (json_int_t)q->affected);
	else if (sql->one && !json_array_size(q->rows))
		result = json_null();
	else if (sql->one)
		result = json_incref(json_array_get(q->rows, 0));
	else
		result = json_incref(q->rows);
	tool_over_json(q->run, result, end, (struct tool_secrets){.text = &q->dsn, .n = 1});
}

static void on_done(void *ctx, int64_t rows, bool table)
{
	struct query *q = ctx;
	const struct scenario_tool *tool = q->run->tool;

	if (q->at == ASKING)
		q->affected = rows;
	if (q->at == ASKING && table && !q->rows)
		q->rows = json_array();
	if (q->at == BEGINNING) {
		q->at = ASKING;
		send_statement(q);
	} else if (q->at == ASKING && q->statement + 1 < tool->sql->script->n) {
		q->statement++;
		send_statement(q);
	} else if (q->at == ASKING && tool->effect) {
		q->at = COMMITTING;
		db_loop_send(q->db, "COMMIT", NULL, 0);
	} else {
		finish(q);
	}
}

static void on_opened(void *ctx)
{
	struct query *q = ctx;
	int64_t left_ms = (tool_until(q->run) - now_ns()) / NS_PER_MS + SERVER_MS;
	char sql[300];

	snprintf(sql, sizeof(sql),
		"BEGIN %s; SET LOCAL statement_timeout = %d; SET LOCAL DateStyle TO 'ISO'%s",
		q->run->tool->effect ? "READ WRITE" : "READ ONLY", (int)max_i64(left_ms, SERVER_MS),
		db_loop_version(q->db) >= 140000
			? "; SET LOCAL client_connection_check_interval = 500"
			: "");
	db_loop_send(q->db, sql, NULL, 0);
}

static enum tool_fault fault_of(enum db_fault fault, const char *state)
{
	switch (fault) {
	case DB_GONE:
	case DB_CONFLICT:
	case DB_FULL:
		return TOOL_BUSY;
	case DB_DENIED:
	case DB_VERSION:
		return TOOL_SETTINGS;
	default:
		return strcmp(state, "57014") == 0 ? TOOL_BUSY : TOOL_NO;
	}
}

static void on_failed(void *ctx, enum db_fault fault, const char *state, const char *why)
{
	struct query *q = ctx;
	bool unknown = q->at == COMMITTING && fault == DB_GONE;
	enum tool_fault is = fault_of(fault, state); /* state and why are the connection's */
	char text[TOOL_WHY_MAX];

	snprintf(text, sizeof(text), "%s%.200s",
		unknown ? "it is not known whether it was done: " : "", why);
	hang_up(q);
	tell_breaker(q, fault == DB_GONE || fault == DB_FULL ? breaker_failure : breaker_success);
	tool_over_failed(q->run, is, text);
}

/* ---- a connection ---- */

static void connect_now(struct query *q)
{
	static const struct db_loop_handlers on = {
		.opened = on_opened, .row = on_row, .done = on_done, .failed = on_failed};

	q->asked = breaker_ask(q->breaker);
	if (!q->asked) {
		snprintf(q->why, sizeof(q->why), "it has failed too often: not asked for a while");
		fail_later(q, TOOL_BUSY);
		return;
	}
	q->db = db_loop_open(q->run->runner->loop, q->dsn, &on, q);
	if (!q->db) {
		snprintf(q->why, sizeof(q->why), "%s", strerror(ENOMEM));
		fail_later(q, TOOL_SETTINGS);
	}
}

/* Get one of the connections of this host, or look again a little later. */
static void look(struct query *q)
{
	const char *dsn = q->run->tool->sql->dsn;
	int64_t until = q->run->start_ns + q->run->tool->timeout_ms * NS_PER_MS;
	char path[PATH_MAX];
	int got = -1;

	if (!tool_settings->spool) {
		connect_now(q);
		return;
	}
	if (format_path(path, "%s/connections.%s", tool_settings->spool, dsn) == 0)
		got = budget_take(path, tool_settings->connections, &q->slot);
	if (got < 0)
		log_warn_errno("cannot count connections in '%s'", path);
	if (got) {
		connect_now(q);
	} else if (now_ns() + 2 * WAIT_NS >= until) {
		snprintf(q->why, sizeof(q->why), "busy: all %d connections to %s are in use",
			(int)tool_settings->connections, dsn);
		fail_later(q, TOOL_BUSY);
	} else {
		q->later.at_ns = now_ns() + WAIT_NS;
	}
}

static void on_later(void *ctx, int64_t now)
{
	struct query *q = ctx;

	if (q->fault == TOOL_FINE) {
		look(q);
		return;
	}
	hang_up(q);
	tool_over_failed(q->run, q->fault, q->why);
}

static int start(struct tool_run *t, json_t *arguments)
{
	const char *dsn = t->tool->sql->dsn;
	struct query *q = calloc(1, sizeof(*q));
	char why[SECRET_WHY_MAX] = "";

	if (!q)
		return -1;
	t->state = q;
	q->run = t;
	q->slot = -1;
	q->arguments = json_incref(arguments);
	q->later = (struct loop_timer){.fire = on_later, .ctx = q};
	q->breaker = tool_breaker(dsn);
	if (!q->breaker || loop_add_timer(t->runner->loop, &q->later) < 0)
		return -1;
	if (secret_find(dsn, &q->dsn, why) < 0 || !q->dsn) {
		snprintf(q->why, sizeof(q->why), "%s%s%s", *why ? why : "there is no secret '",
			*why ? "" : dsn, *why ? "" : "'");
		fail_later(q, TOOL_SETTINGS);
		return 0;
	}
	look(q);
	return 0;
}

/* A statement may be slow by itself; a database that is there answers before one. */
static bool stop(struct tool_run *t, bool slow)
{
	struct query *q = t->state;

	hang_up(q);
	q->later.at_ns = 0;
	if (!slow)
		tell_breaker(q, breaker_abandon);
	else
		tell_breaker(q, q->at == BEGINNING ? breaker_failure : breaker_success);
	return true;
}

static void free_query(struct tool_run *t)
{
	struct query *q = t->state;

	if (!q)
		return;
	stop(t, false);
	loop_remove_timer(t->runner->loop, &q->later);
	json_decref(q->arguments);
	json_decref(q->rows);
	secret_free(q->dsn);
	free(q);
}

const struct tool_kind tool_sql = {.start = start, .stop = stop, .free = free_query};
