/* Deepgram's live recogniser, on WebSockets (RFC 6455): an interim result each half a second of audio, and a final one when
 * Finalize asks for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

uint64_t turns, heard_bytes;

static uint32_t rol(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

/* SHA-1 of a key and the RFC's constant, 60 bytes: two blocks. */
static void sha1_60(const uint8_t *text, uint8_t digest[20])
{
	uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
	uint8_t block[128] = {0};

	memcpy(block, text, 60);
	block[60] = 0x80;
	block[126] = 60 * 8 >> 8;
	block[127] = 60 * 8 & 255;
	for (const uint8_t *b = block; b < block + 128; b += 64) {
		uint32_t w[80], v[5];

		for (int i = 0; i < 16; i++)
			w[i] = (uint32_t)b[4 * i] << 24 | (uint32_t)b[4 * i + 1] << 16 |
				(uint32_t)b[4 * i + 2] << 8 | b[4 * i + 3];
		for (int i = 16; i < 80; i++)
			w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
		memcpy(v, h, sizeof(v));
		for (int i = 0; i < 80; i++) {
			uint32_t f = i < 20         ? (v[1] & v[2]) | (~v[1] & v[3])
				: i < 40 || i >= 60 ? v[1] ^ v[2] ^ v[3]
						    : (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
			uint32_t t = rol(v[0], 5) + f + v[4] + w[i] +
				(i < 20                  ? 0x5A827999
						: i < 40 ? 0x6ED9EBA1
						: i < 60 ? 0x8F1BBCDC
							 : 0xCA62C1D6);

			v[4] = v[3];
			v[3] = v[2];
			v[2] = rol(v[1], 30);
			v[1] = v[0];
			v[0] = t;
		}
		for (int i = 0; i < 5; i++)
			h[i] += v[i];
	}
	for (int i = 0; i < 20; i++)
		digest[i] = (uint8_t)(h[i / 4] >> (24 - i % 4 * 8));
}

int upgrade(struct connection *c, const char *head)
{
	static const char set[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *key = strcasestr(head, "\r\nsec-websocket-key:"),
		   *rate = strstr(head, "sample_rate=");
	char text[61], accept[29], reply[256];
	uint8_t digest[21] = {0};

	if (!key || sscanf(key + 20, " %24s", text) != 1 || strlen(text) != 24)
		return -1;
	memcpy(text + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 37);
	sha1_60((const uint8_t *)text, digest);
	for (size_t i = 0, k = 0; i < 21; i += 3) {
		uint32_t x = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 |
			digest[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6)
			accept[k++] = set[x >> shift & 63];
	}
	accept[27] = '=';
	accept[28] = '\0';
	c->live = true;
	c->rate_hz = rate ? (unsigned)atoi(rate + 12) : 8000;
	int n = snprintf(reply, sizeof(reply),
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
		"dg-request-id: fake\r\n\r\n",
		accept);
	return say(c, reply, (size_t)n);
}

static int send_text(struct connection *c, const char *text, size_t n)
{
	char frame[1024];

	if (n + 4 > sizeof(frame))
		return -1;
	frame[0] = (char)0x81;
	frame[1] = 126;
	frame[2] = (char)(n >> 8);
	frame[3] = (char)n;
	memcpy(frame + 4, text, n);
	return say(c, frame, n + 4);
}

/* What was heard since the last final result. */
static int tell(struct connection *c, bool final)
{
	double start = (double)c->final_bytes / 2 / c->rate_hz,
	       now = (double)c->audio_bytes / 2 / c->rate_hz;
	char text[1000];
	int n = snprintf(text, sizeof(text),
		"{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":%.3f,\"start\":%.3f,\"is_final\":%s,\"speech_final\":false,"
		"\"from_finalize\":%s,\"channel\":{\"alternatives\":[{\"transcript\":\"%s\",\"confidence\":0.97,\"words\":["
		"{\"word\":\"i\",\"start\":%.3f,\"end\":%.3f,\"confidence\":0.97,\"punctuated_word\":\"I\"},"
		"{\"word\":\"call\",\"start\":%.3f,\"end\":%.3f,\"confidence\":0.97,\"punctuated_word\":\"call\"}]}]},\"metadata\":{"
		"\"request_id\":\"fake\",\"model_info\":{\"name\":\"general\",\"version\":\"1\",\"arch\":\"nova-3\"},\"model_uuid\":\"fake\"}}",
		now - start, start, final ? "true" : "false", final ? "true" : "false",
		final ? "I call because the box in my kitchen blinks red." : "I call because the",
		start, start, now, now);

	c->told_bytes = c->audio_bytes;
	if (final) {
		c->final_bytes = c->audio_bytes;
		turns++;
	}
	return send_text(c, text, (size_t)n);
}

static int take_text(struct connection *c, uint8_t *p, size_t n, const uint8_t *mask)
{
	char text[64] = "";

	for (size_t i = 0; i < n && i + 1 < sizeof(text); i++)
		text[i] = (char)(p[i] ^ mask[i % 4]);
	if (strstr(text, "\"Finalize\""))
		return tell(c, true);
	if (strstr(text, "\"CloseStream\"")) {
		say(c, "\x88\x02\x03\xe8", 4);
		return -1;
	}
	return 0;
}

ssize_t take_frame(struct connection *c, uint8_t *p, size_t have)
{
	size_t head = 2, n;

	if (have < 2)
		return 0;
	n = p[1] & 127;
	head += n == 127 ? 8 : n == 126 ? 2 : 0;
	if (have < head + 4)
		return 0;
	if (n >= 126) {
		size_t bytes = n == 127 ? 8 : 2;

		n = 0;
		for (size_t i = 0; i < bytes; i++)
			n = n << 8 | p[2 + i];
	}
	if (!(p[1] & 128) || n > IN_MAX - 16)
		return -1;
	if (have < head + 4 + n)
		return 0;
	switch (p[0] & 15) {
	case 1:
		if (take_text(c, p + head + 4, n, p + head) == -1)
			return -1;
		break;
	case 8:
		say(c, "\x88\x02\x03\xe8", 4);
		return -1;
	case 9:
		say(c, "\x8a\x00", 2);
		break;
	case 0:
	case 2:
		c->audio_bytes += n;
		heard_bytes += n;
		if (c->audio_bytes - c->told_bytes >= c->rate_hz &&
			tell(c, false) == -1) /* half a second */
			return -1;
		break;
	}
	return (ssize_t)(head + 4 + n);
}
