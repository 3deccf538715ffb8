#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio/pcm.h"
#include "codec/jline.h"

/* Where the numbers come from. How long people and machines speak and wait is assumed, in the comments here and in the
 * constants of scripts/bench.d/amd-corpus.py, and not measured on real calls: amd(1), "What it is worth". On calls made
 * of that (scripts/bench amd, --split tune, seeds 1, 2 and 4) the tables were chosen: with them, people who speak and pause
 * 20 % longer than there are still taken for machines in less than 0.8 %. Without that margin more people of other texts
 * were than should be: for this --split test, seeds 2 to 12, has been looked at, and is not quite unseen; later seeds are.
 * What is no table is assumed, too. */
#define RISE_MS 60    /* a voice has begun so long before it is known */
#define BREATH_MS 260 /* a shorter pause is part of what is said */
#define AGAIN_MS 1500 /* behind a longer one something new is said */
#define REVISE_MS \
	8000 /* from the first voice: so long a person may turn out to be a machine by what is said */
#define SURE_MORE 1.5F     /* it takes so much more odds than if nothing had been decided */
#define TONE_MORE_MS 3000  /* who has heard a tone waits longer for the next before it is silence */
#define HELLO_MOST_MS 6000 /* nobody who answers says more before he waits */
#define WAIT_MS 200        /* before that it is not known that it was so short */
#define WAIT_ODDS (-0.2F)  /* until then it counts so much for a person, at most */
#define CLICK_MS 160       /* a shorter voice in the whole call is none */
#define TONE_BEGIN_MS 160  /* of a tone that is taken for a voice, at most */
#define LISTENED_MS 1000
#define LISTENED_ODDS (-1.8F)
#define PERHAPS_MOST_MS 800 /* of a pause, at most, is so much taken for a voice */
#define REPLY_MS 400        /* the bot has said something if so much of it was heard */

/* Two columns, the first ascending; between rows it is straight, beyond the ends it is level. */
struct step {
	int64_t ms;
	float odds;
};

/* What is said in one go. Who answers a telephone says a word in 0.3 to 1 s, or a name and a greeting in 1.5 to 3;
 * greetings of machines have 4 to 20 s, with breaths; few of their phrases are as short as a word. */
static const struct step said[] = {{120, -0.2F}, {200, -0.5F}, {400, -1.0F}, {600, -1.3F},
	{1000, -1.1F}, {1300, 0.0F}, {1800, 1.2F}, {2400, 1.4F}, {3000, 2.0F}, {3600, 3.4F},
	{4500, 5.0F}, {7000, 7.0F}};
/* The pause behind it: between the phrases of a greeting seldom above 0.7 s. */
static const struct step pause[] = {{200, 0.F}, {400, -0.7F}, {500, -1.1F}, {600, -1.5F},
	{800, -2.5F}, {1000, -4.3F}, {1500, -4.6F}, {3000, -7.F}};
/* How much the pause is worth behind so little: it need not be a word. */
static const struct step word[] = {{140, 0.F}, {260, 1.F}};
/* Behind a pause longer than a breath it goes on, so many times, or more: greetings are read phrase by phrase; people do
 * it less. */
static const float resumed[] = {0.F, 0.2F, 1.0F};
/* What is said over the bot: a person stops. */
static const struct step over[] = {{1200, 0.F}, {2500, 0.8F}, {4000, 1.8F}};

#define LONG_MS 1200.F      /* what is said for longer makes the pause count later: */
#define LONG_SLOWER 0.0018F /* so much per ms of it, */
#define LONG_MOST 2.2F      /* at most by this */
#define ECHO_DB (-27.F)     /* an echo of a bot of usual level is softer */
#define ECHO_ODDS 1.F       /* what it can say of a machine, at most */
#define CARRY_LEAST (-2.5F) /* of what was before, so much counts */
#define CARRY_MOST 2.5F
#define BEEP_ODDS 5.F       /* behind a voice */
#define BEEP_BARE_ODDS 4.F  /* without one */
#define BEEP_LATE_ODDS 2.5F /* to somebody who has answered the bot */

static float along(const struct step *steps, size_t n, int64_t ms)
{
	if (ms <= steps[0].ms)
		return steps[0].odds;
	for (size_t i = 1; i < n; i++)
		if (ms < steps[i].ms)
			return steps[i - 1].odds +
				(steps[i].odds - steps[i - 1].odds) *
				(float)(ms - steps[i - 1].ms) /
				(float)(steps[i].ms - steps[i - 1].ms);
	return steps[n - 1].odds;
}

#define ALONG(table, ms) along(table, ARRAY_LEN(table), ms)

