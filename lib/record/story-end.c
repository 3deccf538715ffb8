/* When all records have been taken. */
#include <stdlib.h>
#include <string.h>

#include "record/story-build.h"

#define LANGUAGES_MAX 16

/* What is still open when the journal ends was cut off with it. */
static void close_open(struct story *s)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		struct story_line *l = &s->lines[i];

		if (l->who == STORY_BOT && l->status == STORY_OPEN) {
			l->t1_ms = s->end_ms;
			if (l->t0_ms == -1)
				l->t0_ms = s->end_ms;
			else
				l->heard_ms = s->end_ms - l->t0_ms;
		}
	}
	for (size_t i = 0; i < s->n_voices; i++)
		if (s->voices[i].t1_ms < s->voices[i].t0_ms)
			s->voices[i].t1_ms = i + 1 < s->n_voices ? s->voices[i + 1].t0_ms
								 : s->end_ms;
}

static int by_time(const void *a, const void *b)
{
	const struct story_line *x = *(struct story_line *const *)a,
				*y = *(struct story_line *const *)b;

	if (x->t0_ms != y->t0_ms)
		return x->t0_ms < y->t0_ms ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* A transcript comes later than what was said. Equal ones keep their order. -1: no memory. */
static int sort_lines(struct story *s)
{
	struct story_line **order = calloc(s->n_lines + 1, sizeof(struct story_line *));
	struct story_line *lines = calloc(s->n_lines + 1, sizeof(*lines));
	int err = order && lines ? 0 : -1;

	for (size_t i = 0; !err && i < s->n_lines; i++)
		order[i] = &s->lines[i];
	if (!err) {
		qsort(order, s->n_lines, sizeof(struct story_line *), by_time);
		for (size_t i = 0; i < s->n_lines; i++)
			lines[i] = *order[i];
		free(s->lines);
		s->lines = lines;
	} else {
		free(lines);
	}
	free(order);
	return err;
}

/* The language in which most was said, of the first few: a call has no more. */
static const char *main_language(const struct story *s)
{
	struct {
		const char *language;
		size_t bytes;
	} tallies[LANGUAGES_MAX] = {{"", 0}};
	size_t n = 0, best = 0, k;

	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];

		if (!l->language[0])
			continue;
		for (k = 0; k < n && strcmp(tallies[k].language, l->language) != 0; k++)
			;
		if (k == LANGUAGES_MAX)
			continue;
		if (k == n)
			tallies[n++].language = l->language;
		tallies[k].bytes += strlen(l->text);
	}
	for (k = 1; k < n; k++)
		if (tallies[k].bytes > tallies[best].bytes)
			best = k;
	return tallies[best].bytes ? tallies[best].language : "";
}

static int by_start(const void *a, const void *b)
{
	const struct story_span *x = a, *y = b;

	return x->t0_ms < y->t0_ms ? -1 : x->t0_ms > y->t0_ms;
}

size_t story_join(struct story_span *spans, size_t n)
{
	size_t to = 0;

	if (n > 1)
		qsort(spans, n, sizeof(*spans), by_start);
	for (size_t i = 0; i < n; i++) {
		if (spans[i].t1_ms < spans[i].t0_ms)
			continue;
		if (to > 0 && spans[i].t0_ms <= spans[to - 1].t1_ms)
			spans[to - 1].t1_ms = max_i64(spans[to - 1].t1_ms, spans[i].t1_ms);
		else
			spans[to++] = spans[i];
	}
	return to;
}

/* The time that is in both of two lists of joined spans. */
static int64_t common_ms(
	const struct story_span *a, size_t n_a, const struct story_span *b, size_t n_b)
{
	int64_t sum_ms = 0;

	while (n_a && n_b) {
		sum_ms += max_i64(0, min_i64(a->t1_ms, b->t1_ms) - max_i64(a->t0_ms, b->t0_ms));
		if (a->t1_ms < b->t1_ms)
			a++, n_a--;
		else
			b++, n_b--;
	}
	return sum_ms;
}

/* -1: no memory. */
static int measure_talk_over(struct story *s)
{
	struct story_span *bot = calloc(s->n_lines + s->n_voices + 1, sizeof(*bot)), *caller;
	size_t bots = 0;

	if (!bot)
		return -1;
	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].who == STORY_BOT)
			bot[bots++] = (struct story_span){
				s->lines[i].t0_ms, s->lines[i].t0_ms + s->lines[i].heard_ms};
	caller = bot + bots;
	for (size_t i = 0; i < s->n_voices; i++)
		caller[i] = s->voices[i];
	s->talk_over_ms = common_ms(
		bot, story_join(bot, bots), caller, story_join(caller, s->n_voices));
	free(bot);
	return 0;
}

void story_finish(struct story_build *b)
{
	struct story *s = b->s;
	const char *disposition;

	if (s->over_ms == -1)
		s->over_ms = s->end_ms;
	close_open(s);
	b->no_memory |= sort_lines(s) == -1 || measure_talk_over(s) == -1;
	s->language = main_language(s);
	s->whole = s->ended && s->n_bads == 0 && s->missing == 0;
	if (!s->result && !(s->result = json_object()))
		b->no_memory = true;
	disposition = json_string_value(json_object_get(s->result, "disposition"));
	if (disposition)
		s->disposition = story_text(b, disposition, strlen(disposition));
}
