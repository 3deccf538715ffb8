/* Scores of a model's sounds: the same as those of the library, whose own are the judge. */
#include "senones.h"

#include <errno.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/file.h"
#include "base/dl.h"
#include "feature.h"
#include "tap.h"

#define MODEL "/usr/share/pocketsphinx/model/en-us/en-us"
#define SOUND "/usr/share/asterisk/sounds/en_US_f_Allison/vm-nobodyavail.wav"
#define SENONES 5126

static struct {
	__typeof__(ps_args) *args;
	__typeof__(ps_init) *init;
	__typeof__(ps_free) *free;
	__typeof__(ps_add_word) *add_word;
	__typeof__(ps_set_jsgf_string) *set_jsgf;
	__typeof__(ps_set_search) *set_search;
	__typeof__(ps_start_utt) *start_utt;
	__typeof__(ps_process_raw) *process_raw;
	__typeof__(ps_end_utt) *end_utt;
	__typeof__(ps_get_fe) *get_fe;
	__typeof__(ps_get_feat) *get_feat;
} ps;

static struct {
	__typeof__(cmd_ln_init) *init;
	__typeof__(cmd_ln_free_r) *free;
	__typeof__(err_set_logfp) *set_log;
} base;

/* Of a sanitizer, if there is one. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static char dir[] = "/tmp/stt-senones.XXXXXX";

static bool libraries(void)
{
	static const struct dl_symbol of_ps[] = {
		{"ps_args", &ps.args},
		{"ps_init", &ps.init},
		{"ps_free", &ps.free},
		{"ps_add_word", &ps.add_word},
		{"ps_set_jsgf_string", &ps.set_jsgf},
		{"ps_set_search", &ps.set_search},
		{"ps_start_utt", &ps.start_utt},
		{"ps_process_raw", &ps.process_raw},
		{"ps_end_utt", &ps.end_utt},
		{"ps_get_fe", &ps.get_fe},
		{"ps_get_feat", &ps.get_feat},
		{0},
	};
	static const struct dl_symbol of_base[] = {
		{"cmd_ln_init", &base.init},
		{"cmd_ln_free_r", &base.free},
		{"err_set_logfp", &base.set_log},
		{0},
	};

	return dl_load("libsphinxbase.so.3", of_base) == 0 &&
		dl_load("libpocketsphinx.so.3", of_ps) == 0 && feature_load() == 0;
}

/* A decoder that writes its scores into dir. */
static ps_decoder_t *judge_open(void)
{
	cmd_ln_t *config = base.init(NULL, ps.args(), TRUE, "-hmm", MODEL, "-compallsen", "yes",
		"-remove_silence", "no", "-senlogdir", dir, NULL);
	ps_decoder_t *ret = ps.init(config);

	base.free(config);
	return ret;
}

/* Frames of a score file: each is a count and so many scores. */
static int16_t *frames_of(const char *p, size_t n, size_t *ret_frames)
{
	const char *head = memmem(p, n, "endhdr\n", 7);
	size_t at = head ? (size_t)(head - p) + 7 + 4 : n;
	int16_t *copy = malloc(n - at + 1);

	if (!copy)
		abort();
	memcpy(copy, p + at, n - at);
	*ret_frames = (n - at) / ((SENONES + 1) * sizeof(*copy));
	return copy;
}

/* The library keeps the best of the last frame where two densities are as good: such a frame may differ. */
static void compare(const int16_t *want, const int16_t *got, size_t frames)
{
	size_t other = 0;
	int most = 0;

	for (size_t i = 0; i < frames; i++) {
		int worst = 0;

		for (size_t k = 0; k <= SENONES; k++) {
			int off = abs(want[i * (SENONES + 1) + k] - got[i * (SENONES + 1) + k]);

			worst = off > worst ? off : worst;
		}
		other += worst > 0;
		most = worst > most ? worst : most;
	}
	ok(other * 50 <= frames, "frames with other scores: %zu of %zu", other, frames);
	ok(most <= 100, "by at most %d steps", most);
}

