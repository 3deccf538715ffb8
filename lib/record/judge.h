/* judge: who reads a call as a person would, and answers in JSON: a program of the user's own, or a language model.
 *
 * A program gets one JSON object on stdin and writes one to stdout. It runs without a shell, in a process group of its
 * own, and is ended when its time is over. A model gets the same object, a task, and a schema for the answer. What is
 * asked and answered is the tool's: score(1), summarize(1).
 */
#ifndef CALLPIPE_RECORD_JUDGE_H
#define CALLPIPE_RECORD_JUDGE_H

#include <jansson.h>

#include "model/ask.h"

#define JUDGE_WHY_MAX 256
#define JUDGE_ANSWER_MAX (1 << 20) /* bytes */

struct judge {
	const char *command;   /* a command line for words.h; NULL or "": none */
	struct models *models; /* the first that answers; NULL: none */
	int64_t timeout_ms;    /* for one answer */
	/* with models; their connections are kept from one question to the next */
	struct loop loop;
	struct asker asker;
};

/* Who is asked: of command, and models (name of a file, model/models.h), one at most is neither NULL nor "". stage: the
 * tool, a constant. Mistakes of the file, and keys that are not there, are logged. 0, or an exit code. */
int judge_open(struct judge *j, const char *stage, const char *command, const char *models,
	int64_t timeout_ms) MUST_USE;
void judge_close(struct judge *j);

/* Ask. The task and the schema are for models, whose answer has the name of the model as its member "model". The answer
 * is a new reference to an object. -1: why says why, as the end of a message. */
int judge_ask(struct judge *j, const char *task, const json_t *schema, const json_t *question,
	json_t **ret, char why[JUDGE_WHY_MAX]) MUST_USE;

/* Whether a call is one of the `percent` in a hundred that are judged: always the same ones, whoever asks. */
bool judge_sampled(const char *call, int64_t percent);

#endif
