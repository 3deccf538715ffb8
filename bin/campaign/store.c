#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dynbuf.h"

#define AGAIN_MIN_NS (100 * NS_PER_MS) /* first pause before a connection is made again */
#define AGAIN_MAX_NS (5 * NS_PER_S)
#define CONNECT_NS (10 * NS_PER_S) /* a connection that is not there by then is none */
#define ANSWER_NS (15 * NS_PER_S)  /* nor one that does not answer */
#define STATEMENT_MS "10000"       /* the server gives a statement up by itself */
#define CONFLICTS_MAX 5            /* times that a statement is tried */
#define VALUES_MAX 16

struct ask {
	struct ask *next;
	const char *sql; /* the caller's, a constant */
	const char *value[VALUES_MAX];
	int n;
	int tries;
	store_row *row;
	store_done *done;
	void *ctx;
	char text[]; /* of the values */
};

enum state {
	DOWN,       /* there is none, again.at_ns says when one is made */
	CONNECTING, /* or being set up */
	READY,
	BUSY, /* the first of the queue has been sent */
};

struct store {
	struct loop *loop;
	const struct store_handlers *on;
	void *ctx;
	struct db_loop *db;
	enum state state;
	struct ask *first, **last; /* the queue */
	int64_t rows;              /* of the one that was sent */
	struct loop_timer again;   /* DOWN: connect; else: it has taken too long */
	struct loop_timer deliver; /* asked while down: to be told so */
	int64_t pause_ns;          /* before the next connection */
	bool told_down;
	char setup[384];      /* statements of a new connection */
	char why[DB_WHY_MAX]; /* it is down */
};

/* ---- the queue ---- */

static void put(struct store *s, struct ask *a, bool ahead)
{
	/* what was sent stays the first */
	struct ask **at = !ahead ? s->last : s->state == BUSY ? &s->first->next : &s->first;

	a->next = *at;
	*at = a;
	if (!a->next)
		s->last = &a->next;
}

static struct ask *take(struct store *s)
{
	struct ask *a = s->first;

	if (!a)
		return NULL;
	s->first = a->next;
	if (!s->first)
		s->last = &s->first;
	return a;
}

static void tell(struct ask *a, const struct store_reply *r)
{
	a->done(a->ctx, r);
	free(a);
}

static void send_next(struct store *s)
{
	struct ask *a = s->first;

	if (s->state != READY || !a)
		return;
	s->state = BUSY;
	s->rows = 0;
	a->tries++;
	s->again.at_ns = now_ns() + ANSWER_NS;
	db_loop_send(s->db, a->sql, a->value, a->n);
}

/* ---- the connection ---- */

static void connect_later(struct store *s)
{
	s->again.at_ns = now_ns() + s->pause_ns;
	s->pause_ns = min_i64(2 * s->pause_ns, AGAIN_MAX_NS);
}

/* Everything that was asked gets its end; what is asked meanwhile waits behind it. */
static void fail_all(struct store *s, bool sent)
{
	struct ask *rest = s->first, *a;
	struct store_reply r = {.end = sent ? STORE_UNKNOWN : STORE_UNSENT, .why = s->why};

	s->first = NULL;
	s->last = &s->first;
	while ((a = rest)) {
		rest = a->next;
		tell(a, &r);
		r.end = STORE_UNSENT;
	}
}

static void lost(struct store *s, const char *why)
{
	bool sent = s->state == BUSY, news = !s->told_down || strcmp(why, s->why) != 0;

	snprintf(s->why, sizeof(s->why), "%s", why);
	db_loop_close(s->db);
	s->db = NULL;
	s->state = DOWN;
	connect_later(s);
	fail_all(s, sent);
	s->told_down = true;
	if (news)
		s->on->down(s->ctx, s->why);
}

static void on_opened(void *ctx)
{
	struct store *s = ctx;

	db_loop_send(s->db, s->setup, NULL, 0);
}

static void on_row(void *ctx, const PGresult *row)
{
	struct store *s = ctx;

	if (s->state != BUSY)
		return;
	s->rows++;
	if (s->first->row)
		s->first->row(s->first->ctx, row);
}

static void on_done(void *ctx, int64_t rows, bool table)
{
	struct store *s = ctx;
	bool was_setup = s->state == CONNECTING;
	struct store_reply r = {.end = STORE_DONE, .why = ""};

	s->state = READY;
	s->again.at_ns = 0;
	if (was_setup) {
		s->pause_ns = AGAIN_MIN_NS;
		s->told_down = false;
		s->on->up(s->ctx);
	} else {
		tell(take(s), &r);
	}
	send_next(s);
}

