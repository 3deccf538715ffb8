/* kept, journal, story: a call as it was left, whole and broken. */
#include "record/story.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "record/journal.h"
#include "tap.h"

#define REC(seq, t, type, data) \
	"{\"seq\":" #seq ",\"t\":" #t ",\"type\":\"" type "\",\"data\":" data "}\n"

static char dir[] = "/tmp/callpipe-record-XXXXXX";

/* A file of the call; NULL: remove it. */
static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!text) {
		unlink(path);
		return;
	}
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static void age(const char *when)
{
	char cmd[PATH_MAX];

	snprintf(cmd, sizeof(cmd), "touch -d '%s' '%s' '%s'/*", when, dir, dir);
	if (system(cmd))
		abort();
}

static struct kept open_kept(const char *path)
{
	struct kept k;

	if (kept_open(path, &k))
		abort();
	return k;
}

/* The story of these records alone. */
static struct story tell(const char *journal)
{
	struct story s = {0};
	struct kept k;

	put("events.jsonl", journal);
	k = open_kept(dir);
	if (story_open(&k, &s))
		abort();
	kept_close(&k);
	return s;
}

static void test_kept(void)
{
	struct kept k;

	is_int(kept_open("/nonexistent", &k), -1, "no directory");
	is_int(kept_open("/tmp", &k), -1, "no call directory");
	is_int(errno, ENOENT, "says so");
	put("call.json",
		"{\"call\":\"x\",\"uuid\":\"u\",\"service\":\"s\",\"rate\":16000,\"from\":\"+33 "
		"\\u00e9\",\"accepted_at\":\"2026-11-25T23:02:05.187Z\"}\n");
	put("verdict", "transfer technician\n");
	k = open_kept(dir);
	is_str(k.name, strrchr(dir, '/') + 1, "the name of the folder is the id");
	is_int(k.rate_hz, 16000, "rate");
	is_str(k.from, "+33 \xc3\xa9", "unescaped");
	is_str(k.campaign, "", "what is not told");
	ok(k.accepted_ms == INT64_C(1795647725187), "time");
	is_str(k.verdict, "transfer technician", "verdict, without its line feed");
	is_int(kept_state(&k), KEPT_RUNNING, "written a moment ago, without a last word");
	age("2 minutes ago");
	is_int(kept_state(&k), KEPT_ENDED, "quiet, with a verdict");
	put("verdict", NULL);
	age("2 minutes ago");
	kept_close(&k);
	k = open_kept(dir);
	is_int(kept_state(&k), KEPT_CRASHED, "quiet, without one");
	put("recording.wav", "");
	is_int(kept_state(&k), KEPT_CRASHED, "whatever others make of it");
	put("events.jsonl", REC(1, 5, "verdict", "{\"verdict\":\"hangup\"}"));
	is_int(kept_state(&k), KEPT_ENDED, "the last word counts at once");
	put("events.jsonl", REC(1, 5, "transcript", "{\"text\":\"\\\"type\\\":\\\"verdict\\\"\"}"));
	age("2 minutes ago");
	is_int(kept_state(&k), KEPT_CRASHED, "a caller cannot say it");
	put("events.jsonl", REC(1, 5, "tool-result", "{\"result\":{\"type\":\"verdict\"}}"));
	age("2 minutes ago");
	is_int(kept_state(&k), KEPT_CRASHED, "nor a tool");
	kept_close(&k);
	put("call.json", "{\"call\":\"x\",\"ra");
	k = open_kept(dir);
	ok(!k.described && k.rate_hz == 8000, "a call.json that is cut off tells nothing");
	ok(k.accepted_ms / 1000 <= time(NULL), "then it was not later than now");
	kept_close(&k);
	put("events.jsonl",
		REC(1, 0, "call-start",
			"{\"from\":\"07\",\"rate\":16000,\"accepted_at\":\"2026-11-25T23:02:05.187Z\"}"));
	k = open_kept(dir);
	ok(k.described && k.rate_hz == 16000, "but the journal does");
	is_str(k.from, "07", "whose it is");
	ok(k.accepted_ms == INT64_C(1795647725187), "and when it was");
	kept_close(&k);
}

