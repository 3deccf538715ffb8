/* noise: what is on a telephone line that is no near voice, made from seeds and recordings.
 */
#ifndef CALLPIPE_VOICE_NOISE_H
#define CALLPIPE_VOICE_NOISE_H

#include "corpus.h"

enum noise_kind {
	NOISE_NONE,
	NOISE_WHITE,
	NOISE_PINK,
	NOISE_BROWN,
	NOISE_HUM,
	NOISE_CAR,
	NOISE_BABBLE,
	NOISE_MUSIC, /* music on hold */
	NOISE_CLICKS,
	NOISE_COUGHS,  /* and breaths */
	NOISE_KEYS,    /* of a keyboard */
	NOISE_TONES,   /* keys of a telephone, ringback, dial, busy, beeps */
	NOISE_ECHO,    /* of the bot */
	NOISE_EFFECTS, /* recorded sounds */
	NOISE_CLATTER, /* doors, dishes, paper, wind */
	NOISE_CRIES,   /* sirens, dogs, babies, screams */
	NOISE_KINDS
};

extern const char *const noise_name[NOISE_KINDS];

/* n samples at 8 kHz, of any level, from the recordings of one split; near is the speaker who is not in the babble. */
void noise_make(enum noise_kind kind, const struct corpus *c, enum corpus_split split, int near,
	uint64_t *seed, float *ret, int n);

/* Add a recording to what is there, from its sample `from` at `at` on, played `speed` times as fast, up to n. */
void noise_add_clip(
	const struct corpus_clip *c, float from, int at, float speed, float gain, float *to, int n);

#endif
