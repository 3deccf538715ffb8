/* A call with a model, played around the engine: what it is asked, what of its answers was heard, what it may do. No
 * network and no time: for agent-converse.c and agent-reach.c.
 */
#ifndef CALLPIPE_TESTS_MODEL_CALL_H
#define CALLPIPE_TESTS_MODEL_CALL_H

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "check.h"
#include "engine.h"
#include "tap.h"

static struct scenario *sc;
static struct engine e;
static int64_t turn;
static struct {
	char id[24];      /* of the question */
	char chat[16384]; /* what it shows */
	bool no_tools, cancelled;
	int n;              /* questions */
	int tools, stopped; /* tools that were started; port.tool_cancel */
	char tool[8][TOOL_ID_MAX], name[8][64], arguments[8][256];
	char said[4096];   /* texts of synthesize, in order */
	char last[32][16]; /* utterances of them */
	int says;
	int state_n, flushes;
	char state[64], end[256], results[1024];
	char model[64]; /* how of the last model-result */
} got;

/* The talk as it is put to the model: "user: .. (note) | bot: .. [call name args] | result: .." */
static inline void show_chat(const struct chat *c)
{
	struct dynbuf b;

	dynbuf_init(&b, sizeof(got.chat));
	for (size_t i = 0; i < c->messages; i++) {
		const struct chat_message *m = &c->message[i];

		dynbuf_addf(&b, "%s%s: %s", i ? " | " : "",
			m->role == CHAT_USER             ? "user"
				: m->role == CHAT_RESULT ? m->failed ? "failed" : "result"
							 : "bot",
			m->text);
		if (m->note)
			dynbuf_addf(&b, "(%s)", m->note);
		for (size_t k = 0; k < m->calls; k++)
			dynbuf_addf(&b, "[%s %s]", m->call[k].name, m->call[k].arguments);
	}
	snprintf(got.chat, sizeof(got.chat), "%s", b.p);
	dynbuf_free(&b);
}

static inline const char *string(json_t *data, const char *key)
{
	const char *s = json_string_value(json_object_get(data, key));

	return s ? s : "";
}

static inline void add(char *to, size_t size, const char *text)
{
	size_t n = strlen(to);

	snprintf(to + n, size - n, "%s%s", n ? " " : "", text);
}

static inline void put(void *ctx, const char *type, json_t *data)
{
	(void)ctx;
	if (strcmp(type, "synthesize") == 0) {
		add(got.said, sizeof(got.said), string(data, "text"));
		snprintf(got.last[got.says++ % 32], 16, "%s", string(data, "utterance"));
	} else if (strcmp(type, "state") == 0) {
		snprintf(got.state, sizeof(got.state), "%s", string(data, "to"));
		got.state_n++;
	} else if (strcmp(type, "hangup") == 0 || strcmp(type, "transfer") == 0) {
		snprintf(got.end, sizeof(got.end), "%s %s %s", type, string(data, "to"),
			string(data, "reason"));
	} else if (strcmp(type, "result") == 0) {
		char *text = json_dumps(data, JSON_COMPACT);
		add(got.results, sizeof(got.results), text);
		free(text);
	} else if (strcmp(type, "model-result") == 0) {
		snprintf(got.model, sizeof(got.model), "%s", string(data, "how"));
	}
	got.flushes += strcmp(type, "flush") == 0;
}

static inline int tool(void *ctx, const struct tool_spec *spec, json_t *arguments)
{
	char *text = json_dumps(arguments, JSON_COMPACT | JSON_SORT_KEYS);
	int i = got.tools++ % 8;

	(void)ctx;
	snprintf(got.tool[i], sizeof(got.tool[i]), "%s", spec->id);
	snprintf(got.arguments[i], sizeof(got.arguments[i]), "%s", text);
	free(text);
	return 0;
}

static inline void ended(const char *id, enum tool_status status, const char *json)
{
	json_t *result = json ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;

	engine_tool_done(&e,
		&(struct tool_end){
			.id = id, .status = status, .result = result, .why = "it would not"});
	json_decref(result);
}

/* Those that are not ended yet: all in this test are found by their places in got. */
static int running_from;

static inline void stop_tools(void *ctx)
{
	(void)ctx;
	got.stopped++;
	for (int i = running_from; i < got.tools; i++) {
		char id[TOOL_ID_MAX];

		memcpy(id, got.tool[i % 8], sizeof(id));
		ended(id, TOOL_CANCELLED, NULL);
	}
	running_from = got.tools;
}

