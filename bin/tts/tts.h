/* tts: the parts of the tool and what they share.
 */
#ifndef TTS_TTS_H
#define TTS_TTS_H

#include "network.h"
#include "queue.h"
#include "stream/filter.h"
#include "stream/price.h"

/* What is set, for a call as for a phrase alone. */
struct tts {
	struct voice voice;
	struct cache cache;
	struct network network;
	const struct engine *engines[ENGINES_MAX + 1]; /* of texts; files have their own */
	const char *language;                          /* of a text that does not say it */
	struct price *price; /* what its characters cost; NULL: no table */
	size_t jobs;         /* engines that may run at a time */
	bool offline;        /* a recorded stream: the next frame waits until all is said */
	int64_t cache_bytes; /* the cache is cut to this */
	int64_t cache_days;  /* what was not used for so long goes; 0: nothing does */
};

/* A text as an engine gets it: speakable, without control characters. -1: no memory, or it is too long. */
int tts_speakable(const char *text, const char *language, struct dynbuf *ret) MUST_USE;

/* What a failure with this code means for who has asked for one thing alone: an exit code. */
int tts_exit_code(const char *code);

/* What ends us ends the engines of the queue. */
int tts_signals(struct loop *l, struct queue *q) MUST_USE;

/* Be a filter, from stdin to stdout; the exit code. */
int tts_filter(struct tts *t) MUST_USE;
/* Say a text into a sound file; NULL: to stdout, as WAV. */
int tts_say(struct tts *t, const char *text, const char *path) MUST_USE;
/* Ask each service in the list for a word, and print what it has to say of itself. */
int tts_probe(struct tts *t) MUST_USE;
/* Put every phrase of a scenario that is known beforehand into the cache; verify: only see whether they are there. */
int tts_prime(struct tts *t, const char *path, bool verify) MUST_USE;

#endif
