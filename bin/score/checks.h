/* checks: what can be said of a call without understanding it: eight questions with a yes, a no, or neither.
 *
 * Pure: made from the story alone, so the same call gives the same answers.
 */
#ifndef SCORE_CHECKS_H
#define SCORE_CHECKS_H

#include "record/story.h"

enum check {
	CHECK_GREETED,    /* the first words were heard soon */
	CHECK_IDENTIFIED, /* who went into an identification came out of it as somebody */
	CHECK_CONFIRMED,  /* before each tool with an effect the caller had agreed to something */
	CHECK_TOOLS,      /* no tool failed */
	CHECK_TALK_OVER,  /* they hardly ever spoke at the same time */
	CHECK_SILENCE,    /* nobody waited long for the other */
	CHECK_LATENCY,    /* answers came in time */
	CHECK_FAREWELL,   /* the bot's last words were heard to their end */
	CHECKS
};

enum check_answer { CHECK_NONE, CHECK_PASS, CHECK_FAIL }; /* NONE: the question does not arise */

/* Limits, as in score(1). */
struct check_limits {
	int64_t greeting_ms;       /* from accept to the first sound */
	int64_t latency_ms;        /* 95 in 100 answers, end of speech to answer */
	int64_t talk_over_percent; /* of the time in which the caller speaks */
	int64_t silence_ms;        /* longest time in which neither speaks */
	const char *
		identification; /* beginning of the names of states in which callers are identified */
};

struct check_result {
	enum check_answer answer;
	double value;     /* what was measured */
	const char *unit; /* of it: "ms", "%", "failed" ... */
};

void check_call(
	const struct story *s, const struct check_limits *limits, struct check_result ret[CHECKS]);
const char *check_name(enum check c);

#endif
