#include "call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/jline.h"

#define STAGE "as-listen" /* in error events */
#define NO_UUID "00000000-0000-0000-0000-000000000000"

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
	dynbuf_addf(b, "{\"timestamp\":%" PRId64 ",\"dropped_ms\":%" PRId64 "}", timestamp_ms,
		dropped_ms);
}

int call_init(struct call *c, const char *dir, int rate_hz, struct output *output)
{
	const char *uuid = getenv("CALLPIPE_UUID"), *name = getenv("CALLPIPE_CALL");
	int err = 0;

	*c = (struct call){.output = output, .rate_hz = rate_hz};
	dynbuf_init(&c->start, FRAME_PAYLOAD_MAX);
	if (dir && call_describe(dir, rate_hz, &c->start, &c->rate_hz) == 0)
		return 0;
	if (dir && errno != ENOENT)
		err = errno;
	if (uuid && *uuid)
		call_describe_as(&c->start, name && *name ? name : uuid, uuid, rate_hz);
	errno = err;
	return err ? -1 : 0;
}

void call_free(struct call *c)
{
	dynbuf_free(&c->start);
}

void call_begin(struct call *c, const char *uuid)
{
	if (c->begun)
		return;
	c->begun = true;
	if (c->start.n == 0)
		call_describe_as(
			&c->start, uuid ? uuid : NO_UUID, uuid ? uuid : NO_UUID, c->rate_hz);
	output_event(c->output, "call-start", (struct jspan){c->start.p, c->start.n});
}

/* Say an event of ours and forget its data. */
static void say(struct call *c, const char *type, struct dynbuf *data)
{
	call_begin(c, NULL);
	if (!c->ended && !dynbuf_failed(data))
		output_event(c->output, type, (struct jspan){data->p, data->n});
	dynbuf_free(data);
}

void call_clock(struct call *c, int64_t timestamp_ms, int64_t dropped_ms)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	call_describe_clock(&data, timestamp_ms, dropped_ms);
	say(c, "clock", &data);
}

void call_digit(struct call *c, uint8_t digit, int64_t timestamp_ms)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	dynbuf_addf(&data, "{\"digit\":\"%c\",\"timestamp\":%" PRId64 "}", digit, timestamp_ms);
	say(c, "dtmf", &data);
}

void call_error(struct call *c, const char *code, const char *file, const char *text)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	if (frame_error_data(&data, STAGE, text, code, false) == 0 && file) {
		dynbuf_truncate(&data, data.n - 1);
		jline_add_str(&data, "file", file);
		dynbuf_adds(&data, "}");
	}
	say(c, "error", &data);
}

void call_fail(struct call *c, const char *code, const char *text)
{
	struct dynbuf data;

	if (c->ended)
		return;
	call_begin(c, NULL);
	dynbuf_init(&data, FRAME_HEADER_MAX);
	if (frame_error_data(&data, STAGE, text, code, true) == 0)
		output_last(c->output, "error", (struct jspan){data.p, data.n});
	dynbuf_free(&data);
	c->ended = true;
}

void call_frame(struct call *c, const struct frame *f)
{
	call_begin(c, NULL);
	if (!c->ended)
		output_frame(c->output, f);
}

void call_end(struct call *c, const char *cause)
{
	struct dynbuf data;

	dynbuf_init(&data, FRAME_HEADER_MAX);
	dynbuf_addf(&data, "{\"cause\":\"%s\"}", cause);
	say(c, "call-end", &data);
	c->ended = true;
}
