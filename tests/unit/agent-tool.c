/* Tools that answer, fail, hang, talk too much, and are not needed any more. */
#include "tool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/spawn.h"
#include "tap.h"

static struct loop loop;
static struct tool_runner runner;
static struct {
	int n;
	enum tool_status status;
	char *result;
	char why[200], id[32];
	bool late;
	int64_t ms;
} got;

static void done(void *ctx, const struct tool_end *end)
{
	(void)ctx;
	free(got.result);
	got.n++;
	got.status = end->status;
	got.result = end->result ? json_dumps(end->result, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	got.late = end->late;
	got.ms = end->ms;
	snprintf(got.why, sizeof(got.why), "%s", end->why ? end->why : "");
	snprintf(got.id, sizeof(got.id), "%s", end->id);
	loop_stop(&loop);
}

static int start(const char *script, int timeout_ms, bool effect)
{
	/* they are looked at as long as they run */
	static struct {
		struct scenario_tool tool;
		const char *command[4];
	} kept[100];
	static size_t n;
	json_t *arguments = json_pack("{s:s}", "number", "42");
	struct scenario_tool *tool = &kept[n].tool;
	int rc;

	kept[n].command[0] = "sh";
	kept[n].command[1] = "-c";
	kept[n].command[2] = script;
	*tool = (struct scenario_tool){.name = "test",
		.command = kept[n].command,
		.timeout_ms = timeout_ms,
		.effect = effect};
	n = (n + 1) % (sizeof(kept) / sizeof(kept[0]));
	rc = tool_start(
		&runner, &(struct tool_spec){.id = "t1", .key = "c.t1", .tool = tool}, arguments);
	json_decref(arguments);
	return rc;
}

/* Until done is called once more. */
static void wait_done(void)
{
	loop.stopped = false;
	if (loop_run(&loop) < 0)
		abort();
}

static void run(const char *script)
{
	if (start(script, 10000, false) < 0)
		abort();
	wait_done();
}

static void test_answers(void)
{
	run("cat");
	ok(got.status == TOOL_OK, "a tool");
	is_str(got.result, "{\"number\":\"42\"}",
		"gets its arguments, and its answer is the result");
	is_str(got.id, "t1", "under the name of this call of it");
	run("printf '\"%s\"' \"$CALLPIPE_TOOL_ID\"");
	is_str(got.result, "\"c.t1\"", "its environment");
	run("exit 0");
	ok(got.status == TOOL_OK, "no answer is one, too");
	is_str(got.result, "null", "null");
	run("echo '[1, 2]'; echo oh >&2");
	is_str(got.result, "[1,2]", "any JSON is; what it complains of does not matter");
	run("exec <&-; sleep 0.1; echo true");
	is_str(got.result, "true", "it need not read its arguments");
	run("(sleep 30 >&2 2>&-) & echo 7");
	is_str(got.result, "7", "nor wait for what it has started");
	run("(exec sleep 30) & echo 8");
	is_str(got.result, "8", "even if that holds its stdout");
	run("(sleep 0.2; exec yes) & sleep 0.1; exec yes >&2 & echo 9");
	ok(got.status == TOOL_OK || strstr(got.why, "no JSON") || strstr(got.why, "longer than"),
		"nor does one that never ceases to write hold anybody");
	run("head -c 20000 /dev/zero | tr '\\0' 1 | sed 's/.*/\"&\"/'");
	is_int(strlen(got.result), 20002, "a long answer");
}

static void test_failures(void)
{
	run("echo '{\"a\":1}'; exit 3");
	ok(got.status == TOOL_FAILED && !got.result,
		"an exit code is a failure, whatever it has said");
	is_str(got.why, "exit code 3", "and named");
	run("kill -SEGV $$");
	ok(got.status == TOOL_FAILED, "a crash");
	is_str(got.why, "killed by signal 11", "is named");
	run("echo 'I am not JSON'");
	ok(got.status == TOOL_FAILED && strstr(got.why, "no JSON"), "an answer that is none");
	run("echo '{\"a\":1} {\"b\":2}'");
	ok(got.status == TOOL_FAILED, "two answers");
	run("printf '\"\\377\"'");
	ok(got.status == TOOL_FAILED, "no UTF-8");
	run("yes & sleep 0.1");
	ok(got.status == TOOL_FAILED && strstr(got.why, "longer than"),
		"one that its child goes on with");
	run("i=0; while [ $i -lt 40 ]; do printf '['; i=$((i + 1)); done; "
	    "while [ $i -gt 0 ]; do printf ']'; i=$((i - 1)); done");
	ok(got.status == TOOL_FAILED && strstr(got.why, "too deep"), "one too deep for an event");
	run("printf '[.1'; yes ',0.1' | head -6000 | tr -d '\\n'; echo ']'");
	ok(got.status == TOOL_FAILED, "one that is none: %s", got.why);
	run("printf '[0.1'; yes ',0.1' | head -6000 | tr -d '\\n'; echo ']'");
	ok(got.status == TOOL_FAILED && strstr(got.why, "too large"), "one too large for it: %s",
		got.why);
	run("yes | head -c 10000000");
	ok(got.status == TOOL_FAILED && strstr(got.why, "longer than"), "one without end");
}

static void test_not_there(void)
{
	const char *command[] = {"/no/such/tool", NULL};
	struct scenario_tool tool = {.name = "none", .command = command, .timeout_ms = 1000};
	struct tool_spec spec = {.id = "t2", .key = "c.t2", .tool = &tool};
	json_t *arguments = json_object();

	ok(tool_start(&runner, &spec, arguments) == -1 && errno == ENOENT, "one that is not there");
	ok(!tool_running(&runner), "is not running");
	json_decref(arguments);
}

/* What a tool that only reads leaves behind in its group ends with it. */
static void test_left_behind(void)
{
	int status = 0;
	pid_t left;

	if (spawn_subreaper() < 0)
		abort();
	run("sleep 60 >&- 2>&- & echo $!");
	left = got.result ? atoi(got.result) : 0;
	ok(left > 0 && waitpid(left, &status, 0) == left && WIFSIGNALED(status),
		"what it leaves behind is ended");
}

static void test_timeout(void)
{
	int n = got.n;

	if (start("sleep 60 & echo $! >&2; sleep 60", 100, false) < 0)
		abort();
	wait_done();
	ok(got.n == n + 1 && got.status == TOOL_TIMEOUT, "one that hangs is given up");
	ok(got.ms >= 100 && got.ms < 5000, "in time: %d ms", (int)got.ms);
	ok(!tool_busy(&runner), "and nobody waits for it");
	tool_free(&runner);
	tool_init(&runner, &loop, done, NULL);
	ok(!tool_running(&runner), "it is gone");
}

static void test_effect(void)
{
	int n = got.n;

	if (start("sleep 0.3; echo '\"done\"'", 50, true) < 0)
		abort();
	wait_done();
	ok(got.n == n + 1 && got.status == TOOL_TIMEOUT && !got.late, "one with an effect is late");
	ok(tool_busy(&runner), "but goes on");
	tool_cancel(&runner);
	is_int(got.n, n + 1, "also if nobody needs it any more");
	wait_done();
	ok(got.n == n + 2 && got.status == TOOL_OK && got.late, "how it ended is told late");
	is_str(got.result, "\"done\"", "with its answer");
	ok(!tool_running(&runner), "then it is gone");
}

static void test_cancel(void)
{
	int n = got.n;

	if (start("sleep 60", 10000, false) < 0 || start("sleep 60", 10000, false) < 0 ||
		start("sleep 0.2; echo 1", 10000, true) < 0)
		abort();
	tool_cancel(&runner);
	ok(got.n == n + 2 && got.status == TOOL_CANCELLED,
		"those that only read are cancelled at once");
	tool_cancel(&runner);
	is_int(got.n, n + 2, "once");
	wait_done();
	ok(got.n == n + 3 && got.status == TOOL_OK, "the one with an effect ends as it will");
	tool_free(&runner);
	tool_init(&runner, &loop, done, NULL);
}

int main(void)
{
	log_init("agent-tool");
	if (log_set_level("error") < 0)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	loop_init(&loop);
	tool_init(&runner, &loop, done, NULL);
	test_answers();
	test_failures();
	test_not_there();
	test_left_behind();
	test_timeout();
	test_effect();
	test_cancel();
	tool_free(&runner);
	loop_free(&loop);
	free(got.result);
	return done_testing();
}
