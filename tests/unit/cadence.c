/* Signals from tones: each kind by its own sines, in noise, and what only looks like one. */
#include "audio/cadence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "tap.h"

static int rate_hz;
static double noise_db;
static uint64_t seed = 1;

static struct tone tone;
static struct cadence cadence;
static int64_t now_ms;
static char told[256]; /* "busy@1780 ..." */
static struct cadence_pulse pulse;

static void begin(int hz, double noise)
{
	rate_hz = hz;
	noise_db = noise;
	tone_init(&tone, rate_hz);
	cadence_init(&cadence);
	now_ms = 0;
	told[0] = '\0';
}

/* The next ms, in which there are these lines at -12 dB each (0: none); voice: somebody is said to speak. */
static void hear(int ms, double a_hz, double b_hz, bool voice)
{
	static int64_t at; /* sample */
	double hz[2] = {a_hz, b_hz};

	for (; ms >= 20; ms -= 20, now_ms += 20) {
		int16_t samples[320];
		double power = 1;
		enum cadence_signal s;

		for (int i = 0; i < rate_hz / 50; i++, at++) {
			double x = pow(10, noise_db / 20) * 32767 *
				((double)random_below(&seed, 20001) / 10000 - 1);

			for (int k = 0; k < 2; k++)
				if (hz[k] > 0)
					x += 8230 * sin(2 * M_PI * hz[k] * (double)at / rate_hz);
			samples[i] = (int16_t)x;
			power += x * x;
		}
		s = cadence_frame(&cadence, now_ms, &tone, tone_frame(&tone, samples),
			(float)(10 * log10(power)), voice && !a_hz);
		if (!s)
			continue;
		pulse = *cadence_pulse(&cadence);
		snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s@%lld ",
			cadence_name(s), (long long)now_ms);
	}
}

static void silence(int ms)
{
	hear(ms, 0, 0, false);
}

static void voice(int ms)
{
	hear(ms, 0, 0, true);
}

/* What has been told, without its times. */
static const char *kinds(void)
{
	static char names[256];
	char *to = names;

	for (const char *p = told; *p; p++) {
		if (*p == '@')
			p += strcspn(p, " ");
		*to++ = *p;
	}
	*to = '\0';
	return names;
}

static int64_t first_ms(void)
{
	const char *at = strchr(told, '@');

	return at ? atoll(at + 1) : -1;
}

static void test_beeps(void)
{
	static const int hz[] = {400, 440, 620, 800, 950, 1000, 1100, 1400, 1750, 2000, 2100};
	static const int lengths[] = {120, 200, 400, 500, 800};
	int heard = 0, exact = 0, soon = 0, of = 0;

	for (size_t i = 0; i < ARRAY_LEN(hz); i++) {
		for (size_t k = 0; k < ARRAY_LEN(lengths); k++, of++) {
			begin(8000, -50);
			silence(300);
			voice(1000);
			silence(300);
			hear(lengths[k], hz[i], 0, false);
			silence(1200);
			heard += strcmp(kinds(), "beep ") == 0;
			exact += fabs((double)pulse.hz - hz[i]) < 6 &&
				llabs(pulse.to_ms - pulse.from_ms - lengths[k]) <= 40;
			soon += first_ms() <= 1600 + lengths[k] + (hz[i] <= 460 ? 760 : 160);
		}
	}
	is_int(heard, of, "a beep behind a voice, 400 to 2100 Hz, 120 to 800 ms, is one");
	is_int(exact, of, "its frequency and length are known");
	ok(soon >= of - 10, "soon behind its end, if it can be nothing else (%d of %d)", soon, of);
}

static void test_special(void)
{
	begin(8000, -50);
	silence(200);
	hear(320, 950, 0, false);
	hear(320, 1400, 0, false);
	hear(320, 1800, 0, false);
	voice(2000);
	is_str(kinds(), "sit ", "three rising tones are one special information tone");
	begin(16000, -40);
	hear(280, 985.2, 0, false);
	silence(20);
	hear(380, 1428.5, 0, false);
	silence(20);
	hear(380, 1776.7, 0, false);
	silence(500);
	is_str(kinds(), "sit ", "also of other lengths, with gaps, at 16 kHz, in noise");
	begin(8000, -50);
	voice(500);
	silence(200);
	hear(320, 1800, 0, false);
	hear(320, 1400, 0, false);
	hear(320, 950, 0, false);
	silence(1000);
	ok(!strstr(kinds(), "sit"), "falling they are none (%s)", told);
}

