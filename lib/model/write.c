#include "model/write.h"

#include <stdlib.h>
#include <string.h>

#include "codec/jline.h"

static void add_user(struct dynbuf *b, const struct chat_message *m)
{
	if (b->n > 0)
		dynbuf_adds(b, "\n");
	if (m->note)
		dynbuf_addf(b, "<note>\n%s\n</note>\n", m->note);
	dynbuf_adds(b, *m->text || m->note ? m->text : "...");
}

static bool says_nothing(const struct chat_message *m)
{
	return m->role == CHAT_RESULT || (m->role == CHAT_ASSISTANT && !*m->text && m->calls == 0);
}

bool write_next(struct write_walk *w, struct dynbuf *text)
{
	const struct chat *c = w->chat;
	bool any = false;

	dynbuf_reset(text);
	w->calls = NULL;
	for (; w->next < c->messages && !w->calls; w->next++) {
		const struct chat_message *m = &c->message[w->next];
		if (says_nothing(m))
			continue;
		if (any && m->role != w->role)
			break;
		if (!any && m->role == CHAT_USER && w->next == 0 && c->summary)
			dynbuf_addf(text, "<summary>\n%s\n</summary>", c->summary);
		any = true;
		w->role = m->role;
		if (m->role == CHAT_USER) {
			add_user(text, m);
		} else {
			dynbuf_addf(text, "%s%s", text->n > 0 && *m->text ? " " : "", m->text);
			w->calls = m->calls ? m : NULL;
		}
	}
	return any;
}

bool write_result(const struct chat *c, const char *call_id, struct dynbuf *text)
{
	dynbuf_reset(text);
	for (size_t i = c->messages; i > 0; i--) {
		const struct chat_message *m = &c->message[i - 1];
		if (m->role != CHAT_RESULT || strcmp(m->call_id, call_id) != 0)
			continue;
		dynbuf_adds(text, *m->text ? m->text : "done, without a result");
		return m->failed;
	}
	dynbuf_adds(text, "the call was not made");
	return true;
}

void write_json(struct dynbuf *b, const json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	if (text)
		dynbuf_adds(b, text);
	else
		b->failed = true;
	free(text);
}

void write_parameters(struct dynbuf *b, const json_t *parameters, const char *but)
{
	const char *key;
	json_t *v;

	/* json_object_foreach takes what it does not change as json_t *. */
	void *p = json_object_iter((json_t *)(uintptr_t)parameters);
	for (; p; p = json_object_iter_next((json_t *)(uintptr_t)parameters, p)) {
		key = json_object_iter_key(p);
		v = json_object_iter_value(p);
		if (json_is_null(v) || (but && strcmp(key, but) == 0))
			continue;
		dynbuf_adds(b, ",");
		jline_add_quoted(b, key, strlen(key));
		dynbuf_adds(b, ":");
		write_json(b, v);
	}
}

void write_schema_text(struct dynbuf *b, const json_t *schema)
{
	dynbuf_addf(b,
		"%sAnswer with one JSON object and nothing else. It has to be valid for this JSON "
		"schema:\n",
		b->n > 0 ? "\n\n" : "");
	write_json(b, schema);
}

static bool has(const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));
		if (s && strcmp(s, name) == 0)
			return true;
	}
	return false;
}

bool write_strict(const json_t *schema)
{
	const json_t *properties = json_object_get(schema, "properties");
	const json_t *items = json_object_get(schema, "items");
	const char *key;
	json_t *v;

	if (items && !write_strict(items))
		return false;
	if (!properties)
		return true;
	if (!json_is_false(json_object_get(schema, "additionalProperties")))
		return false;
	json_object_foreach((json_t *)(uintptr_t)properties, key, v)
		if (!has(json_object_get(schema, "required"), key) || !write_strict(v))
			return false;
	return true;
}
