/* Why nobody is called twice.
 *
 * An attempt is a row of `call`; its call_id is the id of its channel, a random UUID that campaign_claim makes and that is
 * never used again. Two things are to be shown: of an attempt there is at most one INVITE (A), and no attempt of a number
 * begins while another one of it may still ring (B).
 *
 * What it rests on: PostgreSQL does what it says it has committed (store.c turns synchronous_commit on, and answers when
 * that is said, never before: of several dials in one transaction, too; one that was rolled back has left nothing, is asked
 * again, and was not answered). Asterisk dials a channel only on POST dial (or, which nobody does here, originate), answers
 * 404 for an id that it does not have, and 409 for one that is not Down. The asterisk_ids of a database differ.
 *
 * (A) POST dial is sent by dial() alone, from on_asked alone, after `campaign_dial` was answered true, to the process that
 * asked. campaign_dial goes from claimed to dialing in one transaction, and nothing goes back to claimed: true once for an
 * id. on_asked runs once for each asking, and a call is asked for once (phase CREATE to ASK). A reply that does not come is
 * not asked for again (STORE_UNKNOWN), nor is the dial: ari_dial has a connection of its own, since libcurl repeats what it
 * sent over a kept one that broke. Who recovers a call (dialer_recover) never dials it. So at most one POST dial, so at most
 * one INVITE, whatever dies or sleeps.
 *
 * (B) The index call_live and the gate let no second row of a number be claimed while one is open. A row is closed by
 *   unclaim  only in state claimed, by its owner, by removing it: campaign_dial finds nothing then, whoever asks, and when;
 *   finish   when Asterisk has said ChannelDestroyed;
 *   lost     when Asterisk has answered 404 for the id: to GET, or to DELETE, which is repeated until then, because 204
 *            only says that a channel will be hung up, and its thread may carry out a dial first;
 *            or another Asterisk has, ten minutes after the longest ring and talk.
 * After the last two there is no channel of that id. None comes: it had been handed over (StasisStart) before campaign_dial
 * was asked, and no row beyond claimed was without; a create that is repeated by libcurl ends before its reply. A POST dial
 * that comes later is answered by 404 and rings nobody. Asterisk restarted: as if all channels had been removed.
 * Another Asterisk at its address is not asked for what the one before may have dialled (dialer_ari_other): the row stays open.
 *
 * Crash points. D: the dispatcher dies, or is stopped for longer than its lease and wakes up later; P: PostgreSQL dies, or
 * the connection to it; K: Asterisk dies, or the connection to it. R: another node recovers (campaign_expired).
 *
 *	before the claim commits    D P nothing has happened. A claim that committed unseen: rows of ours that we do not
 *	                            know, found by ask_ours: as R of claimed.
 *	                            P after it: the claim may be gone from the disk, and then nothing of it is there:
 *	                            as if it had been unclaimed. Once its campaign_dial is committed, so is the claim.
 *	claimed, before create      D R: unclaim. Wakes up: makes a channel, campaign_dial is false, the channel is removed.
 *	create under way            D as before; the channel is removed by R, or by Stasis, which has nobody to hand it to;
 *	                            a late one by whoever hears its StasisStart. K: unclaim.
 *	before campaign_dial        P K unclaim.
 *	  commits                   P the answer is lost: not dialled (fence), then lost, since the attempt may be counted.
 *	                            D R sees claimed: unclaim, and ours is false; or dialing: next line.
 *	committed, before POST dial D R: GET says Down, for two seconds; DELETE until 404, lost. Wakes up: its POST gets 404;
 *	                            or, before R's DELETE, it rings: the only INVITE. K: not sent; fence, lost.
 *	POST dial under way         D the same. K no reply: GET: rings or talks: followed; Down: fence, lost; 404: lost.
 *	dialled                     D R: GET: followed. K events are lost: GET after every reconnect, and every 30 s.
 *	                            P goes on; the end is kept in a file.
 *	ended, before finish        D R: 404: lost; the retry rule's delay is kept. P the file; told again, which is harmless
 *	commits                     (campaign_finish is a compare-and-set on ended_at).
 *
 * A process that wakes up late can do no more than this: create (then false), dial (404, or 409 where R follows the call),
 * continue (the same way, or 409), DELETE a channel of a call that is not dialled, finish (once).
 * Leases and clocks do not enter: they say who acts, and to act too early is as safe as to act in time.
 */
