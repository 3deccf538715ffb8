/* timeline: an hour of calls in simulated time. Every sample says when it was said, so each can be
 * checked where it was placed; and what was placed is kept, so that nothing may be lost and no
 * final sample may change. */
#include "timeline.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

#define MS NS_PER_MS
#define LOUD 1000 /* positive samples from here on: speech, the time modulo LOUD_MOD */
#define LOUD_MOD 16384
#define QUIET_MOD 1024 /* negative samples: a quiet line, the time modulo this */

static uint64_t seed;

static uint64_t rnd(uint64_t below)
{
	return random_below(&seed, below);
}

static int16_t mark(int64_t at, bool loud)
{
	return (int16_t)(loud ? LOUD + (at & (LOUD_MOD - 1)) : -1 - (at & (QUIET_MOD - 1)));
}

/* How far a sample is from where it belongs. */
static int64_t misplaced(int64_t at, int16_t s)
{
	int64_t mod = s > 0 ? LOUD_MOD : QUIET_MOD;
	int64_t d = (s > 0 ? at - (s - LOUD) : at + 1 + s) & (mod - 1);

	return d > mod / 2 ? d - mod : d;
}

/* What came out. */
struct out {
	int rate;
	int16_t *sound;  /* as caller.s16 would be */
	uint16_t *heard; /* of each chunk: final samples, +1; 0: never given */
	size_t size;     /* chunks */
	int64_t end;     /* end of the last chunk given, samples */
	int64_t worst;   /* largest distance seen, samples */
	int64_t worst_at;
	int64_t allowed_from; /* distances of what is placed before this are not counted */
	int chunks, again;    /* given, and given with an earlier timestamp than one before */
	int changed, crooked, unsilent; /* broken promises */
};

static void out_init(struct out *o, int rate, size_t seconds)
{
	*o = (struct out){.rate = rate, .size = seconds * 50};
	o->sound = calloc(o->size, pcm_frame_bytes(rate));
	o->heard = calloc(o->size, sizeof(*o->heard));
}

static void out_free(struct out *o)
{
	free(o->sound);
	free(o->heard);
}

static void on_chunk(void *ctx, int64_t timestamp_ms, const int16_t *samples, size_t heard)
{
	struct out *o = ctx;
	size_t n = pcm_frame_samples(o->rate), k = (size_t)timestamp_ms / 20;
	int16_t *was = o->sound + k * n;

	o->chunks++;
	if (timestamp_ms % 20 || timestamp_ms < 0 || k >= o->size || heard > n) {
		o->crooked++;
		return;
	}
	if ((int64_t)(k * n) < o->end)
		o->again++;
	o->end = (int64_t)((k + 1) * n);
	if (o->heard[k] && memcmp(was, samples, (o->heard[k] - 1U) * sizeof(*was)) != 0)
		o->changed++;
	o->heard[k] = (uint16_t)(heard + 1);
	memcpy(was, samples, n * sizeof(*was));
	for (size_t i = 0; i < n; i++) {
		int64_t d;

		if (!samples[i] || (int64_t)(k * n + i) < o->allowed_from)
			continue;
		if (i >= heard)
			o->unsilent++;
		d = misplaced((int64_t)(k * n + i), samples[i]);
		if (llabs(d) > llabs(o->worst)) {
			o->worst = d;
			o->worst_at = timestamp_ms;
		}
	}
}

/* The caller's side. */
struct call {
	struct timeline t;
	struct out o;
	double ppm;         /* Asterisk's clock is faster by this */
	int64_t jitter_ns;  /* delay of a frame is within [0, this] */
	bool odd;           /* frames of any size, else 20 ms */
	int64_t said_ns;    /* call time up to which the caller has spoken */
	int64_t arrived_ns; /* of the last frame */
	int64_t stalled_ns; /* nothing arrives before this */
	int64_t loud_until; /* the state of the caller */
	bool loud;
	uint64_t sent; /* samples */
	int late_fill; /* times the timeline was too far behind in a hole */
};

