#include "audio/tone.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>

#include "audio/file.h"
#include "random.h"
#include "tap.h"

#define SECOND 16000 /* samples, at most */
#define FULL 32767.0

static int16_t sound[SECOND];
static uint64_t seed = 1;

/* ms of two sines, each with its level in dB of a full one, and white noise. */
static size_t make(int rate_hz, int ms, const double hz[2], const double db[2], double noise_db)
{
	size_t n = (size_t)rate_hz / 1000 * (size_t)ms;
	double phase = (double)random_below(&seed, 628) / 100;

	for (size_t i = 0; i < n; i++) {
		double at = 2 * M_PI * (double)i / rate_hz, s = 0;

		for (int k = 0; k < 2; k++)
			if (hz[k] > 0)
				s += FULL * pow(10, db[k] / 20) * sin(hz[k] * at + phase * k);
		s += FULL * pow(10, noise_db / 20) *
			((double)random_below(&seed, 20001) / 10000 - 1) * 1.2;
		sound[i] = (int16_t)fmax(fmin(s, 32767), -32768);
	}
	return n;
}

struct heard {
	int frames;          /* of a tone */
	int first_ms;        /* when it was known */
	enum tone_kind kind; /* the last */
	int digits, wrong;   /* frames with this digit, with another */
};

static struct heard listen(int rate_hz, size_t n, char digit)
{
	static struct tone t;
	struct heard h = {0};
	size_t frame = (size_t)rate_hz / 50;

	tone_init(&t, rate_hz);
	for (size_t at = 0; at + frame <= n; at += frame) {
		if (!tone_frame(&t, sound + at))
			continue;
		if (!h.frames++)
			h.first_ms = (int)((at + frame) * 1000 / (size_t)rate_hz);
		h.kind = t.kind;
		if (t.digit == digit)
			h.digits++;
		else if (t.digit)
			h.wrong++;
	}
	return h;
}

static void test_keys(int rate_hz)
{
	static const double low[] = {697, 770, 852, 941}, high[] = {1209, 1336, 1477, 1633};
	static const char keys[] = "123A456B789C*0#D";
	/* level of the low line, of the high one, of the noise */
	static const double levels[][3] = {{-6, -6, -90}, {-20, -20, -90}, {-40, -40, -90},
		{-12, -20, -60}, {-16, -12, -60}, {-20, -20, -38}};

	for (size_t v = 0; v < ARRAY_LEN(levels); v++) {
		int known = 0, wrong = 0, late = 0;

		for (int i = 0; i < 16; i++) {
			double off = i % 2 ? 1.015 : 0.985;
			struct heard h = listen(rate_hz,
				make(rate_hz, 100, (double[]){low[i / 4] * off, high[i % 4] * off},
					levels[v], levels[v][2]),
				keys[i]);

			known += h.digits >= 2;
			wrong += h.wrong;
			late += h.first_ms > 60;
		}
		ok(known == 16 && wrong == 0 && late == 0,
			"%d Hz: keys at %g and %g dB, 1.5 %% off, noise %g dB: %d known, %d wrong, %d late",
			rate_hz, levels[v][0], levels[v][1], levels[v][2], known, wrong, late);
	}
	ok(listen(rate_hz, make(rate_hz, 100, (double[]){697 * 1.04, 1209}, levels[1], -90), '1')
				.digits == 0,
		"%d Hz: 4 %% off is no key", rate_hz);
	ok(listen(rate_hz, make(rate_hz, 100, (double[]){697, 1209}, (double[]){-10, -26}, -90),
		   '1')
				.digits == 0,
		"%d Hz: nor are lines of very different strength", rate_hz);
}

