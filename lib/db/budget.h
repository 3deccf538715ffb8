/* budget: how many connections all calls of this host have to a database at a time.
 *
 * A connection is a lock on one byte of a file in the spool, an open file description lock: it is free again exactly when
 * its holder closes it, or is gone, however it went. Nobody waits here: who gets none asks again a little later.
 */
#ifndef CALLPIPE_DB_BUDGET_H
#define CALLPIPE_DB_BUDGET_H

#include "base/util.h"

/* One of the first n of path, which is made if it is not there: 1, and *ret_fd is to be closed by budget_give; 0: none is
 * free; -1 with errno: they cannot be counted. */
int budget_take(const char *path, int64_t n, int *ret_fd) MUST_USE;
void budget_give(int fd); /* -1 is nothing */

#endif
