#include "ptm.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FLOOR 0.0001F /* least variance */
#define ORDER_MAGIC 0x11223344U
#define PHONE_STATES 3
#define PHONE_BYTES 12
#define TREE_BYTES 8 /* of a node of what is skipped */

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
	int32_t v[3 + PTM_STREAMS], magic, total;
	size_t at;

	if (!head)
		return NULL;
	at = (size_t)(head - m->p) + strlen(end);
	if (!take_ints(m, &at, &magic, 1) || (uint32_t)magic != ORDER_MAGIC ||
		!take_ints(m, &at, v, ARRAY_LEN(v)) || !take_ints(m, &at, &total, 1) || v[0] < 1 ||
		v[0] > UINT8_MAX || v[1] != PTM_STREAMS || v[2] != PTM_DENSITIES ||
		total != v[0] * PTM_STREAMS * PTM_DENSITIES * PTM_DIM ||
		(m->n - at) / sizeof(float) < (size_t)total)
		return NULL;
	for (size_t i = 0; i < PTM_STREAMS; i++)
		if (v[3 + i] != PTM_DIM)
			return NULL;
	*ret_codebooks = (size_t)v[0];
	return m->p + at;
}

static double steps(double natural_log)
{
	return trunc(natural_log / log(PTM_BASE));
}

static void density_fill(struct ptm_density *d, const float *mean, const float *variance)
{
	for (size_t i = 0; i < PTM_DENSITIES; i++)
		for (size_t k = 0; k < PTM_DIM; k++) {
			double var = (double)fmaxf(variance[i * PTM_DIM + k], FLOOR);

			d->mean[k][i] = mean[i * PTM_DIM + k];
			d->weight[k][i] = (float)steps(1 / (2 * var));
			d->peak[i] += (float)steps(-log(sqrt(2 * M_PI * var)));
		}
}

static int gauss_load(struct ptm *t, const struct map *means, const struct map *variances)
{
	const uint8_t *mean, *variance;
	size_t other;

	mean = gauss_find(means, &t->codebooks);
	variance = gauss_find(variances, &other);
	if (!mean || !variance || other != t->codebooks)
		return other_kind();
	t->density = calloc(t->codebooks, sizeof(*t->density));
	if (!t->density)
		return -1;
	for (size_t i = 0; i < t->codebooks * PTM_STREAMS; i++) {
		float m[PTM_DENSITIES * PTM_DIM], v[PTM_DENSITIES * PTM_DIM];

		memcpy(m, mean + i * sizeof(m), sizeof(m));
		memcpy(v, variance + i * sizeof(v), sizeof(v));
		density_fill(&t->density[0][0] + i, m, v);
	}
	return 0;
}

/* Numbers in the head of mdef, in their order. */
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
	SIL,
	MDEF_NUMBERS
};

/* Tables of mdef. */
struct mdef {
	const uint8_t *
		phone; /* of PHONE_BYTES each: sequence, matrix, and, of a triphone, where in a word it is and
				    its phone in the middle */
	const uint8_t *sequence; /* of PHONE_STATES senones each, of 2 bytes */
	int32_t number[MDEF_NUMBERS];
};

/* Where the names of the phones end; 0: nowhere. */
static size_t names_end(const struct map *m, size_t at, int32_t names)
{
	for (int32_t i = 0; i < names; i++) {
		const uint8_t *nul = at < m->n ? memchr(m->p + at, 0, m->n - at) : NULL;

		if (!nul)
			return 0;
		at = (size_t)(nul - m->p) + 1;
	}
	return at;
}

