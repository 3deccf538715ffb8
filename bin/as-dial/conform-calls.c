#include "conform-cases.h"

#include <stdio.h>

static void run_normal(struct peer *p)
{
	peer_start(p);
	peer_talk(p, 3000);
	peer_finish(p);
}

static void run_first_read(struct peer *p)
{
	uint8_t bytes[PEER_UUID_BYTES + PEER_FRAME_MAX];
	size_t n;

	peer_connect(p);
	peer_uuid_message(p, bytes);
	n = PEER_UUID_BYTES + peer_frame(p, bytes + PEER_UUID_BYTES);
	peer_open(p);
	peer_send(p, bytes, n);
	peer_talk(p, 1000);
	peer_finish(p);
}

static void run_uuid_alone(struct peer *p)
{
	peer_start(p);
	peer_wait(p, 500);
	peer_talk(p, 1000);
	peer_finish(p);
}

static void run_uuid_split(struct peer *p)
{
	for (size_t at = 1; at < PEER_UUID_BYTES && peer_ok(p); at++) {
		struct peer call;
		char who[32];
		uint8_t message[PEER_UUID_BYTES];

		peer_init(&call, p->set, p->case_number, (unsigned)at);
		peer_connect(&call);
		peer_uuid_message(&call, message);
		peer_send(&call, message, at);
		peer_wait(&call, 20);
		peer_open(&call);
		peer_send(&call, message + at, PEER_UUID_BYTES - at);
		peer_talk(&call, 60);
		if (!peer_until_audio(&call, call.set->close_ms))
			peer_fail(&call, "no audio");
		if (at == PEER_UUID_BYTES - 1)
			peer_finish(&call);
		peer_close(&call);
		snprintf(who, sizeof(who), "split after byte %zu", at);
		peer_adopt(p, &call, who);
	}
	peer_note(p, "%d calls", PEER_UUID_BYTES - 1);
}

static void run_split_header(struct peer *p)
{
	uint8_t frame[PEER_FRAME_MAX];
	size_t n = peer_frame(p, frame);

	peer_start(p);
	peer_talk(p, 200);
	for (size_t at = 1; at < ASOCK_HEADER_BYTES; at++) {
		peer_send(p, frame, at);
		peer_wait(p, 1000);
		peer_send(p, frame + at, n - at);
		peer_talk(p, 200);
	}
	peer_finish(p);
}

/* Audio that reads as the key which ends calls, over and over: who takes part of it for a message is found out. */
static void fill_with_keys(const struct peer *p, uint8_t *bytes, size_t n)
{
	const uint8_t key[] = {
		ASOCK_DTMF, 0, 1, p->set->end_digit ? (uint8_t)p->set->end_digit : '#'};

	for (size_t i = 0; i < n; i++)
		bytes[i] = key[i % sizeof(key)];
}

static void run_split_payload(struct peer *p)
{
	static const size_t cuts[] = {0, ASOCK_HEADER_BYTES, 4, 100, 200};
	uint8_t frame[PEER_FRAME_MAX];
	size_t n = peer_frame(p, frame), last = ARRAY_LEN(cuts) - 1;

	peer_start(p);
	peer_talk(p, 200);
	for (size_t i = 1; i <= last; i++)
		fill_with_keys(p, frame + cuts[i], (i < last ? cuts[i + 1] : n) - cuts[i]);
	for (size_t i = 0; i < last; i++) {
		peer_send(p, frame + cuts[i], cuts[i + 1] - cuts[i]);
		peer_wait(p, 300);
	}
	peer_send(p, frame + cuts[last], n - cuts[last]);
	peer_talk(p, 500);
	peer_finish(p);
}

