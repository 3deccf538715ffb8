#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/util.h"
#include "codec/jline.h"
#include "model/ask.h"
#include "stream/frame.h"
#include "stream/price.h"
#include "tool.h"

#define ARGUMENTS_MAX \
	24576 /* bytes of all calls of an answer: written as JSON they may be twice as many */
#define PLACE_MAX 64  /* bytes of where it stands in the stream */
#define ERRORS_MAX 16 /* of provider and code, that have been told */

struct model_line {
	struct asker asker;
	struct ask *ask; /* NULL: nothing is asked */
	char id[24];     /* of the question */
	bool warm;       /* somebody was asked, or a connection made for it */
	model_event *event;
	void *ctx;
	const struct price *price;  /* NULL: nothing has one */
	char told[ERRORS_MAX][128]; /* errors, each once */
	size_t told_n;
};

static void tell(struct model_line *m, const char *type, json_t *data)
{
	if (data)
		m->event(m->ctx, type, data, NULL);
	json_decref(data);
}

/* ---- what comes of a question ---- */

static void on_waiting(void *ctx)
{
	struct model_line *m = ctx;

	tell(m, "model-wait", json_pack("{s:s}", "id", m->id));
}

static void on_first(void *ctx, const struct model *of)
{
	struct model_line *m = ctx;

	tell(m, "model-token", json_pack("{s:s,s:s}", "id", m->id, "model", of->name));
}

static void on_sentence(void *ctx, const char *text, size_t n)
{
	struct model_line *m = ctx;

	tell(m, "model-text", json_pack("{s:s,s:s%}", "id", m->id, "text", text, n));
}

static void tell_usage(struct model_line *m, const struct model *of, const char *unit, int64_t n)
{
	double cost = price_of(m->price, of->engine->name, of->model, unit, (double)n);
	json_t *data;

	if (n <= 0)
		return;
	data = json_pack("{s:s,s:s,s:I,s:s,s:s}", "stage", "agent", "unit", unit, "n",
		(json_int_t)n, "engine", of->engine->name, "model", of->model);
	if (data && cost >= 0)
		json_object_set_new(data, "cost", json_real(cost));
	tell(m, "usage", data);
}

static void on_usage(void *ctx, const struct model *of, const struct model_usage *u)
{
	struct model_line *m = ctx;

	tell_usage(m, of, "input_tokens", u->input);
	tell_usage(m, of, "cached_tokens", u->cached);
	tell_usage(m, of, "output_tokens", u->output);
}

/* Once for each provider and code in a call. */
static void on_failed(void *ctx, const struct model *of, const char *code, const char *why)
{
	struct model_line *m = ctx;
	char what[sizeof(m->told[0])];

	snprintf(what, sizeof(what), "%s %s", of->name, code);
	for (size_t i = 0; i < m->told_n; i++)
		if (strcmp(m->told[i], what) == 0)
			return;
	if (m->told_n < ERRORS_MAX)
		memcpy(m->told[m->told_n++], what, sizeof(what));
	log_warn("model '%s': %s", of->name, why);
	tell(m, "error",
		json_pack("{s:s,s:s,s:s,s:s,s:b}", "stage", "agent", "code", code, "text", why,
			"engine", of->name, "fatal", 0));
}

/* All of an answer has to fit into an event: arguments that do not are none. */
static json_t *calls_of(const struct chat_turn *turn)
{
	json_t *calls = json_array();
	size_t bytes = 0;

	for (size_t i = 0; i < turn->calls; i++) {
		const struct chat_call *call = &turn->call[i];
		size_t n = strlen(call->arguments);
		bool fits = bytes + n <= ARGUMENTS_MAX;

		bytes += fits ? n : 0;
		json_array_append_new(calls,
			json_pack("{s:s,s:s,s:s}", "id", call->id, "name", call->name, "arguments",
				fits ? call->arguments : "too long"));
	}
	return calls;
}

static json_t *result_of(const struct model_line *m, const struct ask_end *end)
{
	return json_pack("{s:s,s:s,s:o,s:O*,s:s*,s:I,s:I,s:s*,s:s*}", "id", m->id, "how",
		ask_how_name(end->how), "calls", calls_of(&end->turn), "json", end->json, "model",
		end->model ? end->model->name : NULL, "first_ms", (json_int_t)end->first_ms, "ms",
		(json_int_t)end->total_ms, "code", end->code, "error", end->why);
}

/* What no event can hold would have been done, and stand in no journal. */
static bool can_be_told(json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;
	bool can = n && n < FRAME_PAYLOAD_MAX - PLACE_MAX && jline_check(text, n) == 0;

	free(text);
	return can;
}

static void on_end(void *ctx, const struct ask_end *end)
{
	struct model_line *m = ctx;
	struct ask_end none = {.how = ASK_FAILED,
		.model = end->model,
		.first_ms = end->first_ms,
		.total_ms = end->total_ms,
		.code = "length",
		.why = "its answer is too large, or too deep, for an event"};
	json_t *data = result_of(m, end);

	m->ask = NULL;
	if (!can_be_told(data)) {
		json_decref(data);
		end = &none;
		data = result_of(m, end);
	}
	if (end->model && (end == &none || end->how == ASK_TRUNCATED))
		on_failed(m, end->model, end->code, end->why);
	if (data)
		m->event(m->ctx, "model-result", data, &end->turn);
	json_decref(data);
}

/* ---- questions ---- */

int model_ask(struct model_line *m, const struct engine_question *q)
{
	static const struct ask_handlers on = {
		.waiting = on_waiting,
		.first = on_first,
		.sentence = on_sentence,
		.usage = on_usage,
		.failed = on_failed,
		.end = on_end,
	};

	m->warm = true;
	snprintf(m->id, sizeof(m->id), "%s", q->id);
	m->ask = ask_start(&m->asker,
		&(struct model_question){.chat = q->chat,
			.schema = q->schema,
			.schema_name = q->schema ? "intent" : NULL,
			.no_tools = q->no_tools},
		&on, m);
	return m->ask ? 0 : -1;
}

void model_cancel(struct model_line *m)
{
	ask_cancel(m->ask);
	m->ask = NULL;
}

void model_warm(struct model_line *m)
{
	if (m->warm)
		return;
	m->warm = true;
	asker_warm(&m->asker);
}

void model_fold(struct model_line *m, struct chat *chat)
{
	ask_fold(&m->asker, chat);
}

struct model_line *model_open(const struct models *models, const struct price *price,
	struct loop *loop, model_event *event, void *ctx)
{
	struct model_line *m = calloc(1, sizeof(*m));
	char why[HTTP_WHY_MAX];

	if (!m) {
		log_error_errno("cannot use models");
		return NULL;
	}
	m->event = event;
	m->ctx = ctx;
	m->price = price;
	tool_share_breakers();
	if (asker_open(&m->asker, "agent", models, loop, why) != 0) {
		log_error("%s", why);
		free(m);
		return NULL;
	}
	return m;
}

void model_close(struct model_line *m)
{
	if (!m)
		return;
	model_cancel(m);
	asker_close(&m->asker);
	free(m);
}
