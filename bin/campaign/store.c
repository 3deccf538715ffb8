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
#define JOINT_MAX 64 /* statements of a transaction */
/* For it. Well below deadlock_timeout: of two that wait for each other it is we who give up, not an import. */
#define JOINT_WAITS "SELECT set_config('lock_timeout', '200ms', true)"

struct ask {
	struct ask *next;
	const char *sql; /* the caller's, a constant */
	const char *value[VALUES_MAX];
	int n;
	unsigned group; /* 0: a transaction of its own */
	int tries;      /* as that */
	store_row *row;
	store_done *done;
	void *ctx;
	char text[]; /* of the values */
};

enum state {
	DOWN,       /* there is none, again.at_ns says when one is made */
	CONNECTING, /* or being set up */
	READY,
	BUSY, /* something has been sent */
};

struct store {
	struct loop *loop;
	const struct store_handlers *on;
	void *ctx;
	struct db_loop *db;
	enum state state;
	struct ask *first, **last; /* the queue */
	struct ask *sent;          /* BUSY: what waits for its answer, in its order */
	bool joint;                /* they are one transaction */
	int64_t rows;              /* so far, of one that is by itself */
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
	struct ask **at = ahead ? &s->first : s->last;

	a->next = *at;
	*at = a;
	if (!a->next)
		s->last = &a->next;
}

/* All that was sent waits again, ahead of the rest. */
static void put_back(struct store *s)
{
	struct ask **end = &s->sent;

	while (*end)
		end = &(*end)->next;
	*end = s->first;
	if (!s->first)
		s->last = end == &s->sent ? &s->first : end;
	s->first = s->sent;
	s->sent = NULL;
}

/* The oldest, and with it what else waits of its group: from the queue to what is sent. How many. */
static int take(struct store *s)
{
	struct ask **at = &s->first, **to = &s->sent;
	unsigned group = s->first->group;
	int n = 0;

	while (*at && n < JOINT_MAX && (n == 0 || group)) {
		struct ask *a = *at;

		if (a->group != group) {
			at = &a->next;
			continue;
		}
		*at = a->next;
		*to = a;
		to = &a->next;
		n++;
	}
	*to = NULL;
	if (!*at)
		s->last = at;
	return n;
}

static void tell(struct ask *a, const struct store_reply *r)
{
	a->done(a->ctx, r);
	free(a);
}

static void send_jointly(struct store *s)
{
	struct db_statement all[JOINT_MAX];
	int n = 0;

	for (const struct ask *a = s->sent; a; a = a->next) {
		all[n] = (struct db_statement){.sql = a->sql, .values = a->value, .n = a->n};
		n++;
	}
	db_loop_send_all(s->db, JOINT_WAITS, all, n);
}

static void send_next(struct store *s)
{
	if (s->state != READY || !s->first)
		return;
	s->state = BUSY;
	s->joint = take(s) > 1;
	s->rows = 0;
	s->again.at_ns = now_ns() + ANSWER_NS;
	if (s->joint) {
		send_jointly(s);
	} else {
		s->sent->tries++;
		db_loop_send(s->db, s->sent->sql, s->sent->value, s->sent->n);
	}
}

/* ---- the connection ---- */

static void connect_later(struct store *s)
{
	s->again.at_ns = now_ns() + s->pause_ns;
	s->pause_ns = min_i64(2 * s->pause_ns, AGAIN_MAX_NS);
}

static void fail(struct store *s, struct ask *rest, enum store_end end)
{
	struct store_reply r = {.end = end, .why = s->why};
	struct ask *a;

	while ((a = rest)) {
		rest = a->next;
		tell(a, &r);
	}
}

/* Everything that was asked gets its end; what is asked meanwhile waits behind it. */
static void fail_all(struct store *s)
{
	struct ask *sent = s->sent, *rest = s->first;

	s->sent = s->first = NULL;
	s->last = &s->first;
	fail(s, sent, STORE_UNKNOWN);
	fail(s, rest, STORE_UNSENT);
}

static void lost(struct store *s, const char *why)
{
	bool news = !s->told_down || strcmp(why, s->why) != 0;

	snprintf(s->why, sizeof(s->why), "%s", why);
	db_loop_close(s->db);
	s->db = NULL;
	s->state = DOWN;
	connect_later(s);
	fail_all(s);
	s->told_down = true;
	if (news)
		s->on->down(s->ctx, s->why);
}

static void on_opened(void *ctx)
{
	struct store *s = ctx;

	db_loop_send(s->db, s->setup, NULL, 0);
}

static void on_row(void *ctx, const struct db_row *row)
{
	struct store *s = ctx;

	if (s->state != BUSY)
		return;
	s->rows++;
	if (s->sent->row)
		s->sent->row(s->sent->ctx, row);
}

/* Of one that is by itself, or of each of a transaction, once it is committed. */
static void on_done(void *ctx, int64_t rows, bool table)
{
	struct store *s = ctx;
	struct store_reply r = {.end = STORE_DONE, .why = ""};
	struct ask *a = s->sent;

	s->sent = a ? a->next : NULL;
	if (!s->sent) {
		s->state = READY;
		s->again.at_ns = 0;
	}
	if (a) {
		tell(a, &r);
	} else {
		s->pause_ns = AGAIN_MIN_NS;
		s->told_down = false;
		s->on->up(s->ctx);
	}
	send_next(s);
}

/* Of all that was sent nothing is there. */
static void on_refused(void *ctx, enum db_fault fault, const char *state, const char *why)
{
	struct store *s = ctx;
	struct store_reply r = {.end = STORE_REFUSED, .fault = fault, .why = why};
	struct ask *a = s->sent;

	if (s->state == CONNECTING) {
		lost(s, why);
		return;
	}
	s->state = READY;
	s->again.at_ns = 0;
	if (s->joint) {
		for (; a; a = a->next)
			a->group = 0;
		put_back(s);
	} else if (fault == DB_CONFLICT && a->tries < CONFLICTS_MAX && !s->rows) {
		put_back(s); /* one that gave rows before it failed would give them twice */
	} else {
		s->sent = NULL;
		tell(a, &r);
	}
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
		fail_all(s);
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
	put_back(s);
	while ((a = s->first)) {
		s->first = a->next;
		free(a);
	}
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
	return store_ask_jointly(s, 0, sql, values, n, row, done, ctx);
}

int store_ask_jointly(struct store *s, unsigned group, const char *sql, const char *const values[],
	int n, store_row *row, store_done *done, void *ctx)
{
	const struct ask what = {
		.sql = sql, .n = n, .group = group, .row = row, .done = done, .ctx = ctx};

	return ask(s, false, &what, values);
}

int store_ask_first(struct store *s, const char *sql, const char *const values[], int n,
	store_row *row, store_done *done, void *ctx)
{
	return ask(s, true, &(struct ask){.sql = sql, .n = n, .row = row, .done = done, .ctx = ctx},
		values);
}
