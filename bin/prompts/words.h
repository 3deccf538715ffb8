/* words: what prompts say, by stt: many files in one run of it, so that its model is loaded once. */
#ifndef CALLPIPE_PROMPTS_WORDS_H
#define CALLPIPE_PROMPTS_WORDS_H

#include "prompts.h"

#define WORDS_MAX 16 /* files in one run */

/* Ask for the words of n sound files, the longest of longest_ms. ret_text[i] is malloc'd, NULL: there is none, for
 * the reason in why. Returns 0, or an exit code if there is not one for each. `wait` is called again and again. */
int words_of(const struct settings *set, char *const path[], size_t n, int64_t longest_ms,
	void (*wait)(void *ctx), void *ctx, char *ret_text[], char why[WHY_MAX]) MUST_USE;

#endif
