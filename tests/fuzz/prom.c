/* prom: labels of any bytes. What is written is one line, valid UTF-8, with its quotes where they belong, and the value
 * reads back. */
#include "codec/prom.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A quoted text at p, with only known escapes in it; what is behind it, NULL: it is none. */
static const char *quoted(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if (!*p || *p == '\n')
			return NULL;
		if (*p == '\\' && *++p != '\\' && *p != '"' && *p != 'n')
			return NULL;
	}
	return p + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct dynbuf b, labels;
	const char *p;

	memcpy(text, data, size);
	text[size] = '\0';
	dynbuf_init(&labels, size * 6 + 64);
	dynbuf_init(&b, size * 6 + 256);
	MUST(prom_label(&labels, "a", text) == 0);
	MUST(prom_label(&labels, "b", text) == 0);
	MUST(prom_sample(&b, "n", labels.p, (double)size) == 0);
	MUST(strncmp(b.p, "n{a=", 4) == 0 && (p = quoted(b.p + 4)) && strncmp(p, ",b=", 3) == 0);
	MUST((p = quoted(p + 3)) && strncmp(p, "} ", 2) == 0);
	MUST(strtoul(p + 2, NULL, 10) == size && b.p[b.n - 1] == '\n');
	MUST(utf8_valid(b.p, b.n) && memchr(b.p, '\n', b.n) == b.p + b.n - 1);
	MUST(prom_family(&b, "n", "gauge", text) == 0 && utf8_valid(b.p, b.n));
	dynbuf_free(&b);
	dynbuf_free(&labels);
	free(text);
	return 0;
}
