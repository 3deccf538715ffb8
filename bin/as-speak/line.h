/* line: 20 ms of audio to Asterisk, header and payload in one write.
 *
 * On a socket it never blocks: a frame that the connection does not take now is lost and counted, because a late
 * frame is worth nothing. It is lost whole, and before any of it has gone out, so that whoever writes next, should
 * this process die, begins a message. On a file or pipe (as-speak alone) it writes until all is written.
 */
#ifndef AS_SPEAK_LINE_H
#define AS_SPEAK_LINE_H

#include "base/util.h"
#include "codec/asock.h"

#define LINE_FRAME_BYTES (ASOCK_HEADER_BYTES + 2 * 320) /* 20 ms at 16 kHz */
#define LINE_QUEUE_FRAMES 3 /* what may wait in the kernel: 60 ms, as the clock may be late */

struct line {
	int fd;
	bool socket;    /* send without waiting */
	bool raw;       /* samples only, no AudioSocket headers */
	uint8_t kind;   /* ASOCK_AUDIO_8K or ASOCK_AUDIO_16K */
	size_t samples; /* in a frame */
	uint8_t rest[LINE_FRAME_BYTES + ASOCK_HEADER_BYTES]; /* of messages, begun or the end */
	size_t rest_bytes;
	int64_t lost; /* frames that were not sent */
	bool gone;    /* the other side has closed: an end like any other */
};

void line_init(struct line *l, int fd, int rate_hz, bool raw);
/* True if a frame would be sent now; if not, it is counted as lost, and nothing must be made of it. */
bool line_ready(struct line *l);
/* One frame, after line_ready. 0, also when the other side is gone; -1 with errno on an error of a file. */
int line_send(struct line *l, const int16_t *samples) MUST_USE;
/* 00 00 00: the server's end of the call. What the connection does not take yet goes out with line_flush. */
int line_end(struct line *l) MUST_USE;
/* Send what is left of what was begun, as far as it goes. */
void line_flush(struct line *l);
/* Close the connection for both sides. */
void line_shutdown(struct line *l);

#endif
