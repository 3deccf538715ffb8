/* count: what a finished call adds to the figures; and the figures as text. */
#ifndef METRICS_COUNT_H
#define METRICS_COUNT_H

#include "ledger.h"
#include "record/story.h"

/* Add a call that is over. */
void count_call(struct ledger *l, const struct kept *k, const struct story *s);
/* Append all figures of calls, in the text format of Prometheus. -1: they have no room. */
int count_write(const struct ledger *l, struct dynbuf *b) MUST_USE;

#endif