#include "dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "call-file.h"
#include "dial-inside.h"
#include "endpoint.h"

#define HANDOVER_NS \
	(10 * NS_PER_S) /* from the request for a channel until Asterisk has handed it over */
#define RING_GRACE_NS \
	(15 * NS_PER_S) /* Asterisk hangs up what is not answered; after that, we do */
#define TALK_GRACE_NS (30 * NS_PER_S) /* the same for the longest talk */

/* ---- the two steps ---- */

static void on_dialled(void *ctx, const struct ari_reply *r)
{
	struct call *c = ctx;

	if (!call_replied(c) || c->phase != DIAL)
		return;
	switch (r->outcome) {
	case ARI_DONE:
		c->dialled = true;
		log_info("call %s: dialled", c->id);
		call_live(c);
		return;
	case ARI_UNKNOWN:
		log_warn("call %s: no reply to its dial: %s", c->id, r->why);
		call_look(c);
		return;
	case ARI_FAILED:   /* it did something, and failed */
	case ARI_CONFLICT: /* it is not Down: who, if not we, has dialled it? */
		call_settle(c, OUTCOME_LOST, r->why);
		return;
	default:
		call_settle(c, OUTCOME_UNDIALLED, r->why);
	}
}

static void dial(struct call *c)
{
	c->phase = DIAL;
	c->due_ns = 0;
	c->dialled_ns = now_ns();
	if (!call_awaits(c, ari_dial(c->d->set.ari, c->id, c->ring_s, on_dialled, c)))
		call_settle(c, OUTCOME_UNDIALLED, strerror(ENOMEM));
}

static void on_allowed(void *ctx, const struct db_row *row)
{
	struct call *c = ctx;
	const char *text = db_loop_cell(row, 0).text;

	c->allowed = text && strcmp(text, "t") == 0;
}

/* Why a call that may be dialled is not; NULL: it is. */
static const char *obstacle(const struct call *c)
{
	const struct dialer_settings *set = &c->d->set;

	if (c->destroyed)
		return "the channel is gone";
	if (c->d->draining)
		return "the dispatcher is to end";
	if (!ari_is_up(set->ari))
		return "Asterisk is not connected";
	if (now_ns() - c->since_ns > set->lease_ms * NS_PER_MS / 2)
		return "the database took too long";
	return NULL;
}

static void on_asked(void *ctx, const struct store_reply *r)
{
	struct call *c = ctx;
	bool allowed = r->end == STORE_DONE && c->allowed;
	const char *why = r->end != STORE_DONE ? r->why
		: !allowed                     ? "it may not be called any more"
					       : obstacle(c);

	if (!call_replied(c) || c->phase != ASK)
		return;
	if (why)
		call_settle(c, OUTCOME_UNDIALLED, why);
	else
		dial(c);
}

static void ask(struct call *c)
{
	const struct dialer_settings *set = &c->d->set;

	c->phase = ASK;
	c->due_ns = 0;
	c->since_ns = now_ns();
	c->asked = true;
	if (!call_awaits(c,
		    store_ask_jointly(set->store, c->campaign, "SELECT campaign_dial($1, $2)",
			    (const char *const[]){c->id, set->node}, 2, on_allowed, on_asked, c)))
		call_settle(c, OUTCOME_UNDIALLED, strerror(ENOMEM));
}

static void created(struct call *c)
{
	if (c->phase != CREATE || !c->created || !c->in_stasis)
		return;
	if (c->d->draining)
		call_settle(c, OUTCOME_UNDIALLED, "the dispatcher is to end");
	else
		ask(c);
}

