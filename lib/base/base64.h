/* base64: bytes as text. Source: RFC 4648, 4. */
#ifndef CALLPIPE_BASE_BASE64_H
#define CALLPIPE_BASE_BASE64_H

#include "base/dynbuf.h"

void base64_add(struct dynbuf *b, const void *p, size_t n);

#endif
