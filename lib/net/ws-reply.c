#include "net/ws-reply.h"

#include <stdio.h>
#include <string.h>

#define IN_MAX (HTTP_HEAD_MAX + 4 * HTTP_ERROR_MAX)

void ws_reply_init(struct ws_reply *r)
{
	*r = (struct ws_reply){.retry_after_ms = -1, .length = -1};
	dynbuf_init(&r->in, IN_MAX);
}

void ws_reply_free(struct ws_reply *r)
{
	dynbuf_free(&r->in);
}

static enum ws_verdict strange(struct ws_reply *r, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s", why);
	return WS_REPLY_STRANGE;
}

static enum ws_verdict body_read(struct ws_reply *r, bool last)
{
	size_t n = r->in.n - r->at;
	bool whole = last || (r->length >= 0 && n >= (uint64_t)r->length);
	char body[IN_MAX];

	memcpy(body, r->in.p + r->at, n);
	if (r->chunked) {
		bool ended;

		n = http_chunks(body, n, &ended);
		whole = last || ended;
	}
	if (!whole && n < HTTP_ERROR_MAX)
		return WS_REPLY_MORE;
	n = n < HTTP_ERROR_MAX ? n : HTTP_ERROR_MAX;
	memcpy(r->error, body, n);
	r->error[n] = '\0';
	snprintf(r->why, sizeof(r->why), "the handshake is answered with status %d", r->status);
	return WS_REPLY_NO;
}

static void headers_tell(struct ws_reply *r, const struct http_head *h)
{
	struct http_field f;
	char name[128], value[1024];

	for (size_t pos = 0; r->header && http_head_next(h, &pos, &f);) {
		snprintf(name, sizeof(name), "%.*s", (int)f.name_n, f.name);
		snprintf(value, sizeof(value), "%.*s", (int)f.value_n, f.value);
		r->header(r->ctx, name, value);
	}
}

static void refusal_begin(struct ws_reply *r, const struct http_head *h)
{
	char length[24];

	r->retry_after_ms = ws_retry_after_ms(h);
	r->chunked = http_head_has(h, "Transfer-Encoding", "chunked");
	http_head_get(h, "Content-Length", length, sizeof(length));
	if (parse_int(length, 0, INT32_MAX, &r->length) < 0)
		r->length = -1;
}

static enum ws_verdict head_read(struct ws_reply *r, const char *key, const char *protocol)
{
	struct http_head h;
	const char *wrong;
	char why[HTTP_WHY_MAX];
	int n;

	do { /* others of the 1xx are news on the way */
		n = http_head_parse(r->in.p + r->at, r->in.n - r->at, &h);
		r->at += n > 0 ? (size_t)n : 0;
	} while (n > 0 && h.status < 200 && h.status != 101);
	if (n < 0)
		return strange(r, "what answers the handshake is no HTTP");
	if (n == 0)
		return WS_REPLY_MORE;
	r->status = h.status;
	headers_tell(r, &h);
	if (h.status != 101) {
		refusal_begin(r, &h);
		return WS_REPLY_NO;
	}
	wrong = ws_reply_check(&h, key, protocol);
	if (!wrong)
		return WS_REPLY_YES;
	snprintf(why, sizeof(why), "the handshake is answered wrongly: %s", wrong);
	return strange(r, why);
}

enum ws_verdict ws_reply_read(struct ws_reply *r, const char *key, const char *protocol, bool last)
{
	enum ws_verdict verdict;

	if (!r->status) {
		verdict = head_read(r, key, protocol);
		if (verdict == WS_REPLY_MORE && (last || dynbuf_failed(&r->in)))
			return strange(r, "the connection broke in the handshake");
		if (verdict != WS_REPLY_NO)
			return verdict;
	}
	return body_read(r, last || dynbuf_failed(&r->in));
}
