/* sha1: SHA-1, for protocols that want it: it keeps no secret and proves nothing.
 *
 * Source: FIPS 180-4; test vectors: RFC 3174.
 */
#ifndef CALLPIPE_BASE_SHA1_H
#define CALLPIPE_BASE_SHA1_H

#include "base/util.h"

#define SHA1_BYTES 20

void sha1(const void *p, size_t n, uint8_t ret[SHA1_BYTES]);

#endif
