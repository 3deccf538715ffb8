#include "score.h"

#define CUT_FRAMES 3
#define FOUND_FRAMES 75

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

static void count_delay(int64_t delay[SCORE_ONSETS], int frames)
{
	delay[frames < SCORE_ONSETS ? frames : SCORE_ONSETS - 1]++;
}

/* One segment, from first to before end. */
static void count_segment(struct score_counts *c, const bool *on, int first, int end)
{
	int at = first, last = end - 1;

	c->segments++;
	while (at < end && !on[at])
		at++;
	if (at == end) {
		c->missed++;
		return;
	}
	count_delay(c->onset, at - first);
	while (!on[last])
		last--;
	c->cut += end - 1 - last > CUT_FRAMES;
}

static void count_turn(
	struct score_counts *c, const struct scene *s, const bool *turn, int first, int end)
{
	int at = first, gap = 0;

	if (first > 0 && !turn[first - 1]) {
		c->waited++;
		while (at < end && !turn[at])
			at++;
		if (at < end)
			count_delay(c->begun, at - first + 1);
		else
			c->unheard++;
	}
	while (end + gap < s->frames && !(s->label[end + gap] & SCENE_SEGMENT))
		gap++;
	if (gap < FOUND_FRAMES)
		return;
	c->ends++;
	for (gap = 0; gap < FOUND_FRAMES && turn[end + gap]; gap++)
		;
	c->lost += gap == FOUND_FRAMES;
}

static void count_false(struct score_counts *c, const struct scene *s, const bool *turn)
{
	for (int i = 0; i < s->frames; i++) {
		bool false_one = turn[i];
		for (; i < s->frames && turn[i]; i++)
			false_one = false_one && !(s->label[i] & (SCENE_SEGMENT | SCENE_EXEMPT));
		c->starts += false_one;
	}
}

static void count_idle(struct score_counts *c, const struct scene *s, const bool *turn)
{
	for (int i = 0, since = 0; i < s->frames; i++) {
		since = s->label[i] & SCENE_SEGMENT ? 0 : since + 1;
		if (since <= FOUND_FRAMES || s->label[i] & SCENE_EXEMPT)
			continue;
		c->alone++;
		c->idle += turn[i];
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
			count_segment(c, said->on, first, i),
				count_turn(c, s, said->turn, first, i);
	}
	count_false(c, s, said->turn);
	count_idle(c, s, said->turn);
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

double score_delay_ms(const int64_t delay[SCORE_ONSETS], double share)
{
	int64_t found = 0, seen = 0;

	for (int i = 0; i < SCORE_ONSETS; i++)
		found += delay[i];
	for (int i = 0; i < SCORE_ONSETS; i++) {
		seen += delay[i];
		if (found > 0 && (double)seen >= share * (double)found)
			return i * 20;
	}
	return SCORE_ONSETS * 20;
}
