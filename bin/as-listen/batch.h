/* batch: how many messages may wait in the socket before as-listen is woken.
 *
 * A wake-up is what a call costs. Three messages come at once where nothing is decided by the next one: while the
 * caller is silent (a voice that begins is noticed at most 40 ms later), and while one goes on speaking or is silent for
 * less than would end a turn. Each comes by itself where something is: as a voice begins, about the time at which its
 * silence ends the turn, and when Asterisk stops sending (a key comes out of such a hole). When that time is, the
 * latest listen says, which passes here on its way round the loop.
 */
#ifndef AS_LISTEN_BATCH_H
#define AS_LISTEN_BATCH_H

#include "floor.h"

struct batch {
	int fd;                 /* socket; -1: stdin is none, nothing is done */
	int64_t end_silence_ns; /* silence that ends a turn; 0: not known */
	int64_t began_ns;     /* since when the voice has gone on without a long pause, call time */
	int64_t heard_ns;     /* when a voice may last have been heard, call time; -1: begin anew */
	struct floor floor;   /* what is silence on this line */
	size_t message_bytes; /* of the last audio message, with its header */
	size_t mark_bytes;    /* SO_RCVLOWAT as it is set */
};

void batch_init(struct batch *b, int fd);
/* The silence that ends a turn from now on; -1: it is not known. */
void batch_listen(struct batch *b, int64_t end_silence_ms);
/* Audio that came at now_ns of call time: n samples, at least one. */
void batch_audio(struct batch *b, int64_t now_ns, const int16_t *samples, size_t n);
/* Something other than audio has come, or nothing in time. */
void batch_off(struct batch *b);

#endif
