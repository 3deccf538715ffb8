/* endpoint: from scores of 20 ms to turns: when a voice has begun, and when it has ended.
 *
 * A voice begins when the score has been above a threshold for some frames, fewer and lower while the bot is silent,
 * more and higher while it plays. It goes on above a lower one; short dips are bridged. A turn ends after so much silence,
 * or at its longest, or by a key. Pure: time is that of the frames; what it decides is told by emit, at once.
 * Source: the decision that was measured with the detector's net; rules of turns: callpipe-stream(5).
 */
#ifndef CALLPIPE_AUDIO_ENDPOINT_H
#define CALLPIPE_AUDIO_ENDPOINT_H

#include "audio/guard.h"
#include "audio/pcm.h"

#define ENDPOINT_KEY_MS 200 /* around a key nothing is a voice */

/* What makes a voice: a score above start for frames in a row. */
struct endpoint_onset {
	float score; /* 0 to 1 */
	int frames;  /* of 20 ms */
};

struct endpoint_set {
	struct endpoint_onset silent; /* while the bot is silent */
	struct endpoint_onset bot;    /* while it plays */
	float stay;                   /* a voice goes on above this score */
	float quiet;                  /* so much lower are the scores on a line without noise */
	float echo_margin_db;         /* see guard.h */
	float echo_first_db;          /* the same */
	int64_t end_silence_ms;       /* of a turn */
	int64_t max_ms;               /* longest turn; 0: any */
};

struct endpoint_frame {
	int64_t at_ms;  /* its first sample */
	float score;    /* of the net, 0 to 1 */
	float level_db; /* a sine of full scale is 0 */
	float floor_db; /* its least of late: the noise of the line */
	bool tone;      /* it is a tone */
};

struct endpoint_event {
	enum { ENDPOINT_STARTED, ENDPOINT_STOPPED } what;
	int64_t turn;
	int64_t at_ms;     /* the voice began; it ended */
	const char *cause; /* STOPPED: silence, max, key */
};

struct endpoint {
	struct endpoint_set set; /* as it is now: listen changes it */
	void (*emit)(void *ctx, const struct endpoint_event *ev);
	void *ctx;
	struct guard guard;
	float floor_db;       /* noise of the line: that of the frames, which falls slowly */
	int64_t now_ms;       /* end of the last frame */
	int64_t bot_until_ms; /* the bot plays until then; INT64_MAX: it is playing */
	int64_t mute_from_ms, mute_to_ms; /* around the last key; both 0: none yet */

	int run;           /* frames towards the beginning of a voice */
	int64_t rise_ms;   /* since when the score is above stay; -1: it is not */
	float run_peak_db; /* loudest frame since then */
	bool on;           /* a voice is heard, or a dip in it */
	int dip;           /* frames of it */

	bool active;          /* a turn is under way */
	bool over_bot;        /* it began while the bot played */
	float begun_peak_db;  /* how loud */
	int64_t turn;         /* number of the latest */
	int64_t started_ms;   /* of it */
	int64_t voiced_to_ms; /* end of the latest voice */
	int64_t silent_ms;    /* heard since */
	int voiced_frames;    /* of the turn */
	float voiced_db;      /* sum of their levels */
};

void endpoint_init(struct endpoint *e, const struct endpoint_set *set,
	void (*emit)(void *ctx, const struct endpoint_event *ev), void *ctx);
/* The next 20 ms. Time may step back (late audio in place of silence) and jump (audio that was lost). */
void endpoint_frame(struct endpoint *e, const struct endpoint_frame *f);
/* True if a frame at this time is near a key, and so not heard. */
bool endpoint_muted(const struct endpoint *e, int64_t at_ms);
/* What is expected has changed; takes effect at once. */
void endpoint_limits(struct endpoint *e, int64_t end_silence_ms, int64_t max_ms);
void endpoint_key(struct endpoint *e, int64_t at_ms);
/* The bot's first sample at at_ms is on the line; its last was. */
void endpoint_playing(struct endpoint *e);
void endpoint_played(struct endpoint *e, int64_t at_ms);
/* Call time without audio: so long behind it, a turn has ended. */
void endpoint_clock(struct endpoint *e, int64_t at_ms);
/* Nothing more comes: the turn under way has ended. */
void endpoint_end(struct endpoint *e);
/* The score above which a voice begins now, for a plot. */
float endpoint_threshold(const struct endpoint *e);
static inline bool endpoint_bot(const struct endpoint *e)
{
	return e->now_ms < e->bot_until_ms;
}

#endif
