/* filter: the main loop all filters share: frames in on stdin, handled, passed on as the bytes they were read.
 *
 *	static enum filter_verdict on_frame(void *ctx, const struct frame *fr);
 *	int main(...) { ... return filter_run(&f); }
 *
 * The good end is call-end, passed on like any frame, then end of file. End of file without it, or inside a frame,
 * means that the predecessor died: an `error` frame (fatal) is written, and the exit code is 70. Malformed bytes:
 * a message with the offset, exit 65. A reader that leaves is a normal end.
 */
#ifndef CALLPIPE_STREAM_FILTER_H
#define CALLPIPE_STREAM_FILTER_H

#include "base/loop.h"
#include "stream/outlet.h"
#include "stream/reader.h"

enum filter_verdict {
	FILTER_PASS,    /* copy the frame to stdout */
	FILTER_CONSUME, /* do not */
};

struct filter {
	const char *stage; /* name in error events: "vad" */
	enum filter_verdict (*on_frame)(void *ctx, const struct frame *fr);
	/* no more frames come: call-end and EOF, or the reader left (out.writer.gone); may be NULL */
	void (*on_end)(void *ctx);
	void *ctx;        /* handed to both */
	struct loop loop; /* add timers and network sources to it */
	struct reader in;
	struct outlet out; /* add frames by filter_put */
	struct loop_source in_source;
	int64_t stream_ms; /* stream time: the largest timestamp of caller audio and clock so far */
	bool sink;         /* nothing is written to stdout: as-speak */
	bool ended;        /* call-end has been seen */
	bool held;         /* see filter_hold */
	bool busy;   /* set by the tool while it has work that must end first; see filter_settle */
	bool failed; /* filter_fail was called: nothing more is read */
	const char *code; /* its word for programs */
	char why[512];    /* its message */
	int status;       /* exit code so far */
};

/* Set stage, on_frame, ctx first. */
int filter_init(struct filter *f, int in_fd, int out_fd) MUST_USE;
void filter_free(struct filter *f);
/* Copy a frame to the output now, for one that adds its own behind it: on_frame then says FILTER_CONSUME. */
void filter_pass(struct filter *f, const struct frame *fr);
/* Queue an own frame behind what has been passed on. */
int filter_put(struct filter *f, const char *type, struct jspan data) MUST_USE;
/* The same with data that was put together: if there is no room for it or for the frame, the stream ends as by
 * filter_fail. Nothing happens after a filter_fail. */
void filter_add(struct filter *f, const char *type, const struct dynbuf *data);
/* Message to stderr and `error` frame (not fatal); the stream goes on. code as for filter_fail. */
void filter_warn(struct filter *f, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* One read of the input, and what is whole of it handled: the loop calls it when there is something. A tool that
 * reads on a clock of its own removes in_source from the loop and calls it itself, when the input is ready. */
void filter_read(struct filter *f);
/* From on_frame: the next frame is not handled before filter_release, so that what this one causes stands directly
 * behind it. For recorded streams only: in a call a filter reads on whatever it waits for. filter_release is for
 * the loop, not for on_frame. */
void filter_hold(struct filter *f);
void filter_release(struct filter *f);
/* Message to stderr, `error` frame (fatal) to stdout, stop with this exit code. code is a word that stays valid:
 * callpipe-stream(5), "error". */
void filter_fail(struct filter *f, int status, const char *code, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
/* Stop if the end is reached: nothing more comes in, all has gone out, and the tool is not busy. To be called when
 * busy becomes false. */
void filter_settle(struct filter *f);
/* Run to the end; returns the exit code. */
int filter_run(struct filter *f) MUST_USE;

#endif
