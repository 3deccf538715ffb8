/* senones: how well each sound of a model fits each 10 ms of an utterance: computed once, for all searches over it.
 *
 * libpocketsphinx computes these scores again in every search, and they are three quarters of its time; but it takes
 * them from a file as well (ps_decode_senscr). Here they are made from the model's own files, in the library's own
 * arithmetic, so that a search finds the same words with the same score.
 * What models are known, and the source: ptm.h.
 */
#ifndef CALLPIPE_STT_SENONES_H
#define CALLPIPE_STT_SENONES_H

#include <stddef.h>

#include "base/util.h"

struct senones;

/* From the folder with mdef, means, variances and sendump. -1 with errno: ENOTSUP for a model of another kind. */
int senones_open(const char *folder, struct senones **ret) MUST_USE;
void senones_close(struct senones *s);
/* A score file of an utterance into *ret (malloc'd, *ret_bytes): feature[frame][stream] as the model has them. A second
 * of sound is a megabyte. -1: no memory. */
int senones_score(const struct senones *s, float ***feature, size_t frames, char **ret,
	size_t *ret_bytes) MUST_USE;

#endif
