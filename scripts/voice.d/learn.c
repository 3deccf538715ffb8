/* voice-learn: make scenes, learn from them when a voice speaks, print the table of weights.
 *
 * The same list, seed and numbers give the same table, bit for bit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "net.h"
#include "rnd.h"
#include "scene.h"
#include "voice.h"

#define SCENE_S 12
#define PIECE_FRAMES (SCENE_S * 50)

static struct settings {
	int64_t scenes;
	int64_t steps;
	int64_t seed;
	int64_t valid;
	const char *about;
} set = {.scenes = 3000, .steps = 10000, .seed = 1, .valid = 200, .about = ""};

static const struct opt_row rows[] = {
	{"scenes", 0, OPT_INT, "N", NULL, "scenes of 12 s to learn from", &set.scenes, 8, 100000},
	{"steps", 0, OPT_INT, "N", NULL, "steps of 9600 frames", &set.steps, 1, 10000000},
	{"seed", 0, OPT_INT, "N", NULL, "of scenes, first weights and order", &set.seed, 1,
		1000000},
	{"valid", 0, OPT_INT, "N", NULL, "scenes of 30 s to validate with (0: do not)", &set.valid,
		0, 10000},
	{"about", 0, OPT_STR, "FILE", NULL, "provenance: lines for the table's comment",
		&set.about},
	{0},
};

static const struct opt_page page = {
	.synopsis = "learn [options] LIST >voice-weights.c",
	.purpose = "Learn the voice detector from the recordings of a list.",
	.see = "scripts/train",
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "voice: cannot %s: %s\n", what, why);
	return -1;
}

/* How much each frame counts: beginnings more, where either answer will do less. */
static void weigh(const uint8_t *label, int n, float *target, float *weight)
{
	int since = 0, after = 1000;

	for (int i = 0; i < n; i++) {
		bool on = label[i] & SCENE_SEGMENT;
		since = on ? since + 1 : 0;
		after = on ? 0 : after + 1;
		target[i] = on;
		if (on)
			weight[i] = since <= 4 ? 2 : label[i] & SCENE_ACTIVE ? 1 : 0.2f;
		else if (after <= 10)
			weight[i] = after <= 3 ? 0 : 0.5f;
		else
			weight[i] = label[i] & SCENE_EXEMPT ? 0 : 1;
	}
}

static int16_t unit(float x)
{
	x *= NET_UNIT;
	return (int16_t)(x > 32767 ? 32767 : x < -32768 ? -32768 : x < 0 ? x - 0.5f : x + 0.5f);
}

static int make_data(const struct corpus *c, struct net_data *d)
{
	uint64_t seed = (uint64_t)set.seed;
	size_t frames = (size_t)set.scenes * PIECE_FRAMES;

	d->piece_frames = PIECE_FRAMES;
	d->frames = (int)frames;
	d->feature = malloc(frames * sizeof *d->feature);
	d->target = malloc(frames * sizeof *d->target);
	d->weight = malloc(frames * sizeof *d->weight);
	if (!d->feature || !d->target || !d->weight)
		return fail("hold the scenes", strerror(ENOMEM));
	for (int i = 0; i < set.scenes; i++) {
		struct scene_spec spec;
		struct scene s;
		struct voice_features f;
		scene_random(c, CORPUS_TRAIN, SCENE_S, &seed, &spec);
		if (scene_make(c, &spec, rnd_next(&seed), &s) < 0)
			return fail("make a scene", strerror(errno));
		voice_features_init(&f, SCENE_RATE_HZ);
		for (int k = 0; k < PIECE_FRAMES; k++) {
			float x[VOICE_FEATURES];
			voice_features_frame(&f, s.samples + k * SCENE_FRAME, x);
			for (int j = 0; j < VOICE_FEATURES; j++)
				d->feature[i * PIECE_FRAMES + k][j] = unit(x[j]);
		}
		weigh(s.label, PIECE_FRAMES, d->target + i * PIECE_FRAMES,
			d->weight + i * PIECE_FRAMES);
		scene_free(&s);
		if (i % 100 == 99)
			fprintf(stderr, "\rscenes %d of %d", i + 1, (int)set.scenes);
	}
	fputc('\n', stderr);
	return 0;
}

static void progress(int step, float loss)
{
	fprintf(stderr, "\rstep %d of %d, loss %.4f", step, (int)set.steps, (double)loss);
	if (step % 2000 == 0)
		fputc('\n', stderr);
}

/* Scores of voice and of none in 1/1000, and what can be read off them. */
static void report(const int64_t yes[1001], const int64_t no[1001])
{
	int64_t all_yes = 0, all_no = 0, hit = 0, wrong = 0;
	double area = 0, at1 = -1, at5 = -1;

	for (int i = 0; i <= 1000; i++)
		all_yes += yes[i], all_no += no[i];
	for (int i = 1000; i >= 0; i--) {
		area += (double)no[i] * ((double)hit + (double)yes[i] / 2);
		hit += yes[i];
		wrong += no[i];
		if (at1 < 0 && wrong * 100 > all_no)
			at1 = (double)hit / (double)all_yes;
		if (at5 < 0 && wrong * 20 > all_no)
			at5 = (double)hit / (double)all_yes;
	}
	fprintf(stderr, "validation: AUC %.4f, hit %.4f at 1%% false alarms, %.4f at 5%%\n",
		area / (double)all_yes / (double)all_no, at1, at5);
}

