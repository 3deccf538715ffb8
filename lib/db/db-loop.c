#include "db/db-loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dl.h"
#include "db/resolve.h"

#define OPTIONS_MAX 80 /* of a connection */

/* What is used of libpq, once it is loaded. */
static struct {
	__typeof__(PQconninfoParse) *conninfoParse;
	__typeof__(PQconninfoFree) *conninfoFree;
	__typeof__(PQfreemem) *freemem;
	__typeof__(PQconnectStartParams) *connectStartParams;
	__typeof__(PQconnectPoll) *connectPoll;
	__typeof__(PQstatus) *status;
	__typeof__(PQsocket) *socket;
	__typeof__(PQfinish) *finish;
	__typeof__(PQerrorMessage) *errorMessage;
	__typeof__(PQserverVersion) *serverVersion;
	__typeof__(PQsetnonblocking) *setnonblocking;
	__typeof__(PQsetNoticeReceiver) *setNoticeReceiver;
	__typeof__(PQsendQuery) *sendQuery;
	__typeof__(PQsendQueryParams) *sendQueryParams;
	__typeof__(PQsetSingleRowMode) *setSingleRowMode;
	__typeof__(PQenterPipelineMode) *enterPipelineMode;
	__typeof__(PQpipelineSync) *pipelineSync;
	__typeof__(PQexitPipelineMode) *exitPipelineMode;
	__typeof__(PQflush) *flush;
	__typeof__(PQconsumeInput) *consumeInput;
	__typeof__(PQisBusy) *isBusy;
	__typeof__(PQgetResult) *getResult;
	__typeof__(PQnotifies) *notifies;
	__typeof__(PQclear) *clear;
	__typeof__(PQresultStatus) *resultStatus;
	__typeof__(PQresultErrorField) *resultErrorField;
	__typeof__(PQcmdTuples) *cmdTuples;
	__typeof__(PQntuples) *ntuples;
	__typeof__(PQnfields) *nfields;
	__typeof__(PQfname) *fname;
	__typeof__(PQftype) *ftype;
	__typeof__(PQgetisnull) *getisnull;
	__typeof__(PQgetvalue) *getvalue;
	__typeof__(PQgetlength) *getlength;
} pq;

#define SYMBOL(name) \
	{ \
		"PQ" #name, &pq.name \
	}

static int load(void)
{
	static const struct dl_symbol symbols[] = {SYMBOL(conninfoParse), SYMBOL(conninfoFree),
		SYMBOL(freemem), SYMBOL(connectStartParams), SYMBOL(connectPoll), SYMBOL(status),
		SYMBOL(socket), SYMBOL(finish), SYMBOL(errorMessage), SYMBOL(serverVersion),
		SYMBOL(setnonblocking), SYMBOL(setNoticeReceiver), SYMBOL(sendQuery),
		SYMBOL(sendQueryParams), SYMBOL(setSingleRowMode), SYMBOL(enterPipelineMode),
		SYMBOL(pipelineSync), SYMBOL(exitPipelineMode), SYMBOL(flush), SYMBOL(consumeInput),
		SYMBOL(isBusy), SYMBOL(getResult), SYMBOL(notifies), SYMBOL(clear),
		SYMBOL(resultStatus), SYMBOL(resultErrorField), SYMBOL(cmdTuples), SYMBOL(ntuples),
		SYMBOL(nfields), SYMBOL(fname), SYMBOL(ftype), SYMBOL(getisnull), SYMBOL(getvalue),
		SYMBOL(getlength), {0}};

	return pq.finish ? 0 : dl_load("libpq.so.5", symbols);
}

enum state {
	CONNECTING, /* libpq says what it waits for */
	READY,      /* nothing is under way */
	WORKING,    /* results are to come */
	BROKEN,     /* failed has been called, or will be by `later` */
};

