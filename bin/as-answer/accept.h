/* accept: who is at the other end of the connection.
 *
 * Asterisk says it in its first 19 bytes: kind 1, length 16, the UUID of the call. Whoever says
 * anything else, or nothing, is a scanner. Source: res_audiosocket.c, ast_audiosocket_init.
 */
#ifndef AS_ANSWER_ACCEPT_H
#define AS_ANSWER_ACCEPT_H

#include "codec/asock.h"

enum accept_result {
	ACCEPT_CALL,  /* uuid is set */
	ACCEPT_EOF,   /* not a byte: Asterisk itself does that for a channel that is not answered */
	ACCEPT_ALIEN, /* other bytes, too few of them, or none in time */
};

/* Set TCP_NODELAY, keep-alive and the time after which unacknowledged data means a dead peer.
 * What is no TCP socket is left as it is. */
void accept_tune(int fd);

/* Read exactly the UUID message, and not a byte of what follows it, until deadline_ns
 * (CLOCK_MONOTONIC). SIGTERM, if the caller has blocked it, ends the process here: nobody is on
 * the line yet. ACCEPT_ALIEN: *ret_why says in words what was wrong. */
enum accept_result accept_uuid(
	int fd, int64_t deadline_ns, uint8_t uuid[ASOCK_UUID_BYTES], const char **ret_why);

#endif
