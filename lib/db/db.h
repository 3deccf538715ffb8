/* db: a connection to PostgreSQL, for tools that may wait for it.
 *
 *	struct db db;
 *	if (db_open(&db) == -1 || schema_check(&db) == -1)
 *		log_error("cannot use the database: %s", db.why);
 *	...
 *	db_close(&db);
 *
 * Where and as whom is told by the environment and files of libpq alone (PGHOST, PGUSER, PGPASSFILE, PGSERVICE, ..:
 * libpq's manual), never on a command line. Values are parameters, never a part of the text of a statement. What went
 * wrong is one line, and a kind that says whether it is worth to try again; a connection that has failed stays failed.
 *
 * Source: PostgreSQL 13 to 18, libpq; SQLSTATE: the manual's appendix A.
 */
#ifndef CALLPIPE_DB_DB_H
#define CALLPIPE_DB_DB_H

#include <libpq-fe.h>

#include "base/util.h"

#define DB_WHY_MAX 512

enum db_fault {
	DB_FINE,
	DB_GONE, /* it cannot be reached now, or went away: again, later, with a new connection */
	DB_CONFLICT, /* with what others did at that moment: the transaction again */
	DB_DENIED,   /* no such user or database, no rights */
	DB_VERSION,  /* its tables are missing, or older or newer than this program */
	DB_DATA,     /* it does not take a value */
	DB_FULL,     /* it has no room */
	DB_FAILED,   /* anything else: a statement that is wrong */
};

struct db {
	PGconn *conn;         /* NULL: closed */
	enum db_fault fault;  /* of the last call here that failed */
	char why[DB_WHY_MAX]; /* it in words, one line: the end of a message */
};

/* Connect. -1: fault and why; then db_close is harmless. */
int db_open(struct db *db) MUST_USE;
void db_close(struct db *db);

/* One statement, with its n values as text ($1 is params[0]; NULL is NULL). *ret, unless ret is NULL, is to be given
 * to PQclear. */
int db_query(
	struct db *db, const char *sql, const char *const params[], int n, PGresult **ret) MUST_USE;
/* A statement that answers with one value, as text: "" if it is NULL, or there is none. */
int db_value(struct db *db, const char *sql, const char *const params[], int n, char *ret,
	size_t size) MUST_USE;
/* How many rows a statement was about, or has found. -1: fault and why. */
int64_t db_count(struct db *db, const char *sql, const char *const params[], int n) MUST_USE;
/* Statements without values or rows, one after the other. */
int db_run(struct db *db, const char *sql) MUST_USE;
/* "INSERT 0 12": how many rows a result is about. */
int64_t db_rows(const PGresult *result);

/* COPY .. FROM STDIN: begin, any number of puts, end. A put keeps nothing of p. */
int db_copy_begin(struct db *db, const char *sql) MUST_USE;
int db_copy_put(struct db *db, const void *p, size_t n) MUST_USE;
int db_copy_end(struct db *db) MUST_USE;

/* COPY .. TO STDOUT or any large SELECT: rows as they come. sql as in db_query. each() returns 0, or -1 to stop. */
int db_each(struct db *db, const char *sql, const char *const params[], int n,
	int (*each)(const PGresult *row, void *ctx), void *ctx) MUST_USE;

/* What a SQLSTATE, or the beginning of one, means. */
enum db_fault db_fault_of(const char *state);
/* The first line of what libpq says, without its prefixes. */
void db_first_line(const char *text, char *ret, size_t size);
/* What a tool exits with that could not do its work for this reason. */
enum exit_code db_exit(enum db_fault fault);

#endif
