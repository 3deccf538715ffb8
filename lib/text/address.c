/* Addresses of mail and web. */
#include <string.h>

#include "text/speaker.h"

static bool is_sign(char c)
{
	return c == '.' || c == '@' || c == '-' || c == '_' || c == '/' || c == ':' || c == '?' ||
		c == '=' || c == '&' || c == '#';
}

/* Bytes of the word at i, without the punctuation behind it. */
static size_t word_bytes(const struct speaker *s, size_t i)
{
	size_t n = strcspn(s->p + i, " \t\n\r<>\"()[]{},;!");

	while (n > 0 && (is_sign(s->p[i + n - 1]) && s->p[i + n - 1] != '_'))
		n--;
	return n;
}

/* The part behind "https://"; 0: it has none. */
static size_t scheme_bytes(const char *p)
{
	return strncmp(p, "https://", 8) == 0 ? 8 : strncmp(p, "http://", 7) == 0 ? 7 : 0;
}

/* a@b.c, with something before and behind, and letters at the end. */
static bool is_mail(const char *p, size_t n)
{
	const char *at = memchr(p, '@', n),
		   *dot = at ? memchr(at, '.', n - (size_t)(at - p)) : NULL;

	return at && at > p && dot && dot > at + 1 && dot + 1 < p + n &&
		!memchr(at + 1, '@', n - (size_t)(at + 1 - p));
}

static const char *sign_word(const struct text_language *l, char c)
{
	switch (c) {
	case '.':
		return l->dot;
	case '@':
		return l->at;
	case '-':
		return l->dash;
	case '_':
		return l->underscore;
	case '/':
		return l->slash;
	default:
		return "";
	}
}

size_t address_read(struct speaker *s, size_t i)
{
	const char *p = s->p + i;
	size_t scheme = scheme_bytes(p), n = word_bytes(s, i);

	if (n <= scheme || !(scheme || (n > 4 && strncmp(p, "www.", 4) == 0) || is_mail(p, n)))
		return 0;
	bool apart = false; /* a blank must stand before the next thing */
	for (size_t k = scheme; k < n; k++) {
		bool digit = is_digit(p[k]), sign = is_sign(p[k]);
		dynbuf_adds(s->ret, (apart || ((digit || sign) && k > scheme)) ? " " : "");
		apart = digit || sign;
		if (digit)
			s->language->say((uint64_t)(p[k] - '0'), MASCULINE, s->ret);
		else if (sign)
			dynbuf_adds(s->ret, sign_word(s->language, p[k]));
		else
			dynbuf_add(s->ret, p + k, 1);
	}
	return i + n;
}
