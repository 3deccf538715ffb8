#include "voice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice.h"
#include "base/opt.h"
#include "report.h"
#include "rnd.h"

#define SCENE_S 40
#define LANGUAGES 5
#define ROWS_MAX 64

static struct settings {
	int64_t rounds;
	int64_t seed;
	int64_t on, stay, hang;
	const char *split;
} set = {
	.rounds = 1, .seed = 7, .on = 700, .stay = 500, .hang = VOICE_HANG_FRAMES, .split = "test"};

static const struct opt_row rows[] = {
	{"rounds", 'n', OPT_INT, "N", NULL, "scenes of 40 s for each language, noise and level",
		&set.rounds, 1, 100},
	{"seed", 0, OPT_INT, "N", NULL, "of the scenes", &set.seed, 1, 1000000},
	{"split", 0, OPT_CHOICE, "test|valid", NULL, "recordings to take", &set.split},
	{"on", 0, OPT_INT, "N", NULL, "thousandths: threshold of a voice's beginning", &set.on, 1,
		999},
	{"stay", 0, OPT_INT, "N", NULL, "thousandths: and of its going on", &set.stay, 1, 999},
	{"hang", 0, OPT_INT, "N", NULL, "frames for which it goes on after that", &set.hang, 0, 50},
	{0},
};

static const struct opt_page page = {
	.synopsis = "measure [options] LIST",
	.purpose = "Measure the voice detector beside WebRTC's.",
	.see = "scripts/bench vad",
};

static struct report_row *row; /* of the table */
static int row_n;
static int64_t frames_all;

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "voice: cannot %s: %s\n", what, why);
	return -1;
}

static struct report_row *row_of(const char *name)
{
	for (int i = 0; i < row_n; i++) {
		if (strcmp(row[i].name, name) == 0)
			return &row[i];
	}
	snprintf(row[row_n].name, sizeof row->name, "%s", name);
	return &row[row_n++];
}

/* One scene through every detector, counted in each of the rows named, separated by blanks. */
static int run_scene(
	const struct corpus *c, const struct scene_spec *spec, uint64_t seed, const char *names)
{
	static bool on[SCENE_S * 50], turn[SCENE_S * 50];
	static float logit[SCENE_S * 50];
	const struct detect_set limits = {
		(float)set.on / 1000, (float)set.stay / 1000, (int)set.hang};
	struct scene s;
	int status = 0;

	if (scene_make(c, spec, seed, &s) < 0)
		return fail("make a scene", strerror(errno));
	frames_all += s.frames;
	for (int k = 0; k < DETECTORS && status == 0; k++) {
		struct score_said said = {on, turn, k == 0 ? logit : NULL, 0};
		char name[24];
		int used;
		status = detect_run(k, &s, &limits, &said);
		for (const char *at = names; status == 0 && sscanf(at, "%23s%n", name, &used) == 1;
			at += used)
			score_add(&row_of(name)->counts[k], &s, &said);
	}
	scene_free(&s);
	return status;
}

/* Who speaks in the round: in the test split a language is one or two speakers, in validation they take turns. */
static int speaker_of(const struct corpus *c, int language, int round, const char **ret_name)
{
	static const char *const test[2][LANGUAGES] = {
		{"words-en", "fr-armelle", "es-co", "it-carlo", "ru-ivrvoice"},
		{"en-librivox", "fr-armelle", "es-co", "it-carlo", "ru-ivrvoice"}};
	static const char *const names[LANGUAGES] = {"en", "fr", "es", "it", "ru"};

	*ret_name = names[language];
	for (int i = 0; i < c->speakers; i++) {
		if (strcmp(c->speaker[i], test[round % 2][language]) == 0)
			return i;
	}
	*ret_name = "any";
	return -1;
}

static struct scene_spec plain(enum corpus_split split, int speaker, uint64_t *seed)
{
	struct scene_spec s = {.split = split,
		.speaker = speaker,
		.seconds = SCENE_S,
		.gap_min_s = 0.3f,
		.gap_max_s = 4,
		.speed = 1};

