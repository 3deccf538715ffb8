/* status: as-answer --status: the calls of this host, and the counters.
 */
#ifndef AS_ANSWER_STATUS_H
#define AS_ANSWER_STATUS_H

#include "stream/slots.h"

/* Print a table if stdout is a terminal, else one JSON object on one line; returns the exit
 * code. */
int status_print(const char *spool);

#endif
