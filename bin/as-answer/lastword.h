/* lastword: as-answer as the only writer on the line: a phrase on the 20 ms clock of the call,
 * 00 00 00, and nothing read left behind.
 *
 * Used when there is no pipeline: because it has died, or because there is no room for one. What
 * the caller says is read and forgotten. After 00 00 00 Asterisk has DRAIN_S to close; closing
 * first, with its audio unread, would reset the connection, and that hangs up on the caller.
 */
#ifndef AS_ANSWER_LASTWORD_H
#define AS_ANSWER_LASTWORD_H

#include "audio/pcm.h"
#include "base/loop.h"
#include "codec/asock.h"

#define LASTWORD_PHRASE_MAX_S 120
#define LASTWORD_TAIL_FRAMES \
	10 /* silence after the phrase: what is still in the phone's buffer is played */
#define LASTWORD_DRAIN_S 5
#define LASTWORD_FRAME_MAX (ASOCK_HEADER_BYTES + 640)

struct lastword {
	struct loop *loop;
	int in_fd, out_fd; /* the line */
	int rate_hz;
	struct ticker tick; /* slots of the call: slot k is call time 20 k ms */
	struct loop_source in;
	struct loop_timer timer;
	int16_t *phrase;                 /* samples; NULL: none */
	size_t samples, said;            /* of the phrase: all, and those sent */
	int tail_frames;                 /* silence still to be sent after it */
	uint8_t out[LASTWORD_FRAME_MAX]; /* the message being sent */
	size_t out_bytes, out_done;      /* its length, and what the line has taken */
	bool ended;                      /* 00 00 00 is in out, or sent, by whom ever */
	bool closed;                     /* the other end has closed */
	int64_t give_up_ns;              /* when Asterisk should have closed */
	/* where to record a frame that was sent: its call time and samples; NULL: nowhere */
	void (*sent)(void *ctx, int64_t at_ms, const void *le_bytes, size_t bytes);
	void (*done)(void *ctx); /* it is over; NULL: the loop stops */
	void *ctx;
};

/* Set loop, in_fd, out_fd, rate_hz, sent, done and ctx first; ended, if somebody else has sent 00 00 00:
 * then nothing more is. t0_ns is the beginning of the call; path a sound file, NULL for none. */
int lastword_start(struct lastword *w, int64_t t0_ns, const char *path) MUST_USE;
/* Cut the phrase short. */
void lastword_cut(struct lastword *w);
void lastword_free(struct lastword *w);

#endif
