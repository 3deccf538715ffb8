/* Conversations, and the requests they become. */
#include "model/chat.h"

#include <errno.h>
#include <stdlib.h>

#include "model/engine.h"
#include "random.h"
#include "tap.h"

static struct model openai = {
	.name = "o",
	.engine = &model_openai,
	.url = "https://api.groq.com/openai/v1",
	.model = "some-model",
	.limit = "max_tokens",
	.max_output = 300,
	.schema = true,
};
static struct model anthropic = {
	.name = "a",
	.engine = &model_anthropic,
	.url = "https://api.anthropic.com",
	.model = "claude",
	.limit = "max_tokens",
	.max_output = 300,
	.cache = true,
	.schema = true,
};

static char *request_of(const struct model *m, const struct model_question *q)
{
	struct dynbuf b;
	char *text;

	dynbuf_init(&b, MODEL_REQUEST_MAX);
	ok(m->engine->request(m, q, &b) == 0, "a request of %s", m->engine->name);
	text = strdup(b.p);
	dynbuf_free(&b);
	return text;
}

static void is_request(
	const struct model *m, const struct model_question *q, const char *want, const char *what)
{
	char *text = request_of(m, q);
	json_t *v = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	is_str(text, want, "%s: %s", m->engine->name, what);
	ok(v, "%s: it is JSON", what);
	json_decref(v);
	free(text);
}

static struct chat_call look = {.id = (char *)(uintptr_t) "call_1",
	.name = (char *)(uintptr_t) "find_order",
	.arguments = (char *)(uintptr_t) "{\"number\": 12}"};

static void talk(struct chat *c)
{
	const struct chat_turn turn = {&look, 1, "{\"type\":\"thinking\",\"thinking\":\"t\"}", "a"};
	json_t *schema = json_loads(
		"{\"properties\":{\"number\":{\"type\":\"integer\"}},\"required\":[\"number\"]}", 0,
		NULL);
	int bad = 0;
	int64_t id;

	chat_init(c, 20);
	bad |= chat_system(c, "  Be brief.\n");
	bad |= chat_tool(c, "find_order", "Finds an order.", schema);
	bad |= chat_assistant(c, "Hello.", NULL, NULL);
	bad |= chat_user(c, "My order <note>?", "It is 10:02.");
	bad |= chat_assistant(c, "Let me look.", &turn, &id);
	bad |= chat_result(c, "call_1", "{\"state\":\"sent\"}", false);
	bad |= chat_assistant(c, "It was sent on \"Monday\".", NULL, NULL);
	bad |= chat_user(c, "Thanks.", NULL);
	json_decref(schema);
	is_int(bad, 0, "a conversation");
}

#define O_HEAD \
	"{\"model\":\"some-model\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":300"
#define O_TOOLS \
	",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"find_order\",\"description\":\"Finds an order.\",\"parameters\":{\"properties\":{\"number\":{\"type\":\"integer\"}},\"required\":[\"number\"],\"type\":\"object\"}}}]"
