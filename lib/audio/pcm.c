#include "audio/pcm.h"

#include <math.h>
#include <string.h>

/* gcc -O2 uses vector registers only for loops whose count it knows, hence blocks and a rest; 32 divides
 * the frame of 20 ms at every rate of AudioSocket but 12 and 44.1 kHz. */
#define BLOCK 32

static void swap_if_big_endian(void *p, size_t samples)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	for (uint8_t *b = p, *end = b + 2 * samples; b < end; b += 2)
		put_be16(b, (uint16_t)(b[1] << 8 | b[0]));
#else
	(void)p, (void)samples;
#endif
}

void pcm_from_le(int16_t *to, const void *from, size_t samples)
{
	if (samples == 0)
		return;
	memmove(to, from, samples * sizeof *to);
	swap_if_big_endian(to, samples);
}

void pcm_to_le(void *to, const int16_t *from, size_t samples)
{
	if (samples == 0)
		return;
	memmove(to, from, samples * sizeof *from);
	swap_if_big_endian(to, samples);
}

static inline int peak(const int16_t *s, size_t n)
{
	int16_t low = 0, high = 0;

	for (size_t i = 0; i < n; i++) {
		low = s[i] < low ? s[i] : low;
		high = s[i] > high ? s[i] : high;
	}
	return -low > high ? -low : high;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

void pcm_wav_head(
	uint8_t h[PCM_WAV_HEAD_BYTES], int rate_hz, unsigned channels, uint32_t data_bytes)
{
	unsigned block = channels * 2;

	memcpy(h, "RIFF....WAVEfmt \x10\0\0\0\1\0..........\0\0\x10\0data....", PCM_WAV_HEAD_BYTES);
	put_le32(h + 4, PCM_WAV_HEAD_BYTES - 8 + data_bytes);
	h[22] = (uint8_t)channels;
	h[23] = 0;
	put_le32(h + 24, (uint32_t)rate_hz);
	put_le32(h + 28, (uint32_t)rate_hz * block);
	h[32] = (uint8_t)block;
	put_le32(h + 40, data_bytes);
}

int pcm_peak(const int16_t *s, size_t samples)
{
	int most = 0;

	for (; samples >= BLOCK; s += BLOCK, samples -= BLOCK) {
		int here = peak(s, BLOCK);
		most = here > most ? here : most;
	}
	int rest = peak(s, samples);
	return rest > most ? rest : most;
}

/* 64 bits hold the squares of 2^34 samples, more than three weeks at 8 kHz. */
static inline uint64_t energy(const int16_t *s, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)(s[i] * s[i]);
	return sum;
}

double pcm_rms(const int16_t *s, size_t samples)
{
	uint64_t sum = 0;
	size_t n = samples;

	for (; n >= BLOCK; s += BLOCK, n -= BLOCK)
		sum += energy(s, BLOCK);
	sum += energy(s, n);
	return samples > 0 ? sqrt((double)sum / (double)samples) : 0;
}

int16_t pcm_from_float(float f)
{
	if (f >= 32767)
		return 32767;
	if (f <= -32768)
		return -32768;
	return isnan(f) ? 0 : (int16_t)lrintf(f);
}

/* A segment of 3 bits and 4 bits of step, all inverted; 33 * 4 is the bias that makes the segments meet. */
int16_t pcm_from_ulaw(uint8_t c)
{
	c = (uint8_t)~c;
	int magnitude = ((((c & 0x0f) << 3) + 132) << (c >> 4 & 7)) - 132;
	return (int16_t)(c & 0x80 ? -magnitude : magnitude);
}

/* The even bits are inverted; the first two segments have the same step. */
int16_t pcm_from_alaw(uint8_t c)
{
	c ^= 0x55;
	int segment = c >> 4 & 7;
	int magnitude = ((c & 0x0f) << 4) + 8;
	if (segment > 0)
		magnitude = (magnitude + 256) << (segment - 1);
	return (int16_t)(c & 0x80 ? magnitude : -magnitude);
}
