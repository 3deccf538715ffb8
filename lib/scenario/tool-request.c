#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/tool.h"

size_t tool_brace(const char *s, char ret[SCENARIO_NAME_MAX])
{
	size_t n;

	if (*s != '{')
		return 0;
	n = strspn(s + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	if (n == 0 || n >= SCENARIO_NAME_MAX || s[1 + n] != '}')
		return 0;
	memcpy(ret, s + 1, n);
	ret[n] = '\0';
	return n + 2;
}

int tool_text(struct dynbuf *b, json_t *value)
{
	char *text;
	int rc;

	if (!value || json_is_null(value))
		return 0;
	if (json_is_string(value))
		return dynbuf_add(b, json_string_value(value), json_string_length(value));
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	rc = text ? dynbuf_adds(b, text) : -1;
	free(text);
	return rc;
}

/* Everything but RFC 3986's unreserved characters. */
static void encode(struct dynbuf *b, const char *s, size_t n)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (; n > 0; s++, n--) {
		if (*s && strchr(plain, *s))
			dynbuf_add(b, s, 1);
		else
			dynbuf_addf(b, "%%%02X", (unsigned char)*s);
	}
}

static int encode_value(struct dynbuf *b, json_t *value)
{
	struct dynbuf text;
	int rc;

	dynbuf_init(&text, TOOL_BODY_MAX);
	rc = tool_text(&text, value);
	encode(b, text.p, text.n);
	dynbuf_free(&text);
	return rc;
}

/* ---- the path ---- */

/* What a segment of a path cannot have in it, however it is encoded. NULL: it is fine. */
static const char *segment_mistake(json_t *value)
{
	const char *s = json_string_value(value);

	if (!s)
		return value && !json_is_null(value) ? NULL : "is missing";
	if (!*s)
		return "is empty";
	for (; *s; s++) {
		if (*s == '/' || *s == '\\')
			return "cannot have a slash in it here";
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return "cannot have a control character in it here";
	}
	return NULL;
}

static int refuse(const char *name, const char *what, char *why, size_t why_size)
{
	snprintf(why, why_size, "the argument '%s' %s", name, what);
	return -1;
}

/* The template with its arguments. What a slash or the end finishes is a segment. */
static int make_url(const struct scenario_http *http, json_t *arguments, struct dynbuf *url,
	char *why, size_t why_size)
{
	char name[SCENARIO_NAME_MAX] = "", last[SCENARIO_NAME_MAX] = "";
	const char *p = http->url + strlen(http->origin), *wrong;
	size_t segment, n;
	bool path = true;

	dynbuf_adds(url, http->origin);
	segment = url->n;
	for (;; p += n) {
		if (path && (!*p || *p == '/' || *p == '?')) {
			const char *made = url->p + segment;
			if (*last && (strcmp(made, ".") == 0 || strcmp(made, "..") == 0))
				return refuse(last, "cannot be dots alone", why, why_size);
			segment = url->n + 1;
			*last = '\0';
			path = *p != '?';
		}
		if (!*p)
			return 0;
		n = tool_brace(p, name);
		if (!n) {
			n = 1;
			dynbuf_add(url, p, 1);
			continue;
		}
		json_t *value = json_object_get(arguments, name);
		wrong = path ? segment_mistake(value) : NULL;
		if (wrong)
			return refuse(name, wrong, why, why_size);
		memcpy(last, name, sizeof(last));
		if (encode_value(url, value) < 0)
			return -1;
	}
}

/* ---- query and form ---- */

/* A string that is one argument and nothing else: that. *ret_is: is it? */
static json_t *whole(const char *s, json_t *arguments, bool *ret_is)
{
	char name[SCENARIO_NAME_MAX];
	size_t n = s ? tool_brace(s, name) : 0;

	*ret_is = n > 0 && !s[n];
	return *ret_is ? json_object_get(arguments, name) : NULL;
}

/* A string with arguments in it. */
static int fill(struct dynbuf *b, const char *s, json_t *arguments)
{
	char name[SCENARIO_NAME_MAX];
	size_t n;

	for (; *s; s += n) {
		n = tool_brace(s, name);
		if (n && tool_text(b, json_object_get(arguments, name)) < 0)
			return -1;
		if (!n) {
			n = 1;
			dynbuf_add(b, s, 1);
		}
	}
	return dynbuf_failed(b) ? -1 : 0;
}

