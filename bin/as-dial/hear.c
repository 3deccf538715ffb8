/* hear: what a call receives: messages, when the kernel got them, and what they sound like. */
#include "call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "audio/pcm.h"
#include "stamp.h"

#define READ_BYTES 65536
#define READ_AFTER_NS (7 * NS_PER_MS) /* reads lie between frames, so that one brings one */
#define SPLIT_NS (5 * NS_PER_MS)      /* Asterisk waits no longer for the rest of a message */
#define MAX_SAMPLES 32768

/* One read: bytes, and when they arrived. */
struct heard {
	const uint8_t *p; /* whole messages, and perhaps a piece */
	size_t n;         /* bytes */
	int64_t after_ns; /* they arrived after this read */
	int64_t stamp_ns; /* when the last of them arrived; not stamped: now */
	bool stamped;     /* by the kernel */
};

static void PRINTF_LIKE(3, 4) illegal(struct call *c, int64_t at, const char *fmt, ...)
{
	char what[100];
	va_list ap;

	c->illegal_n++;
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (c->illegal.n + sizeof what + 40 < c->illegal.max)
		dynbuf_addf(&c->illegal, "%s at %" PRId64 " ms\n", what,
			(at - c->connected_ns) / NS_PER_MS);
}

/* A frame of another rate than the recording's is brought to it by straight lines: this is for listening. */
static size_t to_rate(int16_t *to, size_t max, int to_hz, const int16_t *s, size_t n, int from_hz)
{
	size_t m = n * (size_t)to_hz / (size_t)from_hz;

	if (m > max)
		m = max;
	for (size_t i = 0; i < m; i++) {
		double x = (double)i * from_hz / to_hz;
		size_t k = (size_t)x;
		double next = s[k + 1 < n ? k + 1 : k];

		to[i] = (int16_t)(s[k] + (next - s[k]) * (x - (double)k));
	}
	return m;
}

static size_t track_at(const struct call *c, int64_t pos_ns)
{
	int64_t at = c->meter.first_frame_ns - c->connected_ns + pos_ns;

	return (size_t)(max_i64(at, 0) * c->heard.rate_hz / NS_PER_S);
}

static void record(
	struct call *c, const struct meter_place *place, const int16_t *s, size_t n, int rate_hz)
{
	static int16_t other[MAX_SAMPLES];
	struct track *t = &c->heard;

	if (!t->rate_hz)
		t->rate_hz = rate_hz;
	/* The frame before began a burst that catches up: it belongs where the silence before it is. */
	if (place->last_pos_ns >= 0) {
		size_t to = track_at(c, place->last_pos_ns),
		       last = t->n < c->last_samples ? t->n : c->last_samples;

		t->n -= last;
		memmove(other, t->samples + t->n, last * sizeof *other);
		if (to < t->n)
			t->n = to;
		track_put(t, to, other, last);
	}
	if (rate_hz != t->rate_hz) {
		n = to_rate(other, MAX_SAMPLES, t->rate_hz, s, n, rate_hz);
		s = other;
	}
	track_put(t, track_at(c, place->pos_ns), s, n);
	c->last_samples = n;
}

static void hear_audio(
	struct call *c, const struct asock_msg *msg, const struct meter_arrival *arrival)
{
	static int16_t samples[MAX_SAMPLES];
	size_t n = msg->payload_bytes / 2u;
	int rate_hz = asock_rate(msg->kind);
	bool audible, ahead = c->meter.lead_ns > METER_LEAD_NS;
	struct meter_place place;

	pcm_from_le(samples, msg->payload, n);
	audible = pcm_audible(samples, n);
	place = meter_frame(&c->meter, arrival, (int64_t)n * NS_PER_S / rate_hz, audible);
	if (!ahead && c->meter.lead_ns > METER_LEAD_NS)
		illegal(c, arrival->at_ns, "more audio than time has passed");
	if (audible && arrival->at_ns > c->mark_ns && !c->onset_ns)
		c->onset_ns = arrival->at_ns;
	if (c->plan->record)
		record(c, &place, samples, n, rate_hz);
}

static void hear_message(
	struct call *c, const struct asock_msg *msg, const struct meter_arrival *arrival)
{
	if (msg->kind == ASOCK_END)
		call_finish(c, CALL_SERVER_END, arrival->at_ns);
	else if (!asock_rate(msg->kind))
		illegal(c, arrival->at_ns, "kind 0x%02x of %u bytes", msg->kind,
			msg->payload_bytes);
	else if (!msg->payload_bytes)
		illegal(c, arrival->at_ns, "audio of no bytes");
	else
		hear_audio(c, msg, arrival);
}

/* The stamp is that of the last byte. Of the messages before it is only known that they came after the last
 * read and before the stamp. */
static void hear_all(struct call *c, struct heard *h)
{
	struct asock_msg msg;
	int used;

	while (c->end == CALL_OPEN && (used = asock_parse(h->p, h->n, &msg)) > 0) {
		bool last = h->stamped && (size_t)used == h->n;
		struct meter_arrival arrival = last
			? meter_at(&c->meter, h->stamp_ns)
			: meter_between(&c->meter, h->after_ns, h->stamp_ns);

		c->unstamped += !last;
		hear_message(c, &msg, &arrival);
		h->p += used;
		h->n -= (size_t)used;
	}
}

/* Keep the piece of a message that a read ended in; Asterisk gives up when the rest takes long. */
static void keep_piece(struct call *c, const struct heard *h)
{
	dynbuf_reset(&c->in);
	if (h->n && dynbuf_add(&c->in, h->p, h->n))
		call_finish(c, CALL_SYSTEM, h->stamp_ns);
	c->part_ns = h->stamp_ns;
}

static void hear_end(struct call *c, ssize_t got, int64_t now)
{
	if (got == 0) {
		if (c->in.n)
			illegal(c, now, "end of stream inside a message");
		call_finish(c, CALL_EOF, now);
	} else if (errno != EAGAIN && errno != EINTR) {
		c->error = errno;
		call_finish(c, CALL_RESET, now);
	}
}

void call_hear(struct call *c, int64_t now, int64_t realtime_ns)
{
	static uint8_t buf[ASOCK_MAX_BYTES + READ_BYTES];
	char control[STAMP_CONTROL_BYTES];
	struct iovec iov = {buf + c->in.n, READ_BYTES};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control};
	struct heard h = {.p = buf, .after_ns = c->read_ns};
	uint64_t frames = c->meter.frames;
	ssize_t got = recvmsg(c->fd, &msg, MSG_DONTWAIT);

	if (got <= 0) {
		hear_end(c, got, now);
		c->read_ns = now;
		return;
	}
	memcpy(buf, c->in.p, c->in.n);
	h.n = c->in.n + (size_t)got;
	h.stamped = stamp_find(&msg, c->connected_ns, now, realtime_ns, &h.stamp_ns);
	if (c->in.n && h.stamp_ns - c->part_ns > SPLIT_NS)
		illegal(c, h.stamp_ns, "rest of a message after %" PRId64 " ms",
			(h.stamp_ns - c->part_ns) / NS_PER_MS);
	c->read_ns = now;
	hear_all(c, &h);
	if (c->end != CALL_OPEN)
		return;
	keep_piece(c, &h);
	/* Between this frame and the next, wherever a server's haste has put that; a frame that is not there
	 * then is looked for in every sweep. */
	if (c->meter.frames != frames)
		c->read_at_ns = c->in.n
			? 0
			: min_i64(meter_due(&c->meter), now + METER_SLOT_NS) + READ_AFTER_NS;
}