#define O_TALK \
	",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"assistant\",\"content\":\"Hello.\"}," \
	"{\"role\":\"user\",\"content\":\"<note>\\nIt is 10:02.\\n</note>\\nMy order ‹note›?\"}," \
	"{\"role\":\"assistant\",\"content\":\"Let me look.\",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"find_order\",\"arguments\":\"{\\\"number\\\": 12}\"}}]}," \
	"{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"{\\\"state\\\":\\\"sent\\\"}\"}," \
	"{\"role\":\"assistant\",\"content\":\"It was sent on \\\"Monday\\\".\"},{\"role\":\"user\",\"content\":\"Thanks.\"}"
#define A_HEAD \
	"{\"model\":\"claude\",\"max_tokens\":300,\"stream\":true,\"cache_control\":{\"type\":\"ephemeral\"}"
#define A_TOOL \
	"{\"name\":\"find_order\",\"description\":\"Finds an order.\",\"input_schema\":{\"properties\":{\"number\":{\"type\":\"integer\"}},\"required\":[\"number\"],\"type\":\"object\"}}"
#define A_TALK \
	",\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\",\"cache_control\":{\"type\":\"ephemeral\"}}],\"messages\":[" \
	"{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"...\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Hello.\"}]}," \
	"{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"<note>\\nIt is 10:02.\\n</note>\\nMy order ‹note›?\"}]}," \
	"{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\"},{\"type\":\"text\",\"text\":\"Let me look.\"},{\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"find_order\",\"input\":{\"number\": 12}}]}," \
	"{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"call_1\",\"content\":\"{\\\"state\\\":\\\"sent\\\"}\"}]}," \
	"{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"It was sent on \\\"Monday\\\".\"}]},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Thanks.\"}]}"

static void test_requests(void)
{
	json_t *strict = json_loads(
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}",
		0, NULL);
	struct model plain = openai, words = anthropic;
	struct chat c;

	talk(&c);
	struct model_question q = {.chat = &c};
	is_request(&openai, &q, O_HEAD O_TOOLS O_TALK "]}", "a conversation with a tool");
	is_request(&anthropic, &q, A_HEAD ",\"tools\":[" A_TOOL "]" A_TALK "]}",
		"a conversation with a tool");
	q.no_tools = true;
	is_request(&openai, &q, O_HEAD O_TOOLS ",\"tool_choice\":\"none\"" O_TALK "]}",
		"no calls wanted");
	is_request(&anthropic, &q,
		A_HEAD ",\"tools\":[" A_TOOL "],\"tool_choice\":{\"type\":\"none\"}" A_TALK "]}",
		"no calls wanted");
	q.schema = strict;
	is_request(&openai, &q,
		O_HEAD O_TOOLS
		",\"tool_choice\":\"none\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":true,\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}}}" O_TALK
		"]}",
		"an answer in JSON");
	is_request(&anthropic, &q,
		A_HEAD
		",\"tools\":[" A_TOOL
		",{\"name\":\"answer\",\"description\":\"Give the answer.\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}}],\"tool_choice\":{\"type\":\"tool\",\"name\":\"answer\"}" A_TALK
		"]}",
		"an answer in JSON");
	struct model format = anthropic;
	json_t *effort = json_loads(
		"{\"output_config\":{\"effort\":\"low\",\"format\":null}}", 0, NULL);
	format.format = true;
	format.parameters = effort;
	is_request(&format, &q,
		"{\"model\":\"claude\",\"max_tokens\":300,\"stream\":true,\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}},\"effort\":\"low\"}"
		",\"cache_control\":{\"type\":\"ephemeral\"},\"tools\":[" A_TOOL
		"],\"tool_choice\":{\"type\":\"none\"}" A_TALK "]}",
		"in JSON, in the form of newer models");
	json_object_clear(effort);
	char *bare = request_of(&format, &q);
	ok(strstr(bare, "\"output_config\":{\"format\":{\"type\""), "without anything beside it");
	free(bare);
	json_decref(effort);
	plain.schema = words.schema = false;
	char *text = request_of(&plain, &q);
	ok(strstr(text, "\"response_format\":{\"type\":\"json_object\"}") &&
			strstr(text, "Be brief.\\n\\nAnswer with one JSON object"),
		"who knows no schema is asked in words");
	free(text);
	text = request_of(&words, &q);
	ok(strstr(text, "Be brief.\\n\\nAnswer with one JSON object") &&
			strstr(text, "\"tool_choice\":{\"type\":\"none\"}"),
		"of either engine");
	free(text);
	json_object_del(strict, "additionalProperties");
	text = request_of(&openai, &q);
	ok(strstr(text, "\"strict\":false"), "a loose schema is not asked for to the letter");
	free(text);
	chat_free(&c);
	json_decref(strict);
}

static void test_settings(void)
{
	json_t *parameters = json_loads(
		"{\"temperature\":0.3,\"stream_options\":null,\"thinking\":{\"type\":\"disabled\"}}",
		0, NULL);
	struct model o = openai, a = anthropic;
	struct chat c;

	o.parameters = a.parameters = parameters;
	o.limit = "max_completion_tokens";
	a.cache = false;
	a.url = "http://127.0.0.1:11434/v1/";
	chat_init(&c, 20);
	ok(chat_user(&c, " ", NULL) == 0, "nothing was said");
	struct model_question q = {.chat = &c, .max_output = 7};
	is_request(&o, &q,
		"{\"model\":\"some-model\",\"stream\":true,\"max_completion_tokens\":7,\"temperature\":0.3,\"thinking\":{\"type\":\"disabled\"},\"messages\":[{\"role\":\"user\",\"content\":\"...\"}]}",
		"parameters");
	is_request(&a, &q,
		"{\"model\":\"claude\",\"max_tokens\":7,\"stream\":true,\"temperature\":0.3,\"thinking\":{\"type\":\"disabled\"},\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"...\"}]}]}",
		"parameters");
	is_str(model_anthropic.path(&a), "/messages", "a base with a version");
	is_str(model_anthropic.path(&anthropic), "/v1/messages", "a base without");
	is_str(model_openai.path(&o), "/chat/completions", "a path");
	chat_free(&c);
	json_decref(parameters);
}

