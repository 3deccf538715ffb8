#include "supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/log.h"

#define LINE_FD 0                   /* the socket, for asking and reading */
#define LINE_OUT_FD 1               /* the same, for writing */
#define SILENT_S 5                  /* without a word from as-speak: it hangs */
#define CLOSE_NS (5 * NS_PER_S)     /* for Asterisk to close after 00 00 00 */
#define PATIENCE_NS (2 * NS_PER_S)  /* after TERM, before KILL */
#define KILLED_NS (150 * NS_PER_MS) /* after KILL: long enough for all but the uninterruptible */

static void enter(struct supervise *s, enum phase phase);
static void nobody_left(struct supervise *s);

/* As-speak writes down that it ends the call before it does. */
static void on_record(void *ctx, const char *type, struct jspan data)
{
	struct supervise *s = ctx;

	record_heard(s->record, type, data);
	if (strcmp(type, "ended") == 0)
		s->end_sent = true;
}

/* True if Asterisk has closed; a level, so it does not matter when it is asked. */
static bool line_closed(const struct supervise *s)
{
	struct pollfd p = {.fd = LINE_FD, .events = POLLRDHUP};

	return s->hung_up || poll(&p, 1, 0) == 1;
}

/* Failure: as-answer takes the line. Not of a call that is over anyway: then it is only
 * remembered. */
static void PRINTF_LIKE(3, 4) fail(struct supervise *s, const char *code, const char *fmt, ...)
{
	va_list args;

	if (s->record->fail_code || s->phase > PHASE_LINGER || s->record->verdict[0])
		return;
	va_start(args, fmt);
	record_failure(s->record, code, fmt, args);
	va_end(args);
	if (line_closed(s)) {
		log_warn("call %s: after the caller hung up: %s", s->dir->call,
			s->record->fail_text);
		if (s->phase == PHASE_RUNNING)
			enter(s, PHASE_LINGER);
		return;
	}
	log_error("call %s: %s", s->dir->call, s->record->fail_text);
	enter(s, PHASE_KILLED);
	slots_set_state(s->slots, SLOT_FALLBACK);
	slots_count(s->slots, SLOTS_ERRORS);
	record_verdict(s->record, s->ordered ? s->ordered : "error");
}

/* End the call now, from outside: as-speak is asked to, and if it does not, it is made to. */
static void end_now(struct supervise *s)
{
	s->wordless = true;
	if (s->phase == PHASE_RUNNING) {
		s->ordered = "timeout";
		pipeline_signal_one(&s->pipeline, s->scribe->speaker, SIGTERM);
		s->step.at_ns = now_ns() + PATIENCE_NS;
	} else if (s->phase == PHASE_CLOSING || s->phase == PHASE_LINGER) {
		enter(s, PHASE_TERMED);
	} else if (s->phase == PHASE_LASTWORD) {
		lastword_cut(&s->word);
	}
}

/* What happens when the patience with a phase is at its end. */

static void force_close(struct supervise *s)
{
	shutdown(LINE_OUT_FD, SHUT_RDWR);
	s->hung_up = true;
	enter(s, PHASE_LINGER);
}

static void term_all(struct supervise *s)
{
	enter(s, PHASE_TERMED);
}

static void kill_all(struct supervise *s)
{
	enter(s, PHASE_KILLED);
}

static void no_answer(struct supervise *s)
{
	fail(s, "speaker-silent", "as-speak does not end the call");
}

static void entered_termed(struct supervise *s)
{
	pipeline_signal(&s->pipeline, SIGTERM);
}

static void entered_killed(struct supervise *s)
{
	pipeline_signal(&s->pipeline, SIGKILL);
}

static void recorded(void *ctx, int64_t at_ms, const void *le_bytes, size_t bytes)
{
	struct supervise *s = ctx;

	scribe_audio(s->scribe, at_ms, le_bytes, bytes);
}

static void said(void *ctx)
{
	struct supervise *s = ctx;

	s->hung_up = true;
	enter(s, PHASE_OVER);
}

static void entered_lastword(struct supervise *s)
{
	const char *phrase = NULL;

	record_close(s->record);
	if (s->record->fail_code && !s->wordless && !s->end_sent)
		phrase = s->fallback;
	loop_remove(&s->loop, &s->line_source);
	s->word = (struct lastword){
		.loop = &s->loop,
		.in_fd = LINE_FD,
		.out_fd = LINE_OUT_FD,
		.rate_hz = s->info->rate_hz,
		.ended = s->end_sent,
		.sent = recorded,
		.done = said,
		.ctx = s,
	};
	if (lastword_start(&s->word, s->t0_ns, phrase) == -1)
		enter(s, PHASE_OVER);
	else if (phrase)
		record_fallback(s->record, phrase);
	scribe_flush(s->scribe);
}

