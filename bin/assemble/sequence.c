/* recording: what was said, one after the other, with a gap between two lines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/level.h"
#include "bend.h"
#include "recording.h"

#define GAP_MS 400
#define GAIN_MAX_DB 8
#define GAIN_ONE 4096
#define MEASURED_S 20 /* of a side */

/* A piece of one side. */
struct segment {
	const struct recording_side *side; /* of it */
	int64_t at, n;                     /* samples */
};

/* Those of a call. */
struct segments {
	struct segment *all;
	size_t n; /* of them */
};

static void add(struct segments *to, const struct recording *r, const struct recording_side *side,
	int64_t t0_ms, int64_t t1_ms)
{
	int64_t at = max_i64(0, t0_ms) * r->rate_hz / 1000;
	int64_t end = min_i64(max_i64(0, t1_ms) * r->rate_hz / 1000, side->samples);

	if (end > at)
		to->all[to->n++] = (struct segment){side, at, end - at};
}

/* A voice of which there is no line: nobody has said what it was. */
static bool is_untold(const struct story *s, const struct story_span *v)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];

		if (l->kind == STORY_VOICE && l->t0_ms < v->t1_ms && v->t0_ms < l->t1_ms)
			return false;
	}
	return true;
}

/* The voices that began before t0_ms, from the one of that index on; returns the next. */
static size_t add_voices(struct segments *to, const struct recording *r, size_t v, int64_t t0_ms)
{
	const struct story *s = r->story;

	for (; v < s->n_voices && s->voices[v].t0_ms < t0_ms; v++)
		if (is_untold(s, &s->voices[v]))
			add(to, r, &r->caller, s->voices[v].t0_ms, s->voices[v].t1_ms);
	return v;
}

/* Lines and voices are each in the order of their time. */
static int find(struct segments *to, const struct recording *r)
{
	const struct story *s = r->story;
	size_t v = 0;

	*to = (struct segments){.all = calloc(s->n_lines + s->n_voices + 1, sizeof(*to->all))};
	if (!to->all)
		return -1;
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];

		v = add_voices(to, r, v, l->t0_ms);
		if (l->who == STORY_BOT && l->heard_ms > 0)
			add(to, r, &r->bot, l->t0_ms, l->t1_ms);
		else if (l->kind == STORY_VOICE)
			add(to, r, &r->caller, l->t0_ms, l->t1_ms);
	}
	(void)add_voices(to, r, v, INT64_MAX);
	return 0;
}

static int measure(struct recording *r, const struct segment *g, struct level *l)
{
	static int16_t block[RECORDING_BLOCK];
	static float samples[RECORDING_BLOCK];
	size_t n;

	for (int64_t at = 0; at < g->n; at += (int64_t)n) {
		n = (size_t)min_i64(RECORDING_BLOCK, g->n - at);
		if (recording_read(r, g->side, g->at + at, block, n) == -1)
			return -1;
		for (size_t i = 0; i < n; i++)
			samples[i] = block[i];
		level_add(l, samples, n);
	}
	return 0;
}

/* Level of a side. Of a long call pieces are taken that are spread over it: to measure costs more than all the rest. */
static int measure_side(struct recording *r, const struct segments *s,
	const struct recording_side *side, double *ret_dbov)
{
	int64_t all = 0, step, seen = 0, taken = 0;
	struct level l;

	level_init(&l, r->rate_hz);
	for (size_t i = 0; i < s->n; i++)
		all += s->all[i].side == side ? s->all[i].n : 0;
	step = max_i64(1, all / ((int64_t)MEASURED_S * r->rate_hz));
	for (size_t i = 0; i < s->n; i++) {
		if (s->all[i].side != side)
			continue;
		if (taken * step <= seen) {
			if (measure(r, &s->all[i], &l) == -1)
				return -1;
			taken += s->all[i].n;
		}
		seen += s->all[i].n;
	}
	*ret_dbov = level_dbov(&l);
	return 0;
}

/* What brings the caller to the level of the bot, in 1 / GAIN_ONE. */
static int find_gain(struct recording *r, const struct segments *s, int *ret)
{
	double caller_db, bot_db, db = 0;

	if (measure_side(r, s, &r->caller, &caller_db) == -1 ||
		measure_side(r, s, &r->bot, &bot_db) == -1)
		return -1;
	if (caller_db > LEVEL_NONE_DBOV && bot_db > LEVEL_NONE_DBOV)
		db = fmax(-GAIN_MAX_DB, fmin(GAIN_MAX_DB, bot_db - caller_db));
	*ret = (int)lrint(GAIN_ONE * pow(10, db / 20));
	return 0;
}

static int put(struct recording *r, struct wave *w, const struct segment *g, int gain)
{
	static int16_t block[RECORDING_BLOCK];
	size_t n;

	for (int64_t at = 0; at < g->n; at += (int64_t)n) {
		n = (size_t)min_i64(RECORDING_BLOCK, g->n - at);
		if (recording_read(r, g->side, g->at + at, block, n) == -1)
			return -1;
		for (size_t i = 0; gain != GAIN_ONE && i < n; i++)
			block[i] = bend(block[i] * gain / GAIN_ONE);
		if (recording_put(r, w, block, n) == -1)
			return -1;
	}
	return 0;
}

int sequence_write(struct recording *r, struct wave *w)
{
	static int16_t silence[16000 * GAP_MS / 1000];
	size_t gap = (size_t)r->rate_hz * GAP_MS / 1000;
	struct segments s;
	int gain = GAIN_ONE;
	int err;

	if (find(&s, r) == -1) {
		r->reason = "no memory";
		return -1;
	}
	if (s.n == 0) {
		free(s.all);
		return 1;
	}
	err = find_gain(r, &s, &gain);
	for (size_t i = 0; !err && i < s.n; i++) {
		if (i > 0)
			err = recording_put(r, w, silence, gap);
		if (!err)
			err = put(r, w, &s.all[i], s.all[i].side == &r->caller ? gain : GAIN_ONE);
	}
	free(s.all);
	return err;
}
