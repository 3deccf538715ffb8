/* command: any program that reads text on stdin and writes sound to stdout. No shell, and no text on a command line. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "program.h"

/* Voices of espeak-ng that are not called as their language is. */
static const char own_table[] = "zh=cmn no=nb iw=he in=id es-mx=es-419 es-ar=es-419 en-ca=en-us";
/* Variants of a language that it has. */
static const char variants[] =
	" en-us en-gb en-029 en-gb-scotland fr-fr fr-be fr-ch pt-br pt-pt es-419 cmn-latn-pinyin ";

/* What table ("A=B C=D") says of a name of n bytes, as the bytes in it. */
static const char *look_up(const char *table, const char *name, size_t n, size_t *ret_n)
{
	for (const char *at = table; *at;) {
		size_t word = strcspn(at, " ");

		if (word > n + 1 && at[n] == '=' && strncasecmp(at, name, n) == 0) {
			*ret_n = word - n - 1;
			return at + n + 1;
		}
		at += word;
		at += strspn(at, " ");
	}
	return NULL;
}

static bool is_variant(const char *language)
{
	char word[40], *at;

	if (snprintf(word, sizeof word, " %s ", language) >= (int)sizeof word)
		return false;
	for (at = word; *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	return strstr(variants, word) != NULL;
}

/* The voice of a phrase: the one it wants, the one that is set, the language's in both tables, the language's name. */
static const char *voice_name(const struct voice *v, const struct phrase *p, size_t *ret_n)
{
	const char *tables[] = {v->table, own_table}, *found;
	size_t whole = strlen(p->language), primary = strcspn(p->language, "-_");

	found = *p->voice ? p->voice : v->name;
	*ret_n = strlen(found);
	for (size_t i = 0; i < ARRAY_LEN(tables) && !*ret_n; i++) {
		found = look_up(tables[i], p->language, whole, ret_n);
		if (!found && (i == 0 || !is_variant(p->language)))
			found = look_up(tables[i], p->language, primary, ret_n);
	}
	if (*ret_n)
		return found;
	*ret_n = is_variant(p->language) ? whole : primary;
	return p->language;
}

/* A name that goes into a command line: it cannot be taken for an option, or for more than one line. */
static bool is_name(const char *s, size_t n)
{
	if (n == 0 || s[0] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return false;
	}
	return true;
}

/* Words being made of a command. */
struct splitting {
	struct command_line *line;
	size_t used;  /* bytes of it */
	size_t words; /* of it */
	const struct voice *voice;
	const struct phrase *phrase;
	char *why; /* WHY_MAX bytes */
};

static int put(struct splitting *s, const char *p, size_t n)
{
	if (n > sizeof s->line->bytes - s->used) {
		snprintf(s->why, WHY_MAX, "the command is too long");
		return -1;
	}
	memcpy(s->line->bytes + s->used, p, n);
	s->used += n;
	return 0;
}

static int put_name(struct splitting *s, const char *what, const char *p, size_t n)
{
	if (is_name(p, n))
		return put(s, p, n);
	snprintf(s->why, WHY_MAX, "'%.*s' is no name of a %s", (int)(n < 64 ? n : 64), p, what);
	return -1;
}

/* A placeholder at *at, and beyond it; 0 if there is none. */
static int placeholder(struct splitting *s, const char **at)
{
	size_t n = strcspn(*at, "}"), value_n;
	const char *value;
	char rate[16];

	if (strncmp(*at, "{voice}", n + 1) == 0) {
		value = voice_name(s->voice, s->phrase, &value_n);
		*at += n + 1;
		return put_name(s, "voice", value, value_n) < 0 ? -1 : 1;
	}
	if (strncmp(*at, "{language}", n + 1) == 0) {
		*at += n + 1;
		return put_name(s, "language", s->phrase->language, strlen(s->phrase->language)) < 0
			? -1
			: 1;
	}
	if (strncmp(*at, "{rate}", n + 1) == 0) {
		*at += n + 1;
		snprintf(rate, sizeof rate, "%d", s->voice->rate_hz);
		return put(s, rate, strlen(rate)) < 0 ? -1 : 1;
	}
	return 0;
}

/* One word at *at, quotes taken off; *at then stands behind it. */
static int word(struct splitting *s, const char **at)
{
	char quote = 0;

	if (s->words == COMMAND_ARGS_MAX) {
		snprintf(s->why, WHY_MAX, "the command has too many words");
		return -1;
	}
	s->line->argv[s->words++] = s->line->bytes + s->used;
	while (**at && (quote || !strchr(" \t\n", **at))) {
		int done = **at == '{' && quote != '\'' ? placeholder(s, at) : 0;

		if (done < 0)
			return -1;
		if (done)
			continue;
		if (quote ? **at == quote : **at == '\'' || **at == '"')
			quote = (char)(quote ? 0 : **at);
		else if (put(s, *at, 1) < 0)
			return -1;
		(*at)++;
	}
	if (quote) {
		snprintf(s->why, WHY_MAX, "the command has a %c without its end", quote);
		return -1;
	}
	return put(s, "", 1);
}

int command_words(
	const struct voice *v, const struct phrase *p, struct command_line *ret, char why[WHY_MAX])
{
	struct splitting s = {.line = ret, .voice = v, .phrase = p, .why = why};
	const char *at = v->command;

	for (at += strspn(at, " \t\n"); *at; at += strspn(at, " \t\n")) {
		if (word(&s, &at) < 0)
			return -1;
	}
	ret->argv[s.words] = NULL;
	if (s.words > 0)
		return 0;
	snprintf(why, WHY_MAX, "the command is empty");
	return -1;
}

/* The program as a file: a new version of it speaks anew. Found as execvp(3) does. */
static int program_stat(const char *name, struct stat *ret)
{
	const char *dirs = getenv("PATH");
	char path[PATH_MAX];

	if (strchr(name, '/'))
		return stat(name, ret);
	for (dirs = dirs ? dirs : "/bin:/usr/bin"; *dirs; dirs += strspn(dirs, ":")) {
		size_t n = strcspn(dirs, ":");

		if (format_path(path, "%.*s/%s", (int)n, dirs, name) == 0 &&
			access(path, X_OK) == 0 && stat(path, ret) == 0 && S_ISREG(ret->st_mode))
			return 0;
		dirs += n;
	}
	errno = ENOENT;
	return -1;
}

static int identify(
	const struct voice *v, const struct phrase *p, struct dynbuf *id, char why[WHY_MAX])
{
	struct command_line line;
	struct stat st;

	if (command_words(v, p, &line, why) < 0)
		return -1;
	if (program_stat(line.argv[0], &st) < 0) {
		snprintf(why, WHY_MAX, "cannot run '%.100s': %s", line.argv[0], strerror(errno));
		return -1;
	}
	dynbuf_addf(id, "%jd %jd %d %g", (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
		v->raw_hz, v->gain_db);
	for (char **word = line.argv; *word; word++) /* with its end: words cannot run together */
		dynbuf_add(id, *word, strlen(*word) + 1);
	return dynbuf_failed(id) ? -1 : 0;
}

static void start(struct make *m, const struct phrase *p)
{
	struct command_line line;
	char why[WHY_MAX];

	if (command_words(m->voice, p, &line, why) < 0) {
		make_fail(m, "%s", why);
		return;
	}
	make_format(m, m->voice->raw_hz, m->voice->gain_db);
	program_start(m, line.argv, p->text, strlen(p->text));
}

const struct engine engine_command = {
	.name = "command",
	.what = "a program: text in, sound out",
	.texts = true,
	.keep = true,
	.counts = true,
	.identify = identify,
	.start = start,
	.stop = program_stop,
};