static void entered_over(struct supervise *s)
{
	loop_stop(&s->loop);
}

static const struct {
	const char *name;
	enum slot_state slot;
	void (*entered)(struct supervise *s);
	int64_t patience_ns; /* 0: none but of its own */
	void (*late)(struct supervise *s);
} phases[PHASES] = {
	[PHASE_RUNNING] = {"running", SLOT_RUNNING, NULL, 0, no_answer},
	[PHASE_CLOSING] = {"closing", SLOT_ENDING, NULL, CLOSE_NS, force_close},
	[PHASE_LINGER] = {"linger", SLOT_ENDING, NULL, 0, term_all},
	[PHASE_TERMED] = {"termed", SLOT_ENDING, entered_termed, PATIENCE_NS, kill_all},
	[PHASE_KILLED] = {"killed", SLOT_ENDING, entered_killed, KILLED_NS, nobody_left},
	[PHASE_LASTWORD] = {"last word", SLOT_FALLBACK, entered_lastword, 0, NULL},
	[PHASE_OVER] = {"over", SLOT_ENDING, entered_over, 0, NULL},
};

static void enter(struct supervise *s, enum phase phase)
{
	int64_t patience_ns = phases[phase].patience_ns;

	log_debug("call %s: %s at %" PRId64 " ms", s->dir->call, phases[phase].name,
		record_ms(s->record));
	if (phase == PHASE_LINGER)
		patience_ns = max_i64(s->linger_s * NS_PER_S, 1);
	s->phase = phase;
	s->step.at_ns = patience_ns ? now_ns() + patience_ns : 0;
	slots_set_state(s->slots, phases[phase].slot);
	if (phases[phase].entered)
		phases[phase].entered(s);
}

static void on_step(void *ctx, int64_t now)
{
	struct supervise *s = ctx;

	(void)now;
	phases[s->phase].late(s);
}

static void nobody_left(struct supervise *s)
{
	enter(s, line_closed(s) ? PHASE_OVER : PHASE_LASTWORD);
}

/* What the scribe has heard of as-speak, acted upon in this order. */
static void look_at_speaker(struct supervise *s)
{
	const struct scribe *r = s->scribe;

	if (r->verdict[0] && !s->record->verdict[0] && !s->record->fail_code) {
		bool good = verdict_valid(r->verdict);

		if (!good)
			log_error("call %s: no verdict is '%s'", s->dir->call, r->verdict);
		record_verdict(s->record, s->ordered ? s->ordered : good ? r->verdict : "error");
		pipeline_signal_one(&s->pipeline, r->speaker, SIGUSR1);
		if (s->phase == PHASE_RUNNING)
			enter(s, line_closed(s) ? PHASE_LINGER : PHASE_CLOSING);
	}
	if (r->fatal[0])
		fail(s, "pipeline-failed", "a part of the pipeline has failed: %s", r->fatal);
	if (r->eof && !s->record->verdict[0])
		fail(s, "speaker-gone", "as-speak is gone");
}

/* As-speak is gone before it could end the call; the filters still have their last work. A line
 * that does not take the end now gets it with the last word. */
