#include "count.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/prom.h"

enum family {
	CALLS,
	DURATION,
	GREETING,
	ANSWER,
	STAGE,
	DISPOSITIONS,
	TURNS,
	UNCLEAR,
	INTERRUPTED,
	TALK_OVER,
	SOUNDS,
	TOOLS,
	TOOL_TIME,
	ERRORS,
	USAGE,
	COST,
	DROPPED,
	FRAMES,
	FRAMES_LOST,
	LATE,
	FALLBACKS,
	RECORDS_BAD,
	FAMILIES
};

static const double minutes[] = {5, 15, 30, 60, 120, 180, 300, 600, 1800, 3600, INFINITY};
static const double moments[] = {
	0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, INFINITY};
static const double frames[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.06, INFINITY};

static const struct {
	const char *name, *help;
	const double *bounds; /* upper ones of a histogram, the last infinite; NULL: a counter */
} families[FAMILIES] = {
	[CALLS] = {"callpipe_calls_total", "Calls that are over, by how they ended."},
	[DURATION] = {"callpipe_call_duration_seconds", "From accept to the end.", minutes},
	[GREETING] = {"callpipe_greeting_seconds", "From accept to the first audible frame.",
		moments},
	[ANSWER] = {"callpipe_answer_seconds",
		"From the end of the caller's speech to the first audible frame of the answer.",
		moments},
	[STAGE] = {"callpipe_answer_stage_seconds", "What each stage takes of an answer.", moments},
	[DISPOSITIONS] = {"callpipe_dispositions_total", "Results of calls."},
	[TURNS] = {"callpipe_caller_turns_total", "What callers said or keyed."},
	[UNCLEAR] = {"callpipe_caller_turns_unclear_total", "Voices without words."},
	[INTERRUPTED] = {"callpipe_interruptions_total",
		"Sentences of the bot that were cut off on purpose."},
	[TALK_OVER] = {"callpipe_talk_over_seconds_total", "Time in which both sides spoke."},
	[SOUNDS] = {"callpipe_sentences_total",
		"Sentences the voice made, by whether they came from the cache."},
	[TOOLS] = {"callpipe_tool_calls_total", "Tools that were called, by how that ended."},
	[TOOL_TIME] = {"callpipe_tool_seconds", "How long tools took.", moments},
	[ERRORS] = {"callpipe_errors_total", "Errors in calls, by program and code."},
	[USAGE] = {"callpipe_usage_total", "What was used and has a price, by unit."},
	[COST] = {"callpipe_cost_total", "What it cost, in the currency of the configuration."},
	[DROPPED] = {"callpipe_caller_audio_dropped_seconds_total", "Caller audio that was lost."},
	[FRAMES] = {"callpipe_frames_total", "Frames of 20 ms that were sent."},
	[FRAMES_LOST] = {"callpipe_frames_lost_total", "Frames that were not, by why."},
	[LATE] = {"callpipe_frames_late_p99_seconds",
		"Lateness that 1 in 100 frames of a call exceed.", frames},
	[FALLBACKS] = {"callpipe_fallbacks_total",
		"Calls in which the fallback phrase was played."},
	[RECORDS_BAD] = {"callpipe_journal_records_bad_total",
		"Lines of journals that are broken, or missing."},
};

/* ---- counting ---- */

/* Where a call's figures go. */
struct count {
	struct ledger *l;
	const char *service; /* label of all */
	struct dynbuf labels;
};

/* `service="x"` and up to two more labels; "" where there is none. */
static const char *labels(struct count *c, const char *name1, const char *value1, const char *name2,
	const char *value2)
{
	dynbuf_reset(&c->labels);
	(void)!prom_label(&c->labels, "service", c->service);
	if (*name1)
		(void)!prom_label(&c->labels, name1, value1);
	if (*name2)
		(void)!prom_label(&c->labels, name2, value2);
	return dynbuf_failed(&c->labels) ? "other=\"1\"" : c->labels.p;
}

