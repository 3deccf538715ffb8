#include "batch.h"

#include <sys/socket.h>

#include "audio/pcm.h"

#define QUIET_NS (500 * NS_PER_MS) /* silence that is more than a pause between two words */
#define MESSAGES 3                 /* 60 ms: a voice that begins is noticed at most 40 ms later */

static void mark(struct batch *b, size_t bytes)
{
	int n = (int)bytes;

	if (b->fd == -1 || b->mark_bytes == bytes)
		return;
	b->mark_bytes = bytes;
	setsockopt(
		b->fd, SOL_SOCKET, SO_RCVLOWAT, &n, sizeof(n)); /* if not, each comes by itself */
}

void batch_init(struct batch *b, int fd)
{
	*b = (struct batch){.fd = fd, .quiet_ns = -1, .mark_bytes = 1};
}

void batch_audio(struct batch *b, int64_t now_ns, const int16_t *samples, size_t n)
{
	if (pcm_audible(samples, n)) {
		b->quiet_ns = -1;
		mark(b, 1);
		return;
	}
	if (b->quiet_ns == -1)
		b->quiet_ns = now_ns;
	if (now_ns - b->quiet_ns > QUIET_NS)
		mark(b, MESSAGES * b->message_bytes);
}

void batch_off(struct batch *b)
{
	b->quiet_ns = -1;
	mark(b, 1);
}
