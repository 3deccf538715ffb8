#include "audio/voice.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "audio/file.h"
#include "audio/pcm.h"
#include "random.h"
#include "tap.h"

#define PROMPT "/usr/share/asterisk/sounds/en_US_f_Allison/vm-intro.wav"

static uint64_t seed = 5;

struct sound {
	int16_t *s;  /* samples */
	int rate_hz; /* of them */
	int frames;  /* of 20 ms */
};

static struct sound silence(int rate_hz, int frames)
{
	return (struct sound){
		calloc((size_t)(frames * rate_hz / 50), sizeof(int16_t)), rate_hz, frames};
}

/* A recorded woman, after a second of zeros. */
static struct sound prompt(int rate_hz)
{
	int16_t *s;
	size_t n;

	if (audio_file_load(PROMPT, rate_hz, 60, &s, &n) < 0)
		abort();
	struct sound all = silence(rate_hz, 50 + (int)(n / (size_t)(rate_hz / 50)));
	memcpy(all.s + rate_hz, s, (size_t)(all.frames - 50) * (size_t)(rate_hz / 50) * sizeof *s);
	free(s);
	return all;
}

/* White, uniform, of this peak. */
static void add_noise(struct sound s, int peak)
{
	for (int i = 0; i < s.frames * s.rate_hz / 50; i++) {
		int x = s.s[i] + (int)random_below(&seed, 2 * (size_t)peak + 1) - peak;
		s.s[i] = (int16_t)(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
	}
}

static void add_tone(struct sound s, double hz, double peak)
{
	for (int i = 0; i < s.frames * s.rate_hz / 50; i++)
		s.s[i] = pcm_from_float(
			(float)(s.s[i] + peak * sin(2 * M_PI * hz * i / s.rate_hz)));
}

static struct voice *open_at(int rate_hz)
{
	struct voice *v;

	if (voice_open(rate_hz, &v) < 0)
		abort();
	return v;
}

/* Scores of all frames, to be freed. */
static float *scores(struct sound s)
{
	struct voice *v = open_at(s.rate_hz);
	float *p = calloc((size_t)s.frames, sizeof *p);

	for (int i = 0; i < s.frames; i++)
		p[i] = voice_frame(v, s.s + i * s.rate_hz / 50);
	voice_close(v);
	return p;
}

/* Frames from first on with a score above this. */
static int above(struct sound s, int first, float least)
{
	float *p = scores(s);
	int n = 0;

	for (int i = first; i < s.frames; i++)
		n += p[i] > least;
	free(p);
	return n;
}

static void test_open(void)
{
	struct voice *v;

	errno = 0;
	ok(voice_open(11025, &v) < 0 && errno == EINVAL, "8 and 16 kHz only");
	v = open_at(8000);
	ok(voice_level_db(v) <= -119 && voice_floor_db(v) <= -119, "nothing heard yet is silence");
	voice_close(v);
	voice_close(NULL);
}

static void test_prompt(int rate_hz)
{
	struct sound s = prompt(rate_hz);
	float *p = scores(s);
	int first = 50, onset, hit = 0, loud = 0;
	size_t n = (size_t)(rate_hz / 50);

	while (pcm_rms(s.s + (size_t)first * n, n) < 100)
		first++;
	for (onset = 0; onset < s.frames && p[onset] <= VOICE_ON; onset++)
		;
	ok(onset >= 50 && onset <= first + 3, "%d Hz: a prompt is found %d ms after it begins",
		rate_hz, (onset - first) * 20);
	for (int i = first; i < s.frames; i++) {
		bool voiced = pcm_rms(s.s + (size_t)i * n, n) > 300;
		loud += voiced;
		hit += voiced && p[i] > VOICE_STAY;
	}
	ok(loud > 100 && hit * 100 >= loud * 97, "%d Hz: %d of its %d loud frames are voice",
		rate_hz, hit, loud);
	free(p);
	free(s.s);
}

/* Twenty seconds of each, at three levels. */
static void test_noise(int rate_hz)
{
	static const int peak[] = {30, 600, 12000};

	for (size_t i = 0; i < ARRAY_LEN(peak); i++) {
		struct sound s[4];
		for (int k = 0; k < 4; k++)
			s[k] = silence(rate_hz, 1000);
		add_noise(s[0], peak[i]);
		for (int h = 1; h < 12; h++)
			add_tone(s[1], 50 * h, peak[i] / 2.0 / h);
		add_tone(s[2], 770, peak[i]);
		add_tone(s[2], 1336, peak[i]);
		add_tone(s[3], 440, peak[i]);
		add_tone(s[3], 480, peak[i]);
		static const char *const name[] = {
			"white noise", "hum", "a key that is held", "ringing"};
		for (int k = 0; k < 4; k++) {
			int n = above(s[k], 0, VOICE_ON);
			ok(n <= 10, "%d Hz: %s of peak %d is no voice (%d of 1000 frames)", rate_hz,
				name[k], peak[i], n);
			free(s[k].s);
		}
	}
}

/* -50 dBFS, and noise of a sample value. */
static void test_quiet(void)
{
	struct sound s = prompt(8000);
	int n = s.frames * 160, hit = above(s, 50, VOICE_STAY);
	double rms = pcm_rms(s.s + 8000, (size_t)n - 8000);

	for (int i = 0; i < n; i++)
		s.s[i] = (int16_t)lrint(s.s[i] * 32768 * pow(10, -50 / 20.0) / rms);
	add_noise(s, 1);
	int quiet = above(s, 50, VOICE_STAY);
	ok(quiet * 100 >= hit * 85, "at -50 dBFS %d of %d frames are found", quiet, hit);
	ok(above((struct sound){s.s, 8000, 48}, 0, VOICE_ON) == 0, "and none before it begins");
	free(s.s);
}

/* The same sound at twice the rate, as it comes from a resampler. */
static void test_rates(void)
{
	struct sound narrow = prompt(8000), wide = prompt(16000);
	float *a = scores(narrow), *b = scores(wide);
	int n = narrow.frames < wide.frames ? narrow.frames : wide.frames, other = 0;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		sum += fabs((double)(a[i] - b[i]));
		other += (a[i] > 0.5f) != (b[i] > 0.5f);
	}
	ok(sum / n < 0.02, "8 and 16 kHz score alike (%.4f apart)", sum / n);
	ok(other * 50 <= n, "and decide alike (not in %d of %d frames)", other, n);
	free(a);
	free(b);
	free(narrow.s);
	free(wide.s);
}

