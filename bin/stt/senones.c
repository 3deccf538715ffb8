#include "senones.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

#define DENSITIES 128          /* of a codebook and stream */
#define TOP 4                  /* of them count */
#define SHIFT 10               /* a step of a score is 2^10 steps of the logarithm */
#define BASE ((double)1.0001F) /* of the logarithm: the library reads it as a float */
#define FLOOR 0.0001F          /* least variance */
#define DENSITY_MAX 96         /* a density is not taken to be worse than the best by more steps */
#define SUM_STEPS 512          /* two terms that are further apart: the smaller is nothing */
#define ORDER_MAGIC 0x11223344U
#define TRIPHONE_STATES 3

/* Densities of a codebook in a stream, side by side, so that the compiler can take several at a time. */
struct density {
	float mean[SENONES_DIM][DENSITIES];
	float weight[SENONES_DIM]
		    [DENSITIES]; /* of a squared distance: 1 / (2 variance), in steps of the
						 logarithm */
	float peak[DENSITIES];   /* logarithm at the mean */
};

struct senones {
	struct density (*density)[SENONES_STREAMS]; /* of each codebook */
	size_t codebooks;
	uint8_t *codebook; /* of each senone */
	size_t n;          /* senones */
	struct map weights_map;
	const uint8_t *weights; /* [stream][density][senone], as -log in steps */
	uint8_t sum[SUM_STEPS]; /* what the larger of two terms gains by one so much smaller */
};

/* The best densities of a codebook in a stream, best first. */
struct best {
	int32_t score[TOP]; /* log, then -log in steps below the best of all codebooks */
	int index[TOP];
};

static int file_open(const char *folder, const char *name, struct map *ret)
{
	char path[PATH_MAX];

	return format_path(path, "%s/%s", folder, name) < 0 ? -1 : map_open(path, ret);
}

/* The next n integers of 4 bytes; *at moves on. */
static bool take_ints(const struct map *m, size_t *at, int32_t *ret, size_t n)
{
	if (*at > m->n || n > (m->n - *at) / sizeof(*ret))
		return false;
	memcpy(ret, m->p + *at, n * sizeof(*ret));
	*at += n * sizeof(*ret);
	return true;
}

static int other_kind(void)
{
	errno = ENOTSUP;
	return -1;
}

/* The numbers of means or variances: [codebook][stream][density][dimension]. NULL: of another kind. */
static const uint8_t *gauss_find(const struct map *m, size_t *ret_codebooks)
{
	static const char end[] = "endhdr\n";
	const uint8_t *head = memmem(m->p, m->n, end, strlen(end));
	int32_t v[3 + SENONES_STREAMS], magic, total;
	size_t at;

	if (!head)
		return NULL;
	at = (size_t)(head - m->p) + strlen(end);
	if (!take_ints(m, &at, &magic, 1) || (uint32_t)magic != ORDER_MAGIC ||
		!take_ints(m, &at, v, ARRAY_LEN(v)) || !take_ints(m, &at, &total, 1) || v[0] < 1 ||
		v[0] > UINT8_MAX || v[1] != SENONES_STREAMS || v[2] != DENSITIES ||
		total != v[0] * SENONES_STREAMS * DENSITIES * SENONES_DIM ||
		(m->n - at) / sizeof(float) < (size_t)total)
		return NULL;
	for (size_t i = 0; i < SENONES_STREAMS; i++)
		if (v[3 + i] != SENONES_DIM)
			return NULL;
	*ret_codebooks = (size_t)v[0];
	return m->p + at;
}

static double steps(double natural_log)
{
	return trunc(natural_log / log(BASE));
}

static void density_fill(struct density *d, const float *mean, const float *variance)
{
	for (size_t i = 0; i < DENSITIES; i++)
		for (size_t k = 0; k < SENONES_DIM; k++) {
			double var = (double)fmaxf(variance[i * SENONES_DIM + k], FLOOR);

			d->mean[k][i] = mean[i * SENONES_DIM + k];
			d->weight[k][i] = (float)steps(1 / (2 * var));
			d->peak[i] += (float)steps(-log(sqrt(2 * M_PI * var)));
		}
}

static int gauss_load(struct senones *s, const struct map *means, const struct map *variances)
{
	const uint8_t *mean, *variance;
	size_t other;

	mean = gauss_find(means, &s->codebooks);
	variance = gauss_find(variances, &other);
	if (!mean || !variance || other != s->codebooks)
		return other_kind();
	s->density = calloc(s->codebooks, sizeof(*s->density));
	if (!s->density)
		return -1;
	for (size_t i = 0; i < s->codebooks * SENONES_STREAMS; i++) {
		float m[DENSITIES * SENONES_DIM], v[DENSITIES * SENONES_DIM];

		memcpy(m, mean + i * sizeof(m), sizeof(m));
		memcpy(v, variance + i * sizeof(v), sizeof(v));
		density_fill(&s->density[0][0] + i, m, v);
	}
	return 0;
}

