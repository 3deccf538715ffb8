/* The scribe on a FIFO. */
#include "stream/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

static char dir[] = "/tmp/scribe-XXXXXX";
static struct scribe_files files;
static struct scribe s;
static int to; /* writing end of its FIFO */

static char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void begin(void)
{
	int fd;

	unlink(path_of("scribe"));
	unlink(path_of("events.jsonl"));
	unlink(path_of("bot.s16"));
	if (mkfifo(path_of("scribe"), 0600) == -1)
		abort();
	fd = open(path_of("scribe"), O_RDONLY | O_NONBLOCK);
	to = open(path_of("scribe"), O_WRONLY);
	if (fd == -1 || to == -1 || scribe_files_of(&files, dir, NULL, NULL) == -1 ||
		scribe_init(&s, fd, &files, 8000) == -1)
		abort();
}

static void end(void)
{
	close(s.in.fd);
	scribe_free(&s);
}

static void feed(const char *text)
{
	if (write(to, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
}

static void feed_record(int seq, const char *type, const char *data)
{
	char text[4096];

	snprintf(text, sizeof(text),
		"{\"type\":\"journal\",\"data\":{\"seq\":%d,\"t\":%d,\"type\":\"%s\",\"data\":%s}}\n",
		seq, seq * 10, type, data);
	feed(text);
}

static const char *content(const char *name)
{
	static char *text;
	size_t n;

	free(text);
	text = NULL;
	return read_file(path_of(name), 1 << 22, &text, &n) == 0 ? text : "(none)";
}

static void test_records(void)
{
	char big[9000];

	begin();
	is_int(scribe_read(&s), 0, "nothing there");
	ok(!s.eof, "and nobody gone");
	feed("{\"type\":\"hello\",\"data\":{\"pid\":4711,\"rate\":8000}}\n");
	feed_record(1, "state", "{\"from\":\"a\"}");
	feed_record(2, "call-end", "{}");
	is_int(scribe_read(&s), 1, "read");
	is_int(s.speaker, 4711, "who speaks");
	ok(s.seq == 2 && s.t_ms == 20, "last number and time");
	ok(s.call_ended, "the end of the call is in the journal");
	is_str(content("events.jsonl"),
		"{\"seq\":1,\"t\":10,\"type\":\"state\",\"data\":{\"from\":\"a\"}}\n"
		"{\"seq\":2,\"t\":20,\"type\":\"call-end\",\"data\":{}}\n",
		"the records, a line each");

	snprintf(big, sizeof(big),
		"{\"seq\":3,\"t\":30,\"type\":\"state\",\"data\":{\"to\":\"%08500d\"}}", 0);
	if (dprintf(to, "{\"type\":\"journal\",\"payload_length\":%zu}\n%s", strlen(big), big) < 0)
		abort();
	is_int(scribe_read(&s), 1, "a record too large for a header");
	is_int(s.seq, 3, "is one like the others");
	scribe_note(&s, 40, "verdict", (struct jspan){"{}", 2});
	is_int(scribe_flush(&s), 0, "an own record");
	ok(strstr(content("events.jsonl"),
		   "\n{\"seq\":4,\"t\":40,\"type\":\"verdict\",\"data\":{}}\n"),
		"has the next number");
	feed("{\"type\":\"hello\"");
	close(to);
	is_int(scribe_read(&s), 1, "half a frame");
	is_int(scribe_read(&s), 0, "and the end");
	ok(s.eof, "is seen");
	end();
}

static void test_outcome(void)
{
	begin();
	feed_record(1, "error", "{\"fatal\":false,\"text\":\"never mind\"}");
	feed_record(2, "done", "{\"verdict\":\"transfer sales\"}");
	feed_record(3, "error", "{\"fatal\":true,\"text\":\"too late\"}");
	is_int(scribe_read(&s), 1, "read");
	is_str(s.verdict, "transfer sales", "done");
	is_str(s.fatal, "", "an error after it decides nothing");
	close(to);
	end();

	begin();
	feed_record(1, "error", "{\"fatal\":true,\"text\":\"stt is gone\"}");
	feed_record(2, "done", "{\"verdict\":\"hangup\"}");
	is_int(scribe_read(&s), 1, "read");
	is_str(s.fatal, "stt is gone", "a fatal error");
	is_str(s.verdict, "", "after which nothing is done");
	close(to);
	end();

	begin();
	feed_record(1, "done", "{\"verdict\":17}");
	is_int(scribe_read(&s), 1, "read");
	ok(s.verdict[0] && !verdict_valid(s.verdict),
		"a done without a verdict has none that is valid");
	feed("no frame\n");
	ok(scribe_read(&s) == -1 && s.in.why, "no frame");
	close(to);
	end();
}

static void test_ledger(void)
{
	begin();
	feed_record(1, "synthesize", "{\"utterance\":\"a\"}");
	feed_record(2, "synthesize", "{\"utterance\":\"b\"}");
	feed_record(3, "synthesize", "{\"utterance\":\"c\"}");
	feed_record(4, "playing", "{\"utterance\":\"b\",\"timestamp\":1}");
	feed_record(5, "playing", "{\"utterance\":\"d\",\"timestamp\":1}");
	feed_record(6, "played", "{\"utterance\":\"a\"}");
	feed_record(7, "played", "{\"utterance\":\"a\"}");
	feed_record(8, "audio-start", "{\"utterance\":\"a\"}");
	feed("{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"width\":2,\"channels\":1,\"timestamp\":20,"
	     "\"utterance\":\"b\",\"heard_ms\":120},\"payload_length\":4}\nabcd");
	is_int(scribe_read(&s), 1, "read");
	scribe_close_utterances(&s, 99);
	scribe_close_utterances(&s, 99);
	scribe_flush(&s);
	ok(strstr(content("events.jsonl"),
		   "{\"seq\":9,\"t\":99,\"type\":\"played\",\"data\":{\"utterance\":\"b\",\"timestamp\":99,\"status\":\"failed\",\"heard_ms\":120}}\n"
		   "{\"seq\":10,\"t\":99,\"type\":\"played\",\"data\":{\"utterance\":\"c\",\"timestamp\":99,\"status\":\"failed\",\"heard_ms\":0}}\n"
		   "{\"seq\":11,\"t\":99,\"type\":\"played\",\"data\":{\"utterance\":\"d\",\"timestamp\":99,\"status\":\"failed\",\"heard_ms\":0}}\n"),
		"each open utterance is closed once, with what was heard of it");
	close(to);
	end();
}

static void feed_audio(int64_t ms, int rate, const char *bytes)
{
	char text[256];

	snprintf(text, sizeof(text),
		"{\"type\":\"audio-chunk\",\"data\":{\"rate\":%d,\"width\":2,\"channels\":1,\"timestamp\":%lld},\"payload_length\":%zu}\n%s",
		rate, (long long)ms, strlen(bytes), bytes);
	feed(text);
}

static void test_audio(void)
{
	struct stat st;
	const char *p;

	begin();
	feed_audio(40, 8000, "efgh");
	feed_audio(0, 8000, "abcd");
	feed_audio(60, 16000, "wrong rate..");
	feed_audio(-20, 8000, "no time.");
	feed_audio(INT64_MAX / 2, 8000, "far away");
	feed_audio(80, 8000, "odd");
	is_int(scribe_read(&s), 1, "read");
	is_int(s.lost_audio_bytes, 12 + 8 + 8 + 3, "what has no place is counted");
	p = content("bot.s16");
	ok(stat(path_of("bot.s16"), &st) == 0 && st.st_size == 644,
		"the file ends with the last sample");
	ok(memcmp(p, "abcd\0\0\0", 7) == 0 && memcmp(p + 640, "efgh", 4) == 0,
		"byte offset is call time");
	close(to);
	end();
}

/* On a disk that is full from the beginning, or not there yet. */
static void test_disk(void)
{
	static struct scribe_files full = {.journal = "/dev/full", .record = "/dev/full"}, later;
	static const char text[] =
		"{\"text\":\"................................................\"}";
	char *folder;
	size_t waiting;

	is_int(scribe_init(&s, -1, &full, 8000), 0, "files that can be opened");
	scribe_note(&s, 0, "state", (struct jspan){"{}", 2});
	ok(scribe_flush(&s) == -1 && s.disk_errno == ENOSPC && s.waiting.n > 0,
		"a full disk: the journal waits");
	scribe_audio(&s, 0, "abcd", 4);
	is_int(s.lost_audio_bytes, 4, "audio does not");
	while (s.lost_records == 0)
		scribe_note(&s, 0, "state", (struct jspan){text, sizeof(text) - 1});
	waiting = s.waiting.n;
	ok(waiting <= SCRIBE_WAITING_MAX && s.waiting.p[waiting - 1] == '\n',
		"%zu bytes of whole records, then they are lost", waiting);
	scribe_free(&s);

	folder = path_of("later");
	if (scribe_files_of(&later, folder, NULL, NULL) == -1)
		abort();
	ok(scribe_init(&s, -1, &later, 8000) == -1 && errno == ENOENT,
		"a folder that is not there is noticed at once");
	scribe_note(&s, 0, "state", (struct jspan){"{}", 2});
	ok(scribe_flush(&s) == -1 && s.disk_errno == ENOENT, "the journal waits");
	ok(mkdir(folder, 0700) == 0 && scribe_flush(&s) == 0 && s.waiting.n == 0, "and then it is");
	is_str(content("later/events.jsonl"),
		"{\"seq\":1,\"t\":0,\"type\":\"state\",\"data\":{}}\n", "nothing is lost");
	scribe_free(&s);
	unlink(path_of("later/events.jsonl"));
	rmdir(path_of("later"));
}

/* A record that is too large for one is lost, and takes no number. */
static void test_large(void)
{
	static char data[FRAME_MAX + 1];

	begin();
	memset(data, ' ', sizeof(data));
	data[0] = '{';
	data[sizeof(data) - 1] = '}';
	scribe_note(&s, 0, "state", (struct jspan){data, sizeof(data)});
	ok(s.lost_records == 1 && s.seq == 0, "too large a record of our own is counted");
	scribe_note(&s, 0, "state", (struct jspan){"{}", 2});
	scribe_flush(&s);
	is_str(content("events.jsonl"), "{\"seq\":1,\"t\":0,\"type\":\"state\",\"data\":{}}\n",
		"and leaves neither half a line nor a hole");
	close(to);
	end();
}

static void count_errors(void *ctx, const char *type, struct jspan data)
{
	int *n = ctx;
	struct jspan stage;

	*n += strcmp(type, "error") == 0 && jline_get(data, "stage", &stage) &&
		jline_eq(stage, "as-answer");
}

static void test_on_record(void)
{
	int errors = 0;

	begin();
	s.on_record = count_errors;
	s.ctx = &errors;
	feed_record(1, "error", "{\"stage\":\"as-answer\"}");
	feed_record(2, "error", "{\"stage\":\"stt\"}");
	feed_record(3, "state", "{\"stage\":\"as-answer\"}");
	is_int(scribe_read(&s), 1, "read");
	scribe_note(&s, 40, "error", (struct jspan){"{\"stage\":\"as-answer\"}", 21});
	is_int(errors, 1, "each record of as-speak's is shown, and none of our own");
	close(to);
	end();
}

static void test_paths(void)
{
	static struct scribe_files f;
	static char name[PATH_MAX];

	is_int(scribe_files_of(&f, "/call", "/spool", "uuid"), 0, "the files of a call");
	is_str(f.journal, "/call/events.jsonl", "journal");
	is_str(f.record, "/call/bot.s16", "bot audio");
	is_str(f.verdict, "/call/verdict", "verdict");
	is_str(f.verdict_by_uuid, "/spool/verdicts/uuid", "the verdict that the dialplan reads");
	ok(scribe_files_of(&f, NULL, "/spool", "uuid") == 0 && !*f.journal && !*f.record &&
			!*f.verdict && *f.verdict_by_uuid,
		"without a directory only that");
	ok(scribe_files_of(&f, "/call", "/spool", NULL) == 0 && *f.journal && !*f.verdict_by_uuid,
		"without a UUID all but that");
	memset(name, 'x', sizeof(name) - 10);
	ok(scribe_files_of(&f, name, "/spool", "uuid") == -1 && errno == ENAMETOOLONG &&
			!*f.journal && *f.verdict && *f.verdict_by_uuid,
		"what is too long is none");
}

static void limit_files(rlim_t bytes)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_FSIZE, &r) == -1)
		abort();
	r.rlim_cur = bytes;
	if (setrlimit(RLIMIT_FSIZE, &r) == -1)
		abort();
}

