#include "recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define JOURNAL_MAX (256 << 20) /* bytes: that of a call of days */

void recorded_init(
	struct recorded *r, void (*done)(void *ctx, const struct tool_end *end), void *ctx)
{
	*r = (struct recorded){
		.done = done, .ctx = ctx, .results = json_array(), .started = json_object()};
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

	if (strstr(line, "\"tool-result\"") || strstr(line, "\"session\""))
		record = json_loads(line, 0, NULL);
	data = json_object_get(record, "data");
	type = string(record, "type");
	if (strcmp(type, "tool-result") == 0)
		json_array_append(r->results, data);
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
	json_t *data;
	size_t i;

	json_array_foreach(r->results, i, data) {
		if (strcmp(string(data, "id"), id) == 0) {
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

static void give(struct recorded *r, size_t i)
{
	json_t *data = json_incref(json_array_get(r->results, i));
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
	r->done(r->ctx, &end);
	json_decref(data);
}

void recorded_cancel(struct recorded *r)
{
	for (size_t i = 0; i < json_array_size(r->results);) {
		json_t *data = json_array_get(r->results, i);

		if (status_of(data) == TOOL_CANCELLED &&
			json_object_get(r->started, string(data, "id"))) {
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
		json_t *data = json_array_get(r->results, i);

		if (status_of(data) != TOOL_CANCELLED &&
			json_object_get(r->started, string(data, "id")) &&
			json_integer_value(json_object_get(data, "frames")) <= r->frames) {
			give(r, i);
			i = 0; /* done may have called others */
		} else {
			i++;
		}
	}
}
