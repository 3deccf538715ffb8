/* ask: questions to models that answer, and that have every fault: tests/fake/model.py, with the answers of
 * tests/data/model/script.json. */
#include "model/ask.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake.h"
#include "tap.h"

#define WAIT_MS 100
#define GIVE_UP_MS 400
#define KEY "k-1234567"

static char dir[PATH_MAX], port[16], url[64];
static int64_t slack_ms = 250;
static struct loop loop;

/* ---- one question ---- */

struct talk {
	struct asker asker;
	struct models *models;
	struct chat chat;
	struct ask *ask;
	struct dynbuf trace;   /* what was called, "|" between */
	struct dynbuf told;    /* the answer as a chat keeps it */
	const char *cancel_at; /* in this handler */
	int64_t start_ns, first_event_ms, end_ms;
	bool ended;
};

static void say_mistake(void *ctx, const char *line)
{
	printf("# %s\n", line);
}

static void trace(struct talk *t, const char *what, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void trace(struct talk *t, const char *what, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	dynbuf_addf(&t->trace, "%s%s%s%s", t->trace.n ? "|" : "", what, *text ? " " : "", text);
	if (t->first_event_ms < 0 && strcmp(what, "failed") != 0)
		t->first_event_ms = (now_ns() - t->start_ns) / NS_PER_MS;
	if (t->cancel_at && strcmp(t->cancel_at, what) == 0) {
		ask_cancel(t->ask);
		t->ask = NULL;
		loop_stop(&loop);
	}
}

static void on_waiting(void *ctx)
{
	trace(ctx, "waiting", "%s", "");
}

static void on_first(void *ctx, const struct model *m)
{
	struct talk *t = ctx;

	if (t->cancel_at)
		trace(t, "first", "%s", m->name);
}

static void on_sentence(void *ctx, const char *text, size_t n)
{
	struct talk *t = ctx;

	/* of what has no end the beginning is enough */
	if (t->trace.n < 4096)
		trace(t, "sentence", "%.*s", (int)n, text);
}

static void on_usage(void *ctx, const struct model *m, const struct model_usage *u)
{
	struct talk *t = ctx;

	if (t->cancel_at)
		trace(t, "usage", "%lld", (long long)u->input);
}

static void on_failed(void *ctx, const struct model *m, const char *code, const char *why)
{
	ok(*why && !strpbrk(why, "\n") && !strstr(why, KEY), "%s: %s: %s", m->model, code, why);
	trace(ctx, "failed", "%s", code);
}

static void on_end(void *ctx, const struct ask_end *e)
{
	struct talk *t = ctx;
	char *json = e->json ? json_dumps(e->json, JSON_COMPACT) : NULL;

	t->ended = true;
	t->end_ms = (now_ns() - t->start_ns) / NS_PER_MS;
	t->ask = NULL;
	for (size_t i = 0; i < e->turn.calls; i++)
		trace(t, "call", "%s %s %s", i ? "another" : e->turn.call[i].id,
			e->turn.call[i].name, e->turn.call[i].arguments);
	trace(t, "end", "%s %s%s%s%s%s", ask_how_name(e->how), e->model ? e->model->name : "nobody",
		e->code ? " " : "", e->code ? e->code : "", json ? " " : "", json ? json : "");
	free(json);
	dynbuf_reset(&t->told);
	dynbuf_addf(&t->told, "%s;%zu;%s;%lld", e->text, e->turn.calls,
		e->turn.thinking ? e->turn.thinking : "-", (long long)e->usage.cached);
	ok((e->how == ASK_DONE) == !e->code &&
			(e->first_ms >= 0) == (e->model && e->how != ASK_REFUSED),
		"end: %s, %lld of %lld ms: %s", ask_how_name(e->how), (long long)e->first_ms,
		(long long)e->total_ms, e->why ? e->why : "-");
	if (e->how == ASK_DONE && chat_assistant(&t->chat, e->text, &e->turn, NULL) < 0)
		abort();
	loop_stop(&loop);
}

static const struct ask_handlers handlers = {
	.waiting = on_waiting,
	.first = on_first,
	.sentence = on_sentence,
	.usage = on_usage,
	.failed = on_failed,
	.end = on_end,
};

static struct models *load(const char *text)
{
	struct models *m = NULL;
	char path[PATH_MAX];

	if (format_path(path, "%s/models.json", dir) < 0 ||
		replace_file(path, text, strlen(text)) < 0 ||
		models_load(path, say_mistake, NULL, &m) < 0)
		abort();
	return m;
}

/* With the models of a file; the user has said something. */
static void talk_with(struct talk *t, const char *file)
{
	char why[HTTP_WHY_MAX] = "";

	*t = (struct talk){.models = load(file)};
	ok(asker_open(&t->asker, "agent", t->models, &loop, why) == 0, "open %s %s",
		t->models->model[0].model, why);
	for (size_t i = 0; i < t->models->n; i++)
		breaker_success(t->asker.provider[i].breaker);
	chat_init(&t->chat, t->models->turns);
	dynbuf_init(&t->trace, 65536);
	dynbuf_init(&t->told, 65536);
	if (chat_system(&t->chat, "Be brief.") < 0 ||
		chat_tool(&t->chat, "find", "Finds.", NULL) < 0 ||
		chat_user(&t->chat, "Hello?", NULL) < 0)
		abort();
}

/* A model with this answer, a good one of the other dialect, one for summaries. Where time does not count there is much. */
static void talk_open(struct talk *t, const char *engine, const char *model, const char *base)
{
	bool openai = strcmp(engine, "openai") == 0;
	bool quick = strstr("silence head pings drip slow stops stall", model);
	char text[2048];

	snprintf(text, sizeof(text),
		"{\"providers\":[{\"name\":\"ill\",\"engine\":\"%s\",\"url\":\"%s\",\"model\":\"%s\"},"
		"{\"name\":\"good\",\"engine\":\"%s\",\"url\":\"http://127.0.0.1:%s/v1\",\"model\":\"well\"},"
		"{\"name\":\"cheap\",\"engine\":\"openai\",\"url\":\"http://127.0.0.1:%s/v1\",\"model\":\"sum\"}],"
		"\"wait_ms\":%d,\"give_up_ms\":%d,\"budget_ms\":%d,\"idle_ms\":%d,\"total_ms\":10000,\"history\":{\"turns\":4,\"summary\":\"cheap\"}}",
		engine, base, model, openai ? "anthropic" : "openai", port, port,
		quick ? WAIT_MS : 2000, quick ? GIVE_UP_MS : 5000, quick ? 2000 : 8000,
		quick ? 1000 : 5000);
	talk_with(t, text);
}

static void talk_close(struct talk *t)
{
	asker_close(&t->asker);
	models_free(t->models);
	chat_free(&t->chat);
	dynbuf_free(&t->trace);
	dynbuf_free(&t->told);
}

static void hang(void *ctx, int64_t now)
{
	printf("not ok - the loop hangs\n");
	fflush(stdout);
	_exit(1);
}

static void run_loop(void)
{
	struct loop_timer guard = {.at_ns = now_ns() + 10 * NS_PER_S, .fire = hang};

	loop.stopped = false;
	if (loop_add_timer(&loop, &guard) < 0 || loop_run(&loop) < 0)
		abort();
	loop_remove_timer(&loop, &guard);
}

static void talk_ask(struct talk *t, const struct model_question *more)
{
	struct model_question q = more ? *more : (struct model_question){0};

	q.chat = &t->chat;
	dynbuf_reset(&t->trace);
	t->ended = false;
	t->first_event_ms = -1;
	t->start_ns = now_ns();
	t->ask = ask_start(&t->asker, &q, &handlers, t);
	if (!t->ask)
		abort();
	is_str(t->trace.p, "", "nothing is called from ask_start");
	run_loop();
}

static void stop_loop(void *ctx, int64_t now)
{
	loop_stop(ctx);
}

static void wait_ms(int64_t ms)
{
	struct loop_timer timer = {
		.at_ns = now_ns() + ms * NS_PER_MS, .fire = stop_loop, .ctx = &loop};

	if (loop_add_timer(&loop, &timer) < 0)
		abort();
	run_loop();
	loop_remove_timer(&loop, &timer);
}

/* ---- the table of faults ---- */

#define THEN_WELL "|sentence Well.|end done good"
#define ONE "sentence One."

static const struct {
	const char *model;
	const char *want; /* NULL: as openai */
	const char *anthropic;
} faults[] = {
	{"fine", ONE "|sentence Two three.|end done ill"},
	{"400", "failed rejected" THEN_WELL},
	{"401", "failed account" THEN_WELL},
	{"402", "failed account" THEN_WELL},
	{"404", "failed rejected" THEN_WELL},
	{"429", "failed busy" THEN_WELL},
	{"429-long", "failed busy" THEN_WELL},
	{"quota", "failed account" THEN_WELL},
	{"500", "failed broken" THEN_WELL},
	{"529", "failed busy" THEN_WELL},
	{"silence", "waiting|failed timeout" THEN_WELL},
	{"head", "waiting|failed timeout" THEN_WELL},
	{"pings", "waiting|failed timeout" THEN_WELL},
	{"reset", "failed broken" THEN_WELL},
	{"html", "failed broken" THEN_WELL},
	{"empty", "failed answer" THEN_WELL},
	{"thinks", "failed length" THEN_WELL},
	{"break-late", ONE "|end truncated ill broken"},
	{"break-early", "failed broken" THEN_WELL},
	{"chunk", ONE "|end truncated ill broken"},
	{"cut-late", ONE "|end truncated ill broken"},
	{"cut-early", "failed broken" THEN_WELL},
	{"error-late", ONE "|end truncated ill broken"},
	{"error-early", "failed broken" THEN_WELL},
	{"garbage", ONE "|sentence Two.|end done ill"},
	{"stall", ONE "|end truncated ill timeout"},
	{"drip", "waiting|failed timeout" THEN_WELL},
	{"no-done", ONE "|end done ill"},
	{"slow", "waiting|" ONE "|end done ill"},
	{"long", ONE "|end length ill length"},
	{"will-not", "end refused ill refused"},
	{"nowhere", "failed rejected" THEN_WELL},
};

static void test_faults(const char *engine)
{

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct talk t;
		talk_open(&t, engine, faults[i].model, url);
		talk_ask(&t, NULL);
		is_str(t.trace.p, faults[i].want, "%s %s", engine, faults[i].model);
		ok(t.first_event_ms <= 2 * WAIT_MS + slack_ms,
			"%s %s: the caller hears something after %lld ms", engine, faults[i].model,
			(long long)t.first_event_ms);
		printf("# %-9s %-11s %-60.60s first %4lld ms, end %4lld ms\n", engine,
			faults[i].model, t.trace.p, (long long)t.first_event_ms,
			(long long)t.end_ms);
		talk_close(&t);
	}
}

