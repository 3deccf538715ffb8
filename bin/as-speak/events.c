#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "speak.h"

#define RESUME_FACTOR 2 /* automatic resume waits for twice what the recogniser took last */
#define RESUME_MAX_MS 5000
#define TURN_MAX 1000000 /* no call has so many */

static const char *const status_name[] = {
	[PLAYED_PLAYED] = "played",
	[PLAYED_CLEARED] = "cleared",
	[PLAYED_FAILED] = "failed",
};

void speak_record(struct speak *s, const char *type, struct jspan data)
{
	if (sink_journal(&s->sink, speak_now_ms(s), type, data) < 0)
		speak_error(s, "record", false, "cannot journal a '%s' of %zu bytes: too large",
			type, data.n);
}

void speak_journal(struct speak *s, const char *type, const struct dynbuf *data)
{
	speak_record(s, type, (struct jspan){data->p, data->n});
}

static void fatal_upstream(struct speak *s)
{
	filter_fail(&s->filter, EXIT_TRY_AGAIN, "loop-full",
		"cannot tell the agent what was heard: the loop is full");
}

static void upstream(struct speak *s, const char *type, const struct dynbuf *data)
{
	if (upstream_put(&s->upstream, type, (struct jspan){data->p, data->n}) < 0)
		fatal_upstream(s);
}

void speak_player_event(void *ctx, const struct player_event *ev)
{
	struct speak *s = ctx;
	const char *type = ev->what == PLAYER_PLAYED ? "played" : "playing";
	struct dynbuf data;

	if (ev->what == PLAYER_ERROR) {
		speak_error(s, "audio", false, "utterance '%s': %s", ev->id, ev->text);
		return;
	}
	dynbuf_init(&data, 512);
	dynbuf_adds(&data, "{");
	jline_add_str(&data, "utterance", ev->id);
	jline_add_int(&data, "timestamp", ev->at_ms);
	if (ev->turn >= 0)
		jline_add_int(&data, "turn", ev->turn);
	if (ev->what == PLAYER_PLAYED) {
		jline_add_str(&data, "status", status_name[ev->status]);
		jline_add_int(&data, "heard_ms", ev->heard_ms);
		jline_add_int(&data, "total_ms", ev->total_ms);
	}
	dynbuf_adds(&data, "}");
	speak_journal(s, type, &data);
	upstream(s, type, &data);
	dynbuf_free(&data);
	if (s->own_mind && ev->what == PLAYER_PLAYED && ev->status == PLAYED_FAILED &&
		ev->total_ms == 0)
		speak_error(s, "prompt", false, "cannot play the prompt: it cannot be read");
}

/* Numbers come from other programs: what cannot be one is as if it were not there. */
static int64_t turn_of(const struct frame *fr, int64_t fallback)
{
	int64_t turn = frame_int(fr, "turn", fallback);

	return turn < 0 || turn > TURN_MAX ? fallback : turn;
}

/* When what it tells of happened: not before the call, and not later than it is told. */
static int64_t timestamp_of(const struct frame *fr, int64_t now_ms)
{
	return max_i64(min_i64(frame_int(fr, "timestamp", now_ms), now_ms), 0);
}

static bool utterance_id(struct speak *s, const struct frame *fr, char id[UTTERANCE_ID_MAX])
{
	if (frame_str(fr, "utterance", id, UTTERANCE_ID_MAX) && id[0])
		return true;
	speak_error(s, "stream", false, "%s has no usable utterance", fr->type);
	return false;
}

static void on_synthesize(struct speak *s, const struct frame *fr)
{
	char id[UTTERANCE_ID_MAX], kind[16];
	struct utterance_spec spec = {.id = id, .interruptible = true, .turn = turn_of(fr, -1)};
	struct jspan v;

	if (!utterance_id(s, fr, id))
		return;
	frame_str(fr, "kind", kind, sizeof(kind));
	if (strcmp(kind, "filler") == 0)
		spec.kind = UTTERANCE_FILLER;
	else if (strcmp(kind, "prompt") == 0)
		spec.kind = UTTERANCE_PROMPT;
	if (frame_get(fr, "interruptible", &v))
		jline_bool(v, &spec.interruptible);
	if (spec.kind != UTTERANCE_FILLER && (spec.turn < 0 || spec.turn >= s->turn.turn))
		turn_step(&s->turn, TURN_TEXT, speak_now_ms(s));
	player_synthesize(&s->player, &spec);
}

