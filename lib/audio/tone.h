/* tone: is this a tone of the telephone network or of a machine, and which?
 *
 * 20 ms at a time, at 8 or 16 kHz, a window of 40 ms is looked at: nearly all of its power must lie in one or two lines, at
 * the same frequencies as in the window before. So a tone is known 40 to 60 ms after it begins, and must last 60 ms.
 * Several kinds have the same frequencies and differ in their rhythm: that is for whoever counts.
 * Source: ITU-T Q.23, Q.24 (keys), E.180 and its supplement 2 (network), T.30 (fax).
 */
#ifndef CALLPIPE_AUDIO_TONE_H
#define CALLPIPE_AUDIO_TONE_H

#include "base/util.h"

#define TONE_WINDOW 320 /* samples of 40 ms at 8 kHz */
#define TONE_FFT 512
#define TONE_LEAST_DB (-50.F) /* nothing below this is a tone; a sine of full scale is 0 */

enum tone_kind {
	TONE_NONE,
	TONE_DTMF,     /* a key */
	TONE_DIAL,     /* 350 + 440 or 450 Hz */
	TONE_RINGBACK, /* 440 + 480 or 400 + 450 Hz */
	TONE_BUSY,     /* 480 + 620 Hz: busy, or congestion if it is fast */
	TONE_PROGRESS, /* one line of 400 to 460 Hz: dial, ringback or busy of most countries */
	TONE_CNG,      /* 1100 Hz: a calling fax */
	TONE_CED,      /* 2100 Hz: an answering fax or modem */
	TONE_BEEP,     /* any other single line */
	TONE_OTHER,    /* any other two */
};

struct tone_lines {
	int n;           /* 0 to 2 */
	float hz[2];     /* ascending */
	float power[2];  /* of each */
	float spread_hz; /* standard deviation of the power about the stronger line */
};

struct tone {
	enum tone_kind kind;     /* of the latest frame */
	char digit;              /* DTMF: 0-9 * # A-D; else 0 */
	struct tone_lines lines; /* of the latest window, whether or not it is a tone */
	float level_db;          /* of the latest window; a sine of full scale is 0 */
	int64_t ms;              /* so long it has been one */

	int rate_hz;
	int run;                     /* windows alike, one after the other */
	float spread_hz;             /* smoothed over the run */
	float heard[TONE_WINDOW];    /* the latest 40 ms at 8 kHz */
	float window[TONE_WINDOW];   /* Hann */
	float turn[TONE_FFT / 2][2]; /* cos, -sin of 2 pi i / TONE_FFT */
};

/* rate_hz is 8000 or 16000. */
void tone_init(struct tone *t, int rate_hz);
/* The next 20 ms: true if a tone is heard in them; then kind says which. */
bool tone_frame(struct tone *t, const int16_t *samples);
/* The next 20 ms, in which nobody looks for a tone: what was heard of one is forgotten. */
void tone_skip(struct tone *t, const int16_t *samples);
/* "dtmf", "ringback", ... for people and events. */
const char *tone_name(enum tone_kind kind);

#endif
