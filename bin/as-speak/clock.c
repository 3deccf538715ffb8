#include <errno.h>
#include <poll.h>
#include <string.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "speak.h"

#define CLOCK_WATCH_NS (5 * NS_PER_S) /* without a clock event for this long some filter hangs */
#define READS_PER_SLOT 8 /* a burst of speech is faster than a pipe's 64 KiB every 20 ms */
#define JUMP_MAX_MS (10 * 60 * 1000) /* stream time that jumps further is no stream of ours */

int64_t speak_now_ms(const struct speak *s)
{
	return s->live ? (now_ns() - s->ticker.start_ns) / NS_PER_MS
		       : s->ticker.slot * PCM_FRAME_MS;
}

/* The first audible frame of an answer closes its turn; a wait phrase only marks it, and what is left of an older
 * answer (played on after a cough) says nothing of this one. */
static void audible(struct speak *s, int64_t ms)
{
	struct dynbuf data;

	if (s->player.heard_turn >= 0 && s->player.heard_turn < s->turn.turn)
		return;
	if (s->player.heard_kind == UTTERANCE_FILLER) {
		turn_step(&s->turn, TURN_FILLER, ms);
		return;
	}
	dynbuf_init(&data, 1024);
	if (turn_audible(&s->turn, ms, &data))
		speak_journal(s, "turn", &data);
	dynbuf_free(&data);
}

/* Make the frame of call time ms, send it, record it. */
static void frame_out(struct speak *s, int64_t ms)
{
	int16_t samples[320];
	size_t n = pcm_frame_samples(s->rate_hz);
	const char *heard = player_frame(&s->player, ms, samples);

	if (heard && pcm_audible(samples, n))
		audible(s, ms);
	if (!heard && s->echoing && player_idle(&s->player))
		echo_frame(&s->echo, samples);
	if (line_send(&s->line, samples) < 0)
		filter_fail(&s->filter, EXIT_IO, "cannot write 'stdout': %s", strerror(errno));
	if (s->line.gone) {
		speak_stop(s, "caller-hangup", PLAYED_CLEARED);
		return;
	}
	sink_audio(&s->sink, ms, samples, n, heard, player_heard_ms(&s->player));
}

void speak_skipped(struct speak *s, int64_t first, int64_t n)
{
	static const int16_t silence[320];

	for (int64_t k = first; k < first + n; k++)
		sink_audio(&s->sink, k * PCM_FRAME_MS, silence, pcm_frame_samples(s->rate_hz), NULL,
			0);
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

/* The stream is read here, once a slot, and not when it comes: what it says takes effect at the next frame
 * anyway, and half the wake-ups of a call are saved. */
static void read_stream(struct speak *s)
{
	for (int i = 0; i < READS_PER_SLOT && !s->filter.in.eof && readable(s->filter.in.fd); i++)
		filter_read(&s->filter);
}

static void watch_clock(struct speak *s, int64_t now)
{
	if (s->phase <= SPEAK_ENDING && now - s->clock_ns > CLOCK_WATCH_NS)
		filter_fail(&s->filter, EXIT_TRY_AGAIN,
			"no clock for 5 s: a filter of the pipeline hangs");
}

static void flush_out(struct speak *s)
{
	sink_flush(&s->sink);
	if (upstream_flush(&s->upstream) < 0)
		log_error_errno("cannot write the loop");
}

void speak_tick(void *ctx, int64_t now)
{
	struct speak *s = ctx;
	int64_t first = s->ticker.slot, skipped, due;

	read_stream(s);
	skipped = ticker_take(&s->ticker, now);
	due = ticker_due(&s->ticker) - TICK_NS;
	s->clock_ns += skipped * TICK_NS; /* a call that stood still as a whole does not hang */
	if (s->phase != SPEAK_ENDED) {
		speak_skipped(s, first, skipped);
		frame_out(s, (first + skipped) * PCM_FRAME_MS);
		pace_add(&s->pace, now_ns() - due, skipped);
	}
	speak_end_step(s);
	watch_clock(s, now);
	flush_out(s);
	s->tick.at_ns = ticker_due(&s->ticker);
}

void speak_advance(struct speak *s, int64_t ms)
{
	if (ms - s->ticker.slot * PCM_FRAME_MS > JUMP_MAX_MS) {
		filter_fail(&s->filter, EXIT_DATA,
			"stream time jumps by more than 10 minutes at byte %llu",
			(unsigned long long)s->filter.in.offset);
		return;
	}
	while (s->ticker.slot * PCM_FRAME_MS < ms && s->phase != SPEAK_ENDED) {
		frame_out(s, s->ticker.slot * PCM_FRAME_MS);
		s->ticker.slot++;
		speak_end_step(s);
		flush_out(s);
	}
}
