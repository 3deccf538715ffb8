/* sha256: a digest of bytes, and a keyed one.
 *
 * Source: FIPS 180-4 (SHA-256); RFC 2104, FIPS 198-1 (HMAC).
 */
#ifndef CALLPIPE_BASE_SHA256_H
#define CALLPIPE_BASE_SHA256_H

#include "base/util.h"

#define SHA256_BYTES 32
#define SHA256_HEX (2 * SHA256_BYTES + 1) /* with its NUL */

struct sha256 {
	uint32_t state[8]; /* of the blocks so far */
	uint64_t bytes;    /* added so far */
	uint8_t block[64]; /* the rest, a block not yet full: bytes % 64 of it */
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
/* The digest of all that was added; s is then to be initialised anew. */
void sha256_end(struct sha256 *s, uint8_t digest[SHA256_BYTES]);

/* HMAC-SHA-256 of n bytes under a key of any length. */
void sha256_hmac(
	const void *key, size_t key_bytes, const void *p, size_t n, uint8_t digest[SHA256_BYTES]);

/* A digest in lower case hexadecimal. */
void sha256_hex(const uint8_t digest[SHA256_BYTES], char hex[SHA256_HEX]);

#endif
