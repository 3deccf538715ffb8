#include "model/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/sse.h"
#include "text/sentence.h"

#define CONNECT_MS 3000
#define BODY_MAX (8 << 20) /* bytes of a stream */
#define STOPPED_MS 300     /* for what may come behind the end of an answer: usage, [DONE] */
#define DRAIN_MS 1000 /* for the end of a stream behind that: the connection can be used again */

enum phase {
	PHASE_NEXT,   /* a model is to be asked */
	PHASE_ASKING, /* one was asked */
	PHASE_OVER,   /* the end was told, or nobody wants to know it */
};

struct ask {
	struct asker *asker;
	struct model_question q;
	struct ask_handlers on;
	void *ctx;                   /* handed to them */
	size_t order[MODELS_MAX], n; /* models to be asked */
	size_t at;                   /* which of them is */
	enum phase phase;
	struct loop_timer timer;
	struct provider_call *call; /* NULL: none is under way */
	struct sse sse;             /* of the stream that comes */
	struct reply reply;         /* what came of it */
	size_t said;                /* bytes of its words that were given as sentences */
	bool given;                 /* .. one at least */
	bool waited;                /* waiting was called */
	int64_t start_ns;           /* of the question */
	int64_t try_ns;             /* of this model */
	int64_t first_ns;           /* first token; 0: none */
	int64_t stop_ns;            /* it said that it has said all; 0: not yet */
	int64_t over_ns;
	const char *code;       /* of the last failure; NULL: there was none */
	char why[HTTP_WHY_MAX]; /* .. */
	int busy;               /* handlers may be running: it is not freed */
	struct ask *next_drained;
};

const char *ask_how_name(enum ask_how how)
{
	static const char *const name[] = {
		[ASK_DONE] = "done",
		[ASK_TRUNCATED] = "truncated",
		[ASK_LENGTH] = "length",
		[ASK_REFUSED] = "refused",
		[ASK_FAILED] = "failed",
	};

	return (size_t)how < ARRAY_LEN(name) ? name[how] : "unknown";
}

static const struct model *model_of(const struct ask *ask)
{
	return &ask->asker->models->model[ask->order[ask->at]];
}

static struct provider *provider_of(const struct ask *ask)
{
	return &ask->asker->provider[ask->order[ask->at]];
}

/* ---- life and death ---- */

void ask_drop(struct ask *ask)
{
	struct ask **p = &ask->asker->drained;

	while (*p && *p != ask)
		p = &(*p)->next_drained;
	if (*p)
		*p = ask->next_drained;
	if (ask->call)
		provider_cancel(ask->call);
	loop_remove_timer(ask->asker->loop, &ask->timer);
	if (--ask->asker->asks == 0 && ask->asker->alone)
		loop_stop(ask->asker->loop);
	sse_free(&ask->sse);
	reply_free(&ask->reply);
	free(ask);
}

static void enter(struct ask *ask)
{
	ask->busy++;
}

/* False: it is gone. */
static bool leave(struct ask *ask)
{
	if (--ask->busy > 0 || ask->phase != PHASE_OVER || ask->call)
		return true;
	ask_drop(ask);
	return false;
}

static void cancel_call(struct ask *ask)
{
	if (ask->call)
		provider_cancel(ask->call);
	ask->call = NULL;
}

/* Nothing is told any more. The stream of a whole answer is read to its end, so that its connection can be used again. */
static void over(struct ask *ask, bool whole)
{
	ask->phase = PHASE_OVER;
	ask->over_ns = now_ns();
	if (!whole)
		cancel_call(ask);
	if (!ask->call)
		return;
	ask->next_drained = ask->asker->drained;
	ask->asker->drained = ask;
}

void ask_cancel(struct ask *ask)
{
	if (!ask)
		return;
	enter(ask);
	over(ask, false);
	leave(ask);
}

/* ---- deadlines ---- */

static int64_t min_set(int64_t a, int64_t b)
{
	return a == 0 || b < a ? b : a;
}

/* Nothing was given yet: until when the caller can do without; until when this model may try. A JSON answer is given as a
 * whole, and may take longer. */
static int64_t wait_until(const struct ask *ask)
{
	return ask->start_ns + ask->asker->models->wait_ms * NS_PER_MS;
}

static int64_t try_until(const struct ask *ask)
{
	const struct models *m = ask->asker->models;
	int64_t until = ask->try_ns + (ask->first_ns ? 2 : 1) * m->give_up_ms * NS_PER_MS;
	int64_t budget = ask->start_ns + m->budget_ms * NS_PER_MS;

	return ask->first_ns ? until : min_i64(until, budget);
}

