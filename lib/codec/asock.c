#include "codec/asock.h"

#include <string.h>

static const int rates_hz[] = {8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000};
_Static_assert(
	ARRAY_LEN(rates_hz) == ASOCK_AUDIO_LAST - ASOCK_AUDIO_8K + 1, "one rate per audio kind");

int asock_parse(const uint8_t *p, size_t n, struct asock_msg *ret)
{
	if (n < ASOCK_HEADER_BYTES)
		return 0;
	uint16_t bytes = get_be16(p + 1);
	if (n - ASOCK_HEADER_BYTES < bytes)
		return 0;
	*ret = (struct asock_msg){
		.kind = p[0], .payload = p + ASOCK_HEADER_BYTES, .payload_bytes = bytes};
	return ASOCK_HEADER_BYTES + bytes;
}

void asock_header(uint8_t *p, uint8_t kind, uint16_t payload_bytes)
{
	p[0] = kind;
	put_be16(p + 1, payload_bytes);
}

int asock_rate(uint8_t kind)
{
	if (kind < ASOCK_AUDIO_8K || kind > ASOCK_AUDIO_LAST)
		return 0;
	return rates_hz[kind - ASOCK_AUDIO_8K];
}

uint8_t asock_audio_kind(int rate_hz)
{
	for (size_t i = 0; i < ARRAY_LEN(rates_hz); i++)
		if (rates_hz[i] == rate_hz)
			return (uint8_t)(ASOCK_AUDIO_8K + i);
	return 0;
}

bool asock_is_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'D') || c == '*' || c == '#';
}

/* Text position of each byte's two digits: the dashes lie before bytes 4, 6, 8 and 10. */
static size_t uuid_column(size_t byte)
{
	return byte * 2 + (byte >= 4) + (byte >= 6) + (byte >= 8) + (byte >= 10);
}

void asock_uuid_text(const uint8_t uuid[ASOCK_UUID_BYTES], char text[ASOCK_UUID_TEXT])
{
	static const char hex[] = "0123456789abcdef";

	memset(text, '-', ASOCK_UUID_TEXT - 1);
	for (size_t i = 0; i < ASOCK_UUID_BYTES; i++) {
		text[uuid_column(i)] = hex[uuid[i] >> 4];
		text[uuid_column(i) + 1] = hex[uuid[i] & 15];
	}
	text[ASOCK_UUID_TEXT - 1] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int asock_uuid_parse(const char *s, uint8_t uuid[ASOCK_UUID_BYTES])
{
	uint8_t got[ASOCK_UUID_BYTES];

	if (strnlen(s, ASOCK_UUID_TEXT) != ASOCK_UUID_TEXT - 1)
		return -1;
	if (s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-')
		return -1;
	for (size_t i = 0; i < ASOCK_UUID_BYTES; i++) {
		int high = hex_value(s[uuid_column(i)]), low = hex_value(s[uuid_column(i) + 1]);
		if (high < 0 || low < 0)
			return -1;
		got[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(uuid, got, sizeof got);
	return 0;
}
