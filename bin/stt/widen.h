/* widen: telephone sound made fit for a model of sound at 16 kHz.
 *
 * The model knows what is above 4 kHz, and a telephone line has nothing there. A faint mirror image of what is below
 * does better than silence: the noise of an s is then a noise in all bands.
 */
#ifndef CALLPIPE_STT_WIDEN_H
#define CALLPIPE_STT_WIDEN_H

#include "base/util.h"

/* True if samples at 16 kHz have next to nothing above 5 kHz: the call is at 16 kHz, the telephone is not. */
bool widen_needed(const int16_t *sample, size_t n);
/* n samples at 16 kHz with an image of what is below 4 kHz. */
void widen(int16_t *to, const int16_t *from, size_t n);

#endif