/* A detector hears what it is given and nothing else. */
static void test_apart(void)
{
	struct sound s = prompt(8000);
	struct voice *a = open_at(8000), *b = open_at(16000), *c = open_at(8000);
	float *alone = scores(s);
	int16_t noise[320];
	int wrong = 0;

	for (int i = 0; i < s.frames; i++) {
		int16_t copy[160];
		random_fill(&seed, noise, sizeof noise);
		memcpy(copy, s.s + i * 160, sizeof copy);
		float p = voice_frame(a, copy),
		      none = voice_frame(b, noise) + voice_frame(c, noise);
		memset(copy, 0x55, sizeof copy);
		wrong += p != alone[i] || !isfinite(none);
	}
	is_int(wrong, 0, "frames heard among those of other calls score the same, bit for bit");
	voice_close(a);
	voice_close(b);
	voice_close(c);
	free(alone);
	free(s.s);
}

static int16_t extreme(int kind, int i)
{
	switch (kind) {
	case 0:
		return 0;
	case 1:
		return INT16_MAX;
	case 2:
		return INT16_MIN;
	case 3:
		return i % 2 ? INT16_MAX : INT16_MIN;
	case 4:
		return i / 40 % 2 ? INT16_MAX : INT16_MIN;
	case 5:
		return (int16_t)(i == 7 ? INT16_MIN : 0);
	default:
		return (int16_t)random_next(&seed);
	}
}

/* Any frame after any other. */
static void test_extremes(int rate_hz)
{
	struct voice *v = open_at(rate_hz);
	int16_t s[320];
	int wrong = 0;

	for (int i = 0; i < 5000; i++) {
		int kind = (int)random_below(&seed, 7);
		for (int times = (int)random_below(&seed, 30); times >= 0; times--) {
			for (int k = 0; k < rate_hz / 50; k++)
				s[k] = extreme(kind, k);
			float p = voice_frame(v, s), level = voice_level_db(v),
			      floor = voice_floor_db(v);
			wrong += !(p >= 0 && p <= 1) || !(level >= -120 && level < 10) ||
				!(floor >= -120 && floor < 10);
		}
	}
	is_int(wrong, 0, "%d Hz: whatever comes, a score is from 0 to 1, and levels are levels",
		rate_hz);
	voice_close(v);
}

/* A constant is no sound, nor is a line that was loud before. */
static void test_constant(void)
{
	struct sound s = silence(8000, 500), loud = silence(8000, 250), after = prompt(8000);

	for (int i = 0; i < s.frames * 160; i++)
		s.s[i] = 1000;
	is_int(above(s, 0, VOICE_ON), 0, "a constant is no voice");
	add_noise(loud, 32767);
	struct voice *v = open_at(8000);
	for (int i = 0; i < loud.frames; i++)
		voice_frame(v, loud.s + i * 160);
	int hit = 0;
	for (int i = 0; i < after.frames; i++)
		hit += voice_frame(v, after.s + i * 160) > VOICE_STAY;
	ok(hit * 10 >= (after.frames - 50) * 7,
		"a voice is found after the loudest noise (%d frames)", hit);
	voice_close(v);
	free(s.s);
	free(loud.s);
	free(after.s);
}

static void test_levels(int rate_hz)
{
	struct sound s = silence(rate_hz, 300);
	struct voice *v = open_at(rate_hz);

	add_tone(s, 1000, 3276.7);
	for (int i = 0; i < 100; i++)
		voice_frame(v, s.s + i * rate_hz / 50);
	ok(fabsf(voice_level_db(v) + 20) < 0.5f,
		"%d Hz: a sine 20 dB below full scale is of %.2f dB", rate_hz,
		(double)voice_level_db(v));
	ok(fabsf(voice_floor_db(v) + 20) < 0.5f, "and so is its floor, %.2f dB",
		(double)voice_floor_db(v));
	memset(s.s, 0, (size_t)(s.frames * rate_hz / 50) * sizeof *s.s);
	for (int i = 0; i < 40; i++)
		voice_frame(v, s.s);
	ok(voice_level_db(v) <= -119 && voice_floor_db(v) < -70, "which is gone with it");
	voice_close(v);
	free(s.s);
}

int main(void)
{
	test_open();
	test_prompt(8000);
	test_prompt(16000);
	test_noise(8000);
	test_noise(16000);
	test_quiet();
	test_rates();
	test_apart();
	test_extremes(8000);
	test_extremes(16000);
	test_constant();
	test_levels(8000);
	test_levels(16000);
	return done_testing();
}
