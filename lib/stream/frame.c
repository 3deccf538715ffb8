#include "stream/frame.h"

#include <inttypes.h>
#include <string.h>

/* What a header says of the bytes behind it. */
struct header {
	size_t line_bytes; /* with its line feed */
	size_t data_bytes; /* second JSON */
	size_t payload_bytes;
};

static bool length_take(struct jspan v, int64_t max, size_t *ret)
{
	int64_t n;

	if (!jline_int(v, &n) || n < 0 || n > max)
		return false;
	*ret = (size_t)n;
	return true;
}

/* One member of a header: NULL, or what is wrong with it. */
static const char *member_take(struct jspan key, struct jspan v, struct frame *f, struct header *h)
{
	if (jline_eq(key, "type"))
		return jline_str(v, f->type, sizeof(f->type)) ? NULL : "header has no usable type";
	if (jline_eq(key, "data")) {
		f->data = v;
		return v.p[0] == '{' ? NULL : "data is not an object";
	}
	if (jline_eq(key, "payload_length"))
		return length_take(v, FRAME_PAYLOAD_MAX, &h->payload_bytes)
			? NULL
			: "payload_length is not within 0 to 65536";
	if (jline_eq(key, "data_length"))
		return length_take(v, FRAME_HEADER_MAX, &h->data_bytes)
			? NULL
			: "data_length is not within 0 to 8192";
	return NULL;
}

static const char *header_parse(struct jspan line, struct frame *f, struct header *h)
{
	struct jspan key, v;
	size_t pos = 0;
	const char *why = NULL;

	if (jline_check(line.p, line.n) < 0)
		return "header is not a JSON object";
	while (!why && jline_next(line, &pos, &key, &v))
		why = member_take(key, v, f, h);
	return why || f->type[0] ? why : "header has no usable type";
}

/* Without the blanks that may stand around it: whoever adds a member cuts off the brace at its end. */
static struct jspan trimmed(const char *p, size_t n)
{
	while (*p != '{') {
		p++;
		n--;
	}
	while (p[n - 1] != '}')
		n--;
	return (struct jspan){p, n};
}

/* Find the event's data: over the inline object lies a second JSON; a large event carries it as payload. */
static const char *data_find(struct frame *f, const struct header *h)
{
	const char *second = f->raw + h->line_bytes;

	if (h->data_bytes) {
		if (jline_check(second, h->data_bytes) < 0)
			return "second JSON is not an object";
		f->under = f->data;
		f->data = trimmed(second, h->data_bytes);
	} else if (!f->data.p && f->payload_bytes && f->payload[0] == '{' &&
		jline_check((const char *)f->payload, f->payload_bytes) == 0) {
		f->data = trimmed((const char *)f->payload, f->payload_bytes);
	}
	if (!f->data.p)
		f->data = (struct jspan){"{}", 2};
	return NULL;
}

int frame_parse(const char *p, size_t n, struct frame *ret, const char **ret_why)
{
	struct frame f = {.raw = p};
	struct header h = {0};
	const char *nl;

	if (n == 0)
		return 0;
	if (p[0] != '{') {
		*ret_why = "frame does not begin with '{'";
		return -1;
	}
	nl = memchr(p, '\n', n < FRAME_HEADER_MAX ? n : FRAME_HEADER_MAX);
	if (!nl) {
		*ret_why = "header is longer than 8192 bytes";
		return n < FRAME_HEADER_MAX ? 0 : -1;
	}
	h.line_bytes = (size_t)(nl - p) + 1;
	*ret_why = header_parse((struct jspan){p, h.line_bytes - 1}, &f, &h);
	if (*ret_why)
		return -1;
	f.raw_bytes = h.line_bytes + h.data_bytes + h.payload_bytes;
	if (n < f.raw_bytes)
		return 0;
	f.payload = (const uint8_t *)p + h.line_bytes + h.data_bytes;
	f.payload_bytes = h.payload_bytes;
	*ret_why = data_find(&f, &h);
	if (*ret_why)
		return -1;
	*ret = f;
	return (int)f.raw_bytes;
}

int frame_add(struct dynbuf *b, const char *type, struct jspan data)
{
	size_t before = b->n;

	dynbuf_addf(b, "{\"type\":\"%s\",\"data\":", type);
	dynbuf_add(b, data.p, data.n);
	dynbuf_adds(b, "}\n");
	if (dynbuf_failed(b))
		return -1;
	if (b->n - before <= FRAME_HEADER_MAX)
		return 0;
	dynbuf_truncate(b, before);
	if (data.n > FRAME_PAYLOAD_MAX)
		return -1;
	dynbuf_addf(b, "{\"type\":\"%s\",\"payload_length\":%zu}\n", type, data.n);
	return dynbuf_add(b, data.p, data.n);
}

int frame_add_audio(struct dynbuf *b, int rate_hz, int64_t timestamp_ms, const char *utterance,
	const void *le_bytes, size_t bytes)
{
	dynbuf_addf(b,
		"{\"type\":\"audio-chunk\",\"data\":{\"rate\":%d,\"width\":2,\"channels\":1,\"timestamp\":%" PRId64,
		rate_hz, timestamp_ms);
	if (utterance)
		jline_add_str(b, "utterance", utterance);
	dynbuf_addf(b, "},\"payload_length\":%zu}\n", bytes);
	return dynbuf_add(b, le_bytes, bytes);
}

int frame_error_data(
	struct dynbuf *b, const char *stage, const char *text, const char *code, bool fatal)
{
	dynbuf_adds(b, "{");
	jline_add_str(b, "stage", stage);
	jline_add_str(b, "text", text);
	jline_add_str(b, "code", code);
	jline_add_bool(b, "fatal", fatal);
	return dynbuf_adds(b, "}");
}

bool frame_is(const struct frame *f, const char *type)
{
	return strcmp(f->type, type) == 0;
}

bool frame_get(const struct frame *f, const char *key, struct jspan *ret)
{
	return jline_get(f->data, key, ret) || (f->under.p && jline_get(f->under, key, ret));
}

int64_t frame_int(const struct frame *f, const char *key, int64_t fallback)
{
	struct jspan v;
	int64_t n = fallback;

	if (frame_get(f, key, &v))
		jline_int(v, &n);
	return n;
}

bool frame_str(const struct frame *f, const char *key, char *buf, size_t size)
{
	struct jspan v;

	buf[0] = '\0';
	return frame_get(f, key, &v) && jline_str(v, buf, size);
}
