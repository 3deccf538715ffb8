/* meter: what a caller can tell of a call from when its frames arrived and whether they were audible.
 *
 * Pure: time comes in as arguments (ns of one monotonic clock), nothing is read or kept elsewhere.
 *
 * Lateness. A frame whose sound begins at position p is due at anchor + p, the anchor being the earliest
 * line through the arrivals so far: a frame that comes early moves it, METER_LEAD_NS in all. It creeps later
 * by 100 ppm, which is more than two crystals differ by. A frame more than METER_RESTART_NS late opens a gap:
 * the server is taken to have skipped the missing slots and the line begins again there, unless the next
 * frame follows at once: then it is catching up in a burst, and the old line holds.
 *
 * Lead. How much more sound has come than time has passed since the first frame, but for 100 ppm: a phone
 * hears it late for ever, or never. Arrivals that are known only to lie between two reads count as the later.
 */
#ifndef CALLPIPE_AS_DIAL_METER_H
#define CALLPIPE_AS_DIAL_METER_H

#include "base/hist.h"

#define METER_SLOT_NS (20 * NS_PER_MS)
#define METER_RESTART_NS (60 * NS_PER_MS)
#define METER_LEAD_NS (60 * NS_PER_MS) /* a server may have been so late with its first frame */
#define METER_BURST_NS (6 * NS_PER_MS) /* closer than this is together */
#define METER_BURST_MIN 3              /* frames together that are a burst: no phone hides them */
#define METER_RUN_NS (200 * NS_PER_MS) /* audible frames closer than this are one utterance */
#define METER_ANSWERS 64               /* measurements kept of each kind */

struct answers {
	int64_t ns[METER_ANSWERS]; /* measured; -1: nothing to measure */
	size_t n;                  /* how many */
};

struct meter {
	int64_t quiet_ns;  /* a bot silent this long has stopped speaking */
	int64_t anchor_ns; /* when position 0 was due */
	int64_t floor_ns; /* where this line's anchor was first: it moves no more than METER_LEAD_NS from there */
	int64_t pos_ns;        /* position of the next frame's sound */
	int64_t old_anchor_ns; /* the line before the restart that the last frame began */
	int64_t old_floor_ns;  /* its floor */
	int64_t old_pos_ns;    /* and where that frame lay on it; -1: the last frame began none */
	int64_t last_duration_ns; /* length of the last frame */
	int64_t first_frame_ns;   /* arrival; 0: none yet */
	int64_t last_frame_ns;    /* arrival; 0: none yet */
	int64_t first_audible_ns; /* arrival; 0: none yet */
	int64_t last_audible_ns;  /* arrival; 0: none yet */
	int64_t sound_ns;         /* length of all frames so far */
	int64_t start_ns; /* when position 0 of the sound was due, following the server's clock by 100 ppm */
	int64_t lead_ns; /* the most that sound was ahead of time */
	uint64_t frames; /* arrived */
	uint64_t due;    /* slots of 20 ms from the first frame to the end; once that has come */
	uint64_t gaps;   /* frames more than METER_RESTART_NS late, and an end without frames */
	uint64_t
		bursts; /* runs of METER_BURST_MIN frames or more, each METER_BURST_NS after the last */
	uint64_t run;            /* frames in the run under way */
	uint64_t burst_max;      /* frames in the longest run */
	struct hist late;        /* lateness of every frame */
	int64_t barge_ns;        /* the caller's first voiced sample; 0: no question open */
	int64_t voice_end_ns;    /* the caller's last voiced sample; 0: no question open */
	struct answers barge_in; /* first voiced sample -> last audible frame */
	struct answers response; /* last voiced sample -> first audible frame */
};

/* Where a frame lies. */
struct meter_place {
	int64_t late_ns; /* its lateness */
	int64_t pos_ns;  /* its sound begins here, from the first frame's on */
	int64_t last_pos_ns; /* the frame before belongs here after all (end of a stall caught up); -1: as was said */
};

/* When a frame arrived. */
struct meter_arrival {
	int64_t at_ns;     /* what it is taken for */
	int64_t after_ns;  /* it was not there then; at_ns if that is exact */
	int64_t before_ns; /* it was then; at_ns if that is exact */
};

void meter_init(struct meter *m, int64_t quiet_ns);
/* When the next frame is due; 0 before the first. */
int64_t meter_due(const struct meter *m);
/* When a frame arrived: exactly then; or somewhere between two reads. Never before the last one. */
struct meter_arrival meter_at(const struct meter *m, int64_t at_ns);
struct meter_arrival meter_between(const struct meter *m, int64_t after_ns, int64_t before_ns);
/* A frame arrived. */
struct meter_place meter_frame(
	struct meter *m, const struct meter_arrival *arrival, int64_t duration_ns, bool audible);

/* The caller began to speak over the bot, or has ended speaking, at ns: ask when it stops, when it answers.
 * An answer that is not there when the next question comes is -1, and so is that of a bot which spoke on. */
void meter_ask_barge_in(struct meter *m, int64_t ns);
void meter_ask_response(struct meter *m, int64_t ns);

/* True if the bot has been silent for quiet_ns at now. */
bool meter_quiet(const struct meter *m, int64_t now);

/* The call, connected at start, ended: it is known how many frames were due, open questions are closed. */
void meter_end(struct meter *m, int64_t start_ns, int64_t end_ns);
/* Sound received per time, from the first frame to the last; -1 with less than two. */
double meter_speed(const struct meter *m);

#endif
