/* What a service is asked: the vendor's own request, with what is set for a phrase. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"

static const char *const format_names[] = {[NETWORK_WAV] = "wav",
	[NETWORK_PCM] = "pcm",
	[NETWORK_ULAW] = "ulaw",
	[NETWORK_ALAW] = "alaw"};

static bool has_word(const char *words, const char *word, size_t n)
{
	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");

		if (length == n && strncmp(at, word, n) == 0)
			return true;
		at += length;
	}
	return false;
}

/* "pcm", or with a rate "pcm_24000"; of the vendor's formats. */
static int read_format(const struct network_vendor *vendor, const char *text, struct network_say *s,
	char why[WHY_MAX])
{
	size_t n = strcspn(text, "_"), i = 0;
	int64_t rate_hz;

	while (i < ARRAY_LEN(format_names) &&
		(strlen(format_names[i]) != n || strncmp(text, format_names[i], n) != 0))
		i++;
	if (i == ARRAY_LEN(format_names) || !has_word(vendor->formats, text, n)) {
		snprintf(
			why, WHY_MAX, "there is no format '%.40s', but: %s", text, vendor->formats);
		return -1;
	}
	s->format = (enum network_format)i;
	s->rate_hz = s->format == NETWORK_ULAW || s->format == NETWORK_ALAW ? 8000 /* G.711 */
		: s->format == NETWORK_PCM && vendor->pcm_hz                ? vendor->pcm_hz
									    : s->voice->rate_hz;
	if (!text[n])
		return 0;
	if (parse_int(text + n + 1, 8000, 192000, &rate_hz) < 0) {
		snprintf(why, WHY_MAX, "the rate of format '%.40s' is not within 8000 to 192000",
			text);
		return -1;
	}
	s->rate_hz = (int)rate_hz;
	return 0;
}

static int format_of(const struct engine *e, struct network_say *s, char why[WHY_MAX])
{
	const char *formats = e->vendor->formats;
	char text[SETTING_MAX];

	if (setting_get(s->voice, e->name, s->voice->format ? s->voice->format : "", text) < 0)
		text[0] = '\0';
	if (!*text)
		snprintf(text, sizeof text, "%.*s", (int)strcspn(formats, " "), formats);
	return read_format(e->vendor, text, s, why);
}

static int too_long(char why[WHY_MAX])
{
	snprintf(why, WHY_MAX, "the name of its voice or model is too long");
	return -1;
}

int network_say(const struct engine *e, const struct voice *v, const struct phrase *p, int way,
	struct network_say *s, char why[WHY_MAX])
{
	const struct network_vendor *vendor = e->vendor;

	*s = (struct network_say){.voice = v, .phrase = p, .way = way};
	if (setting_voice(v, e->name, p, vendor->voices ? vendor->voices : "", s->name) < 0 ||
		setting_get(v, e->name, v->model ? v->model : "", s->model) < 0)
		return too_long(why);
	if (!*s->name && vendor->voice)
		snprintf(s->name, sizeof s->name, "%s", vendor->voice);
	if (!*s->model && vendor->model)
		snprintf(s->model, sizeof s->model, "%s", vendor->model);
	if (v->speed != 0 && (v->speed < vendor->speed_least || v->speed > vendor->speed_most)) {
		snprintf(why, WHY_MAX, "%s speaks at a speed of %g to %g", e->name,
			vendor->speed_least, vendor->speed_most);
		return -1;
	}
	return format_of(e, s, why);
}

void network_model(const struct engine *e, const struct voice *v, const struct phrase *p,
	char ret[SETTING_MAX])
{
	struct network_say s;
	char why[WHY_MAX];

	ret[0] = '\0';
	if (e->vendor && network_say(e, v, p, 0, &s, why) == 0)
		memcpy(ret, *s.model ? s.model : s.name, SETTING_MAX);
}

/* A parameter as a value of a query; objects and lists are none. */
static int add_query(struct dynbuf *path, const char *name, const json_t *value)
{
	char number[64] = "";

	if (json_is_integer(value))
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(number, sizeof number, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
	else if (!json_is_string(value))
		return 0;
	dynbuf_adds(path, "&");
	if (http_escape(path, name) < 0)
		return -1;
	dynbuf_adds(path, "=");
	return http_escape(path, *number ? number : json_string_value(value));
}

/* null leaves out a member that would be there; an object adds to one that is. */
static int set_member(json_t *body, const char *name, json_t *value)
{
	json_t *there = json_object_get(body, name);

	if (json_is_null(value))
		return json_object_del(body, name), 0;
	if (json_is_object(there) && json_is_object(value))
		return json_object_update(there, value);
	return json_object_set(body, name, value);
}

/* Parameters as they are set. */
static int add_parameters(const struct engine *e, const struct voice *v, struct network_request *r)
{
	json_t *set = json_object_get(v->parameters, e->name), *value;
	const char *name;

	json_object_foreach(set, name, value) {
		int result = 0;

		if (e->vendor->query)
			result = add_query(&r->path, name, value);
		else if (r->body)
			result = set_member(r->body, name, value);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int add_json(const char *p, size_t n, void *ctx)
{
	return dynbuf_add(ctx, p, n);
}

int network_request(const struct engine *e, const struct voice *v, const struct phrase *p, int way,
	struct dynbuf *path, struct dynbuf *body, const char **type, char why[WHY_MAX])
{
	struct network_request r = {0};
	struct network_say s;
	int result;

	if (network_say(e, v, p, way, &s, why) < 0)
		return -1;
	dynbuf_init(&r.path, NETWORK_PATH_MAX);
	snprintf(why, WHY_MAX, "there is no room for its request");
	result = e->vendor->request(&s, &r, why);
	*type = r.plain ? "text/plain; charset=utf-8" : "application/json";
	if (result == 0)
		result = add_parameters(e, v, &r);
	if (result == 0 && r.plain)
		result = dynbuf_adds(body, p->text);
	else if (result == 0) /* nothing, if it could not be made */
		result = json_dump_callback(
			r.body, add_json, body, JSON_COMPACT | JSON_REAL_PRECISION(9));
	if (result == 0)
		result = dynbuf_add(path, r.path.p, r.path.n);
	if (dynbuf_failed(&r.path) || dynbuf_failed(body) || dynbuf_failed(path))
		result = -1;
	json_decref(r.body);
	dynbuf_free(&r.path);
	return result;
}
