/* act: the script of a call, slot by slot, and the frames it sends. */
#include "call.h"

#include <inttypes.h>
#include <string.h>

#include "audio/pcm.h"

#define MAX_FRAME_SAMPLES 32768
#define KEY_SLOTS 7      /* a key held: 140 ms without audio, then the message */
#define KEY_REST_SLOTS 3 /* audio between keys */

enum act { ACT_SAY, ACT_SILENCE, ACT_NOTHING, ACT_OVER };

/* One slot of the caller. */
struct slot {
	int64_t at_ns;  /* when it is due */
	size_t samples; /* in it */
	int16_t *said;  /* goes here */
};

static const struct script_step *step_of(const struct call *c)
{
	return &c->plan->script->step[c->step];
}

static const struct clip *clip_of(const struct call *c)
{
	return &c->plan->clip[step_of(c)->clip];
}

static int64_t samples_ns(const struct call *c, size_t samples)
{
	return (int64_t)samples * NS_PER_S / c->plan->rate_hz;
}

/* From here on the bot is asked for something new. What it said just before, still answering the caller's
 * last word or echoing it, counts. */
static void set_mark(struct call *c, int64_t ns)
{
	c->mark_ns = ns;
	c->onset_ns = c->meter.last_audible_ns > ns ? c->meter.last_audible_ns : 0;
}

static void step_next(struct call *c, int64_t at)
{
	c->step++;
	c->step_at_ns = at;
	c->step_pos = 0;
	c->step_says = false;
}

static void add_heard(struct call *c)
{
	const struct meter *m = &c->meter;

	if (m->last_audible_ns)
		dynbuf_addf(&c->failed, "the bot was audible from %" PRId64 " to %" PRId64 " ms",
			(m->first_audible_ns - c->connected_ns) / NS_PER_MS,
			(m->last_audible_ns - c->connected_ns) / NS_PER_MS);
	else
		dynbuf_addf(&c->failed, "%" PRIu64 " frames, none audible", m->frames);
}

static void fail(struct call *c, const struct script_step *s, int64_t at, const char *why)
{
	dynbuf_addf(&c->failed, "line %d: %s", s->line, script_op_name(s->op));
	if (s->op == STEP_BARGE)
		dynbuf_adds(&c->failed, ": the bot did not speak");
	dynbuf_addf(&c->failed, ": %s at %" PRId64 " ms: ", why,
		c->connected_ns ? (at - c->connected_ns) / NS_PER_MS : 0);
	add_heard(c);
	dynbuf_adds(&c->failed, "\n");
}

static bool passed(const struct call *c, int64_t at, int64_t ms)
{
	return at - c->step_at_ns >= ms * NS_PER_MS;
}

static int64_t limit_ms(const struct call *c, const struct script_step *s)
{
	if (s->ms >= 0 && s->op != STEP_BARGE)
		return s->ms;
	return s->op == STEP_WAIT || s->op == STEP_BARGE ? c->plan->timeout_ms : CALL_EXPECT_MS;
}

/* The samples of this slot from the clip under way; asks the meter where the voice begins and ends in them. */
static enum act say(struct call *c, const struct slot *slot)
{
	const struct clip *clip = clip_of(c);
	size_t from = c->step_pos,
	       n = clip->n - from < slot->samples ? clip->n - from : slot->samples;

	memcpy(slot->said, clip->samples + from, n * sizeof *slot->said);
	memset(slot->said + n, 0, (slot->samples - n) * sizeof *slot->said);
	c->step_pos += n;
	if (step_of(c)->op == STEP_BARGE && clip->voiced_from >= from &&
		clip->voiced_from < from + n)
		meter_ask_barge_in(
			&c->meter, slot->at_ns + samples_ns(c, clip->voiced_from - from));
	if (clip->voiced_to > from && clip->voiced_to <= from + n) {
		int64_t end = slot->at_ns + samples_ns(c, clip->voiced_to - from);

		meter_ask_response(&c->meter, end);
		set_mark(c, end - METER_RUN_NS);
	}
	return ACT_SAY;
}

static enum act noise(struct call *c, const struct slot *slot)
{
	const struct clip *clip = clip_of(c);

	for (size_t i = 0; i < slot->samples; i++)
		slot->said[i] = clip->samples[c->step_pos++ % clip->n];
	return ACT_SAY;
}

static enum act barge(struct call *c, const struct slot *slot)
{
	const struct script_step *s = step_of(c);

	if (!c->step_says && c->onset_ns)
		c->step_says = slot->at_ns - c->onset_ns >= s->ms * NS_PER_MS;
	if (c->step_says)
		return say(c, slot);
	if (!c->onset_ns && passed(c, slot->at_ns, limit_ms(c, s))) {
		fail(c, s, slot->at_ns, "given up");
		c->step_says = true;
		c->step_pos = clip_of(c)->n;
	}
	return ACT_SILENCE;
}

static enum act dtmf(struct call *c, const struct slot *slot)
{
	const char *digits = step_of(c)->digits;
	size_t in_key = c->step_pos % (KEY_SLOTS + KEY_REST_SLOTS),
	       key = c->step_pos / (KEY_SLOTS + KEY_REST_SLOTS);
	uint8_t msg[ASOCK_HEADER_BYTES + 1];

