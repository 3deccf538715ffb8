#include <errno.h>
#include <poll.h>
#include <string.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "speak.h"

#define CLOCK_WATCH_S 5  /* without a clock event for this long some filter hangs */
#define READS_PER_SLOT 8 /* a burst of speech is faster than a pipe's 64 KiB every 20 ms */
#define JUMP_MAX_MIN 10  /* stream time that jumps further is no stream of ours */

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

/* Make the frame of call time ms, send it, record it: true. A line that does not take it loses the slot and no
 * more: the player waits, as if it were paused, so that what it says was heard has gone out. */
static bool frame_out(struct speak *s, int64_t ms)
{
	int16_t samples[320];
	size_t n = pcm_frame_samples(s->rate_hz);
	const char *heard;

	if (!line_ready(&s->line)) {
		speak_skipped(s, ms / PCM_FRAME_MS, 1);
		return false;
	}
	heard = player_frame(&s->player, ms, samples);
	if (heard && pcm_audible(samples, n))
		audible(s, ms);
	if (!heard && s->echoing && player_idle(&s->player))
		echo_frame(&s->echo, samples);
	if (line_send(&s->line, samples) < 0)
		filter_fail(&s->filter, EXIT_IO, "output", "cannot write 'stdout': %s",
			strerror(errno));
	if (s->line.gone) {
		speak_stop(s, "caller-hangup", PLAYED_CLEARED);
		return false;
	}
	sink_audio(&s->sink, ms, samples, n, heard, player_heard_ms(&s->player));
	return true;
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

/* The stream is read once a slot, and not when it comes: what it says takes effect at the next frame anyway, and half
 * the wake-ups of a call are saved. But while the caller speaks, and until the first sound of the answer, it is told when
 * each step was there (turn.h), and little comes. */
short speak_stream_mask(void *ctx)
{
	const struct speak *s = ctx;
	bool measured = s->player.voice || (s->turn.open && s->turn.at_ms[TURN_AUDIO] < 0);

	return measured && !s->echoing && !s->carries_caller && !s->filter.in.eof ? POLLIN : -1;
}

void speak_stream_ready(void *ctx, short revents)
{
	struct speak *s = ctx;

	filter_read(&s->filter);
}

static void read_stream(struct speak *s)
{
	for (int i = 0; i < READS_PER_SLOT && !s->filter.in.eof && readable(s->filter.in.fd); i++)
		filter_read(&s->filter);
}

/* All of the call may have been stopped, and not only the filter that the watch is for: the time in which nobody
 * could do anything does not count. */
static void was_stopped(struct speak *s, int64_t late_ns)
{
	if (late_ns <= TICK_RESTART_NS)
		return;
	s->clock_ns += late_ns;
	s->phase_ns += late_ns;
}

static void watch_clock(struct speak *s, int64_t now)
{
	if (s->phase <= SPEAK_ENDING && now - s->clock_ns > CLOCK_WATCH_S * NS_PER_S)
		filter_fail(&s->filter, EXIT_TRY_AGAIN, "clock",
			"no clock for %d s: a filter of the pipeline hangs", CLOCK_WATCH_S);
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

	was_stopped(s, now - ticker_due(&s->ticker));
	read_stream(s);
	skipped = ticker_take(&s->ticker, now);
	due = ticker_due(&s->ticker) - TICK_NS;
	if (s->phase != SPEAK_ENDED) {
		speak_skipped(s, first, skipped);
		if (frame_out(s, (first + skipped) * PCM_FRAME_MS))
			hist_add(&s->pace.late, now_ns() - due);
		s->pace.skipped += skipped;
	}
	speak_end_step(s);
	watch_clock(s, now);
	flush_out(s);
	s->tick.at_ns = ticker_due(&s->ticker);
}

void speak_advance(struct speak *s, int64_t ms)
{
	if (ms - s->ticker.slot * PCM_FRAME_MS > JUMP_MAX_MIN * INT64_C(60000)) {
		filter_fail(&s->filter, EXIT_DATA, "input",
			"stream time jumps by more than %d minutes at byte %llu", JUMP_MAX_MIN,
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
