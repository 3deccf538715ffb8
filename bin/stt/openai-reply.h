/* openai-reply: what /audio/transcriptions answers, made a result: json, verbose_json, or a stream of events; however it is
 * cut.
 *
 * The confidence is the probability that the model gives its tokens: exp(avg_logprob) of the segments by their length, or
 * of all tokens; none if it does not tell. What is invented is left out: invention.h.
 *
 * Source: OpenAI's API description, CreateTranscriptionResponse* and TranscriptText*Event (August 2026); whisper.cpp
 * examples/server; faster-whisper-server, whose events are transcripts without a type.
 */
#ifndef CALLPIPE_STT_OPENAI_REPLY_H
#define CALLPIPE_STT_OPENAI_REPLY_H

#include "codec/sse.h"
#include "stt.h"

#define OPENAI_WHY_MAX 256

struct openai_reply {
	const char *prompt; /* that was told to the model; "" */
	int64_t sent_ms;    /* of sound, without what was padded */
	/* words so far, of a stream; NULL: nobody wants to know */
	void (*partial)(void *ctx, const char *text);
	void *ctx; /* handed to it */

	bool is_json, is_stream; /* neither: no byte yet */
	struct dynbuf body;      /* JSON */
	struct sse sse;
	struct dynbuf deltas; /* of a stream, raw */
	bool any;             /* a transcript has come, maybe an empty one */
	char error[OPENAI_WHY_MAX];
	struct dynbuf text;   /* pieces that are left */
	double sum, weight;   /* of confidences */
	const char *invented; /* why something was left out; NULL: nothing was */
	struct result ret;
};

void openai_reply_init(struct openai_reply *r, const char *prompt, int64_t sent_ms);
void openai_reply_free(struct openai_reply *r);
void openai_reply_add(struct openai_reply *r, const void *p, size_t n);
/* The end of the body. -1: it is no transcript; why, as the end of a message. */
int openai_reply_end(struct openai_reply *r, struct result *ret, char why[OPENAI_WHY_MAX]) MUST_USE;

/* "ukrainian" or "uk" to "uk"; "" if it is not known. */
const char *openai_language_code(const char *name);

#endif
