#include "db/sql.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dynbuf.h"

struct scanner {
	const char *begin, *at; /* the text, and where in it */
	struct sql_script *script;
	struct dynbuf out;            /* of the statement so far */
	struct sql_statement current; /* its parameters so far */
	bool any;                     /* it has a token */
	char *why;
};

static int line_of(const struct scanner *s, const char *at)
{
	int line = 1;

	for (const char *p = s->begin; p < at; p++)
		line += *p == '\n';
	return line;
}

static int fail(struct scanner *s, const char *at, const char *what)
{
	snprintf(s->why, SQL_WHY_MAX, "line %d: %s", line_of(s, at), what);
	return -1;
}

/* Bytes beyond ASCII are letters to PostgreSQL. */
static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name(char c)
{
	return is_letter(c) || isdigit((unsigned char)c) || c == '$';
}

static void take(struct scanner *s, size_t n)
{
	dynbuf_add(&s->out, s->at, n);
	s->at += n;
}

/* To the end of its line, which stays. */
static void skip_comment(struct scanner *s)
{
	dynbuf_adds(&s->out, " ");
	s->at += strcspn(s->at, "\n");
}

static int skip_comments(struct scanner *s)
{
	const char *from = s->at;
	int depth = 0;

	do {
		if (strncmp(s->at, "/*", 2) == 0) {
			depth++;
			s->at += 2;
		} else if (strncmp(s->at, "*/", 2) == 0) {
			depth--;
			s->at += 2;
		} else if (*s->at) {
			s->at++;
		} else {
			return fail(s, from, "a comment has no end");
		}
	} while (depth);
	dynbuf_adds(&s->out, " ");
	return 0;
}

/* A string or an identifier to its quote; two of them are one in it. */
static int take_quoted(struct scanner *s, char quote, bool escapes)
{
	const char *from = s->at, *p = s->at + 1;

	for (;; p++) {
		if (!*p)
			return fail(s, from,
				quote == '"' ? "a quoted name has no end" : "a string has no end");
		if ((escapes && *p == '\\' && p[1]) || (*p == quote && p[1] == quote))
			p++;
		else if (*p == quote)
			break;
	}
	take(s, (size_t)(p + 1 - s->at));
	return 0;
}

/* $tag$ .. $tag$: bytes of the opening tag, or 0. */
static size_t dollar_tag(const char *p)
{
	size_t n = 1;

	if (is_letter(p[n]))
		while (is_letter(p[n]) || isdigit((unsigned char)p[n]))
			n++;
	return p[n] == '$' ? n + 1 : 0;
}

static int take_dollar(struct scanner *s)
{
	size_t n = dollar_tag(s->at);
	const char *p;

	if (!n && isdigit((unsigned char)s->at[1]))
		return fail(s, s->at, "parameters have names here: write :name");
	if (!n)
		return fail(s, s->at, "a '$' without meaning");
	for (p = s->at + n; *p && strncmp(p, s->at, n) != 0; p++)
		;
	if (!*p)
		return fail(s, s->at, "a string has no end");
	take(s, (size_t)(p - s->at) + n);
	return 0;
}

/* Statements that would end the transaction, or that wait for something else than an answer. */
static bool forbidden(const char *word, size_t n)
{
	static const char *const words[] = {"abort", "begin", "commit", "copy", "end", "listen",
		"prepare", "release", "rollback", "savepoint", "start"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == n && strncasecmp(word, words[i], n) == 0)
			return true;
	return false;
}

static int take_word(struct scanner *s)
{
	const char *p = s->at;
	bool first = !s->any;

	while (is_name(*p))
		p++;
	s->any = true;
	if (first && forbidden(s->at, (size_t)(p - s->at)))
		return fail(s, s->at, "a statement of this kind cannot be a part of a tool");
	/* a letter right before a quote says what kind of string it is */
	bool escapes = p - s->at == 1 && (*s->at == 'e' || *s->at == 'E');
	take(s, (size_t)(p - s->at));
	if (*p != '\'' || take_quoted(s, '\'', escapes) < 0)
		return *p == '\'' ? -1 : 0;
	/* a string goes on in another line, and in the same way */
	for (size_t n; escapes && (n = strspn(s->at, " \t\r\n\f\v")) > 0 && s->at[n] == '\'' &&
		memchr(s->at, '\n', n);) {
		take(s, n);
		if (take_quoted(s, '\'', true) < 0)
			return -1;
	}
	return 0;
}

