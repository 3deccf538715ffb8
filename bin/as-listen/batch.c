#include "batch.h"

#include <sys/socket.h>

#include "audio/pcm.h"

#define PAUSE_NS (200 * NS_PER_MS)     /* between two words of one sentence, at most */
#define STEADY_NS (300 * NS_PER_MS)    /* whoever has spoken for so long has been noticed */
#define TURN_END_NS (2500 * NS_PER_MS) /* by then it is decided that the caller has finished */
#define MESSAGES 3

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
	*b = (struct batch){.fd = fd, .heard_ns = -1, .mark_bytes = 1};
}

/* Nothing can be decided by the next message. */
static bool undecided(const struct batch *b, int64_t now_ns)
{
	int64_t silent_ns = now_ns - b->heard_ns;

	return silent_ns > TURN_END_NS ||
		(silent_ns <= PAUSE_NS && now_ns - b->began_ns > STEADY_NS);
}

void batch_audio(struct batch *b, int64_t now_ns, const int16_t *samples, size_t n)
{
	bool audible = pcm_audible(samples, n);

	if (b->heard_ns == -1 || (audible && now_ns - b->heard_ns > PAUSE_NS))
		b->began_ns = now_ns;
	if (b->heard_ns == -1 || audible)
		b->heard_ns = now_ns;
	mark(b, undecided(b, now_ns) ? MESSAGES * b->message_bytes : 1);
}

void batch_off(struct batch *b)
{
	b->heard_ns = -1;
	mark(b, 1);
}
