/* decimate: from a rate to a whole part of it (24 kHz to 8 kHz), by one filter for each sample that remains: a tenth of
 * what a converter for any two rates costs. A windowed sinc, Kaiser's window: 7/8 of the new band is kept (3.5 kHz of a
 * telephone's 4), and what would fold back into it is 100 dB down. Without delay: sample n is where sample n * part was.
 *
 * Source: Oppenheim, Schafer, Discrete-Time Signal Processing, 7.5.3 and 4.6.1.
 */
#ifndef CALLPIPE_AUDIO_DECIMATE_H
#define CALLPIPE_AUDIO_DECIMATE_H

#include "base/util.h"

#define DECIMATE_PART_MAX 24
#define DECIMATE_PIECE 1024 /* samples that are taken at a time */

struct decimate;

/* part: 2 to DECIMATE_PART_MAX. -1: no memory. */
int decimate_open(int part, struct decimate **ret) MUST_USE;
void decimate_close(struct decimate *d);
/* n <= DECIMATE_PIECE samples; out has room for n / part + 1. How many came out. */
size_t decimate_run(struct decimate *d, const float *in, size_t n, float *out);
/* The tail, and a new stream begins. out has room for DECIMATE_PIECE. */
size_t decimate_end(struct decimate *d, float *out);

#endif