static void test_fax(void)
{
	begin(8000, -50);
	silence(1000);
	hear(3000, 2100, 0, false);
	silence(300);
	is_str(kinds(), "ced ", "2100 Hz for seconds: a fax answers");
	ok(first_ms() <= 2100, "known before it ends (%lld ms)", (long long)first_ms());
	begin(8000, -50);
	silence(1000);
	hear(500, 1100, 0, false);
	silence(3000);
	hear(500, 1100, 0, false);
	silence(3000);
	is_str(kinds(), "cng ", "1100 Hz for half a second, alone: a fax calls; told once");
}

/* on and off, again and again. */
static void rhythm(double a_hz, double b_hz, int on_ms, int off_ms, int times)
{
	begin(8000, -50);
	silence(400);
	for (int i = 0; i < times; i++) {
		hear(on_ms, a_hz, b_hz, false);
		silence(off_ms);
	}
}

static void test_network(void)
{
	rhythm(440, 0, 500, 500, 4);
	is_str(kinds(), "busy ", "busy in France");
	rhythm(480, 620, 500, 500, 4);
	is_str(kinds(), "busy ", "busy in the United States");
	rhythm(425, 0, 480, 480, 4);
	is_str(kinds(), "busy ", "busy in most countries");
	rhythm(440, 0, 260, 240, 8);
	is_str(kinds(), "congestion ", "congestion in France");
	rhythm(480, 620, 260, 240, 8);
	is_str(kinds(), "congestion ", "congestion in the United States");
	rhythm(440, 0, 1500, 3500, 2);
	is_str(kinds(), "ringback ", "ringing in France");
	ok(first_ms() <= 400 + 1500 + 800, "known in the first pause (%lld ms)",
		(long long)first_ms());
	rhythm(440, 480, 2000, 4000, 2);
	is_str(kinds(), "ringback ", "ringing in the United States");
	begin(8000, -50);
	for (int i = 0; i < 2; i++) {
		hear(400, 400, 450, false);
		silence(200);
		hear(400, 400, 450, false);
		silence(2000);
	}
	is_str(kinds(), "ringback ", "ringing in the United Kingdom");
	begin(8000, -50);
	hear(4000, 350, 440, false);
	is_str(kinds(), "dial ", "a dial tone in the United States");
	begin(8000, -50);
	hear(4000, 440, 0, false);
	is_str(kinds(), "dial ", "a dial tone in France");
}

static void test_others(void)
{
	begin(8000, -50);
	voice(1000);
	silence(300);
	hear(60, 1000, 0, false);
	silence(1000);
	is_str(kinds(), "", "60 ms of a tone are no beep");
	begin(8000, -50);
	voice(1000);
	hear(2000, 1000, 0, false);
	silence(1000);
	is_str(kinds(), "", "two seconds are none");
	begin(8000, -50);
	voice(1000);
	hear(300, 770, 1336, false);
	silence(1000);
	is_str(kinds(), "", "a key is none");
	begin(8000, -50);
	silence(300);
	hear(500, 440, 0, false);
	silence(1000);
	is_str(kinds(), "", "440 Hz for half a second, and nobody has spoken: not known yet");
	begin(8000, -6);
	silence(5000);
	is_str(kinds(), "", "noise is nothing");
	begin(8000, -50);
	voice(1000);
	silence(200);
	hear(300, 1000, 0, false);
	silence(200);
	hear(300, 1000, 0, false);
	silence(1000);
	is_str(kinds(), "beep beep ", "two beeps are two");
	begin(8000, -50);
	voice(1000);
	silence(1000);
	for (int i = 0; i < 4; i++) {
		hear(500, 440, 0, false);
		silence(500);
	}
	is_str(kinds(), "busy ", "behind a voice busy is busy, and no beep");
}

int main(void)
{
	test_beeps();
	test_special();
	test_fax();
	test_network();
	test_others();
	return done_testing();
}
