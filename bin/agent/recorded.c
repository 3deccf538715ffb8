#include "recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define JOURNAL_MAX (256 << 20) /* bytes: that of a call of days */

bool recorded_is_answer(const char *type)
{
	static const char *const types[] = {
		"model-wait", "model-token", "model-text", "model-result"};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

void recorded_init(struct recorded *r, void (*done)(void *ctx, const struct tool_end *end),
	void (*answer)(void *ctx, const char *type, json_t *data), void *ctx)
{
	*r = (struct recorded){.done = done,
		.answer = answer,
		.ctx = ctx,
		.results = json_array(),
		.started = json_object()};
}

void recorded_free(struct recorded *r)
{
	json_decref(r->results);
	json_decref(r->started);
	json_decref(r->session);
}

static const char *string(json_t *data, const char *key)
{
	const char *s = json_string_value(json_object_get(data, key));

	return s ? s : "";
}

/* A line of the journal; most are of no interest. */
static void take_line(struct recorded *r, const char *line)
{
	json_t *record = NULL, *data;
	const char *type;

	if (strstr(line, "\"tool-result\"") || strstr(line, "\"session\"") ||
		strstr(line, "\"model-"))
		record = json_loads(line, 0, NULL);
	data = json_object_get(record, "data");
	type = string(record, "type");
	if (strcmp(type, "tool-result") == 0 || recorded_is_answer(type))
		json_array_append(r->results, record);
	else if (strcmp(type, "session") == 0 && !r->session)
		r->session = json_incref(data);
	json_decref(record);
}

int recorded_load(struct recorded *r, const char *dir)
{
	char path[PATH_MAX], *text, *save, *line;
	size_t n;

	if (format_path(path, "%s/events.jsonl", dir) < 0 ||
		read_file(path, JOURNAL_MAX, &text, &n) < 0) {
		log_error_errno("cannot read '%s/events.jsonl'", dir);
		return EXIT_IO;
	}
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(r, line);
	free(text);
	return EXIT_OK;
}

int recorded_start(struct recorded *r, const char *id)
{
	json_t *record;
	size_t i;

	json_array_foreach(r->results, i, record) {
		if (strcmp(string(json_object_get(record, "data"), "id"), id) == 0) {
			json_object_set_new(r->started, id, json_true());
			return 0;
		}
	}
	errno = ENOENT;
	return -1;
}

static enum tool_status status_of(json_t *data)
{
	for (int s = TOOL_OK; s <= TOOL_CANCELLED; s++)
		if (strcmp(string(data, "status"), tool_status_name((enum tool_status)s)) == 0)
			return (enum tool_status)s;
	return TOOL_FAILED;
}

/* A question that was given up: whoever asks does so again. */
static bool is_given_up(json_t *record)
{
	return recorded_is_answer(string(record, "type")) &&
		strcmp(string(json_object_get(record, "data"), "how"), "cancelled") == 0;
}

static bool is_cancelled(json_t *record)
{
	return !recorded_is_answer(string(record, "type")) &&
		status_of(json_object_get(record, "data")) == TOOL_CANCELLED;
}

static void give(struct recorded *r, size_t i)
{
	json_t *record = json_incref(json_array_get(r->results, i)),
	       *data = json_object_get(record, "data");
	const char *type = string(record, "type");
	struct tool_end end = {
		.id = string(data, "id"),
		.status = status_of(data),
		.result = json_object_get(data, "result"),
		.ms = json_integer_value(json_object_get(data, "ms")),
		.late = json_is_true(json_object_get(data, "late")),
		.why = string(data, "error"),
		.code = (int)json_integer_value(json_object_get(data, "code")),
		.more = json_is_true(json_object_get(data, "more")),
	};

	json_array_remove(r->results, i);
	if (recorded_is_answer(type))
		r->answer(r->ctx, type, data);
	else
		r->done(r->ctx, &end);
	json_decref(record);
}

void recorded_cancel(struct recorded *r)
{
	for (size_t i = 0; i < json_array_size(r->results);) {
		json_t *record = json_array_get(r->results, i),
		       *data = json_object_get(record, "data");

		if (is_cancelled(record) && json_object_get(r->started, string(data, "id"))) {
			give(r, i);
			i = 0;
		} else {
			i++;
		}
	}
}

void recorded_deliver(struct recorded *r)
{
	for (size_t i = 0; i < json_array_size(r->results);) {
		json_t *record = json_array_get(r->results, i),
		       *data = json_object_get(record, "data");

		if (!is_cancelled(record) && !is_given_up(record) &&
			json_object_get(r->started, string(data, "id")) &&
			json_integer_value(json_object_get(data, "frames")) <= r->frames) {
			give(r, i);
			i = 0; /* done may have called others */
		} else {
			i++;
		}
	}
}
