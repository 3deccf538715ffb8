/* batch: when as-listen is woken, read back from the socket it is set on. */
#include "batch.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

#define FRAME 160

static int low_water(int fd)
{
	int n = -1;
	socklen_t size = sizeof(n);

	return getsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &n, &size) == 0 ? n : -1;
}

static int64_t play(struct batch *b, int64_t now_ms, int frames, const int16_t *samples)
{
	for (int i = 0; i < frames; i++, now_ms += 20)
		batch_audio(b, now_ms * NS_PER_MS, samples, FRAME);
	return now_ms;
}

/* Digital silence, a hiss above what is audible, and a voice. */
static int16_t silence[FRAME], hiss[FRAME], voice[FRAME];

/* Samples of silence after the first `from` ms of it that are read singly, until they are not. */
static int single_ms(int fd, struct batch *b, int64_t *ms, const int16_t *samples, int *ret_from_ms)
{
	int from = 0, n = 0;

	for (; from < 5000 && low_water(fd) != 1; from += 20)
		*ms = play(b, *ms, 1, samples);
	for (; n < 5000 && low_water(fd) == 1; n += 20)
		*ms = play(b, *ms, 1, samples);
	*ret_from_ms = from;
	return n;
}

static void begin(struct batch *b, int fd)
{
	batch_init(b, fd);
	b->message_bytes = 323;
}

static void test_end(int fd, int end_silence_ms, const int16_t *line)
{
	struct batch call, *b = &call;
	int from_ms, n_ms;
	int64_t ms;

	begin(b, fd);
	batch_listen(b, end_silence_ms);
	ms = play(b, 0, 150, line);
	ms = play(b, ms, 50, voice);
	is_int(low_water(fd), 3 * 323, "%d ms: three at once of a voice", end_silence_ms);
	n_ms = single_ms(fd, b, &ms, line, &from_ms);
	/* the detector may have heard the voice end 160 ms before, and three messages may be coming: what decides is
	 * neither the first nor the second of them */
	ok(from_ms <= end_silence_ms - 160 - 40 && from_ms > end_silence_ms - 300,
		"singly from %d ms of silence on", from_ms);
	ok(from_ms + n_ms >= end_silence_ms + 100 && from_ms + n_ms < end_silence_ms + 200,
		"until %d ms", from_ms + n_ms);
	ms = play(b, ms, 150, line);
	is_int(low_water(fd), 3 * 323, "and no more in the silence that follows");
	ms = play(b, ms, 50, voice);
	ms = play(b, ms, (end_silence_ms - 300) / 20, line);
	ms = play(b, ms, 1, voice);
	is_int(low_water(fd), 3 * 323, "a voice that goes on in its turn is not new");
	ms = play(b, ms, end_silence_ms / 20, line);
	ms = play(b, ms, 1, voice);
	is_int(low_water(fd), 1, "but it is when that may have ended");
	play(b, ms, 100, line);
}

static void test_known_end(int fd)
{
	struct batch b;

	test_end(fd, 700, silence);
	test_end(fd, 2000, silence);
	test_end(fd, 700, hiss);
	begin(&b, fd);
	batch_listen(&b, 100);
	play(&b, play(&b, 0, 100, silence), 50, voice);
	is_int(low_water(fd), 1, "a turn that ends at once may always end");
	batch_listen(&b, -1);
	play(&b, play(&b, 10000, 50, voice), 50, silence);
	is_int(low_water(fd), 1, "and when that is, is not known any more");
}

int main(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct batch b;
	int64_t ms;

	for (int i = 0; i < FRAME; i++) {
		voice[i] = i % 2 ? 1000 : -1000;
		hiss[i] = i % 2 ? 200 : -200;
	}
	begin(&b, fd);
	is_int(low_water(fd), 1, "each message wakes at first");
	ms = play(&b, 0, 100, silence);
	is_int(low_water(fd), 1, "and while a turn may be ending");
	ms = play(&b, ms, 30, silence);
	is_int(low_water(fd), 3 * 323, "three at once when the caller is silent");
	ms = play(&b, ms, 1, voice);
	is_int(low_water(fd), 1, "one voiced message, and each wakes again");
	ms = play(&b, ms, 9, voice);
	is_int(low_water(fd), 1, "as long as the voice is new");
	ms = play(&b, ms, 5, voice);
	is_int(low_water(fd), 3 * 323, "three at once of one who goes on speaking");
	ms = play(&b, ms, 10, silence);
	is_int(low_water(fd), 3 * 323, "between two words, too");
	ms = play(&b, ms, 2, silence);
	is_int(low_water(fd), 1, "each again when it may be the end");
	ms = play(&b, ms, 1, voice);
	is_int(low_water(fd), 1, "a voice after that is new");
	ms = play(&b, ms, 130, silence);
	is_int(low_water(fd), 3 * 323, "silence again");
	batch_off(&b);
	is_int(low_water(fd), 1, "a hole: a key may come out of it");
	play(&b, ms, 10, silence);
	is_int(low_water(fd), 1, "what comes after it is not silence yet");
	test_known_end(fd);
	close(fd);

	batch_init(&b, -1);
	play(&b, 0, 100, silence);
	ok(b.mark_bytes == 1, "without a socket nothing is set");
	return done_testing();
}