/* The library loses what it reads of a grammar. */
static bool sound_expect(ps_decoder_t *d)
{
	bool ret;

	if (__lsan_disable)
		__lsan_disable();
	ret = ps.add_word(d, "ah", "AH", 0) >= 0 &&
		ps.set_jsgf(d, "sound", "#JSGF V1.0;\ngrammar t;\npublic <t> = ah+;\n") == 0 &&
		ps.set_search(d, "sound") == 0;
	if (__lsan_enable)
		__lsan_enable();
	return ret;
}

static void sound_test(ps_decoder_t *d)
{
	struct senones *s;
	int16_t *sample;
	float ***feature;
	char path[64], *mine = NULL, *theirs = NULL;
	size_t n, frames, bytes = 0, size = 0, want_n, got_n;
	int16_t *want, *got;

	ok(audio_file_load(SOUND, 16000, 10, &sample, &n) == 0, "a sound");
	ok(sound_expect(d), "a sound is expected");
	for (int i = 0; i < 2; i++) /* the second time it knows the noise */
		ok(ps.start_utt(d) == 0 && ps.process_raw(d, sample, n, FALSE, TRUE) > 0 &&
				ps.end_utt(d) == 0,
			"the library hears it");
	ok(feature_make(ps.get_fe(d), ps.get_feat(d), sample, n, &feature, &frames) == 0,
		"features");
	if (!ok(senones_open(MODEL, &s) == 0 &&
			    senones_score(s, feature, frames, &mine, &bytes) == 0,
		    "scores"))
		return;
	snprintf(path, sizeof(path), "%s/000000000.sen", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/000000001.sen", dir);
	if (!ok(read_file(path, 100 << 20, &theirs, &size) == 0, "those of the library") ||
		!theirs || !mine)
		return;
	want = frames_of(theirs, size, &want_n);
	got = frames_of(mine, bytes, &got_n);
	ok(got_n == frames && want_n == frames, "of as many frames: %zu, %zu", want_n, got_n);
	compare(want, got, want_n < got_n ? want_n : got_n);
	ok(feature_make(ps.get_fe(d), ps.get_feat(d), sample, 10, &feature, &frames) < 0,
		"ten samples are too short");
	senones_close(s);
	unlink(path);
	feature_free(feature);
	free(theirs);
	free(mine);
	free(want);
	free(got);
	free(sample);
}

static void copy(const char *name, size_t bytes)
{
	char from[128], to[128], *p;
	size_t n;

	snprintf(from, sizeof(from), MODEL "/%s", name);
	snprintf(to, sizeof(to), "%s/%s", dir, name);
	if (read_file(from, 100 << 20, &p, &n) < 0 ||
		replace_file(to, p, n < bytes ? n : bytes) < 0)
		abort();
	free(p);
}

/* Files that are cut off: refused, whichever it is and wherever. */
static void cut_test(void)
{
	static const char *const names[] = {"means", "variances", "mdef", "sendump"};
	struct senones *s;
	int taken = 0;

	ok(senones_open(dir, &s) < 0 && errno == ENOENT, "no model");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		copy(names[i], SIZE_MAX);
	ok(senones_open(dir, &s) == 0, "a copy of the model");
	senones_close(s);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (size_t bytes = 1; bytes < 1000000; bytes = bytes * 12 + 5) {
			copy(names[i], bytes);
			errno = 0;
			if (senones_open(dir, &s) == 0 || errno != ENOTSUP)
				taken++;
		}
		copy(names[i], SIZE_MAX);
	}
	ok(!taken, "one that is cut off is of no kind that is known");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
}

int main(void)
{
	ps_decoder_t *d;

	if (!mkdtemp(dir) || !libraries())
		return 1;
	base.set_log(NULL);
	d = judge_open();
	sound_test(d);
	ps.free(d);
	cut_test();
	rmdir(dir);
	return done_testing();
}
