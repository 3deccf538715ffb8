#include "net.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice-vector.h"
#include "rnd.h"

#define LANES 32
#define SPAN 300 /* frames through which errors go back */
#define GATES (3 * VOICE_STATE)
#define WARM_STEPS 100
#define CLIP 1.0f
#define DECAY 1e-4f
#define PROGRESS_STEPS 200

/* Mean and scale are not learnt. */
#define FIXED (offsetof(struct voice_weights, dense) / sizeof(float))
#define PARAMS (sizeof(struct voice_weights) / sizeof(float) - FIXED)

/* Eight floats at a time, in one register or two: the bits are the same, for nothing is summed across. */
typedef float f8 __attribute__((vector_size(32), aligned(4), may_alias));
#define COLUMNS 24 /* three of them, summed in registers */
_Static_assert(
	VOICE_DENSE % COLUMNS == 0 && VOICE_STATE % COLUMNS == 0, "layers are of whole blocks");
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif
#define INLINE static inline __attribute__((always_inline))

/* What backpropagation needs of the frames of a lane; state 0 is before the first. */
struct trace {
	float x[SPAN][VOICE_FEATURES];  /* normalised, with what is varied */
	float d[SPAN][VOICE_DENSE];     /* dense layer */
	float gate[SPAN][GATES];        /* r, z, n */
	float bn[SPAN][VOICE_STATE];    /* b of n, before the reset */
	float h[SPAN + 1][VOICE_STATE]; /* state */
	float error[SPAN];              /* of the score before the sigmoid, weighted */
	float da[SPAN][GATES];          /* errors of the gates' sums, those from the dense layer */
	float db[SPAN][GATES];          /* and those from the state */
	float dd[SPAN][VOICE_DENSE];    /* errors of the dense layer's sums */
};

struct lane {
	int at;                      /* frame of the data that is next */
	int left;                    /* frames of its piece */
	float h[VOICE_STATE];        /* memory */
	float shift[VOICE_FEATURES]; /* added to normalised features: another level and colour */
};

struct trainer {
	const struct net_data *data;
	struct voice_weights w;         /* what is learnt */
	struct voice_weights grad;      /* of this step */
	float in_t[GATES][VOICE_DENSE]; /* w.in, transposed */
	float back_t[GATES][VOICE_STATE];
	float first[PARAMS]; /* moments of the gradient */
	float second[PARAMS];
	struct lane lane[LANES];
	struct trace trace; /* of the lane in work */
	int *order;         /* of pieces */
	int pieces;         /* of them */
	int next;           /* in order */
	uint64_t seed;      /* of all that is random */
	double loss;        /* of this step */
};

static void set_normal(const struct net_data *d, struct voice_weights *w)
{
	for (int k = 0; k < VOICE_FEATURES; k++) {
		int64_t sum = 0, squares = 0;
		for (int i = 0; i < d->frames; i++) {
			int64_t x = d->feature[i][k];
			sum += x;
			squares += x * x;
		}
		double mean = (double)sum / d->frames,
		       var = (double)squares / d->frames - mean * mean;
		w->mean[k] = (float)(mean / NET_UNIT);
		w->scale[k] = (float)(NET_UNIT / sqrt(var + 1));
	}
}

static void fill(float *w, size_t n, float spread, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		w[i] = rnd(seed, -spread, spread);
}

static void init_weights(struct trainer *t)
{
	float spread = 1 / sqrtf(VOICE_STATE);

	fill(&t->w.dense[0][0], sizeof t->w.dense / sizeof(float), 1 / sqrtf(VOICE_FEATURES),
		&t->seed);
	fill(&t->w.in[0][0], sizeof t->w.in / sizeof(float), spread, &t->seed);
	fill(&t->w.back[0][0], sizeof t->w.back / sizeof(float), spread, &t->seed);
	fill(t->w.out, VOICE_STATE, spread, &t->seed);
	/* remember, to begin with */
	for (int j = 0; j < VOICE_STATE; j++)
		t->w.in_bias[VOICE_STATE + j] = 1;
}

