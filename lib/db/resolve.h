/* resolve: names of hosts become addresses, beside the loop.
 *
 * libpq looks names up itself, and waits for that; it does not if it is given the addresses (hostaddr), one for each of
 * its hosts. So a host with three addresses becomes three hosts.
 */
#ifndef CALLPIPE_DB_RESOLVE_H
#define CALLPIPE_DB_RESOLVE_H

#include "base/loop.h"

struct resolve;

/* What libpq is to be told instead: lists with commas. */
struct resolved {
	const char *host, *hostaddr, *port;
};

/* host, port: lists as libpq has them; port may be one for all, "" the usual one. True if there is nothing to look up: all
 * are addresses, or folders of sockets. */
bool resolve_needless(const char *host);
/* done is called from the loop, once; NULL: why says why not. NULL: no memory. */
struct resolve *resolve_start(struct loop *loop, const char *host, const char *port,
	void (*done)(void *ctx, const struct resolved *r, const char *why), void *ctx) MUST_USE;
/* Forget it; also to be called after done. NULL is nothing. */
void resolve_free(struct resolve *r);

#endif
