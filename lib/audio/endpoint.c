#include "audio/endpoint.h"

#include <math.h>

#define HANG_FRAMES 6    /* a dip of so many is bridged */
#define AGAIN_FRAMES 2   /* after a longer one the voice must be there for so many */
#define HOLD_FRAMES 5    /* a turn does not end so soon after a frame that sounds like a voice */
#define RISE_MS 200      /* a voice begins at most so long before it was certain */
#define BOT_TAIL_MS 250  /* echo comes back so long after the bot */
#define LOST_MS 2000     /* audio that is missing for so long has ended a turn */
#define LEAST_DB (-60.F) /* nobody hears a voice below this */
#define FLOOR_START_DB (-60.F)
#define FLOOR_LEAST_DB (-80.F)
#define FLOOR_FALL_DB 0.3F  /* a frame */
#define FLOOR_RISE_DB 0.05F /* the same: speech without a pause is no noise */
#define NOISY_DB (-50.F)    /* a floor from which on the line is not quiet at all */
#define QUIET_DB (-65.F)    /* and one from which on it is as quiet as can be */

static void run_reset(struct endpoint *e)
{
	e->run = 0;
	e->rise_ms = -1;
	e->run_peak_db = -INFINITY;
}

void endpoint_init(struct endpoint *e, const struct endpoint_set *set,
	void (*emit)(void *ctx, const struct endpoint_event *ev), void *ctx)
{
	*e = (struct endpoint){
		.set = *set,
		.emit = emit,
		.ctx = ctx,
		.floor_db = FLOOR_START_DB,
	};
	run_reset(e);
	guard_init(&e->guard, set->echo_margin_db, set->echo_first_db);
}

static const struct endpoint_onset *onset(const struct endpoint *e)
{
	return endpoint_bot(e) ? &e->set.bot : &e->set.silent;
}

/* 0 to 1. */
static float quietness(const struct endpoint *e)
{
	float q = (NOISY_DB - e->floor_db) / (NOISY_DB - QUIET_DB);

	return q < 0.F ? 0.F : q > 1.F ? 1.F : q;
}

float endpoint_threshold(const struct endpoint *e)
{
	return onset(e)->score - e->set.quiet * quietness(e);
}

static float stay(const struct endpoint *e)
{
	return e->set.stay - e->set.quiet * quietness(e) / 2.F;
}

/* Slowly: where Asterisk sends nothing there is silence, and the line is not quiet for that. */
static void floor_follow(struct endpoint *e, float floor_db)
{
	float step = floor_db - e->floor_db;

	e->floor_db += fminf(fmaxf(step, -FLOOR_FALL_DB), FLOOR_RISE_DB);
	e->floor_db = fmaxf(e->floor_db, FLOOR_LEAST_DB);
}

/* While the bot plays, what is not clearly above its echo is not the caller. */
static bool echo_alone(const struct endpoint *e, const struct endpoint_frame *f)
{
	return endpoint_bot(e) && f->level_db < guard_echo_db(&e->guard);
}

/* A frame that counts towards a beginning, or takes it back. */
static void run_frame(struct endpoint *e, const struct endpoint_frame *f)
{
	if (f->score <= stay(e)) {
		run_reset(e);
		return;
	}
	if (echo_alone(e, f))
		return;
	if (e->rise_ms < 0 || f->at_ms < e->rise_ms)
		e->rise_ms = f->at_ms;
	if (f->level_db > e->run_peak_db)
		e->run_peak_db = f->level_db;
	if (f->score > endpoint_threshold(e))
		e->run++;
}

static void turn_start(struct endpoint *e, int64_t at_ms)
{
	e->active = true;
	e->started_ms = at_ms;
	e->voiced_to_ms = e->now_ms;
	e->silent_ms = 0;
	e->voiced_frames = 0;
	e->voiced_db = 0.F;
	e->turn++;
	e->emit(e->ctx,
		&(struct endpoint_event){
			.what = ENDPOINT_STARTED, .turn = e->turn, .at_ms = at_ms});
}

/* What a turn that has ended teaches of the levels on the line. */
static void turn_learn(struct endpoint *e)
{
	int64_t voiced_ms = (int64_t)e->voiced_frames * PCM_FRAME_MS;
	float level_db = e->voiced_db / (float)(e->voiced_frames ? e->voiced_frames : 1);

	if (e->over_bot)
		guard_over_bot(&e->guard, e->begun_peak_db, level_db, voiced_ms);
	else
		guard_near(&e->guard, level_db, voiced_ms);
}

static void turn_stop(struct endpoint *e, int64_t at_ms, const char *cause)
{
	e->active = false;
	turn_learn(e);
	if (at_ms < e->started_ms)
		at_ms = e->started_ms;
	e->voiced_to_ms = at_ms;
	e->emit(e->ctx,
		&(struct endpoint_event){
			.what = ENDPOINT_STOPPED, .turn = e->turn, .at_ms = at_ms, .cause = cause});
}

