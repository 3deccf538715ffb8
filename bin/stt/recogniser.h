/* recogniser: turns wait in line, an engine answers one at a time, each is answered exactly once and in order.
 *
 * An engine is one const struct in one file; adding one touches no other file but the table in engines.c. It works on
 * the loop and never blocks; it may be dead, hang, or answer rubbish: the recogniser gives it timeout_ms for a turn,
 * then cancels it and answers for it.
 */
#ifndef CALLPIPE_STT_RECOGNISER_H
#define CALLPIPE_STT_RECOGNISER_H

#include "correct.h"
#include "stt.h"

#define RECOGNISER_WAITING_MAX 8 /* turns in line; one more is answered with nothing */
#define RECOGNISER_CODES_MAX 16  /* kinds of trouble that are said once */

struct recogniser;

struct engine {
	const char *name;
	/* Check settings; state to r->state. 0, or an exit code, and it has been said why. May be NULL. */
	int (*open)(struct recogniser *r);
	/* It goes on, and the first words of it are on their way: load what takes time. May be NULL. */
	void (*going)(struct recogniser *r);
	/* Speech is expected, with these hints (NULL: none): load what that needs. May be NULL. */
	void (*expect)(struct recogniser *r, const char *hints);
	/* The caller begins to speak; samples will come. Turns before it may be under way. May be NULL, as those that
	 * follow. */
	void (*started)(struct recogniser *r, struct turn *t);
	void (*audio)(
		struct recogniser *r, struct turn *t); /* the turn that was started has more */
	void (*forgotten)(struct recogniser *r, struct turn *t); /* nothing is made of it: a key */
	/* Make words of a turn that is whole: leads to recogniser_done, at once or later. */
	void (*recognise)(struct recogniser *r, struct turn *t);
	/* Give up the turn under way, or what is being loaded: no recogniser_done follows. May be NULL. */
	void (*cancel)(struct recogniser *r);
	void (*close)(struct recogniser *r); /* may be NULL */
	bool metered; /* usage events: seconds of audio; else what the result says was used */
};

struct recogniser {
	struct loop *loop; /* where it works */
	const struct settings *set;
	const struct engine *engine;
	void *state;       /* the engine's own */
	const char *model; /* which of its models, for prices; NULL: it has none */
	const char *said[RECOGNISER_CODES_MAX]; /* by recogniser_trouble_once */
	int rate_hz;                            /* of the call; 0: not known */
	char language[STT_LANGUAGE_MAX];        /* expected now */
	struct corrections *corrections;        /* of texts; NULL: none */
	struct turn *waiting;    /* oldest first; the first is the engine's if it is busy */
	bool busy;               /* the engine has a turn */
	struct loop_timer timer; /* when it has had enough time */
	/* a turn is answered: t is the callee's */
	void (*answered)(void *ctx, struct turn *t, const struct result *ret);
	/* something is wrong; code is one word that stays valid */
	void (*trouble)(void *ctx, const char *code, const char *text);
	/* words so far of a turn; NULL: nobody wants to know */
	void (*partial)(void *ctx, const struct turn *t, const char *text);
	/* something about a reply, for people who look at a provider; NULL: nobody does */
	void (*seen)(void *ctx, const char *name, const char *value);
	void *ctx; /* handed to all */
};

/* The engines there are, by name; NULL: none of that name. */
const struct engine *engine_find(const char *name);

/* Set set, engine, answered, trouble and ctx first. 0, or an exit code, and it has been said why. */
int recogniser_open(struct recogniser *r, struct loop *loop) MUST_USE;
void recogniser_close(struct recogniser *r);
/* The call has begun. */
void recogniser_begun(struct recogniser *r, int rate_hz, const char *language);
void recogniser_going(struct recogniser *r);
void recogniser_expect(struct recogniser *r, const char *hints, const char *language);
/* A whole turn, which is now the recogniser's; answered may be called before it returns. */
void recogniser_put(struct recogniser *r, struct turn *t);
static inline bool recogniser_pending(const struct recogniser *r)
{
	return r->waiting != NULL;
}
/* What the caller says until then: see struct engine. */
void recogniser_started(struct recogniser *r, struct turn *t);
void recogniser_audio(struct recogniser *r, struct turn *t);
void recogniser_forgotten(struct recogniser *r, struct turn *t);
/* Forget all turns: none is answered. */
void recogniser_drop(struct recogniser *r);

/* For engines. */
/* The answer to the turn under way. */
void recogniser_done(struct recogniser *r, const struct result *ret);
/* trouble, with a text in the manner of printf. */
void recogniser_trouble(struct recogniser *r, const char *code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* The same, but a code is said once in a call, then logged alone: a provider that fails does so at every turn. */
void recogniser_trouble_once(struct recogniser *r, const char *code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* Words so far: a later one replaces an earlier one. */
void recogniser_partial(struct recogniser *r, const struct turn *t, const char *text);
void recogniser_seen(struct recogniser *r, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
