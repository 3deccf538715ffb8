/* What the fake says: made before the first request. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define NAME_BYTES 8 /* of the word that is another one each time */

struct reply answer, speech_24k, speech_pcm, speech_ulaw;

static void add(struct reply *r, const void *p, size_t n)
{
	r->p = realloc(r->p, r->n + n);
	if (!r->p)
		fail("realloc");
	memcpy(r->p + r->n, p, n);
	r->n += n;
}

static void addf(struct reply *r, const char *form, ...) __attribute__((format(printf, 2, 3)));
static void addf(struct reply *r, const char *form, ...)
{
	char text[2048];
	va_list args;
	int n;

	va_start(args, form);
	n = vsnprintf(text, sizeof(text), form, args);
	va_end(args);
	add(r, text, (size_t)n);
}

/* A chunk of HTTP/1.1. */
static void add_chunk(struct reply *r, const void *p, size_t n)
{
	addf(r, "%zx\r\n", n);
	add(r, p, n);
	add(r, "\r\n", 2);
}

/* What was added since the last is sent at a time. */
static void end_part(struct reply *r)
{
	if (r->parts == PARTS_MAX || (r->parts && r->end[r->parts - 1] == r->n))
		return;
	r->end[r->parts++] = r->n;
}

#define CHUNK \
	"data: {\"id\":\"chatcmpl-CbA1q0bXn7yqV5m2k8rT3uWz4\",\"object\":\"chat.completion.chunk\",\"created\":1795668000," \
	"\"model\":\"fake-1\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_560af6e559\","

static void add_token(struct reply *r, const char *token)
{
	char text[1024];
	const char *name = strchr(token, '@');
	int n = snprintf(text, sizeof(text),
		CHUNK
		"\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
		token);

	add_chunk(r, text, (size_t)n);
	if (name)
		r->name[r->name[0] != 0] = r->n - 2 - (size_t)n +
			(size_t)(strchr(text, '@') - text);
}

void make_answer(struct reply *r)
{
	static const char *const first[] = {"That", " is", " noted", " as", " @-------", "."};
	static const char *const rest[] = {" Some", "body", " will", " look", " at", " it", " to",
		"day", ",", " and", " call", " you", " back", " from", " @-------", "."};
	static const char opening[] = CHUNK
		"\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
	static const char closing[] = CHUNK
		"\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";
	static const char usage[] = CHUNK
		"\"choices\":[],\"usage\":{\"prompt_tokens\":412,\"completion_tokens\":22,\"total_tokens\":434,\"prompt_tokens_details\":"
		"{\"cached_tokens\":384}}}\n\ndata: [DONE]\n\n";

	addf(r,
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nx-request-id: req_fake\r\n"
		"Transfer-Encoding: chunked\r\n\r\n");
	add_chunk(r, opening, sizeof(opening) - 1);
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		add_token(r, first[i]);
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++) {
		add_token(r, rest[i]);
		end_part(
			r); /* with the first of them it is sure that the sentence before has ended */
	}
	add_chunk(r, closing, sizeof(closing) - 1);
	add_chunk(r, usage, sizeof(usage) - 1);
	add(r, "0\r\n\r\n", 5);
	end_part(r);
}

static uint8_t ulaw(int16_t sample)
{
	int x = sample < 0 ? -sample : sample, sign = sample < 0 ? 0x80 : 0, exponent = 7;

	x = (x > 32635 ? 32635 : x) + 132;
	while (exponent > 0 && !(x & (1 << (exponent + 7))))
		exponent--;
	return (uint8_t) ~(sign | exponent << 4 | ((x >> (exponent + 3)) & 15));
}

static void make_speech(struct reply *r, const uint8_t *sound, size_t bytes, size_t part_bytes)
{
	addf(r, "HTTP/1.1 200 OK\r\nContent-Type: audio/basic\r\nrequest-id: fake\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (size_t i = 0; i < bytes; i += part_bytes) {
		add_chunk(r, sound + i, bytes - i < part_bytes ? bytes - i : part_bytes);
		if (i + part_bytes < bytes)
			end_part(r);
	}
	add(r, "0\r\n\r\n", 5);
	end_part(r);
}

void make_voices(const char *path)
{
	static int16_t pcm[8000 * 30], pcm_24k[8000 * 30 * 3];
	static uint8_t coded[8000 * 30];
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(pcm, sizeof(*pcm), 8000 * 30, f) : 0;

	if (n == 0)
		fail(path);
	fclose(f);
	for (size_t i = 0; i < n; i++) {
		coded[i] = ulaw(pcm[i]);
		for (size_t k = 0; k < 3; k++) /* straight lines between samples */
			pcm_24k[3 * i + k] = (int16_t)(pcm[i] +
				(i + 1 < n ? pcm[i + 1] - pcm[i] : 0) * (int)k / 3);
	}
	make_speech(&speech_pcm, (uint8_t *)pcm, 2 * n, 1600);
	make_speech(&speech_ulaw, coded, n, 800);
	make_speech(&speech_24k, (uint8_t *)pcm_24k, 6 * n, 4800);
}

/* The n-th word: syllables. */
void write_name(char *to, uint64_t n)
{
	for (size_t i = 0; i < NAME_BYTES; i += 2, n /= 60) {
		to[i] = "bdfgklmnprst"[n % 12];
		to[i + 1] = "aeiou"[n / 12 % 5];
	}
}
