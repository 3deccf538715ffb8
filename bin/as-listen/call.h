/* call: what as-listen says of the call itself: call-start, clock, dtmf, error, call-end.
 *
 * call-start is the first event, whatever is said; nothing follows call-end, or a fatal error.
 */
#ifndef AS_LISTEN_CALL_H
#define AS_LISTEN_CALL_H

#include "output.h"

#define CALL_JSON_MAX 8192
#define CALL_CLOCK_MS 500 /* from one clock to the next */

struct call {
	struct output *output;
	int rate_hz;
	struct dynbuf start; /* data of call-start; empty: not yet known */
	bool begun, ended;   /* call-start, and the last event, have been queued */
};

static inline bool call_rate_known(int rate_hz)
{
	return rate_hz == 8000 || rate_hz == 16000;
}

/* The object in call.json of a call directory, as it is; the rate of the call is the one it gives,
 * or rate_hz. -1 with errno: it cannot be read (ENOENT: there is none), or is no such object
 * (EBADMSG). */
int call_describe(const char *dir, int rate_hz, struct dynbuf *ret, int *ret_rate_hz) MUST_USE;
/* The same for a call of which no more is known; and for a directory without call.json, by its
 * name. */
void call_describe_as(struct dynbuf *b, const char *call, const char *uuid, int rate_hz);
void call_describe_dir(struct dynbuf *b, const char *dir, int rate_hz);
/* The data of a clock. */
void call_describe_clock(struct dynbuf *b, int64_t timestamp_ms, int64_t dropped_ms);

/* Find out the rate and as much as the directory (may be NULL) or the environment tell of the call:
 * CALLPIPE_UUID, CALLPIPE_CALL. -1 with errno: call.json is there, but of no use. */
int call_init(struct call *c, const char *dir, int rate_hz, struct output *output) MUST_USE;
void call_free(struct call *c);
/* Say call-start, unless it was said. uuid: what Asterisk calls it, used if nothing else is known;
 * may be NULL. */
void call_begin(struct call *c, const char *uuid);
void call_clock(struct call *c, int64_t timestamp_ms, int64_t dropped_ms);
void call_digit(struct call *c, uint8_t digit, int64_t timestamp_ms);
/* An error that the call survives. file: of the call directory, or NULL. */
void call_error(struct call *c, const char *code, const char *file, const char *text);
/* An error that is the end of the stream: nothing follows it. */
void call_fail(struct call *c, const char *code, const char *text);
/* An event from the loop, as it was read. */
void call_frame(struct call *c, const struct frame *f);
void call_end(struct call *c, const char *cause);

#endif
