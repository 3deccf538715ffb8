/* detect: the detectors that are compared: ours, and WebRTC's in its four modes.
 */
#ifndef CALLPIPE_VOICE_DETECT_H
#define CALLPIPE_VOICE_DETECT_H

#include "score.h"

#define DETECT_MODES 4
#define DETECTORS (1 + DETECT_MODES) /* 0 is ours, 1 + n is WebRTC's mode n */

/* How our scores become decisions, see audio/voice.h. */
struct detect_set {
	float on, stay; /* thresholds, 0 to 1 */
	int hang;       /* frames */
};

struct detect_cost {
	double us[DETECTORS]; /* of CPU, in all */
	double turns_us;      /* likewise of the filter: score, tones, turns */
};

extern struct detect_cost detect_cost;

/* -1: a message has been written. */
int detect_load(void) MUST_USE;
int detect_run(int which, const struct scene *s, const struct detect_set *set,
	struct score_said *said) MUST_USE;

#endif
