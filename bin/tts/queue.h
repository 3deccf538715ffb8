/* queue: what is to be said, in order: the next ones are made while the first is sent.
 *
 * Pure order: an utterance begins when the one before has ended, whatever was made first; but a filler that is at hand
 * goes before what an engine still makes. Each that is added gets exactly one begin and one end. A phrase that is in the
 * cache is sent at once; one that an engine makes is sent as it is made, and kept in the cache when it is whole.
 */
#ifndef TTS_QUEUE_H
#define TTS_QUEUE_H

#include "cache.h"
#include "engine.h"

#define QUEUE_ID_MAX 65        /* bytes of an utterance, with its NUL */
#define QUEUE_MAX 1024         /* utterances that may wait: as many as as-speak takes */
#define QUEUE_FIRST_MS 100     /* the first piece is small, so that it is heard soon */
#define QUEUE_PIECE_BYTES 3840 /* 240 ms at 8 kHz: with its header one write to a pipe */

enum queue_status { QUEUE_OK, QUEUE_CANCELLED, QUEUE_FAILED };

struct utterance {
	struct utterance *next; /* added after it */
	char id[QUEUE_ID_MAX];
	char *strings;        /* of phrase, one behind the other */
	struct phrase phrase; /* what is said */
	const struct engine *const
		*engines;        /* that may say it, NULL at the end: the first is at it */
	struct make make;        /* the sound of it */
	char key[CACHE_KEY_MAX]; /* in the cache; "": it has no place there */
	const char *code;        /* UTTERANCE_FAILED: a word for programs */
	enum { UTTERANCE_WAITING, UTTERANCE_MAKING, UTTERANCE_MADE, UTTERANCE_FAILED } state;
	bool begun;   /* begin has been called */
	bool counted; /* so has used, for this engine */
	bool cached;  /* it came from the cache */
	size_t sent;  /* bytes of its audio */
};

/* Where it all goes; ctx is the first argument of each. */
struct queue_sink {
	bool (*room)(void *ctx); /* audio may be sent now */
	void (*begin)(void *ctx, const struct utterance *u);
	void (*audio)(void *ctx, const struct utterance *u, const void *le_bytes, size_t n);
	void (*end)(void *ctx, const struct utterance *u, enum queue_status status);
	/* It has failed: code is a word for programs, callpipe-stream(5). u may be NULL. */
	void (*error)(void *ctx, const struct utterance *u, const char *code, const char *why);
	/* Its engine was given so many characters: when it has begun; a service, when it has answered with sound, or when
	 * nobody waits any more for its answer. */
	void (*used)(void *ctx, const struct utterance *u, size_t characters);
	/* Its engine has failed before anything of it was sent: the next in its list says it. */
	void (*instead)(void *ctx, const struct utterance *u, const char *code, const char *why);
};

struct queue {
	struct loop *loop;
	const struct voice *voice;
	struct cache *cache;
	const struct queue_sink *sink;
	void *ctx;   /* of sink */
	bool whole;  /* an utterance is sent when all of it is made: the same pieces every time */
	size_t jobs; /* utterances at the head that are made at a time */
	struct utterance *head, *tail; /* open ones, oldest first */
	size_t open;                   /* how many */
	bool busy, again;              /* queue_advance runs; it is to go round once more */
};

void queue_init(struct queue *q, struct loop *loop, const struct voice *v, struct cache *c,
	size_t jobs, const struct queue_sink *sink, void *ctx);
/* Stop everything, say nothing. */
void queue_free(struct queue *q);
/* The last of the queue, and what can be done now is done. A filler that needs no engine, which may be slow, is the first,
 * if nothing of another was sent. The strings are copied, the list of engines is not. -1: no memory, or there are too
 * many. */
int queue_add(struct queue *q, const char *id, const struct engine *const *engines,
	const struct phrase *p, bool filler) MUST_USE;
/* The same with one that has failed already, for this reason: its turn comes as that of any other. */
int queue_add_failed(struct queue *q, const char *id, const char *code, const char *why) MUST_USE;
/* Send and begin what can be: when there is room again. */
void queue_advance(struct queue *q);
/* True if there is something to be sent. */
bool queue_waits(const struct queue *q);
/* End each with QUEUE_CANCELLED, stop what is being made. */
void queue_cancel(struct queue *q);
/* The key of a phrase in the cache; "" if it has none. -1: it cannot be made, why says why. */
int queue_key(const struct voice *v, const struct engine *e, const struct phrase *p,
	char key[CACHE_KEY_MAX], char why[WHY_MAX]) MUST_USE;

#endif
