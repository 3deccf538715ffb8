#include "stream/filter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* bytes a filter may have queued beyond what it read: far above any use */
#define OUT_EVENT_MAX (4 << 20)
/* above this the input waits for the output */
#define OUT_PAUSE_BYTES (256 << 10)
/* a year: no call is longer, and whoever adds to stream time need not think of the end of numbers */
#define STREAM_MS_MAX (INT64_C(366) * 24 * 3600 * 1000)

static short in_mask(void *ctx)
{
	const struct filter *f = ctx;

	return f->in.eof || f->held || outlet_bytes(&f->out) > OUT_PAUSE_BYTES ? -1 : POLLIN;
}

void filter_settle(struct filter *f)
{
	if (f->in.eof && !f->busy && !outlet_pending(&f->out))
		loop_stop(&f->loop);
}

static void out_drained(void *ctx)
{
	filter_settle(ctx);
}

/* Nothing more can be said, so nothing more is read; but what the tool has begun may have to be ended. */
static void out_gone(void *ctx, int err)
{
	struct filter *f = ctx;
	bool ended = f->in.eof;

	if (err) {
		log_error("cannot write 'stdout': %s", strerror(err));
		f->status = EXIT_IO;
	}
	f->in.eof = true;
	if (!ended && f->on_end)
		f->on_end(f->ctx);
	filter_settle(f);
}

void filter_pass(struct filter *f, const struct frame *fr)
{
	if (writer_put(&f->out.writer, fr->raw, fr->raw_bytes, false, 0) < 0)
		filter_fail(f, EXIT_SYSTEM, "output", "cannot queue '%s': %s", fr->type,
			strerror(errno));
}

static void frame_take(struct filter *f, const struct frame *fr)
{
	bool audio = frame_is(fr, "audio-chunk");
	struct jspan v;

	if (frame_is(fr, "clock") || (audio && !frame_get(fr, "utterance", &v)))
		f->stream_ms = max_i64(
			f->stream_ms, min_i64(frame_int(fr, "timestamp", 0), STREAM_MS_MAX));
	if (frame_is(fr, "call-end"))
		f->ended = true;
	if (f->on_frame(f->ctx, fr) == FILTER_PASS && !f->sink)
		filter_pass(f, fr);
}

static void input_end(struct filter *f)
{
	if (reader_partial(&f->in))
		filter_fail(f, EXIT_BUG, "predecessor",
			"stream ends inside a frame at byte %llu: the filter before died",
			(unsigned long long)f->in.offset);
	else if (!f->ended)
		filter_fail(f, EXIT_BUG, "predecessor",
			"stream ends without call-end: the filter before died");
	else if (f->on_end)
		f->on_end(f->ctx);
	filter_settle(f);
}

/* What is whole of what has been read. */
static void frames_take(struct filter *f)
{
	struct frame fr;
	int got = 0;

	while (!f->failed && !f->held && (got = reader_next(&f->in, &fr)) > 0)
		frame_take(f, &fr);
	if (got < 0)
		filter_fail(f, EXIT_DATA, "input", "malformed stream at byte %llu: %s",
			(unsigned long long)f->in.offset, f->in.why);
}

void filter_hold(struct filter *f)
{
	f->held = true;
}

void filter_release(struct filter *f)
{
	f->held = false;
	frames_take(f);
}

void filter_read(struct filter *f)
{
	ssize_t n = reader_fill(&f->in);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		filter_fail(f, EXIT_IO, "input", "cannot read 'stdin': %s", strerror(errno));
	frames_take(f);
	if (n == 0 && !f->failed)
		input_end(f);
}

static void in_ready(void *ctx, short revents)
{
	filter_read(ctx);
}

int filter_init(struct filter *f, int in_fd, int out_fd)
{
	/* a reader that leaves is an errno, so that last work can be done */
	signal(SIGPIPE, SIG_IGN);
	loop_init(&f->loop);
	reader_init(&f->in, in_fd);
	outlet_init(&f->out, out_fd, OUT_EVENT_MAX, out_drained, out_gone, f);
	f->in_source = (struct loop_source){
		.fd = in_fd, .mask = in_mask, .ready = in_ready, .ctx = f};
	if (loop_add(&f->loop, &f->in_source) < 0)
		return -1;
	return f->sink ? 0 : loop_add(&f->loop, &f->out.source);
}

void filter_free(struct filter *f)
{
	outlet_free(&f->out);
	reader_free(&f->in);
	loop_free(&f->loop);
}

int filter_put(struct filter *f, const char *type, struct jspan data)
{
	struct dynbuf b;
	int rc;

	dynbuf_init(&b, FRAME_MAX);
	rc = frame_add(&b, type, data);
	if (rc == 0)
		rc = writer_put(&f->out.writer, b.p, b.n, false, 0);
	dynbuf_free(&b);
	return rc;
}

void filter_add(struct filter *f, const char *type, const struct dynbuf *data)
{
	if (f->failed)
		return;
	if (dynbuf_failed(data) || filter_put(f, type, (struct jspan){data->p, data->n}) < 0)
		filter_fail(f, EXIT_SYSTEM, "output", "cannot queue '%s': out of room", type);
}

void filter_warn(struct filter *f, const char *code, const char *fmt, ...)
{
	char text[sizeof(f->why)];
	struct dynbuf data;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_warn("%s", text);
	dynbuf_init(&data, FRAME_HEADER_MAX);
	frame_error_data(&data, f->stage, text, code, false);
	filter_add(f, "error", &data);
	dynbuf_free(&data);
}

static void error_put(struct filter *f)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	frame_error_data(&data, f->stage, f->why, f->code, true);
	if (!f->sink && !dynbuf_failed(&data) &&
		filter_put(f, "error", (struct jspan){data.p, data.n}) < 0)
		log_warn("cannot write an error event: out of room");
	dynbuf_free(&data);
}

void filter_fail(struct filter *f, int status, const char *code, const char *fmt, ...)
{
	va_list args;

	if (f->failed) /* the first reason is the one that matters */
		return;
	va_start(args, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, args);
	va_end(args);
	log_error("%s", f->why);
	f->failed = true;
	f->busy = false;
	f->status = status;
	f->code = code;
	f->in.eof = true;
	error_put(f);
	filter_settle(f);
}

int filter_run(struct filter *f)
{
	if (loop_run(&f->loop) < 0) {
		log_error_errno("cannot poll");
		return EXIT_SYSTEM;
	}
	return f->status;
}
