#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tool.h"

static const char *const words[] = {
	[TALK_SCENARIO] = "scenario",
	[TALK_CALL] = "call",
	[TALK_SESSION] = "session",
	[TALK_CALLER] = "caller",
	[TALK_INTERRUPT] = "interrupt",
	[TALK_GOES_ON] = "goes on",
	[TALK_COUGH] = "cough",
	[TALK_MUMBLE] = "mumble",
	[TALK_KEYS] = "keys",
	[TALK_PRESS] = "press",
	[TALK_SILENCE] = "silence",
	[TALK_AMD] = "amd",
	[TALK_HANGUP] = "hangup",
	[TALK_BOT] = "bot",
	[TALK_WAIT] = "wait",
	[TALK_STATE] = "state",
	[TALK_MODEL] = "model",
	[TALK_TOOL] = "tool",
	[TALK_RESULT] = "result",
	[TALK_END] = "end",
};

void talk_free(struct talk *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->line[i].text);
		json_decref(t->line[i].json);
		json_decref(t->line[i].answer);
	}
	free(t->line);
	*t = (struct talk){0};
}

struct talk_line *talk_add(struct talk *t, enum talk_kind kind, const char *text, json_t *json)
{
	struct talk_line *line = reallocarray(t->line, t->n + 1, sizeof(*line));
	char *copy = text ? strdup(text) : NULL;

	if (line)
		t->line = line;
	if (!line || (text && !copy)) {
		free(copy);
		json_decref(json);
		return NULL;
	}
	line += t->n++;
	*line = (struct talk_line){.kind = kind, .ms = -1, .text = copy, .json = json};
	return line;
}

static const char *skip(const char *p)
{
	return p + strspn(p, " \t");
}

/* A whole number at *p, and what follows it. -1: there is none. */
static int64_t take_number(const char **p)
{
	char *end;
	long long n = strtoll(*p, &end, 10);

	if (end == *p || n < 0 || n > 86400000)
		return -1;
	*p = skip(end);
	return n;
}

/* -> {"found":true}, -> failed, -> timeout, each perhaps behind "after MS". */
static int parse_answer(struct talk_line *l, const char *p, const char **ret_why)
{
	json_error_t err;

	l->answered = true;
	l->ms = 0;
	if (strncmp(p, "after ", 6) == 0) {
		p = skip(p + 6);
		l->ms = take_number(&p);
	}
	if (strcmp(p, "failed") == 0) {
		l->status = TOOL_FAILED;
	} else if (strcmp(p, "timeout") == 0) {
		l->status = TOOL_TIMEOUT;
	} else {
		l->status = TOOL_OK;
		l->answer = json_loads(p, JSON_DECODE_ANY, &err);
	}
	if (l->ms < 0 || (l->status == TOOL_OK && !l->answer)) {
		*ret_why =
			"behind '->' stands JSON, 'failed' or 'timeout', or 'after MS' and one of them";
		return -1;
	}
	return 0;
}

/* NAME [ARGUMENTS] [-> ANSWER] */
static int parse_tool(struct talk_line *l, const char **ret_why)
{
	char *arrow = strstr(l->text, "->"), *name_end = l->text + strcspn(l->text, " \t{");
	const char *arguments = skip(name_end);
	json_error_t err;
	size_t n;

	if (arrow && parse_answer(l, skip(arrow + 2), ret_why) < 0)
		return -1;
	if (arrow)
		*arrow = '\0';
	n = strlen(arguments);
	if (n && arguments < (arrow ? arrow : arguments + 1)) {
		l->json = json_loads(arguments, 0, &err);
		if (!l->json) {
			*ret_why = "behind the name of a tool stand its arguments, a JSON object";
			return -1;
		}
	}
	*name_end = '\0';
	return 0;
}

/* [after MS] TEXT, or an object with text, calls, failed, or, where JSON was asked for, that */
static int parse_model(struct talk_line *l, const char **ret_why)
{
	const char *p = l->text;
	json_error_t err;

	*ret_why = "behind it stand words, or a JSON object, or 'after MS' and one of them";
	l->ms = 0;
	if (strncmp(p, "after ", 6) == 0) {
		p = skip(p + 6);
		l->ms = take_number(&p);
	}
	if (*p == '{') {
		l->json = json_loads(p, 0, &err);
		if (!l->json)
			return -1;
		p = "";
	} else if (!*p) {
		return -1;
	}
	memmove(l->text, p, strlen(p) + 1);
	return l->ms < 0 ? -1 : 0;
}

