/* hmac: SHA-256 and HMAC-SHA-256: a name that says nothing of what it was made from without the key.
 *
 * Source: FIPS 180-4 (SHA-256), RFC 2104 (HMAC); test vectors: RFC 6234, RFC 4231. For names of files, a few
 * hundred bytes at a time: plain, not fast.
 */
#ifndef CALLPIPE_BASE_HMAC_H
#define CALLPIPE_BASE_HMAC_H

#include "base/util.h"

#define SHA256_BYTES 32

void sha256(const void *p, size_t n, uint8_t ret[SHA256_BYTES]);
void hmac_sha256(
	const void *key, size_t key_bytes, const void *p, size_t n, uint8_t ret[SHA256_BYTES]);

#endif
