/* sql: a file of statements with named parameters, made into statements with $1, $2, ..
 *
 *	select name, balance from client where number = :number and since > :since::date;
 *
 * A name is a parameter wherever SQL has a token: not in strings ('..', E'..', $tag$..$tag$), quoted identifiers and
 * comments (-- and nested ones), nor behind another colon (::) or before an equals sign (:=). The same name is the same
 * number within a statement. What a transaction is made of (begin, commit, savepoint, ..), copy, and positional
 * parameters are mistakes. Pure: no database is asked.
 *
 * Source: PostgreSQL 13 to 18, the manual's "Lexical Structure"; standard_conforming_strings is on.
 */
#ifndef CALLPIPE_DB_SQL_H
#define CALLPIPE_DB_SQL_H

#include "base/util.h"

#define SQL_TEXT_MAX 65536 /* bytes of a file */
#define SQL_STATEMENTS_MAX 16
#define SQL_PARAMETERS_MAX 64 /* names in a statement */
#define SQL_NAME_MAX 64       /* bytes of a name, with its NUL */
#define SQL_WHY_MAX 160

struct sql_statement {
	char *text;   /* with $1 .. */
	char **name;  /* of $1, $2, .. */
	size_t names; /* how many */
};

struct sql_script {
	struct sql_statement statement[SQL_STATEMENTS_MAX];
	size_t n; /* at least 1 */
};

/* -1: why says what is wrong, and in which line. Otherwise *ret is for sql_free. */
int sql_parse(const char *text, struct sql_script **ret, char why[SQL_WHY_MAX]) MUST_USE;
void sql_free(struct sql_script *s); /* NULL is nothing */

#endif
