/* tool: what a tool of HTTP or SQL asks, made of the arguments of one call of it. No I/O.
 *
 *	struct tool_request q;
 *	if (tool_request(tool->http, arguments, &q, why, sizeof(why)) == 0)
 *		... q.url, q.body ..
 *	tool_request_free(&q);
 *
 * Arguments have been checked (scenario_arguments), and are values all the same: what is in them changes neither where
 * a request goes nor what is done. In a URL they are percent-encoded, and in its path they are no more than a part of
 * one segment: empty ones, ones with a slash or a control character in them, and "." and ".." are refused there, since
 * servers decode a path before they look at it. In JSON they are values, in forms they are encoded, in SQL parameters.
 *
 * Source: RFC 3986; HTML's application/x-www-form-urlencoded with %20 for a space; callpipe-tools(5).
 */
#ifndef CALLPIPE_SCENARIO_TOOL_H
#define CALLPIPE_SCENARIO_TOOL_H

#include "base/dynbuf.h"
#include "db/sql.h"
#include "scenario/scenario.h"

#define TOOL_URL_MAX 8192   /* bytes of a URL with its arguments */
#define TOOL_BODY_MAX 65536 /* bytes of a body */

struct scenario_header {
	const char *name;
	const char *value;  /* before the secret: "Bearer "; or all of it */
	const char *secret; /* its name (base/secret.h); NULL: none */
};

struct scenario_http {
	const char *method;
	const char *url;    /* with {arguments} in path and query */
	const char *origin; /* "https://shop.example": names its breaker */
	json_t *query;      /* object: values with {arguments}; NULL: none */
	json_t *form;       /* the same, as a body; NULL: none */
	json_t *body; /* JSON with {arguments} in its strings; true: the arguments; NULL: none */
	struct scenario_header *headers;
	size_t headers_n;
	int retries; /* of a request that is answered with 429 or 503 */
};

struct scenario_sql {
	const char *file;          /* for messages */
	struct sql_script *script; /* its statements, in one transaction */
	const char *dsn;           /* name of the secret that is the connection string */
	int rows;                  /* of the answer, at most */
	bool one;                  /* the answer is the first row, or null */
};

struct tool_request {
	struct dynbuf url;
	struct dynbuf body; /* n 0 and type NULL: none */
	const char *type;   /* of the body; NULL: there is none */
};

/* -1: why says what is wrong with an argument. tool_request_free in both cases. */
int tool_request(const struct scenario_http *http, json_t *arguments, struct tool_request *ret,
	char *why, size_t why_size) MUST_USE;
void tool_request_free(struct tool_request *q);

/* An argument in braces at the beginning of s: its length, with its name in ret; 0: there is none. */
size_t tool_brace(const char *s, char ret[SCENARIO_NAME_MAX]);
/* A value as text: of strings the string; of null and NULL nothing; else JSON. */
int tool_text(struct dynbuf *b, json_t *value) MUST_USE;

#endif
