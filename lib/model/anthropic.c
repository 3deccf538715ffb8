/* anthropic: Messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/jline.h"
#include "model/engine.h"
#include "model/write.h"

#define CACHE ",\"cache_control\":{\"type\":\"ephemeral\"}"

/* ---- the request ---- */

/* An answer in JSON is a call of a tool that takes such an object. */
static const char *answer_tool(const struct model *m, const struct model_question *q)
{
	if (!q->schema || !m->schema || m->format)
		return NULL;
	return q->schema_name ? q->schema_name : "answer";
}

static void add_text(struct dynbuf *b, const char *text)
{
	dynbuf_adds(b, b->p[b->n - 1] == '[' ? "{" : ",{");
	dynbuf_adds(b, "\"type\":\"text\"");
	jline_add_str(b, "text", text);
	dynbuf_adds(b, "}");
}

static void add_calls(struct dynbuf *b, const struct chat_message *m)
{
	for (size_t i = 0; i < m->calls; i++) {
		dynbuf_adds(b, b->p[b->n - 1] == '[' ? "{" : ",{");
		dynbuf_adds(b, "\"type\":\"tool_use\"");
		jline_add_str(b, "id", m->call[i].id);
		jline_add_str(b, "name", m->call[i].name);
		dynbuf_addf(b, ",\"input\":%s}", m->call[i].arguments);
	}
}

static void add_assistant(struct dynbuf *b, const struct model *model,
	const struct chat_message *calls, const struct dynbuf *text)
{
	dynbuf_adds(b, ",{\"role\":\"assistant\",\"content\":[");
	if (calls && calls->thinking && strcmp(calls->provider, model->name) == 0)
		dynbuf_adds(b, calls->thinking);
	if (text->n > 0)
		add_text(b, text->p);
	if (calls)
		add_calls(b, calls);
	dynbuf_adds(b, "]}");
}

/* The results of calls go together, at the beginning of what the user says next. */
static void add_user(struct dynbuf *b, const struct chat *c, const struct chat_message *calls,
	const struct dynbuf *said)
{
	struct dynbuf text;

	dynbuf_init(&text, CHAT_RESULT_MAX * 2);
	dynbuf_adds(b, b->p[b->n - 1] == '[' ? "{" : ",{");
	dynbuf_adds(b, "\"role\":\"user\",\"content\":[");
	for (size_t i = 0; calls && i < calls->calls; i++) {
		bool failed = write_result(c, calls->call[i].id, &text);
		dynbuf_adds(b, i ? ",{" : "{");
		dynbuf_adds(b, "\"type\":\"tool_result\"");
		jline_add_str(b, "tool_use_id", calls->call[i].id);
		jline_add_str(b, "content", text.p);
		if (failed)
			jline_add_bool(b, "is_error", true);
		dynbuf_adds(b, "}");
	}
	if (said)
		add_text(b, said->p);
	dynbuf_adds(b, "]}");
	dynbuf_free(&text);
}

static void add_messages(struct dynbuf *b, const struct model *m, const struct model_question *q)
{
	struct write_walk walk = {.chat = q->chat};
	const struct chat_message *calls = NULL;
	struct dynbuf text;

	dynbuf_init(&text, MODEL_REQUEST_MAX);
	dynbuf_adds(b, ",\"messages\":[");
	while (write_next(&walk, &text)) {
		if (walk.role == CHAT_USER) {
			add_user(b, q->chat, calls, &text);
			calls = NULL;
			continue;
		}
		if (calls)
			add_user(b, q->chat, calls, NULL);
		/* The first message has to be the user's, even if we spoke first. */
		if (b->p[b->n - 1] == '[')
			dynbuf_adds(b,
				"{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"...\"}]}");
		add_assistant(b, m, walk.calls, &text);
		calls = walk.calls;
	}
	if (calls)
		add_user(b, q->chat, calls, NULL);
	dynbuf_adds(b, "]");
	if (dynbuf_failed(&text))
		b->failed = true;
	dynbuf_free(&text);
}

static void add_system(struct dynbuf *b, const struct model *m, const struct model_question *q)
{
	bool in_words = q->schema && !m->schema;
	struct dynbuf text;

	if (!*q->chat->system && !in_words)
		return;
	dynbuf_init(&text, MODEL_REQUEST_MAX);
	dynbuf_adds(&text, q->chat->system);
	if (in_words)
		write_schema_text(&text, q->schema);
	dynbuf_adds(b, ",\"system\":[{\"type\":\"text\"");
	jline_add_str(b, "text", text.p);
	dynbuf_addf(b, "%s}]", m->cache ? CACHE : "");
	dynbuf_free(&text);
}