static int mdef_find(const struct map *m, struct mdef *ret)
{
	int32_t head[3], size, *v = ret->number;
	size_t at = 0, names, end;

	if (!take_ints(m, &at, head, ARRAY_LEN(head)) || memcmp(m->p, "BMDF", 4) != 0 ||
		head[1] != 1 || head[2] < 0 || (size_t)head[2] > m->n)
		return other_kind();
	names = at + (size_t)head[2];
	if (!take_ints(m, &names, v, MDEF_NUMBERS) || v[STATES] != PHONE_STATES || v[PHONES] < 1 ||
		v[TRIPHONES] < v[PHONES] || v[SENONES] < 1 || v[SENONES] > INT16_MAX ||
		v[TREE] < 0 || v[SEQUENCES] < 1)
		return other_kind();
	end = names_end(m, names, v[PHONES]);
	if (!end)
		return other_kind();
	at = names + ((end - names + 3) & ~(size_t)3) + (size_t)v[TREE] * TREE_BYTES;
	ret->phone = m->p + at;
	at += (size_t)v[TRIPHONES] * PHONE_BYTES;
	if (!take_ints(m, &at, &size, 1) || size != v[SEQUENCES] * PHONE_STATES ||
		(size_t)size > (m->n - at) / 2)
		return other_kind();
	ret->sequence = m->p + at;
	return 0;
}

/* Which codebook the senones of a phone belong to. */
static int phone_load(struct ptm *t, const struct mdef *m, int32_t phone)
{
	const uint8_t *p = m->phone + (size_t)phone * PHONE_BYTES;
	size_t codebook = phone < m->number[PHONES] ? (size_t)phone : p[9];
	int32_t sequence;

	memcpy(&sequence, p, sizeof(sequence));
	if (sequence < 0 || sequence >= m->number[SEQUENCES] || codebook >= t->codebooks)
		return other_kind();
	for (size_t i = 0; i < PHONE_STATES; i++) {
		uint16_t senone;

		memcpy(&senone, m->sequence + ((size_t)sequence * PHONE_STATES + i) * 2, 2);
		if (senone >= t->senones)
			return other_kind();
		t->codebook[senone] = (uint8_t)codebook;
	}
	return 0;
}

static int codebooks_load(struct ptm *t, const struct map *map)
{
	struct mdef m = {0};

	if (mdef_find(map, &m) < 0 || (size_t)m.number[PHONES] != t->codebooks)
		return other_kind();
	t->senones = (size_t)m.number[SENONES];
	t->codebook = calloc(t->senones, 1);
	if (!t->codebook)
		return -1;
	for (int32_t i = 0; i < m.number[TRIPHONES]; i++)
		if (phone_load(t, &m, i) < 0)
			return -1;
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
static int weights_load(struct ptm *t)
{
	const struct map *m = &t->weights_map;
	size_t at = 0, all = (size_t)PTM_STREAMS * PTM_DENSITIES * t->senones;
	int32_t n = -1, size[2];

	while (take_ints(m, &at, &n, 1) && n > 0 && (size_t)n <= m->n - at) {
		if (other_weights((const char *)m->p + at, (size_t)n))
			return other_kind();
		at += (size_t)n;
	}
	if (n != 0 || !take_ints(m, &at, size, 2) || size[0] != PTM_DENSITIES ||
		(size_t)size[1] != t->senones || m->n - at < all)
		return other_kind();
	t->weights = m->p + at;
	return 0;
}

static int load(struct ptm *t, const char *folder)
{
	struct map means = {0}, variances = {0}, mdef = {0};
	int rc = -1, err;

	if (file_open(folder, "means", &means) == 0 &&
		file_open(folder, "variances", &variances) == 0 &&
		file_open(folder, "mdef", &mdef) == 0 &&
		file_open(folder, "sendump", &t->weights_map) == 0 &&
		gauss_load(t, &means, &variances) == 0 && codebooks_load(t, &mdef) == 0)
		rc = weights_load(t);
	err = errno;
	map_close(&means);
	map_close(&variances);
	map_close(&mdef);
	errno = err;
	return rc;
}

int ptm_open(struct ptm *t, const char *folder)
{
	int err;

	*t = (struct ptm){0};
	if (load(t, folder) == 0)
		return 0;
	err = errno;
	ptm_close(t);
	errno = err;
	return -1;
}

void ptm_close(struct ptm *t)
{
	map_close(&t->weights_map);
	free(t->density);
	free(t->codebook);
	*t = (struct ptm){0};
}