/* A stream without synthesize (a voice server's alone) is played too. */
static void on_audio_start(struct speak *s, const struct frame *fr)
{
	char id[UTTERANCE_ID_MAX];

	if (utterance_id(s, fr, id) && !player_expects(&s->player, id))
		player_synthesize(&s->player,
			&(struct utterance_spec){.id = id, .turn = -1, .interruptible = true});
}

static void on_audio(struct speak *s, const struct frame *fr)
{
	char id[UTTERANCE_ID_MAX];
	struct jspan v;

	bool playable = frame_int(fr, "rate", s->rate_hz) == s->rate_hz &&
		frame_int(fr, "width", 2) == 2 && frame_int(fr, "channels", 1) == 1;

	if (!frame_get(fr, "utterance", &v)) {
		s->carries_caller = true;
		if (s->echoing && playable)
			echo_put(&s->echo, fr->payload, fr->payload_bytes / 2);
		return;
	}
	if (!utterance_id(s, fr, id))
		return;
	if (!playable) {
		player_fail(&s->player, id, "its audio is not of the call's rate, 16 bit, mono");
		return;
	}
	if (player_answers(&s->player, id, s->turn.turn))
		turn_step(&s->turn, TURN_AUDIO, speak_now_ms(s));
	player_audio(&s->player, id, fr->payload, fr->payload_bytes / 2);
}

static void on_audio_stop(struct speak *s, const struct frame *fr)
{
	char id[UTTERANCE_ID_MAX], status[16];
	enum played_status outcome = PLAYED_PLAYED;

	if (!utterance_id(s, fr, id))
		return;
	frame_str(fr, "status", status, sizeof(status));
	if (strcmp(status, "failed") == 0)
		outcome = PLAYED_FAILED;
	else if (strcmp(status, "cancelled") == 0)
		outcome = PLAYED_CLEARED;
	player_complete(&s->player, id, outcome);
}

static void on_pause(struct speak *s, const struct frame *fr)
{
	player_pause(&s->player);
}

static void on_resume(struct speak *s, const struct frame *fr)
{
	player_resume(&s->player, turn_of(fr, INT64_MAX));
}

static void on_flush(struct speak *s, const struct frame *fr)
{
	player_flush(&s->player);
}

static void on_voice_started(struct speak *s, const struct frame *fr)
{
	s->stopped_ms = -1;
	player_voice_started(&s->player, turn_of(fr, s->player.turn));
}

static void on_voice_stopped(struct speak *s, const struct frame *fr)
{
	int64_t now = speak_now_ms(s);

	player_voice_stopped(&s->player);
	s->stopped_ms = now;
	turn_begin(&s->turn, turn_of(fr, s->player.turn), timestamp_of(fr, now), now);
}

/* What this recogniser needs decides how long a pause waits for it. */
static void on_transcript(struct speak *s, const struct frame *fr)
{
	int64_t now = speak_now_ms(s);

	turn_step(&s->turn, TURN_TRANSCRIPT, now);
	if (s->stopped_ms < 0)
		return;
	s->player.resume_after_ms = min_i64(
		max_i64(s->resume_after_ms, (now - s->stopped_ms) * RESUME_FACTOR), RESUME_MAX_MS);
	s->stopped_ms = -1;
}

static void on_model_call(struct speak *s, const struct frame *fr)
{
	turn_step(&s->turn, TURN_ASKED, speak_now_ms(s));
}

static void on_model_token(struct speak *s, const struct frame *fr)
{
	turn_step(&s->turn, TURN_TOKEN, speak_now_ms(s));
}

