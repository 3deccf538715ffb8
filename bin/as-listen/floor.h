/* floor: what counts as silence on this line: up to twice the quietest piece of audio lately.
 *
 * Lately: the floor rises by 22 % a second, a syllable's pause brings it down again. Pieces are of about 20 ms.
 */
#ifndef AS_LISTEN_FLOOR_H
#define AS_LISTEN_FLOOR_H

#include "base/util.h"

struct floor {
	double level; /* of the quietest piece lately, mean of absolute values */
};

void floor_init(struct floor *f);
/* The next piece of n samples, at least one: is it silence? */
bool floor_quiet(struct floor *f, const int16_t *samples, size_t n);

#endif
