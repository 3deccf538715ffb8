#include "base/utf8.h"

#include <string.h>

int utf8_decode(const char *p, size_t n, uint32_t *ret_code)
{
	const uint8_t *s = (const uint8_t *)p;
	uint8_t c = s[0], low = 0x80, high = 0xbf;

	*ret_code = UTF8_BAD;
	if (c < 0x80) {
		*ret_code = c;
		return 1;
	}
	if (c < 0xc2 || c > 0xf4)
		return -1;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	int bytes = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t code = c & (0x7f >> bytes);
	for (int i = 1; i < bytes; i++, low = 0x80, high = 0xbf) {
		if ((size_t)i == n || s[i] < low || s[i] > high)
			return -i;
		code = code << 6 | (s[i] & 0x3f);
	}
	*ret_code = code;
	return bytes;
}

size_t utf8_next(const char *p, size_t n, uint32_t *ret_code)
{
	int bytes = utf8_decode(p, n, ret_code);

	return (size_t)(bytes < 0 ? -bytes : bytes);
}

size_t utf8_previous(const char *p, size_t n, uint32_t *ret_code)
{
	for (size_t back = 2; back <= 4 && back <= n; back++)
		if (((uint8_t)p[n - 1] & 0xc0) == 0x80 &&
			utf8_decode(p + n - back, back, ret_code) == (int)back)
			return back;
	(void)utf8_next(p + n - 1, 1, ret_code);
	return 1;
}

size_t utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)((0xf00 >> n & 0xf0) | code);
	return n;
}

bool utf8_valid(const char *p, size_t n)
{
	uint32_t code;

	for (size_t i = 0; i < n;) {
		int bytes = utf8_decode(p + i, n - i, &code);
		if (bytes < 0)
			return false;
		i += (size_t)bytes;
	}
	return true;
}

size_t utf8_cut(const char *p, size_t n, size_t max)
{
	size_t end = n;
	uint32_t code;

	if (n > max)
		for (end = max; end > 0 && end + 4 > max && ((uint8_t)p[end] & 0xc0) == 0x80;)
			end--;
	/* Bytes that are no text are cut anywhere. */
	if (end < n && end + utf8_next(p + end, n - end, &code) <= max)
		end = max;
	return end;
}

void utf8_repair(char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n;) {
		uint32_t code;
		int bytes = utf8_decode(text + i, n - i, &code);

		for (; bytes < 0; bytes++)
			text[i++] = '?';
		i += (size_t)bytes;
	}
}
