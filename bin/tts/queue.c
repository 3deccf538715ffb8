#include "queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "program.h"

#define KEY_BYTES_MAX 65536

void queue_init(struct queue *q, struct loop *loop, const struct voice *v, struct cache *c,
	size_t jobs, const struct queue_sink *sink, void *ctx)
{
	*q = (struct queue){
		.loop = loop, .voice = v, .cache = c, .jobs = jobs, .sink = sink, .ctx = ctx};
}

static void utterance_free(struct utterance *u)
{
	make_free(&u->make);
	free(u->strings);
	free(u);
}

/* Take the head off. */
static void pop(struct queue *q)
{
	struct utterance *u = q->head;

	q->head = u->next;
	if (!q->head)
		q->tail = NULL;
	q->open--;
	utterance_free(u);
}

void queue_free(struct queue *q)
{
	while (q->head)
		pop(q);
	child_finish();
}

int queue_key(const struct voice *v, const struct engine *e, const struct phrase *p,
	char key[CACHE_KEY_MAX], char why[WHY_MAX])
{
	struct dynbuf id;
	int result = 0;

	key[0] = '\0';
	if (!e->keep)
		return 0;
	dynbuf_init(&id, KEY_BYTES_MAX);
	/* the first word changes when the same bytes of an engine become other samples */
	dynbuf_addf(&id, "tts1 %s %d ", e->name, v->rate_hz);
	if (e->identify(e, v, p, &id, why) < 0)
		result = -1;
	dynbuf_add(&id, "", 1);
	if (p->text)
		dynbuf_adds(&id, p->text);
	if (result == 0 && !dynbuf_failed(&id))
		cache_key(id.p, id.n, key);
	dynbuf_free(&id);
	return result;
}

static void keep(struct queue *q, struct utterance *u)
{
	char why[WHY_MAX];

	if (!*u->key || u->make.audio.n == 0 || u->make.doubtful || q->cache->failed)
		return;
	if (cache_put(q->cache, u->key, q->voice->rate_hz, u->make.audio.p, u->make.audio.n) == 0)
		return;
	snprintf(why, sizeof why, "phrases are not kept in '%.180s': %s", q->cache->dir,
		strerror(errno));
	q->sink->error(q->ctx, NULL, "cache", why);
}

static void count(struct queue *q, struct utterance *u)
{
	const struct engine *e = *u->engines;

	if (e && e->counts && !u->counted)
		q->sink->used(q->ctx, u, phrase_characters(&u->phrase));
	u->counted = true;
}

static void begin_making(struct queue *q, struct utterance *u);

/* Its engine has failed: the next one tries, if there is one and nothing has been heard of it. */
static void fail(struct queue *q, struct utterance *u)
{
	const struct engine *e = *u->engines;
	char why[WHY_MAX];

	if (!e || !u->engines[1] || u->sent > 0) {
		u->state = UTTERANCE_FAILED;
		return;
	}
	snprintf(why, sizeof why, "%s", u->make.why);
	q->sink->instead(q->ctx, u, u->make.code ? u->make.code : u->code, why);
	u->engines++;
	u->counted = false;
	dynbuf_reset(&u->make.audio);
	begin_making(q, u);
}

/* What an engine has come to. */
static void take(struct queue *q, struct utterance *u)
{
	if (u->state != UTTERANCE_MAKING)
		return;
	if (u->make.audio.n > 0 || u->make.state == MAKE_DONE)
		count(q, u);
	if (u->make.state == MAKE_FAILED) {
		fail(q, u);
	} else if (u->make.state == MAKE_DONE) {
		u->state = UTTERANCE_MADE;
		keep(q, u);
	}
}

static void changed(void *ctx)
{
	queue_advance(ctx);
}

/* Is it in the cache? -1: what it would be there cannot be said; why says why. */
static int look(struct queue *q, struct utterance *u, char why[WHY_MAX])
{
	if (queue_key(q->voice, *u->engines, &u->phrase, u->key, why) < 0)
		return -1;
	u->cached = *u->key && cache_get(q->cache, u->key, q->voice->rate_hz, &u->make.audio);
	if (u->cached)
		u->state = UTTERANCE_MADE;
	return 0;
}

static void begin_making(struct queue *q, struct utterance *u)
{
	char why[WHY_MAX] = "";

	if (u->phrase.text && u->phrase.text[strspn(u->phrase.text, " ")] == '\0') {
		u->state = UTTERANCE_MADE; /* nothing that could be said */
		return;
	}
	u->state = UTTERANCE_MAKING;
	u->make.code = NULL;
	if (look(q, u, why) < 0) {
		snprintf(u->make.why, sizeof u->make.why, "%s", why);
		u->make.state = MAKE_FAILED;
		if ((*u->engines)->vendor)
			u->make.code = "rejected";
		q->again = true;
		return;
	}
	if (u->cached)
		return;
	if (!(*u->engines)->vendor)
		count(q, u);
	u->make.more = u->engines[1] != NULL;
	make_start(&u->make, *u->engines, &u->phrase);
}

/* The first ones are made, the others wait: what is made ahead may be thrown away. */
static void begin_first(struct queue *q)
{
	size_t n = 0;

	for (struct utterance *u = q->head; u && n < q->jobs; u = u->next, n++) {
		if (u->state == UTTERANCE_WAITING)
			begin_making(q, u);
		take(q, u);
	}
}

