/* voice: does somebody speak into this telephone?
 *
 * A small recurrent network (voice-weights.h) over 26 features of each 20 ms (voice-features.h). It looks at nothing
 * that is to come: what it says of a frame is known when the frame is. At 8 and 16 kHz the same sound gets the same
 * score. A detector is of one call from its beginning to its end: it learns the line's noise, so do not restart it.
 * Costs a few microseconds a frame, 20 kB, and no library.
 *
 * The score is of a frame. To make segments of it: a voice is on from the first frame above VOICE_ON, stays on
 * while the score is above VOICE_STAY, and goes on for VOICE_HANG_FRAMES after. These are the lowest thresholds at which
 * no more than 5 % of the frames without a voice are on, over all noises of the validation split (scripts/bench vad).
 */
#ifndef CALLPIPE_AUDIO_VOICE_H
#define CALLPIPE_AUDIO_VOICE_H

#include "base/util.h"

#define VOICE_ON 0.7f
#define VOICE_STAY 0.5f
#define VOICE_HANG_FRAMES 6
/* For an interruption: not taken for one until so many frames in a row are above this. */
#define VOICE_SURE 0.85f
#define VOICE_SURE_STAY 0.6f
#define VOICE_SURE_FRAMES 5

struct voice;

/* rate_hz is 8000 or 16000, else -1 and EINVAL. */
int voice_open(int rate_hz, struct voice **ret) MUST_USE;
void voice_close(struct voice *v);

/* The next 20 ms: rate_hz / 50 samples. How likely a near voice speaks, 0 to 1. */
float voice_frame(struct voice *v, const int16_t *samples);

/* Level of the latest frame in the telephone band, and its least in about the last two seconds: the noise of the
 * line. A sine of full scale is 0 dB; -120 at least, also before the first frame. */
float voice_level_db(const struct voice *v);
float voice_floor_db(const struct voice *v);

#endif