static void arm(struct ask *ask)
{
	int64_t at = 0;

	if (ask->phase == PHASE_OVER) {
		at = ask->over_ns + DRAIN_MS * NS_PER_MS;
	} else if (ask->phase == PHASE_NEXT) {
		at = now_ns();
	} else if (ask->stop_ns) {
		at = ask->stop_ns + STOPPED_MS * NS_PER_MS;
	} else if (!ask->given) {
		if (!ask->waited && ask->on.waiting)
			at = wait_until(ask);
		if (!ask->first_ns || !ask->q.schema)
			at = min_set(at, try_until(ask));
	}
	ask->timer.at_ns = at;
}

/* ---- the end ---- */

static void tell_usage(struct ask *ask)
{
	const struct model_usage *u = &ask->reply.usage;

	if (ask->on.usage && (u->input || u->cached || u->output))
		ask->on.usage(ask->ctx, model_of(ask), u);
}

static void end(struct ask *ask, struct ask_end *e)
{
	int64_t now = now_ns();

	e->first_ms = ask->first_ns ? (ask->first_ns - ask->start_ns) / NS_PER_MS : -1;
	e->total_ms = (now - ask->start_ns) / NS_PER_MS;
	if (!e->text)
		e->text = "";
	over(ask, e->how == ASK_DONE);
	ask->on.end(ask->ctx, e);
}

static void end_failed(struct ask *ask)
{
	struct ask_end e = {.how = ASK_FAILED, .code = ask->code, .why = ask->why};

	ask->first_ns = 0;
	end(ask, &e);
}

/* Only what was given counts as said, but for an answer that is whole. */
static void end_short(struct ask *ask, enum ask_how how, const char *code, const char *why)
{
	struct ask_end e = {.how = how,
		.model = model_of(ask),
		.usage = ask->reply.usage,
		.code = code,
		.why = why};

	dynbuf_truncate(&ask->reply.words, ask->said);
	e.text = ask->reply.words.p;
	tell_usage(ask);
	if (ask->phase != PHASE_OVER)
		end(ask, &e);
}

/* This model is of no use: the next one, if nobody has heard anything of this. */
static void fail(struct ask *ask, const char *code, const char *why, bool at_fault)
{
	char copy[HTTP_WHY_MAX];

	snprintf(copy, sizeof(copy), "%s", why);
	if (at_fault && ask->call)
		provider_reject(ask->call);
	else
		cancel_call(ask);
	ask->call = NULL;
	if (ask->given) {
		end_short(ask, ASK_TRUNCATED, code, copy);
		return;
	}
	tell_usage(ask);
	if (ask->phase != PHASE_OVER && ask->on.failed)
		ask->on.failed(ask->ctx, model_of(ask), code, copy);
	if (ask->phase == PHASE_OVER)
		return;
	ask->code = code;
	snprintf(ask->why, sizeof(ask->why), "%s", copy);
	ask->phase = PHASE_NEXT;
	ask->at++;
}

/* ---- what came ---- */

static void give(struct ask *ask, const char *text, size_t n)
{
	ask->given = true;
	if (ask->on.sentence)
		ask->on.sentence(ask->ctx, text, n);
}

static void give_sentences(struct ask *ask, bool all)
{
	const struct dynbuf *words = &ask->reply.words;
	const char *s;
	size_t n;

	while (ask->phase == PHASE_ASKING && !ask->q.schema &&
		(all ? sentence_next(words->p, words->n, &ask->said, &s, &n)
		     : sentence_sure(words->p, words->n, &ask->said, &s, &n)))
		give(ask, s, n);
}

