#include "call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/jline.h"

void call_describe_as(struct dynbuf *b, const char *call, const char *uuid, int rate_hz)
{
	dynbuf_adds(b, "{");
	jline_add_str(b, "call", call);
	jline_add_str(b, "uuid", uuid);
	jline_add_int(b, "rate", rate_hz);
	dynbuf_adds(b, "}");
}

static const char *name_of(const char *dir)
{
	const char *end = dir + strlen(dir), *p;

	while (end > dir && end[-1] == '/')
		end--;
	for (p = end; p > dir && p[-1] != '/'; p--)
		;
	return p;
}

void call_describe_dir(struct dynbuf *b, const char *dir, int rate_hz)
{
	const char *name = name_of(dir);
	char call[256];

	snprintf(call, sizeof(call), "%.*s", (int)strcspn(name, "/"), name);
	call_describe_as(b, call, call, rate_hz);
}

int call_describe(const char *dir, int rate_hz, struct dynbuf *ret, int *ret_rate_hz)
{
	char *path, *text;
	size_t n;
	int err;

	if (asprintf(&path, "%s/call.json", dir) == -1)
		return -1;
	err = read_file(path, CALL_JSON_MAX, &text, &n);
	free(path);
	if (err)
		return -1;
	while (n && strchr(" \t\r\n", text[n - 1]))
		n--;
	if (jline_check(text, n) == 0) {
		rate_hz = (int)jline_get_int((struct jspan){text, n}, "rate", rate_hz);
		err = call_rate_known(rate_hz) ? dynbuf_add(ret, text, n) : -1;
	} else {
		err = -1;
	}
	free(text);
	if (err) {
		errno = EBADMSG;
		return -1;
	}
	*ret_rate_hz = rate_hz;
	return 0;
}

void call_describe_clock(struct dynbuf *b, int64_t timestamp_ms, int64_t dropped_ms)
{
	dynbuf_addf(b, "{\"timestamp\":%" PRId64 ",\"dropped_ms\":%" PRId64 "}", timestamp_ms, dropped_ms);
}