static void shuffle(struct trainer *t)
{
	for (int i = t->pieces - 1; i > 0; i--) {
		int k = rnd_below(&t->seed, i + 1), swap = t->order[i];
		t->order[i] = t->order[k];
		t->order[k] = swap;
	}
	t->next = 0;
}

static void begin_piece(struct trainer *t, struct lane *l)
{
	if (t->next == t->pieces)
		shuffle(t);
	l->at = t->order[t->next++] * t->data->piece_frames;
	l->left = t->data->piece_frames;
	memset(l->h, 0, sizeof l->h);

	/* in nepers of power: 1 dB is 0.23 */
	float gain = rnd(&t->seed, -1.2f, 1.2f), tilt = rnd(&t->seed, -0.8f, 0.8f);
	float turn = rnd(&t->seed, 0, 1), ripple = rnd(&t->seed, 0, 0.5f);
	memset(l->shift, 0, sizeof l->shift);
	for (int k = 0; k <= VOICE_BANDS; k++) {
		float shift = gain;
		if (k < VOICE_BANDS)
			shift += tilt * ((float)k / 9.5f - 1) +
				ripple * rnd_sine(turn + (float)k * 0.13f);
		l->shift[k] = shift * t->w.scale[k];
	}
}

/* ret = bias + from' weight, or without bias: n rows of so many columns. */
INLINE void multiply(
	const float *bias, const float *weight, int columns, const float *from, int n, float *ret)
{
	for (int at = 0; at < columns; at += COLUMNS) {
		f8 a = {0}, b = {0}, c = {0};
		if (bias) {
			const f8 *first = (const f8 *)(bias + at);
			a = first[0], b = first[1], c = first[2];
		}
		for (int i = 0; i < n; i++) {
			const f8 *row = (const f8 *)(weight + i * columns + at);
			a += from[i] * row[0];
			b += from[i] * row[1];
			c += from[i] * row[2];
		}
		f8 *to = (f8 *)(ret + at);
		to[0] = a, to[1] = b, to[2] = c;
	}
}

/* grad += from' error over n frames: rows by columns, two rows at a time. */
INLINE void gather(float *grad, int rows, int columns, const float *from, const float *error, int n)
{
	for (int i = 0; i < rows; i += 2) {
		for (int at = 0; at < columns; at += COLUMNS) {
			f8 a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0};
			for (int t = 0; t < n; t++) {
				const f8 *x = (const f8 *)(error + t * columns + at);
				float one = from[t * rows + i], two = from[t * rows + i + 1];
				a += one * x[0], b += one * x[1], c += one * x[2];
				d += two * x[0], e += two * x[1], f += two * x[2];
			}
			f8 *first = (f8 *)(grad + i * columns + at),
			   *second = (f8 *)(grad + (i + 1) * columns + at);
			first[0] += a, first[1] += b, first[2] += c;
			second[0] += d, second[1] += e, second[2] += f;
		}
	}
}

/* grad += sum of errors over n frames. */
INLINE void gather_bias(float *grad, int columns, const float *error, int n)
{
	for (int t = 0; t < n; t++) {
		for (int j = 0; j < columns; j++)
			grad[j] += error[t * columns + j];
	}
}