/* Which codebook a senone belongs to: that of the phone in the middle. */
static int codebooks_load(struct senones *s, const struct map *m)
{
	enum {
		PHONES,
		TRIPHONES,
		STATES,
		CI_SENONES,
		SENONES,
		TMATS,
		SEQUENCES,
		CONTEXT,
		TREE,
		SIL
	};
	int32_t v[SIL + 1], head[3], size;
	size_t at = 0, phones, sequences;

	if (!take_ints(m, &at, head, 3) || memcmp(m->p, "BMDF", 4) != 0 || head[1] != 1 ||
		head[2] < 0 || (size_t)head[2] > m->n)
		return other_kind();
	at += (size_t)head[2];
	if (!take_ints(m, &at, v, ARRAY_LEN(v)) || v[STATES] != TRIPHONE_STATES || v[PHONES] < 1 ||
		(size_t)v[PHONES] != s->codebooks || v[TRIPHONES] < v[PHONES] || v[SENONES] < 1 ||
		v[SENONES] > INT16_MAX || v[TREE] < 0 || v[SEQUENCES] < 1)
		return other_kind();
	size_t names = at;

	for (int i = 0; i < v[PHONES]; i++) {
		const uint8_t *nul = at < m->n ? memchr(m->p + at, 0, m->n - at) : NULL;

		if (!nul)
			return other_kind();
		at = (size_t)(nul - m->p) + 1;
	}
	at = names + ((at - names + 3) & ~(size_t)3) + (size_t)v[TREE] * 8;
	phones = at;
	at += (size_t)v[TRIPHONES] * 12;
	if (!take_ints(m, &at, &size, 1) || size != v[SEQUENCES] * TRIPHONE_STATES || at > m->n ||
		(size_t)size > (m->n - at) / 2)
		return other_kind();
	sequences = at;
	s->n = (size_t)v[SENONES];
	s->codebook = calloc(s->n, 1);
	if (!s->codebook)
		return -1;
	for (int i = 0; i < v[TRIPHONES]; i++) {
		const uint8_t *phone = m->p + phones + (size_t)i * 12;
		size_t codebook = i < v[PHONES] ? (size_t)i : phone[9];
		int32_t sequence;

		memcpy(&sequence, phone, sizeof(sequence));
		if (sequence < 0 || sequence >= v[SEQUENCES] || codebook >= s->codebooks)
			return other_kind();
		for (size_t k = 0; k < TRIPHONE_STATES; k++) {
			uint16_t senone;

			memcpy(&senone,
				m->p + sequences + ((size_t)sequence * TRIPHONE_STATES + k) * 2, 2);
			if (senone >= s->n)
				return other_kind();
			s->codebook[senone] = (uint8_t)codebook;
		}
	}
	return 0;
}

/* A string of a header: does it say something else of the clusters than what is known here? */
static bool other_weights(const char *line, size_t n)
{
	static const char *const want[][2] = {{"cluster_count ", "0"}, {"cluster_bits ", "8"}};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		size_t key = strlen(want[i][0]);

		if (n > key && memcmp(line, want[i][0], key) == 0 &&
			(n != key + 2 || line[key] != want[i][1][0]))
			return true;
	}
	return false;
}

/* Strings with their length before them (the last is filling), an empty one, rows, columns, weights. */
static int weights_load(struct senones *s)
{
	const struct map *m = &s->weights_map;
	size_t at = 0, all = (size_t)SENONES_STREAMS * DENSITIES * s->n;
	int32_t n = -1, size[2];

	while (take_ints(m, &at, &n, 1) && n > 0 && (size_t)n <= m->n - at) {
		if (other_weights((const char *)m->p + at, (size_t)n))
			return other_kind();
		at += (size_t)n;
	}
	if (n != 0 || !take_ints(m, &at, size, 2) || size[0] != DENSITIES ||
		(size_t)size[1] != s->n || m->n - at < all)
		return other_kind();
	s->weights = m->p + at;
	return 0;
}

static void sum_fill(struct senones *s)
{
	double ratio = 1;

	for (size_t i = 0; i < (size_t)SUM_STEPS << SHIFT; i++, ratio /= BASE) {
		int gain = (int)(log1p(ratio) / log(BASE) + 0.5 * (1 << SHIFT)) >> SHIFT;

		if (gain <= 0)
			break;
		if (!s->sum[i >> SHIFT])
			s->sum[i >> SHIFT] = (uint8_t)gain;
	}
}