	s.level_db = rnd(seed, -35, -15);
	s.band = rnd_chance(seed, 0.5f);
	s.codec = (enum line_codec)rnd_below(seed, LINE_CODECS);
	s.floor_db = rnd(seed, -85, -65);
	return s;
}

/* Each noise at each ratio, spoken into by each language. */
static int run_noises(const struct corpus *c, enum corpus_split split, uint64_t *seed)
{
	static const enum noise_kind kinds[] = {NOISE_WHITE, NOISE_BROWN, NOISE_HUM, NOISE_CAR,
		NOISE_BABBLE, NOISE_MUSIC, NOISE_CLICKS, NOISE_COUGHS, NOISE_KEYS, NOISE_TONES,
		NOISE_EFFECTS, NOISE_ECHO};
	static const int ratios[] = {20, 10, 5, 0}, echoes[] = {25, 20, 15, 10};
	char names[128];
	const char *language;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		for (size_t r = 0; r < ARRAY_LEN(ratios); r++) {
			for (int i = 0; i < LANGUAGES * set.rounds; i++) {
				bool echo = kinds[k] == NOISE_ECHO;
				int db = echo ? echoes[r] : ratios[r];
				struct scene_spec s = plain(split,
					speaker_of(c, i % LANGUAGES, i / LANGUAGES + (int)r,
						&language),
					seed);
				s.noise[0] = kinds[k];
				s.snr_db[0] = (float)db;
				snprintf(names, sizeof names, "all %s %s%d-db %s",
					noise_name[kinds[k]], echo ? "echo-" : "", db, language);
				if (run_scene(c, &s, rnd_next(seed), names) < 0)
					return -1;
			}
		}
	}
	return 0;
}

/* No noise but the line's: each codec; and so quiet that others miss it. */
static int run_clean(const struct corpus *c, enum corpus_split split, uint64_t *seed)
{
	char names[128];
	const char *language;

	for (int codec = 0; codec <= LINE_CODECS; codec++) {
		for (int i = 0; i < 2 * LANGUAGES * set.rounds; i++) {
			struct scene_spec s = plain(split,
				speaker_of(c, i % LANGUAGES, i / LANGUAGES, &language), seed);
			bool quiet = codec == LINE_CODECS;
			if (quiet)
				s.level_db = rnd(seed, -55, -45), s.floor_db = -85;
			else
				s.codec = (enum line_codec)codec;
			if (quiet)
				snprintf(names, sizeof names, "quiet");
			else
				snprintf(names, sizeof names, "all clean %s %s", line_name[codec],
					language);
			if (run_scene(c, &s, rnd_next(seed), names) < 0)
				return -1;
		}
	}
	return 0;
}

int measure_main(int argc, char **argv)
{
	struct corpus c;
	char why[256];
	int first, status = opt_parse(&page, rows, argc, argv, &first);

	if (status >= 0)
		return status;
	if (first + 1 != argc)
		return fail("go on", "one LIST is wanted"), EXIT_USAGE;
	enum corpus_split split = strcmp(set.split, "test") == 0 ? CORPUS_TEST : CORPUS_VALID;
	uint64_t seed = (uint64_t)set.seed;
	if (corpus_load(argv[first], 1U << split, &c, why) < 0)
		return fail("load the recordings", why), EXIT_DATA;
	row = calloc(ROWS_MAX, sizeof *row);
	if (!row)
		return fail("count", strerror(ENOMEM)), EXIT_SYSTEM;
	if (detect_load() < 0 || run_noises(&c, split, &seed) < 0 ||
		run_clean(&c, split, &seed) < 0)
		return EXIT_SYSTEM;
	report(row, row_n, frames_all);
	free(row);
	corpus_free(&c);
	return opt_finish(EXIT_OK);
}
