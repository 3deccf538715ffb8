/* pace: how late the frames of a call left, for the record's `pace` entry.
 */
#ifndef AS_SPEAK_PACE_H
#define AS_SPEAK_PACE_H

#include "base/dynbuf.h"

#define PACE_BIN_NS (250 * 1000)
#define PACE_BINS 256 /* to 64 ms: later than 60 ms the clock restarts */

struct pace {
	uint32_t bin[PACE_BINS]; /* frames by lateness; the last bin holds all above */
	int64_t frames;          /* sent in their slot */
	int64_t skipped;         /* slots that were missed */
	int64_t max_ns;          /* latest of them */
};

void pace_add(struct pace *p, int64_t late_ns);
/* {"frames":..,"skipped":..,"lost":..,"late_p50_ms":..,"late_p99_ms":..,"late_max_ms":..} appended to b. */
void pace_data(const struct pace *p, int64_t lost, struct dynbuf *b);

#endif
