/* dial: the calls of a dispatcher, from the claim of their row to their end: each rings once, or never.
 *
 * The proof that it does is at the head of dial.c.
 */
#ifndef CAMPAIGN_DIAL_H
#define CAMPAIGN_DIAL_H

#include "ari.h"
#include "outcome.h"

struct dialer;

struct dialer_settings {
	struct loop *loop;
	struct store *store;
	struct ari *ari;
	struct outcomes *outcomes;
	const char *node;                /* who owns the rows */
	const char *endpoint;            /* see endpoint.h; NULL: that of the trunk */
	const char *context, *extension; /* where an answered call goes to in the dialplan */
	const char *from_dir; /* where as-answer looks for what is known of a call; NULL: nowhere */
	bool (*has_scenario)(const char *name); /* NULL: nobody here knows */
	int64_t lease_ms;
};

struct dialer_handlers {
	void (*gone)(void *ctx);    /* a call less, or its outcome is safe in the file */
	void (*failing)(void *ctx); /* one has ended in a way that may be the trunk's fault */
};

/* The strings live as long as it does. NULL: no memory. */
struct dialer *dialer_open(
	const struct dialer_settings *set, const struct dialer_handlers *on, void *ctx) MUST_USE;
/* At once: rows stay as they are, and are recovered by others when their lease is over. NULL is nothing. */
void dialer_close(struct dialer *d);
size_t dialer_calls(const struct dialer *d);
/* Are there any, but for those whose outcome is safe in the file? */
bool dialer_busy(const struct dialer *d);
/* Nothing more is dialled; what was, goes on. */
void dialer_drain(struct dialer *d);

/* A row of campaign_claim: dial it. */
void dialer_claimed(struct dialer *d, const struct db_row *row);
/* A call that this node owns from now on and that another has left, or that we know nothing of: call_id, state. */
void dialer_recover(struct dialer *d, const char *call_id, const char *state);

/* What the database has as ours: begin, have for each (false: we know nothing of it), end: what was not had is not ours
 * any more, and is not touched again. */
void dialer_ours_begin(struct dialer *d);
bool dialer_ours_have(struct dialer *d, const char *call_id);
void dialer_ours_end(struct dialer *d);

/* What happens around it. */
void dialer_event(struct dialer *d, const struct ari_event *e);
/* Ahead of up: it is another Asterisk than before. The calls of that one are left as they are. */
void dialer_ari_other(struct dialer *d);
void dialer_ari_up(struct dialer *d, bool restarted);
void dialer_ari_down(struct dialer *d);
void dialer_store_up(struct dialer *d);

#endif
