/* What an answer is, by its beginning and what the server calls it. */
#include <string.h>

#include "base/utf8.h"
#include "network.h"

static bool begins(const void *p, size_t n, const char *magic)
{
	return n >= strlen(magic) && memcmp(p, magic, strlen(magic)) == 0;
}

/* Letters all through, and what ends a line; the last may be cut off. */
static bool reads_as_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
			return false;
	}
	for (size_t cut = 0; cut < 4 && cut < n; cut++) {
		if (utf8_valid(p, n - cut))
			return true;
	}
	return false;
}

static bool type_is_text(const char *type)
{
	return strncmp(type, "text/", 5) == 0 || strstr(type, "json") || strstr(type, "xml") ||
		strstr(type, "html");
}

static bool type_is_foreign(const char *type)
{
	static const char *const names[] = {
		"mpeg", "mp3", "mp4", "ogg", "opus", "aac", "flac", "webm"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strncmp(type, "audio/", 6) == 0 && strstr(type + 6, names[i]))
			return true;
	}
	return false;
}

/* The type alone proves nothing: Piper, and what else is made with Flask, calls its sound text/html. 16 bit speech is never
 * all letters; silence in A-law is ("UUUU"). */
enum network_kind network_look(const void *p, size_t n, const char *type, enum network_format f)
{
	bool g711 = f == NETWORK_ULAW || f == NETWORK_ALAW;

	if (begins(p, n, "RIFF"))
		return NETWORK_RIFF;
	if (reads_as_text(p, n) && (!g711 || type_is_text(type) || strchr("{[<", *(const char *)p)))
		return NETWORK_TEXT;
	if (begins(p, n, "OggS") || begins(p, n, "fLaC") || begins(p, n, "ID3") ||
		type_is_foreign(type))
		return NETWORK_FOREIGN;
	return NETWORK_SOUND;
}
