#include "show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/progress.h"
#include "codec/jline.h"
#include "text/utf8.h"

#define TEXT_SHOWN 48 /* bytes in the table */

static void row(const char *status, const char *name, const struct entry *e)
{
	static bool begun;
	const char *text = e->text;
	int shown = (int)utf8_cut(text, strlen(text), TEXT_SHOWN);

	if (!begun)
		printf("      KB  seconds    dB  limit\n");
	begun = true;
	printf("%8.1f %8.2f %+5.1f %6.1f  %-6s  %s%s%.*s\n", (double)e->bytes / 1024,
		(double)e->ms / 1000, e->gain_db, e->limited_db, status, name, *text ? ": " : "",
		shown, text);
}

static void line(const char *status, const char *name, const char *source, const struct entry *e,
	const char *why)
{
	struct dynbuf b;

	dynbuf_init(&b, 1 << 20);
	dynbuf_adds(&b, "{");
	if (name)
		jline_add_str(&b, "name", name);
	jline_add_str(&b, "source", source);
	jline_add_str(&b, "status", status);
	if (e) {
		jline_add_int(&b, "bytes", e->bytes);
		jline_add_int(&b, "ms", e->ms);
		dynbuf_addf(&b, ",\"gain_db\":%.2f,\"limited_db\":%.2f,\"level_dbov\":%.2f",
			e->gain_db, e->limited_db, e->level_dbov);
		jline_add_str(&b, "text", e->text);
	}
	if (why)
		jline_add_str(&b, "why", why);
	printf("%s}\n", b.p);
	dynbuf_free(&b);
}

void show(const char *status, const char *name, const char *source, const struct entry *e,
	const char *why)
{
	if (!isatty(STDOUT_FILENO)) {
		line(status, name, source, e, why);
	} else if (e) { /* what failed has been said there */
		progress_wipe();
		row(status, name, e);
	}
	fflush(stdout);
}