void judge_init(struct judge *j, const struct judge_set *set,
	void (*emit)(void *ctx, const struct judge_event *ev), void *ctx)
{
	*j = (struct judge){
		.set = *set,
		.emit = emit,
		.ctx = ctx,
		.begin_ms = -1,
		.first_ms = -1,
	};
}

static float sure(float odds)
{
	return 1.F / (1.F + expf(-fabsf(odds)));
}

static double seconds(int64_t ms)
{
	return (double)ms / 1000.;
}

static void tell(struct judge *j, struct judge_event *ev)
{
	if (j->verdict != ev->verdict)
		j->verdict_ms = j->now_ms;
	if (ev->kind)
		j->kind = ev->kind;
	else if (j->verdict != ev->verdict)
		j->kind = NULL;
	ev->kind = j->kind;
	j->verdict = ev->verdict;
	j->message |= ev->message != NULL;
	ev->at_ms = j->now_ms;
	j->emit(j->ctx, ev);
}

/* ---- by voice ---- */

static float slower(const struct judge *j)
{
	float more = ((float)j->said_ms - LONG_MS) * LONG_SLOWER;

	return fminf(1.F + fmaxf(more, 0.F), LONG_MOST);
}

/* Without the pause behind it. */
static float talk_odds(const struct judge *j)
{
	float odds = ALONG(said, j->said_ms);

	if (j->pause_ms < WAIT_MS)
		odds = fmaxf(odds, WAIT_ODDS);
	odds += ALONG(over, j->over_ms) + resumed[min_i64(j->resumed, ARRAY_LEN(resumed) - 1)];
	/* soft, and only while the bot speaks: that may be its echo */
	if (j->over_ms * 10 > j->frames_ms * 7 && j->over_db < ECHO_DB)
		odds = fminf(odds, ECHO_ODDS);
	return odds;
}

/* What may be a voice is no pause. Where that does not end, as on a line with an echo, it is not waited for. */
static int64_t clear_pause_ms(const struct judge *j)
{
	int64_t ms = j->pause_ms - min_i64(j->perhaps_ms, PERHAPS_MOST_MS);

	return (int64_t)((float)ms / slower(j));
}

static void odds_set(struct judge *j)
{
	j->odds = j->carry;
	if (j->first_ms < 0)
		return;
	j->odds += talk_odds(j);
	/* behind much that was said, silence may also be that before a beep */
	if (!j->voiced)
		j->odds += ALONG(pause, clear_pause_ms(j)) * ALONG(word, j->said_ms);
}

static void voice_frame(struct judge *j, const struct judge_frame *f)
{
	if (j->first_ms < 0)
		j->first_ms = f->at_ms - RISE_MS;
	if (j->pause_ms > AGAIN_MS && j->all_ms) {
		j->carry = fminf(fmaxf(j->odds, CARRY_LEAST), CARRY_MOST);
		j->said_ms = j->frames_ms = j->over_ms = 0;
		j->resumed = 0;
	} else if (j->pause_ms > BREATH_MS && j->all_ms) {
		j->resumed++;
	}
	if (!j->voiced)
		j->said_ms += j->said_ms && j->pause_ms <= BREATH_MS ? j->pause_ms : RISE_MS;
	j->said_ms += PCM_FRAME_MS;
	j->frames_ms += PCM_FRAME_MS;
	j->all_ms += PCM_FRAME_MS;
	/* a bot that begins to speak is not heard at once; what was said before is not said over it */
	j->over_ms = f->bot ? j->over_ms + PCM_FRAME_MS : 0;
	j->over_db += (f->level_db - j->over_db) * PCM_FRAME_MS /
		(float)(j->over_ms > 0 ? j->over_ms : PCM_FRAME_MS);
	j->voiced++;
	j->pause_ms = j->perhaps_ms = 0;
}

static bool ringing(const struct judge *j)
{
	return j->verdict == VERDICT_TONE && j->kind == cadence_name(CADENCE_RINGBACK);
}

/* What sounded like a word before it was known to be a tone was none. */
static void rings_frame(struct judge *j)
{
	j->tones = true;
	if (j->all_ms > TONE_BEGIN_MS || (j->verdict != VERDICT_NONE && !ringing(j)))
		return;
	j->first_ms = -1;
	j->said_ms = j->frames_ms = j->over_ms = j->all_ms = 0;
	j->voiced = 0;
}

/* What is said to something that the bot has said is an answer, however long it is. */
static bool speech_counts(const struct judge *j)
{
	return !j->answered;
}