static void call_init(struct call *c, int rate, size_t seconds)
{
	memset(c, 0, sizeof(*c));
	out_init(&c->o, rate, seconds);
	timeline_init(&c->t, rate, true, on_chunk, &c->o);
}

static void call_free(struct call *c)
{
	timeline_free(&c->t);
	out_free(&c->o);
}

/* Let time pass, with wake-ups up to 3 ms late. */
static void wait_until(struct call *c, int64_t now)
{
	for (;;) {
		int64_t due = timeline_due(&c->t);

		if (due >= now)
			return;
		due += (int64_t)rnd(3 * (uint64_t)MS);
		if (due >= now)
			return;
		timeline_tick(&c->t, due);
		if (c->t.state == TIMELINE_HOLE && due - c->t.pos * NS_PER_S / c->o.rate > 104 * MS)
			c->late_fill++;
	}
}

static void say_something(struct call *c)
{
	if (c->said_ns < c->loud_until)
		return;
	c->loud = !c->loud;
	c->loud_until = c->said_ns +
		(c->loud ? 500 + (int64_t)rnd(4000) : 200 + (int64_t)rnd(1000)) * MS;
	if (c->loud && rnd(200) == 0)
		c->loud_until += 150 * NS_PER_S; /* no pause in time */
}

/* One frame: said, sent when complete by Asterisk's clock, delayed, never out of order. */
static void send_frame(struct call *c)
{
	int16_t s[2048];
	size_t n = c->odd ? 1 + (size_t)rnd(480) : pcm_frame_samples(c->o.rate);
	double step = (double)NS_PER_S / c->o.rate / (1 + c->ppm / 1e6);
	int64_t at;

	say_something(c);
	for (size_t i = 0; i < n; i++)
		s[i] = mark(
			(int64_t)(((double)c->said_ns + (double)i * step) * c->o.rate / NS_PER_S),
			c->loud);
	c->said_ns += (int64_t)((double)n * step);
	c->sent += n;
	at = c->said_ns + (int64_t)rnd((uint64_t)c->jitter_ns + 1);
	at = max_i64(max_i64(at, c->arrived_ns), c->stalled_ns);
	wait_until(c, at);
	c->arrived_ns = at;
	if (timeline_frame(&c->t, at, s, n) < 0)
		abort();
}

static uint64_t placed(const struct out *o)
{
	uint64_t n = 0;

	for (size_t i = 0; i < o->size * pcm_frame_samples(o->rate); i++)
		n += o->sound[i] != 0;
	return n;
}

/* Holes and stalls of a bad line. */
static void happen(struct call *c)
{
	/* a hole within a stall leaves no trace */
	if (c->said_ns < c->stalled_ns)
		return;
	switch (rnd(400)) {
	case 0 ... 4:
		c->said_ns += (140 + (int64_t)rnd(21)) * MS; /* a key */
		break;
	case 5:
		c->said_ns += 5000 * MS; /* hold */
		break;
	case 6 ... 8:
		c->stalled_ns = c->said_ns + (60 + (int64_t)rnd(741)) * MS;
		break;
	default:
		break;
	}
}

