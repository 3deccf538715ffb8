#include "audio/level.h"

#include <math.h>

#define MARGIN_DB 15.9 /* between the active level and the threshold that defines it */
#define HANGOVER_MS 200
#define SMOOTH_S 0.03

/* The highest is half of full scale. */
static double threshold(int step)
{
	return ldexp(1, step - LEVEL_STEPS);
}

void level_init(struct level *l, int rate_hz)
{
	*l = (struct level){
		.smooth = exp(-1 / (SMOOTH_S * rate_hz)),
		.hangover = (uint32_t)rate_hz * HANGOVER_MS / 1000,
	};
	for (int i = 0; i < LEVEL_STEPS; i++)
		l->since[i] = l->hangover;
}

static void count(struct level *l)
{
	for (int i = 0; i < LEVEL_STEPS; i++) {
		if (l->twice >= threshold(i))
			l->since[i] = 0;
		else if (l->since[i] < l->hangover)
			l->since[i]++;
		else
			break; /* the higher ones have been passed longer ago */
		l->active[i]++;
	}
}

void level_add(struct level *l, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double v = (double)x[i] / 32768;

		l->squares += v * v;
		l->once += (1 - l->smooth) * (fabs(v) - l->once);
		l->twice += (1 - l->smooth) * (l->once - l->twice);
		count(l);
	}
	l->samples += n;
}

/* Level of what was active at a threshold, in dBov. */
static double level_at(const struct level *l, int step)
{
	return 10 * log10(l->squares / (double)l->active[step]);
}

double level_dbov(const struct level *l)
{
	double db, below_db, above = 0, margin;

	if (!l->active[0] || l->squares <= 0)
		return LEVEL_NONE_DBOV;
	below_db = level_at(l, 0);
	for (int i = 0; i < LEVEL_STEPS && l->active[i]; i++) {
		db = level_at(l, i);
		margin = db - 20 * log10(threshold(i)) - MARGIN_DB;
		if (margin <= 0 && i == 0)
			return db;
		if (margin <= 0)
			return below_db + (db - below_db) * above / (above - margin);
		below_db = db;
		above = margin;
	}
	return below_db;
}
