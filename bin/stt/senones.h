/* senones: how well each sound of a model fits each 10 ms of an utterance: computed once, for all searches over it.
 *
 * libpocketsphinx computes these scores again in every search, and they are three quarters of its time; but it takes
 * them from a file as well (ps_decode_senscr). Here they are made from the model's own files, in the library's own
 * arithmetic, so that a search finds the same words with the same score. Only models of Debian's kind are known:
 * phonetically tied mixtures (PTM), weights of 8 bits without clusters.
 *
 * Source: file formats and arithmetic of sphinxbase and pocketsphinx 5prealpha (S3 binary files, sendump, BMDF; base
 * 1.0001, of which scores keep 2^10 steps as one).
 */
#ifndef CALLPIPE_STT_SENONES_H
#define CALLPIPE_STT_SENONES_H

#include <stddef.h>

#include "base/util.h"

#define SENONES_STREAMS 3 /* cepstra, their differences, and differences of these */
#define SENONES_DIM 13    /* values of each */

struct senones;

/* From the folder with mdef, means, variances and sendump. -1 with errno: ENOTSUP for a model of another kind. */
int senones_open(const char *folder, struct senones **ret) MUST_USE;
void senones_close(struct senones *s);
/* A score file of an utterance into *ret (malloc'd, *ret_bytes): feature[frame][stream] are SENONES_DIM values. A second
 * of sound is a megabyte. -1: no memory. */
int senones_score(const struct senones *s, float ***feature, size_t frames, char **ret,
	size_t *ret_bytes) MUST_USE;

#endif
