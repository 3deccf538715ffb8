/* plot: a picture of what vad heard and decided, for people: energy, score, decision and turns over time, as SVG.
 */
#ifndef VAD_PLOT_H
#define VAD_PLOT_H

#include "audio/endpoint.h"

#define PLOT_MAX_S (12 * 3600) /* of a call; what comes later is not drawn */

/* 20 ms. */
struct plot_frame {
	int8_t level_db;   /* a sine of full scale is 0 */
	int8_t floor_db;   /* of the line's noise */
	int8_t gate_db;    /* echo guard: what a caller has to be louder than; -128: none */
	uint8_t score;     /* 0 to 200 */
	uint8_t threshold; /* above which a voice begins, 0 to 200 */
	uint8_t marks;     /* PLOT_HEARD, ... */
};

enum plot_mark {
	PLOT_HEARD = 1, /* there was audio */
	PLOT_VOICE = 2, /* a voice, or a dip in it */
	PLOT_TONE = 4,  /* a tone */
	PLOT_BOT = 8,   /* the bot was playing */
	PLOT_MUTED = 16 /* near a key */
};

struct plot_turn {
	int64_t turn;
	int64_t from_ms, to_ms, known_ms; /* the voice; when its end was decided */
	const char *cause;
};

struct plot {
	struct plot_frame *frame; /* by call time / 20 ms */
	size_t frames, size;      /* used and allocated */
	struct plot_turn *turn;
	size_t turns, turn_size;
	bool failed; /* no memory: the picture is not whole */
};

void plot_init(struct plot *p);
void plot_free(struct plot *p);
/* e has just been given f. */
void plot_add(struct plot *p, const struct endpoint_frame *f, const struct endpoint *e);
void plot_event(struct plot *p, const struct endpoint_event *ev, int64_t now_ms);
/* Write the file, whole or not at all; title stands above it. -1 with errno. */
int plot_write(const struct plot *p, const char *path, const char *title) MUST_USE;

#endif
