#include "openai-reply.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "invention.h"
#include "net/retry.h"

#define BODY_MAX (1 << 20)

void openai_reply_init(struct openai_reply *r, const char *prompt, int64_t sent_ms)
{
	*r = (struct openai_reply){.prompt = prompt, .sent_ms = sent_ms, .ret = result_none};
	dynbuf_init(&r->body, BODY_MAX);
	dynbuf_init(&r->deltas, STT_TEXT_MAX - 1);
	dynbuf_init(&r->text, STT_TEXT_MAX - 1);
	sse_init(&r->sse);
}

void openai_reply_free(struct openai_reply *r)
{
	dynbuf_free(&r->body);
	dynbuf_free(&r->deltas);
	dynbuf_free(&r->text);
	sse_free(&r->sse);
}

/* ---- transcripts ---- */

static double number(const json_t *o, const char *key, double fallback)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : fallback;
}

/* A time, s; -1: there is none. */
static double seconds(const json_t *o, const char *key)
{
	double s = number(o, key, -1);

	return s >= 0 && s < 86400 ? s : -1;
}

/* A text as it can be used: one line, cut where it is too long. */
static void text_copy(char to[STT_TEXT_MAX], const char *text)
{
	size_t n = utf8_cut(text, strlen(text), STT_TEXT_MAX - 1);

	memcpy(to, text, n);
	to[n] = '\0';
	text_tidy(to);
}

/* Words of a piece; what it counts for in the confidence is its length. */
static void piece_add(
	struct openai_reply *r, const char *text, const struct piece *p, double weight)
{
	char kept[STT_TEXT_MAX];
	const char *why;

	text_copy(kept, text);
	why = invention_clean(kept, p);
	if (why)
		r->invented = why;
	if (!*kept)
		return;
	if (r->text.n)
		dynbuf_adds(&r->text, " ");
	dynbuf_adds(&r->text, kept);
	if (p->avg_logprob > 0)
		return;
	/* a voice that the model does not hear has said nothing it can be sure of */
	r->sum += weight * exp(p->avg_logprob) *
		(p->no_speech_prob > 0.6 ? 1 - fmin(p->no_speech_prob, 1) : 1);
	r->weight += weight;
}

/* From the first to the last; within what was sent. */
static void span_add(struct openai_reply *r, double start, double end)
{
	int64_t start_ms = (int64_t)(start * 1000), end_ms = (int64_t)(end * 1000);

	end_ms = min_i64(end_ms, r->sent_ms);
	if (start < 0 || end < 0 || start_ms > end_ms)
		return;
	if (r->ret.start_ms < 0 || start_ms < r->ret.start_ms)
		r->ret.start_ms = start_ms;
	r->ret.end_ms = max_i64(r->ret.end_ms, end_ms);
}

static void segment_add(struct openai_reply *r, const json_t *s)
{
	double start = seconds(s, "start"), end = seconds(s, "end");
	struct piece p = {
		.avg_logprob = number(s, "avg_logprob", 1),
		.no_speech_prob = number(s, "no_speech_prob", -1),
		.compression_ratio = number(s, "compression_ratio", -1),
		.ms = start >= 0 && end > start ? (int64_t)((end - start) * 1000) : -1,
	};
	const char *text = json_string_value(json_object_get(s, "text"));
	size_t before = r->text.n;

	if (!text)
		return;
	piece_add(r, text, &p, end - start > 0.1 ? end - start : 0.1);
	if (r->text.n > before)
		span_add(r, start, end);
}

/* The mean of the tokens' logarithms; 1: there are none. */
static double logprob_of(const json_t *list)
{
	size_t i, n = 0;
	double sum = 0;
	json_t *v;

	json_array_foreach(list, i, v)
		if (json_is_number(json_object_get(v, "logprob"))) {
			sum += json_number_value(json_object_get(v, "logprob"));
			n++;
		}
	return n ? fmin(sum / (double)n, 0) : 1;
}

static void words_span(struct openai_reply *r, const json_t *words)
{
	size_t n = json_array_size(words);

	if (!n || r->invented)
		return;
	r->ret.start_ms = r->ret.end_ms = -1;
	span_add(r, seconds(json_array_get(words, 0), "start"),
		seconds(json_array_get(words, n - 1), "end"));
}

static void used_add(struct openai_reply *r, const char *unit, const json_t *n)
{
	size_t i = 0;

	while (i < ARRAY_LEN(r->ret.used) - 1 && r->ret.used[i].unit &&
		strcmp(r->ret.used[i].unit, unit) != 0)
		i++;
	if (json_is_number(n) && json_number_value(n) >= 0)
		r->ret.used[i] = (struct used){unit, json_number_value(n)};
}

