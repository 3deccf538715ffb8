/* conform: does an AudioSocket server do what Asterisk needs? Plays Asterisk's side against it, a case at
 * a time or several at once, and prints PASS, FAIL or SKIP for each, with the reason and the figures.
 *
 * Source: res_audiosocket.c, app_audiosocket.c of Asterisk 23.4.1, and what was measured on it.
 */
#ifndef CALLPIPE_AS_DIAL_CONFORM_H
#define CALLPIPE_AS_DIAL_CONFORM_H

#include <sys/socket.h>

#include "base/util.h"
#include "codec/asock.h"

struct conform_settings {
	struct sockaddr_storage addr; /* the server */
	socklen_t addr_bytes;         /* length of addr in use */
	int rate_hz;                  /* of the caller's audio: a rate AudioSocket has a kind for */
	uint8_t uuid
		[ASOCK_UUID_BYTES]; /* of the calls; its last 2 bytes become the numbers of case and call */
	const int16_t *say;         /* what the caller says, over and over, at rate_hz */
	size_t say_samples;         /* samples in say, at least 1 */
	const char *cases;          /* names of cases, between commas or blanks; NULL: all */
	char end_digit;             /* key on which the server ends the call; 0: it knows none */
	int64_t first_ms;           /* allowed from the UUID to the first audio */
	int64_t late_ms;            /* allowed p99 of lateness; widens the allowed gap alike */
	int64_t close_ms; /* allowed for the server to close, and to end a call on end_digit */
	bool json;        /* one JSON object a case, not a line of text */
};

#define CONFORM_FIRST_MS 100
#define CONFORM_LATE_MS 10
#define CONFORM_CLOSE_MS 5000

/* Run the cases; results go to stdout, mistakes to the log. Returns an exit code: 0 none failed, 1 some
 * failed, 64 unknown case, 69 nobody listens, 71 no process to be had. */
int conform_run(const struct conform_settings *set) MUST_USE;

/* Print what the cases are, what each shows and why. */
void conform_list(void);

#endif