static int load(struct senones *s, const char *folder)
{
	struct map means = {0}, variances = {0}, mdef = {0};
	int rc = -1, err;

	if (file_open(folder, "means", &means) == 0 &&
		file_open(folder, "variances", &variances) == 0 &&
		file_open(folder, "mdef", &mdef) == 0 &&
		file_open(folder, "sendump", &s->weights_map) == 0 &&
		gauss_load(s, &means, &variances) == 0 && codebooks_load(s, &mdef) == 0)
		rc = weights_load(s);
	err = errno;
	map_close(&means);
	map_close(&variances);
	map_close(&mdef);
	errno = err;
	sum_fill(s);
	return rc;
}

int senones_open(const char *folder, struct senones **ret)
{
	struct senones *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -1;
	if (load(s, folder) < 0) {
		err = errno;
		senones_close(s);
		errno = err;
		return -1;
	}
	*ret = s;
	return 0;
}

void senones_close(struct senones *s)
{
	if (!s)
		return;
	map_close(&s->weights_map);
	free(s->density);
	free(s->codebook);
	free(s);
}

static void densities_best(const struct density *d, const float x[SENONES_DIM], struct best *ret)
{
	float score[DENSITIES];

	memcpy(score, d->peak, sizeof(score));
	for (size_t k = 0; k < SENONES_DIM; k++)
		for (size_t i = 0; i < DENSITIES; i++) {
			float distance = x[k] - d->mean[k][i];

			score[i] -= distance * distance * d->weight[k][i];
		}
	for (size_t j = 0; j < TOP; j++)
		ret->score[j] = INT32_MIN;
	for (int i = 0; i < DENSITIES; i++) {
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
static void frame_best(const struct senones *s, float **x, struct best best[][SENONES_STREAMS])
{
	for (size_t f = 0; f < SENONES_STREAMS; f++) {
		int32_t top = INT32_MIN;

		for (size_t c = 0; c < s->codebooks; c++) {
			densities_best(&s->density[c][f], x[f], &best[c][f]);
			top = best[c][f].score[0] >> SHIFT > top ? best[c][f].score[0] >> SHIFT
								 : top;
		}
		for (size_t c = 0; c < s->codebooks; c++)
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
	int sum = weights[(size_t)b->index[0] * s->n] + b->score[0];

	for (size_t j = 1; j < TOP; j++) {
		int more = weights[(size_t)b->index[j] * s->n] + b->score[j];

		sum = (more < sum ? more : sum) - s->sum[abs(more - sum)]; /* without a branch: it
									      would be guessed wrong */
	}
	return sum;
}

static void frame_score(
	const struct senones *s, float **x, struct best best[][SENONES_STREAMS], int16_t *ret)
{
	int top = INT16_MAX;

	frame_best(s, x, best);
	for (size_t i = 0; i < s->n; i++) {
		const struct best *b = best[s->codebook[i]];
		int score = 0;

		for (size_t f = 0; f < SENONES_STREAMS; f++)
			score += mixture(s, s->weights + f * DENSITIES * s->n + i, &b[f]);
		ret[i] = (int16_t)score;
		top = score < top ? score : top;
	}
	for (size_t i = 0; i < s->n; i++)
		ret[i] = (int16_t)(ret[i] - top);
}

int senones_score(
	const struct senones *s, float ***feature, size_t frames, char **ret, size_t *ret_bytes)
{
	size_t frame_bytes = sizeof(int16_t) * (1 + s->n);
	struct best(*best)[SENONES_STREAMS] = calloc(s->codebooks, sizeof(*best));
	int16_t count = (int16_t)s->n, *score = malloc(s->n * sizeof(*score));
	const uint32_t magic = ORDER_MAGIC;
	char head[128], *p = NULL, *to;
	size_t n;

	n = (size_t)snprintf(
		head, sizeof(head), "s3\nversion 0.1\nn_sen %zu\nlogbase %f\nendhdr\n", s->n, BASE);
	if (best && score)
		p = malloc(n + sizeof(magic) + frames * frame_bytes);
	if (p) {
		to = mempcpy(mempcpy(p, head, n), &magic, sizeof(magic));
		for (size_t i = 0; i < frames; i++) {
			frame_score(s, feature[i], best, score);
			to = mempcpy(to, &count, sizeof(count));
			to = mempcpy(to, score, s->n * sizeof(*score));
		}
		*ret = p;
		*ret_bytes = (size_t)(to - p);
	}
	free(best);
	free(score);
	return p ? 0 : -1;
}