static void test_files(void)
{
	char path[PATH_MAX];
	struct kept k;
	int64_t n;
	int fd;

	put("a", "12345");
	k = open_kept(dir);
	fd = kept_file(&k, "a", &n);
	ok(fd != -1 && n == 5, "a file and its size");
	close(fd);
	snprintf(path, sizeof(path), "%s/link", dir);
	if (symlink("a", path))
		abort();
	is_int(kept_file(&k, "link", NULL), -1, "no symbolic link is followed");
	is_int(errno, ELOOP, "and that is said");
	unlink(path);
	if (mkfifo(path, 0600))
		abort();
	is_int(kept_file(&k, "link", NULL), -1, "a FIFO is no file, and nobody is waited for");
	is_int(errno, EINVAL, "and that is said");
	unlink(path);
	put("made", "x");
	ok(kept_fresh(&k, "made", (const char *const[]){"a", "gone", NULL}),
		"made from older ones");
	age("1 minute ago");
	put("a", "newer");
	ok(!kept_fresh(&k, "made", (const char *const[]){"a", NULL}), "one of them has changed");
	ok(!kept_fresh(&k, "not", (const char *const[]){NULL}), "not made yet");
	kept_close(&k);
}

static void test_running(void)
{
	char path[PATH_MAX];
	struct kept k;
	int fd;

	snprintf(path, sizeof(path), "%s/loop", dir);
	if (mkfifo(path, 0600))
		abort();
	age("2 minutes ago");
	k = open_kept(dir);
	is_int(kept_state(&k), KEPT_CRASHED, "a loop that nobody holds");
	fd = open(path, O_RDWR | O_NONBLOCK);
	is_int(kept_state(&k), KEPT_RUNNING, "a process holds it, however quiet");
	close(fd);
	unlink(path);
	kept_close(&k);
}

static void test_real(void)
{
	struct kept k = open_kept("tests/data/call/");
	struct story s;

	is_int(kept_state(&k), KEPT_ENDED, "a call that ended well");
	if (!ok(story_open(&k, &s) == 0, "its story"))
		return;
	is_int(s.n_lines, 12, "lines");
	is_int(s.n_bads, 0, "all records are whole");
	ok(s.whole && s.missing == 0, "nothing is missing");
	is_str(s.lines[2].text, "four seven one one", "the caller's first words");
	ok(s.lines[2].t0_ms == 5230 && s.lines[2].t1_ms == 8450, "when");
	is_str(s.lines[2].state, "identification", "where in the scenario");
	ok(s.lines[2].answered && s.lines[2].latency.audible_ms == 1760 &&
			s.lines[2].latency.filler_ms == -1,
		"how long the answer took");
	is_str(s.lines[4].text, "Is it your Internet connection, or your mobile phone?",
		"a question");
	is_int(s.lines[4].status, STORY_CLEARED, "that was interrupted");
	is_str(s.lines[4].heard, "Is it your", "what was heard of it");
	is_int(s.n_actions, 2, "tools");
	is_str(s.actions[0].arguments, "{\"number\":\"4711\"}", "arguments as they were");
	is_str(s.actions[0].status, "ok", "status");
	is_str(s.disposition, "transferred", "disposition");
	is_str(s.transfer_to, "technician", "transfer");
	is_str(s.verdict, "transfer technician", "verdict");
	is_str(s.language, "en", "language");
	is_int(s.greeting.audible_ms, 0, "greeting");
	is_int(s.over_ms, 25260, "the line was closed");
	is_int(s.end_ms, 25281, "the last record is later");
	is_int(s.talk_over_ms, 100, "both spoke: from the first voice to the pause");
	ok(s.sounds == 9 && s.cached == 8, "sentences, and those from the cache");
	is_int(s.n_usages, 2, "usage by stage and unit");
	story_close(&s);
	kept_close(&k);
}

