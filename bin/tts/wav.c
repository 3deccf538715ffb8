#include "wav.h"

#include <string.h>

#include "audio/pcm.h"

#define TAG_PCM 1
#define TAG_FLOAT 3
#define TAG_ALAW 6
#define TAG_ULAW 7
#define TAG_EXTENSIBLE 0xfffe
#define CHANNELS_MAX 8
/* from here on a size is no size but "not known yet": 0x7ffff000 of espeak-ng, 0xffffffff of servers */
#define SIZE_UNKNOWN 0x7fff0000

static uint16_t get_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get_le32(const uint8_t *p)
{
	return get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

static const struct {
	uint16_t tag, bits;
	enum wav_coding coding;
} codings[] = {
	{TAG_PCM, 16, WAV_PCM16},
	{TAG_PCM, 24, WAV_PCM24},
	{TAG_FLOAT, 32, WAV_FLOAT},
	{TAG_ALAW, 8, WAV_ALAW},
	{TAG_ULAW, 8, WAV_ULAW},
};

/* Of one sample. */
static const size_t sizes[] = {
	[WAV_PCM16] = 2, [WAV_ALAW] = 1, [WAV_ULAW] = 1, [WAV_PCM24] = 3, [WAV_FLOAT] = 4};

static int bad(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -1;
}

/* The body of a "fmt " chunk. */
static int format(const uint8_t *p, size_t n, struct wav_head *h, const char **ret_why)
{
	uint16_t tag, bits;
	size_t i;

	if (n < 16)
		return bad(ret_why, "its format is cut off");
	tag = get_le16(p);
	bits = get_le16(p + 14);
	if (tag == TAG_EXTENSIBLE && n >= 26) /* the tag is the beginning of a GUID */
		tag = get_le16(p + 24);
	for (i = 0; i < ARRAY_LEN(codings) && (codings[i].tag != tag || codings[i].bits != bits);
		i++)
		;
	if (i == ARRAY_LEN(codings))
		return bad(ret_why, "its samples are neither 16 or 24 bit nor float nor G.711");
	h->coding = codings[i].coding;
	h->channels = get_le16(p + 2);
	if (h->channels < 1 || h->channels > CHANNELS_MAX)
		return bad(ret_why, "it has no channels, or too many");
	if (get_le32(p + 4) < 8000 || get_le32(p + 4) > 192000)
		return bad(ret_why, "its rate is not within 8000 to 192000 Hz");
	h->rate_hz = (int)get_le32(p + 4);
	return 0;
}

int wav_head_parse(const uint8_t *p, size_t n, struct wav_head *ret, const char **ret_why)
{
	struct wav_head h = {0};
	size_t at = 12;

	if (memcmp(p, "RIFF", n < 4 ? n : 4) != 0)
		return bad(ret_why, "it is no WAV");
	if (n < at)
		return 0;
	if (memcmp(p + 8, "WAVE", 4) != 0)
		return bad(ret_why, "it is no WAV");
	while (n - at >= 8) {
		uint32_t size = get_le32(p + at + 4);
		bool is_data = memcmp(p + at, "data", 4) == 0;

		if (is_data && !h.rate_hz)
			return bad(ret_why, "its format is missing");
		if (is_data) {
			h.data_bytes = size > 0 && size < SIZE_UNKNOWN ? (int64_t)size : -1;
			*ret = h;
			return (int)at + 8;
		}
		if (size > WAV_HEAD_MAX - at - 8)
			return bad(ret_why, "there is too much before its samples");
		if (n - at - 8 < size + size % 2)
			return 0;
		if (memcmp(p + at, "fmt ", 4) == 0 && format(p + at + 8, size, &h, ret_why) < 0)
			return -1;
		at += 8 + size + size % 2;
		if (at > WAV_HEAD_MAX - 8)
			return bad(ret_why, "there is too much before its samples");
	}
	return 0;
}

size_t wav_block_bytes(const struct wav_head *h)
{
	return (size_t)h->channels * sizes[h->coding];
}

/* Full scale is 1; the bytes are little endian on any machine. */
static int16_t from_float(const uint8_t *p)
{
	uint32_t bits = get_le32(p);
	float f;

	memcpy(&f, &bits, sizeof f);
	return pcm_from_float(f * 32768);
}

static int16_t sample(const struct wav_head *h, const uint8_t *p)
{
	switch (h->coding) {
	case WAV_ALAW:
		return pcm_from_alaw(*p);
	case WAV_ULAW:
		return pcm_from_ulaw(*p);
	case WAV_PCM24: /* its upper two bytes */
		return get_le16s(p + 1);
	case WAV_FLOAT:
		return from_float(p);
	case WAV_PCM16:
		break;
	}
	return get_le16s(p);
}

void wav_samples(const struct wav_head *h, const uint8_t *p, size_t blocks, int16_t *ret)
{
	size_t step = sizes[h->coding];

	for (size_t i = 0; i < blocks; i++) {
		int sum = 0;

		for (int k = 0; k < h->channels; k++, p += step)
			sum += sample(h, p);
		ret[i] = (int16_t)(sum / h->channels);
	}
}