static void send_end(struct supervise *s)
{
	uint8_t end[ASOCK_HEADER_BYTES];

	asock_header(end, ASOCK_END, 0);
	if (send(LINE_OUT_FD, end, sizeof(end), MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(end))
		s->end_sent = true;
}

static void on_scribe(void *ctx, short revents)
{
	struct supervise *s = ctx;

	(void)revents;
	s->silent_s = 0;
	s->watch.at_ns = now_ns() + NS_PER_S;
	if (scribe_read(s->scribe) == -1) {
		s->scribe_over = true;
		fail(s, "scribe", "the scribe cannot be read: %s", s->scribe->in.why);
		return;
	}
	s->scribe_over = s->scribe->eof;
	record_loss(s->record);
	look_at_speaker(s);
	if (s->scribe->eof && s->phase == PHASE_CLOSING && !s->end_sent && !line_closed(s))
		send_end(s);
}

/* Patience is counted in seconds, because the whole call may stand still (a frozen container, a
 * suspended machine): however long that was, it counts as one of them. */
static void on_watch(void *ctx, int64_t now)
{
	struct supervise *s = ctx;

	if (++s->silent_s < SILENT_S)
		s->watch.at_ns = now + NS_PER_S;
	else if (s->scribe->speaker)
		fail(s, "speaker-silent", "as-speak hangs");
	else
		fail(s, "speaker-silent", "as-speak does not start");
}

static void on_limit(void *ctx, int64_t now)
{
	struct supervise *s = ctx;

	(void)now;
	if (s->phase != PHASE_RUNNING)
		return;
	log_warn("call %s: --max-duration is over", s->dir->call);
	end_now(s);
}

static void on_line(void *ctx, short revents)
{
	struct supervise *s = ctx;

	(void)revents;
	s->hung_up = true;
	if (s->phase <= PHASE_CLOSING)
		enter(s, PHASE_LINGER);
}

static void on_child(struct supervise *s)
{
	int status;

	if (s->phase >= PHASE_LASTWORD)
		return;
	if (pipeline_reap(&s->pipeline)) {
		/* what was hidden below the dead is our child now */
		if (s->phase == PHASE_KILLED)
			pipeline_signal(&s->pipeline, SIGKILL);
		return;
	}
	/* its last words may say that all is well */
	scribe_drain(s->scribe);
	if (!s->scribe->speaker) {
		status = s->pipeline.status;
		fail(s, "program-ended", "the program has ended without as-speak: %s %d",
			WIFSIGNALED(status) ? "signal" : "exit",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
	look_at_speaker(s);
	nobody_left(s);
}

static void on_signal(void *ctx, int sig)
{
	struct supervise *s = ctx;

	if (sig == SIGCHLD)
		on_child(s);
	else if (++s->terms == 1)
		log_info("call %s: told to end: it may finish", s->dir->call);
	else
		end_now(s);
}

static short want_scribe(void *ctx)
{
	struct supervise *s = ctx;

	return s->scribe_over ? -1 : POLLIN;
}

/* Only whether it is closed: what comes in is as-listen's. */
static short want_line(void *ctx)
{
	struct supervise *s = ctx;

	return s->hung_up ? -1 : POLLRDHUP;
}

static int prepare(struct supervise *s)
{
	static const int signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, 0};

	loop_init(&s->loop);
	s->scribe->on_record = on_record;
	s->scribe->ctx = s;
	s->scribe_source = (struct loop_source){s->dir->scribe_fd, want_scribe, on_scribe, s};
	s->line_source = (struct loop_source){LINE_FD, want_line, on_line, s};
	s->step = (struct loop_timer){0, on_step, s};
	s->watch = (struct loop_timer){now_ns() + NS_PER_S, on_watch, s};
	s->limit = (struct loop_timer){0, on_limit, s};
	if (s->max_duration_s)
		s->limit.at_ns = s->t0_ns + s->max_duration_s * NS_PER_S;
	if (loop_add(&s->loop, &s->scribe_source) == -1 ||
		loop_add(&s->loop, &s->line_source) == -1 ||
		loop_add_timer(&s->loop, &s->step) == -1 ||
		loop_add_timer(&s->loop, &s->watch) == -1 ||
		loop_add_timer(&s->loop, &s->limit) == -1)
		return -1;
	return loop_signals(&s->loop, signals, on_signal, s);
}

static void start(struct supervise *s)
{
	struct pipeline_env env = {
		.dir = s->dir,
		.uuid = s->info->uuid,
		.spool = s->spool,
		.t0_ns = s->t0_ns,
		.linger_s = s->linger_s,
		.rate_hz = s->info->rate_hz,
	};

	slots_set_state(s->slots, SLOT_RUNNING);
	if (pipeline_start(&s->pipeline, s->argv, &env) == 0)
		return;
	fail(s, "not-started", "cannot run '%.200s': %s", s->argv[0], strerror(errno));
	nobody_left(s);
}

int supervise_run(struct supervise *s)
{
	int status = EXIT_OK;

	if (prepare(s) == -1) {
		log_error_errno("cannot supervise call %s", s->dir->call);
		loop_free(&s->loop);
		return EXIT_SYSTEM;
	}
	start(s);
	if (loop_run(&s->loop) == -1) {
		log_error_errno("cannot wait for call %s", s->dir->call);
		status = EXIT_SYSTEM;
	} else if (s->record->fail_code && s->word.loop) {
		status = EXIT_BUG;
	}
	record_finish(s->record, s->ordered ? s->ordered : "caller-hangup");
	lastword_free(&s->word);
	loop_free(&s->loop);
	return status;
}