static void test_keys(void)
{
	struct story s = tell(REC(1, 10, "dtmf", "{\"digit\":\"4\",\"timestamp\":10}") REC(
		2, 900, "dtmf", "{\"digit\":\"7\",\"timestamp\":900}") REC(3, 950, "turn",
		"{\"turn\":-1,\"speech_end\":900,\"endpoint_ms\":0,\"audible_ms\":20}")
			REC(4, 9000, "dtmf", "{\"digit\":\"#\",\"timestamp\":9000}"));

	is_int(s.n_lines, 2, "keys soon after each other are one answer");
	is_str(s.lines[0].text, "47", "in their order");
	is_int(s.lines[0].latency.audible_ms, 20, "answered");
	is_str(s.lines[1].text, "#", "and a later one another");
	story_close(&s);
	s = tell(REC(1, 10, "dtmf",
		"{\"digit\":\""
		"\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
		"\"}"));
	is_int(s.n_lines, 0, "what is longer than a key is none");
	ok(!s.whole, "without its end a journal is not whole");
	story_close(&s);
}

static void test_broken(void)
{
	struct story s = tell(REC(1, 1, "synthesize",
		"{\"utterance\":\"u1\",\"turn\":0,\"text\":\"Good day.\"}") REC(2, 2, "playing",
		"{\"utterance\":\"u1\",\"timestamp\":2}") "no json \xff\n" REC(5, 700,
		"nobody-knows", "{\"a\":[{}]}") REC(6, 800, "transcript",
		"{\"turn\":1}") "{\"seq\":7,\"t\":900,\"type\":\"dtmf\",\"data\":7}\n"
				"{\"seq\":8,\"t\":950,\"ty");

	is_int(s.n_bads, 3, "three lines are no records");
	is_str(s.bads[0].why, "no JSON object", "why");
	is_int(s.bads[0].number, 3, "which");
	is_str(s.bads[0].line, "no json \xef\xbf\xbd", "what it was, as UTF-8");
	is_str(s.bads[1].why, "no data", "data is an object");
	is_str(s.bads[2].why, "cut off", "a line without its end");
	is_int(s.missing, 2, "records were lost");
	is_int(s.lines[0].status, STORY_OPEN, "it is not known how it ended");
	is_str(s.lines[0].heard, "", "nor what was heard");
	is_int(s.lines[1].status, STORY_UNCLEAR, "a voice without words");
	is_int(s.records, 4, "the rest is told");
	is_int(s.over_ms, 800, "the call was over with the last of them");
	story_close(&s);
}

static void test_empty(void)
{
	struct story s = tell("");

	struct kept k;

	ok(s.n_lines == 0 && !s.whole && s.result, "an empty journal is a story without a word");
	story_close(&s);
	put("events.jsonl", NULL);
	put("call.json", "{\"call\":\"x\"}");
	put("verdict", "error\n");
	k = open_kept(dir);
	is_int(story_open(&k, &s), -1, "without a journal there is none");
	is_int(errno, ENOENT, "and that is said");
	is_int(story_none(&k, &s), 0, "but one without a word can be had");
	is_str(s.verdict, "error", "which knows how the call ended");
	story_close(&s);
	kept_close(&k);
}

/* Times that no call can have are no trouble to those who add them up. */
static void test_times(void)
{
	struct story s = tell(REC(
		1, 5, "dtmf", "{\"digit\":\"1\",\"timestamp\":9223372036854775807}") REC(2,
		9223372036854775807, "dtmf", "{\"digit\":\"2\"}") REC(3, 6, "playing",
		"{\"utterance\":\"u\",\"timestamp\":9223372036854775807}") REC(4, 7, "played",
		"{\"utterance\":\"u\",\"heard_ms\":9223372036854775807,\"timestamp\":-8}"));

	is_int(s.n_bads, 1, "a record of such a time is none");
	ok(s.lines[0].t0_ms == JOURNAL_MS_MAX, "in an event it is the last one there is");
	ok(s.talk_over_ms == 0, "and can be added");
	story_close(&s);
}