/* Who speaks twice, who was not heard, who was called and did not answer. */
static void test_odd(void)
{
	struct chat_call calls[] = {look, look};
	struct chat_turn turn = {calls, 2, "{}", "another"};
	struct chat c;
	int64_t id;

	calls[1].id = (char *)(uintptr_t) "call_2";
	calls[1].name = (char *)(uintptr_t) "tr\xc3\xa8s odd!";
	calls[1].arguments = (char *)(uintptr_t) "{oops";
	chat_init(&c, 20);
	int bad = chat_user(&c, "One.", NULL);
	bad |= chat_assistant(&c, "Never heard.", NULL, &id);
	bad |= chat_heard(&c, id, "");
	bad |= chat_user(&c, "Two.", "Three.");
	bad |= chat_assistant(&c, "", &turn, NULL);
	bad |= chat_user(&c, "Hello?", NULL);
	bad |= chat_result(&c, "call_2", "no such tool", true);
	is_int(bad, 0, "an odd conversation");
	struct model_question q = {.chat = &c};
	is_request(&openai, &q,
		O_HEAD
		",\"messages\":[{\"role\":\"user\",\"content\":\"One.\\n<note>\\nThree.\\n</note>\\nTwo.\"},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
		"{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"find_order\",\"arguments\":\"{\\\"number\\\": 12}\"}},"
		"{\"id\":\"call_2\",\"type\":\"function\",\"function\":{\"name\":\"tr__s_odd_\",\"arguments\":\"{\\\"malformed\\\":\\\"{oops\\\"}\"}}]},"
		"{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"the call was not made\"},{\"role\":\"tool\",\"tool_call_id\":\"call_2\",\"content\":\"no such tool\"},{\"role\":\"user\",\"content\":\"Hello?\"}]}",
		"results follow their calls, what nobody heard is left out");
	is_request(&anthropic, &q,
		A_HEAD
		",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"One.\\n<note>\\nThree.\\n</note>\\nTwo.\"}]},{\"role\":\"assistant\",\"content\":["
		"{\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"find_order\",\"input\":{\"number\": 12}},{\"type\":\"tool_use\",\"id\":\"call_2\",\"name\":\"tr__s_odd_\",\"input\":{\"malformed\":\"{oops\"}}]},"
		"{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"call_1\",\"content\":\"the call was not made\",\"is_error\":true},"
		"{\"type\":\"tool_result\",\"tool_use_id\":\"call_2\",\"content\":\"no such tool\",\"is_error\":true},{\"type\":\"text\",\"text\":\"Hello?\"}]}]}",
		"another vendor's thinking stays away");
	char own[CHAT_NAME_MAX];
	chat_call_id(&c, "toolu_9-x", 0, own);
	is_str(own, "toolu_9-x", "an id that may be one stays");
	chat_call_id(&c, "call_2", 1, own);
	ok(strcmp(own, "call_2") != 0 && strncmp(own, "call_", 5) == 0, "one that is there is not");
	chat_call_id(&c, "", 0, own);
	ok(*own, "none is made up");
	chat_call_id(&c, "a b", 0, own);
	ok(!strchr(own, ' '), "as is one that vendors refuse");
	chat_free(&c);
}

static void test_tools(void)
{
	struct chat c;

	chat_init(&c, 20);
	ok(chat_tool(&c, "a b", "", NULL) < 0 && errno == EINVAL, "no name of a tool");
	ok(chat_tool(&c, "", "", NULL) < 0 && errno == EINVAL, "nor is none");
	for (int i = 0; i < CHAT_TOOLS_MAX; i++)
		ok(chat_tool(&c, "f", "\xff", NULL) == 0, "a tool");
	ok(chat_tool(&c, "f", "", NULL) < 0 && errno == E2BIG, "one too many");
	is_str(c.tool[0].schema, "{\"properties\":{},\"type\":\"object\"}", "without arguments");
	is_str(c.tool[0].description, "\xef\xbf\xbd", "what is no character");
	chat_free(&c);
}