struct db_loop {
	struct loop *loop;
	const struct db_loop_handlers *on;
	void *ctx;
	PGconn *conn; /* NULL: none yet */
	struct resolve *resolve;
	PQconninfoOption *options; /* as given; until there is a connection */
	struct loop_source source; /* its socket; fd -1: none */
	struct loop_timer later;   /* what is wrong before there is anything to wait for */
	enum state state;
	short wants;     /* CONNECTING: POLLIN or POLLOUT */
	bool unsent;     /* something waits to be sent */
	bool error;      /* WORKING: a statement has failed; fault and the rest say how */
	int64_t rows;    /* of the last result */
	bool table;      /* it is one of rows */
	PGresult **kept; /* of db_loop_send_all: the results, until it is committed */
	int joined;      /* its statements; 0: there is none */
	int ended;       /* of them: their results are there */
	bool handing;    /* a row or notification is being handed over */
	bool closed;     /* meanwhile */
	enum db_fault fault;
	char sqlstate[8], why[DB_WHY_MAX];
};

static void quiet(void *ctx, const PGresult *notice) {}

/* ---- failing ---- */

static void fail(struct db_loop *d)
{
	d->state = BROKEN;
	d->on->failed(d->ctx, d->fault, d->sqlstate, d->why);
}

static void on_later(void *ctx, int64_t now)
{
	fail(ctx);
}

static void fail_later(struct db_loop *d, enum db_fault fault, const char *why)
{
	d->state = BROKEN;
	d->fault = fault;
	snprintf(d->why, sizeof(d->why), "%s", why);
	d->later.at_ns = now_ns();
}

/* Of a connection that is none, libpq has only words. */
static void take_connection_error(struct db_loop *d)
{
	const char *text = pq.errorMessage(d->conn), *fatal = strstr(text, "FATAL:  ");
	static const char *const denied[] = {"authentication", "password", "pg_hba.conf",
		"does not exist", "permission", "SSL", "certificate"};

	d->fault = DB_GONE;
	for (size_t i = 0; i < ARRAY_LEN(denied); i++)
		if (fatal && strstr(fatal, denied[i]))
			d->fault = DB_DENIED;
	db_first_line(fatal ? fatal : text, d->why, sizeof(d->why));
}

static void take_error(struct db_loop *d, const PGresult *result)
{
	const char *state = result ? pq.resultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? pq.resultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	snprintf(d->sqlstate, sizeof(d->sqlstate), "%s", state ? state : "");
	if (pq.status(d->conn) != CONNECTION_OK) {
		d->fault = DB_GONE;
		text = text ? text : "the connection was lost";
	} else {
		d->fault = state ? db_fault_of(state) : DB_FAILED;
	}
	db_first_line(text ? text : pq.errorMessage(d->conn), d->why, sizeof(d->why));
	d->error = true;
}

/* ---- results ---- */

static int64_t rows_of(const PGresult *result)
{
	return strtoll(pq.cmdTuples((PGresult *)(uintptr_t)result), NULL, 10);
}

/* One of them. False: the handler has closed it. */
static bool take_result(struct db_loop *d, const PGresult *result)
{
	switch (pq.resultStatus(result)) {
	case PGRES_SINGLE_TUPLE:
		d->handing = true;
		d->on->row(d->ctx, &(struct db_row){.result = result});
		d->handing = false;
		return !d->closed;
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		d->rows = rows_of(result);
		d->table = pq.resultStatus(result) == PGRES_TUPLES_OK;
		return true;
	default:
		if (!d->error)
			take_error(d, result);
		return true;
	}
}

/* False: the handler has closed it. */
static bool take_notifications(struct db_loop *d)
{
	PGnotify *n;

	while (!d->closed && (n = pq.notifies(d->conn))) {
		if (d->on->notified) {
			d->handing = true;
			d->on->notified(d->ctx, n->relname, n->extra);
			d->handing = false;
		}
		pq.freemem(n);
	}
	if (!d->closed)
		return true;
	db_loop_close(d);
	return false;
}

