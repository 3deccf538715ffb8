/* The judge of what an AudioSocket server sends: every fault found, and nothing right called a fault. */
#include <stdlib.h>

#include "conform-check.h"
#include "random.h"
#include "tap.h"

#define FRAME_BYTES 323
#define T0 (1000 * NS_PER_S)

static struct check c;
static int64_t now;

static void begin(void)
{
	struct check_limits limits = check_limits(100, 10);

	now = T0;
	check_init(&c, &limits);
	check_open(&c, now);
}

static void after_ms(double ms)
{
	now += (int64_t)(ms * 1e6);
}

static void message(uint8_t kind, size_t bytes)
{
	static uint8_t m[ASOCK_MAX_BYTES];

	asock_header(m, kind, (uint16_t)bytes);
	check_bytes(&c, m, ASOCK_HEADER_BYTES + bytes, now);
}

static void frame(double ms)
{
	after_ms(ms);
	message(ASOCK_AUDIO_8K, 320);
}

static void frames(int n, double ms)
{
	for (int i = 0; i < n; i++)
		frame(ms);
}

/* The first fault after the lateness has been judged too; "" if there is none. */
static const char *fault(void)
{
	check_close(&c);
	check_finish(&c);
	return check_ok(&c) ? "" : check_name(c.fault);
}

static void test_shapes(void)
{
	static const struct {
		uint8_t kind;
		uint16_t bytes;
		const char *fault;
	} shapes[] = {
		{0x10, 320, ""},
		{0x11, 480, ""},
		{0x12, 640, ""},
		{0x13, 960, ""},
		{0x14, 1280, ""},
		{0x15, 1764, ""},
		{0x16, 1920, ""},
		{0x17, 3840, ""},
		{0x18, 7680, ""},
		{0x00, 0, ""},
		{0x10, 0, "empty"},
		{0x10, 321, "odd"},
		{0x10, 319, "odd"},
		{0x10, 160, "size"},
		{0x10, 640, "size"},
		{0x12, 320, "size"},
		{0x10, 65534, "size"},
		{0x00, 1, "end-length"},
		{0x01, 16, "kind"},
		{0x02, 0, "kind"},
		{0x03, 1, "kind"},
		{0x0f, 320, "kind"},
		{0x19, 320, "kind"},
		{0x20, 1, "kind"},
		{0xff, 1, "kind"},
	};

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		begin();
		frames(3, 20);
		after_ms(20);
		message(shapes[i].kind, shapes[i].bytes);
		is_str(fault(), shapes[i].fault, "kind 0x%02x, %u bytes", shapes[i].kind,
			shapes[i].bytes);
	}
}

static void test_pieces(void)
{
	static const uint8_t head[] = {0x10, 1, 64};
	uint8_t payload[320] = {0};

	begin();
	frames(3, 20);
	check_bytes(&c, head, 3, now += 20 * NS_PER_MS);
	check_bytes(&c, payload, 320, now += 5 * NS_PER_MS - 1);
	is_str(fault(), "", "payload just within 5 ms of the header");

	begin();
	check_bytes(&c, head, 3, now += 20 * NS_PER_MS);
	check_bytes(&c, payload, 320, now += 5 * NS_PER_MS);
	is_str(fault(), "split", "payload 5 ms after the header");

	begin();
	check_bytes(&c, head, 1, now += 20 * NS_PER_MS);
	check_bytes(&c, head + 1, 2, now += 6 * NS_PER_MS);
	check_bytes(&c, payload, 320, now);
	is_str(fault(), "split", "a header in pieces");

	begin();
	frame(20);
	is_int(check_want(&c), 3, "wants a header");
	check_bytes(&c, head, 2, now);
	is_int(check_want(&c), 1, "wants the rest of it");
	check_bytes(&c, head + 2, 1, now);
	is_int(check_want(&c), 320, "wants the payload");
	is_str(fault(), "cut", "the connection ends inside a message");
	is_int(c.messages, 1, "which is not counted");
}

static void test_end(void)
{
	static const uint8_t end[] = {0, 0, 0, 0x10};

	begin();
	frames(5, 20);
	check_bytes(&c, end, 1, now);
	after_ms(200);
	check_time(&c, now);
	is_str(fault(), "gap", "half an end message, then nothing");

	begin();
	frames(5, 20);
	check_bytes(&c, end, 3, now);
	ok(c.ended, "ended");
	after_ms(5000);
	check_time(&c, now);
	is_str(fault(), "", "silence after the end is right");
	frame(20);
	is_str(fault(), "after-end", "audio after the end is not");
	is_int(c.messages, 5, "nor is it counted");

	begin();
	check_bytes(&c, end, 4, now);
	is_str(fault(), "after-end", "a byte that came with the end message");
}

