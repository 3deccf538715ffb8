#include "call-file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/log.h"
#include "base/utf8.h"

#define FILE_MAX_BYTES 16384 /* as-answer reads no more */
#define VALUE_MAX 256
#define NAME_BYTES_MAX 32

static const char *text(const struct db_row *row, int column)
{
	const char *s = db_loop_cell(row, column).text;

	return s ? s : "";
}

void call_file_read(const struct db_row *row, struct claim *ret)
{
	*ret = (struct claim){.call_id = text(row, 0),
		.phone = text(row, 1),
		.caller_id = text(row, 2),
		.campaign_id = text(row, 3),
		.scenario = text(row, 4),
		.contact_id = text(row, 5),
		.vars = text(row, 6),
		.endpoint = text(row, 7)};
	if (parse_int(text(row, 8), 1, 86400, &ret->ring_s) < 0)
		ret->ring_s = 60;
	if (parse_int(text(row, 9), 1, 864000, &ret->talk_s) < 0)
		ret->talk_s = 3600;
}

json_t *call_file_variables(const struct claim *c)
{
	char talk[32];

	snprintf(talk, sizeof(talk), "%lld", (long long)c->talk_s);
	return json_pack("{ss ss ss ss}", "CALLUUID", c->call_id, "CALLPIPE_CAMPAIGN",
		c->campaign_id, "CALLPIPE_SCENARIO", c->scenario, "CALLPIPE_TALK_S", talk);
}

/* A letter or underscore, and up to 31 of these or digits. */
static bool is_name(const char *s)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	size_t n = strlen(s);

	return n > 0 && n <= NAME_BYTES_MAX && strspn(s, letters) == n &&
		!strchr("0123456789", s[0]);
}

/* A line NAME=VALUE, of a value that is cut between two characters. False: there is no room for it. */
static bool add(struct dynbuf *b, const char *name, const char *value)
{
	size_t n = utf8_cut(value, strlen(value), VALUE_MAX);

	if (!*value || !is_name(name))
		return true;
	if (b->n + strlen(name) + n + 2 > FILE_MAX_BYTES)
		return false;
	dynbuf_addf(b, "%s=", name);
	for (size_t i = 0; i < n; i++)
		dynbuf_addf(
			b, "%c", (unsigned char)value[i] < ' ' || value[i] == 127 ? ' ' : value[i]);
	dynbuf_adds(b, "\n");
	return true;
}

/* How many there was no room for. */
static int add_vars(struct dynbuf *b, const char *vars)
{
	json_t *all = json_loads(vars, 0, NULL), *value;
	const char *key;
	int left_out = 0;

	json_object_foreach(all, key, value) {
		char number[64];

		/* what the dispatcher itself says stands */
		if (strcmp(key, "from") == 0 || strcmp(key, "to") == 0 ||
			strcmp(key, "campaign") == 0 || strcmp(key, "scenario") == 0 ||
			strcmp(key, "contact_id") == 0)
			continue;
		if (json_is_string(value)) {
			left_out += !add(b, key, json_string_value(value));
		} else if (json_is_integer(value)) {
			snprintf(number, sizeof(number), "%lld",
				(long long)json_integer_value(value));
			left_out += !add(b, key, number);
		} else if (json_is_real(value)) {
			snprintf(number, sizeof(number), "%.15g", json_real_value(value));
			left_out += !add(b, key, number);
		} else if (json_is_boolean(value)) {
			left_out += !add(b, key, json_is_true(value) ? "true" : "false");
		}
	}
	json_decref(all);
	return left_out;
}

int call_file_write(const char *dir, const struct claim *c)
{
	char path[PATH_MAX];
	struct dynbuf b;
	int err = -1, left_out = 0;

	if (!dir)
		return 0;
	if (format_path(path, "%s/%s", dir, c->call_id) < 0)
		return -1;
	dynbuf_init(&b, FILE_MAX_BYTES);
	left_out += !add(&b, "from", c->caller_id);
	left_out += !add(&b, "to", c->phone);
	left_out += !add(&b, "campaign", c->campaign_id);
	left_out += !add(&b, "scenario", c->scenario);
	left_out += !add(&b, "contact_id", c->contact_id);
	left_out += add_vars(&b, c->vars);
	if (left_out)
		log_warn("call %s: there is no room for %d variables", c->call_id, left_out);
	if (dynbuf_failed(&b))
		errno = ENOMEM;
	else
		err = replace_file(path, b.p, b.n);
	dynbuf_free(&b);
	return err;
}

void call_file_remove(const char *dir, const char *call_id)
{
	char path[PATH_MAX];

	if (dir && format_path(path, "%s/%s", dir, call_id) == 0)
		unlink(path);
}
