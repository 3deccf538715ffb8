#include "html.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(struct dynbuf *b, const char *s)
{
	size_t n = strlen(s);
	uint32_t code;
	int bytes;

	for (; n; s += abs(bytes), n -= (size_t)abs(bytes)) {
		const char *e = entity(*s);

		bytes = utf8_decode(s, n, &code);
		if (bytes < 0 || (code < ' ' && code != '\n' && code != '\t') ||
			(code >= 0x7f && code < 0xa0))
			dynbuf_adds(b, "\xef\xbf\xbd");
		else if (e)
			dynbuf_adds(b, e);
		else
			dynbuf_add(b, s, (size_t)bytes);
	}
}

void html_base64(struct dynbuf *b, const void *p, size_t n)
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
