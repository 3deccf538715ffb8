/* invention: words that Whisper, and models like it, write where nobody has spoken: the last lines of the films they
 * have learnt from, thanks, the same words again and again.
 *
 * A list alone would take the caller's own "thank you"; so there are lines that nobody says on a telephone, which go
 * always, and words that go if the model doubts them itself.
 */
#ifndef CALLPIPE_STT_INVENTION_H
#define CALLPIPE_STT_INVENTION_H

#include "base/util.h"

/* What a model says of a piece of its text. */
struct piece {
	double avg_logprob;       /* mean of its tokens, 0 or less; above 0: not known */
	double no_speech_prob;    /* 0 to 1; below 0: not known */
	double compression_ratio; /* below 0: not known */
	int64_t ms;               /* of sound it was made of; below 0: not known */
};
extern const struct piece piece_unknown;

/* Take out of a text what is invented; "" if it is all of it. Returns why, or NULL if it is left as it is. */
const char *invention_clean(char *text, const struct piece *p);
/* True if the text is nothing but the prompt, which is a list of words that was told to the model: on silence, it is said
 * back. One or two words may be the caller's. */
bool invention_is_echo(const char *text, const char *prompt);

#endif
