/* store: statements to PostgreSQL from the loop, one after the other, each a transaction, or several of them one, over one
 * connection that is made again whenever it is lost.
 *
 * What became of a statement is told exactly: a dispatcher may only dial what is certainly committed, and may only take
 * back what certainly is.
 */
#ifndef CAMPAIGN_STORE_H
#define CAMPAIGN_STORE_H

#include "db/db-loop.h"

struct store;

enum store_end {
	STORE_DONE,    /* committed */
	STORE_REFUSED, /* the server said no: nothing of it is there */
	STORE_UNSENT, /* there is no connection: the server never saw it, or nothing of it is there */
	STORE_UNKNOWN, /* the connection was lost before its answer: committed or not */
};

struct store_reply {
	enum store_end end;
	enum db_fault fault; /* REFUSED: of what kind */
	const char *why;     /* not DONE: one line, the end of a message */
};

typedef void store_row(void *ctx, const struct db_row *row); /* see db_loop_cell */
typedef void store_done(void *ctx, const struct store_reply *r);

struct store_handlers {
	void (*up)(
		void *ctx); /* statements can be asked; what was asked before has been told its end */
	/* it is tried again by itself. Behind the ends of all that was asked; told once until up, unless the reason is another */
	void (*down)(void *ctx, const char *why);
	void (*notified)(void *ctx, const char *payload); /* on the channel */
};

/* channel: LISTENed to. NULL: no memory. on and ctx live until store_close. */
struct store *store_open(struct loop *loop, const char *channel, const struct store_handlers *on,
	void *ctx) MUST_USE;
/* Nothing is told any more. NULL is nothing. */
void store_close(struct store *s);
bool store_is_up(const struct store *s);

/* Ask: n values as text, copied. row may be NULL. done is called once, from the loop, or never after store_close. What
 * others did at that moment (a deadlock) is tried again by itself. -1: no memory. */
int store_ask(struct store *s, const char *sql, const char *const values[], int n, store_row *row,
	store_done *done, void *ctx) MUST_USE;
/* The same, of a group (not 0): what waits of one goes as one transaction, since it is the commit that takes time. Rows and
 * ends are told once that is committed. If one is refused, or has to wait for the locks of others, nothing is there of any,
 * and each is asked by itself: nobody suffers for another. Those of a group stay in their order, and may overtake others.
 * For statements that lock what no other process does, but for a moment. */
int store_ask_jointly(struct store *s, unsigned group, const char *sql, const char *const values[],
	int n, store_row *row, store_done *done, void *ctx) MUST_USE;
/* As store_ask, ahead of all that waits. */
int store_ask_first(struct store *s, const char *sql, const char *const values[], int n,
	store_row *row, store_done *done, void *ctx) MUST_USE;

#endif