/* Calls as they are told: with ids of their own. */
static void name_calls(struct ask *ask, char ids[][CHAT_NAME_MAX], struct chat_call *calls)
{
	static char none[] = "{}";

	for (size_t i = 0; i < ask->reply.calls; i++) {
		struct reply_call *call = &ask->reply.call[i];
		chat_call_id(ask->q.chat, call->id, i, ids[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(ids[k], ids[i]) == 0)
				chat_call_id(ask->q.chat, "", i, ids[i]);
		calls[i] = (struct chat_call){
			ids[i], call->name, call->arguments.n > 0 ? call->arguments.p : none};
	}
}

static void end_words(struct ask *ask)
{
	char ids[CHAT_CALLS_MAX][CHAT_NAME_MAX];
	struct chat_call calls[CHAT_CALLS_MAX];
	struct ask_end e = {.how = ASK_DONE,
		.model = model_of(ask),
		.text = ask->reply.words.p,
		.usage = ask->reply.usage};

	tell_usage(ask);
	if (ask->reply.calls > 0 && !ask->q.no_tools) {
		name_calls(ask, ids, calls);
		e.turn = (struct chat_turn){.call = calls, .calls = ask->reply.calls};
	}
	if (e.turn.calls > 0 && ask->reply.thinking.n > 0 && !dynbuf_failed(&ask->reply.thinking)) {
		e.turn.thinking = ask->reply.thinking.p;
		e.turn.provider = model_of(ask)->name;
	}
	if (ask->phase != PHASE_OVER)
		end(ask, &e);
}

/* What stands around an object, ```json as likely as not, is left out. */
static json_t *read_object(const struct dynbuf *words)
{
	const char *from = strchr(words->p, '{'), *to = strrchr(words->p, '}');
	json_t *v = from && to > from ? json_loadb(from, (size_t)(to - from) + 1, 0, NULL) : NULL;

	if (json_is_object(v))
		return v;
	json_decref(v);
	return NULL;
}

static void end_json(struct ask *ask)
{
	json_t *v = read_object(&ask->reply.words);
	struct ask_end e = {.how = ASK_DONE,
		.model = model_of(ask),
		.text = ask->reply.words.p,
		.json = v,
		.usage = ask->reply.usage};

	if (v) {
		tell_usage(ask);
		if (ask->phase != PHASE_OVER)
			end(ask, &e);
	} else {
		fail(ask, "answer", "the answer is no JSON object", false);
	}
	json_decref(v);
}

/* The answer is over, as far as the model is concerned. */
static void finish(struct ask *ask)
{
	const struct reply *r = &ask->reply;

	if (r->stop == REPLY_REFUSED)
		end_short(ask, ASK_REFUSED, "refused", "the model refused to answer");
	else if (ask->q.schema)
		end_json(ask);
	else if (r->stop == REPLY_LENGTH && ask->given)
		end_short(ask, ASK_LENGTH, "length", "the answer was longer than it may be");
	else if (r->stop == REPLY_LENGTH)
		fail(ask, "length", "the answer was longer than it may be, before a sentence",
			false);
	else if (ask->given || (r->calls > 0 && !ask->q.no_tools))
		end_words(ask);
	else
		fail(ask, "answer", "the answer is empty", false);
}

/* After each piece of a stream. */
static void go_on(struct ask *ask)
{
	struct reply *r = &ask->reply;

	if (ask->phase != PHASE_ASKING)
		return;
	if (!ask->first_ns && reply_begun(r)) {
		ask->first_ns = now_ns();
		if (ask->on.first)
			ask->on.first(ask->ctx, model_of(ask));
		if (ask->phase != PHASE_ASKING)
			return;
	}
	if (r->stop != REPLY_GOING && !ask->stop_ns) {
		ask->stop_ns = now_ns();
		reply_end(r);
	}
	give_sentences(ask, r->stop == REPLY_STOP);
	if (ask->phase != PHASE_ASKING)
		return;
	if (r->failed) {
		provider_hide(provider_of(ask), r->why);
		fail(ask, "broken", r->why, true);
	} else if (r->ended || (r->stop == REPLY_LENGTH && dynbuf_failed(&r->words)))
		finish(ask);
}

static void on_event(void *ctx, const char *name, const char *data, size_t n)
{
	struct ask *ask = ctx;

	model_of(ask)->engine->event(&ask->reply, name, data, n);
}

static void on_body(void *ctx, const void *p, size_t n)
{
	struct ask *ask = ctx;

	if (ask->phase != PHASE_ASKING)
		return;
	enter(ask);
	if (sse_add(&ask->sse, p, n, on_event, ask) < 0) {
		fail(ask, "broken", "an event of the stream is too long", true);
	} else {
		go_on(ask);
	}
	arm(ask);
	leave(ask);
}

static void on_end(void *ctx, const struct provider_end *pe)
{
	struct ask *ask = ctx;
	struct provider_call *call = ask->call;

	enter(ask);
	ask->call = NULL;
	if (ask->phase == PHASE_ASKING) {
		if (sse_end(&ask->sse, on_event, ask) == 0)
			go_on(ask);
	}
	if (ask->phase == PHASE_ASKING) {
		if (ask->reply.stop != REPLY_GOING || (pe->ok && ask->q.schema))
			finish(ask);
		else if (!pe->ok)
			fail(ask, pe->code, pe->why, false);
		else {
			ask->call = call;
			fail(ask, "broken", "the answer broke off", true);
		}
	}
	arm(ask);
	leave(ask);
}

/* ---- asking ---- */

/* False: it could not be made. */
static bool send(struct ask *ask, int64_t left_ms)
{
	static const struct provider_handlers on = {.body = on_body, .end = on_end};
	const struct model *m = model_of(ask);
	const struct models *set = ask->asker->models;
	struct http_header headers[] = {{"Content-Type", "application/json"},
		{"Accept", "text/event-stream"}, m->engine->header};
	struct http_request r = {.method = "POST",
		.url = m->engine->path(m),
		.headers = headers,
		.headers_n = ARRAY_LEN(headers) - (m->engine->header.name ? 0 : 1),
		.connect_ms = min_i64(left_ms, CONNECT_MS),
		.first_ms = left_ms,
		.idle_ms = set->idle_ms,
		.total_ms = set->total_ms,
		.max_bytes = BODY_MAX};
	struct dynbuf body;

	dynbuf_init(&body, MODEL_REQUEST_MAX);
	if (m->engine->request(m, &ask->q, &body) == 0) {
		r.body = body.p;
		r.body_bytes = body.n;
		ask->call = provider_ask(provider_of(ask), &r, left_ms, &on, ask);
	}
	dynbuf_free(&body);
	return ask->call;
}

static void start_reply(struct ask *ask)
{
	const struct model *m = model_of(ask);

	sse_free(&ask->sse);
	reply_free(&ask->reply);
	sse_init(&ask->sse);
	reply_init(&ask->reply);
	if (m->engine->answer)
		ask->reply.answer = m->engine->answer(m, &ask->q);
	ask->said = 0;
	ask->given = false;
	ask->first_ns = ask->stop_ns = 0;
}

static void next(struct ask *ask)
{
	const struct models *m = ask->asker->models;
	int64_t now = now_ns();
	int64_t left_ms = min_i64(m->give_up_ms, m->budget_ms - (now - ask->start_ns) / NS_PER_MS);

	if (ask->at < ask->n && left_ms <= 0 && !ask->code) {
		ask->code = "timeout";
		snprintf(ask->why, sizeof(ask->why), "no answer within %lld ms",
			(long long)m->budget_ms);
	}
	if (ask->at == ask->n || left_ms <= 0) {
		end_failed(ask);
		return;
	}
	start_reply(ask);
	ask->phase = PHASE_ASKING;
	ask->try_ns = now;
	if (!send(ask, left_ms))
		fail(ask, "system", "the question is too long, or there is no memory", false);
}

static void fire(void *ctx, int64_t now)
{
	struct ask *ask = ctx;
	char why[HTTP_WHY_MAX];

	enter(ask);
	if (ask->phase == PHASE_OVER) {
		cancel_call(ask);
	} else if (ask->phase == PHASE_NEXT) {
		next(ask);
	} else if (ask->stop_ns) {
		if (now >= ask->stop_ns + STOPPED_MS * NS_PER_MS)
			finish(ask);
	} else if (!ask->given) {
		if (!ask->waited && now >= wait_until(ask)) {
			ask->waited = true;
			if (ask->on.waiting)
				ask->on.waiting(ask->ctx);
		}
		if (ask->phase == PHASE_ASKING && (!ask->first_ns || !ask->q.schema) &&
			now >= try_until(ask)) {
			snprintf(why, sizeof(why), "no %s within %lld ms",
				ask->first_ns ? "sentence" : "first token",
				(long long)((now - ask->try_ns) / NS_PER_MS));
			fail(ask, "timeout", why, true);
		}
	}
	arm(ask);
	leave(ask);
}

static struct ask *start(
	struct asker *a, const struct model_question *q, const struct ask_handlers *on, void *ctx)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (!ask)
		return NULL;
	*ask = (struct ask){.asker = a, .q = *q, .on = *on, .ctx = ctx, .start_ns = now_ns()};
	ask->timer = (struct loop_timer){.fire = fire, .ctx = ask};
	a->asks++;
	sse_init(&ask->sse);
	reply_init(&ask->reply);
	arm(ask);
	if (loop_add_timer(a->loop, &ask->timer) == 0)
		return ask;
	ask_drop(ask);
	return NULL;
}

struct ask *ask_start(
	struct asker *a, const struct model_question *q, const struct ask_handlers *on, void *ctx)
{
	struct ask *ask = start(a, q, on, ctx);

	if (ask)
		for (ask->n = 0; ask->n < a->models->n; ask->n++)
			ask->order[ask->n] = ask->n;
	return ask;
}

struct ask *ask_one(struct asker *a, const struct model *m, const struct model_question *q,
	const struct ask_handlers *on, void *ctx)
{
	struct ask *ask = start(a, q, on, ctx);

	if (ask) {
		ask->order[0] = (size_t)(m - a->models->model);
		ask->n = 1;
	}
	return ask;
}
