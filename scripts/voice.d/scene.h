/* scene: a piece of a call, of which is known where the near voice speaks.
 */
#ifndef CALLPIPE_VOICE_SCENE_H
#define CALLPIPE_VOICE_SCENE_H

#include "line.h"
#include "noise.h"

#define SCENE_RATE_HZ 8000
#define SCENE_FRAME 160

/* What a frame is: bits. */
enum scene_label {
	SCENE_ACTIVE = 1,  /* the near voice sounds */
	SCENE_SEGMENT = 2, /* within a segment: pauses below 200 ms are bridged */
	SCENE_EXEMPT = 4,  /* 20 ms before a segment or 200 ms after it: neither answer is wrong */
};

struct scene_spec {
	enum corpus_split split;    /* recordings it is made of */
	int speaker;                /* who is near; -1: anyone */
	bool alone;                 /* nobody is near */
	float seconds;              /* length */
	float gap_min_s, gap_max_s; /* between two recordings of the near voice */
	float level_db; /* of the near voice where it sounds; root mean square of full scale is 0 */
	float speed;    /* of its recordings: pitch too */
	float tilt_db;  /* brightness of it */
	float room;     /* mix of reverberation, 0: none */
	enum noise_kind noise[2]; /* beside it */
	float snr_db[2];          /* near voice to each noise, each where it sounds */
	float floor_db;           /* white noise of the line, of full scale; below -100: none */
	float dc;                 /* sample value */
	bool band;                /* 300 to 3400 Hz */
	bool drop;                /* frames are lost: zeros in their place */
	enum line_codec codec;    /* it came through */
};

struct scene {
	int16_t *samples; /* frames * SCENE_FRAME of them at 8 kHz */
	uint8_t *label;   /* of each frame: scene_label */
	int frames;       /* of 20 ms */
};

/* Anything a line may carry, for training. */
void scene_random(const struct corpus *c, enum corpus_split split, float seconds, uint64_t *seed,
	struct scene_spec *ret);
/* -1 with errno. */
int scene_make(const struct corpus *c, const struct scene_spec *spec, uint64_t seed,
	struct scene *ret) MUST_USE;
void scene_free(struct scene *s);

#endif
