/* deepgram-words: the words of one turn, out of results that freeze them piece by piece.
 *
 * What is final stays, and is joined with blanks; what is not is replaced by the next. All times are call time.
 */
#ifndef CALLPIPE_STT_DEEPGRAM_WORDS_H
#define CALLPIPE_STT_DEEPGRAM_WORDS_H

#include "deepgram-form.h"
#include "sent.h"

struct deepgram_words {
	char text[STT_TEXT_MAX]; /* final */
	char tail[STT_TEXT_MAX]; /* not yet */
	double tail_confidence;  /* of that; below 0: not known */
	double weight, weighed;  /* bytes of final text that have a confidence, and each with it */
	char language[STT_LANGUAGE_MAX];
	int64_t start_ms, end_ms; /* from the first to the last word; -1: not known */
	int64_t frozen_ms;        /* as far as results are final; -1: none is */
};

void deepgram_words_init(struct deepgram_words *w);
/* A result about this part of what was sent. */
void deepgram_words_add(struct deepgram_words *w, const struct deepgram_said *said,
	const struct sent *sent, const struct sent_part *part);
/* All words, into ret of STT_TEXT_MAX bytes. */
void deepgram_words_join(const struct deepgram_words *w, char *ret);
/* As a result of a turn. */
void deepgram_words_result(
	const struct deepgram_words *w, const struct turn *t, struct result *ret);

#endif
