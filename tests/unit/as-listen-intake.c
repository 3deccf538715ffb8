/* intake: any split of bytes into messages, and telling G.711 from samples. */
#include "intake.h"

#include <math.h>
#include <stdlib.h>

#include "audio/pcm.h"
#include "random.h"
#include "tap.h"

#define MS NS_PER_MS

static uint64_t seed = 1;
static struct intake in;
static int16_t got[1 << 20];
static size_t got_n;
static int64_t got_at[4096];
static size_t gives;

static int on_samples(void *ctx, int64_t arrival, const int16_t *samples, size_t n)
{
	memcpy(got + got_n, samples, n * sizeof(*samples));
	got_n += n;
	got_at[gives++] = arrival;
	return 0;
}

static void begin(enum intake_codec codec, bool timed)
{
	got_n = gives = 0;
	intake_init(&in, 8000, codec, timed, on_samples, NULL);
}

enum sound { SILENCE, NOISE, TONE, SPEECH };

static int16_t sample(enum sound s, int i)
{
	switch (s) {
	case SILENCE:
		return 0;
	case NOISE:
		return (int16_t)((int)random_below(&seed, 17) - 8);
	case TONE:
		return (int16_t)(8000 * sin(i * 0.3));
	default:
		return (int16_t)(6000 * sin(i * 0.11) * sin(i * 0.001) + 3000 * sin(i * 0.7 + 1) +
			(int)random_below(&seed, 41) - 20);
	}
}

/* The code nearest to a sample, by trying all. */
static uint8_t encode(int16_t s, int16_t (*decode)(uint8_t))
{
	int best = 0;

	for (int c = 255; c >= 0; c--) {
		if (abs(decode((uint8_t)c) - s) < abs(decode((uint8_t)best) - s))
			best = c;
	}
	return (uint8_t)best;
}

/* Messages of 160 bytes of a codec; returns how many were needed to know it, 0 if it never was. */
static int feed(enum intake_codec codec, enum sound sound, int64_t gap, int messages)
{
	int known = 0;

	for (int m = 0; m < messages; m++) {
		uint8_t p[160];

		for (int i = 0; i < 160; i++) {
			if (codec == INTAKE_SLIN && i % 2 == 0)
				put_le16s(p + i, sample(sound, m * 80 + i / 2));
			else if (codec == INTAKE_ULAW)
				p[i] = encode(sample(sound, m * 160 + i), pcm_from_ulaw);
			else if (codec == INTAKE_ALAW)
				p[i] = encode(sample(sound, m * 160 + i), pcm_from_alaw);
		}
		if (intake_message(&in, m * gap, 8000, p, sizeof(p)) < 0)
			abort();
		if (!known && in.codec != INTAKE_AUTO)
			known = m + 1;
	}
	return known;
}

static void test_g711(void)
{
	static const struct {
		enum intake_codec codec;
		const char *name;
	} codecs[] = {{INTAKE_SLIN, "slin"}, {INTAKE_ULAW, "u-law"}, {INTAKE_ALAW, "A-law"}};
	static const char *const sounds[] = {"silence", "line noise", "a tone", "speech"};

	for (size_t c = 0; c < ARRAY_LEN(codecs); c++) {
		for (int s = SILENCE; s <= SPEECH; s++) {
			enum intake_codec codec = codecs[c].codec;
			int64_t gap = (codec == INTAKE_SLIN ? 10 : 20) * MS;

			for (int timed = 0; timed <= 1; timed++) {
				begin(INTAKE_AUTO, timed);
				is_int(feed(codec, (enum sound)s, gap, 20), 5,
					"%s, %s, %s: known after 100 ms", codecs[c].name, sounds[s],
					timed ? "live" : "from a file");
				is_int(in.codec, codec, "and right");
				is_int(in.found_g711, codec != INTAKE_SLIN, "said so");
				is_int(got_n, 20 * (codec == INTAKE_SLIN ? 80 : 160),
					"nothing lost");
				is_int(got_at[1] - got_at[0], gap, "with the times of arrival");
				ok(pcm_peak(got, got_n) < (s == SILENCE                ? 16
									  : s == NOISE ? 40
										       : 12000),
					"no noise");
				intake_free(&in);
			}
		}
	}
}