/* Beside those of the last thing a user said, all bytes of a request are those of the one before. */
static void test_stable(void)
{
	struct chat c;
	bool same = true;
	char *before[2] = {NULL, NULL};
	const struct model *const both[] = {&openai, &anthropic};

	chat_init(&c, 50);
	bool good = chat_system(&c, "Be brief.") == 0 && chat_tool(&c, "f", "", NULL) == 0;
	for (int i = 0; i < 30; i++) {
		char text[64];
		snprintf(text, sizeof(text), "question %d", i);
		good = good && chat_user(&c, text, i % 2 ? text : NULL) == 0;
		for (int k = 0; k < 2; k++) {
			struct dynbuf b;
			dynbuf_init(&b, MODEL_REQUEST_MAX);
			good = good &&
				both[k]->engine->request(
					both[k], &(struct model_question){.chat = &c}, &b) == 0;
			/* without the end: "]}" */
			same = same &&
				(!before[k] || strncmp(b.p, before[k], strlen(before[k]) - 2) == 0);
			free(before[k]);
			before[k] = strdup(b.p);
			dynbuf_free(&b);
		}
		struct chat_call call = look;
		snprintf(text, sizeof(text), "call_%d", i);
		call.id = text;
		if (i % 3 == 0)
			good = good &&
				chat_assistant(&c, "", &(struct chat_turn){&call, 1, NULL, NULL},
					NULL) == 0 &&
				chat_result(&c, text, "{}", false) == 0;
		good = good && chat_assistant(&c, "answer", NULL, NULL) == 0;
	}
	ok(good && same, "each request begins as the one before, all of it");
	free(before[0]);
	free(before[1]);
	chat_free(&c);
}

static void test_fold(void)
{
	struct chat_call call = look;
	const struct chat_turn turn = {&call, 1, NULL, NULL};
	struct dynbuf text;
	struct chat c;

	chat_init(&c, 6);
	dynbuf_init(&text, 1 << 20);
	int bad = chat_assistant(&c, "Hello.", NULL, NULL);
	for (int i = 0; i < 7; i++) {
		char id[8];
		snprintf(id, sizeof(id), "c%d", i);
		call.id = id;
		is_int(chat_full(&c), 0, "turn %d: not yet", i);
		bad |= chat_user(&c, "Where is it?", "note");
		bad |= chat_assistant(&c, "Let me look.", &turn, NULL);
		bad |= chat_result(&c, id, "sent", i % 2);
		bad |= chat_assistant(&c, "Sent.", NULL, NULL);
	}
	is_int(bad, 0, "seven turns");
	ok(chat_full(&c), "are more than six");
	ok(chat_fold_text(&c, &text) == 0, "what is to be summed up");
	ok(strncmp(text.p,
		   "Agent: Hello.\nCaller: Where is it?\nAgent: Let me look.\nAgent called find_order: {\"number\": 12}\nResult: sent\nAgent: Sent.\n",
		   100) == 0,
		"is a text");
	bad = chat_user(&c, "And now?", NULL); /* meanwhile */
	chat_fold(&c, "It was <sent>.");
	ok(c.message[0].role == CHAT_USER && c.messages == 13,
		"three turns are left, and the new one");
	is_str(c.summary, "It was \u2039sent\u203a.", "and the summary");
	struct model_question q = {.chat = &c};
	char *o = request_of(&openai, &q);
	ok(strstr(o,
		   "\"messages\":[{\"role\":\"user\",\"content\":\"<summary>\\nIt was \u2039sent\u203a.\\n</summary>\\n<note>\\nnote\\n</note>\\nWhere is it?\"}"),
		"it stands before the first turn");
	free(o);
	dynbuf_reset(&text);
	ok(chat_fold_text(&c, &text) == 0 && strncmp(text.p, "Before: It was", 14) == 0,
		"and is summed up with the next");
	chat_fold(&c, NULL);
	ok(c.summary && c.messages == 9, "without a summary they are left out, the last one stays");
	/* Nobody folds. */
	for (int i = 0; i < 500; i++)
		bad |= chat_user(&c, "x", NULL) | chat_assistant(&c, "y", NULL, NULL);
	ok(bad == 0 && c.messages <= 24, "it does not grow without end: %zu", c.messages);
	char *big = calloc(1, CHAT_RESULT_MAX + 100);
	memset(big, 'x', CHAT_RESULT_MAX + 50);
	for (int i = 0; i < 10; i++) {
		char id[8];
		snprintf(id, sizeof(id), "d%d", i);
		call.id = id;
		bad |= chat_user(&c, big, big);
		bad |= chat_assistant(&c, big, &turn, NULL) | chat_result(&c, id, big, false);
	}
	ok(bad == 0 && c.bytes <= CHAT_TOTAL_MAX && c.message[0].role == CHAT_USER,
		"nor in bytes: %zu", c.bytes);
	size_t bytes = 0;
	while (chat_full(&c) && bytes != c.bytes) {
		bytes = c.bytes;
		chat_fold(&c, NULL);
	}
	ok(!chat_full(&c) && c.messages > 0, "what is too large is folded too");
	free(big);
	dynbuf_free(&text);
	chat_free(&c);
}