static int add_pair(struct dynbuf *b, char *separator, const char *name, json_t *value)
{
	if (*separator)
		dynbuf_add(b, separator, 1);
	*separator = '&';
	encode(b, name, strlen(name));
	dynbuf_adds(b, "=");
	return encode_value(b, value);
}

/* An argument that is not there is left out; each item of an array is a pair. */
static int add_field(
	struct dynbuf *b, char *separator, const char *name, json_t *value, json_t *arguments)
{
	const char *s = json_string_value(value);
	struct dynbuf text;
	json_t *item, *made;
	bool is;
	int rc = 0;

	item = whole(s, arguments, &is);
	if (is && (!item || json_is_null(item)))
		return 0;
	if (is && json_is_array(item)) {
		for (size_t i = 0; rc == 0 && i < json_array_size(item); i++)
			rc = add_pair(b, separator, name, json_array_get(item, i));
		return rc;
	}
	if (is || !s)
		return add_pair(b, separator, name, is ? item : value);
	dynbuf_init(&text, TOOL_BODY_MAX);
	rc = fill(&text, s, arguments);
	made = rc == 0 ? json_stringn(text.p, text.n) : NULL;
	rc = made ? add_pair(b, separator, name, made) : -1;
	json_decref(made);
	dynbuf_free(&text);
	return rc;
}

static int add_fields(struct dynbuf *b, char separator, json_t *fields, json_t *arguments)
{
	const char *name;
	json_t *value;

	json_object_foreach(fields, name, value) {
		if (add_field(b, &separator, name, value, arguments) < 0)
			return -1;
	}
	return 0;
}

/* ---- JSON ---- */

static json_t *make_json(json_t *template, json_t *arguments);

static json_t *make_object(json_t *template, json_t *arguments)
{
	json_t *all = json_object(), *value;
	const char *key;
	bool is;

	json_object_foreach(template, key, value) {
		json_t *argument = whole(json_string_value(value), arguments, &is);
		if (is && !argument)
			continue; /* an optional one that is not there */
		if (json_object_set_new(all, key, make_json(value, arguments)) < 0) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

static json_t *make_array(json_t *template, json_t *arguments)
{
	json_t *all = json_array(), *value;
	size_t i;

	json_array_foreach(template, i, value) {
		if (json_array_append_new(all, make_json(value, arguments)) < 0) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

/* A new reference. NULL: no memory, or too long. */
static json_t *make_json(json_t *template, json_t *arguments)
{
	const char *s = json_string_value(template);
	struct dynbuf text;
	json_t *value;
	bool is;

	if (json_is_object(template))
		return make_object(template, arguments);
	if (json_is_array(template))
		return make_array(template, arguments);
	value = whole(s, arguments, &is);
	if (is)
		return value ? json_incref(value) : json_null();
	if (!s)
		return json_incref(template);
	dynbuf_init(&text, TOOL_BODY_MAX);
	value = fill(&text, s, arguments) == 0 ? json_stringn(text.p, text.n) : NULL;
	dynbuf_free(&text);
	return value;
}

static int make_body(const struct scenario_http *http, json_t *arguments, struct tool_request *q)
{
	json_t *made;
	char *text;

	if (http->form) {
		q->type = "application/x-www-form-urlencoded";
		return add_fields(&q->body, '\0', http->form, arguments);
	}
	if (!http->body)
		return 0;
	q->type = "application/json";
	made = json_is_true(http->body) ? json_incref(arguments) : make_json(http->body, arguments);
	text = json_dumps(made, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(made);
	if (text)
		dynbuf_adds(&q->body, text);
	free(text);
	return text ? 0 : -1;
}

int tool_request(const struct scenario_http *http, json_t *arguments, struct tool_request *ret,
	char *why, size_t why_size)
{
	snprintf(why, why_size, "the request is too long");
	*ret = (struct tool_request){0};
	dynbuf_init(&ret->url, TOOL_URL_MAX);
	dynbuf_init(&ret->body, TOOL_BODY_MAX);
	if (make_url(http, arguments, &ret->url, why, why_size) < 0 ||
		add_fields(&ret->url, strchr(http->url, '?') ? '&' : '?', http->query, arguments) <
			0 ||
		make_body(http, arguments, ret) < 0)
		return -1;
	return dynbuf_failed(&ret->url) || dynbuf_failed(&ret->body) ? -1 : 0;
}

void tool_request_free(struct tool_request *q)
{
	dynbuf_free(&q->url);
	dynbuf_free(&q->body);
}
