/* guard: how loud the bot's echo is on this line, so that it is not taken for the caller.
 *
 * Who hears the caller stands before everything that speaks: all it knows of the bot is that an utterance is playing.
 * What sounds like a voice then and is not loud enough to be the caller teaches the level of the echo; a voice that is
 * to interrupt must be clearly above it. An unknown line is given a usual echo first, which falls away within a second
 * of playing if nothing is heard. Pure: no time but that of its frames.
 */
#ifndef CALLPIPE_AUDIO_GUARD_H
#define CALLPIPE_AUDIO_GUARD_H

#include "base/util.h"

struct guard {
	float margin_db;  /* a caller is louder than the echo by this; 0: no guard */
	float echo_db;    /* level of the echo, dBFS */
	bool taught;      /* an echo has been heard */
	float near_db;    /* of the caller, dBFS, mean of a turn; 0: not known */
	int64_t heard_ms; /* of the bot's playing so far */
	int64_t silent_ms; /* of it, since anything was heard; negative: the bot is stopped for so long */
	int strikes;       /* short voices over the bot, one soon after the other */
	float struck_db;   /* how loud the least loud of them began, dBFS */
	int64_t struck_ms; /* heard_ms at the first */
};

/* first_db: the echo that is believed in before anything is known; 0: what a line without an echo canceller gives back
 * of a loud bot. */
void guard_init(struct guard *g, float margin_db, float first_db);
/* The level above which a voice is the caller's although the bot is playing, dBFS. */
float guard_gate_db(const struct guard *g);
/* The level up to which a frame may be echo alone. */
float guard_echo_db(const struct guard *g);
/* 20 ms while the bot plays and no turn is under way. voiced: it sounds like a voice; near: it may be the caller's. */
void guard_frame(struct guard *g, float level_db, bool voiced, bool near);
/* A turn has ended that began while the bot was silent: mean level of its voice. */
void guard_near(struct guard *g, float level_db, int64_t voiced_ms);
/* A turn has ended that began over the bot, which stopped for it: how loud it began, mean level. The echo ends when the bot does, so
 * the fourth voice in a short time that ends at once is taken for it. */
void guard_over_bot(struct guard *g, float peak_db, float level_db, int64_t voiced_ms);

#endif