/* What is not the server's. */
static void test_unreachable(void)
{
	char tls[64];
	struct talk t;

	talk_open(&t, "openai", "fine", "http://127.0.0.1:1/v1");
	talk_ask(&t, NULL);
	is_str(t.trace.p, "failed refused" THEN_WELL, "nobody listens");
	talk_close(&t);
	snprintf(tls, sizeof(tls), "https://127.0.0.1:%s/v1", port);
	talk_open(&t, "openai", "fine", tls);
	talk_ask(&t, NULL);
	is_str(t.trace.p, "failed tls" THEN_WELL, "no TLS there");
	talk_close(&t);
}

static void test_endless(void)
{
	struct talk t;

	talk_open(&t, "openai", "endless", url);
	talk_ask(&t, NULL);
	ok(strstr(t.trace.p, "|end length ill length"), "what has no end has an end");
	ok(t.told.n < REPLY_TEXT_MAX + 64, "%zu bytes", t.told.n);
	talk_close(&t);
	talk_open(&t, "anthropic", "stops", url);
	talk_ask(&t, NULL);
	is_str(t.trace.p, "waiting|failed timeout" THEN_WELL, "one that comes to a stop");
	talk_close(&t);
}

/* All of them fail. */
static void test_gone(void)
{
	struct talk t;
	char text[1024];

	snprintf(text, sizeof(text),
		"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"url\":\"http://localhost:%s/v1\",\"model\":\"silence\"},"
		"{\"name\":\"b\",\"engine\":\"openai\",\"url\":\"http://localhost:%s/v1\",\"model\":\"silence\"},{\"name\":\"c\",\"engine\":\"anthropic\",\"url\":\"http://localhost:%s/v1\",\"model\":\"silence\"}],"
		"\"wait_ms\":100,\"give_up_ms\":200,\"budget_ms\":500}",
		port, port, port);
	talk_with(&t, text);
	talk_ask(&t, NULL);
	is_str(t.trace.p,
		"waiting|failed timeout|failed timeout|failed timeout|end failed nobody timeout",
		"nobody answers");
	ok(t.end_ms >= 500 && t.end_ms < 500 + slack_ms, "within the budget: %lld ms",
		(long long)t.end_ms);
	/* Two of them are one host: after five failures it is left alone. */
	talk_ask(&t, NULL);
	talk_ask(&t, NULL);
	ok(strstr(t.trace.p, "failed breaker|"), "they are left alone: %s", t.trace.p);
	talk_close(&t);
}

