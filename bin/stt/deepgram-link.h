/* deepgram-link: one connection to Deepgram's live recogniser: what went by it, and what it says. */
#ifndef CALLPIPE_STT_DEEPGRAM_LINK_H
#define CALLPIPE_STT_DEEPGRAM_LINK_H

#include "deepgram-form.h"
#include "net/provider.h"
#include "net/ws.h"
#include "sent.h"

struct link;

struct link_handlers {
	void (*opened)(void *ctx, struct link *l);
	void (*said)(void *ctx, struct link *l, const struct deepgram_said *said);
	void (*room)(void *ctx, struct link *l); /* what waited to be sent has gone */
	/* it is over, and free behind this; end->ok: closed as a connection may be */
	void (*ended)(void *ctx, struct link *l, const struct provider_end *end);
	/* a field of the handshake's reply */
	void (*header)(void *ctx, const char *name, const char *value);
};

struct link {
	struct link *next; /* of those that leave */
	bool leaving;      /* nobody wants to hear of it any more */
	struct ws *ws;
	struct loop *loop;
	struct provider *provider;
	const struct link_handlers *on;
	void *ctx;
	char *target;                    /* path and query */
	char language[STT_LANGUAGE_MAX]; /* it was made for */
	bool open;
	bool asked; /* the breaker waits to be told: who opens connections and makes no words is no success */
	bool due;         /* audio went by it, and nothing has come of it yet */
	int64_t begun_ns; /* when it was begun */
	int64_t audio_ns; /* when its first audio went; 0: none did */
	struct sent sent;
	bool seen;               /* a first result came: the owner's */
	int64_t heard_ns;        /* last message; 0: none */
	int64_t status;          /* of the handshake; 0: none yet */
	char request_id[64];     /* the vendor's; "": none */
	int64_t retry_after_ms;  /* of a refusal; -1: it does not say */
	char refusal[128];       /* dg-error */
	struct loop_timer alive; /* KeepAlive is due */
};

/* NULL: no memory, or the breaker says no: *ret_no. ended is never called from here. */
struct link *link_open(struct loop *loop, struct provider *p, const char *target, int rate_hz,
	const struct link_handlers *on, void *ctx, bool *ret_no) MUST_USE;
/* Samples of a turn that began at this call time: how many were taken, all or none. */
size_t link_audio(
	struct link *l, const int16_t *sample, size_t n, int64_t call_ms, int64_t id) MUST_USE;
void link_finalize(struct link *l);
/* Something has come of what was sent. */
void link_worked(struct link *l);
/* Goodbye: ended comes when the other side has said it too, or soon, and nothing else before. False: it was not open, and
 * is freed. */
bool link_leave(struct link *l) MUST_USE;
/* Goodbye, without waiting for an answer: it is freed, ended does not come. NULL is nothing. */
void link_close(struct link *l);
void link_fail(struct link *l); /* the same, and it is the service's fault */

#endif