static void on_created(void *ctx, const struct ari_reply *r)
{
	struct call *c = ctx;

	if (!call_replied(c) || c->phase != CREATE)
		return;
	if (r->outcome == ARI_DONE) {
		c->created = true;
		created(c);
		return;
	}
	c->trunk_fault = r->outcome == ARI_FAILED;
	call_settle(c, OUTCOME_UNDIALLED, r->why);
}

/* ---- rows ---- */

static void on_paused(void *ctx, const struct store_reply *r)
{
	if (r->end != STORE_DONE)
		log_warn("cannot pause a campaign without a scenario: %s", r->why);
}

/* Who would answer would hear nothing of it. */
static bool can_talk(struct dialer *d, const struct claim *row)
{
	static const char sql[] =
		"SELECT campaign_move(campaign_id, 'paused', format('the scenario %s is not there, or not whole, for %s', $2::text, $3::text))"
		" FROM campaign WHERE campaign_id = $1 AND status = 'active'";
	const char *v[] = {row->campaign_id, row->scenario, d->set.node};

	if (!d->set.has_scenario || d->set.has_scenario(row->scenario))
		return true;
	log_warn("campaign %s is paused", row->campaign_id);
	(void)!store_ask(d->set.store, sql, v, 3, NULL, on_paused, NULL);
	return false;
}

static void create(struct call *c, const struct claim *row)
{
	const struct dialer_settings *set = &c->d->set;
	json_t *variables = call_file_variables(row);
	char endpoint[ENDPOINT_MAX];
	const char *template = set->endpoint ? set->endpoint : row->endpoint;
	struct ari_create q = {.channel = c->id,
		.endpoint = endpoint,
		.caller_number = row->caller_id,
		.variables = variables};

	c->subscribed = true; /* by create */
	if (endpoint_fill(endpoint, template, row->phone) < 0) {
		/* of the table, where anybody may have written it */
		c->trunk_fault = true;
		call_settle(c, OUTCOME_UNDIALLED, "the endpoint of the trunk cannot be dialled");
	} else if (!can_talk(c->d, row)) {
		call_settle(c, OUTCOME_UNDIALLED, "its scenario is not there, or not whole");
	} else if (call_file_write(set->from_dir, row) < 0) {
		log_error_errno("cannot write '%s/%s'", set->from_dir, c->id);
		call_settle(c, OUTCOME_UNDIALLED, "what is known of the call cannot be written");
	} else if (!call_awaits(c, ari_create(set->ari, &q, on_created, c))) {
		call_settle(c, OUTCOME_UNDIALLED, strerror(ENOMEM));
	} else {
		call_due(c, HANDOVER_NS);
	}
	json_decref(variables);
}

void dialer_claimed(struct dialer *d, const struct db_row *row)
{
	struct claim claim;
	struct call *c;

	call_file_read(row, &claim);
	c = call_add(d, claim.call_id);
	if (!c) {
		log_error("cannot take call %s", claim.call_id); /* it is recovered */
		return;
	}
	c->generation = d->generation;
	c->ring_s = (int)claim.ring_s;
	c->talk_s = (int)claim.talk_s;
	c->campaign = (unsigned)hash_text(claim.campaign_id) | OUTCOME_GROUPS;
	log_info("call %s: campaign %s, contact %s", c->id, claim.campaign_id, claim.contact_id);
	if (d->draining)
		call_settle(c, OUTCOME_UNDIALLED, "the dispatcher is to end");
	else
		create(c, &claim);
}

void dialer_recover(struct dialer *d, const char *call_id, const char *state)
{
	struct call *c = call_add(d, call_id);

	if (!c)
		return; /* we have it; or no memory, and it is ours again after another lease */
	c->generation = d->generation;
	log_info("call %s: taken over, %s", c->id, state);
	if (strcmp(state, "claimed") == 0) {
		call_settle(c, OUTCOME_UNDIALLED, "its dispatcher is gone");
		return;
	}
	c->asked = true;
	c->answer_told = strcmp(state, "answered") == 0;
	c->dialled_ns = now_ns();
	call_look(c);
}

