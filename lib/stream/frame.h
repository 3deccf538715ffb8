/* frame: the callpipe stream, one frame: {"type":..,"data":{..},"payload_length":N}\n and N payload bytes.
 *
 * Wyoming framing in the profile of callpipe-stream(5): header at most 8 KiB, payload at most 64 KiB; data_length
 * is understood, never written. No I/O; a parsed frame points into the caller's bytes.
 */
#ifndef CALLPIPE_STREAM_FRAME_H
#define CALLPIPE_STREAM_FRAME_H

#include "codec/jline.h"

#define FRAME_HEADER_MAX 8192
#define FRAME_PAYLOAD_MAX 65536
#define FRAME_MAX (FRAME_HEADER_MAX + FRAME_HEADER_MAX + FRAME_PAYLOAD_MAX)
#define FRAME_TYPE_MAX 64

struct frame {
	const char *raw;           /* the frame as it was read: header, data, payload */
	size_t raw_bytes;          /* of it */
	char type[FRAME_TYPE_MAX]; /* event name */
	/* its data object: a second JSON, the inline one, or a JSON payload; "{}" if none */
	struct jspan data;
	struct jspan under;     /* the inline object when a second JSON lies over it, else absent */
	const uint8_t *payload; /* behind header and second JSON */
	size_t payload_bytes;   /* 0: none */
};

/* One frame from n bytes: >0 bytes consumed, 0 more are needed, -1 malformed; *ret_why then says in words. */
int frame_parse(const char *p, size_t n, struct frame *ret, const char **ret_why) MUST_USE;

/* Append a frame. data is a checked JSON object, written inline or, when too large for a header, as JSON payload;
 * -1 if it does not fit there either. */
int frame_add(struct dynbuf *b, const char *type, struct jspan data);
int frame_add_audio(struct dynbuf *b, int rate_hz, int64_t timestamp_ms, const char *utterance,
	const void *le_bytes, size_t bytes);
/* The data of an `error` event into b: stage, text, code (one word: the cause), fatal. -1: no room. */
int frame_error_data(
	struct dynbuf *b, const char *stage, const char *text, const char *code, bool fatal);

bool frame_is(const struct frame *f, const char *type);
/* Members of data, or fallback; "" if absent or no string that fits. */
bool frame_get(const struct frame *f, const char *key, struct jspan *ret);
int64_t frame_int(const struct frame *f, const char *key, int64_t fallback);
bool frame_str(const struct frame *f, const char *key, char *buf, size_t size);

#endif
