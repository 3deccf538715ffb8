/* player: what is to be said, in order, and how much of it has been heard.
 *
 * Pure: time is an argument, audio goes in and 20 ms frames come out. Utterances are played in the order of their
 * synthesize, but that a filler goes before what has no sound yet; each gets exactly one PLAYER_PLAYED, also if it
 * never reached the line. Rules of pausing, holding, resuming and flushing: callpipe-stream(5), "Turns and barge-in".
 */
#ifndef AS_SPEAK_PLAYER_H
#define AS_SPEAK_PLAYER_H

#include "base/util.h"

#define UTTERANCE_ID_MAX 65  /* bytes, with its NUL */
#define PLAYER_STORE_S 300   /* audio that may wait, seconds */
#define PLAYER_STALL_S 30    /* a voice that sends nothing for this long has failed */
#define PLAYER_OPEN_MAX 1024 /* utterances that may wait */
#define PLAYER_CUT_MAX 64    /* cleared utterances whose late audio is still recognised */

enum utterance_kind { UTTERANCE_ANSWER, UTTERANCE_FILLER, UTTERANCE_PROMPT };

enum played_status { PLAYED_PLAYED, PLAYED_CLEARED, PLAYED_FAILED };

struct player_event {
	enum { PLAYER_PLAYING, PLAYER_PLAYED, PLAYER_ERROR } what;
	const char *id; /* utterance */
	int64_t turn;   /* turn it answers, -1 if none */
	int64_t at_ms;  /* call time of its first sample (PLAYING), of its end (PLAYED) */
	enum played_status status;  /* PLAYED */
	int64_t heard_ms, total_ms; /* PLAYED: audio that was on the line, audio there was */
	const char *text;           /* ERROR: what is lost */
};

struct utterance;

enum pause_cause { PAUSE_NONE, PAUSE_VOICE, PAUSE_AGENT };

struct player {
	int rate_hz;
	void (*emit)(void *ctx, const struct player_event *ev);
	void *ctx;
	bool last_words; /* hangup or transfer was asked for: nothing interrupts any more but flush */
	bool closed;     /* nothing more is played: what is asked for is cleared at once */
	struct utterance *head, *tail;              /* open utterances, oldest first */
	size_t open;                                /* how many */
	size_t stored_samples;                      /* audio waiting in all of them */
	char cut[PLAYER_CUT_MAX][UTTERANCE_ID_MAX]; /* closed before their audio-stop; ring */
	size_t cut_next;
	bool voice;   /* the caller is speaking */
	int64_t turn; /* of the latest voice-started */
	enum pause_cause paused;
	int64_t resume_at_ms;    /* automatic resume, call time; -1: none is due */
	int64_t resume_after_ms; /* from voice-stopped or key to automatic resume */
	int64_t now_ms;          /* call time of the frame last made */
	/* what player_frame returns: the utterance may be closed by then */
	char heard_id[UTTERANCE_ID_MAX];
	enum utterance_kind heard_kind; /* and its kind */
	int64_t heard_turn;             /* and the turn it answers, -1: none */
};

struct utterance_spec {
	const char *id;
	enum utterance_kind kind;
	int64_t turn; /* -1: none */
	bool interruptible;
};

void player_init(struct player *p, int rate_hz, int64_t resume_after_ms,
	void (*emit)(void *ctx, const struct player_event *ev), void *ctx);
void player_free(struct player *p);

void player_synthesize(struct player *p, const struct utterance_spec *spec);
/* Audio of an utterance. Late audio of a cleared one is dropped; of an unknown one too, with an error. */
void player_audio(struct player *p, const char *id, const void *le_bytes, size_t samples);
/* audio-stop: no more audio will come. */
void player_complete(struct player *p, const char *id, enum played_status outcome);
/* The rest of this utterance cannot be played, for this reason: what there is of it is, and it ends as failed. */
void player_fail(struct player *p, const char *id, const char *text);
/* True if audio of id has been announced: it is open, or was closed before its audio-stop. */
bool player_expects(const struct player *p, const char *id);
/* True if id is open, and answers this turn: it is no filler, and nothing of an older turn. */
bool player_answers(const struct player *p, const char *id, int64_t turn);

void player_voice_started(struct player *p, int64_t turn);
void player_voice_stopped(struct player *p);
void player_key(struct player *p);
void player_pause(struct player *p);
void player_resume(struct player *p, int64_t turn);
void player_flush(struct player *p);
/* The talk is over: what is queued is played whatever the caller does. */
void player_last_words(struct player *p);
/* The call is over: close everything that is open with this status; what is still asked for will be cleared. */
void player_close(struct player *p, enum played_status status);

/* The 20 ms from now_ms on into out (rate / 50 samples, silence where there is nothing). The utterance heard
 * in it, or NULL. */
const char *player_frame(struct player *p, int64_t now_ms, int16_t *out);
/* Milliseconds of the utterance at the head that have been heard, 0 if none. */
int64_t player_heard_ms(const struct player *p);
static inline bool player_idle(const struct player *p)
{
	return !p->head;
}

#endif
