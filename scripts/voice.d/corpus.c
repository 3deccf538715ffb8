#include "corpus.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/file.h"

#define RATE_HZ 8000
#define FRAME 160
#define MAX_S 900
#define VOICE_RANGE 0.025119f /* 32 dB below the loud frames: still voice */
#define HAS_PAUSES \
	0.1f /* a fifth of the frames is 20 dB below them: then there is more than voice */
#define ABOVE_NOISE 2.5119f   /* 8 dB above what is in the pauses: not yet voice */
#define NOISY_RANGE 0.079433f /* but 22 dB below the loud frames it is */

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* Level and threshold, from the frames' levels: of the 95th of a hundred down to 32 dB below. */
static int weigh(struct corpus_clip *c)
{
	int frames = c->n / FRAME, sounding = 0;
	float *level = calloc((size_t)frames + 1, sizeof *level);
	double sum = 0;

	if (!level)
		return -1;
	for (int i = 0; i < frames; i++) {
		for (int k = 0; k < FRAME; k++)
			level[i] += c->samples[i * FRAME + k] * c->samples[i * FRAME + k];
		level[i] = sqrtf(level[i] / FRAME);
	}
	qsort(level, (size_t)frames, sizeof *level, compare);
	float loud = level[frames * 95 / 100], quiet = level[frames / 20] * ABOVE_NOISE;
	c->threshold = loud * VOICE_RANGE;
	if (level[frames / 5] < loud * HAS_PAUSES && c->threshold < quiet)
		c->threshold = quiet < loud * NOISY_RANGE ? quiet : loud * NOISY_RANGE;
	for (int i = 0; i < frames; i++) {
		if (level[i] > c->threshold)
			sum += level[i] * level[i], sounding++;
	}
	c->rms = sounding > 0 ? sqrtf((float)(sum / sounding)) : 0;
	free(level);
	return 0;
}

static int speaker_of(struct corpus *c, const char *name)
{
	for (int i = 0; i < c->speakers; i++) {
		if (strcmp(c->speaker[i], name) == 0)
			return i;
	}
	void *more = realloc(c->speaker, (size_t)(c->speakers + 1) * sizeof *c->speaker);
	if (!more)
		return -1;
	c->speaker = more;
	snprintf(c->speaker[c->speakers], sizeof *c->speaker, "%s", name);
	return c->speakers++;
}

static int find(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(word, words[i]) == 0)
			return i;
	}
	return -1;
}

static int add(struct corpus *c, unsigned wanted, char *line, char why[256])
{
	static const char *const kinds[] = {"speech", "music", "effect", NULL};
	static const char *const splits[] = {"train", "valid", "test", NULL};
	char kind[16], split[16], speaker[32];
	int at = 0;
	int16_t *samples;
	size_t n;

	if (sscanf(line, "%15s %15s %31s %n", kind, split, speaker, &at) < 3 || at == 0 ||
		find(kind, kinds) < 0 || find(split, splits) < 0)
		return snprintf(why, 256, "is no line of a list: '%.100s'", line), -1;
	if (!(wanted >> find(split, splits) & 1))
		return 0;
	if (audio_file_load(line + at, RATE_HZ, MAX_S, &samples, &n) < 0)
		return snprintf(why, 256, "'%.120s': %.100s", line + at, audio_file_error()), -1;
	struct corpus_set *set = &c->set[find(kind, kinds)][find(split, splits)];
	struct corpus_clip clip = {.n = (int)n,
		.speaker = speaker_of(c, speaker),
		.samples = calloc(n, sizeof(float))};
	void *more = realloc(set->clip, (size_t)(set->n + 1) * sizeof *set->clip);
	for (size_t i = 0; clip.samples && i < n; i++)
		clip.samples[i] = samples[i];
	free(samples);
	if (more)
		set->clip = more;
	if (!more || clip.speaker < 0 || !clip.samples || weigh(&clip) < 0) {
		free(clip.samples);
		return snprintf(why, 256, "%s", strerror(ENOMEM)), -1;
	}
	if (clip.rms > 0)
		set->clip[set->n++] = clip;
	else
		free(clip.samples);
	return 0;
}

int corpus_load(const char *list, unsigned splits, struct corpus *ret, char why[256])
{
	char line[4096];
	int status = 0;
	FILE *f = fopen(list, "re");

	*ret = (struct corpus){0};
	if (!f)
		return snprintf(why, 256, "%s", strerror(errno)), -1;
	while (status == 0 && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			status = add(ret, splits, line, why);
	}
	fclose(f);
	return status;
}

void corpus_free(struct corpus *c)
{
	for (int k = 0; k < CORPUS_KINDS; k++) {
		for (int s = 0; s < CORPUS_SPLITS; s++) {
			for (int i = 0; i < c->set[k][s].n; i++)
				free(c->set[k][s].clip[i].samples);
			free(c->set[k][s].clip);
		}
	}
	free(c->speaker);
}