static void on_refused(void *ctx, enum db_fault fault, const char *state, const char *why)
{
	struct store *s = ctx;
	struct store_reply r = {.end = STORE_REFUSED, .fault = fault, .why = why};

	if (s->state == CONNECTING) {
		lost(s, why);
		return;
	}
	s->state = READY;
	s->again.at_ns = 0;
	/* one that gave rows before it failed would give them twice */
	if (fault != DB_CONFLICT || s->first->tries >= CONFLICTS_MAX || s->rows)
		tell(take(s), &r);
	send_next(s);
}

static void on_failed(void *ctx, enum db_fault fault, const char *state, const char *why)
{
	char copy[DB_WHY_MAX];

	snprintf(copy, sizeof(copy), "%s", why); /* it is the connection's */
	lost(ctx, copy);
}

static void on_notified(void *ctx, const char *channel, const char *payload)
{
	struct store *s = ctx;

	s->on->notified(s->ctx, payload);
}

static void on_again(void *ctx, int64_t now)
{
	static const struct db_loop_handlers on = {.opened = on_opened,
		.row = on_row,
		.done = on_done,
		.failed = on_failed,
		.refused = on_refused,
		.notified = on_notified};
	struct store *s = ctx;

	if (s->state != DOWN) {
		lost(s, s->state == BUSY ? "it does not answer" : "it took too long to connect");
		return;
	}
	s->state = CONNECTING;
	s->again.at_ns = now + CONNECT_NS;
	s->db = db_loop_open(s->loop, "", &on, s);
	if (!s->db) {
		s->state = DOWN;
		connect_later(s);
	}
}

/* Asked while there was no connection. */
static void on_deliver(void *ctx, int64_t now)
{
	struct store *s = ctx;

	if (s->state == DOWN || s->state == CONNECTING)
		fail_all(s, false);
}

struct store *store_open(
	struct loop *loop, const char *channel, const struct store_handlers *on, void *ctx)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct store){.loop = loop, .on = on, .ctx = ctx, .pause_ns = AGAIN_MIN_NS};
	s->last = &s->first;
	s->again = (struct loop_timer){.at_ns = now_ns(), .fire = on_again, .ctx = s};
	s->deliver = (struct loop_timer){.fire = on_deliver, .ctx = s};
	snprintf(s->why, sizeof(s->why), "there is no connection");
	snprintf(s->setup, sizeof(s->setup),
		"SET application_name TO 'callpipe campaign'; SET TimeZone TO 'UTC';"
		" SET DateStyle TO 'ISO'; SET statement_timeout TO " STATEMENT_MS "; LISTEN %s;"
		/* what is committed stays so */
		" SELECT set_config('synchronous_commit', 'on', false)"
		" WHERE current_setting('synchronous_commit') = 'off'",
		channel);
	if (loop_add_timer(loop, &s->again) < 0) {
		free(s);
		return NULL;
	}
	if (loop_add_timer(loop, &s->deliver) < 0) {
		loop_remove_timer(loop, &s->again);
		free(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	struct ask *a;

	if (!s)
		return;
	db_loop_close(s->db);
	loop_remove_timer(s->loop, &s->again);
	loop_remove_timer(s->loop, &s->deliver);
	while ((a = take(s)))
		free(a);
	free(s);
}

bool store_is_up(const struct store *s)
{
	return s->state == READY || s->state == BUSY;
}

static int ask(struct store *s, bool ahead, const struct ask *what, const char *const values[])
{
	size_t bytes = 0, used = 0;
	struct ask *a;

	for (int i = 0; i < what->n; i++)
		bytes += values[i] ? strlen(values[i]) + 1 : 0;
	a = malloc(sizeof(*a) + bytes);
	if (!a)
		return -1;
	*a = *what;
	for (int i = 0; i < a->n; i++) {
		size_t n = values[i] ? strlen(values[i]) + 1 : 0;

		a->value[i] = n ? memcpy(a->text + used, values[i], n) : NULL;
		used += n;
	}
	put(s, a, ahead);
	if (!store_is_up(s))
		s->deliver.at_ns = now_ns();
	send_next(s);
	return 0;
}

int store_ask(struct store *s, const char *sql, const char *const values[], int n, store_row *row,
	store_done *done, void *ctx)
{
	return ask(s, false,
		&(struct ask){.sql = sql, .n = n, .row = row, .done = done, .ctx = ctx}, values);
}

int store_ask_first(struct store *s, const char *sql, const char *const values[], int n,
	store_row *row, store_done *done, void *ctx)
{
	return ask(s, true, &(struct ask){.sql = sql, .n = n, .row = row, .done = done, .ctx = ctx},
		values);
}
