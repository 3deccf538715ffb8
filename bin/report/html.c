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