/* Of a transaction that is committed: rows and the end of each statement. The last handler may send. */
static void tell_all(struct db_loop *d)
{
	PGresult **kept = d->kept;
	int n = d->joined;

	d->kept = NULL;
	d->joined = 0;
	d->handing = true;
	for (int i = 1; i < n; i++) {
		struct db_row row = {.result = kept[i]};

		for (; !d->closed && row.at < pq.ntuples(kept[i]); row.at++)
			d->on->row(d->ctx, &row);
		if (!d->closed)
			d->on->done(d->ctx, rows_of(kept[i]),
				pq.resultStatus(kept[i]) == PGRES_TUPLES_OK);
		pq.clear(kept[i]);
	}
	d->handing = false;
	pq.clear(kept[0]);
	free(kept);
	if (d->closed)
		db_loop_close(d);
}

static void drop_kept(struct db_loop *d)
{
	for (int i = 0; i < d->joined; i++)
		pq.clear(d->kept[i]); /* of NULL, too */
	free(d->kept);
	d->kept = NULL;
	d->joined = 0;
}

/* All results are there. What was notified came with them, and nothing else would wake us for it. */
static void end(struct db_loop *d)
{
	d->state = READY;
	if (d->error)
		drop_kept(d);
	if (!take_notifications(d))
		return;
	if (!d->error && d->joined)
		tell_all(d);
	else if (!d->error)
		d->on->done(d->ctx, d->rows, d->table);
	else if (d->on->refused && d->fault != DB_GONE && pq.status(d->conn) == CONNECTION_OK)
		d->on->refused(d->ctx, d->fault, d->sqlstate, d->why);
	else
		fail(d);
}

static void work(struct db_loop *d)
{
	PGresult *result;
	bool more = true;

	while (more && !pq.isBusy(d->conn)) {
		result = pq.getResult(d->conn);
		if (!result) {
			end(d);
			return;
		}
		more = take_result(d, result);
		pq.clear(result);
	}
	if (!more)
		db_loop_close(d);
}

static void lost(struct db_loop *d)
{
	if (!d->error)
		take_error(d, NULL);
	fail(d);
}

/* What libpq itself finds wrong has no SQLSTATE: then the server may have gone on. */
static void keep(struct db_loop *d, PGresult *result)
{
	ExecStatusType status = pq.resultStatus(result);

	if ((status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) && d->ended < d->joined &&
		!d->kept[d->ended]) {
		d->kept[d->ended] = result;
		return;
	}
	/* what was set for the statement before is still so for the first */
	if (!d->error && (d->ended > 0 || status != PGRES_SINGLE_TUPLE)) {
		take_error(d, result);
		if (!d->sqlstate[0])
			d->fault = DB_GONE;
	}
	pq.clear(result);
}

/* NULL stands behind the results of each statement, behind an error of the commit, and for ever if there is no connection. */
static void work_jointly(struct db_loop *d)
{
	PGresult *result;

	while (!pq.isBusy(d->conn)) {
		result = pq.getResult(d->conn);
		if (result && pq.resultStatus(result) != PGRES_PIPELINE_SYNC) {
			keep(d, result);
		} else if (result || ++d->ended > d->joined + 1) {
			pq.clear(result);
			if (result && (d->error || d->ended == d->joined) &&
				pq.exitPipelineMode(d->conn))
				end(d);
			else
				lost(d);
			return;
		}
	}
}

/* False: the connection is lost, and may have been closed. */
static bool send_rest(struct db_loop *d)
{
	int rc = pq.flush(d->conn);

	d->unsent = rc > 0;
	if (rc < 0)
		lost(d);
	return rc >= 0;
}

/* ---- connecting ---- */

