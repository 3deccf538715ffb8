/* models: the file that says which language models are asked, in which order, and for how long. callpipe-models(5).
 *
 * No scenario and no call stands in it; keys neither: they are named, and found by base/secret.h.
 */
#ifndef CALLPIPE_MODEL_MODELS_H
#define CALLPIPE_MODEL_MODELS_H

#include <jansson.h>

#include "base/util.h"

#define MODELS_MAX 8                /* providers of a file */
#define MODELS_FILE_MAX (256 << 10) /* bytes */
#define MODELS_NAME_MAX 64          /* bytes of a provider's name, with its NUL */

/* One provider. Strings live as long as the models. */
struct model {
	const char *name; /* for people, events and prices: "groq"; each but once */
	const struct model_engine *engine;
	const char *url;          /* base; the engine's own if the file says nothing */
	const char *model;        /* what the vendor calls it */
	const char *secret;       /* name of its key; NULL: the usual ones of the vendor */
	const json_t *parameters; /* members of a request, sent as they are; NULL: none */
	const char *limit;        /* name of the member that max_output goes into */
	int64_t max_output;       /* tokens of an answer */
	bool cache;               /* mark what stays the same for the vendor's cache (anthropic) */
	bool schema;              /* it takes a JSON schema; else the schema goes into the text */
	bool format; /* .. as output_config.format; else as a tool that has to be called (anthropic) */
};

struct models {
	struct model model[MODELS_MAX]; /* in the order they are asked */
	size_t n;
	int64_t wait_ms;    /* without a sentence: the caller is told to wait */
	int64_t give_up_ms; /* without a first token: the next provider is asked */
	int64_t budget_ms;  /* from the question to the first token of whichever provider */
	int64_t idle_ms;    /* from one piece of an answer to the next */
	int64_t total_ms;   /* a whole answer */
	size_t turns;       /* of a conversation, kept word by word */
	const struct model *summary; /* sums up older ones; NULL: they are left out */
	json_t *file;                /* what the strings live in */
	char *path;
};

/* Each mistake is a line "PATH: providers[1].url: has to be a string". */
typedef void models_mistake(void *ctx, const char *line);

/* Read and check a file. *ret is to be freed by models_free; -1: mistakes were told, one at least. */
int models_load(const char *path, models_mistake *tell, void *ctx, struct models **ret) MUST_USE;
void models_free(struct models *m);
/* By name; NULL: there is none. */
const struct model *models_find(const struct models *m, const char *name);

#endif
