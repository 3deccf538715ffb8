/* turns: whose turn it is: what a voice, its words and the bot's own speech mean for one another.
 *
 * Pure: events and call times go in, decisions come out; what they mean in the dialogue is the engine's. Rules:
 * callpipe-stream(5), "Turns and barge-in", which this is the agent's side of. In short:
 *
 *	a voice before the answer is heard     cancel it; both transcripts are one turn
 *	words as the answer begins             the same: nobody can have reacted to it yet
 *	words while the bot speaks             flush, and the turn is the caller's
 *	no words while the bot speaks          resume
 *	a voice of more than 800 ms            words, whatever the recogniser makes of it
 *	a key                                  flush at once; the voice under way is void
 */
#ifndef AGENT_TURNS_H
#define AGENT_TURNS_H

#include "base/dynbuf.h"

#define TURNS_WORDS_MS 800    /* a longer voice is words */
#define TURNS_REACTION_MS 400 /* a voice that begins so soon after an answer is no reaction to it */
#define TURNS_TOLD_MS 300     /* how late it may be told that a voice has begun */
#define TURNS_TRANSCRIPT_MS 10000 /* a transcript that has not come after so long comes no more */
#define TURNS_VOICE_MS \
	150000 /* a voice that has not ended after so long has: vad ends them after 120 s */
#define TURNS_TURN_MS 30000 /* a turn that began longer ago is not gone on with: there is a radio */
#define TURNS_TEXT_MAX 4096 /* bytes of what the caller says in one turn */
#define TURNS_LISTEN_MAX 64 /* bytes of a listen's id, with the NUL */

/* What a transcript is, as the language says. */
enum turns_words {
	TURNS_SILENCE,     /* nothing was understood */
	TURNS_BACKCHANNEL, /* "mm-hm": the caller listens */
	TURNS_WORDS,
};

/* What the bot is doing at this moment. */
struct turns_scene {
	bool speaking; /* something interruptible is being said, or waits to be */
	bool pending; /* an answer is under way, and nothing of it is on the line yet: it can be taken back */
	bool fresh; /* it has begun just now, within TURNS_REACTION_MS, and can still be taken back */
	int end_silence_ms; /* silence after which a voice is told to have ended */
};

/* What is to be done, in this order. */
struct turns_act {
	bool cancel; /* take the answer back, with all it has done; a flush comes with it */
	bool flush;
	bool resume;
	bool take; /* the turn is complete: text, listen, understood */
};

struct turns {
	bool voice;        /* the caller is speaking */
	int64_t voice_ms;  /* since when, call time */
	int64_t begun_ms;  /* when the turn began */
	int64_t turn;      /* of the latest voice-started; 0: none yet */
	int64_t void_turn; /* transcripts up to this turn are void: a key came */
	int open;          /* voices that have ended and have no transcript yet */
	int64_t open_ms;   /* when the last of them ended */
	bool words;        /* there have been words in this turn */
	bool long_voice;   /* and a voice too long to be none */
	bool barged;       /* the bot was speaking when it began */
	bool going_on;     /* an answer was cancelled for it */
	bool joins; /* it began as the answer did: if there are words, they go on with the turn */
	/* the turn so far; after take the turn that was taken, until the next event */
	struct dynbuf text;
	char listen[TURNS_LISTEN_MAX]; /* under which its first words were heard */
	bool taken; /* text has been taken: the next voice starts anew, unless it cancels */
};

void turns_init(struct turns *t);
void turns_free(struct turns *t);

/* What was taken stands: the next voice does not go on with it. */
void turns_forget(struct turns *t);

struct turns_act turns_voice_started(
	struct turns *t, int64_t turn, int64_t at_ms, struct turns_scene scene) MUST_USE;
/* key: a key ended it, and there will be no transcript. */
struct turns_act turns_voice_stopped(
	struct turns *t, int64_t turn, int64_t at_ms, bool key, struct turns_scene scene) MUST_USE;
struct turns_act turns_transcript(struct turns *t, int64_t turn, const char *listen,
	const char *text, enum turns_words words, struct turns_scene scene) MUST_USE;
/* interrupts: keys may interrupt now. */
struct turns_act turns_key(struct turns *t, struct turns_scene scene) MUST_USE;
/* It is so late. */
struct turns_act turns_time(struct turns *t, int64_t now_ms, struct turns_scene scene) MUST_USE;
/* True while the caller speaks, or what was said is not known yet. */
static inline bool turns_listening(const struct turns *t)
{
	return t->voice || t->open > 0;
}

#endif
