#include "base/base64.h"

void base64_add(struct dynbuf *b, const void *p, size_t n)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *q = p;
	char *to = dynbuf_room(b, (n + 2) / 3 * 4);

	if (!to)
		return;
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)q[i] << 16 | (left > 1 ? (uint32_t)q[i + 1] << 8 : 0) |
			(left > 2 ? q[i + 2] : 0);

		*to++ = letters[v >> 18];
		*to++ = letters[v >> 12 & 63];
		*to++ = left > 1 ? letters[v >> 6 & 63] : '=';
		*to++ = left > 2 ? letters[v & 63] : '=';
	}
	dynbuf_grow(b, (n + 2) / 3 * 4);
}
