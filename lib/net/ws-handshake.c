#include "net/ws-handshake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/sha1.h"
#include "net/curl.h"

/* A part of a URL with what stands before it, added to ret; nothing if there is none. */
static void part_add(struct dynbuf *ret, CURLU *url, CURLUPart what, const char *before)
{
	char *s = NULL;

	if (curl_lib()->url_get(url, what, &s, 0) != CURLUE_OK)
		return;
	dynbuf_adds(ret, before);
	dynbuf_adds(ret, s);
	curl_lib()->free(s);
}

static int part_end(struct dynbuf *b, char *ret, size_t size)
{
	int fits = !dynbuf_failed(b) && b->n < size ? 0 : -1;

	if (fits == 0)
		memcpy(ret, b->p, b->n + 1);
	dynbuf_reset(b);
	return fits;
}

static int url_take(CURLU *url, const char *text, struct dynbuf *b, struct ws_url *ret)
{
	/* https instead of wss: libcurl 7.88 knows no WebSocket */
	if (dynbuf_addf(b, "http%s", text + 2) < 0 ||
		curl_lib()->url_set(url, CURLUPART_URL, b->p, 0) != CURLUE_OK)
		return -1;
	dynbuf_reset(b);
	part_add(b, url, CURLUPART_HOST, "");
	part_add(b, url, CURLUPART_PORT, ":");
	if (part_end(b, ret->host, sizeof(ret->host)) < 0 || !*ret->host)
		return -1;
	part_add(b, url, CURLUPART_PATH, "");
	part_add(b, url, CURLUPART_QUERY, "?");
	snprintf(ret->origin, sizeof(ret->origin), "%s://%s/", text[2] == 's' ? "https" : "http",
		ret->host);
	return part_end(b, ret->target, sizeof(ret->target));
}

int ws_url(const char *text, struct ws_url *ret)
{
	const struct curl_lib *lib = curl_lib();
	CURLU *url = lib ? lib->url() : NULL;
	struct dynbuf b;
	int rc = -1;

	dynbuf_init(&b, sizeof(ret->target) + sizeof(ret->host));
	if (url && (strncmp(text, "ws://", 5) == 0 || strncmp(text, "wss://", 6) == 0))
		rc = url_take(url, text, &b, ret);
	dynbuf_free(&b);
	if (url)
		lib->url_cleanup(url);
	return rc;
}

static void base64_put(const void *p, size_t n, char ret[WS_KEY_MAX])
{
	struct dynbuf b;

	dynbuf_init(&b, WS_KEY_MAX);
	base64_add(&b, p, n);
	memcpy(ret, b.p, b.n + 1);
	dynbuf_free(&b);
}

void ws_answer(const char *key, char ret[WS_KEY_MAX])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	char text[WS_KEY_MAX + sizeof(guid)];
	uint8_t hash[SHA1_BYTES];
	size_t n = strlen(key);

	memcpy(text, key, n);
	memcpy(text + n, guid, sizeof(guid));
	sha1(text, strlen(text), hash);
	base64_put(hash, sizeof(hash), ret);
}

int ws_key(char ret[WS_KEY_MAX])
{
	uint8_t lot[16];

	if (getrandom(lot, sizeof(lot), 0) != sizeof(lot))
		return -1;
	base64_put(lot, sizeof(lot), ret);
	return 0;
}

static int field_add(struct dynbuf *b, const char *name, const char *value)
{
	if (!http_is_name(name) || !http_is_plain(value))
		return -1;
	return dynbuf_addf(b, "%s: %s\r\n", name, value);
}

int ws_request_add(struct dynbuf *b, const char *host, const char *target, const char *key,
	const struct ws_request *q)
{
	if (!http_is_plain(host) || !http_is_plain(target) || strchr(target, ' '))
		return -1;
	dynbuf_addf(b, "GET %s HTTP/1.1\r\n", target);
	if (field_add(b, "Host", host) < 0 || field_add(b, "Upgrade", "websocket") < 0 ||
		field_add(b, "Connection", "Upgrade") < 0 ||
		field_add(b, "Sec-WebSocket-Key", key) < 0 ||
		field_add(b, "Sec-WebSocket-Version", "13") < 0)
		return -1;
	if (q->protocol && field_add(b, "Sec-WebSocket-Protocol", q->protocol) < 0)
		return -1;
	for (size_t i = 0; i < q->headers_n; i++)
		if (field_add(b, q->headers[i].name, q->headers[i].value) < 0)
			return -1;
	dynbuf_adds(b, "\r\n");
	return dynbuf_failed(b) ? -1 : 0;
}

const char *ws_reply_check(const struct http_head *h, const char *key, const char *protocol)
{
	char want[WS_KEY_MAX], got[128];

	ws_answer(key, want);
	if (!http_head_has(h, "Upgrade", "websocket") || !http_head_has(h, "Connection", "upgrade"))
		return "it does not become a WebSocket";
	http_head_get(h, "Sec-WebSocket-Accept", got, sizeof(got));
	if (strcmp(got, want) != 0)
		return "the key is not answered";
	if (http_head_get(h, "Sec-WebSocket-Extensions", got, sizeof(got)) && *got)
		return "there is an extension nobody asked for";
	if (http_head_get(h, "Sec-WebSocket-Protocol", got, sizeof(got)) &&
		(!protocol || strcmp(got, protocol) != 0))
		return "there is a protocol nobody asked for";
	return NULL;
}

int64_t ws_retry_after_ms(const struct http_head *h)
{
	static const struct {
		const char *name;
		double ms;
	} fields[] = {{"retry-after-ms", 1}, {"retry-after", 1000}};
	char value[64], *end;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		double x;

		if (!http_head_get(h, fields[i].name, value, sizeof(value)))
			continue;
		x = strtod(value, &end) * fields[i].ms;
		if (end != value && !*end && isfinite(x) && x >= 0 && x < 1e12)
			return (int64_t)x;
	}
	return -1;
}
