/* openai: chat completions, of OpenAI and of all who speak like it. */
#include <stdio.h>
#include <string.h>

#include "codec/jline.h"
#include "model/engine.h"
#include "model/write.h"

/* ---- the request ---- */

static void add_calls(struct dynbuf *b, const struct chat_message *m)
{
	dynbuf_adds(b, ",\"tool_calls\":[");
	for (size_t i = 0; i < m->calls; i++) {
		dynbuf_adds(b, i ? ",{" : "{");
		jline_add_str(b, "id", m->call[i].id);
		dynbuf_adds(b, ",\"type\":\"function\",\"function\":{");
		jline_add_str(b, "name", m->call[i].name);
		jline_add_str(b, "arguments", m->call[i].arguments);
		dynbuf_adds(b, "}}");
	}
	dynbuf_adds(b, "]");
}

static void add_results(
	struct dynbuf *b, const struct chat *c, const struct chat_message *m, struct dynbuf *text)
{
	for (size_t i = 0; i < m->calls; i++) {
		dynbuf_adds(b, ",{\"role\":\"tool\"");
		jline_add_str(b, "tool_call_id", m->call[i].id);
		write_result(c, m->call[i].id, text);
		jline_add_str(b, "content", text->p);
		dynbuf_adds(b, "}");
	}
}

static void add_system(struct dynbuf *b, const struct model *m, const struct model_question *q,
	struct dynbuf *text)
{
	if (!*q->chat->system && (!q->schema || m->schema))
		return;
	dynbuf_adds(text, q->chat->system);
	if (q->schema && !m->schema)
		write_schema_text(text, q->schema);
	dynbuf_adds(b, "{\"role\":\"system\"");
	jline_add_str(b, "content", text->p);
	dynbuf_adds(b, "}");
}

static void add_messages(struct dynbuf *b, const struct model *m, const struct model_question *q)
{
	struct write_walk walk = {.chat = q->chat};
	struct dynbuf text;

	dynbuf_init(&text, MODEL_REQUEST_MAX);
	dynbuf_adds(b, ",\"messages\":[");
	add_system(b, m, q, &text);
	while (write_next(&walk, &text)) {
		dynbuf_adds(b, b->p[b->n - 1] == '[' ? "{" : ",{");
		jline_add_str(b, "role", walk.role == CHAT_USER ? "user" : "assistant");
		if (text.n > 0)
			jline_add_str(b, "content", text.p);
		else
			dynbuf_adds(b, ",\"content\":null");
		if (walk.calls)
			add_calls(b, walk.calls);
		dynbuf_adds(b, "}");
		if (walk.calls)
			add_results(b, q->chat, walk.calls, &text);
	}
	dynbuf_adds(b, "]");
	if (dynbuf_failed(&text))
		b->failed = true;
	dynbuf_free(&text);
}

static void add_tools(struct dynbuf *b, const struct model_question *q)
{
	const struct chat *c = q->chat;

	if (c->tools == 0)
		return;
	dynbuf_adds(b, ",\"tools\":[");
	for (size_t i = 0; i < c->tools; i++) {
		dynbuf_addf(b, "%s{\"type\":\"function\",\"function\":{", i ? "," : "");
		jline_add_str(b, "name", c->tool[i].name);
		jline_add_str(b, "description", c->tool[i].description);
		dynbuf_addf(b, ",\"parameters\":%s}}", c->tool[i].schema);
	}
	dynbuf_adds(b, "]");
	if (q->no_tools || q->schema)
		jline_add_str(b, "tool_choice", "none");
}

