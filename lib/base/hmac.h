/* hmac: SHA-256 and HMAC-SHA-256: a name that says nothing of what it was made from without the key.
 *
 * Source: FIPS 180-4 (SHA-256), RFC 2104 (HMAC); test vectors: RFC 6234, RFC 4231. Plain, not fast: about 150 MB
 * a second.
 */
#ifndef CALLPIPE_BASE_HMAC_H
#define CALLPIPE_BASE_HMAC_H

#include "base/util.h"

#define SHA256_BYTES 32
#define SHA256_BLOCK 64

/* A running hash: what comes in pieces is hashed as one. */
struct sha256 {
	uint32_t h[8];              /* state */
	uint8_t part[SHA256_BLOCK]; /* bytes of a block that is not whole yet */
	size_t part_bytes;          /* how many */
	uint64_t bytes;             /* in all */
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
void sha256_end(struct sha256 *s, uint8_t ret[SHA256_BYTES]);

void sha256(const void *p, size_t n, uint8_t ret[SHA256_BYTES]);
void hmac_sha256(
	const void *key, size_t key_bytes, const void *p, size_t n, uint8_t ret[SHA256_BYTES]);

#endif