/* Forward over a frame. Returns the score before the sigmoid. */
INLINE float forward(const struct voice_weights *w, struct trace *t, int i)
{
	float a[GATES], b[GATES], sum = w->out_bias, *h = t->h[i + 1];

	multiply(w->dense_bias, w->dense[0], VOICE_DENSE, t->x[i], VOICE_FEATURES, t->d[i]);
	for (int j = 0; j < VOICE_DENSE; j += 4)
		voice_store(t->d[i] + j, voice_tanh4(voice_load(t->d[i] + j)));
	multiply(w->in_bias, w->in[0], GATES, t->d[i], VOICE_DENSE, a);
	multiply(w->back_bias, w->back[0], GATES, t->h[i], VOICE_STATE, b);
	for (int j = 0; j < 2 * VOICE_STATE; j += 4)
		voice_store(t->gate[i] + j, voice_sigmoid4(voice_load(a + j) + voice_load(b + j)));
	for (int j = 0; j < VOICE_STATE; j += 4) {
		voice_f4 z = voice_load(t->gate[i] + VOICE_STATE + j),
			 bn = voice_load(b + 2 * VOICE_STATE + j);
		voice_f4 n = voice_tanh4(
			voice_load(a + 2 * VOICE_STATE + j) + voice_load(t->gate[i] + j) * bn);
		voice_store(t->bn[i] + j, bn);
		voice_store(t->gate[i] + 2 * VOICE_STATE + j, n);
		voice_store(h + j, n + z * (voice_load(t->h[i] + j) - n));
	}
	for (int j = 0; j < VOICE_STATE; j++)
		sum += h[j] * w->out[j];
	return sum;
}

/* Backward over a frame: dh is the error of its state, and becomes that of the state before. */
INLINE void backward(struct trainer *t, int i, float dh[VOICE_STATE])
{
	struct trace *tr = &t->trace;
	float *da = tr->da[i], *db = tr->db[i], error = tr->error[i], kept[VOICE_STATE];

	for (int j = 0; j < VOICE_STATE; j++) {
		float r = tr->gate[i][j], z = tr->gate[i][VOICE_STATE + j],
		      n = tr->gate[i][2 * VOICE_STATE + j];
		float dhj = dh[j] + error * t->w.out[j], dn = dhj * (1 - z) * (1 - n * n);
		da[j] = db[j] = dn * tr->bn[i][j] * r * (1 - r);
		da[VOICE_STATE + j] = db[VOICE_STATE + j] = dhj * (tr->h[i][j] - n) * z * (1 - z);
		da[2 * VOICE_STATE + j] = dn;
		db[2 * VOICE_STATE + j] = dn * r;
		kept[j] = dhj * z;
	}
	multiply(kept, t->back_t[0], VOICE_STATE, db, GATES, dh);
	multiply(NULL, t->in_t[0], VOICE_DENSE, da, GATES, tr->dd[i]);
	for (int j = 0; j < VOICE_DENSE; j++)
		tr->dd[i][j] *= 1 - tr->d[i][j] * tr->d[i][j];
}

/* What each weight has to do with the errors of n frames. */
INLINE void gather_all(struct trainer *t, int n)
{
	struct trace *tr = &t->trace;
	struct voice_weights *g = &t->grad;

	gather(g->dense[0], VOICE_FEATURES, VOICE_DENSE, tr->x[0], tr->dd[0], n);
	gather(g->in[0], VOICE_DENSE, GATES, tr->d[0], tr->da[0], n);
	gather(g->back[0], VOICE_STATE, GATES, tr->h[0], tr->db[0], n);
	gather_bias(g->dense_bias, VOICE_DENSE, tr->dd[0], n);
	gather_bias(g->in_bias, GATES, tr->da[0], n);
	gather_bias(g->back_bias, GATES, tr->db[0], n);
	for (int i = 0; i < n; i++) {
		g->out_bias += tr->error[i];
		for (int j = 0; j < VOICE_STATE; j++)
			g->out[j] += tr->error[i] * tr->h[i + 1][j];
	}
}

