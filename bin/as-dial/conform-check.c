#include "conform-check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"

/* A message later than this may be followed by the next one at any distance. */
#define LATE_ENOUGH_NS (10 * NS_PER_MS)
/* So many messages may follow the first at once: it may have been late, and up to 60 ms of lead do no harm. */
#define START_MESSAGES 3
/* After a backlog, the first message this long after its predecessor has not waited. */
#define LIVE_NS (10 * NS_PER_MS)

static const char *const names[CHECK_FAULTS] = {
	[CHECK_KIND] = "kind",
	[CHECK_EMPTY] = "empty",
	[CHECK_ODD] = "odd",
	[CHECK_SIZE] = "size",
	[CHECK_SPLIT] = "split",
	[CHECK_CUT] = "cut",
	[CHECK_END] = "end-length",
	[CHECK_AFTER] = "after-end",
	[CHECK_FIRST] = "first",
	[CHECK_GAP] = "gap",
	[CHECK_BURST] = "burst",
	[CHECK_FAST] = "fast",
	[CHECK_LATE] = "late",
};

const char *check_name(enum check_fault fault)
{
	return names[fault];
}

struct check_limits check_limits(int64_t first_ms, int64_t late_ms)
{
	return (struct check_limits){
		.first_ns = first_ms * NS_PER_MS,
		.split_ns = 5 * NS_PER_MS,
		.gap_ns = (50 + late_ms) * NS_PER_MS,
		.burst_ns = 5 * NS_PER_MS,
		.lead_ns = 60 * NS_PER_MS,
		.late_ns = late_ms * NS_PER_MS,
	};
}

static double ms(int64_t ns)
{
	return (double)ns / 1e6;
}

PRINTF_LIKE(3, 4)
static void add_fault(struct check *c, enum check_fault fault, const char *fmt, ...)
{
	if (c->count[fault]++ == 0 && check_ok(c)) {
		va_list args;

		c->fault = fault;
		va_start(args, fmt);
		vsnprintf(c->text, sizeof(c->text), fmt, args);
		va_end(args);
	}
}

void check_init(struct check *c, const struct check_limits *limits)
{
	memset(c, 0, sizeof(*c));
	c->limits = *limits;
	c->size = ASOCK_HEADER_BYTES;
	c->first_ns = -1;
}

void check_open(struct check *c, int64_t now)
{
	c->open_ns = now;
}

static void plan_restart(struct check *c, int64_t now)
{
	c->plan_ns = now + TICK_NS;
	c->late_ns = 0;
}

/* A message out of a backlog: only how many there are can be judged. */
static void backlog_time(struct check *c, int64_t now)
{
	if (now < c->backlog_ns || now - c->last_ns < LIVE_NS) {
		c->plan_ns += TICK_NS;
		return;
	}
	if (c->open_ns && c->plan_ns - now > c->limits.lead_ns)
		add_fault(c, CHECK_FAST,
			"after the backlog %.0f ms more audio had come than was due",
			ms(c->plan_ns - now));
	c->backlog = false;
	plan_restart(c, now);
}

static void plan_time(struct check *c, int64_t now)
{
	int64_t gap = now - c->last_ns;
	int64_t late = now - c->plan_ns;

	c->gap_ns = max_i64(c->gap_ns, gap);
	if (late < 0) {
		c->lead_ns -= late;
		c->plan_ns = now;
		late = 0;
	}
	if (gap < c->limits.burst_ns && c->late_ns <= LATE_ENOUGH_NS &&
		c->lead_ns > c->limits.late_ns && c->messages > START_MESSAGES)
		add_fault(c, CHECK_BURST, "message %u came %.1f ms after the one before",
			c->messages + 1, ms(gap));
	else if (c->lead_ns > c->limits.lead_ns)
		add_fault(c, CHECK_FAST, "%.0f ms more audio had come than was due at message %u",
			ms(c->lead_ns), c->messages + 1);
	if (c->lates < CHECK_LATE_MAX)
		c->late_us[c->lates++] = (int32_t)min_i64(late / 1000, INT32_MAX);
	if (late > TICK_RESTART_NS || gap > c->limits.gap_ns) {
		/* Some of it may be made up for, in time. */
		c->lead_ns = max_i64(c->lead_ns - late, -c->limits.lead_ns);
		plan_restart(c, now);
	} else {
		c->late_ns = late;
		c->plan_ns += TICK_NS;
	}
}