static void test_first(void)
{
	begin();
	frame(100);
	is_str(fault(), "", "first audio after 100 ms");
	is_int(c.first_ns, 100 * NS_PER_MS, "measured");
	begin();
	frame(101);
	is_str(fault(), "first", "first audio after 101 ms");
	begin();
	check_time(&c, now + 101 * NS_PER_MS);
	check_time(&c, now + 102 * NS_PER_MS);
	is_str(fault(), "first", "none after 101 ms");
	is_int(c.count[CHECK_FIRST], 1, "reported once");
	frame(120);
	is_int(c.count[CHECK_FIRST], 1, "and not again when it comes");
	begin();
	c.open_ns = 0;
	frame(10);
	check_open(&c, now + NS_PER_MS);
	frame(20);
	is_str(fault(), "", "audio before the UUID is there");
	is_int(c.first_ns, 0, "counts as at once");
}

static void test_plan(void)
{
	begin();
	frames(200, 20);
	is_str(fault(), "", "on time");
	ok(check_late_ms(&c, 100) == 0 && c.gap_ns == 20 * NS_PER_MS, "lateness 0");

	begin();
	frames(50, 20);
	frame(55);
	frame(0.1);
	frame(5);
	frames(200, 20);
	is_str(fault(), "", "late by 35 ms, then back on the plan");
	ok(check_late_ms(&c, 100) == 35, "late by 35 ms");

	begin();
	frame(30);
	frame(2);
	frames(100, 20);
	is_str(fault(), "", "a late first message moves the plan once");

	begin();
	frames(50, 20);
	frame(61);
	is_str(fault(), "gap", "61 ms between two messages");
	begin();
	frames(50, 20);
	check_time(&c, now + 60 * NS_PER_MS);
	is_str(fault(), "", "60 ms of nothing");
	check_time(&c, now + 61 * NS_PER_MS);
	check_time(&c, now + 300 * NS_PER_MS);
	frame(400);
	is_str(fault(), "gap", "61 ms of nothing");
	is_int(c.count[CHECK_GAP], 1, "reported once");
	frames(100, 20);
	is_int(c.count[CHECK_BURST] + c.count[CHECK_FAST], 0, "going on from there is right");

	begin();
	frames(50, 20);
	frame(500);
	frames(24, 0.1);
	ok(c.count[CHECK_BURST] + c.count[CHECK_FAST] >= 20,
		"catching up after a gap is a burst, and soon more than was due");
}

static void test_bursts(void)
{
	begin();
	frames(10, 20);
	frame(4.9);
	is_str(fault(), "burst", "4.9 ms after a message that was on time");
	begin();
	frames(10, 20);
	frame(5);
	is_str(fault(), "", "5 ms after it");

	begin();
	frame(20);
	frames(3, 0.1);
	frames(50, 20);
	is_str(fault(), "", "four messages at once at the start: 60 ms of lead");

	begin();
	frame(20);
	frames(4, 0.1);
	is_str(fault(), "burst", "five messages at once at the start");

	begin();
	for (int i = 0; i < 20; i++) {
		frame(80);
		frames(3, 0.1);
	}
	ok(c.count[CHECK_GAP] > 0 && c.count[CHECK_BURST] > 0, "80 ms of audio every 80 ms");

	begin();
	for (int i = 0; i < 60; i++) {
		frame(39.9);
		frame(0.1);
	}
	is_str(fault(), "late", "40 ms of audio every 40 ms: every other one is late");
}

static void test_clocks(void)
{
	begin();
	frames(200, 19);
	is_str(fault(), "fast", "a clock of 19 ms");
	begin();
	frames(50, 19.5);
	is_str(fault(), "", "25 ms ahead");
	begin();
	frames(200, 21);
	is_str(fault(), "late", "a clock of 21 ms");
	begin();
	for (int i = 0; i < 500; i++)
		frame(i % 2 ? 22 : 18);
	is_str(fault(), "", "jitter of 2 ms");
	ok(check_late_ms(&c, 50) <= 2 && check_late_ms(&c, 100) <= 4, "and no more is measured");

	begin();
	for (int i = 0; i < 2; i++) {
		frames(20, 20);
		frame(38);
		frame(2);
	}
	frames(80, 20);
	is_str(fault(), "late", "two of 123 late: p99");
	begin();
	for (int i = 0; i < 2; i++) {
		frames(20, 20);
		frame(38);
		frame(2);
	}
	frames(50, 20);
	is_str(fault(), "", "of few messages none may be late by 30 ms");
	begin();
	frames(20, 20);
	frame(52);
	frame(8);
	frames(50, 20);
	is_str(fault(), "late", "as one of 72 is here");
}