static void run_odd_sizes(struct peer *p)
{
	static const size_t sizes[] = {
		2, 29, 58, 96, 116, 160, 186, 224, 276, 640, 1, 65534, 65535};
	uint8_t payload[65535];

	fill_with_keys(p, payload, sizeof(payload));
	peer_start(p);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		peer_talk(p, 60);
		peer_message(p, asock_audio_kind(p->set->rate_hz), payload, sizes[i]);
	}
	peer_talk(p, 500);
	peer_finish(p);
}

static void run_zero_length(struct peer *p)
{
	peer_start(p);
	for (int i = 0; i < 5; i++) {
		peer_talk(p, 100);
		peer_message(p, asock_audio_kind(p->set->rate_hz), NULL, 0);
	}
	peer_talk(p, 500);
	peer_finish(p);
}

static void run_unknown_kind(struct peer *p)
{
	static const uint8_t payload[300];

	peer_start(p);
	peer_talk(p, 200);
	peer_message(p, 0x02, payload, 16);
	peer_message(p, 0x20, payload, 0);
	peer_message(p, 0x7f, payload, sizeof(payload));
	peer_message(p, ASOCK_ERROR, payload, 1);
	peer_talk(p, 500);
	peer_finish(p);
}

static void run_dtmf(struct peer *p)
{
	static const char keys[] = "0123456789*#ABCD";

	peer_start(p);
	for (const char *key = keys; *key; key++) {
		peer_talk(p, 60);
		peer_wait(p, 150);
		if (*key != p->set->end_digit)
			peer_message(p, ASOCK_DTMF, key, 1);
	}
	peer_talk(p, 200);
	peer_finish(p);
}

static void run_hold(struct peer *p)
{
	unsigned before;

	peer_start(p);
	peer_talk(p, 500);
	before = p->check.messages;
	peer_wait(p, 4000);
	peer_note(p, "%u of 200 frames during the hold", p->check.messages - before);
	peer_talk(p, 300);
	peer_finish(p);
}

static void run_burst(struct peer *p)
{
	uint8_t frame[PEER_FRAME_MAX];
	size_t n = peer_frame(p, frame);

	peer_start(p);
	peer_talk(p, 300);
	peer_wait(p, 1000);
	for (int i = 0; i < 50; i++)
		peer_send(p, frame, n);
	peer_talk(p, 1000);
	peer_finish(p);
}

static void run_flood(struct peer *p)
{
	p->sndbuf_bytes = 65536; /* so that ours does not swallow it */
	peer_start(p);
	peer_talk(p, 300);
	for (int i = 0; i < 8; i++)
		peer_message(p, asock_audio_kind(p->set->rate_hz), NULL, 65534);
	peer_flush(p);
	peer_talk(p, 500);
	peer_finish(p);
}

/* Audio that may wait on the server's side of a connection that does not move. What the kernel holds beyond its
 * last few frames a server can see, and a frame that is not sent in time is better not sent. */
#define WAITED_MAX_MS 1000

/* Do not read; then what has waited comes at once, and after that the server must be on time. What lay in our own
 * buffer by then was out of its hands. */
static void pause_reading(struct peer *p, int64_t ms)
{
	size_t frame_bytes = ASOCK_HEADER_BYTES + (size_t)p->set->rate_hz / 50 * 2;
	unsigned before = p->check.messages, came, after;
	int64_t ours, waited;

	peer_deaf(p, ms);
	peer_talk(p, PEER_SETTLE_MS);
	came = p->check.messages - before;
	peer_talk(p, 500);
	after = p->check.messages - before - came;
	ours = (int64_t)(p->unread_bytes / frame_bytes);
	waited = max_i64((int64_t)came + after - ours - (PEER_SETTLE_MS + 500) / 20, 0) * 20;
	peer_note(p, "of %lld ms %lld had waited with us, %lld in the server; then %u of 25 frames",
		(long long)ms, (long long)ours * 20, (long long)waited, after);
	if (after < 20)
		peer_fail(p, "0.5 s after a pause in reading %u of 25 frames came", after);
	if (waited > WAITED_MAX_MS)
		peer_fail(p,
			"%lld ms of audio had waited in the server, %d may: it is heard late for ever",
			(long long)waited, WAITED_MAX_MS);
	peer_finish(p);
}

