#include "stream/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

#define SENT_MAX 400000

static char sent[SENT_MAX], got[SENT_MAX];
static size_t sent_bytes, got_bytes;
static int64_t begun[64];
static size_t begun_count;

static void note_begun(void *ctx, bool audio, int64_t tag)
{
	(void)ctx;
	(void)audio;
	begun[begun_count++ % ARRAY_LEN(begun)] = tag;
}

static bool put(struct writer *w, uint64_t *seed, size_t n, bool audio, int64_t tag)
{
	random_fill(seed, sent + sent_bytes, n);
	if (writer_put(w, sent + sent_bytes, n, audio, tag) < 0)
		return false;
	sent_bytes += n;
	return true;
}

static void take(int fd, size_t n)
{
	ssize_t done = read(fd, got + got_bytes, n);

	if (done > 0)
		got_bytes += (size_t)done;
}

/* Items of all sizes, a reader that takes what it likes: every byte comes, in order, no write above PIPE_BUF. */
static void test_order(uint64_t seed)
{
	struct writer w;
	bool right = true;
	int fds[2];

	if (pipe2(fds, O_NONBLOCK) < 0)
		return;
	sent_bytes = got_bytes = 0;
	writer_init(&w, fds[1], SENT_MAX);
	for (int i = 0; i < 500 && right; i++) {
		size_t queued, left;

		if (sent_bytes < SENT_MAX - 20000)
			right = put(&w, &seed, random_below(&seed, i % 7 ? 500 : 20000), i % 2, i);
		queued = w.event_bytes + w.audio_bytes - w.head_done;
		right = right && writer_flush(&w, NULL, NULL) == 0;
		left = w.event_bytes + w.audio_bytes - w.head_done;
		right = right && left <= queued && queued - left <= PIPE_BUF;
		take(fds[0], random_below(&seed, 5000));
	}
	while (right && got_bytes < sent_bytes) {
		right = writer_flush(&w, NULL, NULL) == 0;
		take(fds[0], PIPE_BUF);
	}
	ok(right && got_bytes == sent_bytes && memcmp(got, sent, sent_bytes) == 0,
		"%zu bytes in order, at most PIPE_BUF a write, seed %llu", sent_bytes,
		(unsigned long long)seed);
	while (writer_pending(&w) && writer_flush(&w, NULL, NULL) == 0)
		;
	ok(w.event_bytes == 0 && w.audio_bytes == 0 && !w.tail, "and nothing is left");
	writer_free(&w);
	close(fds[0]);
	close(fds[1]);
}

static void test_drop(void)
{
	static char big[PIPE_BUF + 100];
	struct writer w;
	int64_t tag = -1;
	int fds[2];

	if (pipe2(fds, O_NONBLOCK) < 0)
		return;
	writer_init(&w, fds[1], 64);
	ok(!writer_drop_audio(&w, &tag) && tag == -1, "nothing to drop");
	ok(writer_put(&w, big, sizeof(big), true, 1) == 0, "audio larger than one write");
	ok(writer_put(&w, "event", 5, false, 2) == 0 && writer_put(&w, "aa", 2, true, 3) == 0 &&
			writer_put(&w, "bb", 2, true, 4) == 0,
		"an event and audio behind it");
	ok(writer_flush(&w, note_begun, NULL) == 0 && w.head_done == PIPE_BUF,
		"begun, not finished");
	ok(begun_count == 1 && begun[0] == 1, "and said so");
	ok(writer_drop_audio(&w, &tag) && tag == 3,
		"what is begun stays; the oldest other audio goes");
	ok(writer_drop_audio(&w, &tag) && tag == 4 && w.tail && !writer_drop_audio(&w, &tag),
		"then the next, no event");
	ok(writer_put(&w, "cc", 2, true, 5) == 0, "more behind the new tail");
	while (writer_pending(&w) && writer_flush(&w, note_begun, NULL) == 0)
		;
	got_bytes = 0;
	take(fds[0], sizeof(got));
	ok(got_bytes == sizeof(big) + 7 && memcmp(got + sizeof(big), "eventcc", 7) == 0,
		"the rest in order");
	ok(begun_count == 3 && begun[1] == 2 && begun[2] == 5, "each begun once");
	ok(writer_put(&w, big, 64, false, 0) == 0, "events up to the maximum");
	ok(writer_put(&w, "x", 1, false, 0) == -1 && errno == ENOBUFS, "not a byte more");
	ok(writer_put(&w, big, sizeof(big), true, 0) == 0, "audio is the caller's to limit");
	writer_free(&w);
	close(fds[0]);
	close(fds[1]);
}

static void test_gone(bool socket)
{
	struct writer w;
	int fds[2];

	if ((socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : pipe(fds)) < 0)
		return;
	writer_init(&w, fds[1], 1000);
	close(fds[0]);
	ok(writer_put(&w, "x", 1, false, 0) == 0 && writer_flush(&w, NULL, NULL) == -1 && w.gone,
		"a reader that has left (%s)", socket ? "socket" : "pipe");
	writer_free(&w);
	ok(writer_put(&w, "x", 1, false, 0) == 0 && !writer_pending(&w), "nothing is kept for it");
	close(fds[1]);
	writer_init(&w, fds[1], 1000);
	ok(writer_put(&w, "x", 1, false, 0) == 0 && writer_flush(&w, NULL, NULL) == -1 &&
			errno == EBADF && !w.gone,
		"another error is none of the reader's");
	writer_free(&w);
}

static void test_all(void)
{
	static char frame[PIPE_BUF]; /* a page each */
	struct writer w;
	size_t queued = 0;
	int fds[2];

	if (pipe2(fds, O_NONBLOCK) < 0)
		return;
	writer_init(&w, fds[1], SENT_MAX);
	for (int i = 0; i < 90; i++)
		queued += writer_put(&w, frame, sizeof(frame), i % 2, 0) == 0 ? sizeof(frame) : 0;
	got_bytes = 0;
	ok(writer_flush_all(&w) == 0 && writer_pending(&w), "flushed until the pipe is full");
	take(fds[0], SENT_MAX);
	is_int(got_bytes, fcntl(fds[0], F_GETPIPE_SZ), "of %zu bytes", got_bytes);
	while (writer_pending(&w) && got_bytes < queued && writer_flush_all(&w) == 0)
		take(fds[0], SENT_MAX - got_bytes);
	take(fds[0], SENT_MAX - got_bytes);
	ok(!writer_pending(&w) && got_bytes == queued, "and then the rest");
	close(fds[0]);
	ok(writer_put(&w, "x", 1, false, 0) == 0 && writer_flush_all(&w) == -1 && w.gone,
		"the reader has left");
	writer_free(&w);
	close(fds[1]);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	for (uint64_t seed = 1; seed <= 20; seed++)
		test_order(seed);
	test_drop();
	test_gone(false);
	test_gone(true);
	test_all();
	return done_testing();
}
