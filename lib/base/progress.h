/* progress: one line on a terminal that says how far a tool is: drawn again over itself, and gone before anything else is
 * written there.
 *
 *	if (progress_due())
 *		progress_show("%" PRId64 " rows", n);
 *	...
 *	progress_wipe(); // before what is written to stdout, or by others
 *
 * Only where stderr is a terminal: elsewhere these do nothing. What log.h writes wipes it first. Not from several threads.
 */
#ifndef CALLPIPE_BASE_PROGRESS_H
#define CALLPIPE_BASE_PROGRESS_H

#include "base/util.h"

/* Is it time to draw it: five times a second. Where it is not shown, never. */
bool progress_due(void);
/* Draw it now, with the program's name before it. */
void progress_show(const char *fmt, ...) PRINTF_LIKE(1, 2);
void progress_wipe(void);

#endif
