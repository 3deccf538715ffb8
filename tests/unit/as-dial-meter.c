/* Lateness, gaps, bursts, barge-in and response of arrivals made up for the purpose. */
#include "meter.h"

#include "tap.h"

#define MS NS_PER_MS
#define T0 (1000 * NS_PER_S)

static struct meter m;

/* One frame of 20 ms at T0 + ms. */
static struct meter_place at(double ms, bool audible)
{
	struct meter_arrival a = meter_at(&m, T0 + (int64_t)(ms * 1e6));

	return meter_frame(&m, &a, 20 * MS, audible);
}

/* Frames every 20 ms from a time up to another. */
static void steady(int from_ms, int to_ms, bool audible)
{
	for (; from_ms < to_ms; from_ms += 20)
		at(from_ms, audible);
}

static void start(void)
{
	meter_init(&m, 700 * MS);
}

static bool near(int64_t ns, double ms)
{
	return ns > (int64_t)((ms - 0.1) * 1e6) && ns < (int64_t)((ms + 0.1) * 1e6);
}

static void test_line(void)
{
	start();
	is_int(meter_due(&m), 0, "nothing is due before the first frame");
	ok(at(5, false).late_ns == 0 && near(at(28, false).late_ns, 3),
		"the first frame is the line");
	ok(near(meter_due(&m), 1000045), "the next is due 40 ms after it");
	ok(at(41, false).late_ns == 0, "an early frame moves the line");
	ok(near(at(65, false).late_ns, 4), "for those after it");
	steady(81, 2001, false);
	meter_end(&m, T0, T0 + 2005 * MS);
	is_int((int64_t)m.due, (int64_t)m.frames, "none missed");
	is_int((int64_t)m.gaps, 0, "no gap");
	ok(near(hist_quantile(&m.late, 500), 0.1) && near(m.late.max_ns, 4),
		"median and maximum of lateness");
}

/* Frames at a pace of their own for about 6 s. */
static void paced(double ms, int frames)
{
	start();
	for (int k = 0; k < frames; k++)
		at(k * ms, false);
	meter_end(&m, T0, m.last_frame_ns + MS);
}

static void test_drift(void)
{
	paced(20.002, 180000);
	ok(m.late.max_ns < 2 * MS && m.lead_ns < MS && !m.gaps,
		"an hour of a server whose clock is 100 ppm slow: not late");
	is_int((int64_t)m.due, 180018, "the hour decides how many frames were due");
	paced(19.998, 180000);
	ok(m.late.max_ns < 2 * MS && m.lead_ns < MS && !m.gaps, "and 100 ppm fast: not ahead");
	is_int((int64_t)m.due, 179982, "due by our clock");
}

static void test_speed(void)
{
	paced(16, 313);
	is_int((int64_t)m.due, 251, "16 ms a frame: what is due is a matter of time");
	ok(near(m.lead_ns, 1247.4) && meter_speed(&m) > 1.249 && meter_speed(&m) < 1.251,
		"ahead by all that came too early, a quarter too fast");
	paced(19, 264);
	ok(m.due == 251 && m.lead_ns > METER_LEAD_NS && meter_speed(&m) > 1.05,
		"19 ms: ahead after 1.2 s");
	paced(25, 250);
	ok(m.due == 312 && m.frames == 250 && m.gaps > 10 && !m.lead_ns && meter_speed(&m) < 0.801,
		"25 ms: never ahead, one frame in five missing, gap after gap");
	ok(hist_quantile(&m.late, 500) > 20 * MS, "and late");
	paced(20, 1);
	ok(m.due == 1 && meter_speed(&m) < 0, "one frame has no speed");
}

static void test_lead(void)
{
	struct meter_arrival a;

	start();
	at(59, false);
	for (int k = 1; k < 100; k++)
		at(k * 20, false);
	ok(near(m.lead_ns, 59) && m.lead_ns <= METER_LEAD_NS,
		"a first frame late by 59 ms, then on time: that much ahead");
	is_int(hist_quantile(&m.late, 1000), 0, "and none is late");

	start();
	for (int k = 0; k < 10; k++)
		at(0, false);
	ok(near(m.lead_ns, 180) && m.bursts == 1, "ten at once at the start: 180 ms ahead");

	start();
	steady(0, 1000, false);
	at(1500, false);
	for (int k = 1; k < 25; k++)
		at(1500 + k * 7, false);
	ok(!m.lead_ns, "what makes up for a gap is not ahead, however it comes");
	ok(m.gaps == 1, "the gap is told");

	start();
	for (int k = 0; k < 10; k++) {
		a = meter_between(&m, T0, T0 + 200 * MS);
		meter_frame(&m, &a, 20 * MS, false);
	}
	is_int(m.lead_ns, 0, "ten that came while nobody read for 200 ms: not ahead for certain");
	a = meter_between(&m, T0 + 200 * MS, T0 + 205 * MS);
	for (int k = 0; k < 10; k++)
		meter_frame(&m, &a, 20 * MS, false);
	ok(near(m.lead_ns, 175), "but ten that came within 5 ms are");
}