/* What the text of a line has to be. */
static int parse_rest(struct talk_line *l, const char **ret_why)
{
	json_error_t err;

	*ret_why = "there is nothing behind the word";
	switch (l->kind) {
	case TALK_COUGH:
	case TALK_MUMBLE:
	case TALK_HANGUP:
	case TALK_SILENCE:
		*ret_why = "nothing may stand behind it";
		return l->text[0] ? -1 : 0;
	case TALK_MODEL:
		return parse_model(l, ret_why);
	case TALK_TOOL:
		return l->text[0] ? parse_tool(l, ret_why) : -1;
	case TALK_RESULT:
	case TALK_CALL:
	case TALK_SESSION:
		*ret_why = "a JSON object has to stand behind it";
		l->json = json_loads(l->text, 0, &err);
		return json_is_object(l->json) ? 0 : -1;
	case TALK_AMD:
		*ret_why = "it is no word of a rule for amd";
		return scenario_verdict(l->text) ? 0 : -1;
	case TALK_KEYS:
	case TALK_PRESS:
		*ret_why = "keys are 0-9 * # A-D";
		return l->text[0] && strspn(l->text, "0123456789*#ABCD") == strlen(l->text) ? 0
											    : -1;
	default:
		return l->text[0] ? 0 : -1;
	}
}

/* The word a line begins with; *ret what is behind it. */
static int kind_of(const char *p, const char **ret)
{
	for (size_t k = TALK_SCENARIO; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);

		if (strncmp(p, words[k], n) == 0 && strchr(": \t0123456789", p[n])) {
			*ret = skip(p + n);
			return (int)k;
		}
	}
	return -1;
}

int talk_parse(struct talk *t, const char *text, const char **ret_why)
{
	const char *p = skip(text);
	struct talk_line *l;
	char line[8192];
	int64_t ms = -1;
	size_t n;
	int kind;

	if (!*p || *p == '#')
		return 1;
	kind = kind_of(p, &p);
	*ret_why = *p == '{' ? "this is JSON and no dialogue: a scenario is given with --scenario"
			     : "no line begins so: see agent(1)";
	if (kind < 0)
		return -1;
	if (kind == TALK_SILENCE || kind == TALK_INTERRUPT) {
		const char *q = *p == ':' && kind == TALK_SILENCE ? skip(p + 1) : p;

		ms = take_number(&q);
		if (ms >= 0)
			p = q;
	}
	if (*p == ':')
		p = skip(p + 1);
	else if (*p && *p != '#')
		return -1;
	snprintf(line, sizeof(line), "%s", *p == '#' && p[-1] != ':' ? "" : p);
	n = strlen(line);
	while (n > 0 && strchr(" \t\r", line[n - 1]))
		line[--n] = '\0';
	l = talk_add(t, (enum talk_kind)kind, line, NULL);
	*ret_why = "no memory";
	if (!l)
		return -1;
	l->ms = ms;
	return parse_rest(l, ret_why);
}

/* A line too long for talk_parse. */
static bool too_long(const char *line)
{
	return strlen(line) > 8000;
}

int talk_read(struct talk *t, const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	int number = 0, status = EXIT_OK;
	const char *why = "";
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f) {
		log_error_errno("cannot read '%s'", path);
		return EXIT_IO;
	}
	while (status == EXIT_OK && (n = getline(&line, &size, f)) > 0) {
		number++;
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		int rc = too_long(line) ? -1 : talk_parse(t, line, &why);

		if (rc < 0) {
			log_error("cannot read '%s': line %d: %s", path, number,
				too_long(line) ? "too long" : why);
			status = EXIT_DATA;
		} else if (rc == 0) {
			t->line[t->n - 1].number = number;
		}
	}
	if (status == EXIT_OK && ferror(f)) {
		log_error_errno("cannot read '%s'", path);
		status = EXIT_IO;
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return status;
}

static char *compact(const json_t *json)
{
	return json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;
}

void talk_print(const struct talk_line *l, char *buf, size_t size)
{
	char *json = compact(l->json);
	const char *word = words[l->kind], *text = l->text ? l->text : "";

	if (l->kind == TALK_SILENCE && l->ms >= 0)
		snprintf(buf, size, "%s: %lld", word, (long long)l->ms);
	else if (l->kind == TALK_COUGH || l->kind == TALK_MUMBLE || l->kind == TALK_HANGUP ||
		l->kind == TALK_SILENCE)
		snprintf(buf, size, "%s", word);
	else if (l->kind == TALK_INTERRUPT && l->ms >= 0)
		snprintf(buf, size, "%s %lld: %s", word, (long long)l->ms, text);
	else if (l->kind == TALK_MODEL && l->ms > 0)
		snprintf(
			buf, size, "%s: after %lld %s", word, (long long)l->ms, json ? json : text);
	else if (l->kind == TALK_TOOL)
		snprintf(buf, size, "%s: %s%s%s", word, text, json ? " " : "", json ? json : "");
	else
		snprintf(buf, size, "%s: %s", word, json ? json : text);
	free(json);
}
