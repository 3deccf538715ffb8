/* sound: the recording of a call as something a browser plays. */
#ifndef REPORT_SOUND_H
#define REPORT_SOUND_H

#include "base/dynbuf.h"
#include "record/kept.h"

/* Append an audio element: recording.mp3 or recording.wav, whichever there is, or else both sides as stereo, embedded
 * or linked; nothing if there is none. -1 with errno: it cannot be read, or has no room. */
int sound_embed(const struct kept *k, struct dynbuf *b) MUST_USE;
int sound_link(const struct kept *k, struct dynbuf *b) MUST_USE;

#endif