static void test_gap(void)
{
	struct meter_place p;

	start();
	steady(0, 200, true);
	p = at(300, true);
	ok(near(p.late_ns, 100) && p.pos_ns == 300 * MS,
		"100 ms without frames: late, and placed after the gap");
	p = at(320, true);
	ok(near(p.late_ns, 0) && p.pos_ns == 320 * MS && p.last_pos_ns < 0,
		"the server goes on: a new line");
	ok(m.gaps == 1 && !m.bursts, "one gap, no burst");
	meter_end(&m, T0, T0 + 330 * MS);
	ok(m.due == 17 && m.frames == 12, "five slots missed");

	start();
	steady(0, 200, true);
	ok(near(at(259, true).late_ns, 59) && !m.gaps, "59 ms late is late, not a gap");
}

static void test_catch_up(void)
{
	struct meter_place p;

	start();
	steady(0, 200, true);
	at(300, true);
	p = at(300.1, true);
	ok(p.last_pos_ns == 200 * MS && p.pos_ns == 220 * MS,
		"a burst after a stall: both frames belong to its beginning");
	ok(near(p.late_ns, 80), "and are as late as they are");
	for (int i = 0; i < 4; i++)
		at(300.2 + i / 10.0, true);
	ok(near(at(320, true).late_ns, 0), "then the old line holds");
	meter_end(&m, T0, T0 + 330 * MS);
	ok(m.gaps == 1 && m.due == m.frames && m.bursts == 1 && m.burst_max == 6,
		"a gap, none missed, one burst of six");

	start();
	at(0, false), at(1, false), at(20, false), at(40, false);
	ok(!m.bursts && m.burst_max == 2, "two together are no burst");
}

static int64_t between(double after_ms, double before_ms)
{
	struct meter_arrival a = meter_between(
		&m, T0 + (int64_t)(after_ms * 1e6), T0 + (int64_t)(before_ms * 1e6));

	return a.at_ns;
}

static void test_between(void)
{
	start();
	is_int(between(0, 5), T0 + 5 * MS, "the first frame came when it was seen");
	steady(0, 40, false);
	is_int(between(30, 55) / MS, T0 / MS + 40, "in doubt when it was due");
	is_int(between(45, 55), T0 + 45 * MS, "but not before the last read");
	is_int(between(30, 35), T0 + 35 * MS, "nor after this one");
	is_int(between(0, 5), m.last_frame_ns, "nor before the last frame");
}

static void test_end(void)
{
	start();
	steady(0, 200, false);
	meter_end(&m, T0, T0 + 305 * MS);
	ok(m.due - m.frames == 5 && m.gaps == 1,
		"frames stop 100 ms before the end: five missed, a gap");
	start();
	meter_end(&m, T0, T0 + 1000 * MS);
	ok(m.frames == 0 && m.due == 50, "a server that sends nothing misses all");
}

static void test_response(void)
{
	start();
	steady(0, 100, true);
	steady(100, 1000, false);
	meter_ask_response(&m, T0 + 990 * MS);
	steady(1000, 1500, false);
	steady(1500, 1600, true);
	ok(m.response.n == 1 && near(m.response.ns[0], 510),
		"from the last voiced sample to the first audible frame");

	meter_ask_response(&m, T0 + 1590 * MS);
	at(1600, true);
	ok(m.response.n == 2 && m.response.ns[1] == -1, "a bot that speaks on has not answered");
	meter_ask_response(&m, T0 + 1610 * MS);
	steady(1620, 2000, false);
	meter_ask_response(&m, T0 + 2000 * MS);
	ok(m.response.n == 3 && m.response.ns[2] == -1,
		"nor has one that is silent until the next question");
	meter_end(&m, T0, T0 + 2000 * MS);
	ok(m.response.n == 4 && m.response.ns[3] == -1, "or until the end");
	ok(near(m.first_audible_ns, 1000000) && near(m.last_audible_ns, 1001600),
		"first and last audible frame");
}

static void test_barge_in(void)
{
	start();
	meter_ask_barge_in(&m, T0);
	ok(m.barge_in.n == 1 && m.barge_in.ns[0] == -1, "nobody to interrupt");
	steady(0, 500, true);
	meter_ask_barge_in(&m, T0 + 490 * MS);
	steady(500, 660, true);
	steady(660, 1000, false);
	at(1000, true);
	is_int((int64_t)m.barge_in.n, 1, "a pause of 340 ms is not the end");
	steady(1020, 2000, false);
	is_int(meter_quiet(&m, T0 + 1690 * MS), false, "not yet quiet");
	is_int(meter_quiet(&m, T0 + 1701 * MS), true, "quiet");
	at(2000, true);
	ok(m.barge_in.n == 2 && near(m.barge_in.ns[1], 510),
		"the last audible frame before the bot stopped");

	meter_ask_barge_in(&m, T0 + 2010 * MS);
	at(2020, true);
	meter_end(&m, T0, T0 + 2030 * MS);
	ok(m.barge_in.n == 3 && near(m.barge_in.ns[2], 10), "or before the end of the call");
	for (int i = 0; i < 2 * METER_ANSWERS; i++)
		meter_ask_barge_in(&m, T0);
	is_int((int64_t)m.barge_in.n, METER_ANSWERS, "the number kept is limited");
}

int main(void)
{
	test_line();
	test_drift();
	test_speed();
	test_lead();
	test_gap();
	test_catch_up();
	test_between();
	test_end();
	test_response();
	test_barge_in();
	return done_testing();
}