static void decide_human(struct judge *j)
{
	struct judge_event ev = {.verdict = VERDICT_HUMAN, .confidence = sure(j->odds)};

	snprintf(ev.reason, sizeof(ev.reason), "said %.1f s, then waited %.1f s",
		seconds(j->said_ms), seconds(j->pause_ms));
	tell(j, &ev);
}

static void decide_machine(struct judge *j)
{
	struct judge_event ev = {.verdict = VERDICT_MACHINE, .confidence = sure(j->odds)};

	if (j->over_ms > 2000)
		snprintf(ev.reason, sizeof(ev.reason), "talked on over the bot for %.1f s",
			seconds(j->over_ms));
	else
		snprintf(ev.reason, sizeof(ev.reason), "spoke for %.1f s without waiting",
			seconds(j->said_ms));
	tell(j, &ev);
}

/* No verdict, or one that is none about a person. */
static bool open(const struct judge *j)
{
	return j->verdict == VERDICT_NONE || j->verdict == VERDICT_SILENCE ||
		j->verdict == VERDICT_NOTSURE || ringing(j);
}

static void decide_by_voice(struct judge *j)
{
	bool person = j->verdict == VERDICT_HUMAN;

	if (j->first_ms < 0 || (!open(j) && !person) || !speech_counts(j))
		return;
	if (person && j->now_ms - j->first_ms > REVISE_MS)
		return;
	if (j->odds >= j->set.machine + (person ? SURE_MORE : 0.F))
		decide_machine(j);
	else if (!person && j->odds <= -j->set.human && j->said_ms <= HELLO_MOST_MS)
		decide_human(j);
}

/* ---- by signals ---- */

static void decide_beep(struct judge *j, const struct judge_frame *f)
{
	struct judge_event ev = {.verdict = VERDICT_MACHINE, .kind = "voicemail"};
	const struct cadence_pulse *p = f->pulse;
	float odds;

	/* a vowel may be close to a line; but nobody speaks at once behind a beep */
	if (f->voice || j->verdict == VERDICT_FAX || (j->verdict == VERDICT_TONE && !ringing(j)))
		return;
	/* a beep explains the silence before it */
	odds = j->answered ? j->odds + BEEP_LATE_ODDS
			   : talk_odds(j) + (j->all_ms ? BEEP_ODDS : BEEP_BARE_ODDS);
	/* what has been found is a machine already: the beep says which */
	if (j->verdict != VERDICT_MACHINE && odds < j->set.machine)
		return;
	ev.confidence = sure(fmaxf(odds, j->set.machine));
	ev.message = j->message ? NULL : "beep";
	snprintf(ev.reason, sizeof(ev.reason), "beep of %.0f Hz, %lld ms", (double)p->hz,
		(long long)(p->to_ms - p->from_ms));
	if (j->verdict != VERDICT_MACHINE || !j->kind || ev.message)
		tell(j, &ev);
}

static void decide_signal(struct judge *j, const struct judge_frame *f)
{
	enum verdict v = VERDICT_TONE;
	struct judge_event ev = {.kind = cadence_name(f->signal), .confidence = 0.98F};
	bool alone = f->signal == CADENCE_SIT || f->signal == CADENCE_CED;

	if (f->signal == CADENCE_CNG || f->signal == CADENCE_CED)
		v = VERDICT_FAX;
	/* behind a talk: the other side has hung up */
	if (j->verdict == VERDICT_FAX || (j->verdict == VERDICT_TONE && !ringing(j)) ||
		(!open(j) && (!alone || j->answered)))
		return;
	ev.verdict = v;
	snprintf(ev.reason, sizeof(ev.reason), "%s, %.0f Hz", ev.kind, (double)f->pulse->hz);
	tell(j, &ev);
}

/* ---- by time ---- */

static void decide_message(struct judge *j)
{
	struct judge_event ev = {.verdict = VERDICT_MACHINE, .confidence = sure(j->odds)};

	if (!j->set.after_beep || j->message || j->verdict != VERDICT_MACHINE)
		return;
	if (j->now_ms - j->verdict_ms >= j->set.message_max_ms) {
		ev.message = "limit";
		snprintf(ev.reason, sizeof(ev.reason), "no beep within %.0f s",
			seconds(j->set.message_max_ms));
	} else if (j->pause_ms >= j->set.message_silence_ms &&
		j->now_ms - j->verdict_ms >= j->set.message_silence_ms) {
		ev.message = "silence";
		snprintf(ev.reason, sizeof(ev.reason), "silence of %.1f s behind the greeting",
			seconds(j->pause_ms));
	} else {
		return;
	}
	tell(j, &ev);
}

