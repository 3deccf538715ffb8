#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "listen.h"

#define TEXT_BYTES 512

void listen_warn(struct listen *l, const char *code, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warn("%s", text);
	call_error(&l->call, code, NULL, text);
}

void listen_fail(struct listen *l, int status, const char *code, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_error("%s", text);
	l->status = status;
	call_fail(&l->call, code, text);
}

void listen_end(struct listen *l, const char *cause)
{
	if (l->ended)
		return;
	l->ended = true;
	call_begin(&l->call, NULL);
	if (intake_end(&l->intake) < 0)
		log_warn_errno("cannot convert the end of 'stdin'");
	timeline_end(&l->timeline, listen_now_ns(l));
	if (l->keys_lost)
		log_warn("%" PRIu64 " keys were dropped", l->keys_lost);
	if (l->ignored)
		log_debug("%" PRIu64 " messages of unknown kinds ignored", l->ignored);
	call_end(&l->call, cause);
}

/* An event that cannot be queued is the end of the stream. But the socket is read on until as-speak
 * or as-answer has ended the call: Asterisk drops a connection it cannot write to. */
static void lose_stream(struct listen *l)
{
	if (l->output.failed == ENOBUFS)
		listen_fail(l, EXIT_TRY_AGAIN, "overflow",
			"cannot write 'stdout': the pipeline takes no more events");
	else
		listen_fail(l, EXIT_SYSTEM, "memory", "cannot write 'stdout': %s",
			strerror(l->output.failed));
}

void listen_settle(struct listen *l)
{
	if (l->output.failed && !l->status)
		lose_stream(l);
	/* a pipeline that has stopped reading is not waited for */
	if (l->ended && (l->output.failed || !output_pending(&l->output)))
		loop_stop(&l->loop);
	listen_clock_set_tick(l);
}

void listen_signal(void *ctx, int sig)
{
	struct listen *l = ctx;

	/* the second one: do not wait for the pipeline */
	if (l->ended)
		loop_stop(&l->loop);
	listen_end(l, "terminated");
	listen_settle(l);
}

static void on_drained(void *ctx)
{
	listen_settle(ctx);
}

/* Without a reader a call is listened to and recorded to its end; a file is not. */
static void on_gone(void *ctx, int err)
{
	struct listen *l = ctx;

	if (err) {
		log_error("cannot write 'stdout': %s", strerror(err));
		l->status = EXIT_IO;
	}
	if (!l->live && (err || l->record.dir_fd == -1))
		l->ended = true;
	listen_settle(l);
}

void listen_output_init(struct listen *l, bool raw)
{
	output_init(&l->output, STDOUT_FILENO, l->rate_hz, raw, &l->record);
	l->output.drained = on_drained;
	l->output.gone = on_gone;
	l->output.ctx = l;
}
