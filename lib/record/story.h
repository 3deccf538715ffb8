/* story: what was said and done in a call, made from its journal alone.
 *
 * It is made of whatever is left: a journal that is cut off, has holes or broken lines gives what its whole records
 * tell, and says what is missing. Times are call time in ms; -1: not known. Texts are UTF-8 and NUL-terminated, never
 * NULL ("" where nothing was told), and live as long as the story.
 * Source: callpipe-stream(5) for the events, callpipe-calldir(5) for the journal.
 */
#ifndef CALLPIPE_RECORD_STORY_H
#define CALLPIPE_RECORD_STORY_H

#include <jansson.h>

#include "record/kept.h"

enum story_who { STORY_BOT, STORY_CALLER };

enum story_kind {
	STORY_ANSWER, /* bot */
	STORY_FILLER, /* bot: a wait phrase */
	STORY_PROMPT, /* bot */
	STORY_VOICE,  /* caller: spoken */
	STORY_KEYS,   /* caller: keys that were pressed one after the other */
};

enum story_status {
	STORY_PLAYED,  /* bot: to its end */
	STORY_CLEARED, /* bot: cut off, or dropped before it began, on purpose */
	STORY_FAILED,  /* bot: something went wrong */
	STORY_OPEN,    /* bot: the journal does not tell how it ended */
	STORY_HEARD,   /* caller: understood */
	STORY_UNCLEAR, /* caller: a voice, but no words */
};

/* How long an answer took, from the end of the caller's speech; -1: that step was not seen. */
struct story_latency {
	int64_t endpoint_ms;   /* it was known that the caller had finished */
	int64_t transcript_ms; /* the words were there */
	int64_t text_ms;       /* the first sentence was decided */
	int64_t audio_ms;      /* the first sound was there */
	int64_t filler_ms;     /* a wait phrase was audible */
	int64_t audible_ms;    /* the answer was audible */
};

/* Something said, by either side. */
struct story_line {
	enum story_who who;
	enum story_kind kind;
	enum story_status status;
	int64_t t0_ms,
		t1_ms; /* when it was on the line; of a bot's line that never was: when it ended */
	int64_t turn;  /* of the caller; 0: before the first */
	const char *text; /* bot: all that was to be said. caller: as recognised; the keys */
	const char *
		heard; /* bot: what was heard of it, cut between two words. caller: the same as text */
	const char *file;      /* bot: sound file instead of a text */
	const char *phrase;    /* bot: name of a phrase instead of a text */
	const char *utterance; /* bot: its name in the journal */
	const char *language;  /* tag */
	const char *engine;    /* caller: recogniser */
	const char *state;     /* of the scenario, when it began */
	int64_t heard_ms;      /* bot: how much of it was on the line */
	int64_t total_ms;      /* bot: how much there was */
	double confidence;     /* caller: 0 to 1; -1: not told */
	const char *sentiment; /* caller: "positive", "negative", "neutral", "interrogative" */
	double sentiment_confidence; /* 0 to 1 */
	bool answered; /* caller: the answer to this turn was heard; then latency is set */
	struct story_latency latency;
};

/* A tool that was called. */
struct story_action {
	int64_t t_ms;          /* when */
	int64_t ms;            /* how long it took */
	const char *id, *name; /* which */
	const char *arguments; /* JSON object */
	const char *result;    /* JSON; "" if there is none */
	const char *
		status; /* "ok", "failed", "timeout", "cancelled"; "" if the journal does not tell */
	const char *error; /* why it failed */
	const char *state; /* of the scenario */
	bool effect;       /* it changes something in the world */
	bool late;         /* it came when nobody waited any more */
};

/* A question that was answered, or not: what the agent made of it. */
struct story_heard {
	int64_t t_ms;
	int64_t turn;          /* of the caller */
	const char *state;     /* in which it was asked */
	int64_t question;      /* its number, as the scenario has it; 0: none */
	const char *by;        /* "voice", "keys", "silence" */
	const char *match;     /* kind of rule that answered; "no_input", "no_match" */
	const char *intent;    /* which */
	const char *sentiment; /* as in story_line */
	double confidence;     /* of it, 0 to 1; -1: not told */
};

struct story_state {
	int64_t t_ms;
	const char *from, *to;
};

struct story_error {
	int64_t t_ms;
	const char *stage, *code, *text;
	bool fatal;
};

/* Something with a price: sums of the call. */
struct story_usage {
	const char *stage, *unit, *engine; /* "" where it is not told */
	double n;
	double cost; /* in the currency of the configuration */
};

/* A record that is none, and why. */
struct story_bad {
	int64_t number; /* of the line */
	const char *why;
	const char *line; /* as it is, at most 4 KiB, with U+FFFD where it is no UTF-8 */
};

/* A time in which a side made a sound. */
struct story_span {
	int64_t t0_ms, t1_ms;
};

struct story {
	struct story_line *lines; /* in the order of t0 */
	struct story_action *actions;
	struct story_heard *heards;
	struct story_state *states;
	struct story_error *errors;
	struct story_usage *usages;
	struct story_bad *bads;
	struct story_span *voices; /* of the caller, as the detector saw them */
	size_t n_lines, n_actions, n_heards, n_states, n_errors, n_usages, n_bads, n_voices;

	struct story_latency
		greeting; /* of turn 0, from accept; audible_ms -1: nothing was heard */
	json_t *result;   /* object: members of all `result` events, the last of a name */
	json_t *session;  /* object: of the `session` event, a call that was gone on with; NULL */
	json_t *pace;     /* object: of the `pace` event; NULL */
	const char *disposition; /* member of result; "" */
	const char *transfer_to, *transfer_reason, *transfer_summary;
	const char *hangup_cause; /* of `hangup`: why the bot ended the call */
	const char *cause;        /* of `call-end` */
	const char *verdict;      /* of the journal or, without one there, the file */
	const char *language;     /* of what was said most; "" */
	const char *amd;          /* "human", "machine" ...; "" */
	const char *amd_kind;     /* "voicemail", "sit" ...; "" */
	const char *amd_reason;
	double amd_confidence; /* -1: not told */
	int64_t amd_ms;
	int64_t over_ms; /* the line was closed, by either side; without a record of it, end_ms */
	int64_t end_ms;  /* call time of the last record: last work comes after the call */
	int64_t sounds,
		cached; /* sentences that the voice made; those of them that were made before */
	int64_t talk_over_ms; /* time in which both sides made a sound */
	int64_t dropped_ms;   /* caller audio that was lost */
	int64_t missing;      /* records that were lost */
	int64_t records;      /* whole ones */
	bool fallback;        /* the fallback phrase was played */
	bool ended;           /* the journal has its end: as-answer's last word */
	bool whole;   /* nothing is missing: the journal has its end, no holes, no bad lines */
	void *memory; /* of the texts and arrays */
};

/* -1 with errno: there is no journal, it cannot be read, or no memory. */
int story_open(const struct kept *k, struct story *ret) MUST_USE;
/* The story of a call of which there is no journal: nothing is told, but how it ended. -1: no memory. */
int story_none(const struct kept *k, struct story *ret) MUST_USE;
void story_close(struct story *s);

/* Names as they are written: "bot", "caller"; "answer", "filler", "prompt", "voice", "keys"; "played", "cleared",
 * "failed", "open", "heard", "unclear". */
const char *story_who_name(enum story_who who);
const char *story_kind_name(enum story_kind kind);
const char *story_status_name(enum story_status status);

/* Put spans in order, and those that meet together; those that end before they begin go. Returns how many are left. */
size_t story_join(struct story_span *spans, size_t n);

#endif