static void test_backlog(void)
{
	begin();
	frames(50, 20);
	after_ms(3000);
	check_backlog(&c, now, now);
	frames(150, 0.01);
	frame(12);
	frames(150, 20);
	is_str(fault(), "", "what was due while nobody read comes at once");
	ok(check_late_ms(&c, 100) == 0, "and is not late");

	begin();
	frames(50, 20);
	after_ms(3000);
	check_backlog(&c, now, now);
	frames(155, 0.01);
	frame(12);
	is_str(fault(), "fast", "more than was due");

	begin();
	after_ms(400);
	check_backlog(&c, now, now);
	frames(19, 0.01);
	frame(12);
	is_str(fault(), "", "nobody read from the start: as much as was due");

	begin();
	frames(50, 20);
	after_ms(1000);
	check_backlog(&c, now, now + 500 * NS_PER_MS);
	frames(10, 0.01);
	frame(100);
	frames(10, 0.01);
	is_str(fault(), "", "in gusts, while it settles");
	after_ms(450);
	check_time(&c, now);
	is_str(fault(), "", "and nothing for 50 ms after that");
	after_ms(20);
	check_time(&c, now);
	is_str(fault(), "gap", "but for 70 ms");

	begin();
	frames(50, 20);
	after_ms(1000);
	check_backlog(&c, now, now);
	now -= 900 * NS_PER_MS;
	frames(45, 20);
	now = T0 + 2001 * NS_PER_MS;
	frames(50, 20);
	is_str(fault(), "", "with times from before the reader came back");
}

/* However the bytes of a message are cut, if they come at one time the verdict is the same. */
static void test_any_split(void)
{
	unsigned wrong = 0;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		static struct check whole;
		uint64_t r = seed;
		static uint8_t m[2 * FRAME_BYTES];
		struct check_limits limits = check_limits(100, 10);

		begin();
		check_init(&whole, &limits);
		check_open(&whole, now);
		for (int i = 0; i < 60; i++) {
			size_t n = FRAME_BYTES * (1 + random_below(&r, 2)), at = 0;

			after_ms((double)random_below(&r, 70));
			for (size_t k = 0; k < n; k++)
				m[k] = (uint8_t)random_below(&r, 256);
			for (size_t k = 0; k < n; k += FRAME_BYTES)
				asock_header(m + k, random_below(&r, 8) ? 0x10 : m[k], 320);
			check_bytes(&whole, m, n, now);
			while (at < n) {
				size_t take = 1 + random_below(&r, n - at);

				check_bytes(&c, m + at, take, now);
				at += take;
			}
		}
		for (int i = 0; i < CHECK_FAULTS; i++)
			wrong += i != CHECK_AFTER && c.count[i] != whole.count[i];
		wrong += c.messages != whole.messages || strcmp(c.text, whole.text) != 0 ||
			c.ended != whole.ended;
	}
	is_int(wrong, 0, "300 streams cut anyhow");
}

/* Any bytes at any times: no crash, and the counts hold together. */
static void test_garbage(void)
{
	bool held = true;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		uint64_t r = seed;
		uint8_t m[700];

		begin();
		for (int i = 0; i < 200; i++) {
			size_t n = random_below(&r, sizeof(m));

			for (size_t k = 0; k < n; k++)
				m[k] = (uint8_t)(random_below(&r, 4) ? random_below(&r, 256)
								     : 0x10 * (k % 2));
			after_ms((double)random_below(&r, 100) - 20);
			check_bytes(&c, m, n, now);
			if (random_below(&r, 20) == 0)
				check_backlog(
					&c, now, now + (int64_t)random_below(&r, 500) * NS_PER_MS);
			check_time(&c, now);
			held = held && c.have < c.size && c.lates <= c.messages &&
				check_want(&c) > 0;
		}
		(void)fault();
	}
	ok(held, "300 streams of garbage");
}

int main(void)
{
	test_shapes();
	test_pieces();
	test_end();
	test_first();
	test_plan();
	test_bursts();
	test_clocks();
	test_backlog();
	test_any_split();
	test_garbage();
	return done_testing();
}