static inline int ask(void *ctx, const struct engine_question *q)
{
	(void)ctx;
	snprintf(got.id, sizeof(got.id), "%s", q->id);
	got.no_tools = q->no_tools;
	got.n++;
	show_chat(q->chat);
	return 0;
}

static inline void ask_cancel(void *ctx)
{
	(void)ctx;
	got.cancelled = true;
}

static inline void nothing(void *ctx)
{
	(void)ctx;
}

static inline void nothing_b(void *ctx, bool b)
{
	(void)ctx;
	(void)b;
}

static inline void begin_again(const char *call, json_t *saved)
{
	struct engine_port port = {.put = put,
		.tool = tool,
		.tool_cancel = stop_tools,
		.ask = ask,
		.ask_cancel = ask_cancel,
		.changed = nothing,
		.resumed = nothing_b};
	json_t *data = json_pack("{s:s,s:s}", "call", call, "from", "+4912345");

	memset(&got, 0, sizeof(got));
	turn = running_from = 0;
	if (engine_init(&e, sc, &port) < 0)
		abort();
	engine_start(&e, data, saved);
	json_decref(data);
}

static inline void begin(const char *call)
{
	begin_again(call, NULL);
}

static inline void end(void)
{
	engine_free(&e);
}

/* ---- what happens in the call ---- */

static inline void event(const char *type, json_t *data)
{
	engine_event(&e, type, data);
	json_decref(data);
}

static inline void at(int64_t ms)
{
	engine_time(&e, ms);
}

/* Utterance n, from 0. */
static inline void playing(int n)
{
	event("playing",
		json_pack(
			"{s:s,s:I}", "utterance", got.last[n], "timestamp", (json_int_t)e.now_ms));
}

static inline void played(int n, const char *status, int64_t heard_ms, int64_t total_ms)
{
	event("played",
		json_pack("{s:s,s:I,s:s,s:I,s:I}", "utterance", got.last[n], "timestamp",
			(json_int_t)e.now_ms, "status", status, "heard_ms", (json_int_t)heard_ms,
			"total_ms", (json_int_t)total_ms));
}

/* All that has been sent is heard to its end. */
static inline void hear_all(int from)
{
	for (int n = from; n < got.says; n++) {
		playing(n);
		at(e.now_ms + 1000);
		played(n, "played", 1000, 1000);
	}
}

static inline void voice(int64_t ms)
{
	event("voice-started",
		json_pack("{s:I,s:I}", "timestamp", (json_int_t)e.now_ms, "turn",
			(json_int_t)++turn));
	at(e.now_ms + ms);
	event("voice-stopped",
		json_pack("{s:I,s:I,s:s}", "timestamp", (json_int_t)e.now_ms, "turn",
			(json_int_t)turn, "cause", "silence"));
}

static inline void words(const char *text)
{
	at(e.now_ms + 200);
	event("transcript",
		json_pack("{s:I,s:s,s:s}", "turn", (json_int_t)turn, "listen", "l1", "text", text));
}

static inline void say(const char *text)
{
	voice(700);
	words(text);
}

/* ---- what the model does ---- */

static inline void model(const char *type, json_t *data)
{
	json_object_set_new(data, "id", json_string(got.id));
	engine_model(&e, type, data, NULL);
	json_decref(data);
}

static inline void sentence(const char *text)
{
	model("model-text", json_pack("{s:s}", "text", text));
}

static inline void done(const char *how)
{
	model("model-result", json_pack("{s:s}", "how", how));
}

/* NAME ARGUMENTS, one a line. */
static inline void calls(const char *list)
{
	json_t *array = json_array();
	char *copy = strdup(list), *save, *line;
	int i = 0;

	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *rest = strchr(line, ' '), id[64];

		if (rest)
			*rest++ = '\0';
		snprintf(id, sizeof(id), "call_%s_%d", got.id, i++);
		json_array_append_new(array,
			json_pack("{s:s,s:s,s:s}", "id", id, "name", line, "arguments",
				rest ? rest : ""));
	}
	free(copy);
	model("model-result", json_pack("{s:s,s:o}", "how", "done", "calls", array));
}

/* The scenario of these tests; false: it has mistakes. */
static inline bool load(void)
{
	struct scenario_mistakes m;

	log_init("test");
	if (log_set_level("error") < 0 ||
		scenario_load("tests/data/llm/shop.json", &agent_options, &sc, &m) == 0)
		return true;
	for (size_t i = 0; i < m.n; i++)
		printf("# %s\n", m.line[i]);
	puts("Bail out! a scenario that should be good is not");
	return false;
}

#endif
