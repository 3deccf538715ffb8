#include "audio/cadence.h"

#include <math.h>
#include <string.h>

#include "audio/pcm.h"

/* A tone is known when so much of it has passed, and its last window reaches so far into it: tone.h. */
#define ONSET_MS 50
#define GAP_MS 140    /* a shorter one is none: a packet is lost, or CED turns its phase */
#define ALIKE_HZ 22.F /* the same line, in noise */
#define AFTER_MS 160  /* silence behind a pulse, before which nothing is said of it */
#define WAIT_MS 700   /* the same, if it may be one of a cadence */
#define REST_MS 160   /* behind a tone nothing is a voice for so long */
#define SPOKEN 15     /* frames of a voice that make a greeting */
#define BEEP_LEAST_MS 90
#define BEEP_MOST_MS 1300
#define BEEP_LOW_HZ 390.F
#define BEEP_HIGH_HZ 2150.F
#define BEEP_STRAY_HZ 16.F /* a vowel strays more */
#define VOWEL_HZ 800.F     /* below this there are vowels: */
#define VOWEL_DB 5.F       /* they sway more than this */
#define VOWEL_LEAST_MS 110 /* and most are shorter */
#define BEEP_EDGE_DB \
	9.F /* so much softer is it before and behind a beep, as it is not within a word */

void cadence_init(struct cadence *c)
{
	*c = (struct cadence){0};
}

static int64_t length_ms(const struct cadence_pulse *p)
{
	return p->to_ms - p->from_ms;
}

static bool within(int64_t ms, int64_t least, int64_t most)
{
	return ms >= least && ms <= most;
}

static bool near(float hz, float want_hz, float by_hz)
{
	return fabsf(hz - want_hz) <= by_hz;
}

static float line_of(const struct tone *t)
{
	return t->lines.n == 2 && t->lines.power[1] > t->lines.power[0] ? t->lines.hz[1]
									: t->lines.hz[0];
}

/* The tones of a network: their rhythm tells what they are. */
static bool networks(enum tone_kind kind)
{
	return kind == TONE_RINGBACK || kind == TONE_BUSY || kind == TONE_PROGRESS ||
		kind == TONE_DIAL;
}

/* ---- pulses ---- */

static bool belongs(const struct cadence_pulse *p, int64_t at_ms, const struct tone *t)
{
	if (p->frames == 0 || at_ms - p->to_ms > GAP_MS)
		return false;
	return near(line_of(t), p->hz, ALIKE_HZ) || (networks(p->kind) && networks(t->kind));
}

static void pulse_begin(struct cadence *c, int64_t at_ms)
{
	memmove(c->pulse + 1, c->pulse, (CADENCE_PULSES - 1) * sizeof(*c->pulse));
	/* its first frames are the three before this one */
	c->pulse[0] = (struct cadence_pulse){
		.from_ms = max_i64(at_ms - ONSET_MS, c->pulse[1].frames ? c->pulse[1].to_ms : 0),
		.before_db = fminf(c->level_db[4], c->level_db[5]),
		.low_hz = INFINITY,
		.low_db = INFINITY,
		.high_db = -INFINITY,
	};
	c->told = false;
}

static void pulse_add(struct cadence *c, int64_t at_ms, const struct tone *t)
{
	struct cadence_pulse *p = &c->pulse[0];
	float hz = line_of(t);

	p->frames++;
	p->sum_hz += hz;
	p->low_hz = fminf(p->low_hz, hz);
	p->high_hz = fmaxf(p->high_hz, hz);
	p->sum_db += c->level_db[0];
	p->high_db = fmaxf(p->high_db, c->level_db[0]);
	/* of the frame before this one, which now is not the last */
	if (p->frames > 2)
		p->low_db = fminf(p->low_db, c->level_db[1]);
	p->hz = p->sum_hz / (float)p->frames;
	p->to_ms = at_ms + PCM_FRAME_MS;
	p->kinds[t->kind]++;
	if (p->kinds[t->kind] >= p->kinds[p->kind])
		p->kind = t->kind;
}

