#include "info.h"

#include <string.h>
#include <unistd.h>

#include "why.h"

#define HEAD_MAX 256 /* of the frame that is looked at */
#define ID3_HEAD 10

/* Where its parts are, from the word "Xing" or "Info" on. */
#define LAME_AT 120    /* the encoder's name */
#define LENGTH_AT 148  /* of the file, four bytes */
#define CRC_AT 152     /* of what follows, two bytes */
#define OWN_CRC_AT 154 /* of the frame up to here, two bytes */

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16(p + 2);
}

/* Bytes of the ID3v2 tag, 0: there is none. */
static int64_t id3_bytes(const uint8_t *p)
{
	if (memcmp(p, "ID3", 3) != 0)
		return 0;
	return ID3_HEAD +
		((p[6] & 0x7f) << 21 | (p[7] & 0x7f) << 14 | (p[8] & 0x7f) << 7 | (p[9] & 0x7f));
}

/* Bytes of a frame of layer III, 0: it is none. */
static int frame_bytes(const uint8_t *p)
{
	static const int kbps[2][15] = {
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}};
	static const int hz[3] = {44100, 48000, 32000};
	int version = p[1] >> 3 & 3, rate = p[2] >> 4,
	    freq = p[2] >> 2 & 3; /* 3: MPEG-1, 2: 2, 0: 2.5 */

	if (p[0] != 0xff || (p[1] & 0xe6) != 0xe2 || version == 1 || rate == 15 || freq == 3)
		return 0;
	return (version == 3 ? 144 : 72) * 1000 * kbps[version != 3][rate] /
		(hz[freq] >> (version == 3                  ? 0
					     : version == 2 ? 1
							    : 2)) +
		(p[2] >> 1 & 1);
}

/* Bytes of its header and side information. */
static size_t side_bytes(const uint8_t *p)
{
	bool mono = p[3] >> 6 == 3, mpeg1 = (p[1] >> 3 & 3) == 3;

	return 4 + (mpeg1 ? mono ? 17 : 32 : mono ? 9 : 17);
}

/* CRC-16 with the polynomial 0x8005, bits reversed; the table is made once. */
static uint16_t crc(uint16_t c, const uint8_t *p, size_t n)
{
	static uint16_t table[256];

	if (!table[1])
		for (unsigned i = 0; i < 256; i++) {
			unsigned v = i;

			for (int bit = 0; bit < 8; bit++)
				v = v & 1 ? v >> 1 ^ 0xa001 : v >> 1;
			table[i] = (uint16_t)v;
		}
	while (n-- > 0)
		c = (uint16_t)(c >> 8 ^ table[(c ^ *p++) & 0xff]);
	return c;
}

int info_open(int fd, int64_t bytes, struct info *ret)
{
	uint8_t p[HEAD_MAX] = {0};
	const uint8_t *tag;
	int64_t at;

	if (pread(fd, p, ID3_HEAD, 0) != ID3_HEAD)
		return why(EXIT_DATA, "it is no MP3");
	at = id3_bytes(p);
	if (pread(fd, p, sizeof(p), at) < 4 || frame_bytes(p) == 0)
		return why(EXIT_DATA, "it is no MP3");
	*ret = (struct info){.channels = p[3] >> 6 == 3 ? 1 : 2};
	tag = p + side_bytes(p);
	if ((memcmp(tag, "Xing", 4) != 0 && memcmp(tag, "Info", 4) != 0) || tag[7] != 0x0f ||
		memcmp(tag + LAME_AT, "LAME", 4) != 0)
		return 0;
	if (crc(0, p, (size_t)(tag - p) + OWN_CRC_AT) != get_be16(tag + OWN_CRC_AT))
		return why(EXIT_DATA, "it is damaged: the checksum of its first frame is wrong");
	*ret = (struct info){.channels = ret->channels,
		.known = true,
		.begin = at + frame_bytes(p),
		.end = bytes,
		.promised = get_be32(tag + LENGTH_AT),
		.there = bytes - at,
		.want = get_be16(tag + CRC_AT)};
	return 0;
}

void info_add(struct info *i, int64_t at, const uint8_t *p, size_t n)
{
	int64_t from = max_i64(at, i->begin), to = min_i64(at + (int64_t)n, i->end);

	if (i->known && from < to)
		i->have = crc(i->have, p + (from - at), (size_t)(to - from));
}

int info_end(const struct info *i)
{
	if (i->known && i->promised != i->there)
		return why(EXIT_DATA, "it has %lld bytes of sound, and says that it has %lld",
			(long long)i->there, (long long)i->promised);
	if (i->known && i->want != i->have)
		return why(EXIT_DATA, "it is damaged: its checksum is wrong");
	return 0;
}
