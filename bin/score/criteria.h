/* criteria: how good a call was, eight marks from 0 to 1, or none where the question does not arise or nobody knows.
 *
 * Some follow from the checks and the story; the others, and only they, are a judge's to give. Their names and meaning
 * are the rubric, which has a version: marks of different versions are not compared.
 */
#ifndef SCORE_CRITERIA_H
#define SCORE_CRITERIA_H

#include <jansson.h>

#include "checks.h"
#include "record/judge.h"

#define RUBRIC_VERSION "1"
#define CRITERION_COMMENT_MAX 400 /* bytes of a comment that are kept */

enum criterion {
	CRITERION_GREETED,    /* soon, and with words that say who speaks */
	CRITERION_UNDERSTOOD, /* what the caller wanted */
	CRITERION_TOOLS,      /* the right ones, and they worked */
	CRITERION_ACCURATE,   /* what was said is true */
	CRITERION_CONFIRMED,  /* before anything was done */
	CRITERION_CONCISE,    /* no more words than needed */
	CRITERION_RESOLVED,   /* without a person */
	CRITERION_SATISFIED,  /* the caller, as far as one can hear */
	CRITERIA
};

struct criterion_mark {
	double mark;                             /* 0 to 1; -1: none */
	bool judged;                             /* given by the judge */
	char comment[CRITERION_COMMENT_MAX + 1]; /* of the judge; "" */
};

struct criteria {
	struct criterion_mark marks[CRITERIA];
	double overall;  /* mean of those that there are; -1: there are none */
	char judge[128]; /* "model" of the judge's answer, or its command; "": nobody was asked */
};

/* Those that follow from the call itself. */
void criteria_measure(
	const struct story *s, const struct check_result checks[CHECKS], struct criteria *ret);
/* The others, of a judge's answer: {"model": ..., "criteria": {NAME: {"score": 0..1 or null, "comment": ...}, ...}}
 * with all eight names and no others. -1: why says what is wrong with it, and nothing of it is taken. */
int criteria_take(struct criteria *c, const json_t *answer, char why[JUDGE_WHY_MAX]) MUST_USE;
/* The rubric, for the judge: an object with a text for each name. */
json_t *criteria_rubric(void) MUST_USE;
/* The schema of an answer. */
json_t *criteria_schema(void) MUST_USE;
/* What a language model is told to do. */
extern const char criteria_task[];
const char *criterion_name(enum criterion c);

#endif