static void add_tool(struct dynbuf *b, const char *name, const char *description)
{
	dynbuf_adds(b, b->p[b->n - 1] == '[' ? "{" : ",{");
	jline_add_str(b, "name", name);
	jline_add_str(b, "description", description);
	dynbuf_adds(b, ",\"input_schema\":");
}

static void add_tools(struct dynbuf *b, const struct model *m, const struct model_question *q)
{
	const struct chat *c = q->chat;
	const char *answer = answer_tool(m, q);

	if (c->tools == 0 && !answer)
		return;
	dynbuf_adds(b, ",\"tools\":[");
	for (size_t i = 0; i < c->tools; i++) {
		add_tool(b, c->tool[i].name, c->tool[i].description);
		dynbuf_addf(b, "%s}", c->tool[i].schema);
	}
	if (answer) {
		add_tool(b, answer, "Give the answer.");
		write_json(b, q->schema);
		dynbuf_adds(b, "}],\"tool_choice\":{\"type\":\"tool\"");
		jline_add_str(b, "name", answer);
		dynbuf_adds(b, "}");
	} else {
		dynbuf_addf(b, "]%s",
			q->no_tools || q->schema ? ",\"tool_choice\":{\"type\":\"none\"}" : "");
	}
}

/* Beside what else stands in output_config. */
static void add_format(struct dynbuf *b, const struct model *m, const json_t *schema)
{
	dynbuf_adds(b, ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":");
	write_json(b, schema);
	dynbuf_adds(b, "}");
	write_parameters(b, json_object_get(m->parameters, "output_config"), "format");
	dynbuf_adds(b, "}");
}

static int request(const struct model *m, const struct model_question *q, struct dynbuf *ret)
{
	bool format = q->schema && m->schema && m->format;

	dynbuf_adds(ret, "{");
	jline_add_str(ret, "model", m->model);
	jline_add_int(ret, m->limit, q->max_output > 0 ? q->max_output : m->max_output);
	dynbuf_adds(ret, ",\"stream\":true");
	write_parameters(ret, m->parameters, format ? "output_config" : NULL);
	if (format)
		add_format(ret, m, q->schema);
	if (m->cache)
		dynbuf_adds(ret, CACHE);
	add_tools(ret, m, q);
	add_system(ret, m, q);
	add_messages(ret, m, q);
	dynbuf_adds(ret, "}");
	return dynbuf_failed(ret) ? -1 : 0;
}

/* The base is that of the vendor's own libraries, or the one with a version, as of other vendors. */
static const char *path(const struct model *m)
{
	size_t n = strlen(m->url);

	while (n > 0 && m->url[n - 1] == '/')
		n--;
	return n >= 3 && strncmp(m->url + n - 3, "/v1", 3) == 0 ? "/messages" : "/v1/messages";
}

/* ---- the stream ---- */

static void add_string(struct dynbuf *b, const json_t *v)
{
	if (json_is_string(v))
		dynbuf_add(b, json_string_value(v), json_string_length(v));
}

/* A block that goes back as it came. */
static void keep_block(struct reply *r, const char *json)
{
	if (r->thinking.n > 0)
		dynbuf_adds(&r->thinking, ",");
	dynbuf_adds(&r->thinking, json);
}

static void start_call(struct reply *r, const json_t *block)
{
	const json_t *input = json_object_get(block, "input");
	struct reply_call *call = reply_new_call(r, r->block);

	if (!call) {
		r->kind = REPLY_NO_BLOCK;
		return;
	}
	snprintf(call->id, sizeof(call->id), "%s", reply_string(block, "id"));
	snprintf(call->name, sizeof(call->name), "%s", reply_string(block, "name"));
	/* Whole at once: no deltas come. */
	if (json_object_size(input) > 0) {
		char *text = json_dumps(input, JSON_COMPACT | JSON_REAL_PRECISION(15));
		if (text)
			reply_add_arguments(r, call, text, strlen(text));
		free(text);
	}
}

static void block_start(struct reply *r, const json_t *v)
{
	const json_t *block = json_object_get(v, "content_block");
	const json_t *text = json_object_get(block, "text");
	const char *type = reply_string(block, "type");

	r->block = json_integer_value(json_object_get(v, "index"));
	r->kind = REPLY_NO_BLOCK;
	if (strcmp(type, "text") == 0) {
		r->kind = REPLY_WORDS;
		if (json_is_string(text))
			reply_add_words(r, json_string_value(text), json_string_length(text));
	} else if (strcmp(type, "tool_use") == 0) {
		r->kind = REPLY_CALL;
		start_call(r, block);
	} else if (strcmp(type, "thinking") == 0) {
		r->kind = REPLY_THINKING;
		dynbuf_reset(&r->thought);
		dynbuf_reset(&r->signature);
		add_string(&r->thought, json_object_get(block, "thinking"));
		add_string(&r->signature, json_object_get(block, "signature"));
	} else if (strcmp(type, "redacted_thinking") == 0) {
		char *json = json_dumps(block, JSON_COMPACT);
		if (json)
			keep_block(r, json);
		free(json);
	}
}