/* ---- what happens ---- */

static void on_destroyed(struct call *c, const struct ari_event *e)
{
	const char *end = ari_variable(&e->channel, "CALLPIPE_END");

	c->destroyed = true;
	switch (c->phase) {
	case CREATE:
		call_settle(c, OUTCOME_UNDIALLED, "the channel is gone");
		return;
	case DIAL:
	case LIVE:
	case LOOK:
		c->cause = e->cause;
		if (e->tech_cause)
			snprintf(c->tech_cause, sizeof(c->tech_cause), "%d", e->tech_cause);
		call_text(c->amd, sizeof(c->amd), ari_variable(&e->channel, "AMDSTATUS"));
		call_text(
			c->amd_cause, sizeof(c->amd_cause), ari_variable(&e->channel, "AMDCAUSE"));
		if (end && *end)
			call_text(c->talk_end, sizeof(c->talk_end), end);
		call_settle(c, OUTCOME_ENDED, e->cause_txt);
		return;
	case FENCE:
		call_write(c);
		return;
	default:
		return; /* ASK: what the database says is waited for */
	}
}

static void on_state(struct call *c, const struct ari_event *e)
{
	const char *status = e->kind == ARI_DIAL ? e->dialstatus : "";

	if (c->phase != DIAL && c->phase != LIVE && c->phase != LOOK)
		return;
	if (e->channel.state == ARI_UP || strcmp(status, "ANSWER") == 0)
		call_answered(c);
	else if (e->channel.state == ARI_RINGING || strcmp(status, "RINGING") == 0 ||
		strcmp(status, "PROGRESS") == 0)
		call_ringing(c);
}

void dialer_event(struct dialer *d, const struct ari_event *e)
{
	struct call *c = *call_place(d, e->channel.id);

	if (!c) {
		/* a channel that was made when nobody waited for it any more */
		if (e->kind == ARI_STASIS_START && e->channel.state == ARI_DOWN)
			call_hang_up(d, e->channel.id);
		return;
	}
	switch (e->kind) {
	case ARI_STASIS_START:
		c->in_stasis = true;
		created(c);
		return;
	case ARI_DIAL:
	case ARI_STATE_CHANGE:
		on_state(c, e);
		return;
	case ARI_DESTROYED:
		on_destroyed(c, e);
		return;
	default:
		return;
	}
}

void dialer_ari_down(struct dialer *d)
{
	for (struct call *c = d->calls, *next; c; c = next) {
		next = c->next;
		/* it might be handed over now, and nobody would tell */
		if (c->phase == CREATE)
			call_settle(c, OUTCOME_UNDIALLED, "Asterisk is not connected");
		if (c->phase == LIVE)
			c->due_ns = 0;
	}
}

/* It has no channel of ours, and its 404 says nothing of one that may have been dialled by the one before. */
void dialer_ari_other(struct dialer *d)
{
	for (struct call *c = d->calls, *next; c; c = next) {
		next = c->next;
		if (c->phase == DIAL || c->phase == LIVE || c->phase == LOOK ||
			(c->phase == FENCE && c->dialled_ns)) {
			log_warn("call %s: it is left to the Asterisk that has it", c->id);
			call_leave(c);
		} else if (c->phase == ASK) {
			c->destroyed = true; /* it is not dialled, and nobody else can */
		}
	}
}

void dialer_ari_up(struct dialer *d, bool restarted)
{
	for (struct call *c = d->calls, *next; c; c = next) {
		next = c->next;
		c->subscribed = false;
		if (c->phase == CREATE)
			call_settle(c, OUTCOME_UNDIALLED, "Asterisk was not connected");
		else if (c->phase == LIVE)
			call_look(c);
		else if ((c->phase == FENCE || c->phase == LOOK) && c->due_ns)
			call_due(c, 0);
		else if (c->phase == ASK && restarted)
			c->destroyed = true;
	}
}

