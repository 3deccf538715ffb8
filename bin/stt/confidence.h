/* confidence: the chance that words are right, or that a number is one, from how well they fit, in each way a turn is
 * decoded.
 *
 * A logistic regression for each way, on a scale of its own; weights and where they come from: confidence.c.
 */
#ifndef CALLPIPE_STT_CONFIDENCE_H
#define CALLPIPE_STT_CONFIDENCE_H

#include <stdint.h>

enum confidence_way {
	CONFIDENCE_PHRASE, /* the turn is nothing but a phrase */
	CONFIDENCE_DIGITS, /* or a number: the score is how much better words fit than any sounds, per frame */
	CONFIDENCE_WITHIN, /* a phrase among sounds: it is how well the words fit, per frame, 0 at best */
};

extern const char *const confidence_way_name[];

/* words_ms: how long the words are, of turn_ms. 0 to 1, if what is expected is said as often as not. */
double confidence_of(enum confidence_way way, double score, int64_t words_ms, int64_t turn_ms);

#endif
