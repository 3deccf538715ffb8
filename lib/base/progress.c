#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define SHOW_EVERY_NS (200 * NS_PER_MS)
#define WIPE "\r\033[K"

static int64_t shown_ns; /* when it was drawn last; monotonic */
static bool drawn;       /* it stands on the terminal */

/* Whoever asks does so often. */
static bool is_shown(void)
{
	static enum { UNKNOWN, YES, NO } terminal;

	if (terminal == UNKNOWN)
		terminal = isatty(STDERR_FILENO) ? YES : NO;
	return terminal == YES;
}

bool progress_due(void)
{
	return is_shown() && now_ns() - shown_ns >= SHOW_EVERY_NS;
}

void progress_show(const char *fmt, ...)
{
	char text[256];
	size_t n;
	va_list ap;

	if (!is_shown())
		return;
	shown_ns = now_ns();
	snprintf(text, sizeof(text), WIPE "%s: ", log_prog());
	n = strlen(text);
	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	log_before(progress_wipe);
	n = strlen(text);
	drawn = write(STDERR_FILENO, text, n) == (ssize_t)n;
}

void progress_wipe(void)
{
	if (drawn && write(STDERR_FILENO, WIPE, strlen(WIPE)) == (ssize_t)strlen(WIPE))
		drawn = false;
}
