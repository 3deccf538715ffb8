/* why: the reason why something could not be done, for the message of whoever says what it was.
 */
#ifndef MP3BATCH_WHY_H
#define MP3BATCH_WHY_H

#include "base/util.h"

/* Keep the reason, in place of the last; returns code. */
int why(int code, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same, followed by ": " and what errno says; without a text, that alone. Returns EXIT_IO, or EXIT_SYSTEM where
 * the system refused memory or descriptors. */
int why_errno(const char *fmt, ...) PRINTF_LIKE(1, 2);
const char *why_text(void);

#endif