/* Number of a parameter, from 1; 0: no memory, or too many. */
static size_t number_of(struct scanner *s, const char *name, size_t n)
{
	struct sql_statement *c = &s->current;
	char **more, *copy;

	for (size_t i = 0; i < c->names; i++)
		if (strlen(c->name[i]) == n && strncmp(c->name[i], name, n) == 0)
			return i + 1;
	if (c->names == SQL_PARAMETERS_MAX)
		return 0;
	more = realloc(c->name, (c->names + 1) * sizeof(*more));
	copy = strndup(name, n);
	if (more)
		c->name = more;
	if (!more || !copy) {
		free(copy);
		return 0;
	}
	c->name[c->names++] = copy;
	return c->names;
}

static int take_colon(struct scanner *s)
{
	size_t n = 1, number;

	if (s->at[1] == ':' || s->at[1] == '=') {
		take(s, 2);
		return 0;
	}
	if (s->at[1] == '\'' || s->at[1] == '"')
		return fail(s, s->at, "a parameter has no quotes: write :name");
	if (!isalpha((unsigned char)s->at[1]) && s->at[1] != '_') {
		take(s, 1);
		return 0;
	}
	while (isalnum((unsigned char)s->at[n]) || s->at[n] == '_')
		n++;
	if (n > SQL_NAME_MAX)
		return fail(s, s->at, "the name of a parameter is too long");
	number = number_of(s, s->at + 1, n - 1);
	if (!number)
		return fail(s, s->at, "parameters are too many");
	/* brackets would change nothing, blanks keep it from a word or number before and behind it */
	dynbuf_addf(&s->out, " $%zu ", number);
	s->at += n;
	return 0;
}

static int end_statement(struct scanner *s)
{
	struct sql_statement *to = &s->script->statement[s->script->n];

	if (!s->any) {
		dynbuf_reset(&s->out);
		return 0;
	}
	if (s->script->n == SQL_STATEMENTS_MAX)
		return fail(s, s->at, "statements are too many");
	s->current.text = dynbuf_failed(&s->out) ? NULL : strdup(s->out.p);
	if (!s->current.text)
		return fail(s, s->at, strerror(ENOMEM));
	*to = s->current;
	s->script->n++;
	s->current = (struct sql_statement){0};
	s->any = false;
	dynbuf_reset(&s->out);
	return 0;
}

/* One token, or what is none. */
static int step(struct scanner *s)
{
	char c = *s->at;

	if (isspace((unsigned char)c)) {
		take(s, 1);
		return 0;
	}
	if (strncmp(s->at, "--", 2) == 0) {
		skip_comment(s);
		return 0;
	}
	if (strncmp(s->at, "/*", 2) == 0)
		return skip_comments(s);
	if (c == ';') {
		s->at++;
		return end_statement(s);
	}
	if (is_letter(c))
		return take_word(s);
	s->any = true;
	if (c == '\'' || c == '"')
		return take_quoted(s, c, false);
	if (c == '$')
		return take_dollar(s);
	if (c == ':')
		return take_colon(s);
	if (isdigit((unsigned char)c)) /* with what follows it, so that 1e5 has no word in it */
		take(s, strspn(s->at, "0123456789.eExXabcdfABCDFoO_"));
	else
		take(s, 1);
	return 0;
}

static void free_statement(struct sql_statement *st)
{
	for (size_t i = 0; i < st->names; i++)
		free(st->name[i]);
	free(st->name);
	free(st->text);
}

int sql_parse(const char *text, struct sql_script **ret, char why[SQL_WHY_MAX])
{
	struct scanner s = {
		.begin = text, .at = text, .script = calloc(1, sizeof(*s.script)), .why = why};
	int rc = 0;

	snprintf(why, SQL_WHY_MAX, "%s", strerror(ENOMEM));
	if (!s.script)
		return -1;
	dynbuf_init(&s.out, 2 * SQL_TEXT_MAX);
	while (rc == 0 && *s.at)
		rc = step(&s);
	if (rc == 0)
		rc = end_statement(&s);
	if (rc == 0 && s.script->n == 0)
		rc = fail(&s, s.at, "there is no statement");
	free_statement(&s.current);
	dynbuf_free(&s.out);
	if (rc == 0)
		*ret = s.script;
	else
		sql_free(s.script);
	return rc;
}

void sql_free(struct sql_script *s)
{
	for (size_t i = 0; s && i < s->n; i++)
		free_statement(&s->statement[i]);
	free(s);
}