/* ---- what they mean ---- */

/* Which of the three rising tones it may be; -1: none. */
static int sit_tone(const struct cadence_pulse *p)
{
	static const float hz[] = {950.F, 1400.F, 1790.F};

	for (int i = 0; i < 3; i++)
		if (p->frames && near(p->hz, hz[i], 0.045F * hz[i]) && length_ms(p) <= 480)
			return i;
	return -1;
}

/* Two or three of them, one behind the other. Behind a voice all: somebody may have two beeps. */
static bool is_sit(const struct cadence *c)
{
	const struct cadence_pulse *p = c->pulse;
	int have[3] = {sit_tone(p), sit_tone(p + 1), sit_tone(p + 2)};
	bool two = have[0] > have[1] && have[1] >= 0 && length_ms(p) >= 100 &&
		length_ms(p + 1) >= 100 &&
		p->from_ms - p[1].to_ms <= (have[0] - have[1] == 2 ? 480 : 150);
	bool three = two && have[1] > have[2] && have[2] >= 0 && p[1].from_ms - p[2].to_ms <= 150;

	return c->voiced >= SPOKEN ? three : two && (have[0] == 2 || three);
}

/* How many of the latest pulses are of this network tone, so long, and so far apart. */
static int train(const struct cadence *c, int64_t least_ms, int64_t most_ms)
{
	const struct cadence_pulse *p = c->pulse;
	int n = 0;

	for (; n < CADENCE_PULSES && p[n].frames && networks(p[n].kind); n++) {
		bool last = n == 0 && c->on;
		int64_t gap = n ? p[n - 1].from_ms - p[n].to_ms : 0;

		if (last ? length_ms(p) > most_ms : !within(length_ms(&p[n]), least_ms, most_ms))
			break;
		if (n && !within(gap, least_ms - 60, most_ms + 60))
			break;
	}
	return n;
}

static bool is_ringback(const struct cadence *c, int64_t quiet_ms)
{
	const struct cadence_pulse *p = c->pulse;

	if (!networks(p->kind) || p->kind == TONE_BUSY || c->on)
		return false;
	if (within(length_ms(p), 800, 2600))
		return quiet_ms >= WAIT_MS;
	/* two short ones and a long pause: rings of the British kind */
	return quiet_ms >= WAIT_MS && p[1].frames && networks(p[1].kind) &&
		within(length_ms(p), 300, 500) && within(length_ms(&p[1]), 300, 500) &&
		within(p->from_ms - p[1].to_ms, 120, 280);
}

static enum cadence_signal of_network(const struct cadence *c, int64_t quiet_ms)
{
	const struct cadence_pulse *p = c->pulse;

	if (!networks(p->kind))
		return CADENCE_NONE;
	if (c->on && length_ms(p) >= (p->kind == TONE_DIAL ? 1500 : 3000))
		return CADENCE_DIAL;
	if (is_ringback(c, quiet_ms))
		return CADENCE_RINGBACK;
	if (!c->on && quiet_ms >= AFTER_MS && train(c, 350, 650) >= 2)
		return CADENCE_BUSY;
	if (!c->on && quiet_ms >= AFTER_MS && train(c, 150, 330) >= 3)
		return CADENCE_CONGESTION;
	return CADENCE_NONE;
}

static bool is_cng(const struct cadence *c, int64_t quiet_ms)
{
	const struct cadence_pulse *p = c->pulse;

	return !c->on && near(p->hz, 1100.F, 40.F) && within(length_ms(p), 250, 650) &&
		c->voiced < SPOKEN && quiet_ms >= WAIT_MS;
}

/* Does silence stand before and behind it, at once, and is it one line all the time? A vowel that is close to a line
 * comes, goes and sways. */