static void add_format(struct dynbuf *b, const struct model *m, const struct model_question *q)
{
	if (!q->schema)
		return;
	if (!m->schema) {
		dynbuf_adds(b, ",\"response_format\":{\"type\":\"json_object\"}");
		return;
	}
	dynbuf_adds(b, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{");
	jline_add_str(b, "name", q->schema_name ? q->schema_name : "answer");
	jline_add_bool(b, "strict", write_strict(q->schema));
	dynbuf_adds(b, ",\"schema\":");
	write_json(b, q->schema);
	dynbuf_adds(b, "}}");
}

/* What stays the same from question to question stands first, the conversation last: what is equal is a beginning. */
static int request(const struct model *m, const struct model_question *q, struct dynbuf *ret)
{
	dynbuf_adds(ret, "{");
	jline_add_str(ret, "model", m->model);
	dynbuf_adds(ret, ",\"stream\":true");
	if (!json_object_get(m->parameters, "stream_options"))
		dynbuf_adds(ret, ",\"stream_options\":{\"include_usage\":true}");
	jline_add_int(ret, m->limit, q->max_output > 0 ? q->max_output : m->max_output);
	write_parameters(ret, m->parameters, NULL);
	add_tools(ret, q);
	add_format(ret, m, q);
	add_messages(ret, m, q);
	dynbuf_adds(ret, "}");
	return dynbuf_failed(ret) ? -1 : 0;
}

static const char *path(const struct model *m)
{
	return "/chat/completions";
}

/* ---- the stream ---- */

/* Which call this is a piece of: id and name may be missing, and the same twice; the index too: then it is the position in
 * its list. */
static struct reply_call *find_call(
	struct reply *r, int64_t index, const char *id, const char *name)
{
	struct reply_call *call = reply_find_call(r, index);
	bool named = call && *call->name && *name;

	if (call && *id && strcmp(call->id, id) == 0)
		return call;
	for (size_t i = 0; *id && !*name && i < r->calls; i++)
		if (strcmp(r->call[i].id, id) == 0)
			return &r->call[i];
	/* Another id is another call, as is a whole one behind a whole one. */
	if (!call || (*id ? *call->id || named : named && call->arguments.n > 0))
		return reply_new_call(r, index);
	return call;
}

static void read_call(struct reply *r, const json_t *v, size_t position)
{
	const json_t *function = json_object_get(v, "function"), *index, *arguments;
	char id[CHAT_NAME_MAX], name[CHAT_NAME_MAX];

	if (!json_is_object(v)) {
		r->skipped++;
		return;
	}
	index = json_object_get(v, "index");
	if (!index)
		index = json_object_get(function, "index"); /* Ollama's own form */
	snprintf(id, sizeof(id), "%s", reply_string(v, "id"));
	snprintf(name, sizeof(name), "%s", reply_string(function, "name"));
	struct reply_call *call = find_call(r,
		json_is_integer(index) ? json_integer_value(index) : (int64_t)position, id, name);
	if (!call)
		return;
	if (!*call->id)
		snprintf(call->id, sizeof(call->id), "%s", id);
	if (!*call->name)
		snprintf(call->name, sizeof(call->name), "%s", name);
	arguments = json_object_get(function, "arguments");
	if (json_is_string(arguments)) {
		reply_add_arguments(
			r, call, json_string_value(arguments), json_string_length(arguments));
	} else if (json_is_object(arguments)) {
		char *text = json_dumps(arguments, JSON_COMPACT | JSON_REAL_PRECISION(15));
		if (text)
			reply_add_arguments(r, call, text, strlen(text));
		free(text);
	}
}

static void read_stop(struct reply *r, const char *reason)
{
	if (!reason || r->stop != REPLY_GOING)
		return;
	if (strcmp(reason, "length") == 0)
		r->stop = REPLY_LENGTH;
	else if (strcmp(reason, "content_filter") == 0)
		r->stop = REPLY_REFUSED;
	else
		r->stop = REPLY_STOP;
}

/* A content is a string, null, or (Mistral) a list of parts, of which those of type text are words. */
static void read_content(struct reply *r, const json_t *content)
{
	size_t i;
	const json_t *part;

	if (json_is_string(content))
		reply_add_words(r, json_string_value(content), json_string_length(content));
	json_array_foreach(content, i, part) {
		const json_t *text = json_object_get(part, "text");
		if (strcmp(reply_string(part, "type"), "text") == 0 && json_is_string(text))
			reply_add_words(r, json_string_value(text), json_string_length(text));
	}
}

static void read_choice(struct reply *r, const json_t *choice)
{
	const json_t *delta = json_object_get(choice, "delta"), *calls, *call;
	size_t i;

	if (!delta) /* a whole answer, though a stream was asked for */
		delta = json_object_get(choice, "message");
	read_content(r, json_object_get(delta, "content"));
	calls = json_object_get(delta, "tool_calls");
	json_array_foreach(calls, i, call)
		read_call(r, call, i);
	if (json_string_length(json_object_get(delta, "refusal")) > 0)
		r->stop = REPLY_REFUSED;
	read_stop(r, json_string_value(json_object_get(choice, "finish_reason")));
}

static void read_usage(struct reply *r, const json_t *u)
{
	int64_t input, cached;

	if (!json_is_object(u))
		return;
	input = json_integer_value(json_object_get(u, "prompt_tokens"));
	cached = json_integer_value(
		json_object_get(json_object_get(u, "prompt_tokens_details"), "cached_tokens"));
	if (input < 0 || cached < 0 || cached > input)
		cached = 0;
	r->usage.input = max_i64(input - cached, 0);
	r->usage.cached = cached;
	r->usage.output = max_i64(json_integer_value(json_object_get(u, "completion_tokens")), 0);
}

static void event(struct reply *r, const char *name, const char *data, size_t n)
{
	const json_t *choices, *groq;
	json_t *v;

	if (n == 6 && memcmp(data, "[DONE]", 6) == 0) {
		r->ended = true;
		return;
	}
	v = json_loadb(data, n, 0, NULL);
	if (!json_is_object(v)) {
		r->skipped++;
		json_decref(v);
		return;
	}
	reply_fail_by(r, json_object_get(v, "error"));
	choices = json_object_get(v, "choices");
	/* One answer was asked for. */
	if (json_array_size(choices) > 0)
		read_choice(r, json_array_get(choices, 0));
	read_usage(r, json_object_get(v, "usage"));
	groq = json_object_get(v, "x_groq");
	read_usage(r, json_object_get(groq, "usage"));
	reply_fail_by(r, json_object_get(groq, "error"));
	json_decref(v);
}

const struct model_engine model_openai = {
	.name = "openai",
	.url = "https://api.openai.com/v1",
	.auth = PROVIDER_BEARER,
	.limit = "max_tokens",
	.path = path,
	.request = request,
	.event = event,
};
