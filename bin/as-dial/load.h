/* load: many calls in one process, begun at a steady rate, swept every few milliseconds.
 *
 * The machine is shared with the server that is measured, so a call costs two system calls per 20 ms and no
 * wake-up of its own: nothing is polled but signals and connects.
 */
#ifndef CALLPIPE_AS_DIAL_LOAD_H
#define CALLPIPE_AS_DIAL_LOAD_H

#include "call.h"
#include "report.h"

struct load {
	struct call_plan plan; /* of every call; loop and grid_ns are set here */
	uint64_t calls;        /* to make */
	double per_second;     /* begun */
	const uint8_t *uuid;   /* ASOCK_UUID_BYTES, of all calls; NULL: each a random one */
	bool progress;         /* on stderr */
	void (*ended)(void *ctx, struct call *c); /* a call is over; it is the callee's to free */
	void *ctx;
	struct totals totals; /* result */
};

/* Make the calls. -1 with errno if there can be no loop. SIGINT and SIGTERM hang up. */
int load_run(struct load *l) MUST_USE;

/* A UUID of version 4 (RFC 9562); -1 with errno if the system has no randomness to give. */
int load_random_uuid(uint8_t uuid[ASOCK_UUID_BYTES]) MUST_USE;

#endif