static void test_hour(uint64_t with_seed, int rate, double ppm, bool odd, bool calm)
{
	struct call c;
	int64_t limit = rate / 50;
	uint64_t lost;

	seed = with_seed;
	call_init(&c, rate, 3620);
	c.ppm = ppm;
	c.odd = odd;
	c.jitter_ns = 15 * MS;
	c.said_ns = (int64_t)rnd(400) * MS;
	while (c.said_ns < 3600 * NS_PER_S) {
		send_frame(&c);
		if (!calm)
			happen(&c);
	}
	while (c.said_ns < c.stalled_ns)
		send_frame(&c);
	timeline_end(&c.t, c.arrived_ns);
	lost = c.sent - placed(&c.o);
	printf("# seed %d rate %d %+.0f ppm%s: worst %+.2f ms at %lld, -%llu +%llu samples, %d chunks, %d again\n",
		(int)with_seed, rate, ppm, odd ? " odd" : "", (double)c.o.worst * 1000 / rate,
		(long long)c.o.worst_at, (unsigned long long)c.t.dropped_samples,
		(unsigned long long)c.t.inserted_samples, c.o.chunks, c.o.again);
	ok(llabs(c.o.worst) <= limit, "an hour, seed %d, %+.0f ppm%s: within 20 ms", (int)with_seed,
		ppm, odd ? ", odd frames" : "");
	is_int(c.t.discarded_samples, 0, "nothing discarded");
	ok(lost <= c.t.dropped_samples, "nothing lost but what corrects the offset");
	ok(c.t.dropped_samples + c.t.inserted_samples < (uint64_t)rate * 40, "which is little");
	ok(calm ? c.o.again == 0 : c.o.again > 100, "silence was %s",
		calm ? "never put in" : "replaced");
	if (calm)
		ok(c.t.inserted_samples + c.t.dropped_samples > (uint64_t)rate / 2,
			"the drift was made up for");
	is_int(c.o.changed + c.o.crooked + c.o.unsilent, 0,
		"no final sample changed, all on the grid");
	is_int(c.late_fill, 0, "in holes the timeline trails by about 100 ms");
	call_free(&c);
}

/* Packets lost in gaps too short to be holes: the error is gone a second later. */
static void test_short_gaps(void)
{
	struct call c;

	seed = 77;
	call_init(&c, 8000, 700);
	c.jitter_ns = 15 * MS;
	for (int i = 0; i < 100; i++) {
		c.said_ns += (int64_t)rnd(80) * MS;
		c.o.allowed_from = INT64_MAX;
		for (int k = 0; k < 75; k++)
			send_frame(&c);
		c.o.allowed_from = 0;
		for (int k = 0; k < 200; k++)
			send_frame(&c);
	}
	ok(llabs(c.o.worst) <= 160, "gaps up to 80 ms: placed right 1.5 s later (worst %+lld)",
		(long long)c.o.worst);
	call_free(&c);
}

static void frame(struct call *c, int64_t at_ms, int64_t said_ms, int64_t n_ms)
{
	size_t n = (size_t)n_ms * 8;
	int16_t *s = calloc(n, sizeof(*s));

	for (size_t i = 0; i < n; i++)
		s[i] = mark(said_ms * 8 + (int64_t)i, true);
	wait_until(c, at_ms * MS);
	if (timeline_frame(&c->t, at_ms * MS, s, n) < 0)
		abort();
	free(s);
}

static void test_placing(void)
{
	struct call c;

	seed = 5;
	call_init(&c, 8000, 60);
	frame(&c, 70, 50, 20);
	frame(&c, 90, 70, 20);
	wait_until(&c, 100 * MS);
	is_int(c.o.end, 80 * 8, "first audio ends when it arrived");
	is_int(c.o.worst, 0, "exactly");
	ok(c.o.sound[50 * 8 - 1] == 0 && c.o.sound[50 * 8] != 0, "silence before it");

	/* all of 400 ms comes late, in one burst: the silence put in meanwhile is replaced */
	wait_until(&c, 490 * MS);
	is_int(c.o.again, 0, "silence goes forward");
	ok(c.o.end >= 380 * 8 && c.o.end <= 400 * 8, "and trails");
	frame(&c, 490, 90, 400);
	wait_until(&c, 555 * MS);
	is_int(c.o.again, 1, "the burst goes back once");
	is_int(c.o.worst, 0, "each sample to its place");
	is_int(c.o.changed, 0, "without touching what was before");

	/* hold: what comes after it is where it belongs */
	frame(&c, 3000, 2980, 20);
	wait_until(&c, 3070 * MS);
	is_int(c.o.worst, 0, "audio after a hold");

	/* more than there is room for: the newest is kept */
	frame(&c, 3200, 3000 - 1000, 1200);
	wait_until(&c, 3265 * MS);
	is_int(c.t.discarded_samples, 1000 * 8, "surplus is discarded, the oldest first");
	is_int(c.o.worst, 0, "the rest is in its place");
	frame(&c, 3280, 3280 - 4095, 4095);
	is_int(c.t.discarded_samples, 1000 * 8 + 4015 * 8,
		"65534 bytes at once, in time: as far as there is room");
	timeline_end(&c.t, 3280 * MS);
	is_int(c.o.worst, 0, "still in its place");
	is_int(c.o.end, 3280 * 8, "the last chunk is whole");
	call_free(&c);
}