/* Whatever is done in whatever order: calls and results belong together, turns begin with the user. */
static void test_random(void)
{
	uint64_t seed = 3;
	bool good = true;

	for (int round = 0; round < 300 && good; round++) {
		struct chat c;
		int64_t id = 0;
		int calls = 0;
		chat_init(&c, 1 + random_below(&seed, 8));
		for (int step = 0; step < 120 && good; step++) {
			char name[16];
			snprintf(
				name, sizeof(name), "c%d", calls + (int)random_below(&seed, 3) - 1);
			struct chat_call call = look;
			call.id = name;
			const struct chat_turn turn = {&call, 1, NULL, NULL};
			switch (random_below(&seed, 7)) {
			case 0:
			case 1:
				good = chat_user(&c, "u", NULL) == 0;
				break;
			case 2:
				good = chat_assistant(&c, "a", NULL, &id) == 0;
				break;
			case 3:
				snprintf(name, sizeof(name), "c%d", ++calls);
				good = chat_assistant(&c, "", &turn, NULL) == 0;
				break;
			case 4:
				good = chat_result(&c, name, "r", false) == 0;
				break;
			case 5:
				good = chat_heard(&c, id, "") == 0;
				break;
			default:
				if (chat_full(&c))
					chat_fold(&c, random_below(&seed, 2) ? "s" : NULL);
			}
			struct dynbuf b;
			dynbuf_init(&b, MODEL_REQUEST_MAX);
			good = good &&
				model_anthropic.request(
					&anthropic, &(struct model_question){.chat = &c}, &b) == 0;
			json_t *v = json_loads(b.p, 0, NULL);
			const json_t *list = json_object_get(v, "messages"), *m;
			size_t i;
			const char *last = "assistant";
			json_array_foreach(list, i, m) {
				const char *role = json_string_value(json_object_get(m, "role"));
				good = good && strcmp(role, last) != 0 &&
					json_array_size(json_object_get(m, "content")) > 0;
				last = role;
			}
			good = good && v && c.messages <= 2 * c.turns_max * 121;
			json_decref(v);
			dynbuf_free(&b);
		}
		chat_free(&c);
	}
	ok(good, "user and assistant alternate, beginning with the user, whatever happens");
}

static void test_back(void)
{
	struct chat c;
	size_t bytes;

	chat_init(&c, 10);
	ok(chat_user(&c, "one", NULL) == 0 && chat_assistant(&c, "two", NULL, NULL) == 0, "a talk");
	bytes = c.bytes;
	ok(chat_user(&c, "three", "note") == 0 && chat_result(&c, "call_1", "four", true) == 0,
		"that goes on");
	chat_back(&c, 2);
	ok(c.messages == 2 && c.bytes == bytes, "what stands behind a message is taken back");
	ok(chat_user(&c, "five", NULL) == 0 && c.message[2].id == 5, "an id is used but once");
	chat_back(&c, 0);
	ok(c.messages == 0 && c.bytes == 0, "or all");
	chat_free(&c);
}

int main(void)
{
	test_back();
	test_requests();
	test_settings();
	test_odd();
	test_tools();
	test_stable();
	test_fold();
	test_random();
	return done_testing();
}
