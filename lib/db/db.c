#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT "10" /* s, unless PGCONNECT_TIMEOUT says another */

static void quiet(void *ctx, const PGresult *notice) {}

static void say(struct db *db, const char *text)
{
	db_first_line(text, db->why, sizeof(db->why));
}

/* -1, with what the connection or the result says. */
static int failed(struct db *db, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (PQstatus(db->conn) != CONNECTION_OK) {
		db->fault = DB_GONE;
		say(db, text ? text : "the connection was lost");
	} else {
		db->fault = state ? db_fault_of(state) : DB_FAILED;
		say(db, text ? text : PQerrorMessage(db->conn));
	}
	return -1;
}

/* Why there is no connection: libpq has no SQLSTATE of it, but whether anybody answers can be asked. */
static enum db_fault no_connection(const char *const *names, const char *const *values)
{
	switch (PQpingParams(names, values, 0)) {
	case PQPING_OK:
		return DB_DENIED;
	case PQPING_NO_ATTEMPT:
		return DB_FAILED;
	default:
		return DB_GONE;
	}
}

int db_open(struct db *db)
{
	const char *timeout = getenv("PGCONNECT_TIMEOUT");
	const char *names[] = {"client_encoding", "connect_timeout", NULL};
	const char *values[] = {"UTF8", timeout && *timeout ? timeout : CONNECT_TIMEOUT, NULL};
	const char *zone = getenv("PGTZ");

	*db = (struct db){.conn = PQconnectdbParams(names, values, 0)};
	if (!db->conn) {
		db->fault = DB_FAILED;
		say(db, "no memory");
		return -1;
	}
	if (PQstatus(db->conn) != CONNECTION_OK) {
		const char *text = PQerrorMessage(db->conn), *fatal = strstr(text, "FATAL:  ");
		db->fault = no_connection(names, values);
		/* one that starts, stops or is full says so in words alone */
		if (strstr(text, "the database system is") || strstr(text, "too many"))
			db->fault = DB_GONE;
		say(db, fatal ? fatal : text);
		db_close(db);
		return -1;
	}
	PQsetNoticeReceiver(db->conn, quiet, NULL);
	return db_run(db,
		zone && *zone ? "SET DateStyle TO 'ISO'"
			      : "SET DateStyle TO 'ISO'; SET TimeZone TO 'UTC'");
}

void db_close(struct db *db)
{
	if (db->conn)
		PQfinish(db->conn);
	db->conn = NULL;
}

static bool went_well(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* Take a result to its end. */
static int finish(struct db *db, PGresult *result, PGresult **ret)
{
	if (!went_well(result)) {
		failed(db, result);
		PQclear(result);
		return -1;
	}
	if (ret)
		*ret = result;
	else
		PQclear(result);
	return 0;
}

int db_query(struct db *db, const char *sql, const char *const params[], int n, PGresult **ret)
{
	return finish(db, PQexecParams(db->conn, sql, n, NULL, params, NULL, NULL, 0), ret);
}

int db_value(
	struct db *db, const char *sql, const char *const params[], int n, char *ret, size_t size)
{
	PGresult *r;

	*ret = '\0';
	if (db_query(db, sql, params, n, &r) == -1)
		return -1;
	if (PQntuples(r))
		snprintf(ret, size, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return 0;
}

int64_t db_count(struct db *db, const char *sql, const char *const params[], int n)
{
	PGresult *r;
	int64_t rows;

	if (db_query(db, sql, params, n, &r) == -1)
		return -1;
	rows = db_rows(r);
	PQclear(r);
	return rows;
}

int db_run(struct db *db, const char *sql)
{
	return finish(db, PQexec(db->conn, sql), NULL);
}

int64_t db_rows(const PGresult *result)
{
	return strtoll(PQcmdTuples((PGresult *)(uintptr_t)result), NULL, 10);
}

int db_copy_begin(struct db *db, const char *sql)
{
	PGresult *result = PQexec(db->conn, sql);
	int err = PQresultStatus(result) == PGRES_COPY_IN ? 0 : failed(db, result);

	PQclear(result);
	return err;
}

int db_copy_put(struct db *db, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		int some = (int)min_i64((int64_t)n, 1 << 16);
		if (PQputCopyData(db->conn, at, some) != 1)
			return failed(db, NULL);
		at += some;
		n -= (size_t)some;
	}
	return 0;
}

int db_copy_end(struct db *db)
{
	PGresult *result;
	int err = 0;

	if (PQputCopyEnd(db->conn, NULL) != 1)
		return failed(db, NULL);
	while ((result = PQgetResult(db->conn))) {
		if (!err && !went_well(result))
			err = failed(db, result);
		PQclear(result);
	}
	return err;
}

int db_each(struct db *db, const char *sql, const char *const params[], int n,
	int (*each)(const PGresult *row, void *ctx), void *ctx)
{
	PGresult *result;
	int err = 0;

	if (!PQsendQueryParams(db->conn, sql, n, NULL, params, NULL, NULL, 0) ||
		!PQsetSingleRowMode(db->conn))
		return failed(db, NULL);
	while ((result = PQgetResult(db->conn))) {
		if (!err && PQresultStatus(result) == PGRES_SINGLE_TUPLE)
			err = each(result, ctx);
		else if (!err && !went_well(result))
			err = failed(db, result);
		PQclear(result);
	}
	return err;
}
