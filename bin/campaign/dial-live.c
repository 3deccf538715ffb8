#include "dial-inside.h"

#include <stdio.h>

#include "base/log.h"

#define LOOKS 4 /* at a channel that may be about to ring */
#define LOOKS_NS (NS_PER_S / 2)

static void on_gone_on(void *ctx, const struct ari_reply *r)
{
	struct call *c = ctx;

	if (!call_replied(c) || (c->phase != DIAL && c->phase != LIVE && c->phase != LOOK))
		return;
	switch (r->outcome) {
	case ARI_DONE:
	case ARI_CONFLICT: /* it has left Stasis: by us, or by who had it before */
		c->continued = true;
		return;
	case ARI_MISSING: /* its end is on its way */
		call_due(c, DIAL_AGAIN_NS);
		return;
	default:
		if (c->tries < DIAL_CONTINUES_MAX) {
			call_due(c, DIAL_AGAIN_NS / 4);
			return;
		}
		log_warn("call %s: cannot put it into the dialplan: %s", c->id, r->why);
		if (r->outcome != ARI_UNKNOWN) /* which may have been done */
			snprintf(c->talk_end, sizeof(c->talk_end), "FAILED");
		call_hang_up(c->d, c->id);
		call_due(c, DIAL_AGAIN_NS);
	}
}

void call_go_on(struct call *c)
{
	c->tries++;
	if (!call_awaits(c,
		    ari_continue(c->d->set.ari, c->id, c->d->set.context, c->d->set.extension,
			    on_gone_on, c)))
		call_due(c, DIAL_AGAIN_NS);
}

static void on_answer_told(void *ctx, const struct store_reply *r)
{
	struct call *c = ctx;

	c->answer_told = c->answer_told || r->end == STORE_DONE;
	(void)!call_replied(c);
}

static void on_ringing_told(void *ctx, const struct store_reply *r)
{
	(void)!call_replied(ctx);
}

/* If the database is there: nobody waits for it. */
static void tell_state(struct call *c, const char *state, store_done *told)
{
	const struct dialer_settings *set = &c->d->set;

	if (store_is_up(set->store))
		(void)!call_awaits(c,
			store_ask_jointly(set->store, OUTCOME_GROUP,
				"SELECT campaign_state($1, $2, $3)",
				(const char *const[]){c->id, set->node, state}, 3, NULL, told, c));
}

void call_ringing(struct call *c)
{
	if (c->ringing || c->answered)
		return;
	c->ringing = true;
	log_info("call %s: ringing", c->id);
	tell_state(c, "ringing", on_ringing_told);
}

/* Somebody waits on the line: Asterisk first. */
void call_answered(struct call *c)
{
	if (c->answered)
		return;
	c->answered = true;
	c->answered_ns = now_ns();
	c->answered_ms = call_wall_ms();
	c->tries = 0;
	log_info("call %s: answered", c->id);
	call_go_on(c);
	tell_state(c, "answered", on_answer_told);
}

/* ---- what has become of it? ---- */

void call_live(struct call *c)
{
	c->phase = LIVE;
	call_due(c, c->answered && !c->continued ? DIAL_AGAIN_NS : DIAL_LOOK_NS);
}

static void on_found(struct call *c, const json_t *json)
{
	struct ari_channel channel;

	if (ari_channel_read(json, &channel) < 0) {
		call_due(c, DIAL_AGAIN_NS);
		return;
	}
	switch (channel.state) {
	case ARI_UP:
		call_live(c);
		if (c->answered && !c->continued)
			call_go_on(c);
		call_answered(c);
		return;
	case ARI_DOWN:
	case ARI_RESERVED:
		/* of our own we know that it was dialled; what others left may have been, or may be now */
		if (c->dialled)
			call_live(c);
		else if (c->looks++ < LOOKS)
			call_due(c, LOOKS_NS);
		else
			call_settle(c, OUTCOME_LOST, "it is not known whether it was dialled");
		return;
	default:
		call_live(c);
		call_ringing(c);
	}
}

static void on_looked(void *ctx, const struct ari_reply *r)
{
	struct call *c = ctx;

	if (!call_replied(c) || c->phase != LOOK)
		return;
	if (r->outcome == ARI_DONE && r->json) {
		on_found(c, r->json);
	} else if (r->outcome == ARI_MISSING) {
		c->destroyed = true;
		call_settle(c, OUTCOME_LOST, "nobody heard how it ended");
	} else {
		call_due(c, DIAL_AGAIN_NS);
	}
}

static void ask_state(struct call *c)
{
	if (!call_awaits(c, ari_get(c->d->set.ari, c->id, on_looked, c)))
		call_due(c, DIAL_AGAIN_NS);
}

/* Whether or not it is there to be subscribed to, GET says. */
static void on_subscribed(void *ctx, const struct ari_reply *r)
{
	struct call *c = ctx;

	c->subscribed = c->subscribed || r->outcome == ARI_DONE;
	if (call_replied(c) && c->phase == LOOK)
		ask_state(c);
}

void call_look(struct call *c)
{
	c->phase = LOOK;
	c->due_ns = 0;
	if (c->subscribed)
		ask_state(c);
	else if (!call_awaits(c, ari_subscribe(c->d->set.ari, c->id, on_subscribed, c)))
		call_due(c, DIAL_AGAIN_NS);
}