WIDE static void learn_lane(struct trainer *t, struct lane *l, int n)
{
	const struct net_data *data = t->data;
	float dh[VOICE_STATE] = {0};

	memcpy(t->trace.h[0], l->h, sizeof l->h);
	for (int i = 0; i < n; i++) {
		const int16_t *x = data->feature[l->at + i];
		for (int k = 0; k < VOICE_FEATURES; k++)
			t->trace.x[i][k] = ((float)x[k] / NET_UNIT - t->w.mean[k]) * t->w.scale[k] +
				l->shift[k];
		float p = voice_sigmoid(forward(&t->w, &t->trace, i));
		float y = data->target[l->at + i], weight = data->weight[l->at + i];
		t->trace.error[i] = (p - y) * weight / (LANES * SPAN);
		t->loss -= (double)(weight * voice_log(1e-7f + (y > 0.5f ? p : 1 - p)) /
			(LANES * SPAN));
	}
	for (int i = n - 1; i >= 0; i--)
		backward(t, i, dh);
	gather_all(t, n);
	memcpy(l->h, t->trace.h[n], sizeof l->h);
	l->at += n;
	l->left -= n;
}

static void transpose(struct trainer *t)
{
	for (int j = 0; j < GATES; j++) {
		for (int i = 0; i < VOICE_DENSE; i++)
			t->in_t[j][i] = t->w.in[i][j];
		for (int i = 0; i < VOICE_STATE; i++)
			t->back_t[j][i] = t->w.back[i][j];
	}
}

/* Adam (Kingma and Ba 2015) with decoupled decay; what is left of first and second moments' beginnings is given. */
static void adam(struct trainer *t, float rate, float left1, float left2)
{
	float *w = (float *)&t->w + FIXED, *g = (float *)&t->grad + FIXED, norm = 0;

	for (size_t i = 0; i < PARAMS; i++)
		norm += g[i] * g[i];
	norm = sqrtf(norm);
	float cut = norm > CLIP ? CLIP / norm : 1;
	for (size_t i = 0; i < PARAMS; i++) {
		float d = g[i] * cut;
		t->first[i] = 0.9f * t->first[i] + 0.1f * d;
		t->second[i] = 0.999f * t->second[i] + 0.001f * d * d;
		float step = t->first[i] / (1 - left1) /
			(sqrtf(t->second[i] / (1 - left2)) + 1e-8f);
		w[i] -= rate * (step + DECAY * w[i]);
	}
}

static void learn(struct trainer *t, const struct net_options *opt)
{
	float left1 = 1, left2 = 1;
	double loss = 0;

	for (int step = 0; step < opt->steps; step++) {
		memset(&t->grad, 0, sizeof t->grad);
		t->loss = 0;
		transpose(t);
		for (int i = 0; i < LANES; i++) {
			struct lane *l = &t->lane[i];
			if (l->left == 0) {
				begin_piece(t, l);
				/* not all in step */
				l->left -= step == 0 ? i % (l->left / SPAN) * SPAN : 0;
			}
			learn_lane(t, l, l->left < SPAN ? l->left : SPAN);
		}
		float done = (float)step / (float)opt->steps;
		float rate = opt->rate * (0.5f + 0.5f * rnd_sine(done / 2 + 0.25f));
		left1 *= 0.9f, left2 *= 0.999f;
		adam(t, step < WARM_STEPS ? rate * (float)(step + 1) / WARM_STEPS : rate, left1,
			left2);
		loss += t->loss;
		if (opt->progress && (step + 1) % PROGRESS_STEPS == 0) {
			opt->progress(step + 1, (float)(loss / PROGRESS_STEPS));
			loss = 0;
		}
	}
}

int net_learn(const struct net_data *d, const struct net_options *opt, struct voice_weights *ret)
{
	struct trainer *t = calloc(1, sizeof *t);
	int pieces = d->frames / d->piece_frames;

	if (t)
		t->order = calloc((size_t)pieces, sizeof *t->order);
	if (!t || !t->order) {
		free(t);
		return -1;
	}
	t->data = d;
	t->seed = opt->seed;
	t->pieces = pieces;
	for (int i = 0; i < pieces; i++)
		t->order[i] = i;
	set_normal(d, &t->w);
	init_weights(t);
	shuffle(t);
	learn(t, opt);
	*ret = t->w;
	free(t->order);
	free(t);
	return 0;
}