static void audio_time(struct check *c, int64_t now)
{
	check_time(c, now);
	c->overdue = false;
	if (c->messages == 0) {
		c->first_ns = c->open_ns ? max_i64(now - c->open_ns, 0) : 0;
		plan_restart(c, c->backlog && c->open_ns ? c->open_ns : now);
	} else if (c->backlog) {
		backlog_time(c, now);
	} else {
		plan_time(c, now);
	}
	c->last_ns = now;
	c->messages++;
}

static void audio_shape(struct check *c, uint8_t kind, size_t bytes)
{
	unsigned k = c->messages + 1;

	if (bytes == 0)
		add_fault(c, CHECK_EMPTY, "message %u is audio of length 0", k);
	else if (bytes % 2)
		add_fault(c, CHECK_ODD, "message %u has an odd length, %zu bytes", k, bytes);
	else if (bytes != (size_t)asock_rate(kind) / 50 * 2)
		add_fault(c, CHECK_SIZE, "message %u is %.4g ms of audio, %zu bytes of kind 0x%02x",
			k, (double)bytes * 500 / asock_rate(kind), bytes, kind);
}

static void message(struct check *c, int64_t now)
{
	uint8_t kind = c->header[0];
	size_t bytes = c->size - ASOCK_HEADER_BYTES;

	if (now - c->begun_ns >= c->limits.split_ns && !c->backlog)
		add_fault(c, CHECK_SPLIT, "message %u came in pieces over %.1f ms", c->messages + 1,
			ms(now - c->begun_ns));
	if (kind == ASOCK_END) {
		c->ended = true;
		if (bytes)
			add_fault(c, CHECK_END, "the end message has a length, %zu bytes", bytes);
	} else if (asock_rate(kind)) {
		audio_shape(c, kind, bytes);
		audio_time(c, now);
	} else {
		add_fault(c, CHECK_KIND, "message of kind 0x%02x, %zu bytes", kind, bytes);
	}
}

void check_bytes(struct check *c, const uint8_t *p, size_t n, int64_t now)
{
	now = max_i64(now, c->last_ns); /* what has waited came while nobody read */
	while (n > 0) {
		size_t take = min_i64((int64_t)check_want(c), (int64_t)n);

		if (c->ended) {
			add_fault(c, CHECK_AFTER,
				"%zu bytes after the end message, the first 0x%02x", n, *p);
			return;
		}
		if (c->have == 0)
			c->begun_ns = now;
		if (c->have < ASOCK_HEADER_BYTES)
			memcpy(c->header + c->have, p, take);
		c->have += take, p += take, n -= take;
		if (c->have == ASOCK_HEADER_BYTES)
			c->size = ASOCK_HEADER_BYTES + get_be16(c->header + 1);
		if (c->have == c->size) {
			message(c, now);
			c->have = 0;
			c->size = ASOCK_HEADER_BYTES;
		}
	}
}

void check_time(struct check *c, int64_t now)
{
	int64_t since = max_i64(c->open_ns, max_i64(c->last_ns, c->backlog_ns));

	if (!c->open_ns || c->ended || c->overdue)
		return;
	if (c->messages == 0) {
		if (now - since <= c->limits.first_ns)
			return;
		add_fault(c, CHECK_FIRST, "no audio within %.0f ms of the UUID", ms(now - since));
	} else {
		if (now - since <= c->limits.gap_ns)
			return;
		add_fault(c, CHECK_GAP, "no audio for %.0f ms after message %u%s", ms(now - since),
			c->messages, c->have ? ", inside the next one" : "");
	}
	c->overdue = true;
}

void check_backlog(struct check *c, int64_t now, int64_t until)
{
	c->last_ns = now;
	c->backlog_ns = max_i64(c->backlog_ns, until);
	c->backlog = true;
}

void check_close(struct check *c)
{
	if (c->have > 0)
		add_fault(c, CHECK_CUT, "the connection ended %zu bytes into a message", c->have);
}

void check_finish(struct check *c)
{
	int64_t limit = c->limits.late_ns + (c->lates < CHECK_LATE_FEW ? TICK_NS : 0);
	double late = check_late_ms(c, 99);

	if (late > ms(limit))
		add_fault(c, CHECK_LATE, "late by %.1f ms (%s of %u messages), %.0f ms allowed",
			late, c->lates < CHECK_LATE_FEW ? "the latest" : "p99", c->lates,
			ms(limit));
}

static int compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

double check_late_ms(struct check *c, int percent)
{
	size_t rank = ((size_t)c->lates * (size_t)percent + 99) / 100;

	if (c->lates == 0)
		return 0;
	qsort(c->late_us, c->lates, sizeof(c->late_us[0]), compare);
	return c->late_us[rank - 1] / 1e3;
}
