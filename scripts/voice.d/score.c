#include "score.h"

#define CUT_FRAMES 3
#define END_FRAMES 25
#define FOUND_FRAMES 75
#define START_FRAMES 5

static int bin_of(float logit)
{
	int i = (int)((logit + 12) * (SCORE_BINS / 24.0f));

	return i < 0 ? 0 : i >= SCORE_BINS ? SCORE_BINS - 1 : i;
}

static void count_frames(
	struct score_counts *c, const struct scene *s, const struct score_said *said)
{
	for (int i = 0; i < s->frames; i++) {
		bool voice = s->label[i] & SCENE_ACTIVE;
		if (!voice && s->label[i] & (SCENE_SEGMENT | SCENE_EXEMPT))
			continue;
		*(voice ? &c->active : &c->silent) += 1;
		*(voice ? &c->hit : &c->wrong) += said->on[i];
		if (!said->logit)
			continue;
		float held = said->logit[i];
		for (int k = 1; k < said->hang && k <= i; k++)
			held = said->logit[i - k] > held ? said->logit[i - k] : held;
		(voice ? c->yes : c->no)[bin_of(said->logit[i])]++;
		(voice ? c->held_yes : c->held_no)[bin_of(held)]++;
	}
}

/* One segment, from first to before end. */
static void count_segment(
	struct score_counts *c, const struct scene *s, const bool *on, int first, int end)
{
	int at = first, last = end - 1;

	c->segments++;
	while (at < end && !on[at])
		at++;
	if (at == end) {
		c->missed++;
		return;
	}
	c->onset[at - first < SCORE_ONSETS ? at - first : SCORE_ONSETS - 1]++;
	while (!on[last])
		last--;
	c->cut += end - 1 - last > CUT_FRAMES;

	int gap = 0, off = 0;
	while (end + gap < s->frames && !(s->label[end + gap] & SCENE_SEGMENT))
		gap++;
	if (gap < FOUND_FRAMES)
		return;
	c->ends++;
	for (int i = 0; i < FOUND_FRAMES && off < END_FRAMES; i++)
		off = on[end + i] ? 0 : off + 1;
	c->lost += off < END_FRAMES;
}

static void count_starts(struct score_counts *c, const struct scene *s, const bool *start)
{
	for (int i = 0, run = 0; i < s->frames; i++) {
		run = start[i] && !(s->label[i] & (SCENE_SEGMENT | SCENE_EXEMPT)) ? run + 1 : 0;
		c->starts += run == START_FRAMES;
	}
}

void score_add(struct score_counts *c, const struct scene *s, const struct score_said *said)
{
	count_frames(c, s, said);
	for (int i = 0; i < s->frames; i++) {
		int first = i;
		while (i < s->frames && s->label[i] & SCENE_SEGMENT)
			i++;
		if (i > first)
			count_segment(c, s, said->on, first, i);
	}
	count_starts(c, s, said->start);
}

double score_auc(const struct score_counts *c)
{
	double area = 0, hit = 0, wrong = 0;

	for (int i = SCORE_BINS - 1; i >= 0; i--) {
		area += (double)c->no[i] * (hit + (double)c->yes[i] / 2);
		hit += (double)c->yes[i];
		wrong += (double)c->no[i];
	}
	return hit > 0 && wrong > 0 ? area / hit / wrong : 0;
}

double score_hit_at(const int64_t yes[SCORE_BINS], const int64_t no[SCORE_BINS], double share)
{
	int64_t all = 0, voice = 0, hit = 0, wrong = 0;

	for (int i = 0; i < SCORE_BINS; i++)
		all += no[i], voice += yes[i];
	for (int i = SCORE_BINS - 1; i >= 0; i--) {
		if ((double)(wrong += no[i]) > share * (double)all)
			break;
		hit += yes[i];
	}
	return voice > 0 ? (double)hit / (double)voice : 0;
}

double score_onset_ms(const struct score_counts *c, double share)
{
	int64_t found = c->segments - c->missed, seen = 0;

	for (int i = 0; i < SCORE_ONSETS; i++) {
		seen += c->onset[i];
		if ((double)seen >= share * (double)found)
			return i * 20;
	}
	return SCORE_ONSETS * 20;
}