/* A file size limit is a disk that is full in the middle of a line. */
static void test_full(void)
{
	char data[1100];
	const char *p;
	int lines = 0, good = 0, fd;

	signal(SIGXFSZ, SIG_IGN);
	snprintf(data, sizeof(data), "{\"x\":\"%01000d\"}", 0);
	begin();
	/* as of a scribe before */
	fd = open(path_of("events.jsonl"), O_WRONLY | O_APPEND);
	if (write(fd, "old\n", 4) != 4 || close(fd) == -1)
		abort();
	limit_files(1500);
	for (int i = 1; i <= 5; i++) {
		feed_record(i, "state", data);
		good += scribe_read(&s);
	}
	is_int(s.disk_errno, EFBIG, "the disk is full");
	p = content("events.jsonl");
	ok(strncmp(p, "old\n{", 5) == 0 && strchr(p + 4, '\n') && strchr(p + 4, '\n')[1] == '\0',
		"the file has a whole line more and no half");
	feed_audio(1000, 8000, "abcd");
	good += scribe_read(&s);
	is_int(s.lost_audio_bytes, 4, "audio is lost");
	is_int(scribe_flush(&s), -1, "something waits");
	limit_files(RLIM_INFINITY);
	is_int(scribe_flush(&s), 0, "there is room again");
	for (p = content("events.jsonl"); *p; p++)
		lines += *p == '\n';
	is_int(lines, 1 + 5, "no record is lost");

	limit_files(1500);
	for (int i = 6; i <= 1200; i++) {
		feed_record(i, "state", data);
		good += scribe_read(&s);
	}
	ok(s.lost_records > 0 && s.waiting.n <= SCRIBE_WAITING_MAX, "so much waits, and no more");
	limit_files(RLIM_INFINITY);
	scribe_flush(&s);
	lines = 0;
	for (p = content("events.jsonl"); *p; p++)
		lines += *p == '\n';
	is_int(good, 1201, "the scribe reads on all the time");
	is_int(lines + (int)s.lost_records, 1 + 1200, "every record is in the file or counted");
	close(to);
	end();
}

