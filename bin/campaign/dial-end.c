#include "dial-inside.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "call-file.h"

#define FENCE_NS (20 * NS_PER_MS) /* is the channel gone? doubles up to DIAL_AGAIN_NS */
#define REFUSED_NS (5 * NS_PER_S) /* the database will not have an outcome */
#define REFUSALS 3                /* of its values: then it is told without the texts */

/* One byte that is no character, and the database takes nothing of an outcome. */
void call_text(char *ret, size_t size, const char *text)
{
	size_t n = utf8_cut(text, strlen(text), size - 1);

	memcpy(ret, text, n);
	ret[n] = '\0';
	utf8_repair(ret);
}

static struct outcome outcome_of(const struct call *c)
{
	bool late = c->kept || call_wall_ms() - c->ended_ms > 1000;
	struct outcome o = {.kind = c->outcome,
		.call = c->id,
		.node = c->d->set.node,
		.why = c->why,
		.trunk_fault = c->trunk_fault,
		.cause = c->cause,
		.tech_cause = c->tech_cause[0] ? c->tech_cause : NULL,
		.cause_txt = c->why[0] ? c->why : NULL,
		.amd_result = c->amd[0] ? c->amd : NULL,
		.amd_cause = c->amd_cause[0] ? c->amd_cause : NULL,
		.talk_end = c->talk_end[0] ? c->talk_end : NULL,
		.answered_ms = c->answer_told ? 0 : c->answered_ms,
		.ended_ms = late ? c->ended_ms : 0,
		.plain = c->refusals >= REFUSALS};

	return o;
}

/* While the database is away, what is known is on the disk. */
static void keep(struct call *c)
{
	struct outcome o;

	if (c->kept)
		return;
	c->kept = true; /* its times are now those of this clock */
	o = outcome_of(c);
	if (outcomes_keep(c->d->set.outcomes, &o) < 0) {
		log_error_errno("cannot keep the outcome of call %s", c->id);
		c->kept = false;
	} else {
		c->d->on->gone(c->d->ctx);
	}
}

static void on_news(void *ctx, const struct db_row *row)
{
	const struct call *c = ctx;

	if (strcmp(db_loop_cell(row, 0).text ? db_loop_cell(row, 0).text : "", "t") != 0)
		log_info("call %s: another node has ended it", c->id);
}

/* The trunk may be to blame, or what talks to those who answer. */
static bool is_fault(const struct call *c)
{
	return !c->answered || (c->talk_end[0] && strcmp(c->talk_end, "SUCCESS hangup") != 0);
}

static void on_written(void *ctx, const struct store_reply *r)
{
	struct call *c = ctx;

	if (!call_replied(c) || c->phase != WRITE)
		return;
	switch (r->end) {
	case STORE_DONE:
		if (c->kept)
			outcomes_told(c->d->set.outcomes);
		if (is_fault(c))
			c->d->on->failing(c->d->ctx);
		call_file_remove(c->d->set.from_dir, c->id);
		call_leave(c);
		return;
	case STORE_REFUSED:
		log_error("cannot end call %s: %s", c->id, r->why);
		if (r->fault == DB_DATA && c->refusals < REFUSALS) {
			c->refusals++;
			call_due(c, DIAL_AGAIN_NS);
		} else {
			call_due(c, REFUSED_NS);
		}
		return;
	default: /* it is told again when there is a connection: dialer_store_up */
		keep(c);
		return;
	}
}

void call_write(struct call *c)
{
	struct outcome o;

	c->phase = WRITE;
	c->due_ns = 0;
	if (!store_is_up(c->d->set.store)) {
		keep(c);
		return;
	}
	o = outcome_of(c);
	if (!call_awaits(c, outcome_tell(c->d->set.store, &o, on_news, on_written, c)))
		call_due(c, DIAL_AGAIN_NS);
}

/* ---- the fence ---- */

/* Only that there is no such channel says that nobody can dial it any more: a channel that is being hung up is still there
 * for a moment. */
static void on_deleted(void *ctx, const struct ari_reply *r)
{
	struct call *c = ctx;

	if (!call_replied(c) || c->phase != FENCE)
		return;
	if (r->outcome == ARI_MISSING) {
		c->destroyed = true;
		call_write(c);
	} else if (r->outcome == ARI_DONE) {
		call_due(c, min_i64(FENCE_NS << min_i64(c->tries, 8), DIAL_AGAIN_NS));
	} else {
		if (c->tries == 1)
			log_warn("call %s: cannot remove its channel: %s", c->id, r->why);
		call_due(c, DIAL_AGAIN_NS);
	}
}

void call_fence(struct call *c)
{
	c->phase = FENCE;
	c->due_ns = 0;
	c->tries++;
	if (!call_awaits(c, ari_delete(c->d->set.ari, c->id, on_deleted, c)))
		call_due(c, DIAL_AGAIN_NS);
}

/* The first word counts. The channel goes first, but where no compare-and-set was ever sent: then nobody can dial it. */
void call_settle(struct call *c, enum outcome_kind outcome, const char *why)
{
	if (c->outcome != OUTCOME_NONE)
		return;
	c->outcome = outcome;
	c->ended_ms = call_wall_ms();
	call_text(c->why, sizeof(c->why), why);
	log_info("call %s: %s%s%s", c->id,
		outcome == OUTCOME_ENDED          ? "ended"
			: outcome == OUTCOME_LOST ? "lost"
						  : "not dialled",
		*why ? ": " : "", why);
	c->tries = 0;
	if (c->destroyed) {
		call_write(c);
	} else if (c->asked || c->dialled || outcome == OUTCOME_LOST) {
		call_fence(c);
	} else {
		call_hang_up(c->d, c->id);
		call_write(c);
	}
}
