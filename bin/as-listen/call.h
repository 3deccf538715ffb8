/* call: what as-listen says of the call itself: the data of call-start, clock and error events.
 */
#ifndef CALLPIPE_AS_LISTEN_CALL_H
#define CALLPIPE_AS_LISTEN_CALL_H

#include "base/dynbuf.h"

#define CALL_JSON_MAX 8192
#define CALL_CHUNK_BYTES_MAX 640 /* 20 ms at 16 kHz */

static inline bool call_rate_known(int rate_hz) { return rate_hz == 8000 || rate_hz == 16000; }

/* The object in call.json of a call directory, as it is; the rate of the call is the one it gives, or rate_hz.
 * -1 with errno: it cannot be read (ENOENT: there is none), or is no such object (EBADMSG). */
int call_describe(const char *dir, int rate_hz, struct dynbuf *ret, int *ret_rate_hz) MUST_USE;
/* The same for a call of which no more is known; and for a directory without call.json, by its name. */
void call_describe_dir(struct dynbuf *b, const char *dir, int rate_hz);
void call_describe_as(struct dynbuf *b, const char *call, const char *uuid, int rate_hz);
/* The data of a clock. */
void call_describe_clock(struct dynbuf *b, int64_t timestamp_ms, int64_t dropped_ms);

#endif