/* However the stream is cut into writes, the journal is the same. */
static void test_split(void)
{
	uint64_t seed = 2;
	char text[6000], *p = text;
	size_t n, at = 0;

	for (int i = 1; i <= 20; i++)
		p += sprintf(p,
			"{\"type\":\"journal\",\"data\":{\"seq\":%d,\"t\":0,\"type\":\"x\",\"data\":{}}}\n"
			"{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"timestamp\":%d},\"payload_length\":4}\n{\n{\n",
			i, i * 20);
	n = (size_t)(p - text);
	begin();
	while (at < n) {
		size_t piece = 1 + random_below(&seed, 30);

		piece = piece < n - at ? piece : n - at;
		if (write(to, text + at, piece) != (ssize_t)piece)
			abort();
		at += piece;
		if (scribe_read(&s) != 1)
			break;
	}
	is_int(at, n, "any split is read");
	is_int(s.seq, 20, "to the last record");
	is_int(s.lost_audio_bytes, 0, "and the last sample");
	close(to);
	end();
}

int main(void)
{
	if (!mkdtemp(dir))
		abort();
	test_records();
	test_outcome();
	test_ledger();
	test_audio();
	test_disk();
	test_large();
	test_on_record();
	test_paths();
	test_full();
	test_split();
	unlink(path_of("scribe"));
	unlink(path_of("events.jsonl"));
	unlink(path_of("bot.s16"));
	is_int(rmdir(dir), 0, "nothing else was written");
	return done_testing();
}
