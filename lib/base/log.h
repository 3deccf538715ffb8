/* log: one line per message on stderr, "prog: cannot X 'thing': reason".
 *
 * Text from outside is escaped (control bytes, bytes that are not UTF-8), a line is one write(2)
 * and at most 1 KiB. If stderr is the caller's socket (systemd's StandardOutput=socket, classic
 * inetd), nothing is ever written to it: one byte of text there ends the call. A stderr whose
 * reader stalls holds up nobody: what does not fit is dropped, counted, and the count is written
 * when there is room again. Level from CALLPIPE_LOG: error, warn (default), info, debug.
 */
#ifndef CALLPIPE_BASE_LOG_H
#define CALLPIPE_BASE_LOG_H

#include "base/util.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Set the program's name and the level, and silence stderr if it is stdin's or stdout's socket. */
void log_init(const char *prog);

/* Set the level by its name; -1 if there is none of that name. */
int log_set_level(const char *word) MUST_USE;

/* The name given to log_init. */
const char *log_prog(void);

/* Call `before` ahead of each message, NULL: nothing; for a line of progress that has to go first. */
void log_before(void (*before)(void));

/* Write one message. The _errno forms append ": " and strerror(errno). errno is preserved. */
void log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_error_errno(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn_errno(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
