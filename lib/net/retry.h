/* retry: what a failed request means, and whether and when to make it again: for all vendors in one place.
 *
 * Pure: replies in, decisions out.
 */
#ifndef CALLPIPE_NET_RETRY_H
#define CALLPIPE_NET_RETRY_H

#include "net/http.h"

enum retry_verdict {
	RETRY_OK,      /* nothing to do again */
	RETRY_AGAIN,   /* the same request, after a delay */
	RETRY_GIVE_UP, /* this request can never succeed: 400, 404, 413, .. */
	RETRY_ACCOUNT, /* nor any other, before somebody does something: 401, 402, 403, insufficient_quota */
};

/* A reply, after `attempt` requests (1: the first), when `begun` bytes of a body have been used: then there is no again.
 * *ret_delay_ms, of RETRY_AGAIN: what the server asks for, else 500 * 2^(attempt-1) ms, at most 8 s, less up to a
 * quarter by lot. */
enum retry_verdict retry_judge(
	const struct http_reply *r, int attempt, bool begun, int64_t *ret_delay_ms) MUST_USE;
/* The same says that the server is at fault, or overloaded, and not what was asked: it counts for a breaker. */
bool retry_counts(const struct http_reply *r);
/* The message in the body of an error, as vendors write it ({"error":{"message":..}}, {"err_msg"}, {"detail"}, plain text,
 * HTML): one line for people, in ret. Its code or type ("insufficient_quota"), or "", in code. */
void retry_message(
	const char *body, size_t n, char *ret, size_t size, char *code, size_t code_size);

#endif
