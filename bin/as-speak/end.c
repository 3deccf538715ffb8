#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "speak.h"

#define DRAIN_MS 200            /* what the phone's jitter buffer may still hold */
#define ACK_NS (2 * NS_PER_S)   /* a scribe that has not written the verdict by then is frozen */
#define CLOSE_NS (5 * NS_PER_S) /* for Asterisk to close after the end message */
#define STUCK_NS (5 * NS_PER_S) /* the same of one that does not read */

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
	if (frame_error_data(&data, "as-speak", text, code, fatal) == 0)
		speak_journal(s, "error", &data);
	dynbuf_free(&data);
}

static void ended(struct speak *s)
{
	sink_end_audio(&s->sink);
	/* before it is true, so that as-answer, should we die here, does not say it a second time */
	if (s->live && !s->line.gone) {
		speak_record(s, "ended", (struct jspan){"{}", 2});
		sink_flush(&s->sink);
	}
	if (line_end(&s->line) < 0)
		log_error_errno("cannot write 'stdout'");
	s->phase = SPEAK_ENDED;
	s->phase_ns = now_ns();
	s->filter.busy = false;
	filter_settle(&s->filter);
}

/* Asterisk closes when it has the end message, and that ends the stream. If it does not, somebody has to: as-answer,
 * or, where there is none, we. */
static void await_close(struct speak *s)
{
	line_flush(&s->line);
	if (s->line.gone || now_ns() - s->phase_ns <= CLOSE_NS || !sink_alone(&s->sink))
		return;
	log_warn("the other side does not close: the connection is cut");
	line_shutdown(&s->line);
}

/* Tell the scribe that nothing more will be played, with what the clock has to say for itself. */
static void done(struct speak *s)
{
	struct dynbuf data;

	player_close(&s->player, PLAYED_CLEARED);
	dynbuf_init(&data, 1024);
	if (s->live) {
		pace_data(&s->pace, s->line.lost, &data);
		speak_journal(s, "pace", &data);
	}
	dynbuf_reset(&data);
	dynbuf_adds(&data, "{");
	jline_add_str(&data, "verdict", s->verdict);
	if (s->sink.lost_ms)
		jline_add_int(&data, "unrecorded_ms", s->sink.lost_ms);
	if (s->sink.lost_records)
		jline_add_int(&data, "lost_records", (int64_t)s->sink.lost_records);
	dynbuf_adds(&data, "}");
	sink_end_audio(&s->sink);
	speak_journal(s, "done", &data);
	dynbuf_free(&data);
	s->phase = SPEAK_DONE;
	s->phase_ns = now_ns();
	if (!s->sink.open || !s->live)
		ended(s);
}

void speak_end(struct speak *s, const char *verdict)
{
	if (s->phase != SPEAK_PLAYING)
		return;
	snprintf(s->verdict, sizeof(s->verdict), "%s", verdict);
	player_last_words(&s->player);
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
	if (s->phase == SPEAK_DONE && now_ns() - s->phase_ns > ACK_NS) {
		log_warn("no word from as-answer: the call ends without a verdict");
		ended(s);
	} else if (s->phase == SPEAK_ENDED) {
		await_close(s);
	}
}

void speak_signal(void *ctx, int sig)
{
	struct speak *s = ctx;

	if (sig == SIGUSR1) {
		if (s->phase == SPEAK_DONE)
			ended(s);
	} else if (s->told_to_end || s->phase == SPEAK_ENDED) {
		loop_stop(&s->filter.loop);
	} else {
		s->told_to_end = true;
		speak_stop(s, "timeout", PLAYED_CLEARED);
	}
}

static void fail_records(struct speak *s)
{
	player_close(&s->player, PLAYED_FAILED);
	sink_end_audio(&s->sink);
	speak_error(s, s->filter.code, true, "%s", s->filter.why);
}

/* A scribe of our own writes the verdict before the other side hears the end, unless the disk holds it up. */
static void wait_for_verdict(void)
{
	struct timespec patience = {.tv_sec = ACK_NS / NS_PER_S};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	while (sigtimedwait(&set, NULL, &patience) < 0 && errno == EINTR)
		continue;
}

/* What as-answer, which made them, cannot take away any more. */
static void remove_fifos(const char *dir)
{
	static const char *const name[] = {"loop", "scribe"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		if (format_path(path, "%s/%s", dir, name[i]) == 0)
			unlink(path);
	}
}

/* The record may take longer than the call. */
static void leave_call(struct speak *s)
{
	close(STDIN_FILENO);
	close(s->line.fd);
}

int speak_finish(struct speak *s)
{
	bool own;

	if (s->filter.failed)
		fail_records(s);
	if (s->phase == SPEAK_ENDED)
		leave_call(s);
	/* A scribe that is stopped goes on some time, or ends: both are seen, and nothing is lost. But
	 * while the caller is on the line, whoever is to speak next must not wait for that. */
	sink_drain(&s->sink, s->live && s->phase != SPEAK_ENDED ? now_ns() + STUCK_NS : 0);
	own = s->sink.own >= 0;
	/* In a call it is as-answer that plays the fallback and ends it. */
	if (s->phase != SPEAK_ENDED && (own || !s->sink.open)) {
		sink_close(&s->sink);
		if (own)
			wait_for_verdict();
		if (line_end(&s->line) < 0)
			log_error_errno("cannot write 'stdout'");
	}
	if (s->phase != SPEAK_ENDED)
		leave_call(s);
	sink_close(&s->sink);
	if (own && s->dir)
		remove_fifos(s->dir);
	return sink_wait(&s->sink);
}
