#include "audio/pcm.h"

#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "tap.h"

static void test_bytes(void)
{
	static const uint8_t bytes[] = {0xee, 0x34, 0x12, 0xff, 0xff, 0x00, 0x80, 0xff, 0x7f};
	static const int16_t want[] = {0x1234, -1, INT16_MIN, INT16_MAX};
	int16_t s[4];
	uint8_t back[9] = {0xee};

	pcm_from_le(s, bytes + 1, 4);
	ok(memcmp(s, want, sizeof(s)) == 0, "samples from unaligned little endian bytes");
	pcm_to_le(back + 1, s, 4);
	ok(memcmp(back, bytes, sizeof(back)) == 0, "and back");
	pcm_to_le(s, s, 4);
	ok(memcmp(s, bytes + 1, sizeof(s)) == 0, "in place");
	pcm_from_le(NULL, NULL, 0);
	pcm_to_le(NULL, NULL, 0);
	is_int(pcm_frame_samples(44100), 882, "samples of a frame");
	is_int(pcm_frame_bytes(8000), 320, "bytes of a frame");
}

/* Against the plain loop, at every length around the block size. */
static void test_levels(void)
{
	int16_t s[200];
	uint64_t state = 1;
	bool peaks = true, levels = true;

	for (size_t n = 0; n <= ARRAY_LEN(s); n++) {
		int peak = 0;
		double sum = 0;
		random_fill(&state, s, sizeof(s));
		for (size_t i = 0; i < n; i++) {
			s[i] = (int16_t)(s[i] >> random_below(&state, 8));
			peak = peak > abs(s[i]) ? peak : abs(s[i]);
			sum += (double)s[i] * s[i];
		}
		peaks &= pcm_peak(s, n) == peak;
		levels &= fabs(pcm_rms(s, n) - (n ? sqrt(sum / (double)n) : 0)) < 1e-6;
	}
	ok(peaks, "the peak of 0 to 200 samples");
	ok(levels, "the root mean square of 0 to 200 samples");

	bool found = true;
	for (size_t at = 0; at < ARRAY_LEN(s); at++) {
		memset(s, 0, sizeof(s));
		s[at] = INT16_MIN;
		found &= pcm_peak(s, ARRAY_LEN(s)) == 32768;
	}
	ok(found, "the lowest sample is a peak of 32768, wherever it is");
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		s[i] = INT16_MIN;
	ok(pcm_rms(s, ARRAY_LEN(s)) == 32768, "and the largest level");

	int16_t edge[160] = {[159] = PCM_AUDIBLE_PEAK};
	ok(!pcm_audible(edge, 160), "-50 dBFS is not audible");
	edge[159] = -PCM_AUDIBLE_PEAK - 1;
	ok(pcm_audible(edge, 160), "one more is");
}

static void test_float(void)
{
	static const struct {
		float f;
		int want;
	} rows[] = {{0, 0}, {-0.4F, 0}, {0.6F, 1}, {-0.6F, -1}, {32766.6F, 32767},
		{32767.4F, 32767}, {1e30F, 32767}, {-32768.0F, -32768}, {-32767.6F, -32768},
		{-1e30F, -32768}, {INFINITY, 32767}, {-INFINITY, -32768}, {NAN, 0}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int(pcm_from_float(rows[i].f), rows[i].want, "from float %g", (double)rows[i].f);
}

/* Values of ITU-T G.711 tables 1a, 1b (A-law) and 2a, 2b (u-law): the lowest step of each segment. */
static void test_g711(void)
{
	static const int16_t ulaw[8] = {0, 33, 99, 231, 495, 1023, 2079, 4191}; /* 14 bits */
	static const int16_t alaw[8] = {1, 33, 66, 132, 264, 528, 1056, 2112};  /* 13 bits */
	bool u = true, a = true, steps = true;

	for (int segment = 0; segment < 8; segment++) {
		uint8_t c = (uint8_t)(0x80 | segment << 4);
		u &= pcm_from_ulaw((uint8_t)(c ^ 0x7f)) == ulaw[segment] * 4;
		u &= pcm_from_ulaw((uint8_t)(c ^ 0xff)) == ulaw[segment] * -4;
		a &= pcm_from_alaw((uint8_t)(c ^ 0x55)) == alaw[segment] * 8;
		a &= pcm_from_alaw((uint8_t)(c ^ 0xd5)) == alaw[segment] * -8;
		for (int step = 1; step < 16; step++) {
			uint8_t here = (uint8_t)(c + step), before = (uint8_t)(here - 1);
			int size_a = segment < 2 ? 16 : 8 << segment;
			steps &= pcm_from_ulaw(here ^ 0x7f) - pcm_from_ulaw(before ^ 0x7f) ==
				8 << segment;
			steps &= pcm_from_alaw(here ^ 0x55) - pcm_from_alaw(before ^ 0x55) ==
				size_a;
			steps &= pcm_from_ulaw(here ^ 0xff) == -pcm_from_ulaw(here ^ 0x7f);
			steps &= pcm_from_alaw(here ^ 0xd5) == -pcm_from_alaw(here ^ 0x55);
		}
	}
	ok(u, "u-law: the lowest value of each segment");
	ok(a, "A-law: the lowest value of each segment");
	ok(steps, "both: 16 equal steps in a segment, and the same below zero");
	is_int(pcm_from_ulaw(0x80), 32124, "u-law: the highest value, 8031");
	is_int(pcm_from_ulaw(0x00), -32124, "u-law: the lowest");
	is_int(pcm_from_alaw(0xaa), 32256, "A-law: the highest value, 4032");
	is_int(pcm_from_alaw(0x2a), -32256, "A-law: the lowest");
	is_int(pcm_from_ulaw(0xff), 0, "u-law: silence");
	is_int(pcm_from_alaw(0xd5), 8, "A-law: silence");
}

int main(void)
{
	test_bytes();
	test_levels();
	test_float();
	test_g711();
	return done_testing();
}
