#include "codec/prom.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* A text with backslash and line feed escaped, and the quote if it is in quotes. */
static void escape(struct dynbuf *b, const char *s, bool quoted)
{
	size_t n = strlen(s);
	uint32_t code;
	int bytes;

	for (; n; s += abs(bytes), n -= (size_t)abs(bytes)) {
		bytes = utf8_decode(s, n, &code);
		if (bytes < 0) {
			dynbuf_adds(b, "\xef\xbf\xbd");
		} else if (*s == '\n') {
			dynbuf_adds(b, "\\n");
		} else if (*s == '\\' || (quoted && *s == '"')) {
			dynbuf_addf(b, "\\%c", *s);
		} else {
			dynbuf_add(b, s, (size_t)bytes);
		}
	}
}

int prom_family(struct dynbuf *b, const char *name, const char *type, const char *help)
{
	dynbuf_addf(b, "# HELP %s ", name);
	escape(b, help, false);
	dynbuf_addf(b, "\n# TYPE %s %s\n", name, type);
	return dynbuf_failed(b) ? -1 : 0;
}

int prom_label(struct dynbuf *labels, const char *name, const char *value)
{
	dynbuf_addf(labels, "%s%s=\"", labels->n ? "," : "", name);
	escape(labels, value, true);
	return dynbuf_adds(labels, "\"");
}

int prom_sample(struct dynbuf *b, const char *name, const char *labels, double value)
{
	if (isnan(value))
		value = 0;
	dynbuf_adds(b, name);
	if (*labels)
		dynbuf_addf(b, "{%s}", labels);
	if (isinf(value))
		dynbuf_addf(b, " %sInf\n", value < 0 ? "-" : "+");
	else if (value == floor(value) && fabs(value) < 1e15)
		dynbuf_addf(b, " %.0f\n", value);
	else
		dynbuf_addf(b, " %.15g\n", value);
	return dynbuf_failed(b) ? -1 : 0;
}
