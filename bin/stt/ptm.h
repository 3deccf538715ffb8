/* ptm: an acoustic model of phonetically tied mixtures, from its files.
 *
 * Every phone has a codebook of densities in each of three streams; every senone (a third of a phone between two others)
 * weighs those of its phone. All numbers are logarithms to the base PTM_BASE.
 *
 * Source: file formats and arithmetic of sphinxbase and pocketsphinx 5prealpha: means and variances (S3), mdef (BMDF),
 * sendump with weights of 8 bits without clusters.
 */
#ifndef CALLPIPE_STT_PTM_H
#define CALLPIPE_STT_PTM_H

#include "map.h"

#define PTM_STREAMS 3              /* cepstra, their differences, and differences of these */
#define PTM_DIM 13                 /* values of each */
#define PTM_DENSITIES 128          /* of a codebook in a stream */
#define PTM_BASE ((double)1.0001F) /* the library reads it as a float */

/* Densities of a codebook in a stream, side by side, so that the compiler can take several at a time. */
struct ptm_density {
	float mean[PTM_DIM][PTM_DENSITIES];
	float weight[PTM_DIM]
		    [PTM_DENSITIES]; /* of a squared distance: 1 / (2 variance), in steps of the
						 logarithm */
	float peak[PTM_DENSITIES];   /* logarithm at the mean */
};

struct ptm {
	struct ptm_density (*density)[PTM_STREAMS]; /* of each codebook */
	size_t codebooks, senones;
	uint8_t *codebook; /* of each senone */
	struct map weights_map;
	const uint8_t *weights; /* [stream][density][senone]: -log, in steps of 2^10 */
};

/* From the folder with mdef, means, variances and sendump. -1 with errno: ENOTSUP for a model of another kind. */
int ptm_open(struct ptm *t, const char *folder) MUST_USE;
void ptm_close(struct ptm *t);

#endif
