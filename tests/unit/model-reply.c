/* Streams of tests/data/model, written after the vendors' documents, and what is to be read from them: want.json. */
#include "model/reply.h"

#include <stdlib.h>

#include "codec/sse.h"
#include "model/engine.h"
#include "random.h"
#include "tap.h"

struct reading {
	const struct model_engine *engine;
	struct reply reply;
};

static void on_event(void *ctx, const char *name, const char *data, size_t n)
{
	struct reading *rd = ctx;

	rd->engine->event(&rd->reply, name, data, n);
}

/* In pieces of 1 to `most` bytes. */
static bool read_stream(struct reading *rd, const char *text, size_t n, uint64_t *seed,
	uint64_t most, const char *answer)
{
	struct sse sse;
	bool good = true;

	sse_init(&sse);
	reply_init(&rd->reply);
	rd->reply.answer = answer;
	for (size_t at = 0; at < n;) {
		size_t take = 1 + random_below(seed, most);
		take = take < n - at ? take : n - at;
		char *piece = malloc(take); /* a sanitizer sees who reads on */
		memcpy(piece, text + at, take);
		good = sse_add(&sse, piece, take, on_event, rd) == 0 && good;
		free(piece);
		at += take;
	}
	good = sse_end(&sse, on_event, rd) == 0 && good;
	reply_end(&rd->reply);
	sse_free(&sse);
	return good;
}

static json_t *calls_of(const struct reply *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->calls; i++)
		json_array_append_new(list,
			json_pack("[sss]", r->call[i].id, r->call[i].name, r->call[i].arguments.p));
	return list;
}

/* The reply in the form of want.json. */
static char *told(const struct reply *r)
{
	static const char *const stops[] = {"going", "stop", "length", "refused"};
	json_t *v = json_pack("{so ss sb ss ss sI s[III] ss}", "calls", calls_of(r), "words",
		r->words.p, "ended", r->ended, "stop", stops[r->stop], "failed", r->why, "skipped",
		(json_int_t)r->skipped, "usage", (json_int_t)r->usage.input,
		(json_int_t)r->usage.cached, (json_int_t)r->usage.output, "thinking",
		r->thinking.p);
	char *text = json_dumps(v, JSON_SORT_KEYS | JSON_COMPACT);

	json_decref(v);
	return text;
}

static char *wanted(const json_t *want)
{
	json_t *v = json_pack(
		"{ss si s[iii] ss}", "failed", "", "skipped", 0, "usage", 0, 0, 0, "thinking", "");
	char *text;

	json_object_update(v, (json_t *)(uintptr_t)want);
	json_object_del(v, "answer");
	text = json_dumps(v, JSON_SORT_KEYS | JSON_COMPACT);
	json_decref(v);
	return text;
}

static void test_stream(const char *name, const json_t *want)
{
	const char *answer = json_string_value(json_object_get(want, "answer"));
	struct reading rd;
	char path[PATH_MAX], engine[32], *text, *is, *should = wanted(want);
	uint64_t seed = 5;
	size_t n;
	bool same = true;

	snprintf(engine, sizeof(engine), "%.*s", (int)strcspn(name, "-"), name);
	rd.engine = model_engine(engine);
	if (!ok(rd.engine && format_path(path, "tests/data/model/%s.sse", name) == 0 &&
			    read_file(path, 1 << 20, &text, &n) == 0,
		    "%s is there", name)) {
		free(should);
		return;
	}
	bool good = read_stream(&rd, text, n, &seed, n, answer);
	is = told(&rd.reply);
	ok(good, "%s: is read", name);
	is_str(is, should, "%s: as it should", name);
	reply_free(&rd.reply);
	for (int round = 0; round < 20 && same; round++) {
		free(is);
		good = read_stream(&rd, text, n, &seed, round ? 60 : 1, answer);
		is = told(&rd.reply);
		same = good && strcmp(is, should) == 0;
		reply_free(&rd.reply);
	}
	ok(same, "%s: however it is cut", name);
	if (!same)
		printf("# %s\n", is);
	free(is);
	free(should);
	free(text);
}

static void test_streams(void)
{
	json_t *want = json_load_file("tests/data/model/want.json", 0, NULL), *v;
	const char *name;

	ok(json_object_size(want) > 30, "there are streams");
	json_object_foreach(want, name, v)
		test_stream(name, v);
	json_decref(want);
}

/* What has no end. */
static void test_long(void)
{
	struct reply r;
	char data[256];

	reply_init(&r);
	for (int i = 0; i < 4000; i++)
		reply_add_words(&r, "never ending ", 13);
	is_int(r.stop, REPLY_LENGTH, "words without an end are an end by length");
	ok(r.words.n <= REPLY_TEXT_MAX && r.words.n > REPLY_TEXT_MAX - 13, "no more are kept");
	reply_free(&r);

	reply_init(&r);
	for (int i = 0; i < 40; i++) {
		int n = snprintf(data, sizeof(data),
			"{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\","
			"\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}",
			i, i);
		model_openai.event(&r, "message", data, (size_t)n);
	}
	is_int(r.calls, CHAT_CALLS_MAX, "more calls than there may be are left out");
	is_int(r.skipped, 40 - CHAT_CALLS_MAX, "and counted");
	for (int i = 0; i < 4000; i++)
		reply_add_arguments(&r, &r.call[0], "[[[[[[[[[[", 10);
	is_int(r.stop, REPLY_LENGTH, "as are arguments");
	reply_free(&r);

	reply_init(&r);
	for (int i = 0; i < 40000; i++)
		reply_add_words(&r, i ? "think " : "<think>", i ? 6 : 7);
	ok(r.words.n == 0 && r.stop == REPLY_GOING && !reply_begun(&r), "thinking takes no room");
	reply_free(&r);
}

int main(void)
{
	test_streams();
	test_long();
	return done_testing();
}
