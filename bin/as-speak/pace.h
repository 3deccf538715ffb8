/* pace: how late the frames of a call left, for the record's `pace` entry. */
#ifndef AS_SPEAK_PACE_H
#define AS_SPEAK_PACE_H

#include "base/dynbuf.h"
#include "base/hist.h"

struct pace {
	struct hist late; /* of every frame sent in its slot */
	int64_t skipped;  /* slots that were missed */
};

/* {"frames":..,"skipped":..,"lost":..,"late_p50_ms":..,"late_p99_ms":..,"late_max_ms":..} appended to b. */
void pace_data(const struct pace *p, int64_t lost, struct dynbuf *b);

#endif
