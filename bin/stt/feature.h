/* feature: samples of a whole utterance to what a model compares: cepstra normalised over all of it, and their
 * differences, by libsphinxbase (loaded on first use).
 */
#ifndef CALLPIPE_STT_FEATURE_H
#define CALLPIPE_STT_FEATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct fe_s;
struct feat_s;

/* -1: the library is not there, with errno. */
int feature_load(void) MUST_USE;
/* Into *ret: [frame][stream][dimension], to be freed by feature_free; *ret_frames of 10 ms. -1: no memory, or too short. */
int feature_make(struct fe_s *fe, struct feat_s *feat, const int16_t *sample, size_t n,
	float ****ret, size_t *ret_frames) MUST_USE;
void feature_free(float ***feature);

#endif