static void follow(struct db_loop *d, PostgresPollingStatusType polled)
{
	d->source.fd = pq.socket(d->conn); /* another one for another address */
	switch (polled) {
	case PGRES_POLLING_READING:
		d->wants = POLLIN;
		break;
	case PGRES_POLLING_WRITING:
		d->wants = POLLOUT;
		break;
	case PGRES_POLLING_OK:
		d->state = READY;
		if (pq.setnonblocking(d->conn, 1) < 0) {
			lost(d);
			return;
		}
		d->on->opened(d->ctx);
		break;
	default:
		take_connection_error(d);
		fail(d);
	}
}

static short mask(void *ctx)
{
	const struct db_loop *d = ctx;

	if (d->source.fd == -1 || d->state == BROKEN)
		return -1;
	if (d->state == CONNECTING)
		return d->wants;
	return d->unsent ? POLLIN | POLLOUT : POLLIN;
}

static void ready(void *ctx, short revents)
{
	struct db_loop *d = ctx;

	if (d->state == CONNECTING) {
		follow(d, pq.connectPoll(d->conn));
		return;
	}
	if (revents & ~POLLOUT && !pq.consumeInput(d->conn)) {
		lost(d);
		return;
	}
	if (d->unsent && !send_rest(d))
		return;
	if (d->state == WORKING && d->joined)
		work_jointly(d);
	else if (d->state == WORKING)
		work(d);
	else
		(void)take_notifications(d);
}

static const char *option(const struct db_loop *d, const char *name)
{
	for (const PQconninfoOption *o = d->options; o->keyword; o++)
		if (strcmp(o->keyword, name) == 0)
			return o->val && *o->val ? o->val : NULL;
	return NULL;
}

struct parameters {
	const char *name[OPTIONS_MAX], *value[OPTIONS_MAX];
	size_t n;
};

static void set(struct parameters *p, const char *name, const char *value)
{
	if (!value || p->n == OPTIONS_MAX - 1)
		return;
	p->name[p->n] = name;
	p->value[p->n++] = value;
}

/* Of what is there twice libpq takes the last. */
static void connect_to(struct db_loop *d, const struct resolved *found)
{
	struct parameters p = {.n = 0};

	set(&p, "fallback_application_name", "callpipe");
	set(&p, "gssencmode", "disable"); /* Kerberos waits for its servers */
	for (const PQconninfoOption *o = d->options; o->keyword; o++)
		set(&p, o->keyword, o->val && *o->val ? o->val : NULL);
	set(&p, "client_encoding", "UTF8");
	if (found) {
		set(&p, "host", found->host);
		set(&p, "hostaddr", found->hostaddr);
		set(&p, "port", found->port);
	}
	d->conn = pq.connectStartParams(p.name, p.value, 0);
	if (!d->conn) {
		fail_later(d, DB_FAILED, strerror(ENOMEM));
		return;
	}
	pq.setNoticeReceiver(d->conn, quiet, NULL);
	if (pq.status(d->conn) == CONNECTION_BAD) {
		take_connection_error(d);
		d->state = BROKEN;
		d->later.at_ns = now_ns();
		return;
	}
	follow(d, PGRES_POLLING_WRITING);
}

static void on_resolved(void *ctx, const struct resolved *found, const char *why)
{
	struct db_loop *d = ctx;

	if (found)
		connect_to(d, found);
	else
		fail_later(d, DB_GONE, why);
}

/* The connection string as options; what is wrong with it is not told: it may be a password. */
static int parse(struct db_loop *d, const char *dsn)
{
	char *why = NULL;

	d->options = pq.conninfoParse(dsn, &why);
	if (why)
		pq.freemem(why);
	return d->options ? 0 : -1;
}

