/* breaker: a provider that fails is left alone for a while, by all calls of this host.
 *
 *	closed      requests go; BREAKER_FAILURES failures in a row, of whatever calls, open it
 *	open        none goes, for BREAKER_OPEN_MS; then it is half open
 *	half open   one goes, the probe: success closes it, failure opens it again. Who has the probe and says nothing for
 *	            BREAKER_PROBE_MS, or is dead, has lost it to the next who asks
 *
 * One file in $CALLPIPE_SPOOL holds a record for each provider, by name, mapped by all: changed by atomic operations, no
 * locks that somebody killed could keep. Without a spool each process has its own.
 */
#ifndef CALLPIPE_NET_BREAKER_H
#define CALLPIPE_NET_BREAKER_H

#include "base/util.h"

#define BREAKER_FAILURES 5
#define BREAKER_OPEN_MS 30000
#define BREAKER_PROBE_MS 30000
#define BREAKER_NAME_MAX 96 /* bytes, with its NUL */
#define BREAKERS_MAX 64     /* providers of a host */

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

struct breaker; /* one provider's, in this process */

/* The file "breakers" in the spool, made if it is not there; NULL or "": none. One that is of no use (another version,
 * cut off) is replaced. -1 with errno: the breakers of this process are its own. */
int breaker_open(const char *spool) MUST_USE;
/* By name: "stt openai https://api.openai.com". Valid until the process ends. More than there is room for: one of this
 * process's own. */
struct breaker *breaker_find(const char *name);
/* May a request go now? Who is told yes has to say how it went, or that it was given up. */
bool breaker_ask(struct breaker *b);
void breaker_success(struct breaker *b);
void breaker_failure(struct breaker *b);
void breaker_abandon(struct breaker *b); /* not known: cancelled */

/* What others see: metrics, as-answer --status. */
struct breaker_view {
	char name[BREAKER_NAME_MAX];
	enum breaker_state state;
	int64_t failures;         /* in a row */
	int64_t opened;           /* how often, since the file was made */
	int64_t requests, failed; /* all of them */
	int64_t open_left_ms;     /* open: until it is half open */
};
/* All breakers of a spool, without changing anything. Returns how many, 0 if there is no file; -1 with errno. */
int breaker_list(const char *spool, struct breaker_view *ret, size_t max) MUST_USE;
const char *breaker_state_name(enum breaker_state s); /* "closed", "open", "half-open" */

#endif
