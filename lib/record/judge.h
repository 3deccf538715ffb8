/* judge: an engine that reads a call as a person would, and answers in JSON: a program of the user's own.
 *
 * It gets one JSON object on stdin and writes one to stdout. It runs without a shell, in a process group of its own,
 * and is ended when its time is over. What is asked and answered is the tool's: score(1), summarize(1).
 */
#ifndef CALLPIPE_RECORD_JUDGE_H
#define CALLPIPE_RECORD_JUDGE_H

#include <jansson.h>

#include "base/util.h"

#define JUDGE_WHY_MAX 256
#define JUDGE_ANSWER_MAX (1 << 20) /* bytes */

/* Ask: command is a command line for words.h. The answer is a new reference to an object. -1: why says why, as the
 * end of a message. */
int judge_ask(const char *command, int64_t timeout_ms, const json_t *question, json_t **ret,
	char why[JUDGE_WHY_MAX]) MUST_USE;

/* Whether a call is one of the `percent` in a hundred that are judged: always the same ones, whoever asks. */
bool judge_sampled(const char *call, int64_t percent);

#endif
