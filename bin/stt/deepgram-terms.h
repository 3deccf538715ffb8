/* deepgram-terms: phrases that listens of a call have named so far, for connections to be bound to.
 *
 * They add up, so that a state that is come back to needs no new connection; when there are too many, those of the
 * latest listen alone are kept.
 */
#ifndef CALLPIPE_STT_DEEPGRAM_TERMS_H
#define CALLPIPE_STT_DEEPGRAM_TERMS_H

#include "deepgram-form.h"

struct deepgram_terms {
	char *term[DEEPGRAM_TERMS_MAX];
	size_t n;
	size_t bytes; /* of all */
};

/* Those of hints, a checked JSON object; NULL: none. */
void deepgram_terms_add(struct deepgram_terms *t, const char *hints);
void deepgram_terms_free(struct deepgram_terms *t);

#endif
