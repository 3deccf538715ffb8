/* sent: what of a call went to a recogniser that counts what it gets and not what time it is: its seconds to call time.
 *
 * Between turns nothing is sent, and its clock stands still.
 */
#ifndef CALLPIPE_STT_SENT_H
#define CALLPIPE_STT_SENT_H

#include "base/util.h"

#define SENT_PARTS_MAX 64 /* turns that are known of; older ones are forgotten */

/* A stretch of samples without a gap. */
struct sent_part {
	int64_t at, n;   /* samples sent before it, and in it */
	int64_t call_ms; /* of its first */
	int64_t id;      /* what it is of: the caller's number */
};

struct sent {
	int rate_hz;
	int64_t total; /* samples */
	struct sent_part part[SENT_PARTS_MAX];
	size_t parts;
};

void sent_init(struct sent *s, int rate_hz);
void sent_add(struct sent *s, int64_t samples, int64_t call_ms, int64_t id);
/* What was being sent at this second; at the very end, what was last. NULL: nothing, or forgotten. */
const struct sent_part *sent_find(const struct sent *s, double seconds);
/* Call time of that second of a part. */
int64_t sent_call_ms(const struct sent *s, const struct sent_part *p, double seconds);

#endif
