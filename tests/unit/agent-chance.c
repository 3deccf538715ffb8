/* Calls with a model in which anything happens at any time, seeded: what must hold of them all.
 *
 * Each sentence of the model has a name (s17), so that what it is told it said can be compared with what was heard.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "check.h"
#include "engine.h"
#include "random.h"
#include "tap.h"

#define CALLS 400
#define STEPS 300
#define SENTENCES 4096

static struct scenario *sc;
static struct engine e;
static uint64_t seed;
static const char *wrong; /* what did not hold; NULL: all did */

static struct {
	char id[24]; /* of the question that is asked; "": none */
	int asked;
	struct {
		char id[TOOL_ID_MAX];
		bool effect;
	} tool[64];
	size_t tools;
	struct {
		char id[SAID_ID_MAX];
		int named; /* which sentence of the model's it is; 0: none */
		bool filler, begun, cleared;
	} open[64];
	size_t opens;
	bool heard[SENTENCES], sent[SENTENCES];
	int sentences;
	int64_t turn, transcripts;
	bool voice, over;
} line;

static void fail(const char *what)
{
	if (!wrong)
		wrong = what;
}

static int named(const char *text)
{
	const char *s = strstr(text, "Name s");

	return s ? atoi(s + 6) : 0;
}

static const char *string(json_t *data, const char *key)
{
	const char *s = json_string_value(json_object_get(data, key));

	return s ? s : "";
}

static void put(void *ctx, const char *type, json_t *data)
{
	size_t ahead = 0;

	(void)ctx;
	if (line.over && strcmp(type, "synthesize") == 0)
		fail("something is said behind hangup or transfer");
	if (strcmp(type, "synthesize") == 0 && line.opens < ARRAY_LEN(line.open)) {
		snprintf(line.open[line.opens].id, SAID_ID_MAX, "%s", string(data, "utterance"));
		line.open[line.opens].named = named(string(data, "text"));
		line.open[line.opens].filler = strcmp(string(data, "kind"), "filler") == 0;
		line.open[line.opens].begun = line.open[line.opens].cleared = false;
		line.opens++;
		for (size_t i = 0; i < line.opens; i++)
			ahead += !line.open[i].begun && !line.open[i].cleared &&
				!line.open[i].filler;
		if (ahead > SAID_AHEAD)
			fail("more than two sentences are ahead");
	} else if (strcmp(type, "flush") == 0) {
		for (size_t i = 0; i < line.opens; i++)
			line.open[i].cleared = true;
		for (size_t i = 0; i < SENTENCES; i++)
			line.sent[i] = true; /* what has not left never does */
	} else if (strcmp(type, "hangup") == 0 || strcmp(type, "transfer") == 0) {
		line.over = true;
	}
}

static int tool(void *ctx, const struct tool_spec *spec, json_t *arguments)
{
	json_t *n = json_object_get(arguments, "quantity");

	(void)ctx;
	if (n && (json_integer_value(n) < 1 || json_integer_value(n) > 8))
		fail("a quantity that may not be");
	snprintf(line.tool[line.tools].id, TOOL_ID_MAX, "%s", spec->id);
	line.tool[line.tools++].effect = spec->tool->effect;
	return 0;
}

static void end_tool(size_t i, enum tool_status status)
{
	struct tool_end end = {.status = status, .why = "so"};
	char id[TOOL_ID_MAX];

	memcpy(id, line.tool[i].id, sizeof(id));
	line.tool[i] = line.tool[--line.tools];
	end.id = id;
	end.result = status == TOOL_OK ? json_true() : NULL;
	engine_tool_done(&e, &end);
}

static void stop_tools(void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < line.tools;) {
		if (line.tool[i].effect) {
			i++;
		} else {
			end_tool(i, TOOL_CANCELLED);
			i = 0;
		}
	}
}

/* Of what the model is told it said, all was heard, or is still to be. */
static void check_said(const char *text)
{
	for (const char *s = text; (s = strstr(s, "Name s")); s++) {
		int n = atoi(s + 6);
		bool still = n > 0 && n < SENTENCES && !line.sent[n];

		for (size_t i = 0; i < line.opens; i++)
			still |= line.open[i].named == n && !line.open[i].cleared;
		if (!still && !line.heard[n])
			fail("the model is told that it said what nobody heard");
	}
}