/* Asterisk's first frame was said, in part, before the call was accepted. */
static void test_first_frame(void)
{
	struct call c;

	seed = 6;
	call_init(&c, 8000, 60);
	frame(&c, 1, 1 - 20, 20);
	for (int64_t at = 21; at < 500; at += 20)
		frame(&c, at, at - 20, 20);
	is_int(c.t.discarded_samples, 0, "what was said before the call is no loss");
	is_int(c.o.worst, 0, "and what comes after it is in its place");
	call_free(&c);
}

static void test_edges(void)
{
	struct call c;
	int16_t one;
	int failed = 0;

	call_init(&c, 8000, 60);
	ok(timeline_frame(&c.t, 0, NULL, 0) == 0, "no samples");
	timeline_end(&c.t, 0);
	is_int(c.o.chunks, 0, "nothing at all gives nothing");
	call_free(&c);

	call_init(&c, 8000, 60);
	wait_until(&c, 10000 * MS);
	ok(c.o.chunks >= 495 && c.o.chunks <= 496, "ten seconds without a frame are silence");
	is_int(placed(&c.o), 0, "all of it");
	call_free(&c);

	call_init(&c, 8000, 60);
	for (int64_t i = 0; i < 8000; i++) {
		one = mark(i, true);
		failed += timeline_frame(&c.t, (i + 1) * 125000, &one, 1) != 0;
	}
	timeline_end(&c.t, NS_PER_S);
	is_int(failed, 0, "a sample at a time");
	is_int(placed(&c.o), 8000, "each is placed");
	is_int(c.o.worst, 0, "exactly");
	call_free(&c);
}

/* --raw: what was said later is never given with an earlier time. */
static void test_no_fill(void)
{
	struct call c;

	seed = 9;
	call_init(&c, 8000, 300);
	c.t.fill = false;
	c.jitter_ns = 15 * MS;
	while (c.said_ns < 250 * NS_PER_S) {
		send_frame(&c);
		happen(&c);
	}
	timeline_end(&c.t, 260 * NS_PER_S);
	is_int(c.o.again, 0, "without fill: strictly forward");
	is_int(c.o.end, 260 * 8000, "to the end");
	is_int(c.o.chunks, 260 * 50, "every chunk once");
	ok(llabs(c.o.worst) <= 160, "and within 20 ms");
	call_free(&c);
}

int main(void)
{
	for (uint64_t s = 1; s <= 3; s++) {
		test_hour(s, 8000, 200, false, false);
		test_hour(s, 8000, -200, false, false);
		test_hour(s, 8000, 200, true, false);
		test_hour(s, 8000, -200, true, false);
	}
	test_hour(4, 16000, -200, true, false);
	test_hour(5, 8000, 0, false, false);
	test_hour(6, 8000, 200, false, true);
	test_hour(7, 8000, -200, false, true);
	test_hour(8, 8000, -200, true, true);
	test_short_gaps();
	test_placing();
	test_first_frame();
	test_edges();
	test_no_fill();
	return done_testing();
}
