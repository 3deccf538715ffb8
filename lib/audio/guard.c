#include "audio/guard.h"

#include <math.h>

#include "audio/pcm.h"

/* Before anything is known: what a line without an echo canceller gives back of a loud bot. */
#define UNKNOWN_DB (-30.F)
#define LEAST_DB (-80.F)
/* The beginning of the first utterances is what the echo is learned from; later it changes little. While nothing is
 * heard of it its level is believed to be lower, but not before it can have come back, and slowly below what most are. */
#define LEARN_MS 2500
#define LEARN_RISE 0.3F /* of the difference, a frame */
#define HOLD_MS 800
#define USUAL_DB (-42.F)
#define FALL_DB 0.2F      /* a frame: 10 dB in a second */
#define FALL_LOW_DB 0.06F /* below USUAL_DB */
/* Later the first syllable of a caller who is not heard must not raise it; and a bot that is silent for longer than
 * between two words may be paused, so that nothing can be learned from it. */
#define LATER_RISE 0.05F
#define LATER_FALL_DB 0.08F
#define PAUSE_MS 600
#define AFTER_TURN_MS 2500  /* the bot was stopped: it goes on after that */
#define LEAST_MARGIN_DB 3.F /* between an echo and a caller who are almost equally loud */
#define NEAR_MS 300         /* shorter voices say nothing about the caller's level */
#define SURE_DB 10.F        /* over the echo: that was the caller */
#define NEAR_WEIGHT 0.3F    /* of the latest turn */
/* The last resort against an echo as loud as a caller. */
#define SHORT_MS 500 /* it outlasts the bot by the delay of the line and the sound that was begun */
#define STRIKES 4
#define STRIKES_IN_MS 6000 /* of playing */

void guard_init(struct guard *g, float margin_db, float first_db)
{
	*g = (struct guard){
		.margin_db = margin_db, .echo_db = first_db != 0.F ? first_db : UNKNOWN_DB};
}

float guard_gate_db(const struct guard *g)
{
	float clear = g->echo_db + g->margin_db;

	if (g->margin_db <= 0.F)
		return -INFINITY;
	if (g->near_db == 0.F)
		return clear;
	/* half way to the caller, clear of the echo if the caller is */
	return fmaxf(fmaxf((g->echo_db + g->near_db) / 2.F, fminf(clear, g->near_db)),
		g->echo_db + LEAST_MARGIN_DB);
}

float guard_echo_db(const struct guard *g)
{
	return g->margin_db <= 0.F ? -INFINITY : g->echo_db + LEAST_MARGIN_DB;
}

/* In a frame in which nothing is heard. */
static float fall_db(const struct guard *g)
{
	if (g->silent_ms <= 0 || g->heard_ms <= HOLD_MS)
		return 0.F;
	if (g->taught)
		return g->silent_ms <= PAUSE_MS ? LATER_FALL_DB : 0.F;
	return g->echo_db > USUAL_DB ? FALL_DB : FALL_LOW_DB;
}

void guard_frame(struct guard *g, float level_db, bool voiced, bool near)
{
	bool learning = g->heard_ms < LEARN_MS;

	g->heard_ms += PCM_FRAME_MS;
	g->silent_ms = voiced ? 0 : g->silent_ms + PCM_FRAME_MS;
	if (voiced && near)
		return;
	if (voiced && level_db > g->echo_db - g->margin_db)
		g->taught = true;
	if (voiced && level_db > g->echo_db)
		g->echo_db += (level_db - g->echo_db) * (learning ? LEARN_RISE : LATER_RISE);
	else if (!voiced)
		g->echo_db -= fall_db(g);
	g->echo_db = fmaxf(g->echo_db, LEAST_DB);
}

void guard_near(struct guard *g, float level_db, int64_t voiced_ms)
{
	if (voiced_ms < NEAR_MS)
		return;
	g->near_db = g->near_db == 0.F ? level_db
				       : g->near_db + (level_db - g->near_db) * NEAR_WEIGHT;
}

void guard_over_bot(struct guard *g, float peak_db, float level_db, int64_t voiced_ms)
{
	if (peak_db > g->echo_db + SURE_DB)
		guard_near(g, level_db, voiced_ms);
	g->silent_ms = -AFTER_TURN_MS;
	if (voiced_ms >= SHORT_MS || g->heard_ms - g->struck_ms > STRIKES_IN_MS)
		g->strikes = 0;
	if (voiced_ms >= SHORT_MS)
		return;
	if (g->strikes++ == 0) {
		g->struck_db = peak_db;
		g->struck_ms = g->heard_ms;
	}
	g->struck_db = fminf(g->struck_db, peak_db);
	if (g->strikes < STRIKES)
		return;
	g->echo_db = fmaxf(g->echo_db, g->struck_db);
	g->taught = true;
	g->strikes = 0;
}
