/* The scribe: on a pipe here, and as the child that as-speak forks, with the preload $SHORT_SO if there is one. */
#include "stream/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tap.h"

static char dir[] = "/tmp/scribe.XXXXXX";
static char journal[64], record[64], verdict[64];
static const struct scribe_files files = {.journal = journal, .record = record, .verdict = verdict};

static const char *text(const char *path)
{
	static char *content;
	size_t n;

	free(content);
	content = NULL;
	return read_file(path, 1 << 20, &content, &n) == 0 ? content : "?";
}

static void clean(void)
{
	unlink(journal);
	unlink(record);
	unlink(verdict);
}

static void put(const char *path, const char *s)
{
	if (replace_file(path, s, strlen(s)) < 0)
		abort();
}

#define RECORD(seq, type, data) \
	"{\"seq\":" #seq ",\"t\":" #seq "0,\"type\":\"" type "\",\"data\":" data "}"
#define FRAME(seq, type, data) "{\"type\":\"journal\",\"data\":" RECORD(seq, type, data) "}\n"
#define HELLO "{\"type\":\"hello\",\"data\":{\"pid\":4711,\"rate\":8000}}\n"
#define AUDIO(ms, bytes) \
	"{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000,\"width\":2,\"channels\":1,\"timestamp\":" #ms \
	",\"utterance\":\"b\",\"heard_ms\":40},\"payload_length\":4}\n" bytes

static void test_read(void)
{
	static const char in[] = HELLO FRAME(1, "synthesize", "{\"utterance\":\"a\"}")
		FRAME(2, "playing", "{\"utterance\":\"b\"}") AUDIO(1, "wxyz") FRAME(3, "played",
			"{\"utterance\":\"a\"}") AUDIO(0, "stuv") FRAME(4, "call-end", "{}")
			FRAME(5, "done", "{\"verdict\":\"transfer sales\"}")
				FRAME(6, "error", "{\"fatal\":true,\"text\":\"late\"}");
	struct scribe s;
	int fds[2];

	clean();
	if (pipe2(fds, O_NONBLOCK) < 0)
		return;
	scribe_init(&s, fds[0], &files, 8000);
	ok(scribe_read(&s) == 0 && !s.eof, "nothing there");
	ok(write(fds[1], in, sizeof(in) - 1) == sizeof(in) - 1 && scribe_read(&s) == 1,
		"records and audio");
	ok(s.speaker == 4711 && s.call_ended && s.seq == 6 && s.t_ms == 60, "what they say");
	is_str(s.verdict, "transfer sales", "the verdict");
	is_str(s.fatal, "", "an error after it decides nothing");
	scribe_close_utterances(&s, 70);
	scribe_note(&s, 80, "verdict", (struct jspan){"{}", 2});
	ok(scribe_flush(&s) == 0, "own records");
	is_str(text(journal),
		RECORD(1, "synthesize", "{\"utterance\":\"a\"}") "\n" RECORD(
			2, "playing", "{\"utterance\":\"b\"}") "\n" RECORD(3, "played",
			"{\"utterance\":\"a\"}") "\n" RECORD(4, "call-end", "{}") "\n" RECORD(5,
			"done", "{\"verdict\":\"transfer sales\"}") "\n" RECORD(6, "error",
			"{\"fatal\":true,\"text\":\"late\"}") "\n"
							      "{\"seq\":7,\"t\":70,\"type\":\"played\",\"data\":"
							      "{\"utterance\":\"b\",\"timestamp\":70,\"status\":\"failed\",\"heard_ms\":40}}\n" RECORD(
								      8, "verdict", "{}") "\n",
		"the journal: as it came, then what was open is closed with what was heard");
	ok(memcmp(text(record), "stuv\0\0\0\0\0\0\0\0\0\0\0\0wxyz", 20) == 0,
		"audio has the place of its call time");
	ok(write(fds[1], "x\n", 2) == 2 && scribe_read(&s) == -1 && s.in.why, "another language");
	scribe_free(&s);
	close(fds[0]);
	close(fds[1]);
}

