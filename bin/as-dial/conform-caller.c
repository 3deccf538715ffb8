/* What a peer says, and what became of it: messages, and the result. The connection is conform-peer.c's. */
#include <stdio.h>
#include <string.h>

#include "base/loop.h"
#include "conform-peer.h"

void peer_uuid_message(const struct peer *p, uint8_t message[PEER_UUID_BYTES])
{
	asock_header(message, ASOCK_UUID, ASOCK_UUID_BYTES);
	memcpy(message + ASOCK_HEADER_BYTES, p->set->uuid, ASOCK_UUID_BYTES);
	message[PEER_UUID_BYTES - 2] = (uint8_t)p->case_number;
	message[PEER_UUID_BYTES - 1] = (uint8_t)p->number;
}

void peer_uuid(struct peer *p)
{
	uint8_t message[PEER_UUID_BYTES];

	peer_uuid_message(p, message);
	peer_send(p, message, sizeof(message));
	p->frame_ns = now_ns() + TICK_NS;
}

void peer_start(struct peer *p)
{
	peer_connect(p);
	peer_open(p);
	peer_uuid(p);
}

static int16_t next_sample(struct peer *p)
{
	if (p->set->say_samples > 0) {
		p->said = p->said < p->set->say_samples ? p->said : 0;
		return p->set->say[p->said++];
	}
	p->noise = p->noise * 1664525 + 1013904223;
	return (int16_t)((int)(p->noise >> 26) - 32);
}

static void fill(struct peer *p, uint8_t *payload, size_t bytes)
{
	size_t i;

	for (i = 0; i + 1 < bytes; i += 2)
		put_le16s(payload + i, next_sample(p));
	if (i < bytes)
		payload[i] = 0;
}

size_t peer_frame(struct peer *p, uint8_t *frame)
{
	size_t bytes = (size_t)p->set->rate_hz / 50 * 2;

	asock_header(frame, asock_audio_kind(p->set->rate_hz), (uint16_t)bytes);
	fill(p, frame + ASOCK_HEADER_BYTES, bytes);
	return ASOCK_HEADER_BYTES + bytes;
}

void peer_message(struct peer *p, uint8_t kind, const void *payload, size_t bytes)
{
	uint8_t message[ASOCK_MAX_BYTES];

	asock_header(message, kind, (uint16_t)bytes);
	if (payload)
		memcpy(message + ASOCK_HEADER_BYTES, payload, bytes);
	else
		fill(p, message + ASOCK_HEADER_BYTES, bytes);
	peer_send(p, message, ASOCK_HEADER_BYTES + bytes);
}

void peer_finish(struct peer *p)
{
	if (p->set->end_digit) {
		peer_message(p, ASOCK_DTMF, &p->set->end_digit, 1);
		if (!peer_until_end(p, p->set->close_ms))
			peer_fail(p, "%s after the key '%c'",
				p->eof ? "closed without 00 00 00" : "no 00 00 00",
				p->set->end_digit);
	}
	peer_close(p);
}

void peer_result(struct peer *p, struct conform_result *ret)
{
	struct check *c = &p->check;

	check_finish(c);
	*ret = (struct conform_result){
		.messages = c->messages,
		.first_ms = c->first_ns < 0 ? -1 : (double)c->first_ns / 1e6,
		.late_p50_ms = check_late_ms(c, 50),
		.late_p99_ms = check_late_ms(c, 99),
		.late_max_ms = check_late_ms(c, 100),
		.gap_ms = (double)c->gap_ns / 1e6,
	};
	if (!check_ok(c)) {
		ret->verdict = CONFORM_FAIL;
		snprintf(ret->fault, sizeof(ret->fault), "%s", check_name(c->fault));
		snprintf(ret->text, sizeof(ret->text), "%s", c->text);
	} else if (!peer_ok(p)) {
		ret->verdict = p->skip ? CONFORM_SKIP : CONFORM_FAIL;
		snprintf(ret->text, sizeof(ret->text), "%s", p->skip ? p->note : p->fail);
	} else if (p->note[0]) {
		snprintf(ret->text, sizeof(ret->text), "%s", p->note);
	} else {
		snprintf(ret->text, sizeof(ret->text), "%u frames, late p99 %.1f ms", c->messages,
			ret->late_p99_ms);
	}
}
