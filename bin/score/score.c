/* score: how good calls were: what can be measured, and what a judge says; and which of them a person should hear. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/log.h"
#include "base/opt.h"
#include "base/progress.h"
#include "criteria.h"
#include "model/models.h"
#include "net/http.h"
#include "record/batch.h"
#include "record/each.h"
#include "record/output.h"
#include "record/transcript.h"

#define FILE_NAME "score.json"

static struct settings {
	const char *judge, *models;
	struct http_settings http;
	int64_t timeout_ms, sample, budget, below;
	bool queue, force, json;
	struct check_limits limits;
} set = {
	.timeout_ms = 60000,
	.sample = 100,
	.below = 50,
	.limits = {.greeting_ms = 1000,
		.latency_ms = 3000,
		.talk_over_percent = 20,
		.silence_ms = 10000,
		.identification = "ident"},
};

static const struct opt_row rows[] = {
	{"judge", 0, OPT_STR, "COMMAND", "CALLPIPE_SCORE_JUDGE",
		"who gives the marks that cannot be measured", &set.judge},
	{"models", 0, OPT_STR, "FILE", "CALLPIPE_SCORE_MODELS", "language models that give them",
		&set.models},
	{"timeout", 't', OPT_INT, "MS", "CALLPIPE_SCORE_TIMEOUT", "for one answer of the judge",
		&set.timeout_ms, 100, 3600000},
	{"sample", 0, OPT_INT, "PERCENT", "CALLPIPE_SCORE_SAMPLE", "of the calls are judged",
		&set.sample, 0, 100},
	{"budget", 0, OPT_INT, "N", "CALLPIPE_SCORE_BUDGET",
		"calls that are judged at most, in one run (0: any)", &set.budget, 0, INT32_MAX},
	{"review", 0, OPT_INT, "PERCENT", NULL,
		"a person should hear those with less than this overall", &set.below, 0, 100},
	{"queue", 'q', OPT_FLAG, NULL, NULL, "show only calls that a person should hear",
		&set.queue},
	{"greeting", 0, OPT_INT, "MS", NULL, "longest time to the first sound",
		&set.limits.greeting_ms, 0, 60000},
	{"latency", 0, OPT_INT, "MS", NULL, "longest answer, but for the slowest 5 in 100",
		&set.limits.latency_ms, 0, 60000},
	{"talk-over", 0, OPT_INT, "PERCENT", NULL,
		"of the caller's voice, with the bot speaking too", &set.limits.talk_over_percent,
		0, 100},
	{"silence", 0, OPT_INT, "MS", NULL, "longest silence of both", &set.limits.silence_ms, 0,
		600000},
	{"identification", 0, OPT_STR, "NAME", NULL, "states that begin so identify the caller",
		&set.limits.identification},
	{"force", 'f', OPT_FLAG, NULL, NULL, "score again what has been scored", &set.force},
	{"json", 'j', OPT_FLAG, NULL, NULL, "write JSON on a terminal, too", &set.json},
	HTTP_OPTIONS(set.http),
	{0},
};

static const struct opt_page page = {
	.synopsis = "[options] [call-directory ...]",
	.purpose = "Say how good calls were, and which of them a person should hear.",
	.see = "callpipe(7), callpipe-calldir(5), summarize(1), report(1)",
};

static int64_t asked; /* calls that the judge was asked about, in this run */

static struct judge judge;

static bool to_be_judged(const struct kept *k)
{
	return (judge.models || (set.judge && *set.judge)) && judge_sampled(k->name, set.sample);
}

/* ---- the score as JSON ---- */

static json_t *share(double v)
{
	char text[16];

	if (v < 0)
		return json_null();
	snprintf(text, sizeof(text), "%.3f", v); /* what is written can be compared */
	return json_real(strtod(text, NULL));
}

static json_t *checks_tree(const struct check_result checks[CHECKS])
{
	json_t *o = json_object();

	for (size_t i = 0; i < CHECKS && o; i++) {
		const struct check_result *r = &checks[i];
		bool none = r->answer == CHECK_NONE;

		json_object_set_new(o, check_name((enum check)i),
			json_pack("{s:o,s:o,s:s}", "pass",
				none ? json_null() : json_boolean(r->answer == CHECK_PASS), "value",
				none ? json_null() : share(r->value), "unit", r->unit));
	}
	return o;
}

static json_t *criteria_tree(const struct criteria *c)
{
	json_t *o = json_object();

	for (size_t i = 0; i < CRITERIA && o; i++) {
		const struct criterion_mark *m = &c->marks[i];

		json_object_set_new(o, criterion_name((enum criterion)i),
			json_pack("{s:o,s:s,s:s*}", "score", share(m->mark), "by",
				m->judged ? "judge" : "call", "comment",
				m->comment[0] ? m->comment : NULL));
	}
	return o;
}

/* Why a person should hear it: an array, empty if nobody need. */
static json_t *review_tree(
	const struct story *s, const struct check_result checks[CHECKS], const struct criteria *c)
{
	json_t *a = json_array();

	if (c->overall >= 0 && c->overall * 100 < (double)set.below)
		json_array_append_new(a, json_string("overall"));
	if (checks[CHECK_CONFIRMED].answer == CHECK_FAIL)
		json_array_append_new(a, json_string("unconfirmed"));
	if (s->fallback || strcmp(s->verdict, "error") == 0)
		json_array_append_new(a, json_string("failed"));
	return a;
}