void dialer_store_up(struct dialer *d)
{
	for (struct call *c = d->calls, *next; c; c = next) {
		next = c->next;
		if (c->phase == WRITE)
			call_write(c);
	}
}

/* ---- time ---- */

/* It rings or talks for longer than it may: Asterisk or the dialplan should have ended it. */
static bool too_long(const struct call *c, int64_t now)
{
	if (c->answered)
		return c->talk_s && now - c->answered_ns > c->talk_s * NS_PER_S + TALK_GRACE_NS;
	return c->ring_s && now - c->dialled_ns > c->ring_s * NS_PER_S + RING_GRACE_NS;
}

static void on_due(struct call *c, int64_t now)
{
	c->due_ns = 0;
	switch (c->phase) {
	case CREATE:
		call_settle(c, OUTCOME_UNDIALLED, "Asterisk did not hand the channel over");
		return;
	case LIVE:
		if (c->answered && !c->continued && c->tries < DIAL_CONTINUES_MAX) {
			call_go_on(c);
			call_due(c, DIAL_LOOK_NS);
			return;
		}
		if (!c->hung_up && too_long(c, now)) {
			c->hung_up = true;
			log_warn("call %s: it has gone on for too long", c->id);
			call_hang_up(c->d, c->id);
		}
		call_look(c);
		return;
	case LOOK:
		call_look(c);
		return;
	case FENCE:
		call_fence(c);
		return;
	case WRITE:
		call_write(c);
		return;
	default:
		return;
	}
}

static void on_timer(void *ctx, int64_t now)
{
	struct dialer *d = ctx;

	d->timer.at_ns = 0;
	for (struct call *c = d->calls, *next; c; c = next) {
		next = c->next;
		if (c->due_ns && c->due_ns <= now)
			on_due(c, now);
	}
	for (const struct call *c = d->calls; c; c = c->next)
		if (c->due_ns && (!d->timer.at_ns || c->due_ns < d->timer.at_ns))
			d->timer.at_ns = c->due_ns;
}

/* ---- whose they are ---- */

void dialer_ours_begin(struct dialer *d)
{
	d->generation++;
}

bool dialer_ours_have(struct dialer *d, const char *call_id)
{
	struct call *c = *call_place(d, call_id);

	if (c)
		c->generation = d->generation;
	return c != NULL;
}

void dialer_ours_end(struct dialer *d)
{
	for (struct call *c = d->calls, *next; c; c = next) {
		next = c->next;
		if (c->generation == d->generation)
			continue;
		if (c->phase == CREATE) {
			log_info("call %s: it is another's now", c->id);
			call_hang_up(d, c->id);
			call_leave(c);
		} else if (c->phase == LIVE || c->phase == LOOK) {
			log_info("call %s: it is another's now", c->id);
			call_leave(c);
		}
	}
}

/* ---- beginning and end ---- */

struct dialer *dialer_open(
	const struct dialer_settings *set, const struct dialer_handlers *on, void *ctx)
{
	struct dialer *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	*d = (struct dialer){.set = *set, .on = on, .ctx = ctx};
	d->timer = (struct loop_timer){.fire = on_timer, .ctx = d};
	if (loop_add_timer(set->loop, &d->timer) < 0) {
		free(d);
		return NULL;
	}
	return d;
}

void dialer_close(struct dialer *d)
{
	if (!d)
		return;
	loop_remove_timer(d->set.loop, &d->timer);
	while (d->calls)
		call_forget(d->calls);
	free(d);
}

size_t dialer_calls(const struct dialer *d)
{
	return d->n;
}

bool dialer_busy(const struct dialer *d)
{
	for (const struct call *c = d->calls; c; c = c->next)
		if (c->phase != WRITE || !c->kept)
			return true;
	return false;
}

void dialer_drain(struct dialer *d)
{
	d->draining = true;
}
