/* line: 20 ms of audio to Asterisk, header and payload in one write.
 *
 * On a socket it never blocks: a frame that does not fit is lost and counted, because a late frame is worth
 * nothing. On a file or pipe (as-speak alone) it writes until all is written.
 */
#ifndef AS_SPEAK_LINE_H
#define AS_SPEAK_LINE_H

#include "base/util.h"
#include "codec/asock.h"

#define LINE_FRAME_BYTES (ASOCK_HEADER_BYTES + 2 * 320) /* 20 ms at 16 kHz */

struct line {
	int fd;
	bool socket;    /* send without waiting */
	bool raw;       /* samples only, no AudioSocket headers */
	uint8_t kind;   /* ASOCK_AUDIO_8K or ASOCK_AUDIO_16K */
	size_t samples; /* in a frame */
	uint8_t rest
		[LINE_FRAME_BYTES]; /* of a frame that went out in part: it must be finished first */
	size_t rest_bytes;
	int64_t lost; /* frames that did not fit */
	bool gone;    /* the other side has closed: an end like any other */
};

void line_init(struct line *l, int fd, int rate_hz, bool raw);
/* One frame. 0, also when it was lost or the other side is gone; -1 with errno on an error of a file. */
int line_send(struct line *l, const int16_t *samples) MUST_USE;
/* 00 00 00: the server's end of the call. */
int line_end(struct line *l) MUST_USE;

#endif