static bool stands_alone(const struct cadence *c, int64_t quiet_ms)
{
	const struct cadence_pulse *p = c->pulse;
	float db = p->sum_db / (float)p->frames;
	int64_t behind = max_i64(quiet_ms / PCM_FRAME_MS - 3, 0); /* the third frame behind it */

	if (behind < CADENCE_LEVELS && c->level_db[behind] > db - BEEP_EDGE_DB)
		return false;
	if (p->hz < VOWEL_HZ &&
		(p->high_db - p->low_db > VOWEL_DB || length_ms(p) < VOWEL_LEAST_MS))
		return false;
	return p->high_hz - p->low_hz <= BEEP_STRAY_HZ && p->before_db <= db - BEEP_EDGE_DB;
}

static bool is_beep(const struct cadence *c, int64_t quiet_ms)
{
	const struct cadence_pulse *p = c->pulse;
	bool wait = networks(p->kind), spoken = c->voiced >= SPOKEN;

	if (c->on || p->hz < BEEP_LOW_HZ || p->hz > BEEP_HIGH_HZ || p->kind == TONE_DTMF ||
		!within(length_ms(p), BEEP_LEAST_MS, BEEP_MOST_MS))
		return false;
	/* without a voice before it, it may be anybody's */
	if ((networks(p->kind) || p->kind == TONE_OTHER) && !spoken)
		return false;
	if (!spoken && (sit_tone(p) >= 0 || p->kind == TONE_CED || p->kind == TONE_CNG))
		wait = true;
	return c->alone && quiet_ms >= (wait ? WAIT_MS : AFTER_MS);
}

static enum cadence_signal meaning(const struct cadence *c, int64_t quiet_ms)
{
	const struct cadence_pulse *p = c->pulse;
	enum cadence_signal network;

	if (p->frames == 0)
		return CADENCE_NONE;
	if (is_sit(c))
		return CADENCE_SIT;
	if (near(p->hz, 2100.F, 25.F) && length_ms(p) >= 800)
		return CADENCE_CED;
	network = of_network(c, quiet_ms);
	if (network)
		return network;
	if (is_cng(c, quiet_ms))
		return CADENCE_CNG;
	return is_beep(c, quiet_ms) ? CADENCE_BEEP : CADENCE_NONE;
}

enum cadence_signal cadence_frame(struct cadence *c, int64_t at_ms, const struct tone *t, bool tone,
	float level_db, bool voice)
{
	enum cadence_signal signal;

	memmove(c->level_db + 1, c->level_db, (CADENCE_LEVELS - 1) * sizeof(*c->level_db));
	c->level_db[0] = level_db;
	if (tone) {
		if (!belongs(&c->pulse[0], at_ms, t))
			pulse_begin(c, at_ms);
		pulse_add(c, at_ms, t);
		c->on = true;
		c->alone = false;
	} else {
		c->on = c->on && at_ms - c->pulse[0].to_ms < GAP_MS;
	}
	c->voiced += voice && !tone;
	/* asked once, while the levels about its end are remembered */
	if (at_ms + PCM_FRAME_MS - c->pulse[0].to_ms == AFTER_MS)
		c->alone = stands_alone(c, AFTER_MS);
	if (c->told)
		return CADENCE_NONE;
	signal = meaning(c, at_ms + PCM_FRAME_MS - c->pulse[0].to_ms);
	if (!signal)
		return CADENCE_NONE;
	c->told = true;
	if (signal == CADENCE_BEEP)
		return signal;
	c->voiced = 0;
	if (c->repeats & 1U << signal)
		return CADENCE_NONE;
	c->repeats |= 1U << signal;
	return signal;
}

bool cadence_rings(const struct cadence *c, int64_t at_ms)
{
	const struct cadence_pulse *p = c->pulse;

	return p->frames >= 5 && at_ms - p->to_ms < REST_MS;
}

const char *cadence_name(enum cadence_signal signal)
{
	static const char *const names[] = {
		[CADENCE_NONE] = "none",
		[CADENCE_BEEP] = "beep",
		[CADENCE_SIT] = "sit",
		[CADENCE_CNG] = "cng",
		[CADENCE_CED] = "ced",
		[CADENCE_BUSY] = "busy",
		[CADENCE_CONGESTION] = "congestion",
		[CADENCE_RINGBACK] = "ringback",
		[CADENCE_DIAL] = "dial",
	};

	return names[signal];
}
