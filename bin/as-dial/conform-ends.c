#include "conform-cases.h"

#include <stdlib.h>

/* A call beside the one or after the one that p is about must go as if nothing had happened. */
static void another_call(struct peer *p)
{
	struct peer other;

	if (!peer_ok(p))
		return;
	peer_init(&other, p->set, p->case_number, ++p->number);
	peer_start(&other);
	peer_talk(&other, 300);
	peer_close(&other);
	peer_adopt(p, &other, "the next call");
}

static void expect_close(struct peer *p)
{
	int64_t from = now_ns();

	peer_shut(p);
	if (!peer_until_eof(p, p->set->close_ms))
		peer_fail(p, "still open %lld ms after the caller's end",
			(long long)p->set->close_ms);
	else if (p->reset)
		peer_fail(p, "the server reset the connection after the caller's end");
	peer_note(p, "closed after %lld ms", (long long)((now_ns() - from) / NS_PER_MS));
	peer_close(p);
	another_call(p);
}

static void run_half_close(struct peer *p)
{
	peer_start(p);
	peer_talk(p, 500);
	expect_close(p);
}

static void run_eof_in_header(struct peer *p)
{
	uint8_t frame[PEER_FRAME_MAX];

	(void)peer_frame(p, frame);
	peer_start(p);
	peer_talk(p, 300);
	peer_send(p, frame, 2);
	expect_close(p);
}

static void run_eof_in_payload(struct peer *p)
{
	uint8_t frame[PEER_FRAME_MAX];

	(void)peer_frame(p, frame);
	peer_start(p);
	peer_talk(p, 300);
	peer_send(p, frame, 100);
	expect_close(p);
}

static void run_server_end(struct peer *p)
{
	if (!p->set->end_digit) {
		p->skip = true;
		peer_note(p, "no key is known on which this server ends a call: --end-key");
		return;
	}
	peer_start(p);
	peer_talk(p, 500);
	peer_press_end(p);
	peer_end(p);
	peer_close(p);
}

static void run_eof_before_uuid(struct peer *p)
{
	for (int i = 0; i < 5; i++) {
		peer_connect(p);
		peer_close(p);
	}
	peer_note(p, "5 connections");
	another_call(p);
}

static void run_reset(struct peer *p)
{
	peer_start(p);
	peer_talk(p, 500);
	peer_reset(p);
	another_call(p);
}

/* One who is no Asterisk: calls go on beside it, it gets no audio, and is shown out. */
static void stranger(struct peer *p, const void *bytes, size_t n)
{
	p->stranger = true;
	peer_connect(p);
	peer_send(p, bytes, n);
	another_call(p);
	peer_backlog(p, p->set->close_ms);
	if (!peer_until_eof(p, p->set->close_ms) && p->check.messages == 0)
		peer_fail(p, "still open %lld ms after that", (long long)p->set->close_ms);
	if (p->check.messages > 0)
		peer_fail(p, "it was taken for a call: %u audio messages", p->check.messages);
	peer_note(p, "closed after %lld ms at most",
		(long long)((now_ns() - p->connected_ns) / NS_PER_MS));
	peer_close(p);
	another_call(p);
}

static void run_http(struct peer *p)
{
	static const char get[] =
		"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: scanner\r\n\r\n";

	stranger(p, get, sizeof(get) - 1);
}

static void run_tls(struct peer *p)
{
	/* Read as AudioSocket this is 48 kHz audio. Version, random, no session, one suite, no more. */
	static const uint8_t hello[] = {
		0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, [43] = 0, 0, 2, 0x13, 1, 1, 0};

	stranger(p, hello, sizeof(hello));
}

static void run_random(struct peer *p)
{
	uint32_t state = 20260921;
	uint8_t bytes[200];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		state = state * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(state >> 24);
	}
	bytes[0] |= 0x80; /* not a UUID message by chance */
	stranger(p, bytes, sizeof(bytes));
}

static void run_silence(struct peer *p)
{
	stranger(p, NULL, 0);
}

static void run_half_uuid(struct peer *p)
{
	uint8_t message[PEER_UUID_BYTES];

	peer_uuid_message(p, message);
	stranger(p, message, 10);
}

#define CROWD 20

/* Each gets audio or 00 00 00, and not all are turned away; what comes when is not judged. */
static void run_crowd(struct peer *p)
{
	struct peer *calls = calloc(CROWD, sizeof(*calls));
	unsigned answered = 0, turned_away = 0;

	if (!calls) {
		peer_fail(p, "no memory");
		return;
	}
	for (unsigned i = 0; i < CROWD; i++) {
		peer_init(&calls[i], p->set, p->case_number, i);
		peer_connect(&calls[i]);
		peer_uuid(&calls[i]);
	}
	for (unsigned i = 0; i < CROWD; i++) {
		struct peer *c = &calls[i];

		peer_backlog(c, 0);
		if (!peer_until_audio(c, c->set->close_ms) && !c->check.ended)
			peer_fail(c, "%s",
				c->reset         ? "the server reset the connection"
					: c->eof ? "closed without audio or 00 00 00"
						 : "neither audio nor an end");
		answered += c->check.messages > 0;
		turned_away += c->check.messages == 0 && c->check.ended;
		p->stalls += c->stalls;
		if (!peer_ok(c))
			peer_fail(p, "call %u of %d: %s", i + 1, CROWD, c->fail);
	}
	for (unsigned i = 0; i < CROWD; i++)
		peer_close(&calls[i]);
	free(calls);
	peer_note(p, "%u of %d calls got audio, %u the end", answered, CROWD, turned_away);
	if (answered == 0)
		peer_fail(p, "not one of %d calls got audio", CROWD);
}

const struct conform_case conform_ends[] = {
	{"half-close", "the connection is closed after the caller's end",
		"calls must not pile up in CLOSE-WAIT", run_half_close, WAVE_CALLS},
	{"eof-in-header", "the same, the end being inside a header",
		"a caller may hang up at any byte", run_eof_in_header, WAVE_CALLS},
	{"eof-in-payload", "the same, the end being inside a payload",
		"a caller may hang up at any byte", run_eof_in_payload, WAVE_CALLS},
	{"server-end", "00 00 00, nothing after it, and reading on to the end",
		"close() with unread audio is a reset, and Asterisk hangs up", run_server_end,
		WAVE_CALLS},
	{"eof-before-uuid", "connections closed without a byte",
		"AudioSocket() connects before it checks that the channel is up",
		run_eof_before_uuid, WAVE_STRANGERS},
	{"reset", "a connection reset in mid-call",
		"Asterisk closes with unread audio: the server gets ECONNRESET, not EOF", run_reset,
		WAVE_STRANGERS},
	{"http", "an HTTP request gets no audio, and is closed; calls go on",
		"AudioSocket has no authentication, and ports get scanned", run_http,
		WAVE_STRANGERS},
	{"tls", "a TLS hello, likewise", "its first byte is the kind of 48 kHz audio", run_tls,
		WAVE_STRANGERS},
	{"random", "200 bytes of chance, likewise", "ports get scanned", run_random,
		WAVE_STRANGERS},
	{"silence", "a connection that sends nothing, likewise",
		"Asterisk sends the UUID within 12 ms", run_silence, WAVE_STRANGERS},
	{"half-uuid", "half a UUID and nothing more, likewise", "Asterisk sends it in one write",
		run_half_uuid, WAVE_STRANGERS},
	{"crowd", "20 calls at once: some get audio, the others 00 00 00, none is refused",
		"on a refusal Asterisk hangs up and closes a descriptor twice", run_crowd,
		WAVE_CROWD},
	{0},
};
