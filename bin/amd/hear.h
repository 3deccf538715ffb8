/* hear: from a caller's audio to verdicts: voice, echo and tones of each 20 ms, and the judge of them.
 *
 * So long as nothing has been decided all is heard; then only a beep, and at last nothing: judge_need. Looking for a
 * beep costs little: most frames are too soft, or no line at all, which a sum tells.
 */
#ifndef AMD_HEAR_H
#define AMD_HEAR_H

#include "audio/cadence.h"
#include "audio/ear.h"
#include "judge.h"

struct hear {
	struct ear ear;
	struct endpoint endpoint;
	struct cadence cadence;
	struct judge judge;
	enum judge_need need;
};

/* Before the first audio, which goes to the ear; what is decided is told by emit. */
void hear_init(struct hear *h, const struct judge_set *set,
	void (*emit)(void *ctx, const struct judge_event *ev), void *ctx);
/* The bot's utterance is on the line; it was, until at_ms, and so much was heard of it. */
void hear_playing(struct hear *h);
void hear_played(struct hear *h, int64_t at_ms, int64_t heard_ms);
/* A key: around it nothing is a voice. */
void hear_key(struct hear *h, int64_t at_ms);
void hear_clock(struct hear *h, int64_t at_ms);
void hear_end(struct hear *h);

#endif
