/* corpus: the recordings that scenes are made of, from a list made by scripts/train.
 *
 * Each line of the list: kind split speaker path, by one blank each; path goes to the end of the line. Kind is speech,
 * music or effect; split is train, valid or test. Sounds are at 8 kHz, mono, as floats of the scale of samples.
 */
#ifndef CALLPIPE_VOICE_CORPUS_H
#define CALLPIPE_VOICE_CORPUS_H

#include "base/util.h"

enum corpus_kind { CORPUS_SPEECH, CORPUS_MUSIC, CORPUS_EFFECT, CORPUS_KINDS };
enum corpus_split { CORPUS_TRAIN, CORPUS_VALID, CORPUS_TEST, CORPUS_SPLITS };

struct corpus_clip {
	float *samples;  /* at 8 kHz */
	int n;           /* of them */
	float rms;       /* of the frames in which something sounds, 0-32768 */
	float threshold; /* root mean square above which a frame of it is voice */
	int speaker;     /* index of its name */
};

struct corpus_set {
	struct corpus_clip *clip; /* n of them */
	int n;                    /* clips */
};

struct corpus {
	struct corpus_set set[CORPUS_KINDS][CORPUS_SPLITS]; /* in the order of the list */
	char (*speaker)[32];                                /* names */
	int speakers;                                       /* of them */
};

/* Of the splits whose bits (1 << split) are set. -1: why says what is wrong. */
int corpus_load(const char *list, unsigned splits, struct corpus *ret, char why[256]) MUST_USE;
void corpus_free(struct corpus *c);

#endif