static void add(struct count *c, enum family f, const char *name1, const char *value1,
	const char *name2, const char *value2, double value)
{
	ledger_add(c->l, families[f].name, labels(c, name1, value1, name2, value2), value);
}

static void count_usage(struct count *c, const struct story_usage *u)
{
	add(c, COST, "stage", u->stage, "engine", u->engine, u->cost);
	(void)labels(c, "stage", u->stage, "engine", u->engine);
	(void)!prom_label(&c->labels, "unit", u->unit);
	ledger_add(c->l, families[USAGE].name,
		dynbuf_failed(&c->labels) ? "other=\"1\"" : c->labels.p, u->n);
}

/* The series of a histogram: "LABELS|le" for each bound (cumulated when it is written), "LABELS|sum". */
static void observe(struct count *c, enum family f, const char *name, const char *value, double ms)
{
	const double *bounds = families[f].bounds;
	double s = ms / 1000;
	const char *of = labels(c, name, value, "", "");
	char key[1024];

	if (ms < 0)
		return;
	while (s > *bounds)
		bounds++;
	snprintf(key, sizeof(key), "%.1000s" LEDGER_SUM, of);
	ledger_add(c->l, families[f].name, key, s);
	snprintf(key, sizeof(key), "%.1000s|%d", of, (int)(bounds - families[f].bounds));
	ledger_add(c->l, families[f].name, key, 1);
}

static int64_t between(int64_t from_ms, int64_t to_ms)
{
	return from_ms < 0 || to_ms < 0 ? -1 : max_i64(0, to_ms - from_ms);
}

/* What each stage took: the steps are measured from the end of the caller's speech. */
static void count_answer(struct count *c, const struct story_latency *t)
{
	int64_t heard_ms = t->transcript_ms < 0 ? t->endpoint_ms : t->transcript_ms;

	observe(c, ANSWER, "", "", (double)t->audible_ms);
	observe(c, STAGE, "stage", "endpoint", (double)t->endpoint_ms);
	observe(c, STAGE, "stage", "stt", (double)between(t->endpoint_ms, t->transcript_ms));
	observe(c, STAGE, "stage", "agent", (double)between(heard_ms, t->text_ms));
	observe(c, STAGE, "stage", "tts", (double)between(t->text_ms, t->audio_ms));
	observe(c, STAGE, "stage", "line", (double)between(t->audio_ms, t->audible_ms));
}

static void count_lines(struct count *c, const struct story *s)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		const struct story_line *l = &s->lines[i];

		if (l->who == STORY_BOT && l->status == STORY_CLEARED && l->heard_ms > 0)
			add(c, INTERRUPTED, "", "", "", "", 1);
		if (l->who == STORY_BOT)
			continue;
		add(c, TURNS, "by", story_kind_name(l->kind), "", "", 1);
		if (l->status == STORY_UNCLEAR)
			add(c, UNCLEAR, "", "", "", "", 1);
		if (l->answered)
			count_answer(c, &l->latency);
	}
}

static void count_actions(struct count *c, const struct story *s)
{
	for (size_t i = 0; i < s->n_actions; i++) {
		const struct story_action *a = &s->actions[i];

		add(c, TOOLS, "name", a->name, "status", a->status[0] ? a->status : "open", 1);
		observe(c, TOOL_TIME, "name", a->name, (double)a->ms);
	}
}

static void count_line(struct count *c, const struct story *s)
{
	const json_t *pace = s->pace;

	add(c, DROPPED, "", "", "", "", (double)s->dropped_ms / 1000);
	if (!pace)
		return;
	add(c, FRAMES, "", "", "", "", json_number_value(json_object_get(pace, "frames")));
	add(c, FRAMES_LOST, "why", "late", "", "",
		json_number_value(json_object_get(pace, "skipped")));
	add(c, FRAMES_LOST, "why", "refused", "", "",
		json_number_value(json_object_get(pace, "lost")));
	observe(c, LATE, "", "", json_number_value(json_object_get(pace, "late_p99_ms")));
}

