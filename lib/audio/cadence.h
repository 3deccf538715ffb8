/* cadence: from tones to what a line says with them: a beep, busy, ringing, "no such number", a fax.
 *
 * Frames of tone.h become pulses: a line or two at the same place, from when to when. What a pulse means depends on how
 * long it lasts, on the pause behind it, and on what was before: 500 ms of 440 Hz behind a greeting is its beep, and
 * without one the first of a busy tone. Each signal is told when it is certain, so a busy tone is told in its second or
 * third pulse and then no more. Pure: time is that of the frames.
 * Source: ITU-T E.180 and its supplement 2 (cadences by country), Q.35 and Telcordia GR-674 (special information tones),
 * T.30 (CNG 0.5 s each 3.5 s; CED 2.6 to 4 s).
 */
#ifndef CALLPIPE_AUDIO_CADENCE_H
#define CALLPIPE_AUDIO_CADENCE_H

#include "audio/tone.h"

enum cadence_signal {
	CADENCE_NONE,
	CADENCE_BEEP,       /* one line, 390 to 2150 Hz, 90 to 1300 ms: "after the tone" */
	CADENCE_SIT,        /* three rising tones: the number, or the network, is at fault */
	CADENCE_CNG,        /* a fax that calls */
	CADENCE_CED,        /* a fax or modem that answers */
	CADENCE_BUSY,       /* about 500 ms on and off */
	CADENCE_CONGESTION, /* about 250 ms on and off */
	CADENCE_RINGBACK,   /* it rings somewhere else */
	CADENCE_DIAL,       /* a dial tone: a line that is no longer anybody's */
};

#define CADENCE_PULSES 4
#define CADENCE_LEVELS 10 /* frames whose level is remembered */

struct cadence_pulse {
	enum tone_kind kind;   /* the one most of its frames have */
	float hz;              /* stronger or only line, mean */
	float sum_hz;          /* of its frames */
	float low_hz, high_hz; /* how far it has strayed */
	float sum_db, low_db,
		high_db; /* levels of its frames; the least without the first and last */
	float before_db; /* level just before it */
	int frames;      /* with a tone */
	int kinds[TONE_OTHER + 1];
	int64_t from_ms, to_ms; /* call time */
};

struct cadence {
	struct cadence_pulse pulse[CADENCE_PULSES]; /* the latest first; frames 0: none */
	bool on;                                    /* the latest is still heard */
	bool alone;                     /* the latest stands in silence: it may be a beep */
	bool told;                      /* of the latest a signal has been told */
	float level_db[CADENCE_LEVELS]; /* of the latest frames, the latest first */
	int voiced;       /* frames of a voice since the last signal that is no beep */
	unsigned repeats; /* signals told so far, bits 1 << signal: but for beeps, once each */
};

void cadence_init(struct cadence *c);
/* 20 ms of call time at_ms: tone is what tone_frame has said of them and t the detector; their level in any dB; voice:
 * somebody speaks in them. What is certain with it, or CADENCE_NONE. */
enum cadence_signal cadence_frame(struct cadence *c, int64_t at_ms, const struct tone *t, bool tone,
	float level_db, bool voice);
/* A tone has lasted for so long, and ended so lately, that what sounds like a voice now is its rest. */
bool cadence_rings(const struct cadence *c, int64_t at_ms);
/* The pulse a signal was told of: its frequency and length. */
static inline const struct cadence_pulse *cadence_pulse(const struct cadence *c)
{
	return &c->pulse[0];
}
/* "beep", "sit" ... for people and events. */
const char *cadence_name(enum cadence_signal signal);

#endif
