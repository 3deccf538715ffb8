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

int main(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int16_t silence[FRAME] = {0}, voice[FRAME];
	struct batch b;
	int64_t ms;

	for (int i = 0; i < FRAME; i++)
		voice[i] = i % 2 ? 1000 : -1000;
	batch_init(&b, fd);
	b.message_bytes = 323;
	is_int(low_water(fd), 1, "each message wakes at first");
	ms = play(&b, 0, 100, silence);
	is_int(low_water(fd), 1, "and while a turn may be ending");
	ms = play(&b, ms, 30, silence);
	is_int(low_water(fd), 3 * 323, "three at once when the caller is silent");
	ms = play(&b, ms, 1, voice);
	is_int(low_water(fd), 1, "one voiced message, and each wakes again");
	ms = play(&b, ms, 14, voice);
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
	close(fd);

	batch_init(&b, -1);
	play(&b, 0, 100, silence);
	ok(b.mark_bytes == 1, "without a socket nothing is set");
	return done_testing();
}