static void run_slow_reader(struct peer *p)
{
	peer_start(p);
	peer_talk(p, 500);
	pause_reading(p, 3000);
}

static void run_full_buffer(struct peer *p)
{
	p->narrow = true;
	peer_start(p);
	if (!peer_until_audio(p, p->set->close_ms))
		peer_fail(p, "no audio");
	pause_reading(p, 11000);
}

static void run_same_uuid(struct peer *p)
{
	struct peer twin;

	peer_start(p);
	peer_talk(p, 300);
	peer_init(&twin, p->set, p->case_number, p->number);
	peer_start(&twin);
	peer_talk(&twin, 500);
	peer_backlog(p, 0);
	peer_talk(p, 500);
	peer_backlog(&twin, 0);
	peer_finish(&twin);
	peer_backlog(p, 0);
	peer_finish(p);
	peer_adopt(p, &twin, "the second call");
}

const struct conform_case conform_calls[] = {
	/* The longest first. */
	{"full-buffer",
		"11 s without reading fill the server's buffer: no message is cut, no second waits",
		"a message that is not in one piece ends the call", run_full_buffer, WAVE_CALLS},
	{"normal", "audio from the first moment to the end, 20 ms every 20 ms",
		"each message becomes an RTP packet the moment it is read: there is no buffer",
		run_normal, WAVE_CALLS},
	{"first-read", "the UUID and the first audio in one read of 342 bytes",
		"measured: 19 bytes alone, or 342 in one read", run_first_read, WAVE_CALLS},
	{"uuid-alone", "audio although the caller sends none for 500 ms after the UUID",
		"measured: 473 ms before the first audio", run_uuid_alone, WAVE_CALLS},
	{"uuid-split", "the UUID message in two pieces, split after each of its bytes",
		"TCP keeps no boundaries", run_uuid_split, WAVE_CALLS},
	{"split-header", "1 s between the bytes of a header", "TCP keeps no boundaries",
		run_split_header, WAVE_CALLS},
	{"split-payload", "300 ms between the pieces of a payload", "TCP keeps no boundaries",
		run_split_payload, WAVE_CALLS},
	{"odd-sizes", "audio of 1 to 65535 bytes a message, odd ones too",
		"measured: 2, 29, 58, 96, 116, 160, 186, 224, 276 and 640 bytes", run_odd_sizes,
		WAVE_CALLS},
	{"zero-length", "audio messages of length 0", "Asterisk does not filter empty frames",
		run_zero_length, WAVE_CALLS},
	{"unknown-kind", "messages of kinds that are not defined are passed over",
		"kinds were added in 20.14, 20.17; nobody knows the next", run_unknown_kind,
		WAVE_CALLS},
	{"dtmf", "all 16 keys, and audio through the holes they make",
		"the caller's audio stops for 140 to 160 ms with each key", run_dtmf, WAVE_CALLS},
	{"hold", "audio through 4 s without any from the caller",
		"2 s without audio in either direction: Asterisk hangs up", run_hold, WAVE_CALLS},
	{"burst", "audio during a stall of 1 s of the caller, and as it is made up for",
		"a stalled host sends what it kept in one go", run_burst, WAVE_CALLS},
	{"flood", "32 s of the caller's audio at once are taken within 2 s",
		"what a server leaves unread Asterisk queues, up to 4 MB, then it hangs up",
		run_flood, WAVE_CALLS},
	{"slow-reader", "the clock goes on while the caller does not read for 3 s",
		"a thread of Asterisk may be held up; what comes late is heard late for ever",
		run_slow_reader, WAVE_CALLS},
	{"same-uuid", "two calls at a time with one UUID are two calls",
		"the dialplan may choose any UUID", run_same_uuid, WAVE_CALLS},
	{0},
};
