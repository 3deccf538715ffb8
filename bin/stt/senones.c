#include "senones.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptm.h"

#define TOP 4          /* densities of a codebook and stream that count */
#define SHIFT 10       /* a step of a score is 2^10 steps of the logarithm */
#define DENSITY_MAX 96 /* a density is not taken to be worse than the best by more steps */
#define SUM_STEPS 512  /* two terms that are further apart: the smaller is nothing */
#define ORDER_MAGIC 0x11223344U

struct senones {
	struct ptm model;
	uint8_t sum[SUM_STEPS]; /* what the larger of two terms gains by one so much smaller */
};

/* The best densities of a codebook in a stream, best first. */
struct best {
	int32_t score[TOP]; /* log, then -log in steps below the best of all codebooks */
	int index[TOP];
};

static void sum_fill(struct senones *s)
{
	double ratio = 1;

	for (size_t i = 0; i < (size_t)SUM_STEPS << SHIFT; i++) {
		int gain = (int)(log1p(ratio) / log(PTM_BASE) + 0.5 * (1 << SHIFT)) >> SHIFT;

		if (gain <= 0)
			break;
		if (!s->sum[i >> SHIFT])
			s->sum[i >> SHIFT] = (uint8_t)gain;
		ratio /= PTM_BASE;
	}
}

int senones_open(const char *folder, struct senones **ret)
{
	struct senones *s = calloc(1, sizeof(*s));

	if (!s)
		return -1;
	if (ptm_open(&s->model, folder) < 0) {
		free(s);
		return -1;
	}
	sum_fill(s);
	*ret = s;
	return 0;
}

void senones_close(struct senones *s)
{
	if (!s)
		return;
	ptm_close(&s->model);
	free(s);
}

static void densities_best(const struct ptm_density *d, const float x[PTM_DIM], struct best *ret)
{
	float score[PTM_DENSITIES];

	memcpy(score, d->peak, sizeof(score));
	for (size_t k = 0; k < PTM_DIM; k++)
		for (size_t i = 0; i < PTM_DENSITIES; i++) {
			float distance = x[k] - d->mean[k][i];

			score[i] -= distance * distance * d->weight[k][i];
		}
	for (size_t j = 0; j < TOP; j++)
		ret->score[j] = INT32_MIN;
	for (int i = 0; i < PTM_DENSITIES; i++) {
		int32_t v = score[i] > -2e9F ? (int32_t)score[i] : -2000000000;
		size_t j = TOP;

		for (; j > 0 && v > ret->score[j - 1]; j--)
			if (j < TOP) {
				ret->score[j] = ret->score[j - 1];
				ret->index[j] = ret->index[j - 1];
			}
		if (j < TOP) {
			ret->score[j] = v;
			ret->index[j] = i;
		}
	}
}

/* Of all codebooks, relative to the best of them in a stream: streams are of very different size. */
static void frame_best(const struct senones *s, float **x, struct best best[][PTM_STREAMS])
{
	for (size_t f = 0; f < PTM_STREAMS; f++) {
		int32_t top = INT32_MIN;

		for (size_t c = 0; c < s->model.codebooks; c++) {
			densities_best(&s->model.density[c][f], x[f], &best[c][f]);
			top = best[c][f].score[0] >> SHIFT > top ? best[c][f].score[0] >> SHIFT
								 : top;
		}
		for (size_t c = 0; c < s->model.codebooks; c++)
			for (size_t j = 0; j < TOP; j++) {
				int32_t *score = &best[c][f].score[j];

				*score = top - (*score >> SHIFT);
				*score = *score > DENSITY_MAX ? DENSITY_MAX : *score;
			}
	}
}

/* -log of a mixture of the best densities. */
static int mixture(const struct senones *s, const uint8_t *weights, const struct best *b)
{
	int sum = weights[(size_t)b->index[0] * s->model.senones] + b->score[0];

	for (size_t j = 1; j < TOP; j++) {
		int more = weights[(size_t)b->index[j] * s->model.senones] + b->score[j];

		sum = (more < sum ? more : sum) - s->sum[abs(more - sum)]; /* without a branch: it
									      would be guessed wrong */
	}
	return sum;
}

static void frame_score(
	const struct senones *s, float **x, struct best best[][PTM_STREAMS], int16_t *ret)
{
	int top = INT16_MAX;

	frame_best(s, x, best);
	for (size_t i = 0; i < s->model.senones; i++) {
		const struct best *b = best[s->model.codebook[i]];
		int score = 0;

		for (size_t f = 0; f < PTM_STREAMS; f++)
			score += mixture(s,
				s->model.weights + f * PTM_DENSITIES * s->model.senones + i, &b[f]);
		ret[i] = (int16_t)score;
		top = score < top ? score : top;
	}
	for (size_t i = 0; i < s->model.senones; i++)
		ret[i] = (int16_t)(ret[i] - top);
}

int senones_score(
	const struct senones *s, float ***feature, size_t frames, char **ret, size_t *ret_bytes)
{
	size_t frame_bytes = sizeof(int16_t) * (1 + s->model.senones);
	struct best(*best)[PTM_STREAMS] = calloc(s->model.codebooks, sizeof(*best));
	int16_t count = (int16_t)s->model.senones,
		*score = malloc(s->model.senones * sizeof(*score));
	const uint32_t magic = ORDER_MAGIC;
	char head[128], *p = NULL, *to;
	size_t n;

	n = (size_t)snprintf(head, sizeof(head), "s3\nversion 0.1\nn_sen %zu\nlogbase %f\nendhdr\n",
		s->model.senones, PTM_BASE);
	if (best && score)
		p = malloc(n + sizeof(magic) + frames * frame_bytes);
	if (p) {
		to = mempcpy(mempcpy(p, head, n), &magic, sizeof(magic));
		for (size_t i = 0; i < frames; i++) {
			frame_score(s, feature[i], best, score);
			to = mempcpy(to, &count, sizeof(count));
			to = mempcpy(to, score, s->model.senones * sizeof(*score));
		}
		*ret = p;
		*ret_bytes = (size_t)(to - p);
	}
	free(best);
	free(score);
	return p ? 0 : -1;
}
