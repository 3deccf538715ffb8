/* judge: who has answered, from voices, pauses and signals, by log-odds.
 *
 * A person says a word or two and waits; a machine goes on. So every 20 ms the odds are: what has been said in one go so
 * far speaks for a machine, the longer the more, and so does who goes on behind a pause, and who talks on over the bot;
 * the pause behind it speaks for a person, the longer the more, and so does who answers the bot. A verdict falls when the
 * odds pass a threshold, the one against a machine later, as it is the error that costs a customer. Signals (cadence.h)
 * decide more or less alone. A verdict is not the last word: what comes later may overrule it. Pure: time is that of the
 * frames; what is decided is told by emit, at once. Where the numbers come from: judge.c.
 */
#ifndef AMD_JUDGE_H
#define AMD_JUDGE_H

#include "audio/cadence.h"
#include "base/dynbuf.h"

enum verdict {
	VERDICT_NONE,
	VERDICT_HUMAN,
	VERDICT_MACHINE,
	VERDICT_FAX,
	VERDICT_TONE,
	VERDICT_SILENCE,
	VERDICT_NOTSURE,
};

/* What the judge still has to be given. */
enum judge_need {
	JUDGE_ALL,   /* voices and tones */
	JUDGE_TONES, /* tones alone: there may be a beep */
	JUDGE_NOTHING,
};

struct judge_set {
	float human, machine; /* odds for a verdict, natural logarithm, both positive */
	int64_t silence_ms;   /* without any voice from the beginning: nobody */
	int64_t max_ms;       /* from the beginning, or from the first voice: then it is not sure */
	int64_t watch_ms;     /* from the beginning: so long a beep is heard */
	bool after_beep;      /* tell when a message can be left */
	int64_t message_silence_ms; /* behind a greeting: the same as its beep */
	int64_t message_max_ms;     /* behind the verdict: it is left now */
};

struct judge_frame {
	int64_t at_ms;
	float level_db; /* a sine of full scale is 0 */
	bool voice;     /* the caller's voice, and no echo, is in these 20 ms */
	bool perhaps; /* none, and yet no clear pause: it may be one that is faint, or under an echo */
	bool rings; /* a tone is, for some time already */
	bool bot;   /* the bot is playing */
	enum cadence_signal signal;
	const struct cadence_pulse *pulse; /* of it */
};

struct judge_event {
	enum verdict verdict;
	const char *kind;    /* of a machine, tone or fax; NULL: not known */
	const char *message; /* a message can be left: "beep", "silence", "limit"; else NULL */
	float confidence;    /* 0 to 1 */
	char reason[96];     /* for people */
	int64_t at_ms;       /* when it was decided */
};

struct judge {
	struct judge_set set;
	void (*emit)(void *ctx, const struct judge_event *ev);
	void *ctx;

	int64_t begin_ms, now_ms; /* end of the latest frame; begin_ms -1: none yet */
	int64_t first_ms;         /* the first voice began; -1: none */
	int64_t said_ms;          /* voice in one go, short pauses in it left out */
	int64_t frames_ms;        /* of it, without any pause */
	int64_t over_ms;          /* of it, over the bot, to the end */
	float over_db;            /* mean level of that */
	int resumed;        /* so often it went on behind a pause that is more than a breath */
	int64_t pause_ms;   /* since the last voice */
	int64_t perhaps_ms; /* of it, that may be voice */
	int64_t all_ms;     /* voice in the whole call */
	int voiced;         /* frames of voice in a row */
	float carry;        /* odds from what was before */
	float odds;         /* now; above 0: a machine */
	bool tones;         /* some have been heard */
	bool answered;      /* the bot has finished something: what is said now answers it */

	enum verdict verdict; /* so far */
	const char *kind;
	bool message;       /* has been told */
	int64_t verdict_ms; /* when it fell */
};

void judge_init(struct judge *j, const struct judge_set *set,
	void (*emit)(void *ctx, const struct judge_event *ev), void *ctx);
/* The next 20 ms. */
void judge_frame(struct judge *j, const struct judge_frame *f);
/* The bot has finished an utterance of which so much was heard. */
void judge_played(struct judge *j, int64_t heard_ms);
/* Call time without audio. */
void judge_clock(struct judge *j, int64_t at_ms);
/* Nothing more comes: without a verdict there is one now. */
void judge_end(struct judge *j);
enum judge_need judge_need(const struct judge *j);
/* The members of an `amd` event: callpipe-stream(5). */
void judge_event_add(struct dynbuf *b, const struct judge_event *ev);
/* "human", "machine" ... */
const char *verdict_name(enum verdict v);

#endif
