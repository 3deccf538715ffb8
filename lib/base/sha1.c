#include "base/sha1.h"

#include <string.h>

#define BLOCK 64

static uint32_t rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)get_be16(p + i * 4) << 16 | get_be16(p + i * 4 + 2);
	for (int i = 16; i < 80; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20 ? (b & c) | (~b & d)
			: i < 40    ? b ^ c ^ d
			: i < 60    ? (b & c) | (b & d) | (c & d)
				    : b ^ c ^ d;
		uint32_t k = i < 20 ? 0x5a827999
			: i < 40    ? 0x6ed9eba1
			: i < 60    ? 0x8f1bbcdc
				    : 0xca62c1d6;
		uint32_t t = rotate(a, 5) + f + e + k + w[i];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = t;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void sha1(const void *p, size_t n, uint8_t ret[SHA1_BYTES])
{
	uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	size_t whole = n / BLOCK * BLOCK, rest = n - whole;
	size_t last = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	uint8_t end[2 * BLOCK] = {0};

	for (size_t at = 0; at < whole; at += BLOCK)
		block(h, (const uint8_t *)p + at);
	if (rest)
		memcpy(end, (const uint8_t *)p + whole, rest);
	end[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		end[last - 1 - i] = (uint8_t)((uint64_t)n * 8 >> 8 * i);
	for (size_t at = 0; at < last; at += BLOCK)
		block(h, end + at);
	for (int i = 0; i < 5; i++) {
		put_be16(ret + i * 4, (uint16_t)(h[i] >> 16));
		put_be16(ret + i * 4 + 2, (uint16_t)h[i]);
	}
}
