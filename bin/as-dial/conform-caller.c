#include "conform-caller.h"

#include <stdio.h>
#include <string.h>

#include "base/loop.h"

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

void peer_message(struct peer *p, uint8_t kind, const void *payload, size_t bytes)
{
	uint8_t message[ASOCK_MAX_BYTES];

	asock_header(message, kind, (uint16_t)bytes);
	if (payload)
		memcpy(message + ASOCK_HEADER_BYTES, payload, bytes);
	else
		peer_say(p, message + ASOCK_HEADER_BYTES, bytes);
	peer_send(p, message, ASOCK_HEADER_BYTES + bytes);
}

void peer_press_end(struct peer *p)
{
	peer_message(p, ASOCK_DTMF, &p->set->end_digit, 1);
	if (!peer_until_end(p, p->set->close_ms))
		peer_fail(p, "%s after the key '%c'",
			p->eof ? "closed without 00 00 00" : "no 00 00 00", p->set->end_digit);
}

void peer_finish(struct peer *p)
{
	if (p->set->end_digit)
		peer_press_end(p);
	peer_close(p);
}

void peer_adopt(struct peer *p, struct peer *other, const char *who)
{
	struct conform_result result;

	peer_result(other, &result);
	p->stalls += result.stalls;
	if (result.verdict == CONFORM_FAIL)
		peer_fail(p, "%s: %s", who, result.text);
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
		.stalls = p->stalls,
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
