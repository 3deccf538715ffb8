#include "confidence.h"

#include <math.h>

const char *const confidence_way_name[] = {"phrase", "digits", "within"};

/* By scripts/bench stt --fit --most 20: turns of its tuning split (half of Allison's prompts, flite's voices rms and slt),
 * quiet and with noise at 20 dB, each under a grammar that has what is said and one that has not; one in ten is a burst
 * of noise. What is all of a turn says no more by its length. */
static const struct {
	double constant;
	double score;   /* for each step of it */
	double seconds; /* for each second of words */
	double share;   /* for words that are all of the turn */
} fit[] = {
	[CONFIDENCE_PHRASE] = {0.836, 0.207, 0, 0}, /* 229 turns */
	[CONFIDENCE_DIGITS] = {0.925, 0.29, 0, 0},  /* 240: that it is a number at all */
	[CONFIDENCE_WITHIN] = {4.567, 0.123, 4.065,
		0.13}, /* 246, which as a whole were not above 0.5 */
};

double confidence_of(enum confidence_way way, double score, int64_t words_ms, int64_t turn_ms)
{
	double z = fit[way].constant + fit[way].score * score +
		fit[way].seconds * (double)words_ms / 1000 +
		fit[way].share * (double)words_ms / (double)(turn_ms > 0 ? turn_ms : 1);

	return 1 / (1 + exp(-z));
}
