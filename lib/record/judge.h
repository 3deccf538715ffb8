/* judge: who reads a call as a person would, and answers in JSON: a program of the user's own, or a language model.
 *
 * A program gets one JSON object on stdin and writes one to stdout. It runs without a shell, in a process group of its
 * own, and is ended when its time is over. A model gets the same object, a task, and a schema for the answer. What is
 * asked and answered is the tool's: score(1), summarize(1).
 */
#ifndef CALLPIPE_RECORD_JUDGE_H
#define CALLPIPE_RECORD_JUDGE_H

#include <jansson.h>

#include "base/util.h"

#define JUDGE_WHY_MAX 256
#define JUDGE_ANSWER_MAX (1 << 20) /* bytes */

struct models;

struct judge {
	const char *command;         /* a command line for words.h; NULL or "": none */
	const struct models *models; /* the first that answers; NULL: none */
	int64_t timeout_ms;          /* for one answer */
};

/* Ask. The task and the schema are for models, whose answer has the name of the model as its member "model". The answer
 * is a new reference to an object. -1: why says why, as the end of a message. */
int judge_ask(const struct judge *j, const char *task, const json_t *schema, const json_t *question,
	json_t **ret, char why[JUDGE_WHY_MAX]) MUST_USE;

/* The models of a file: model/models.h; its mistakes, and keys that are not there, are logged. NULL or "": *ret is NULL. 0, or an exit code. */
int judge_models(const char *path, struct models **ret) MUST_USE;

/* Whether a call is one of the `percent` in a hundred that are judged: always the same ones, whoever asks. */
bool judge_sampled(const char *call, int64_t percent);

#endif