static void on_dtmf(struct speak *s, const struct frame *fr)
{
	int64_t now = speak_now_ms(s);

	player_key(&s->player);
	turn_begin(&s->turn, s->player.turn, timestamp_of(fr, now), now);
}

/* True if its data was to be its payload, and cannot be read: JSON that is on several lines, or none. */
static bool data_lost(const struct frame *fr)
{
	return fr->data.n == 2 && fr->payload_bytes && fr->payload[0] == '{' &&
		!frame_is(fr, "audio-chunk");
}

static void on_listen(struct speak *s, const struct frame *fr)
{
	if (data_lost(fr))
		return;
	if (upstream_put(&s->upstream, fr->type, fr->data) == 0)
		return;
	if (errno != EMSGSIZE)
		fatal_upstream(s);
	else
		speak_error(s, "loop", false,
			"listen of %zu bytes is too large for the loop: use hints_ref", fr->data.n);
}

static void on_hangup(struct speak *s, const struct frame *fr)
{
	speak_end(s, "hangup");
}

static void on_transfer(struct speak *s, const struct frame *fr)
{
	char to[VERDICT_NAME_MAX], verdict[VERDICT_MAX];

	if (!frame_str(fr, "to", to, sizeof(to)) || !verdict_name_valid(to)) {
		speak_error(s, "transfer", false,
			"destination is no name of letters, digits, '_', '.', '-'");
		speak_end(s, "error");
		return;
	}
	snprintf(verdict, sizeof(verdict), "transfer %s", to);
	speak_end(s, verdict);
}

static void on_clock(struct speak *s, const struct frame *fr)
{
	int64_t dropped = frame_int(fr, "dropped_ms", 0);

	s->clock_ns = now_ns();
	if (dropped != s->dropped_ms)
		speak_record(s, fr->type, fr->data);
	s->dropped_ms = dropped;
}

static void on_call_end(struct speak *s, const struct frame *fr)
{
	char cause[32];

	/* as-listen that was told to end has not seen the caller leave */
	frame_str(fr, "cause", cause, sizeof(cause));
	speak_stop(s, strcmp(cause, "caller-hangup") == 0 ? cause : "timeout", PLAYED_CLEARED);
}

static const struct {
	const char *type;
	void (*fn)(struct speak *s, const struct frame *fr);
} events[] = {
	{"audio-chunk", on_audio},
	{"clock", on_clock},
	{"synthesize", on_synthesize},
	{"audio-start", on_audio_start},
	{"audio-stop", on_audio_stop},
	{"voice-started", on_voice_started},
	{"voice-stopped", on_voice_stopped},
	{"transcript", on_transcript},
	{"model-call", on_model_call},
	{"model-token", on_model_token},
	{"listen", on_listen},
	{"dtmf", on_dtmf},
	{"pause", on_pause},
	{"resume", on_resume},
	{"flush", on_flush},
	{"hangup", on_hangup},
	{"transfer", on_transfer},
	{"call-end", on_call_end},
};

/* The agent is the end of these; one that comes round again would go round for ever. */
static bool came_round(struct speak *s, const struct frame *fr)
{
	if (!frame_is(fr, "playing") && !frame_is(fr, "played") && !frame_is(fr, "listen"))
		return false;
	if (frame_int(fr, "loop", 0) == 0)
		return false;
	if (!s->looped)
		speak_error(s, "loop", false, "%s went round the loop: the agent has to be its end",
			fr->type);
	s->looped = true;
	return true;
}

enum filter_verdict speak_frame(void *ctx, const struct frame *fr)
{
	struct speak *s = ctx;

	if (!s->live)
		speak_advance(s, s->filter.stream_ms);
	if (came_round(s, fr))
		return FILTER_CONSUME;
	if (!frame_is(fr, "audio-chunk") && !frame_is(fr, "clock"))
		speak_record(s, fr->type, fr->data);
	if (data_lost(fr))
		speak_error(s, "stream", false,
			"%s has a payload of %zu bytes that is no JSON object on one line",
			fr->type, fr->payload_bytes);
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (frame_is(fr, events[i].type))
			events[i].fn(s, fr);
	return FILTER_CONSUME;
}
