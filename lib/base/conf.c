#include "base/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/dynbuf.h"

/* A text being read: position, and the line it is on. */
struct scan {
	const char *p, *end;
	int line;
};

static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool is_alpha(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* The next byte, or '\n' at the end, as if every line were ended. */
static int peek(const struct scan *s)
{
	return s->p < s->end ? (unsigned char)*s->p : '\n';
}

static void skip_blanks(struct scan *s)
{
	while (is_blank(peek(s)))
		s->p++;
}

/* Each of these reads one part of a line into out; NULL, or what is wrong. */

static const char *read_comment(struct scan *s)
{
	while (peek(s) != '\n')
		s->p++;
	/* systemd before 254 goes on with the comment, sh does not */
	return s->p[-1] == '\\' ? "a comment ends in a backslash" : NULL;
}

static const char *read_name(struct scan *s, struct dynbuf *out)
{
	const char *start = s->p;

	while (is_alpha(peek(s)) || (s->p > start && is_digit(peek(s))))
		s->p++;
	if (s->p == start || peek(s) != '=')
		return "not NAME=value";
	s->p++;
	dynbuf_add(out, start, (size_t)(s->p - start));
	return NULL;
}

static const char *read_word(struct scan *s, struct dynbuf *out)
{
	const char *start = s->p;

	while (peek(s) != '\n' && !is_blank(peek(s))) {
		if (strchr("\"'\\$`~;&|<>()", peek(s)))
			return "a character that has to be quoted";
		s->p++;
	}
	dynbuf_add(out, start, (size_t)(s->p - start));
	return NULL;
}

static const char *read_quoted(struct scan *s, struct dynbuf *out)
{
	char quote = *s->p++;
	int line = s->line;

	for (; s->p < s->end && *s->p != quote; s->p++) {
		if (*s->p == '\n')
			line++;
		if (quote == '"' && (*s->p == '$' || *s->p == '`'))
			return "$ or ` without a backslash before it";
		if (quote == '"' && *s->p == '\\' && s->end - s->p > 1 &&
			strchr("\"\\$`\n", s->p[1])) {
			s->p++;
			if (*s->p == '\n') {
				line++;
				continue;
			}
		}
		dynbuf_add(out, s->p, 1);
	}
	if (s->p == s->end)
		return "a quote is not closed";
	s->p++;
	s->line = line;
	return NULL;
}

static const char *read_line(struct scan *s, struct dynbuf *out)
{
	const char *why;

	skip_blanks(s);
	if (peek(s) == '#')
		return read_comment(s);
	if (peek(s) == '\n')
		return NULL;
	why = read_name(s, out);
	if (!why)
		why = peek(s) == '"' || peek(s) == '\'' ? read_quoted(s, out) : read_word(s, out);
	if (why)
		return why;
	dynbuf_add(out, "", 1);
	skip_blanks(s);
	return peek(s) == '\n' ? NULL : "text after the value";
}

/* vars: "NAME=value" strings, each with its NUL. Set from the last on, so that the last counts. */
static int set_all(struct dynbuf *vars)
{
	for (size_t end = vars->n; end > 0;) {
		char *var, *value;

		for (end--; end > 0 && vars->p[end - 1]; end--)
			;
		var = vars->p + end;
		value = strchr(var, '=');
		*value++ = '\0';
		if (setenv(var, value, 0) == -1)
			return -1;
	}
	return 0;
}

int conf_apply(const char *text, size_t n, struct conf_error *err)
{
	struct scan s = {.p = text, .end = text + n, .line = 1};
	struct dynbuf vars;
	const char *why = NULL;

	dynbuf_init(&vars, n + 1);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		/* systemd takes CR for a line end, sh for a character of the value */
		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			why = "the file has control characters (perhaps CR LF line ends)";
	}
	if (why)
		s.line = 0;
	while (!why && s.p < s.end) {
		why = read_line(&s, &vars);
		if (!why && s.p < s.end) {
			s.p++;
			s.line++;
		}
	}
	if (!why && (dynbuf_failed(&vars) || set_all(&vars) == -1)) {
		s.line = 0;
		why = strerror(ENOMEM);
	}
	dynbuf_free(&vars);
	err->line = s.line;
	err->why = why;
	return why ? -1 : 0;
}

int conf_load(struct conf_error *err)
{
	const char *named = getenv("CALLPIPE_CONF");
	char *text;
	size_t n;
	int status;

	*err = (struct conf_error){.path = named ? named : CONF_DEFAULT};
	if (!*err->path)
		return 0;
	if (read_file(err->path, CONF_MAX_BYTES, &text, &n) == -1) {
		if (!named && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
			return 0;
		err->why = strerror(errno);
		return -1;
	}
	status = conf_apply(text, n, err);
	free(text);
	return status;
}
