/* said: what the bot says, sentence by sentence, and how much of it was heard.
 *
 * Sentences wait here and leave for the voice at most SAID_AHEAD ahead of the one that is being heard. Each is open
 * from then until its `played`. Pure: times are arguments, and what is sent is handed to a function.
 */
#ifndef AGENT_SAID_H
#define AGENT_SAID_H

#include "base/dynbuf.h"

#define SAID_AHEAD 2   /* sentences with the voice that are not heard yet */
#define SAID_ID_MAX 24 /* bytes of an utterance's name, with the NUL */
#define SAID_BEGIN_MS \
	40000 /* what has not begun so long after it could have is lost: as-speak gives up earlier */
#define SAID_END_MS 180000 /* what has not ended after so long is lost */

enum said_kind { SAID_ANSWER, SAID_FILLER, SAID_PROMPT };

/* A sentence, or a sound file. */
struct said_spec {
	enum said_kind kind;
	int64_t turn;     /* it answers */
	const char *text; /* words of it; with a file NULL: not told */
	size_t n;         /* bytes of text */
	const char *file; /* NULL: none */
	const char *language;
	const char *voice; /* NULL: the language's own */
	bool interruptible;
	int64_t stay;   /* in which stay in a state it was said */
	int64_t answer; /* question of a model that it answers; 0: none */
};

enum said_phase {
	SAID_WAITING, /* here */
	SAID_SENT,    /* with the voice */
	SAID_PLAYING, /* being heard */
};

struct sentence {
	struct sentence *next;
	char id[SAID_ID_MAX];
	struct said_spec spec; /* its strings are owned */
	enum said_phase phase;
	int64_t since_ms; /* in this phase, call time */
	bool cleared; /* a flush has gone out after it: it is over, but how much was heard is not known */
};

enum said_end { SAID_PLAYED, SAID_CLEARED, SAID_FAILED };

/* Called for each that is over: how it ended, and what was heard of it (n bytes of its text). */
typedef void said_over(void *ctx, const struct sentence *s, enum said_end end, size_t n);

struct said {
	struct sentence *head; /* waiting and open, in order */
	int64_t number;        /* of the utterance made last */
	int64_t heard_end_ms;  /* end of what was heard last, call time */
	said_over *over;
	void *ctx; /* handed to it */
};

void said_init(struct said *s, said_over *over, void *ctx);
void said_free(struct said *s);

/* Queue; -1: no memory. */
int said_queue(struct said *s, const struct said_spec *spec, int64_t now_ms) MUST_USE;
/* The next sentence that may leave now, marked as sent; NULL: none. */
const struct sentence *said_next(struct said *s, int64_t now_ms);
/* It is on the line; the sentence, NULL if it is not ours. */
const struct sentence *said_playing(struct said *s, const char *id, int64_t now_ms);
/* It is over. total_ms < 0: not known, then of a cleared one nothing counts as heard. */
void said_played(struct said *s, const char *id, enum said_end end, int64_t at_ms, int64_t heard_ms,
	int64_t total_ms);
/* A flush goes out: what waits is dropped, what is open is cleared as far as this side is concerned. With
 * `all` false only what may be interrupted is dropped, and there must be nothing else that is open. */
void said_flush(struct said *s, bool all);
/* What has been open for too long counts as failed. */
void said_time(struct said *s, int64_t now_ms);
/* Since when something has been with the voice while nothing is heard, call time; -1: that is not so. It answers turn
 * *ret_turn. */
int64_t said_unheard(const struct said *s, int64_t *ret_turn);
/* End of the call: what is still open is over; nothing more is known of it. */
void said_close(struct said *s);

/* Something waits, or is open and not cleared. */
bool said_busy(const struct said *s);
/* The same, and all of that is wait phrases. */
bool said_fillers_only(const struct said *s);
/* Something waits, or is open, that may be interrupted. */
bool said_interruptible(const struct said *s);
/* The same, of what may not be. */
bool said_firm(const struct said *s);
/* Something waits to be sent. */
bool said_waiting(const struct said *s);
/* At most the last sentence of all is still to be heard, or being heard. */
bool said_last(const struct said *s);

#endif
