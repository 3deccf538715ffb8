/* db-loop: a connection to PostgreSQL on the loop, for tools that may not wait.
 *
 *	struct db_loop *d = db_loop_open(&loop, "postgresql://shop@db/shop", &on, ctx);
 *	opened:  db_loop_send(d, "select name from client where number = $1", values, 1);
 *	row:     db_loop_cell(row, 0).text
 *	done:    the next statement, or
 *	         db_loop_close(d);
 *
 * libpq is loaded by the first db_loop_open. Nothing blocks: names of hosts are resolved by glibc's own thread
 * (getaddrinfo_a), but for those that only a service file of libpq names. A statement is broken off by db_loop_close: the
 * server notices that within 500 ms if it was told to look (client_connection_check_interval, PostgreSQL 14), else when
 * the statement's timeout is up. Times come as ISO 8601.
 *
 * Source: libpq's manual, "Asynchronous Command Processing" and "Pipeline Mode": libpq 14 to 18, servers 13 to 18.
 */
#ifndef CALLPIPE_DB_DB_LOOP_H
#define CALLPIPE_DB_DB_LOOP_H

#include "base/loop.h"
#include "db/db.h"

struct db_loop;

/* A row, as long as its handler runs. */
struct db_row {
	const PGresult *result;
	int at; /* in it */
};

/* Called from the loop. Any of them may call db_loop_send and db_loop_close. */
struct db_loop_handlers {
	void (*opened)(void *ctx);
	void (*row)(void *ctx, const struct db_row *row);
	/* the statements that were sent are done; rows: how many the last one was about; table: it answers with rows, were
	 * there none */
	void (*done)(void *ctx, int64_t rows, bool table);
	/* the connection could not be made, was lost, or a statement failed: there is nothing more to come. why: a line,
	 * without secrets; state: SQLSTATE, "" if it is not known; both until db_loop_close */
	void (*failed)(void *ctx, enum db_fault fault, const char *state, const char *why);
	/* For a connection that is kept; both may be NULL. A statement failed, and the connection is good: the next may
	 * be sent. Without it, failed is told that. */
	void (*refused)(void *ctx, enum db_fault fault, const char *state, const char *why);
	/* A NOTIFY of what this connection LISTENs to. It may not call db_loop_send. */
	void (*notified)(void *ctx, const char *channel, const char *payload);
};

/* dsn: a connection string or URL of libpq; what it does not say is of libpq's environment. NULL: no memory; all else
 * that is wrong is told by failed, never from here. */
struct db_loop *db_loop_open(
	struct loop *loop, const char *dsn, const struct db_loop_handlers *on, void *ctx) MUST_USE;
/* At once, whatever is under way; NULL is nothing. No handler is called any more. */
void db_loop_close(struct db_loop *d);
/* One statement with its n values as text, or (n 0) several without. Only after opened, done or refused. */
void db_loop_send(struct db_loop *d, const char *sql, const char *const values[], int n);
/* Several statements as one transaction, n > 0, behind a first one that sets something for it. Once it is committed, and not
 * before, rows and done of each, but not of the first, are told in their order, and only from the last done may be sent.
 * If one is refused nothing is there of any: refused is told once; after failed it is not known. No transaction may be
 * open. */
struct db_statement {
	const char *sql;
	const char *const *values;
	int n; /* of values */
};
void db_loop_send_all(struct db_loop *d, const char *first, const struct db_statement all[], int n);
/* 150018 */
int db_loop_version(const struct db_loop *d);

/* A value of a row. */
struct db_cell {
	const char *name; /* of its column */
	const char *text; /* NULL: null */
	size_t bytes;     /* of text */
	unsigned type;    /* its OID, of pg_type */
};
int db_loop_columns(const struct db_row *row);
struct db_cell db_loop_cell(const struct db_row *row, int column);

#endif
