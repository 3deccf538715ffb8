/* score: what a detector made of a scene, counted.
 *
 * Of frames:
 *	hit            share of the frames in which the near voice sounds that are on
 *	false alarm    share of the frames outside segments that are on; SCENE_EXEMPT ones count for neither
 *	onset          from the beginning of a segment to the first frame that is on within it; before: 0
 *	missed         segments of which no frame is on
 *	cut end        off for good more than 60 ms before the segment's end
 * Of turns, as a listener has them who says at each frame whether one is under way:
 *	begun          from the beginning of a segment to the frame at which a turn is known, where none was under way
 *	end not found  no end of the turn within 1.5 s after a segment that is followed by so long a gap
 *	false start    a turn that begins and ends outside segments
 *	idle           share of the time since 1.5 s after a segment, to the next one, in which a turn is under way
 */
#ifndef CALLPIPE_VOICE_SCORE_H
#define CALLPIPE_VOICE_SCORE_H

#include "scene.h"

#define SCORE_BINS 2400
#define SCORE_ONSETS 100 /* frames; the last counts those that are later */

struct score_counts {
	int64_t hit, active;           /* frames of voice: on, all */
	int64_t wrong, silent;         /* frames outside segments: on, all */
	int64_t onset[SCORE_ONSETS];   /* segments by delay in frames */
	int64_t segments, missed, cut; /* segments: all, never on, off too early */
	int64_t begun[SCORE_ONSETS];   /* segments by delay of the turn in frames */
	int64_t waited, unheard; /* segments without a turn at their beginning: all, to their end */
	int64_t ends, lost;      /* ends with a gap behind: all, not found */
	int64_t starts;          /* false ones */
	int64_t idle, alone;     /* frames long after a segment: within a turn, all */
	/* of detectors with a score, by its logit, -12 to 12 */
	int64_t yes[SCORE_BINS], no[SCORE_BINS];
	/* the same of its largest value in the last frames, as long as the hang-over */
	int64_t held_yes[SCORE_BINS], held_no[SCORE_BINS];
};

/* What one detector said of each frame. */
struct score_said {
	bool *on;     /* with its hang-over */
	bool *turn;   /* a turn is under way, as it is known then */
	float *logit; /* NULL: it has no score */
	int hang;     /* frames of the hang-over */
};

void score_add(struct score_counts *c, const struct scene *s, const struct score_said *said);

double score_auc(const struct score_counts *c);
/* Share of hits at the threshold at which no more than this share is false alarms. */
double score_hit_at(const int64_t yes[SCORE_BINS], const int64_t no[SCORE_BINS], double wrong);
/* Milliseconds within which such a share of what was found at all is found: of onset or begun. */
double score_delay_ms(const int64_t delay[SCORE_ONSETS], double share);

#endif