static void begin(struct db_loop *d, const char *dsn)
{
	const char *host, *port;

	if (load() < 0) {
		fail_later(d, DB_DENIED, "libpq is not installed");
	} else if (parse(d, dsn) < 0) {
		fail_later(d, DB_DENIED, "it is no connection string of libpq");
	} else {
		host = option(d, "host") ? option(d, "host") : getenv("PGHOST");
		port = option(d, "port") ? option(d, "port") : getenv("PGPORT");
		if (!host || option(d, "hostaddr") || getenv("PGHOSTADDR") ||
			resolve_needless(host)) {
			connect_to(d, NULL);
			return;
		}
		d->resolve = resolve_start(d->loop, host, port ? port : "", on_resolved, d);
		if (!d->resolve)
			fail_later(d, DB_FAILED, "cannot look for its host");
	}
}

struct db_loop *db_loop_open(
	struct loop *loop, const char *dsn, const struct db_loop_handlers *on, void *ctx)
{
	struct db_loop *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	*d = (struct db_loop){.loop = loop, .on = on, .ctx = ctx};
	d->source = (struct loop_source){.fd = -1, .mask = mask, .ready = ready, .ctx = d};
	d->later = (struct loop_timer){.fire = on_later, .ctx = d};
	if (loop_add(loop, &d->source) < 0) {
		free(d);
		return NULL;
	}
	if (loop_add_timer(loop, &d->later) < 0) {
		loop_remove(loop, &d->source);
		free(d);
		return NULL;
	}
	begin(d, dsn);
	return d;
}

void db_loop_close(struct db_loop *d)
{
	if (!d)
		return;
	if (d->handing) { /* it is still looked at */
		d->closed = true;
		return;
	}
	loop_remove(d->loop, &d->source);
	loop_remove_timer(d->loop, &d->later);
	resolve_free(d->resolve);
	drop_kept(d);
	if (d->conn)
		pq.finish(d->conn);
	if (d->options)
		pq.conninfoFree(d->options);
	free(d);
}

/* ---- asking ---- */

static void begin_work(struct db_loop *d)
{
	d->state = WORKING;
	d->error = false;
	d->rows = 0;
	d->table = false;
}

static void end_sending(struct db_loop *d, bool sent)
{
	if (!sent) {
		take_error(d, NULL);
		d->state = BROKEN;
		d->later.at_ns = now_ns();
		return;
	}
	/* what does not go now goes when there is room; an error is found again then */
	d->unsent = pq.flush(d->conn) != 0;
}

void db_loop_send(struct db_loop *d, const char *sql, const char *const values[], int n)
{
	begin_work(d);
	end_sending(d,
		values ? pq.sendQueryParams(d->conn, sql, n, NULL, values, NULL, NULL, 0) &&
				pq.setSingleRowMode(d->conn)
		       : pq.sendQuery(d->conn, sql));
}

static bool send_one(struct db_loop *d, const struct db_statement *s)
{
	return pq.sendQueryParams(d->conn, s->sql, s->n, NULL, s->values, NULL, NULL, 0);
}

void db_loop_send_all(struct db_loop *d, const char *first, const struct db_statement all[], int n)
{
	bool sent;

	begin_work(d);
	d->kept = calloc((size_t)n + 1, sizeof(PGresult *));
	d->joined = d->kept ? n + 1 : 0;
	d->ended = 0;
	sent = d->kept && pq.enterPipelineMode(d->conn) &&
		send_one(d, &(struct db_statement){.sql = first});
	for (int i = 0; sent && i < n; i++)
		sent = send_one(d, &all[i]);
	end_sending(d, sent && pq.pipelineSync(d->conn));
}

int db_loop_version(const struct db_loop *d)
{
	return pq.serverVersion(d->conn);
}

int db_loop_columns(const struct db_row *row)
{
	return pq.nfields(row->result);
}

struct db_cell db_loop_cell(const struct db_row *row, int column)
{
	const PGresult *r = row->result;
	bool null = pq.getisnull(r, row->at, column);

	return (struct db_cell){
		.name = pq.fname(r, column),
		.text = null ? NULL : pq.getvalue(r, row->at, column),
		.bytes = null ? 0 : (size_t)pq.getlength(r, row->at, column),
		.type = pq.ftype(r, column),
	};
}