static void decide_by_time(struct judge *j, bool last)
{
	struct judge_event ev = {.verdict = VERDICT_NOTSURE, .confidence = 0.5F};
	int64_t since_ms = j->now_ms - (j->first_ms < 0 ? j->begin_ms : j->first_ms);

	if (j->verdict != VERDICT_NONE || j->begin_ms < 0)
		return;
	if (j->all_ms <= CLICK_MS &&
		j->pause_ms >= j->set.silence_ms + (j->tones ? TONE_MORE_MS : 0)) {
		ev = (struct judge_event){.verdict = VERDICT_SILENCE, .confidence = 0.9F};
		snprintf(ev.reason, sizeof(ev.reason), "nothing for %.1f s", seconds(j->pause_ms));
	} else if (last) {
		snprintf(ev.reason, sizeof(ev.reason), "the call ended first");
	} else if (since_ms >= j->set.max_ms) {
		ev.confidence = sure(j->odds);
		snprintf(ev.reason, sizeof(ev.reason), "neither within %.1f s", seconds(since_ms));
	} else {
		return;
	}
	tell(j, &ev);
}

/* ---- all of it ---- */

void judge_frame(struct judge *j, const struct judge_frame *f)
{
	if (j->begin_ms < 0)
		j->begin_ms = f->at_ms;
	j->now_ms = f->at_ms + PCM_FRAME_MS;
	if (f->rings)
		rings_frame(j);
	if (f->voice) {
		voice_frame(j, f);
	} else {
		j->voiced = 0;
		j->pause_ms += PCM_FRAME_MS;
		j->perhaps_ms += f->perhaps ? PCM_FRAME_MS : 0;
	}
	odds_set(j);
	if (f->signal == CADENCE_BEEP)
		decide_beep(j, f);
	else if (f->signal)
		decide_signal(j, f);
	decide_by_voice(j);
	decide_message(j);
	decide_by_time(j, false);
}

void judge_played(struct judge *j, int64_t heard_ms)
{
	if (heard_ms < REPLY_MS)
		return;
	j->answered |= j->verdict == VERDICT_HUMAN;
	/* who has let the bot speak first, and speaks now, answers it: but a greeting may be late, too */
	if (open(j) && j->all_ms <= CLICK_MS && heard_ms >= LISTENED_MS)
		j->carry = LISTENED_ODDS;
}

void judge_clock(struct judge *j, int64_t at_ms)
{
	if (j->begin_ms < 0)
		j->begin_ms = 0;
	if (at_ms > j->now_ms + 1000) {
		j->pause_ms += at_ms - j->now_ms;
		j->now_ms = at_ms;
		decide_message(j);
		decide_by_time(j, false);
	}
}

void judge_end(struct judge *j)
{
	decide_by_time(j, true);
}

enum judge_need judge_need(const struct judge *j)
{
	int64_t since_ms = j->begin_ms < 0 ? 0 : j->now_ms - j->begin_ms;
	bool watched = since_ms >= j->set.watch_ms;

	if (j->verdict == VERDICT_FAX || (j->verdict == VERDICT_TONE && !ringing(j)))
		return JUDGE_NOTHING;
	if (j->verdict == VERDICT_MACHINE) {
		if (j->set.after_beep && !j->message)
			return JUDGE_ALL;
		return watched || j->message ? JUDGE_NOTHING : JUDGE_TONES;
	}
	if (j->verdict == VERDICT_HUMAN && (j->answered || j->now_ms - j->first_ms > REVISE_MS))
		return watched ? JUDGE_NOTHING : JUDGE_TONES;
	if (j->verdict != VERDICT_NONE && watched)
		return JUDGE_NOTHING;
	return JUDGE_ALL;
}

void judge_event_add(struct dynbuf *b, const struct judge_event *ev)
{
	char confidence[16];

	snprintf(confidence, sizeof(confidence), "%.2f", (double)ev->confidence);
	jline_add_str(b, "verdict", verdict_name(ev->verdict));
	if (ev->kind)
		jline_add_str(b, "kind", ev->kind);
	jline_add_raw(b, "confidence", (struct jspan){confidence, strlen(confidence)});
	jline_add_str(b, "reason", ev->reason);
	jline_add_int(b, "ms", ev->at_ms);
	if (ev->message)
		jline_add_str(b, "message", ev->message);
}

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {
		[VERDICT_NONE] = "none",
		[VERDICT_HUMAN] = "human",
		[VERDICT_MACHINE] = "machine",
		[VERDICT_FAX] = "fax",
		[VERDICT_TONE] = "tone",
		[VERDICT_SILENCE] = "silence",
		[VERDICT_NOTSURE] = "notsure",
	};

	return names[v];
}