/* ---- more than words ---- */

static void test_calls(const char *engine)
{
	struct talk t;
	bool anthropic = strcmp(engine, "anthropic") == 0;

	talk_open(&t, engine, anthropic ? "calls-a" : "calls-o", url);
	talk_ask(&t, NULL);
	is_str(t.trace.p,
		"sentence Let me look.|call c1 find {\"n\": 1}|call another now {}|end done ill",
		"%s: words and calls", engine);
	is_str(t.told.p,
		anthropic
			? "Let me look.;2;{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"c2ln\"};0"
			: "Let me look.;2;-;0",
		"%s: as they are kept", engine);
	ok(chat_result(&t.chat, "c1", "{\"found\":true}", false) == 0, "a result");
	talk_ask(&t, NULL);
	is_str(t.trace.p, "sentence There.|end done ill", "%s: and the vendor takes it back",
		engine);
	talk_close(&t);
}

static void test_json(void)
{
	json_t *schema = json_loads(
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"],\"additionalProperties\":false}",
		0, NULL);
	struct model_question q = {.schema = schema};
	char why[HTTP_WHY_MAX];
	struct talk t;
	json_t *answer = NULL;
	const struct model *m = NULL;
	struct model_usage u;

	talk_open(&t, "openai", "json", url);
	talk_ask(&t, &q);
	is_str(t.trace.p, "end done ill {\"a\":1}", "an answer in JSON");
	q.chat = &t.chat;
	/* It was answered: the user has to say something before it is asked again. */
	chat_back(&t.chat, 1);
	/* The connection of the one before is free while this one is thought about. */
	is_int(ask_json(&t.asker, &q, &answer, &u, &m, why), 0, "one that is waited for");
	is_int(json_integer_value(json_object_get(answer, "a")), 1, "is given");
	ok(m == &t.models->model[0], "with who gave it");
	json_decref(answer);
	talk_close(&t);
	talk_open(&t, "anthropic", "json-call", url);
	talk_ask(&t, &q);
	is_str(t.trace.p, "end done ill {\"a\":1}", "one that is a call");
	talk_close(&t);
	talk_open(&t, "openai", "no-json", url);
	talk_ask(&t, &q);
	is_str(t.trace.p, "failed answer|failed answer|failed answer|end failed nobody answer",
		"words are none");
	q.chat = &t.chat;
	is_int(ask_json(&t.asker, &q, &answer, NULL, NULL, why), EXIT_TRY_AGAIN,
		"nor if waited for");
	is_str(why, "the answer is no JSON object", "why");
	talk_close(&t);
	json_decref(schema);
}