static void begin(struct queue *q, struct utterance *u)
{
	if (!u->begun)
		q->sink->begin(q->ctx, u);
	u->begun = true;
}

/* Audio of the head, as far as there is and there is room. */
static void send(struct queue *q, struct utterance *u)
{
	size_t first = (size_t)q->voice->rate_hz / 1000 * QUEUE_FIRST_MS * 2, n;

	if (q->whole && u->state < UTTERANCE_MADE)
		return;
	while (u->sent < u->make.audio.n && q->sink->room(q->ctx)) {
		n = u->make.audio.n - u->sent;
		n = (size_t)min_i64(
			(int64_t)n, (int64_t)(u->sent == 0 ? first : QUEUE_PIECE_BYTES));
		begin(q, u);
		q->sink->audio(q->ctx, u, u->make.audio.p + u->sent, n);
		u->sent += n;
	}
}

/* True if the head has ended and is gone. */
static bool end(struct queue *q, struct utterance *u)
{
	if (u->state < UTTERANCE_MADE || u->sent < u->make.audio.n)
		return false;
	begin(q, u);
	if (u->state == UTTERANCE_FAILED)
		q->sink->error(q->ctx, u, u->make.code ? u->make.code : u->code, u->make.why);
	q->sink->end(q->ctx, u, u->state == UTTERANCE_MADE ? QUEUE_OK : QUEUE_FAILED);
	pop(q);
	return true;
}

void queue_advance(struct queue *q)
{
	q->again = true;
	if (q->busy) /* an engine that was begun from here has something to say already */
		return;
	q->busy = true;
	while (q->again) {
		q->again = false;
		begin_first(q);
		if (!q->head)
			break;
		send(q, q->head);
		q->again |= end(q, q->head);
	}
	q->busy = false;
}

/* Copies of its strings, in one piece of memory. */
static int copy_phrase(struct utterance *u, const struct phrase *p)
{
	const char *const from[] = {p->text, p->file, p->language, p->voice};
	const char **const to[] = {
		&u->phrase.text, &u->phrase.file, &u->phrase.language, &u->phrase.voice};
	size_t n = 0;
	char *at;

	for (size_t i = 0; i < ARRAY_LEN(from); i++)
		n += from[i] ? strlen(from[i]) + 1 : 0;
	u->strings = at = malloc(n);
	if (!at)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		if (!from[i])
			continue;
		*to[i] = at;
		at = stpcpy(at, from[i]) + 1;
	}
	return 0;
}

static struct utterance *utterance_new(struct queue *q, const char *id, const struct phrase *p)
{
	struct utterance *u;

	if (q->open == QUEUE_MAX) {
		errno = ENOBUFS;
		return NULL;
	}
	u = calloc(1, sizeof *u);
	if (!u)
		return NULL;
	make_init(&u->make, q->loop, q->voice, changed, q);
	snprintf(u->id, sizeof u->id, "%s", id);
	if (copy_phrase(u, p) == 0)
		return u;
	utterance_free(u);
	return NULL;
}

static void append(struct queue *q, struct utterance *u)
{
	if (q->tail)
		q->tail->next = u;
	else
		q->head = u;
	q->tail = u;
	q->open++;
	queue_advance(q);
}

/* A file, or from the cache. */
static bool at_hand(struct queue *q, struct utterance *u)
{
	char why[WHY_MAX];

	if (u->phrase.file)
		return true;
	return look(q, u, why) == 0 && u->cached;
}

static void prepend(struct queue *q, struct utterance *u)
{
	u->next = q->head;
	q->head = u;
	q->open++;
	queue_advance(q);
}

int queue_add(struct queue *q, const char *id, const struct engine *const *engines,
	const struct phrase *p, bool filler)
{
	struct utterance *u = utterance_new(q, id, p);

	if (!u)
		return -1;
	u->engines = engines;
	u->code = p->file ? "audio" : "engine";
	if (filler && !q->whole && !q->busy && q->head && !q->head->begun && at_hand(q, u))
		prepend(q, u);
	else
		append(q, u);
	return 0;
}

int queue_add_failed(struct queue *q, const char *id, const char *code, const char *why)
{
	static const struct engine *const none;
	struct utterance *u = utterance_new(q, id, &(struct phrase){.language = "", .voice = ""});

	if (!u)
		return -1;
	u->engines = &none;
	u->code = code;
	snprintf(u->make.why, sizeof u->make.why, "%s", why);
	u->state = UTTERANCE_FAILED;
	append(q, u);
	return 0;
}

bool queue_waits(const struct queue *q)
{
	const struct utterance *u = q->head;

	if (!u)
		return false;
	return u->state >= UTTERANCE_MADE || (!q->whole && u->sent < u->make.audio.n);
}

void queue_cancel(struct queue *q)
{
	while (q->head) {
		if (q->head->state == UTTERANCE_MAKING && q->head->make.state == MAKE_RUNNING)
			count(q, q->head);
		make_stop(&q->head->make);
		begin(q, q->head);
		q->sink->end(q->ctx, q->head, QUEUE_CANCELLED);
		pop(q);
	}
}