static void language_take(struct openai_reply *r, const json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "language"));

	if (!name)
		name = json_string_value(json_object_get(
			json_array_get(json_object_get(o, "languages"), 0), "code"));
	if (name && *openai_language_code(name))
		snprintf(
			r->ret.language, sizeof(r->ret.language), "%s", openai_language_code(name));
}

/* An object with a text, and what else there may be. */
static void transcript_take(struct openai_reply *r, const json_t *o)
{
	const char *text = json_string_value(json_object_get(o, "text"));
	const json_t *segments = json_object_get(o, "segments"),
		     *usage = json_object_get(o, "usage");
	struct piece p = piece_unknown;
	size_t i;
	json_t *v;

	if (!text)
		return;
	r->any = true;
	if (json_array_size(segments)) {
		json_array_foreach(segments, i, v)
			segment_add(r, v);
	} else {
		p.avg_logprob = logprob_of(json_object_get(o, "logprobs"));
		p.ms = r->sent_ms;
		piece_add(r, text, &p, 1);
	}
	words_span(r, json_object_get(o, "words"));
	language_take(r, o);
	used_add(r, "seconds", json_object_get(usage, "seconds"));
	used_add(r, "input_tokens", json_object_get(usage, "input_tokens"));
	used_add(r, "output_tokens", json_object_get(usage, "output_tokens"));
}

/* ---- how they come ---- */

static void delta_take(struct openai_reply *r, const char *delta)
{
	char text[STT_TEXT_MAX];

	dynbuf_adds(&r->deltas, delta);
	if (!r->partial)
		return;
	text_copy(text, r->deltas.p);
	if (*text)
		r->partial(r->ctx, text);
}

static void event_take(void *ctx, const char *name, const char *data, size_t n)
{
	struct openai_reply *r = ctx;
	json_t *o = json_loadb(data, n, 0, NULL);
	const char *type = json_string_value(json_object_get(o, "type"));
	const char *delta = json_string_value(json_object_get(o, "delta"));
	char code[64];

	(void)name;
	if (json_object_get(o, "error") || (type && strcmp(type, "error") == 0))
		retry_message(data, n, r->error, sizeof(r->error), code, sizeof(code));
	else if (type && strcmp(type, "transcript.text.delta") == 0)
		delta_take(r, delta ? delta : "");
	else if (!type || strcmp(type, "transcript.text.done") == 0)
		transcript_take(r, o);
	json_decref(o); /* what is no JSON is [DONE], or is none */
}

void openai_reply_add(struct openai_reply *r, const void *p, size_t n)
{
	const char *s = p;

	if (!r->is_json && !r->is_stream) {
		for (; n && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n'); n--)
			s++;
		if (!n)
			return;
		r->is_json = *s == '{';
		r->is_stream = !r->is_json;
	}
	if (r->is_json)
		dynbuf_add(&r->body, s, n);
	else if (sse_add(&r->sse, s, n, event_take, r) < 0 && !r->error[0])
		snprintf(r->error, sizeof(r->error), "an event is too long");
}

static void json_take(struct openai_reply *r)
{
	json_t *o = json_loadb(r->body.p, r->body.n, 0, NULL);
	char code[64];

	if (dynbuf_failed(&r->body) || !o)
		snprintf(r->error, sizeof(r->error), "what it answers is no JSON");
	else if (json_object_get(o, "error"))
		retry_message(r->body.p, r->body.n, r->error, sizeof(r->error), code, sizeof(code));
	else
		transcript_take(r, o);
	json_decref(o);
}

int openai_reply_end(struct openai_reply *r, struct result *ret, char why[OPENAI_WHY_MAX])
{
	struct piece p = piece_unknown;

	if (r->is_json)
		json_take(r);
	else if (sse_end(&r->sse, event_take, r) < 0 && !r->error[0])
		snprintf(r->error, sizeof(r->error), "an event is too long");
	p.ms = r->sent_ms;
	if (!r->any && r->deltas.n && !r->error[0]) {
		r->any = true; /* the server ends its streams without a last event */
		piece_add(r, r->deltas.p, &p, 1);
	}
	if (!r->any) {
		snprintf(why, OPENAI_WHY_MAX, "%s",
			r->error[0] ? r->error : "what it answers is no transcript");
		return -1;
	}
	if (*r->prompt && invention_is_echo(r->text.p, r->prompt)) {
		r->invented = "it repeats the hints";
		dynbuf_reset(&r->text);
	}
	if (r->text.n)
		snprintf(r->ret.text, sizeof(r->ret.text), "%s", r->text.p);
	if (r->weight > 0)
		r->ret.confidence = r->sum / r->weight;
	if (!r->text.n)
		r->ret.start_ms = r->ret.end_ms = -1;
	*ret = r->ret;
	return 0;
}
