#include "batch.h"

#include <sys/socket.h>

#include "audio/pcm.h"

#define MESSAGES 3
#define PAUSE_NS (200 * NS_PER_MS)  /* between two words of one sentence, at most */
#define STEADY_NS (200 * NS_PER_MS) /* whoever has spoken for so long has been noticed */
/* Where a turn ends, counted from the silence that is to end it after what was last heard here. The detector hears a
 * voice end up to 160 ms before it has faded away, or some 100 ms after it has sunk into the noise of the line. What
 * comes in batches is heard up to two messages late, and a batch that is still coming must be over by then. */
#define END_EARLY_NS ((160 + 2 * (MESSAGES - 1) * 20) * NS_PER_MS)
#define END_LATE_NS (100 * NS_PER_MS)
#define END_LAST_NS (2500 * NS_PER_MS) /* not knowing the silence: by then it is decided */
#define END_SILENCE_MAX_MS 10000       /* the longest that vad takes */

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
	floor_init(&b->floor);
}

void batch_listen(struct batch *b, int64_t end_silence_ms)
{
	b->end_silence_ns = min_i64(max_i64(end_silence_ms, 0), END_SILENCE_MAX_MS) * NS_PER_MS;
}

/* The next message may be the one that ends a turn. */
static bool may_end(const struct batch *b, int64_t silent_ns)
{
	if (b->end_silence_ns == 0)
		return silent_ns > PAUSE_NS && silent_ns <= END_LAST_NS;
	return silent_ns > b->end_silence_ns - END_EARLY_NS &&
		silent_ns <= b->end_silence_ns + END_LATE_NS;
}

/* The next message may be the one that shows a voice. */
static bool may_begin(const struct batch *b, int64_t now_ns)
{
	return now_ns - b->heard_ns <= PAUSE_NS && now_ns - b->began_ns <= STEADY_NS;
}

/* So long a silence before it makes a voice a new one: a caller whose turn is under way need not be noticed again. */
static int64_t pause_ns(const struct batch *b)
{
	bool steady = b->heard_ns - b->began_ns > STEADY_NS;

	return steady ? max_i64(b->end_silence_ns - END_EARLY_NS, PAUSE_NS) : PAUSE_NS;
}

void batch_audio(struct batch *b, int64_t now_ns, const int16_t *samples, size_t n)
{
	bool heard = !floor_quiet(&b->floor, samples, n) && pcm_audible(samples, n);

	if (b->heard_ns == -1 || (heard && now_ns - b->heard_ns > pause_ns(b)))
		b->began_ns = now_ns;
	if (b->heard_ns == -1 || heard)
		b->heard_ns = now_ns;
	if (may_end(b, now_ns - b->heard_ns) || may_begin(b, now_ns))
		mark(b, 1);
	else
		mark(b, MESSAGES * b->message_bytes);
}

void batch_off(struct batch *b)
{
	b->heard_ns = -1;
	mark(b, 1);
}