static void test_disk(void)
{
	static const struct scribe_files full = {.journal = "/dev/full", .record = "/dev/full"};
	char folder[64], later[80];
	struct scribe s;
	size_t waiting;

	clean();
	scribe_init(&s, -1, &full, 8000);
	scribe_note(&s, 0, "state", (struct jspan){"{}", 2});
	ok(scribe_flush(&s) == -1 && s.disk_errno == ENOSPC && s.waiting.n > 0,
		"a full disk: the journal waits");
	scribe_audio(&s, 0, "abcd", 4);
	is_int(s.lost_audio_bytes, 4, "audio does not");
	while (s.lost_records == 0)
		scribe_note(&s, 0, "state",
			(struct jspan){
				"{\"text\":\"................................................\"}",
				60});
	waiting = s.waiting.n;
	ok(waiting <= SCRIBE_WAITING_MAX && s.waiting.p[waiting - 1] == '\n',
		"%zu bytes of whole records, then they are lost", waiting);
	scribe_free(&s);

	snprintf(folder, sizeof(folder), "%s/later", dir);
	snprintf(later, sizeof(later), "%s/journal", folder);
	scribe_init(&s, -1, &(struct scribe_files){.journal = later}, 8000);
	scribe_note(&s, 0, "state", (struct jspan){"{}", 2});
	ok(scribe_flush(&s) == -1 && s.disk_errno == ENOENT, "a folder that is not there");
	ok(mkdir(folder, 0700) == 0 && scribe_flush(&s) == 0 && s.waiting.n == 0, "and then is");
	is_str(text(later), "{\"seq\":1,\"t\":0,\"type\":\"state\",\"data\":{}}\n",
		"nothing is lost");
	scribe_free(&s);
	unlink(later);
	rmdir(folder);
}

/* As as-speak: fork a scribe, write to it, end. Its exit code. */
static int forked(const struct scribe_files *to, const struct scribe_tail *tail, const char *in,
	bool *ret_told)
{
	sigset_t set;
	struct timespec patience = {.tv_sec = 10};
	struct pollfd p;
	size_t n = strlen(in);
	int fd, status;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = scribe_fork(to, 8000, tail, &fd);
	if (pid < 0)
		return -1;
	for (p = (struct pollfd){.fd = fd, .events = POLLOUT}; n > 0 && poll(&p, 1, 10000) == 1;) {
		ssize_t done = write(fd, in, n);

		if (done > 0) {
			in += done;
			n -= (size_t)done;
		}
	}
	close(fd);
	*ret_told = sigtimedwait(&set, NULL, &patience) == SIGUSR1;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_fork(void)
{
	static const char recent[] = RECORD(2, "state", "{}") "\n" RECORD(
		3, "playing", "{\"utterance\":\"a\"}") "\n";
	static const char recent_done[] = RECORD(2, "done", "{\"verdict\":\"hangup\"}") "\n";
	struct scribe_tail tail = {{recent, sizeof(recent) - 1}, "abcd", 4, 1};
	bool told = false;

	clean();
	is_int(forked(&files, NULL, HELLO FRAME(1, "done", "{\"verdict\":\"hangup\"}"), &told), 0,
		"a scribe of its own");
	ok(told && strcmp(text(verdict), "hangup\n") == 0, "writes the verdict and says so");
	is_str(text(journal), RECORD(1, "done", "{\"verdict\":\"hangup\"}") "\n",
		"and the journal");

	clean();
	put(journal,
		RECORD(1, "synthesize", "{\"utterance\":\"a\"}") "\n" RECORD(
			2, "state", "{}") "\n{\"seq\":3,\"t");
	is_int(forked(&files, &tail, HELLO FRAME(4, "state", "{}"), &told), 0,
		"one that takes over");
	is_str(text(journal),
		RECORD(1, "synthesize", "{\"utterance\":\"a\"}") "\n" RECORD(2, "state",
			"{}") "\n" RECORD(3, "playing", "{\"utterance\":\"a\"}") "\n" RECORD(4,
			"state",
			"{}") "\n"
			      "{\"seq\":5,\"t\":40,\"type\":\"played\",\"data\":"
			      "{\"utterance\":\"a\",\"timestamp\":40,\"status\":\"failed\",\"heard_ms\":0}}\n",
		"goes on without half a line, a hole or a double; what is open when as-speak dies has failed");
	ok(memcmp(text(record), "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0abcd", 20) == 0,
		"and has the audio that was on its way");
	ok(told && strcmp(text(verdict), "error\n") == 0, "no done: the verdict is error");

	clean();
	tail.records = (struct jspan){recent_done, sizeof(recent_done) - 1};
	put(journal, recent_done);
	is_int(forked(&files, &tail, HELLO, &told), 0, "one that takes over after done");
	is_str(text(verdict), "hangup\n", "finds the verdict in the journal");
}

int main(int argc, char **argv)
{
	const char *preload = getenv("SHORT_SO");

	if (argc == 1 && preload) {
		setenv("LD_PRELOAD", preload, 1);
		execl("/proc/self/exe", "scribe", "forked", NULL);
	}
	log_init("scribe");
	if (!mkdtemp(dir))
		return 1;
	snprintf(journal, sizeof(journal), "%s/events.jsonl", dir);
	snprintf(record, sizeof(record), "%s/bot.s16", dir);
	snprintf(verdict, sizeof(verdict), "%s/verdict", dir);
	if (!getenv("LD_PRELOAD")) /* these count reads and writes */
		test_read();
	test_disk();
	test_fork();
	clean();
	rmdir(dir);
	return done_testing();
}