static void test_network(int rate_hz)
{
	static const struct {
		double hz[2];
		enum tone_kind kind;
	} tones[] = {
		{{350, 440}, TONE_DIAL},
		{{440, 480}, TONE_RINGBACK},
		{{400, 450}, TONE_RINGBACK},
		{{480, 620}, TONE_BUSY},
		{{425, 0}, TONE_PROGRESS},
		{{440, 0}, TONE_PROGRESS},
		{{1100, 0}, TONE_CNG},
		{{2100, 0}, TONE_CED},
		{{1000, 0}, TONE_BEEP},
		{{620, 0}, TONE_BEEP},
		{{1400, 0}, TONE_BEEP},
		{{2600, 0}, TONE_BEEP},
		{{700, 1100}, TONE_OTHER},
	};

	for (size_t i = 0; i < ARRAY_LEN(tones); i++) {
		for (int loud = 0; loud < 2; loud++) {
			double db = loud ? -10 : -40;
			struct heard h = listen(rate_hz,
				make(rate_hz, 500, tones[i].hz, (double[]){db, db}, db - 25), 0);

			ok(h.kind == tones[i].kind && h.first_ms <= 80 && h.frames >= 21 &&
					!h.wrong,
				"%d Hz: %g + %g Hz at %g dB is %s: %s after %d ms, %d frames",
				rate_hz, tones[i].hz[0], tones[i].hz[1], db,
				tone_name(tones[i].kind), tone_name(h.kind), h.first_ms, h.frames);
		}
	}
}

static void test_none(int rate_hz)
{
	struct heard h = listen(
		rate_hz, make(rate_hz, 1000, (double[2]){0}, (double[2]){0}, -15), 0);

	is_int(h.frames, 0, "%d Hz: noise", rate_hz);
	h = listen(rate_hz, make(rate_hz, 1000, (double[2]){0}, (double[2]){0}, -200), 0);
	is_int(h.frames, 0, "%d Hz: silence", rate_hz);
	h = listen(rate_hz, make(rate_hz, 500, (double[]){1000, 0}, (double[]){-60, 0}, -90), 0);
	is_int(h.frames, 0, "%d Hz: a tone that nobody hears", rate_hz);
	h = listen(rate_hz, make(rate_hz, 500, (double[]){1000, 0}, (double[]){-20, 0}, -26), 0);
	is_int(h.frames, 0, "%d Hz: a tone in loud noise", rate_hz);
}

static struct speech {
	int files, frames, tones, keys; /* of all voices */
	int longest;                    /* tones in a row, frames */
} speech;

static void talk(const char *path)
{
	static struct tone t;
	int16_t *s;
	size_t n;
	int run = 0;

	if (audio_file_load(path, 8000, 600, &s, &n) < 0)
		return;
	speech.files++;
	tone_init(&t, 8000);
	for (size_t at = 0; at + 160 <= n; at += 160) {
		bool is = tone_frame(&t, s + at);

		speech.frames++;
		speech.tones += is;
		speech.keys += t.digit && is;
		run = is ? run + 1 : 0;
		if (run > speech.longest)
			speech.longest = run;
	}
	free(s);
}

/* Every human prompt there is: none has a key in it. */
static void test_talk_off(void)
{
	static const char sounds[] = "/usr/share/asterisk/sounds";
	static const char *const voices[] = {"en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June",
		"it_IT_m_Carlo", "it_IT_f_Menardi", "ru_RU_f_IvrvoiceRU"};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(voices); i++) {
		DIR *dir;
		struct dirent *entry;

		snprintf(path, sizeof(path), "%s/%s", sounds, voices[i]);
		dir = opendir(path);
		while (dir && (entry = readdir(dir))) {
			size_t len = strlen(entry->d_name);

			/* the sounds that are tones have a name of their own: beep, beeperr, tone */
			if (len < 4 || strcmp(entry->d_name + len - 4, ".wav") != 0 ||
				strstr(entry->d_name, "beep") || strstr(entry->d_name, "tone"))
				continue;
			if (snprintf(path, sizeof(path), "%s/%s/%s", sounds, voices[i],
				    entry->d_name) < (int)sizeof(path))
				talk(path);
		}
		if (dir)
			closedir(dir);
	}
	ok(speech.files > 1000, "%d prompts", speech.files);
	is_int(speech.keys, 0, "no key is heard in %d frames of human speech", speech.frames);
	ok(speech.tones * 500 < speech.frames && speech.longest < 15,
		"and %d frames of tones, %d in a row", speech.tones, speech.longest);
}

int main(void)
{
	for (int rate_hz = 8000; rate_hz <= 16000; rate_hz += 8000) {
		test_keys(rate_hz);
		test_network(rate_hz);
		test_none(rate_hz);
	}
	test_talk_off();
	return done_testing();
}
