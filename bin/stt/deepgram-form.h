/* deepgram-form: what is asked of Deepgram's live recogniser, and what it answers.
 *
 * Source: Deepgram, /v1/listen over WebSocket (deepgram-api-specs, asyncapi, 2026-07): query parameters, Results.
 */
#ifndef CALLPIPE_STT_DEEPGRAM_FORM_H
#define CALLPIPE_STT_DEEPGRAM_FORM_H

#include "stt.h"

#define DEEPGRAM_TERMS_MAX 100    /* phrases of a connection, */
#define DEEPGRAM_TERMS_BYTES 2000 /* together: the vendor takes 500 tokens */
#define DEEPGRAM_TERM_MAX 100     /* bytes of one */

/* What a connection is bound to. */
struct deepgram_wish {
	const char *model;
	const char *language;   /* BCP 47 */
	const char *parameters; /* more of the query, as it is; "": none */
	int rate_hz;
	char *const *term; /* phrases that are likely */
	size_t terms;
};

/* The path and query: "/v1/listen?model=..". -1: the buffer has failed. */
int deepgram_target(struct dynbuf *b, const struct deepgram_wish *w) MUST_USE;

/* A message. */
struct deepgram_said {
	bool results;                    /* it is one of Results: the rest is of it */
	double start_s, duration_s;      /* of the audio it is about, as the vendor counts */
	bool is_final;                   /* it will not change */
	bool from_finalize;              /* all that came before Finalize has been said */
	char text[STT_TEXT_MAX];         /* "" is frequent */
	double confidence;               /* 0 to 1; below 0: not known */
	char language[STT_LANGUAGE_MAX]; /* heard, or "" */
	double first_s,
		last_s; /* beginning of the first word, end of the last; below 0: there are none */
};

/* -1: it is none. What a message lacks is left at nothing. */
int deepgram_read(const char *p, size_t n, struct deepgram_said *ret) MUST_USE;

#endif
