/* The scribe as the child that as-speak forks, with the preload $SHORT_SO if there is one. */
#include "stream/scribe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tap.h"

static char dir[] = "/tmp/scribe.XXXXXX";
static struct scribe_files files;
static const char *const journal = files.journal, *const record = files.record,
			 *const verdict = files.verdict;

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
		execl("/proc/self/exe", "scribe-fork", "forked", NULL);
	}
	log_init("scribe-fork");
	if (!mkdtemp(dir))
		return 1;
	if (scribe_files_of(&files, dir, NULL, NULL) < 0)
		return 1;
	test_fork();
	clean();
	rmdir(dir);
	return done_testing();
}
