/* batch: how many messages may wait in the socket before as-listen is woken.
 *
 * A wake-up is what a call costs, so while the caller is silent three messages come at once. As soon as anything is
 * heard, or Asterisk stops sending (a key comes out of such a hole), each comes by itself again.
 */
#ifndef AS_LISTEN_BATCH_H
#define AS_LISTEN_BATCH_H

#include "base/util.h"

struct batch {
	int fd;               /* socket; -1: stdin is none, nothing is done */
	int64_t quiet_ns;     /* since when nothing has been heard, call time; -1: something is */
	size_t message_bytes; /* of the last audio message, with its header */
	size_t mark_bytes;    /* SO_RCVLOWAT as it is set */
};

void batch_init(struct batch *b, int fd);
/* Audio that came at now_ns of call time. */
void batch_audio(struct batch *b, int64_t now_ns, const int16_t *samples, size_t n);
/* Something other than audio has come, or nothing in time. */
void batch_off(struct batch *b);

#endif
