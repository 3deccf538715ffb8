/* stt: parts and what they share: a turn of the caller, what is expected of it, and who makes words of it.
 *
 * A turn is collected (call.c or files.c), queued (recogniser.c), given to an engine, and answered once.
 */
#ifndef CALLPIPE_STT_H
#define CALLPIPE_STT_H

#include "base/dynbuf.h"
#include "base/loop.h"
#include "net/http.h"

#define STT_LISTEN_MAX 65
#define STT_LANGUAGE_MAX 36
#define STT_TEXT_MAX 4096   /* bytes of a transcript, with its NUL */
#define STT_HINTS_MAX 61440 /* bytes of hints: they have to fit into a frame */

struct settings {
	const char *engine;  /* name in the table */
	const char *command; /* of engine command: program and arguments, split at blanks */
	const char *
		model; /* of pocketsphinx: folder that holds en-us/ and its dictionary; of a provider: its
				 * name; NULL: the usual one */
	const char *language;    /* expected where a listen does not say */
	const char *wait;        /* hold the stream while a turn is recognised: auto, yes, no */
	int64_t timeout_ms;      /* for one turn */
	int64_t max_s;           /* longest turn, seconds; more is cut off */
	int64_t reject_percent;  /* a confidence below it is no words */
	const char *prices;      /* file of the price table; NULL: none */
	const char *spool;       /* where breakers are */
	const char *corrections; /* file of them; NULL: none */

	/* of providers; NULL: the usual */
	const char *url;
	const char *format;      /* of a reply: auto, json or verbose_json */
	const char *stream;      /* words so far: auto, yes, no */
	const char *temperature; /* 0 to 1 */
	const char *parameters;  /* of deepgram: more of the query */
	struct http_settings http;
};

/* What the caller says between voice-started and voice-stopped. */
struct turn {
	struct turn *next;               /* in a queue */
	int64_t number;                  /* of the turn */
	char listen[STT_LISTEN_MAX];     /* id of the listen it is made under, or "" */
	char language[STT_LANGUAGE_MAX]; /* expected, BCP 47, or "" */
	char *hints;                     /* checked JSON object, malloc'd; NULL: none */
	int64_t start_ms, end_ms;        /* the voice: call time */
	int64_t audio_ms;                /* call time of the first sample; -1: none yet */
	int16_t *sample;                 /* malloc'd */
	size_t samples, size;            /* used and allocated */
	int rate_hz;                     /* of them */
	int64_t stop_ms;                 /* stream time of voice-stopped */
	int64_t stop_ns;                 /* and when that was, CLOCK_MONOTONIC */
};

void turn_free(struct turn *t);
/* Put samples at a call time, over what may be there: caller audio may step back. What is before the first sample or
 * beyond max_s is left out. -1: no memory. */
int turn_audio(struct turn *t, int rate_hz, int64_t timestamp_ms, const uint8_t *le, size_t samples,
	int64_t max_s) MUST_USE;
/* Keep the voice and margin_ms on either side. */
void turn_trim(struct turn *t, int64_t margin_ms);

/* Append a WAV file of it, with silence behind it if it is shorter than least_ms. */
void turn_wav(const struct turn *t, struct dynbuf *b, int64_t least_ms);
/* Words parted by one blank. */
void text_tidy(char *s);

/* What a provider counts. */
struct used {
	const char *unit; /* of `usage` events; NULL: nothing */
	double n;         /* how many */
};

/* What an engine has understood. */
struct result {
	char text[STT_TEXT_MAX];         /* UTF-8 words, "": none */
	char language[STT_LANGUAGE_MAX]; /* heard, or "" */
	double confidence;               /* 0 to 1; below 0: not known */
	double score;     /* the engine's own figure for how well the words fit; for people */
	int64_t words_ms; /* how long they are together; 0: not known */
	int64_t start_ms, end_ms; /* of the words, within the samples of the turn; -1: not known */
	struct used used[3];      /* of engines that are not `metered` */
};
extern const struct result result_none;

#endif