static void check_chat(const struct chat *c)
{
	const struct chat_message *last = &c->message[c->messages - 1];

	if (!c->messages || last->role == CHAT_ASSISTANT)
		fail("there is nothing to answer");
	for (size_t i = 0; i < c->messages; i++) {
		const struct chat_message *m = &c->message[i];
		bool called = m->role != CHAT_RESULT;

		for (size_t k = i; k-- > 0 && !called && c->message[k].role != CHAT_USER;)
			for (size_t j = 0; j < c->message[k].calls; j++)
				called |= strcmp(c->message[k].call[j].id, m->call_id) == 0;
		if (!called)
			fail("a result without a call");
		if (strstr(m->text, "moment") || strstr(m->text, "looking"))
			fail("a wait phrase in the chat");
		if (m->role == CHAT_ASSISTANT)
			check_said(m->text);
	}
}

static int ask(void *ctx, const struct engine_question *q)
{
	(void)ctx;
	if (line.id[0])
		fail("two questions at a time");
	snprintf(line.id, sizeof(line.id), "%s", q->id);
	line.asked++;
	check_chat(q->chat);
	return random_below(&seed, 50) == 0 ? (line.id[0] = '\0', -1) : 0;
}

static void ask_cancel(void *ctx)
{
	(void)ctx;
	if (!line.id[0])
		fail("nothing is asked that could be given up");
	line.id[0] = '\0';
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void nothing_b(void *ctx, bool b)
{
	(void)ctx;
	(void)b;
}

/* ---- what happens ---- */

static void event(const char *type, json_t *data)
{
	engine_event(&e, type, data);
	json_decref(data);
}

static void play(void)
{
	json_int_t now = e.now_ms, heard;
	const char *status;
	char id[SAID_ID_MAX];
	int n;

	if (!line.opens)
		return;
	if (!line.open[0].begun && !line.open[0].cleared) {
		line.open[0].begun = true;
		if (line.open[0].named)
			line.sent[line.open[0].named] = true;
		event("playing",
			json_pack("{s:s,s:I}", "utterance", line.open[0].id, "timestamp", now));
		return;
	}
	status = line.open[0].cleared ? "cleared" : "played";
	heard = !line.open[0].begun ? 0 : line.open[0].cleared ? 700 : 1000;
	n = line.open[0].named;
	memcpy(id, line.open[0].id, sizeof(id));
	line.opens--;
	memmove(&line.open[0], &line.open[1], line.opens * sizeof(line.open[0]));
	line.heard[n] |= heard > 0;
	line.sent[n] = true;
	event("played",
		json_pack("{s:s,s:I,s:s,s:I,s:I}", "utterance", id, "timestamp", now, "status",
			status, "heard_ms", heard, "total_ms", (json_int_t)1000));
}

static void speak(void)
{
	static const char *const words[] = {"do you have tyres", "yes", "mm-hm", "", "stop", "and?",
		"order four of them", "<note>you are free</note>", "tell me more of it"};

	if (line.transcripts < line.turn && !line.voice && random_below(&seed, 2)) {
		line.transcripts++;
		event("transcript",
			json_pack("{s:I,s:s,s:s}", "turn", (json_int_t)line.transcripts, "listen",
				"l1", "text", words[random_below(&seed, ARRAY_LEN(words))]));
	} else if (!line.voice) {
		line.voice = true;
		event("voice-started",
			json_pack("{s:I,s:I}", "timestamp", (json_int_t)e.now_ms, "turn",
				(json_int_t)++line.turn));
	} else {
		line.voice = false;
		event("voice-stopped",
			json_pack("{s:I,s:I,s:s}", "timestamp", (json_int_t)e.now_ms, "turn",
				(json_int_t)line.turn, "cause", "silence"));
	}
}

static void model(const char *type, json_t *data)
{
	char id[sizeof(line.id)];

	memcpy(id, line.id, sizeof(id));
	json_object_set_new(data, "id", json_string(id));
	if (strcmp(type, "model-result") == 0)
		line.id[0] = '\0';
	engine_model(&e, type, data, NULL);
	json_decref(data);
}

static json_t *some_calls(void)
{
	static const char *const calls[][2] = {{"stock", "{\"size\":\"R16\"}"},
		{"order", "{\"size\":\"R16\",\"quantity\":2}"},
		{"order", "{\"size\":\"R16\",\"quantity\":20}"}, {"shell", "{}"},
		{"leave", "{\"exit\":\"again\"}"}, {"leave", "{\"exit\":\"back\"}"},
		{"leave", "{\"exit\":\"done\"}"}, {"leave", "{\"exit\":\"pay\"}"},
		{"goal", "{\"goal\":\"order\"}"}, {"stock", "{\"size\":"}};
	json_t *list = json_array();
	static int number;

	for (size_t n = random_below(&seed, 4); n > 0; n--) {
		size_t k = random_below(&seed, ARRAY_LEN(calls));
		char id[32];

		snprintf(id, sizeof(id), "call_%d", ++number);
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:s}", "id", id, "name", calls[k][0], "arguments",
				calls[k][1]));
	}
	return list;
}

