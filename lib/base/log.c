#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static const char *name;
static enum log_level level = LOG_WARN;
static bool silent;
static unsigned long lost;  /* messages that stderr had no room for */
static void (*first)(void); /* called ahead of each message */

int log_set_level(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (strcmp(word, level_names[i]) == 0) {
			level = (enum log_level)i;
			return 0;
		}
	}
	return -1;
}

void log_init(const char *prog)
{
	const char *word = getenv("CALLPIPE_LOG");
	struct stat st;

	name = prog;
	if (word)
		(void)!log_set_level(word); /* an unknown one is opt_parse's to refuse */
	silent = fstat(2, &st) == 0 && S_ISSOCK(st.st_mode) && (same_file(2, 0) || same_file(2, 1));
}

void log_before(void (*before)(void))
{
	first = before;
}

const char *log_prog(void)
{
	return name ? name : program_invocation_short_name;
}

/* Length of the UTF-8 character at s (RFC 3629); 0 if there is none, or a control character. */
static size_t printable(const unsigned char *s)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
	unsigned c;

	if (n <= 1)
		return *s >= ' ' && *s < 0x7f;
	c = *s & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return c < 0xa0 ? 0 : n;
}

/* Append s to line (*n bytes so far, at most max), escaped; three dots if it is cut. */
static void put_escaped(char *line, size_t *n, size_t max, const char *s)
{
	while (*s) {
		size_t bytes = printable((const unsigned char *)s);

		if (*n + (bytes ? bytes : 4) > max - 3) {
			memcpy(line + *n, "...", 3);
			*n += 3;
			return;
		}
		if (bytes) {
			memcpy(line + *n, s, bytes);
			*n += bytes;
			s += bytes;
		} else {
			*n += (size_t)sprintf(
				line + *n, *s == '\n' ? "\\n" : "\\x%02x", (unsigned char)*s);
			s++;
		}
	}
}

/* A log must never hold up a call, nor end it: no waiting for a reader that stalls, no SIGPIPE. */
static bool stderr_has_room(void)
{
	struct pollfd p = {.fd = 2, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && p.revents == POLLOUT;
}

static void put_line(const char *text, const char *reason)
{
	char line[LINE_MAX_BYTES];
	size_t n = 0;

	put_escaped(line, &n, 64, log_prog());
	memcpy(line + n, ": ", 2);
	n += 2;
	/* the reason is what a reader needs most: room is kept for it */
	put_escaped(line, &n, sizeof(line) - 1 - (reason ? strlen(reason) + 2 : 0), text);
	if (reason)
		n += (size_t)sprintf(line + n, ": %s", reason);
	line[n++] = '\n';
	if (first)
		first();
	if (stderr_has_room())
		(void)!write(2, line, n);
	else
		lost++;
}

static PRINTF_LIKE(3, 0) void put(enum log_level at, bool with_errno, const char *fmt, va_list ap)
{
	int saved = errno;
	char text[LINE_MAX_BYTES];

	if (at > level || silent)
		return;
	if (lost && stderr_has_room()) {
		snprintf(text, sizeof(text), "%lu messages lost: standard error was full", lost);
		lost = 0;
		put_line(text, NULL);
	}
	errno = saved; /* for %m */
	vsnprintf(text, sizeof(text), fmt, ap);
	put_line(text, with_errno ? strerror(saved) : NULL);
	errno = saved;
}

#define DEFINE(fn, at, with_errno) \
	void fn(const char *fmt, ...) \
	{ \
		va_list ap; \
\
		va_start(ap, fmt); \
		put(at, with_errno, fmt, ap); \
		va_end(ap); \
	}

DEFINE(log_error, LOG_ERROR, false)
DEFINE(log_error_errno, LOG_ERROR, true)
DEFINE(log_warn, LOG_WARN, false)
DEFINE(log_warn_errno, LOG_WARN, true)
DEFINE(log_info, LOG_INFO, false)
DEFINE(log_debug, LOG_DEBUG, false)
