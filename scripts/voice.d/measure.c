#include "voice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio/voice.h"
#include "base/dl.h"
#include "base/opt.h"
#include "rnd.h"
#include "score.h"

#define MODES 4
#define SYSTEMS (1 + MODES) /* ours, then WebRTC's modes */
#define PEER 3              /* mode 2 of these, beside which figures stand */
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

/* WebRTC's detector, as C in libwebrtc_audio_processing. */
static struct {
	void *(*create)(void);
	int (*init)(void *);
	int (*mode)(void *, int);
	int (*process)(void *, int, const int16_t *, size_t);
	void (*free)(void *);
} rtc;

struct row {
	char name[24];                       /* as in the output */
	struct score_counts counts[SYSTEMS]; /* of each detector */
};

static struct row *row; /* of the table */
static int row_n;
static double spent_us[SYSTEMS]; /* in all frames */
static int64_t frames_all;

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "voice: cannot %s: %s\n", what, why);
	return -1;
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int load_webrtc(void)
{
	const struct dl_symbol symbols[] = {{"WebRtcVad_Create", &rtc.create},
		{"WebRtcVad_Init", &rtc.init}, {"WebRtcVad_set_mode", &rtc.mode},
		{"WebRtcVad_Process", &rtc.process}, {"WebRtcVad_Free", &rtc.free}, {0}};

	if (dl_load("libwebrtc_audio_processing.so.1", symbols) < 0)
		return fail("load libwebrtc_audio_processing.so.1", strerror(errno));
	return 0;
}

/* The decisions of voice.h; for starts those of an interruption. */
static int run_ours(const struct scene *s, struct score_said *said)
{
	struct voice *v;
	float on = (float)set.on / 1000, stay = (float)set.stay / 1000;
	int hang = 0;
	bool is_on = false, sure = false;

	if (voice_open(SCENE_RATE_HZ, &v) < 0)
		return fail("open the detector", strerror(errno));
	double begun = cpu_us();
	for (int i = 0; i < s->frames; i++)
		said->logit[i] = voice_frame(v, s->samples + i * SCENE_FRAME);
	spent_us[0] += cpu_us() - begun;
	voice_close(v);
	said->hang = (int)set.hang;
	for (int i = 0; i < s->frames; i++) {
		float p = said->logit[i];
		is_on = p > (is_on ? stay : on);
		sure = p > (sure ? VOICE_SURE_STAY : VOICE_SURE);
		hang = is_on ? (int)set.hang + 1 : hang > 0 ? hang - 1 : 0;
		said->on[i] = hang > 0;
		said->start[i] = sure;
		said->logit[i] = voice_log((p + 1e-6f) / (1 - p + 1e-6f));
	}
	return 0;
}

static int run_webrtc(int mode, const struct scene *s, struct score_said *said)
{
	void *v = rtc.create();

	if (!v || rtc.init(v) != 0 || rtc.mode(v, mode) != 0)
		return fail("open WebRTC's detector", strerror(ENOMEM));
	double begun = cpu_us();
	for (int i = 0; i < s->frames; i++)
		said->on[i] = said->start[i] = rtc.process(v, SCENE_RATE_HZ,
						       s->samples + i * SCENE_FRAME,
						       SCENE_FRAME) > 0;
	spent_us[1 + mode] += cpu_us() - begun;
	rtc.free(v);
	return 0;
}