/* Both sides over each other, out of order: each moment counts once, and the order of the journal breaks ties. */
static void test_order(void)
{
	struct story s = tell(REC(1, 10, "transcript",
		"{\"turn\":1,\"text\":\"b\",\"language\":\"fr\",\"start\":500,\"end\":900}") REC(2,
		10, "transcript",
		"{\"turn\":2,\"text\":\"a\",\"start\":100,\"end\":300}") REC(3, 10, "transcript",
		"{\"turn\":3,\"text\":\"c at length\",\"language\":\"de\",\"start\":500,\"end\":900}") REC(4,
		10, "voice-started", "{\"timestamp\":500,\"turn\":3}") REC(5, 10, "voice-stopped",
		"{\"timestamp\":900,\"turn\":3}") REC(6, 10, "voice-started",
		"{\"timestamp\":100,\"turn\":2}") REC(7, 10, "voice-stopped",
		"{\"timestamp\":300,\"turn\":2}") REC(8, 10, "playing",
		"{\"utterance\":\"x\",\"timestamp\":200}") REC(9, 10, "played",
		"{\"utterance\":\"x\",\"timestamp\":700,\"status\":\"cleared\",\"heard_ms\":500}") REC(10,
		10, "playing", "{\"utterance\":\"y\",\"timestamp\":250}") REC(11, 10, "played",
		"{\"utterance\":\"y\",\"timestamp\":600,\"status\":\"cleared\",\"heard_ms\":350}"));

	ok(s.n_lines == 5 && strcmp(s.lines[0].text, "a") == 0 &&
			strcmp(s.lines[3].text, "b") == 0 &&
			strcmp(s.lines[4].text, "c at length") == 0,
		"lines in the order in which they began, equal ones in that of the journal");
	is_str(s.language, "de", "the language in which most was said");
	is_int(s.talk_over_ms, 300, "200 to 300 and 500 to 700, each moment once");
	story_close(&s);
}

static void test_long(void)
{
	static char journal[JOURNAL_LINE_MAX + 400];
	struct story s;

	memset(journal, 'x', JOURNAL_LINE_MAX + 100);
	snprintf(journal + JOURNAL_LINE_MAX + 100, 300, "%s",
		"\n" REC(1, 3, "state", "{\"from\":\"\",\"to\":\"a\"}"));
	s = tell(journal);
	ok(s.n_bads == 1 && s.n_states == 1,
		"a line without end in sight is dropped, the next one read");
	story_close(&s);
}

static void test_amd(void)
{
	struct story s = tell(REC(1, 900, "amd",
		"{\"verdict\":\"human\",\"confidence\":0.9,\"reason\":\"waited\",\"ms\":900}") REC(2,
		2500, "amd",
		"{\"verdict\":\"machine\",\"confidence\":0.95,\"reason\":\"spoke\",\"ms\":2500}") REC(3,
		7000, "amd",
		"{\"verdict\":\"machine\",\"kind\":\"voicemail\",\"confidence\":0.99,\"reason\":\"beep\",\"ms\":7000,\"message\":\"beep\"}"));

	is_str(s.amd, "machine", "the last verdict counts");
	is_str(s.amd_kind, "voicemail", "with the kind that is told later");
	ok(strcmp(s.amd_reason, "spoke") == 0 && s.amd_ms == 2500,
		"and the reason and time it was first told with");
	story_close(&s);
}

int main(void)
{
	char cmd[PATH_MAX];

	if (!mkdtemp(dir))
		return 1;
	test_kept();
	test_files();
	test_running();
	test_real();
	test_keys();
	test_broken();
	test_empty();
	test_times();
	test_order();
	test_long();
	test_amd();
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd) != 0 || done_testing();
}
