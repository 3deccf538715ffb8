#include "stream/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

static const char bytes[] =
	"{\"type\":\"a\"}\n{\"type\":\"b\",\"payload_length\":3}\n1\n2{\"type\":\"c\",\"data\":{\"n\":1}}\n";

/* The same frames, wherever a read ends. */
static void test_split(uint64_t seed)
{
	static const char *const types[] = {"a", "b", "c"};
	size_t sent = 0, got = 0;
	struct reader r;
	struct frame f;
	bool right = true;
	int fds[2];

	if (pipe(fds) < 0)
		return;
	reader_init(&r, fds[0]);
	while (sent < sizeof(bytes) - 1 && right) {
		size_t n = 1 + random_below(&seed, sizeof(bytes) - 1 - sent);

		right = write(fds[1], bytes + sent, n) == (ssize_t)n &&
			reader_fill(&r) == (ssize_t)n;
		sent += n;
		while (right && reader_next(&r, &f) == 1)
			right = got < 3 && frame_is(&f, types[got++]);
		right = right && r.offset <= sent && reader_partial(&r) == (r.offset < sent);
	}
	close(fds[1]);
	right = right && got == 3 && reader_fill(&r) == 0 && r.eof && !reader_partial(&r);
	ok(right, "split with seed %llu", (unsigned long long)seed);
	reader_free(&r);
	close(fds[0]);
}

static void test_malformed(void)
{
	struct reader r;
	struct frame f;
	int fds[2];

	if (pipe2(fds, O_NONBLOCK) < 0)
		return;
	reader_init(&r, fds[0]);
	ok(reader_fill(&r) == -1 && errno == EAGAIN && !r.eof, "nothing there is no end");
	ok(write(fds[1], "{\"type\":\"a\"}\nrubbish\n", 21) == 21 && reader_fill(&r) == 21,
		"rubbish");
	is_int(reader_next(&r, &f), 1, "the frame before it");
	is_int(reader_next(&r, &f), -1, "is malformed");
	is_int(r.offset, 13, "at its offset");
	is_str(r.why, "frame does not begin with '{'", "with a reason");
	ok(reader_partial(&r), "and is left");
	close(fds[0]);
	close(fds[1]);
	ok(reader_fill(&r) == -1 && errno == EBADF, "an error of read(2) is passed on");
	reader_free(&r);
}

int main(void)
{
	for (uint64_t seed = 1; seed <= 50; seed++)
		test_split(seed);
	test_malformed();
	return done_testing();
}
