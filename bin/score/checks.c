#include "checks.h"

#include <stdlib.h>
#include <string.h>

const char *check_name(enum check c)
{
	static const char *const names[] = {"greeted", "identified", "confirmed", "tools",
		"talk_over", "silence", "latency", "farewell"};

	return names[c];
}

static struct check_result result(bool arises, bool pass, double value, const char *unit)
{
	return (struct check_result){!arises ? CHECK_NONE
			: pass               ? CHECK_PASS
					     : CHECK_FAIL,
		arises ? value : 0, unit};
}

/* A call in which nobody stayed for a word is not held against the bot. */
static struct check_result greeted(const struct story *s, const struct check_limits *l)
{
	int64_t at_ms = s->greeting.audible_ms;

	for (size_t i = 0; i < s->n_lines && at_ms == -1; i++)
		if (s->lines[i].who == STORY_BOT && s->lines[i].heard_ms > 0)
			at_ms = s->lines[i].t0_ms;
	return result(at_ms != -1 || s->over_ms > l->greeting_ms,
		at_ms != -1 && at_ms <= l->greeting_ms, (double)at_ms, "ms");
}

/* The way out tells: a state entered right behind the identification, that is not where callers end who could not be
 * identified, is one that asks or tells something more; so the rule that led there has matched. */
static struct check_result identified(const struct story *s, const struct check_limits *l)
{
	size_t n = strlen(l->identification);
	bool asked = false, answered = false;

	for (size_t i = 0; i < s->n_heards && n; i++) {
		const struct story_heard *h = &s->heards[i];

		if (strncmp(h->state, l->identification, n) != 0)
			continue;
		asked = true;
		answered |= strcmp(h->match, "no_match") != 0 &&
			strcmp(h->match, "no_input") != 0 && strcmp(h->intent, "operator") != 0;
	}
	return result(asked, answered, answered, "answers");
}

/* The caller's latest words or keys before that time agreed to something. */
static bool agreed(const struct story *s, int64_t t_ms)
{
	const struct story_heard *last = NULL;

	for (size_t i = 0; i < s->n_heards && s->heards[i].t_ms <= t_ms; i++)
		last = &s->heards[i];
	if (!last || strcmp(last->match, "no_match") == 0 || strcmp(last->match, "no_input") == 0)
		return false;
	return strcmp(last->sentiment, "negative") != 0 && strcmp(last->intent, "no") != 0;
}

static struct check_result confirmed(const struct story *s)
{
	int64_t effects = 0, not_agreed = 0;

	for (size_t i = 0; i < s->n_actions; i++) {
		if (!s->actions[i].effect)
			continue;
		effects++;
		not_agreed += !agreed(s, s->actions[i].t_ms);
	}
	return result(effects > 0, not_agreed == 0, (double)not_agreed, "unconfirmed");
}

static struct check_result tools(const struct story *s)
{
	int64_t failed = 0;

	for (size_t i = 0; i < s->n_actions; i++)
		failed += strcmp(s->actions[i].status, "ok") != 0 &&
			strcmp(s->actions[i].status, "cancelled") != 0;
	return result(s->n_actions > 0, failed == 0, (double)failed, "failed");
}

static struct check_result talk_over(const struct story *s, const struct check_limits *l)
{
	int64_t voice_ms = 0;
	double percent;

	for (size_t i = 0; i < s->n_voices; i++)
		voice_ms += s->voices[i].t1_ms - s->voices[i].t0_ms;
	percent = voice_ms ? 100.0 * (double)s->talk_over_ms / (double)voice_ms : 0;
	return result(voice_ms > 0, percent <= (double)l->talk_over_percent, percent, "%");
}

/* The longest time in which neither side made a sound, between the first and the last. -1: no memory. */
static int64_t longest_silence(const struct story *s)
{
	struct story_span *spans = calloc(s->n_lines + s->n_voices + 1, sizeof(*spans));
	int64_t longest_ms = 0;
	size_t n = 0;

	if (!spans)
		return -1;
	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].who == STORY_BOT && s->lines[i].heard_ms > 0)
			spans[n++] = (struct story_span){
				s->lines[i].t0_ms, s->lines[i].t0_ms + s->lines[i].heard_ms};
		else if (s->lines[i].kind == STORY_KEYS)
			spans[n++] = (struct story_span){s->lines[i].t0_ms, s->lines[i].t1_ms};
	for (size_t i = 0; i < s->n_voices; i++)
		spans[n++] = s->voices[i];
	n = story_join(spans, n);
	for (size_t i = 1; i < n; i++)
		longest_ms = max_i64(longest_ms, spans[i].t0_ms - spans[i - 1].t1_ms);
	free(spans);
	return longest_ms;
}

static struct check_result silence(const struct story *s, const struct check_limits *l)
{
	int64_t ms = longest_silence(s);

	return result(ms >= 0 && s->n_lines > 0, ms <= l->silence_ms, (double)ms, "ms");
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* A wait phrase is an answer here: the caller hears that somebody is there. */
static struct check_result latency(const struct story *s, const struct check_limits *l)
{
	int64_t *all = calloc(s->n_lines + 1, sizeof(*all)), p95 = 0;
	size_t n = 0;

	for (size_t i = 0; all && i < s->n_lines; i++)
		if (s->lines[i].who == STORY_CALLER && s->lines[i].answered)
			all[n++] = s->lines[i].latency.filler_ms != -1
				? s->lines[i].latency.filler_ms
				: s->lines[i].latency.audible_ms;
	if (n) {
		qsort(all, n, sizeof(*all), by_size);
		p95 = all[(n * 95 + 99) / 100 - 1];
	}
	free(all);
	return result(n > 0, p95 <= l->latency_ms, (double)p95, "ms");
}

/* Where the bot ended the call; who hangs up has heard enough. */
static struct check_result farewell(const struct story *s)
{
	const struct story_line *last = NULL;
	bool ended = strcmp(s->verdict, "hangup") == 0 || strncmp(s->verdict, "transfer", 8) == 0;

	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].who == STORY_BOT && s->lines[i].kind != STORY_FILLER)
			last = &s->lines[i];
	return result(ended, last && last->status == STORY_PLAYED,
		last ? (double)last->heard_ms : 0, "ms");
}

void check_call(
	const struct story *s, const struct check_limits *limits, struct check_result ret[CHECKS])
{
	ret[CHECK_GREETED] = greeted(s, limits);
	ret[CHECK_IDENTIFIED] = identified(s, limits);
	ret[CHECK_CONFIRMED] = confirmed(s);
	ret[CHECK_TOOLS] = tools(s);
	ret[CHECK_TALK_OVER] = talk_over(s, limits);
	ret[CHECK_SILENCE] = silence(s, limits);
	ret[CHECK_LATENCY] = latency(s, limits);
	ret[CHECK_FAREWELL] = farewell(s);
}