static void test_cancel(void)
{
	static const char *const places[] = {"first", "sentence", "usage", "failed", "waiting"};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct talk t;
		const char *model = strcmp(places[i], "failed") == 0 ? "500"
			: strcmp(places[i], "waiting") == 0          ? "silence"
								     : "calls-c";
		talk_open(&t, "openai", model, url);
		t.cancel_at = places[i];
		talk_ask(&t, NULL);
		ok(!t.ended, "cancelled in %s: %s", places[i], t.trace.p);
		size_t n = t.trace.n;
		wait_ms(30);
		is_int(t.trace.n, n, "and nothing is called behind it");
		talk_close(&t);
	}
	struct talk t;
	talk_open(&t, "openai", "fine", url);
	t.ask = ask_start(&t.asker, &(struct model_question){.chat = &t.chat}, &handlers, &t);
	ask_cancel(t.ask);
	ask_cancel(NULL);
	talk_close(&t);
	ok(true, "cancelled before anything");
}

static void test_fold(void)
{
	struct talk t;
	int bad = 0;

	talk_open(&t, "openai", "fine", url);
	for (int i = 0; i < 4; i++)
		bad |= chat_assistant(&t.chat, "Yes.", NULL, NULL) |
			chat_user(&t.chat, "A box.", NULL);
	bad |= chat_assistant(&t.chat, "Yes.", NULL, NULL);
	ok(bad == 0 && chat_full(&t.chat), "a long conversation");
	ask_fold(&t.asker, &t.chat);
	ask_fold(&t.asker, &t.chat);
	for (int i = 0; i < 100 && t.asker.fold; i++)
		wait_ms(10);
	is_str(t.chat.summary, "The caller wants a box.", "is summed up by the model for that");
	is_int(t.chat.messages, 4, "two turns are left");
	ok(chat_user(&t.chat, "And now?", NULL) == 0, "and it goes on");
	talk_ask(&t, NULL);
	is_str(t.trace.p, ONE "|sentence Two three.|end done ill", "as before");
	for (int i = 0; i < 4; i++)
		bad |= chat_user(&t.chat, "A box.", NULL) |
			chat_assistant(&t.chat, "Yes.", NULL, NULL);
	ask_fold(&t.asker, &t.chat);
	ok(t.asker.fold && bad == 0, "a summary under way");
	talk_close(&t);
	ok(true, "ends with the asker");
}