static json_t *score_tree(const struct kept *k, const struct story *s,
	const struct check_result checks[CHECKS], const struct criteria *c)
{
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o}", "call", transcript_string(k->name),
		"rubric", RUBRIC_VERSION, "checks", checks_tree(checks), "criteria",
		criteria_tree(c), "overall", share(c->overall), "review", review_tree(s, checks, c),
		"judge", c->judge[0] ? transcript_string(c->judge) : json_null());
}

/* ---- one call ---- */

/* The score there is, if it is of this journal and this rubric, and has been judged if it is to be; NULL. */
static json_t *kept_score(const struct kept *k)
{
	json_t *o = kept_json(k, FILE_NAME);
	const char *version = json_string_value(json_object_get(o, "rubric"));

	if (version && strcmp(version, RUBRIC_VERSION) == 0 &&
		kept_fresh(k, FILE_NAME, (const char *const[]){"events.jsonl", NULL}) &&
		(!to_be_judged(k) || json_is_string(json_object_get(o, "judge")) ||
			(set.budget && asked >= set.budget)))
		return o;
	json_decref(o);
	return NULL;
}

/* Ask the judge, who gets the call as its transcript, what was measured, and the rubric. -1: it has been said why. */
static int ask(const struct kept *k, const struct story *s,
	const struct check_result checks[CHECKS], struct criteria *c)
{
	struct transcript t = {.call = k, .story = s};
	char why[JUDGE_WHY_MAX] = "no memory";
	json_t *question = json_pack("{s:s,s:o,s:o,s:o,s:o}", "rubric_version", RUBRIC_VERSION,
		"rubric", criteria_rubric(), "checks", checks_tree(checks), "measured",
		criteria_tree(c), "call", transcript_tree(&t));
	json_t *answer = NULL, *schema = criteria_schema();
	int err = -1;

	asked++;
	if (question && schema)
		err = judge_ask(&judge, criteria_task, schema, question, &answer, why);
	if (!err) {
		snprintf(c->judge, sizeof(c->judge), "%s", judge.models ? set.models : set.judge);
		err = criteria_take(c, answer, why);
	}
	if (err) {
		c->judge[0] = '\0';
		log_error("cannot have '%s' judged: %s", k->path, why);
	}
	json_decref(schema);
	json_decref(question);
	json_decref(answer);
	return err;
}

static void print(const json_t *score)
{
	const json_t *review = json_object_get(score, "review"),
		     *overall = json_object_get(score, "overall"), *v;
	const char *name;
	char *text;

	if (set.queue && json_array_size(review) == 0)
		return;
	progress_wipe();
	if (set.json || !isatty(STDOUT_FILENO)) {
		text = json_dumps(score, JSON_COMPACT | JSON_REAL_PRECISION(10));
		puts(text ? text : "");
		free(text);
		return;
	}
	printf("%-38s", json_string_value(json_object_get(score, "call")));
	if (json_is_number(overall))
		printf(" %4.2f ", json_number_value(overall));
	else
		printf("    - ");
	json_object_foreach((json_t *)(uintptr_t)json_object_get(score, "checks"), name, v)
		if (json_is_false(json_object_get(v, "pass")))
			printf(" %s", name);
	for (size_t i = 0; i < json_array_size(review); i++)
		printf("%s%s", i ? " " : "  -> ", json_string_value(json_array_get(review, i)));
	putchar('\n');
}

static int save(const struct kept *k, const json_t *score)
{
	char *text = json_dumps(score, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
	int err = text ? output_write(k->fd, FILE_NAME, text, strlen(text)) : -1;

	if (err)
		log_error_errno("cannot write '%s/" FILE_NAME "'", k->path);
	free(text);
	return err;
}

static int score_story(const struct kept *k, const struct story *s)
{
	struct check_result checks[CHECKS];
	struct criteria c;
	json_t *score;
	int code = 0;

	check_call(s, &set.limits, checks);
	criteria_measure(s, checks, &c);
	if (to_be_judged(k) && !(set.budget && asked >= set.budget) && ask(k, s, checks, &c))
		code = EXIT_TRY_AGAIN; /* what was measured is kept, and it is asked again in the next run */
	score = score_tree(k, s, checks, &c);
	if (!score) {
		log_error("cannot score '%s': no memory", k->path);
		return EXIT_SYSTEM;
	}
	if (save(k, score))
		code = EXIT_IO;
	else
		print(score);
	json_decref(score);
	return code;
}

static int score_call(const struct kept *k, void *ctx)
{
	json_t *score = set.force ? NULL : kept_score(k);
	struct story s;
	int code;

	if (score) {
		print(score);
		json_decref(score);
		return BATCH_SKIPPED;
	}
	code = each_story(k, &s);
	if (code)
		return code;
	code = score_story(k, &s);
	story_close(&s);
	return code;
}

int main(int argc, char **argv)
{
	int first, code;

	log_init("score");
	if (ensure_std_fds() == -1)
		return EXIT_SYSTEM;
	code = opt_parse(&page, rows, argc, argv, &first);
	if (code >= 0)
		return code;
	if (set.judge && *set.judge && set.models && *set.models) {
		log_error("cannot judge with --judge and with --models");
		return EXIT_USAGE;
	}
	http_set(&set.http);
	code = judge_open(&judge, "score", set.judge, set.models, set.timeout_ms);
	if (code)
		return code;
	code = opt_finish(each_call(argv + first, score_call, NULL));
	judge_close(&judge);
	return code;
}