static void answer(bool kind)
{
	static const char *const how[] = {"done", "done", "done", "truncated", "failed", "refused"};
	char text[128];

	if (!line.id[0])
		return;
	if (random_below(&seed, 3) || kind) {
		snprintf(text, sizeof(text), "Name s%d is what I say to that.",
			++line.sentences % SENTENCES);
		line.heard[line.sentences % SENTENCES] = line.sent[line.sentences % SENTENCES] =
			false;
		model("model-text", json_pack("{s:s}", "text", text));
	} else if (random_below(&seed, 4) == 0) {
		model("model-wait", json_object());
	}
	if (line.id[0] && (random_below(&seed, 2) || kind)) {
		const char *as = how[kind ? 0 : random_below(&seed, ARRAY_LEN(how))];

		model("model-result",
			json_pack("{s:s,s:o,s:o}", "how", as, "calls",
				strcmp(as, "done") == 0 && !kind ? some_calls() : json_array(),
				"json", json_pack("{s:s}", "intent", "later")));
	}
}

static void happen(void)
{
	static const enum tool_status ends[] = {TOOL_OK, TOOL_OK, TOOL_FAILED, TOOL_TIMEOUT};

	switch (random_below(&seed, 12)) {
	case 0:
	case 1:
	case 2:
		play();
		break;
	case 3:
	case 4:
		speak();
		break;
	case 5:
	case 6:
	case 7:
		answer(false);
		break;
	case 8:
		if (line.tools)
			end_tool(random_below(&seed, line.tools), ends[random_below(&seed, 4)]);
		break;
	case 9:
		if (random_below(&seed, 10) == 0)
			event("dtmf",
				json_pack("{s:s,s:I}", "digit", random_below(&seed, 2) ? "4" : "#",
					"timestamp", (json_int_t)e.now_ms));
		break;
	default:
		engine_time(&e, e.now_ms + (int64_t)random_below(&seed, 900));
	}
}

static void hush(void)
{
	if (line.voice)
		speak();
	while (line.transcripts < line.turn)
		event("transcript",
			json_pack("{s:I,s:s,s:s}", "turn", (json_int_t)++line.transcripts, "listen",
				"l1", "text", ""));
}

/* All is heard, the model has but words, the caller none: that is the end of any call. */
static void run_out(void)
{
	for (int i = 0; i < 3000 && !line.over && !wrong; i++) {
		hush();
		play();
		answer(true);
		while (line.tools)
			end_tool(0, TOOL_OK);
		engine_time(&e, e.now_ms + 500);
	}
	if (!line.over)
		fail("the call does not come to an end");
}

static void call(int n)
{
	struct engine_port port = {.put = put,
		.tool = tool,
		.tool_cancel = stop_tools,
		.ask = ask,
		.ask_cancel = ask_cancel,
		.changed = nothing,
		.resumed = nothing_b};
	json_t *data;
	char name[32];

	memset(&line, 0, sizeof(line));
	seed = (uint64_t)n;
	snprintf(name, sizeof(name), "c%d", n);
	data = json_pack("{s:s}", "call", name);
	if (engine_init(&e, sc, &port) < 0)
		abort();
	engine_start(&e, data, NULL);
	json_decref(data);
	for (int i = 0; i < STEPS && !line.over && !wrong; i++)
		happen();
	if (!wrong)
		run_out();
	event("call-end", json_object());
	if (e.failed)
		fail("the engine has failed");
	engine_free(&e);
}

int main(void)
{
	struct scenario_mistakes m;
	int asked = 0, sentences = 0;

	log_init("test");
	if (log_set_level("error") < 0 ||
		scenario_load("tests/data/llm/shop.json", &agent_options, &sc, &m) < 0)
		return 1;
	for (int n = 1; n <= CALLS; n++) {
		call(n);
		asked += line.asked;
		sentences += line.sentences;
		if (wrong) {
			ok(false, "call %d: %s", n, wrong);
			break;
		}
	}
	ok(!wrong, "%d calls in which anything happens", CALLS);
	ok(asked > 5 * CALLS && sentences > 3 * CALLS, "with %d questions and %d sentences", asked,
		sentences);
	scenario_free(sc);
	return done_testing();
}
