/* conform-caller: a call as Asterisk makes it over a peer's connection: its messages, and what became of it.
 */
#ifndef CALLPIPE_AS_DIAL_CONFORM_CALLER_H
#define CALLPIPE_AS_DIAL_CONFORM_CALLER_H

#include "conform-peer.h"

enum conform_verdict { CONFORM_PASS, CONFORM_FAIL, CONFORM_SKIP };

/* What a case hands to its parent, in one write to a pipe. */
struct conform_result {
	enum conform_verdict verdict;
	unsigned messages; /* audio messages judged */
	double first_ms;   /* from the UUID to the first audio; -1: no audio */
	double late_p50_ms, late_p99_ms, late_max_ms; /* lateness on the plan */
	double gap_ms;                                /* longest time between two messages */
	unsigned stalls; /* times the tester was late itself, and judged nothing */
	char fault[16];  /* the checker's word for the fault; "" if it found none */
	char text[200];  /* the reason, or what was seen */
};

/* The 19 bytes of the UUID message, not sent; or send them. */
#define PEER_UUID_BYTES (ASOCK_HEADER_BYTES + ASOCK_UUID_BYTES)
void peer_uuid_message(const struct peer *p, uint8_t message[PEER_UUID_BYTES]);
void peer_uuid(struct peer *p);

/* Connect, open, UUID. */
void peer_start(struct peer *p);

/* One message of any kind; payload NULL: what the caller says next. At most 65535 bytes. */
void peer_message(struct peer *p, uint8_t kind, const void *payload, size_t bytes);

/* Press the key that ends calls and see the end message. */
void peer_press_end(struct peer *p);
/* The same if there is such a key; then hang up as Asterisk does. */
void peer_finish(struct peer *p);

/* What became of the case. */
void peer_result(struct peer *p, struct conform_result *ret);
/* What became of another connection of the case: its failure is p's, `who` before it. */
void peer_adopt(struct peer *p, struct peer *other, const char *who);

#endif
