/* engine: one vendor's way to be asked and to answer: a request built, a stream read. Pure: no I/O.
 *
 * Sources: OpenAI chat completions, and what Groq, Ollama and llama.cpp make of them; Anthropic Messages.
 */
#ifndef CALLPIPE_MODEL_ENGINE_H
#define CALLPIPE_MODEL_ENGINE_H

#include "model/chat.h"
#include "model/models.h"
#include "model/reply.h"
#include "net/provider.h"

#define MODEL_REQUEST_MAX (2 << 20) /* bytes */

/* What is asked. */
struct model_question {
	const struct chat *chat;
	int64_t max_output;      /* tokens; 0: as the model is set */
	const json_t *schema;    /* the answer is to be a JSON object of this schema; NULL: words */
	const char *schema_name; /* letters, digits, _ and -; NULL: "answer" */
	bool no_tools;           /* words only, though there are tools */
};

struct model_engine {
	const char *name;
	const char *url; /* base of the vendor's own service */
	enum provider_auth auth;
	const char *auth_header;   /* PROVIDER_HEADER: its name */
	const char *limit;         /* usual name of the member for max_output */
	struct http_header header; /* one more; name NULL: none */
	/* path behind the base */
	const char *(*path)(const struct model *m);
	/* The body. -1: it would be longer than MODEL_REQUEST_MAX, or no memory. */
	int (*request)(const struct model *m, const struct model_question *q, struct dynbuf *ret);
	/* Name of the tool whose arguments are the answer to this; NULL: its words are. May be NULL. */
	const char *(*answer)(const struct model *m, const struct model_question *q);
	/* One server-sent event of the answer. */
	void (*event)(struct reply *r, const char *name, const char *data, size_t n);
};

extern const struct model_engine model_openai, model_anthropic;

/* By name; NULL. */
const struct model_engine *model_engine(const char *name);
/* All names, for messages: "anthropic, openai". */
extern const char model_engine_names[];

#endif
