/* openai-form: the request to /audio/transcriptions: which fields a model wants, and a turn as such a form.
 *
 * Source: OpenAI's API description, createTranscription (August 2026); whisper.cpp examples/server; speaches.
 */
#ifndef CALLPIPE_STT_OPENAI_FORM_H
#define CALLPIPE_STT_OPENAI_FORM_H

#include "net/http.h"
#include "stt.h"

#define OPENAI_PARTS_MAX 128
#define OPENAI_PROMPT_MAX 600 /* bytes: Whisper reads 224 tokens, the last ones */
#define OPENAI_LEAST_MS \
	1100 /* of sound: whisper.cpp is silent on less than 1000, OpenAI refuses less than 100 */

/* What a model can, by its name. */
struct openai_model {
	const char *name;
	bool verbose;  /* verbose_json: segments with what the model thinks of them */
	bool logprobs; /* of the tokens, with json */
	bool stream;   /* words as they are found */
	bool keywords; /* hints are keywords[], the language is one of languages[]; else a prompt, and language */
};

/* NULL for what is not set: name by the URL; format "auto", "json" or "verbose_json"; stream "auto", "yes" or "no". */
struct openai_model openai_model(
	const char *name, const char *url, const char *format, const char *stream);

struct openai_form {
	struct http_part
		part[OPENAI_PARTS_MAX]; /* point into what follows, and into model and turn */
	size_t parts;
	struct dynbuf wav;
	struct dynbuf text;                 /* values */
	char prompt[OPENAI_PROMPT_MAX + 1]; /* "": none */
};

/* -1: no memory. Freed in any case. */
int openai_form(struct openai_form *f, const struct openai_model *m, const char *temperature,
	const struct turn *t) MUST_USE;
void openai_form_free(struct openai_form *f);

/* The language of a BCP 47 tag as ISO 639-1; "" if there is none. */
void openai_language(const char *tag, char ret[4]);

#endif