static struct row *row_of(const char *name)
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
	static bool on[SCENE_S * 50], start[SCENE_S * 50];
	static float logit[SCENE_S * 50];
	struct scene s;
	int status = 0;

	if (scene_make(c, spec, seed, &s) < 0)
		return fail("make a scene", strerror(errno));
	frames_all += s.frames;
	for (int k = 0; k < SYSTEMS && status == 0; k++) {
		struct score_said said = {on, start, k == 0 ? logit : NULL, 0};
		char name[24];
		int used;
		status = k == 0 ? run_ours(&s, &said) : run_webrtc(k - 1, &s, &said);
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

static double share(int64_t n, int64_t of)
{
	return of > 0 ? (double)n / (double)of : 0;
}

/* One line of JSON, ours beside a mode of theirs. */
static void emit(const char *name, const char *figure, const char *unit, bool more, double ours,
	int mode, double theirs)
{
	printf("{\"bench\":\"vad\",\"row\":\"%s\",\"figure\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"better\":\"%s\","
	       "\"peer\":\"webrtc-%d\",\"peer_value\":%.4f",
		name, figure, ours, unit, more ? "higher" : "lower", mode, theirs);
	if (theirs > 0)
		printf(",\"ratio\":%.4f", ours / theirs);
	puts("}");
}

static void emit_row(const struct row *r)
{
	const struct score_counts *a = &r->counts[0], *b = &r->counts[PEER];
	int mode = PEER - 1;

	emit(r->name, "hit", "share", true, share(a->hit, a->active), mode,
		share(b->hit, b->active));
	emit(r->name, "false_alarm", "share", false, share(a->wrong, a->silent), mode,
		share(b->wrong, b->silent));
	emit(r->name, "auc", "area", true, score_auc(a), mode,
		(1 + share(b->hit, b->active) - share(b->wrong, b->silent)) / 2);
	for (int m = 0; m < MODES; m++) {
		const struct score_counts *peer = &r->counts[1 + m];
		emit(r->name, "hit_at_same_false_alarm", "share", true,
			score_hit_at(a->held_yes, a->held_no, share(peer->wrong, peer->silent)), m,
			share(peer->hit, peer->active));
	}
	emit(r->name, "onset_p50", "ms", false, score_onset_ms(a, 0.5), mode,
		score_onset_ms(b, 0.5));
	emit(r->name, "onset_p95", "ms", false, score_onset_ms(a, 0.95), mode,
		score_onset_ms(b, 0.95));
	emit(r->name, "missed_segments", "share", false, share(a->missed, a->segments), mode,
		share(b->missed, b->segments));
	emit(r->name, "cut_ends", "share", false, share(a->cut, a->segments), mode,
		share(b->cut, b->segments));
	emit(r->name, "ends_not_found", "share", false, share(a->lost, a->ends), mode,
		share(b->lost, b->ends));
	emit(r->name, "false_starts", "per minute", false, share(a->starts * 3000, a->silent), mode,
		share(b->starts * 3000, b->silent));
}

static void show_row(const struct row *r)
{
	const struct score_counts *a = &r->counts[0];

	fprintf(stderr,
		"%-10s %5.3f %5.3f %5.3f %5.3f %5.3f %4.0f/%-4.0f %5.3f %5.3f %5.3f %5.2f |",
		r->name, share(a->hit, a->active), share(a->wrong, a->silent), score_auc(a),
		score_hit_at(a->yes, a->no, 0.01), score_hit_at(a->yes, a->no, 0.05),
		score_onset_ms(a, 0.5), score_onset_ms(a, 0.95), share(a->missed, a->segments),
		share(a->cut, a->segments), share(a->lost, a->ends),
		share(a->starts * 3000, a->silent));
	for (int m = 1; m < MODES; m++) {
		const struct score_counts *b = &r->counts[1 + m];
		double same = score_hit_at(a->held_yes, a->held_no, share(b->wrong, b->silent)),
		       hit = share(b->hit, b->active);
		fprintf(stderr, " %5.3f %5.3f %5.3f%c", hit, share(b->wrong, b->silent), same,
			same < hit ? '!' : ' ');
	}
	const struct score_counts *b = &r->counts[PEER];
	fprintf(stderr, "| %4.0f %5.3f %5.3f %5.2f\n", score_onset_ms(b, 0.95),
		share(b->cut, b->segments), share(b->lost, b->ends),
		share(b->starts * 3000, b->silent));
}

static void report(void)
{
	fprintf(stderr, "%-10s %5s %5s %5s %5s %5s %9s %5s %5s %5s %5s | %-18s %-18s %-17s| %s\n",
		"", "hit", "false", "AUC", "@1%", "@5%", "onset ms", "miss", "cut", "lost",
		"starts", "WebRTC 1: same fa", "WebRTC 2", "WebRTC 3", "2: p95, cut, lost, starts");
	for (int i = 0; i < row_n; i++) {
		emit_row(&row[i]);
		show_row(&row[i]);
	}
	emit("all", "us_per_frame", "us", false, spent_us[0] / (double)frames_all, PEER - 1,
		spent_us[PEER] / (double)frames_all);
	fprintf(stderr, "%.2f us a frame of 20 ms, WebRTC 2: %.2f; %lld minutes of scenes\n",
		spent_us[0] / (double)frames_all, spent_us[PEER] / (double)frames_all,
		(long long)(frames_all / 3000));
	fputs("(!: at the false alarms of that mode we hit less than it)\n", stderr);
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
	if (load_webrtc() < 0 || run_noises(&c, split, &seed) < 0 ||
		run_clean(&c, split, &seed) < 0)
		return EXIT_SYSTEM;
	report();
	free(row);
	corpus_free(&c);
	return opt_finish(EXIT_OK);
}