static size_t open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n;
}

/* One connection is enough for many questions, and nothing is left of them. */
static void test_many(void)
{
	struct talk t;
	size_t files = 0;
	bool good = true;

	talk_open(&t, "openai", "fine", url);
	for (int i = 0; i < 60 && good; i++) {
		struct model_question q = {.chat = &t.chat};
		dynbuf_reset(&t.trace);
		chat_back(&t.chat, 1);
		t.start_ns = now_ns();
		t.ask = ask_start(&t.asker, &q, &handlers, &t);
		run_loop();
		good = strstr(t.trace.p, "end done ill");
		if (i == 10)
			files = open_files();
	}
	ok(good, "many questions");
	ok(open_files() <= files + 2, "leave no descriptor behind: %zu, %zu", files, open_files());
	talk_close(&t);
}

static void test_keys(void)
{
	char text[512], why[HTTP_WHY_MAX] = "";
	struct talk t = {0};

	t.models = load(
		"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"url\":\"https://models.example/v1\",\"model\":\"keyed\",\"secret\":\"MY_MODEL_KEY\"}]}");
	unsetenv("MY_MODEL_KEY");
	is_int(asker_open(&t.asker, "agent", t.models, &loop, why), EXIT_CONFIG,
		"a key that is not there");
	ok(strstr(why, "MY_MODEL_KEY"), "is named: %s", why);
	models_free(t.models);
	setenv("CALLPIPE_MY_MODEL_KEY", KEY, 1);
	snprintf(text, sizeof(text),
		"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"url\":\"%s\",\"model\":\"keyed\",\"secret\":\"MY_MODEL_KEY\"}]}",
		url);
	talk_with(&t, text);
	asker_warm(&t.asker);
	talk_ask(&t, NULL);
	is_str(t.trace.p, "sentence Come in.|end done a", "opens the door");
	talk_close(&t);
	snprintf(text, sizeof(text),
		"{\"providers\":[{\"name\":\"a\",\"engine\":\"anthropic\",\"url\":\"%s\",\"model\":\"401\",\"secret\":\"MY_MODEL_KEY\"}]}",
		url);
	talk_with(&t, text);
	talk_ask(&t, NULL);
	is_str(t.trace.p, "failed account|end failed nobody account", "is told to nobody");
	talk_close(&t);
	snprintf(text, sizeof(text),
		"{\"providers\":[{\"name\":\"a\",\"engine\":\"openai\",\"url\":\"%s\",\"model\":\"tells\",\"secret\":\"MY_MODEL_KEY\"}]}",
		url);
	talk_with(&t, text);
	talk_ask(&t, NULL);
	is_str(t.trace.p, "failed broken|end failed nobody broken",
		"nor when the model tells it, in a stream");
	talk_close(&t);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR"), *slack = getenv("SLACK");
	int in;

	slack_ms *= slack ? atoi(slack) : 1;
	if (format_path(dir, "%s/ask.XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(dir))
		return 1;
	http_set(&(struct http_settings){.no_proxy = "*"});
	if (breaker_open(NULL) < 0)
		return 1;
	pid_t pid = fake_start("tests/fake/model.py", "tests/data/model/script.json", port, &in);
	snprintf(url, sizeof(url), "http://127.0.0.1:%s/v1", port);
	loop_init(&loop);
	test_faults("openai");
	test_faults("anthropic");
	test_unreachable();
	test_endless();
	test_gone();
	test_calls("openai");
	test_calls("anthropic");
	test_json();
	test_cancel();
	test_fold();
	test_many();
	test_keys();
	loop_free(&loop);
	fake_stop(pid, in);
	return done_testing();
}