static void block_delta(struct reply *r, const json_t *v)
{
	const json_t *delta = json_object_get(v, "delta"), *part;
	const char *type = reply_string(delta, "type");
	struct reply_call *call;

	if (json_integer_value(json_object_get(v, "index")) != r->block)
		return;
	if (r->kind == REPLY_WORDS && strcmp(type, "text_delta") == 0) {
		part = json_object_get(delta, "text");
		if (json_is_string(part))
			reply_add_words(r, json_string_value(part), json_string_length(part));
	} else if (r->kind == REPLY_CALL && strcmp(type, "input_json_delta") == 0) {
		part = json_object_get(delta, "partial_json");
		call = reply_find_call(r, r->block);
		if (call && json_is_string(part))
			reply_add_arguments(
				r, call, json_string_value(part), json_string_length(part));
	} else if (r->kind == REPLY_THINKING && strcmp(type, "thinking_delta") == 0) {
		add_string(&r->thought, json_object_get(delta, "thinking"));
	} else if (r->kind == REPLY_THINKING && strcmp(type, "signature_delta") == 0) {
		add_string(&r->signature, json_object_get(delta, "signature"));
	}
}

static void block_stop(struct reply *r)
{
	struct dynbuf b;

	if (r->kind == REPLY_THINKING) {
		dynbuf_init(&b, REPLY_THINKING_MAX);
		dynbuf_adds(&b, "{\"type\":\"thinking\"");
		jline_add_str(&b, "thinking", r->thought.p);
		jline_add_str(&b, "signature", r->signature.p);
		dynbuf_adds(&b, "}");
		if (!dynbuf_failed(&b) && !dynbuf_failed(&r->thought) &&
			!dynbuf_failed(&r->signature))
			keep_block(r, b.p);
		else
			r->thinking.failed = true; /* a part of it is worse than none */
		dynbuf_free(&b);
	}
	r->kind = REPLY_NO_BLOCK;
	r->block = -1;
}

/* Counts are of the whole answer so far; one that is missing has not changed. */
static void read_usage(struct reply *r, const json_t *u)
{
	const json_t *input = json_object_get(u, "input_tokens");
	const json_t *made = json_object_get(u, "cache_creation_input_tokens");
	const json_t *cached = json_object_get(u, "cache_read_input_tokens");
	const json_t *output = json_object_get(u, "output_tokens");

	if (json_is_integer(input))
		r->usage.input = max_i64(json_integer_value(input), 0) +
			max_i64(json_integer_value(made), 0);
	if (json_is_integer(cached))
		r->usage.cached = max_i64(json_integer_value(cached), 0);
	if (json_is_integer(output))
		r->usage.output = max_i64(json_integer_value(output), 0);
}

static void read_stop(struct reply *r, const char *reason)
{
	if (!*reason || r->stop != REPLY_GOING)
		return;
	if (strcmp(reason, "max_tokens") == 0 ||
		strcmp(reason, "model_context_window_exceeded") == 0)
		r->stop = REPLY_LENGTH;
	else if (strcmp(reason, "refusal") == 0)
		r->stop = REPLY_REFUSED;
	else
		r->stop = REPLY_STOP;
}

static void event(struct reply *r, const char *name, const char *data, size_t n)
{
	json_t *v = json_loadb(data, n, 0, NULL);
	const char *type = reply_string(v, "type");

	if (!json_is_object(v)) {
		r->skipped++;
	} else if (strcmp(type, "content_block_delta") == 0) {
		block_delta(r, v);
	} else if (strcmp(type, "content_block_start") == 0) {
		block_start(r, v);
	} else if (strcmp(type, "content_block_stop") == 0) {
		block_stop(r);
	} else if (strcmp(type, "message_start") == 0) {
		read_usage(r, json_object_get(json_object_get(v, "message"), "usage"));
	} else if (strcmp(type, "message_delta") == 0) {
		read_usage(r, json_object_get(v, "usage"));
		read_stop(r, reply_string(json_object_get(v, "delta"), "stop_reason"));
	} else if (strcmp(type, "message_stop") == 0) {
		r->ended = true;
	} else if (strcmp(type, "error") == 0 || json_object_get(v, "error")) {
		reply_fail_by(r, json_object_get(v, "error"));
	}
	json_decref(v);
}

const struct model_engine model_anthropic = {
	.name = "anthropic",
	.url = "https://api.anthropic.com/v1",
	.auth = PROVIDER_HEADER,
	.auth_header = "x-api-key",
	.limit = "max_tokens",
	.header = {"anthropic-version", "2023-06-01"},
	.path = path,
	.request = request,
	.answer = answer_tool,
	.event = event,
};
