#include "base/sha256.h"

#include <string.h>

#define BLOCK 64

/* FIPS 180-4, 4.2.2: the fractional parts of the cube roots of the first 64 primes */
static const uint32_t k[64] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16(p + 2);
}

static void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

/* FIPS 180-4, 6.2.2 */
static void compress(uint32_t state[8], const uint8_t block[BLOCK])
{
	uint32_t w[64], v[8], t1, t2;

	for (int t = 0; t < 16; t++)
		w[t] = get_be32(block + (size_t)t * 4);
	for (int t = 16; t < 64; t++)
		w[t] = (rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10) + w[t - 7] +
			(rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3) + w[t - 16];
	memcpy(v, state, sizeof v);
	for (int t = 0; t < 64; t++) {
		t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
			((v[4] & v[5]) ^ (~v[4] & v[6])) + k[t] + w[t];
		t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
			((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof *v);
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_init(struct sha256 *s)
{
	/* FIPS 180-4, 5.3.3: the fractional parts of the square roots of the first 8 primes */
	*s = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
				     0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *s, const void *p, size_t n)
{
	const uint8_t *from = p;

	while (n > 0) {
		size_t used = s->bytes % BLOCK, now = n < BLOCK - used ? n : BLOCK - used;

		memcpy(s->block + used, from, now);
		s->bytes += now;
		from += now;
		n -= now;
		if (s->bytes % BLOCK == 0)
			compress(s->state, s->block);
	}
}

void sha256_end(struct sha256 *s, uint8_t digest[SHA256_BYTES])
{
	static const uint8_t pad[BLOCK] = {0x80};
	uint64_t bits = s->bytes * 8;
	uint8_t length[8];

	put_be32(length, (uint32_t)(bits >> 32));
	put_be32(length + 4, (uint32_t)bits);
	/* one bit, zeros, and the length ends a block */
	sha256_add(s, pad, 1 + (BLOCK + 55 - s->bytes % BLOCK) % BLOCK);
	sha256_add(s, length, sizeof length);
	for (int i = 0; i < 8; i++)
		put_be32(digest + (size_t)i * 4, s->state[i]);
}

void sha256_hmac(
	const void *key, size_t key_bytes, const void *p, size_t n, uint8_t digest[SHA256_BYTES])
{
	uint8_t inner[BLOCK] = {0}, outer[BLOCK];
	struct sha256 s;

	if (key_bytes > BLOCK) {
		sha256_init(&s);
		sha256_add(&s, key, key_bytes);
		sha256_end(&s, inner);
	} else if (key_bytes > 0) {
		memcpy(inner, key, key_bytes);
	}
	for (int i = 0; i < BLOCK; i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	sha256_init(&s);
	sha256_add(&s, inner, BLOCK);
	sha256_add(&s, p, n);
	sha256_end(&s, digest);
	sha256_init(&s);
	sha256_add(&s, outer, BLOCK);
	sha256_add(&s, digest, SHA256_BYTES);
	sha256_end(&s, digest);
}

void sha256_hex(const uint8_t digest[SHA256_BYTES], char hex[SHA256_HEX])
{
	for (int i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	hex[2 * SHA256_BYTES] = '\0';
}
