#include "why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char reason[512];

int why(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	return code;
}

int why_errno(const char *fmt, ...)
{
	int err = errno;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	n = strlen(reason);
	snprintf(reason + n, sizeof(reason) - n, "%s%s", n ? ": " : "", strerror(err));
	return err == ENOMEM || err == EMFILE || err == ENFILE ? EXIT_SYSTEM : EXIT_IO;
}

const char *why_text(void)
{
	return reason;
}
