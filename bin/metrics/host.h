/* host: what is going on now: calls in progress, the counters of as-answer, the disk. */
#ifndef METRICS_HOST_H
#define METRICS_HOST_H

#include "base/dynbuf.h"

/* Append the figures of the host, in the text format of Prometheus. A spool without calls so far has zeros. -1 with
 * errno: the spool cannot be read, or there is no room. */
int host_write(const char *spool, struct dynbuf *b) MUST_USE;

#endif