static int validate(const struct corpus *c, const struct voice_weights *w)
{
	static int64_t yes[1001], no[1001];
	uint64_t seed = 1000001;

	for (int i = 0; i < set.valid; i++) {
		struct scene_spec spec;
		struct scene s;
		struct voice_features f;
		float h[VOICE_STATE] = {0}, x[VOICE_FEATURES];
		scene_random(c, CORPUS_VALID, 30, &seed, &spec);
		if (scene_make(c, &spec, rnd_next(&seed), &s) < 0)
			return fail("make a scene", strerror(errno));
		voice_features_init(&f, SCENE_RATE_HZ);
		for (int k = 0; k < s.frames; k++) {
			voice_features_frame(&f, s.samples + k * SCENE_FRAME, x);
			int at = (int)(voice_network(w, h, x) * 1000);
			if (s.label[k] & SCENE_ACTIVE)
				yes[at]++;
			else if (!(s.label[k] & (SCENE_SEGMENT | SCENE_EXEMPT)))
				no[at]++;
		}
		scene_free(&s);
	}
	report(yes, no);
	return 0;
}

/* Nine digits are enough to read the same float again. */
static void print_row(const float *w, int n, int depth)
{
	for (int i = 0; i < n; i++)
		printf("%s%.9g,", i % 12 ? " " : depth ? "\n\t\t\t" : "\n\t\t", (double)w[i]);
}

static void print_array(const char *name, const float *w, int rows_n, int n)
{
	printf("\t.%s = {", name);
	for (int i = 0; i < rows_n; i++) {
		if (rows_n > 1)
			printf("\n\t\t{");
		print_row(w + i * n, n, rows_n > 1);
		if (rows_n > 1)
			printf("\n\t\t},");
	}
	printf("\n\t},\n");
}

static int print_about(void)
{
	char line[512];
	FILE *f = set.about[0] ? fopen(set.about, "re") : NULL;

	if (set.about[0] && !f)
		return fail("read the provenance", strerror(errno));
	printf("/* Made by scripts/train, not by hand: seed %d, %d scenes of 12 s, %d steps.\n",
		(int)set.seed, (int)set.scenes, (int)set.steps);
	while (f && fgets(line, sizeof line, f))
		printf(" *%s%s", line[0] == '\n' ? "" : " ", line);
	if (f)
		fclose(f);
	printf(" */\n");
	return 0;
}

static int print_table(const struct voice_weights *w)
{
	if (print_about() < 0)
		return -1;
	printf("#include \"audio/voice-weights.h\"\n\n/* clang-format off */\nconst struct voice_weights voice_weights = {\n");
	print_array("mean", w->mean, 1, VOICE_FEATURES);
	print_array("scale", w->scale, 1, VOICE_FEATURES);
	print_array("dense", w->dense[0], VOICE_FEATURES, VOICE_DENSE);
	print_array("dense_bias", w->dense_bias, 1, VOICE_DENSE);
	print_array("in", w->in[0], VOICE_DENSE, 3 * VOICE_STATE);
	print_array("in_bias", w->in_bias, 1, 3 * VOICE_STATE);
	print_array("back", w->back[0], VOICE_STATE, 3 * VOICE_STATE);
	print_array("back_bias", w->back_bias, 1, 3 * VOICE_STATE);
	print_array("out", w->out, 1, VOICE_STATE);
	printf("\t.out_bias = %.9g,\n};\n", (double)w->out_bias);
	return 0;
}

static int learn(const struct corpus *c)
{
	struct net_options opt = {.steps = (int)set.steps,
		.rate = 4e-3f,
		.seed = (uint64_t)set.seed,
		.progress = progress};
	struct net_data d = {0};
	struct voice_weights w;
	int status = make_data(c, &d);

	if (status == 0 && net_learn(&d, &opt, &w) < 0)
		status = fail("learn", strerror(ENOMEM));
	free(d.feature);
	free(d.target);
	free(d.weight);
	if (status == 0 && set.valid > 0)
		status = validate(c, &w);
	return status == 0 ? print_table(&w) : -1;
}

int learn_main(int argc, char **argv)
{
	struct corpus c;
	char why[256];
	int first, status = opt_parse(&page, rows, argc, argv, &first);

	if (status >= 0)
		return status;
	if (first + 1 != argc)
		return fail("go on", "one LIST is wanted"), EXIT_USAGE;
	if (corpus_load(argv[first], 1U << CORPUS_TRAIN | 1U << CORPUS_VALID, &c, why) < 0)
		return fail("load the recordings", why), EXIT_DATA;
	status = learn(&c);
	corpus_free(&c);
	return opt_finish(status < 0 ? EXIT_SYSTEM : EXIT_OK);
}