/* The verdict without the name of whom a call was handed to. */
static const char *ending(const struct story *s)
{
	return strncmp(s->verdict, "transfer", 8) == 0 ? "transfer"
		: s->verdict[0]                        ? s->verdict
						       : "none";
}

void count_call(struct ledger *l, const struct kept *k, const struct story *s)
{
	struct count c = {.l = l, .service = k->service};

	dynbuf_init(&c.labels, 900);
	add(&c, CALLS, "verdict", ending(s), "", "", 1);
	observe(&c, DURATION, "", "", (double)s->over_ms);
	observe(&c, GREETING, "", "", (double)s->greeting.audible_ms);
	if (s->disposition[0])
		add(&c, DISPOSITIONS, "disposition", s->disposition, "campaign", k->campaign, 1);
	count_lines(&c, s);
	count_actions(&c, s);
	count_line(&c, s);
	add(&c, TALK_OVER, "", "", "", "", (double)s->talk_over_ms / 1000);
	add(&c, SOUNDS, "cached", "true", "", "", (double)s->cached);
	add(&c, SOUNDS, "cached", "false", "", "", (double)(s->sounds - s->cached));
	for (size_t i = 0; i < s->n_errors; i++)
		add(&c, ERRORS, "stage", s->errors[i].stage, "code", s->errors[i].code, 1);
	for (size_t i = 0; i < s->n_usages; i++)
		count_usage(&c, &s->usages[i]);
	add(&c, FALLBACKS, "", "", "", "", s->fallback);
	add(&c, RECORDS_BAD, "why", "broken", "", "", (double)s->n_bads);
	add(&c, RECORDS_BAD, "why", "missing", "", "", (double)s->missing);
	dynbuf_free(&c.labels);
}

/* ---- writing ---- */

static double series_value(const json_t *series, const char *labels_of, const char *key)
{
	char name[1100];

	snprintf(name, sizeof(name), "%.1000s|%s", labels_of, key);
	return json_number_value(json_object_get(series, name));
}

/* The buckets of one set of labels, each with those below it. */
static void write_histogram(struct dynbuf *b, enum family f, const json_t *series, const char *of)
{
	char name[80], key[16], le[32], labels_of[1100];
	double sum = 0;

	for (int i = 0;; i++) {
		double bound = families[f].bounds[i];

		snprintf(key, sizeof(key), "%d", i);
		sum += series_value(series, of, key);
		if (isinf(bound))
			snprintf(le, sizeof(le), "+Inf");
		else
			snprintf(le, sizeof(le), "%g", bound);
		snprintf(
			labels_of, sizeof(labels_of), "%.1000s%sle=\"%s\"", of, *of ? "," : "", le);
		snprintf(name, sizeof(name), "%s_bucket", families[f].name);
		(void)!prom_sample(b, name, labels_of, sum);
		if (isinf(bound))
			break;
	}
	snprintf(name, sizeof(name), "%s_sum", families[f].name);
	(void)!prom_sample(b, name, of, series_value(series, of, "sum"));
	snprintf(name, sizeof(name), "%s_count", families[f].name);
	(void)!prom_sample(b, name, of, sum);
}

static void write_family(struct dynbuf *b, enum family f, json_t *series)
{
	const char *key;
	json_t *value;

	(void)!prom_family(b, families[f].name, families[f].bounds ? "histogram" : "counter",
		families[f].help);
	json_object_foreach(series, key, value) {
		size_t n = strlen(key);
		char of[1100];

		if (!families[f].bounds) {
			(void)!prom_sample(b, families[f].name, key, json_number_value(value));
		} else if (n > 4 && strcmp(key + n - 4, LEDGER_SUM) == 0) {
			snprintf(of, sizeof(of), "%.*s", (int)(n - 4), key);
			write_histogram(b, f, series, of);
		}
	}
}

int count_write(const struct ledger *l, struct dynbuf *b)
{
	for (size_t f = 0; f < FAMILIES; f++) {
		json_t *series = json_object_get(l->figures, families[f].name);

		if (series)
			write_family(b, (enum family)f, series);
	}
	return dynbuf_failed(b) ? -1 : 0;
}