static void test_held(void)
{
	uint8_t p[320] = {0};

	begin(INTAKE_AUTO, true);
	is_int(feed(INTAKE_ULAW, TONE, 20 * MS, 3), 0, "three messages: not yet known");
	is_int(got_n, 0, "and held back");
	ok(intake_end(&in) == 0 && got_n == 480, "given at the end");
	is_int(in.codec, INTAKE_ULAW, "by what is in them");

	/* read late: five at once, all 0xff, which is silence in u-law and -1 in slin */
	begin(INTAKE_AUTO, true);
	memset(p, 0xff, sizeof(p));
	for (int i = 0; i < 5; i++)
		ok(intake_message(&in, 0, 8000, p, 160) == 0, "burst of silence %d", i + 1);
	is_int(in.codec, INTAKE_AUTO, "no cadence, nothing known");
	for (int i = 1; i <= 5; i++)
		ok(intake_message(&in, i * 20 * MS, 8000, p, 160) == 0, "then one every 20 ms %d",
			i);
	is_int(in.codec, INTAKE_ULAW, "the cadence tells");
	begin(INTAKE_AUTO, true);
	for (int i = 0; i < 5; i++)
		ok(intake_message(&in, i * 10 * MS, 8000, p, 160) == 0, "every 10 ms %d", i + 1);
	is_int(in.codec, INTAKE_SLIN, "the cadence tells");

	begin(INTAKE_AUTO, true);
	ok(intake_message(&in, 0, 8000, p, 320) == 0, "320 bytes");
	is_int(in.codec, INTAKE_SLIN, "are samples, at once");
	is_int(feed(INTAKE_ULAW, TONE, 20 * MS, 1), 1, "and stay so");
	is_int(got_n, 160 + 80, "nothing held back");

	begin(INTAKE_ALAW, true);
	is_int(feed(INTAKE_ALAW, TONE, 20 * MS, 1), 1, "told to be A-law");
	is_int(got_n, 160, "nothing held back");
	ok(!in.found_g711, "nothing to report");
}

static void test_split(void)
{
	uint8_t bytes[2000];
	bool same = true;

	random_fill(&seed, bytes, sizeof(bytes));
	for (size_t round = 0; round < 200; round++) {
		size_t at = 0;

		begin(INTAKE_SLIN, false);
		while (at < sizeof(bytes)) {
			size_t n = random_below(&seed, round % 10 + 2);

			n = n < sizeof(bytes) - at ? n : sizeof(bytes) - at;
			if (intake_message(&in, 0, 8000, bytes + at, n) < 0)
				abort();
			at += n;
		}
		same = same && got_n == sizeof(bytes) / 2;
		for (size_t i = 0; i < got_n; i++)
			same = same && got[i] == get_le16s(bytes + 2 * i);
	}
	ok(same, "odd and empty messages: the halves of a sample find each other, 200 splits");

	begin(INTAKE_AUTO, false);
	static uint8_t large[65535];
	ok(intake_message(&in, 0, 8000, large, sizeof(large)) == 0, "the largest message");
	is_int(got_n, 32767, "all of it");
}

static void test_rates(void)
{
	static const int rates[] = {12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000};
	static uint8_t p[7680];

	for (size_t r = 0; r < ARRAY_LEN(rates); r++) {
		size_t n = (size_t)rates[r] / 50;

		begin(INTAKE_AUTO, true);
		for (int m = 0; m < 50; m++) {
			for (size_t i = 0; i < n; i++)
				put_le16s(p + 2 * i,
					(int16_t)(8000 *
						sin((double)(m * (int)n + (int)i) * 2 * M_PI * 440 /
							rates[r])));
			if (intake_message(&in, m * 20 * MS, rates[r], p, 2 * n) < 0)
				abort();
		}
		ok(got_n > 7800 && got_n <= 8000,
			"a second of %d Hz becomes 8000 samples, less the filter's delay (%zu)",
			rates[r], got_n);
		ok(fabs(pcm_rms(got + 1000, 6400) - 8000 / sqrt(2)) < 100, "of the same level");
		intake_free(&in);
	}
}

int main(void)
{
	test_g711();
	test_held();
	test_split();
	test_rates();
	return done_testing();
}
