#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/log.h"
#include "codec/asock.h"
#include "listen.h"

#define RECV_BYTES 4096
#define READ_BYTES 65536
#define QUEUE_BYTES 65536  /* output waiting: a file is not read on (it waits, a caller does not) */
#define KEYS_PER_SECOND 50 /* four times what a keypad can do; a flood of them is nobody dialling */

static void on_chunk(void *ctx, int64_t timestamp_ms, const int16_t *samples, size_t heard)
{
	struct listen *l = ctx;

	output_audio(&l->output, timestamp_ms, samples, heard);
}

static int on_samples(void *ctx, int64_t arrival, const int16_t *samples, size_t n)
{
	struct listen *l = ctx;

	if (l->live) {
		batch_audio(&l->batch, listen_now_ns(l), samples, n);
		return timeline_frame(&l->timeline, arrival, samples, n);
	}
	l->heard_samples += (int64_t)n;
	if (timeline_frame(&l->timeline, listen_now_ns(l), samples, n) < 0)
		return -1;
	listen_clock_catch_up(l);
	return 0;
}

static void take_audio(struct listen *l, int from_hz, const struct asock_msg *m)
{
	l->batch.message_bytes = ASOCK_HEADER_BYTES + m->payload_bytes;
	if (intake_message(&l->intake, listen_now_ns(l), from_hz, m->payload, m->payload_bytes) <
			0 &&
		!l->said_rate) {
		l->said_rate = true;
		listen_warn(l, "audio", "cannot convert audio of %d Hz to %d Hz: %s", from_hz,
			l->rate_hz,
			errno == ENOENT ? "libsamplerate is not installed" : strerror(errno));
	}
	if (l->intake.found_g711 && !l->said_codec) {
		l->said_codec = true;
		listen_warn(l, "g711",
			"Asterisk sends G.711 %s as if it were slin: it is decoded; in the dialplan, "
			"use the application AudioSocket(), or Dial(AudioSocket/host:port/uuid/c(slin))",
			l->intake.codec == INTAKE_ULAW ? "u-law" : "A-law");
	}
}

/* Events are never dropped, so whoever could make any number of them could end the call. */
static void take_key(struct listen *l, uint8_t digit)
{
	int64_t now = listen_now_ns(l);

	if (now / NS_PER_S != l->keys_s) {
		l->keys_s = now / NS_PER_S;
		l->keys = 0;
	}
	if (l->keys < KEYS_PER_SECOND) {
		l->keys++;
		call_digit(&l->call, digit, now / NS_PER_MS);
		return;
	}
	l->keys_lost++;
	if (!l->said_keys) {
		l->said_keys = true;
		listen_warn(l, "keys", "more than %d keys in a second: the others are dropped",
			KEYS_PER_SECOND);
	}
}

static void take_message(struct listen *l, const struct asock_msg *m)
{
	int from_hz = asock_rate(m->kind);

	l->messages++;
	if (m->kind == ASOCK_UUID && m->payload_bytes == ASOCK_UUID_BYTES) {
		char uuid[ASOCK_UUID_TEXT];

		asock_uuid_text(m->payload, uuid);
		call_begin(&l->call, uuid);
		return;
	}
	call_begin(&l->call, NULL);
	if (from_hz) {
		take_audio(l, from_hz, m);
	} else if (m->kind == ASOCK_DTMF && m->payload_bytes == 1 &&
		asock_is_digit(m->payload[0])) {
		take_key(l, m->payload[0]);
	} else {
		l->ignored++;
		log_debug("message of kind 0x%02x and %d bytes ignored", m->kind, m->payload_bytes);
	}
}

static void take_messages(struct listen *l)
{
	const uint8_t *p = (const uint8_t *)l->in.p;
	struct asock_msg m;
	size_t used = 0;
	int got;

	for (; (got = asock_parse(p + used, l->in.n - used, &m)) > 0; used += (size_t)got)
		take_message(l, &m);
	dynbuf_discard(&l->in, used);
	l->taken_bytes += used;
}

static ssize_t caller_read(struct listen *l)
{
	size_t want = l->live ? RECV_BYTES : READ_BYTES;
	void *room = dynbuf_room(&l->in, want);
	ssize_t n;

	if (!room) {
		errno = ENOMEM;
		return -1;
	}
	/* the socket is shared with as-speak: it cannot be made non-blocking */
	n = l->live ? recv(STDIN_FILENO, room, want, MSG_DONTWAIT) : read(STDIN_FILENO, room, want);
	if (n > 0)
		dynbuf_grow(&l->in, (size_t)n);
	return n;
}

/* A call may be cut off anywhere; a capture that is, or that is none, is bad input. What is whole of it has been
 * passed on all the same. */
static void judge_capture(struct listen *l)
{
	if (l->in.n > 0)
		log_error("cannot read all of 'stdin': it ends inside a message at byte %" PRIu64,
			l->taken_bytes);
	else if (l->ignored && l->ignored == l->messages)
		log_error("cannot read 'stdin': no AudioSocket capture: %" PRIu64
			  " messages, none of a known kind",
			l->messages);
	else
		return;
	l->status = EXIT_DATA;
}

static short caller_mask(void *ctx)
{
	struct listen *l = ctx;
	bool wait = !l->live && outlet_bytes(&l->output.outlet) > QUEUE_BYTES;

	return l->ended || wait ? -1 : POLLIN;
}

static void caller_ready(void *ctx, short revents)
{
	struct listen *l = ctx;
	ssize_t n = caller_read(l);

	if (n > 0) {
		listen_limit_audio(l);
		take_messages(l);
	} else if (n == 0) {
		listen_end(l, "caller-hangup");
		if (!l->live)
			judge_capture(l);
	} else if (errno == EAGAIN || errno == EINTR) {
		return;
	} else if (l->live) {
		log_debug("connection ended: %s", strerror(errno));
		listen_end(l, "caller-hangup");
	} else {
		listen_fail(l, EXIT_IO, "input", "cannot read 'stdin': %s", strerror(errno));
		l->ended = true;
	}
	listen_settle(l);
}

void listen_caller_init(struct listen *l, enum intake_codec codec, bool raw)
{
	dynbuf_init(&l->in, ASOCK_MAX_BYTES + READ_BYTES);
	batch_init(&l->batch, l->live ? STDIN_FILENO : -1);
	intake_init(&l->intake, l->rate_hz, codec, l->live, on_samples, l);
	timeline_init(&l->timeline, l->rate_hz, !raw, on_chunk, l);
	l->caller = (struct loop_source){
		.fd = STDIN_FILENO, .mask = caller_mask, .ready = caller_ready, .ctx = l};
}
