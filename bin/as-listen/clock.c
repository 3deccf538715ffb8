#include "listen.h"

#define SLOW_NS (500 * NS_PER_MS) /* a burst, or the silence after a stop, is gone by then */

int64_t listen_now_ns(const struct listen *l)
{
	return l->live ? l->loop.now - l->t0_ns : l->heard_samples * NS_PER_S / l->rate_hz;
}

/* Audio of the caller that the pipeline does not get. */
static int64_t dropped_ms(const struct listen *l)
{
	return (int64_t)(l->output.dropped_chunks * PCM_FRAME_MS +
		l->timeline.discarded_samples * 1000 / (uint64_t)l->rate_hz);
}

void listen_limit_audio(struct listen *l)
{
	if (!l->live || l->output.queued_chunks <= OUTPUT_AUDIO_CHUNKS) {
		l->slow_since_ns = 0;
		return;
	}
	if (!l->slow_since_ns)
		l->slow_since_ns = l->loop.now;
	if (l->loop.now - l->slow_since_ns < SLOW_NS)
		return;
	output_limit(&l->output);
	if (!l->said_slow) {
		l->said_slow = true;
		listen_warn(
			l, "slow", "the pipeline is slower than the call: caller audio is dropped");
	}
}

void listen_clock_catch_up(struct listen *l)
{
	for (; l->clock_ms * NS_PER_MS <= listen_now_ns(l); l->clock_ms += CALL_CLOCK_MS)
		call_clock(&l->call, l->clock_ms, dropped_ms(l));
}

void listen_clock_set_tick(struct listen *l)
{
	int64_t due = timeline_due(&l->timeline);

	/* no silence before call-start, which waits for the UUID if nothing else tells it */
	if (due == INT64_MAX || l->ended || !l->call.begun)
		l->tick.at_ns = 0;
	else
		l->tick.at_ns = max_i64(l->t0_ns + due, 1);
}

static void on_tick(void *ctx, int64_t now)
{
	struct listen *l = ctx;

	if (!l->ended) {
		listen_limit_audio(l);
		timeline_tick(&l->timeline, now - l->t0_ns);
		batch_off(&l->batch);
	}
	listen_settle(l);
}

static void on_clock(void *ctx, int64_t now)
{
	struct listen *l = ctx;
	int64_t ms = (now - l->t0_ns) / NS_PER_MS / CALL_CLOCK_MS * CALL_CLOCK_MS;

	record_flush(&l->record);
	l->clock.at_ns = l->t0_ns + (ms + CALL_CLOCK_MS) * NS_PER_MS;
	call_clock(&l->call, ms, dropped_ms(l));
	listen_settle(l);
}

void listen_clock_init(struct listen *l)
{
	l->clock_ms = CALL_CLOCK_MS;
	l->tick = (struct loop_timer){.fire = on_tick, .ctx = l};
	l->clock = (struct loop_timer){
		.at_ns = l->t0_ns + CALL_CLOCK_MS * NS_PER_MS, .fire = on_clock, .ctx = l};
}
