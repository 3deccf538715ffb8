/* model: what the fuzz targets of the engines of lib/model share: any bytes as a stream, whole and in pieces.
 */
#ifndef CALLPIPE_TESTS_FUZZ_MODEL_H
#define CALLPIPE_TESTS_FUZZ_MODEL_H

#include "codec/sse.h"
#include "fuzz.h"
#include "model/engine.h"

struct fuzz_model {
	const struct model_engine *engine;
	struct reply reply;
};

static inline void fuzz_event(void *ctx, const char *name, const char *data, size_t n)
{
	struct fuzz_model *f = ctx;

	f->engine->event(&f->reply, name, data, n);
}

static inline void fuzz_read(struct fuzz_model *f, const uint8_t *data, size_t size, size_t piece)
{
	struct sse sse;
	int bad = 0;

	sse_init(&sse);
	reply_init(&f->reply);
	for (size_t at = 0; at < size && bad == 0; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		char *copy = fuzz_copy(data + at, n);
		bad = sse_add(&sse, copy, n, fuzz_event, f);
		free(copy);
	}
	if (bad < 0 || sse_end(&sse, fuzz_event, f) < 0)
		f->reply.skipped++;
	sse_free(&sse);
	reply_end(&f->reply);
}

/* What is read fits, and can be kept, sent back and told. */
static inline void fuzz_check(const struct reply *r)
{
	struct chat_call calls[CHAT_CALLS_MAX];
	struct chat_turn turn = {.call = calls, .calls = r->calls};
	struct dynbuf thinking;
	struct chat chat;

	MUST(r->words.n <= REPLY_TEXT_MAX && r->calls <= CHAT_CALLS_MAX);
	MUST(r->usage.input >= 0 && r->usage.cached >= 0 && r->usage.output >= 0);
	MUST(!r->failed || *r->why);
	dynbuf_init(&thinking, 2 * REPLY_THINKING_MAX);
	dynbuf_addf(&thinking, "[%s]", r->thinking.p);
	json_t *v = json_loads(thinking.p, 0, NULL);
	MUST(v || dynbuf_failed(&r->thinking));
	json_decref(v);
	dynbuf_free(&thinking);
	chat_init(&chat, 4);
	for (size_t i = 0; i < r->calls; i++) {
		MUST(r->call[i].arguments.n <= REPLY_ARGUMENTS_MAX);
		calls[i] = (struct chat_call){(char *)(uintptr_t)r->call[i].id,
			(char *)(uintptr_t)r->call[i].name, r->call[i].arguments.p};
	}
	MUST(chat_user(&chat, r->words.p, r->words.p) == 0);
	MUST(chat_assistant(&chat, r->words.p, &turn, NULL) == 0);
	const struct model m = {.name = "m",
		.engine = &model_openai,
		.url = "",
		.model = "m",
		.limit = "max_tokens"};
	const struct model_engine *const both[] = {&model_openai, &model_anthropic};
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		struct dynbuf b;
		dynbuf_init(&b, MODEL_REQUEST_MAX);
		MUST(both[i]->request(&m, &(struct model_question){.chat = &chat}, &b) == 0);
		v = json_loads(b.p, 0, NULL);
		MUST(v);
		json_decref(v);
		dynbuf_free(&b);
	}
	chat_free(&chat);
}

static inline void fuzz_model(const struct model_engine *engine, const uint8_t *data, size_t size)
{
	struct fuzz_model whole = {.engine = engine}, pieces = {.engine = engine};

	fuzz_read(&whole, data, size, size ? size : 1);
	fuzz_check(&whole.reply);
	fuzz_read(&pieces, data, size, 1 + size % 7);
	MUST(pieces.reply.words.n == whole.reply.words.n &&
		memcmp(pieces.reply.words.p, whole.reply.words.p, whole.reply.words.n) == 0);
	MUST(pieces.reply.calls == whole.reply.calls && pieces.reply.stop == whole.reply.stop &&
		pieces.reply.skipped == whole.reply.skipped);
	reply_free(&whole.reply);
	reply_free(&pieces.reply);
}

#endif
