#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "speak.h"

#define DRAIN_MS 200                /* what the phone's jitter buffer may still hold */
#define ACK_NS (2 * NS_PER_S)       /* a scribe that has not written the verdict by then is frozen */
#define LAST_FLUSH_MS 500           /* for records still waiting when the process ends */
#define LEFTOVER_MAX_MS (PLAYER_STORE_S * 1000)

void speak_error(struct speak *s, const char *code, bool fatal, const char *fmt, ...)
{
	char text[512];
	struct dynbuf data;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!fatal) /* a fatal one has been said by filter_fail */
		log_warn("%s", text);
	dynbuf_init(&data, FRAME_HEADER_MAX);
	if (error_data(&data, "as-speak", text, code, fatal) == 0)
		speak_journal(s, "error", &data);
	dynbuf_free(&data);
}

static void ended(struct speak *s)
{
	if (line_end(&s->line) < 0)
		log_error_errno("cannot write 'stdout'");
	s->phase = SPEAK_ENDED;
	s->filter.busy = false;
	filter_settle(&s->filter);
}

/* Tell the scribe that nothing more will be played, with what the clock has to say for itself. */
static void done(struct speak *s)
{
	struct dynbuf data;

	dynbuf_init(&data, 1024);
	pace_data(&s->pace, s->line.lost, &data);
	speak_journal(s, "pace", &data);
	dynbuf_reset(&data);
	dynbuf_adds(&data, "{");
	jline_add_str(&data, "verdict", s->verdict);
	if (s->sink.lost_ms)
		jline_add_int(&data, "unrecorded_ms", s->sink.lost_ms);
	dynbuf_adds(&data, "}");
	sink_end_audio(&s->sink);
	speak_journal(s, "done", &data);
	dynbuf_free(&data);
	s->phase = SPEAK_DONE;
	s->done_ns = now_ns();
	if (!s->sink.open || !s->live)
		ended(s);
}

void speak_end(struct speak *s, const char *verdict)
{
	if (s->phase != SPEAK_PLAYING)
		return;
	snprintf(s->verdict, sizeof(s->verdict), "%s", verdict);
	s->phase = SPEAK_ENDING;
}

void speak_stop(struct speak *s, const char *verdict, enum played_status status)
{
	if (s->phase >= SPEAK_DONE)
		return;
	player_close(&s->player, status);
	/* A caller who hangs up during the goodbye has not changed how the talk ended. */
	if (s->phase == SPEAK_PLAYING)
		snprintf(s->verdict, sizeof(s->verdict), "%s", verdict);
	done(s);
}

void speak_end_step(struct speak *s)
{
	if (s->own_mind && !s->echoing && player_idle(&s->player))
		speak_end(s, "hangup");
	if (s->phase == SPEAK_ENDING && player_idle(&s->player)) {
		s->phase = SPEAK_DRAINING;
		s->drain_until_ms = s->ticker.slot * PCM_FRAME_MS + DRAIN_MS;
	}
	if (s->phase == SPEAK_DRAINING && s->ticker.slot * PCM_FRAME_MS >= s->drain_until_ms)
		done(s);
	if (s->phase == SPEAK_DONE && now_ns() - s->done_ns > ACK_NS) {
		log_warn("no word from as-answer: the call ends without a verdict");
		ended(s);
	}
}

void speak_signal(void *ctx, int sig)
{
	struct speak *s = ctx;

	if (sig == SIGUSR1 && s->phase == SPEAK_DONE)
		ended(s);
	else if (sig != SIGUSR1 && s->phase == SPEAK_ENDED)
		loop_stop(&s->filter.loop);
	else if (sig != SIGUSR1)
		speak_stop(s, "timeout", PLAYED_CLEARED);
}

/* Nobody but a supervisor plays the fallback: alone, the call ends here. */
static void fail_end(struct speak *s)
{
	char code[16];

	snprintf(code, sizeof(code), "%d", s->filter.status);
	player_close(&s->player, PLAYED_FAILED);
	sink_end_audio(&s->sink);
	speak_error(s, code, true, "%s", s->filter.why);
	if ((!s->sink.open || s->sink.own) && s->phase != SPEAK_ENDED && line_end(&s->line) < 0)
		log_error_errno("cannot write 'stdout'");
}

void speak_finish(struct speak *s)
{
	struct pollfd p = {.fd = s->sink.out.fd, .events = POLLOUT};

	if (s->filter.failed)
		fail_end(s);
	sink_flush(&s->sink);
	while (s->sink.open && writer_pending(&s->sink.out) && poll(&p, 1, LAST_FLUSH_MS) > 0)
		sink_flush(&s->sink);
}