	c->step_pos++;
	if (in_key < KEY_SLOTS)
		return ACT_NOTHING;
	if (in_key == KEY_SLOTS) {
		asock_header(msg, ASOCK_DTMF, 1);
		msg[ASOCK_HEADER_BYTES] = (uint8_t)digits[key];
		call_queue(c, msg, sizeof msg);
		set_mark(c, slot->at_ns);
	}
	return ACT_SILENCE;
}

/* True when the step asks nothing more; what was not met in time is noted. */
static bool step_done(struct call *c, int64_t at)
{
	const struct script_step *s = step_of(c);
	bool late = passed(c, at, limit_ms(c, s)), met = false;

	switch (s->op) {
	case STEP_SAY:
		return c->step_pos >= clip_of(c)->n;
	case STEP_BARGE:
		return c->step_says && c->step_pos >= clip_of(c)->n;
	case STEP_DTMF:
		return c->step_pos >= strlen(s->digits) * (KEY_SLOTS + KEY_REST_SLOTS);
	case STEP_NOISE:
	case STEP_SILENCE:
	case STEP_HOLD:
		return passed(c, at, s->ms);
	case STEP_WAIT:
		met = c->onset_ns && meter_quiet(&c->meter, at);
		if (met || late)
			set_mark(c, at);
		return met || late;
	case STEP_BURST:
		c->hold_until_ns = at + s->ms * NS_PER_MS;
		return true;
	case STEP_EXPECT_AUDIO:
		met = c->onset_ns != 0;
		break;
	case STEP_EXPECT_SILENCE:
		met = meter_quiet(&c->meter, at);
		break;
	case STEP_EXPECT_END:
		break;
	case STEP_HANGUP:
		return false;
	}
	if (!met && late)
		fail(c, s, at, s->op == STEP_EXPECT_END ? "the call was still up" : "not met");
	if (met && s->op == STEP_EXPECT_SILENCE)
		set_mark(c, at);
	return met || late;
}

static enum act act(struct call *c, const struct slot *slot)
{
	while (c->step < c->plan->script->steps && step_done(c, slot->at_ns))
		step_next(c, slot->at_ns);
	if (c->step >= c->plan->script->steps)
		return ACT_OVER;
	switch (step_of(c)->op) {
	case STEP_SAY:
		return say(c, slot);
	case STEP_BARGE:
		return barge(c, slot);
	case STEP_NOISE:
		return noise(c, slot);
	case STEP_DTMF:
		return dtmf(c, slot);
	case STEP_HOLD:
		return ACT_NOTHING;
	case STEP_HANGUP:
		c->step = c->plan->script->steps;
		return ACT_OVER;
	default:
		return ACT_SILENCE;
	}
}

static void send_frame(struct call *c, size_t bytes, const struct slot *slot, bool said)
{
	uint8_t head[ASOCK_HEADER_BYTES];
	uint8_t *p;

	asock_header(head, asock_audio_kind(c->plan->rate_hz), (uint16_t)bytes);
	call_queue(c, head, sizeof head);
	if (c->end != CALL_OPEN)
		return;
	p = dynbuf_room(&c->out, bytes);
	if (!p) {
		call_finish(c, CALL_UNREAD, slot->at_ns);
		return;
	}
	memset(p + bytes - 1, 0, 1); /* half a sample at the end of an odd size */
	if (said)
		pcm_to_le(p, slot->said, slot->samples);
	else
		memset(p, 0, bytes);
	dynbuf_grow(&c->out, bytes);
}

static void record(struct call *c, const struct slot *slot)
{
	int64_t at = (slot->at_ns - c->connected_ns) * c->plan->rate_hz / NS_PER_S;

	track_put(&c->sent, (size_t)at, slot->said, slot->samples);
}

void call_act(struct call *c, int64_t now)
{
	static int16_t said[MAX_FRAME_SAMPLES];

	if (now - c->send_at_ns > c->plan->send_late_ns)
		c->plan->send_late_ns = now - c->send_at_ns;
	/* Too late to catch up: Asterisk would not send a burst either. */
	if (now - c->send_at_ns > METER_RESTART_NS)
		c->send_at_ns += (now - c->send_at_ns) / METER_SLOT_NS * METER_SLOT_NS;
	while (c->end == CALL_OPEN && c->send_at_ns <= now) {
		size_t bytes = c->plan->frame_bytes[c->slot++ % c->plan->sizes];
		struct slot slot = {c->send_at_ns, bytes / 2, said};
		enum act what = act(c, &slot);

		if (what == ACT_OVER)
			return;
		c->send_at_ns += what == ACT_NOTHING ? METER_SLOT_NS : samples_ns(c, slot.samples);
		if (what == ACT_NOTHING)
			continue;
		send_frame(c, bytes, &slot, what == ACT_SAY);
		if (c->plan->record_sent && what == ACT_SAY && c->end == CALL_OPEN)
			record(c, &slot);
	}
}

/* Which expectations the end of the call has met, and which it has made impossible. */
void call_judge(struct call *c)
{
	const struct script *script = c->plan->script;

	for (; c->step < script->steps; step_next(c, c->ended_ns)) {
		const struct script_step *s = step_of(c);
		bool ended = c->end == CALL_SERVER_END || c->end == CALL_EOF;

		if (c->end == CALL_INTERRUPTED || (s->op == STEP_EXPECT_END && ended) ||
			(s->op == STEP_EXPECT_AUDIO && c->onset_ns))
			continue;
		if (s->op >= STEP_EXPECT_AUDIO && s->op <= STEP_EXPECT_END)
			fail(c, s, c->ended_ns, call_end_name(c->end));
	}
}