/* No turn is under way: has a voice begun? */
static void idle_frame(struct endpoint *e, const struct endpoint_frame *f)
{
	bool near = !endpoint_bot(e) || e->run_peak_db >= guard_gate_db(&e->guard);
	int64_t at_ms = e->rise_ms;

	if (endpoint_bot(e))
		guard_frame(&e->guard, f->level_db, f->score > stay(e), near);
	if (!near || e->run < onset(e)->frames)
		return;
	e->over_bot = endpoint_bot(e);
	e->begun_peak_db = e->run_peak_db;
	e->on = true;
	e->dip = 0;
	at_ms = max_i64(at_ms, max_i64(e->now_ms - onset(e)->frames * PCM_FRAME_MS - RISE_MS, 0));
	at_ms = max_i64(at_ms, max_i64(e->voiced_to_ms, e->mute_to_ms));
	turn_start(e, at_ms);
	run_reset(e);
}

/* A turn is under way: is its voice still heard? */
static void voice_frame_in_turn(struct endpoint *e, const struct endpoint_frame *f)
{
	bool is = f->score > stay(e) && !echo_alone(e, f);

	if (is && !e->on && e->run >= AGAIN_FRAMES)
		e->on = true;
	if (is && e->on) {
		e->dip = 0;
		e->silent_ms = 0;
		e->voiced_to_ms = e->now_ms;
		e->voiced_frames++;
		e->voiced_db += f->level_db;
		run_reset(e);
		return;
	}
	e->silent_ms += PCM_FRAME_MS;
	if (e->on && ++e->dip > HANG_FRAMES)
		e->on = false;
}

/* Has the turn under way ended? */
static void turn_check(struct endpoint *e)
{
	bool rising = e->run > 0 &&
		e->silent_ms < e->set.end_silence_ms + (int64_t)HOLD_FRAMES * PCM_FRAME_MS;

	if (!e->active)
		return;
	if (e->silent_ms >= e->set.end_silence_ms && !rising) {
		turn_stop(e, e->voiced_to_ms, "silence");
	} else if (e->set.max_ms > 0 && e->now_ms - e->started_ms >= e->set.max_ms) {
		bool on = e->on;
		int64_t at_ms = on ? e->now_ms : e->voiced_to_ms;

		turn_stop(e, at_ms, "max");
		if (on)
			turn_start(e, at_ms);
	}
}

/* The frames before it are heard again, or are missing: silence is what was heard of it. */
static void time_step(struct endpoint *e, int64_t at_ms)
{
	if (at_ms < e->now_ms)
		e->silent_ms = max_i64(e->silent_ms - (e->now_ms - at_ms), 0);
	e->now_ms = at_ms + PCM_FRAME_MS;
}

bool endpoint_muted(const struct endpoint *e, int64_t at_ms)
{
	return at_ms > e->mute_from_ms - PCM_FRAME_MS && at_ms < e->mute_to_ms;
}

void endpoint_frame(struct endpoint *e, const struct endpoint_frame *f)
{
	struct endpoint_frame heard = *f;

	time_step(e, f->at_ms);
	if (f->tone || f->level_db < LEAST_DB || endpoint_muted(e, f->at_ms))
		heard.score = 0.F;
	run_frame(e, &heard);
	floor_follow(e, f->floor_db);
	if (!e->active) {
		idle_frame(e, &heard);
		return;
	}
	voice_frame_in_turn(e, &heard);
	turn_check(e);
}

void endpoint_limits(struct endpoint *e, int64_t end_silence_ms, int64_t max_ms)
{
	e->set.end_silence_ms = end_silence_ms;
	e->set.max_ms = max_ms;
	turn_check(e);
}

void endpoint_key(struct endpoint *e, int64_t at_ms)
{
	run_reset(e);
	e->on = false;
	if (e->active)
		turn_stop(e,
			at_ms > e->started_ms ? min_i64(e->voiced_to_ms, at_ms) : e->started_ms,
			"key");
	e->mute_from_ms = at_ms - ENDPOINT_KEY_MS;
	e->mute_to_ms = at_ms + ENDPOINT_KEY_MS;
}

void endpoint_playing(struct endpoint *e)
{
	e->bot_until_ms = INT64_MAX;
}

void endpoint_played(struct endpoint *e, int64_t at_ms)
{
	e->bot_until_ms = min_i64(max_i64(at_ms, 0), e->now_ms) + BOT_TAIL_MS;
}

void endpoint_clock(struct endpoint *e, int64_t at_ms)
{
	if (e->active && at_ms - e->now_ms >= max_i64(e->set.end_silence_ms, LOST_MS))
		turn_stop(e, e->voiced_to_ms, "silence");
}

void endpoint_end(struct endpoint *e)
{
	if (e->active)
		turn_stop(e, e->voiced_to_ms, "silence");
}
