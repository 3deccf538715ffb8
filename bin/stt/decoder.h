/* decoder: words of one utterance, by libpocketsphinx and Debian's model en-us (loaded on first use).
 *
 * An utterance is decoded as a whole, so that its cepstral mean is that of all of it. With hints there is a grammar
 * of them. The score is the acoustic one of the words, per frame of 10 ms, relative to the best the model has for that
 * frame: 0 at best. The confidence is the chance of being right that went, where it was measured, with such a score,
 * with words so long, and with such a share of the utterance. Without hints it is the package's language model:
 * dictation, slow, large and weak on a telephone line.
 */
#ifndef CALLPIPE_STT_DECODER_H
#define CALLPIPE_STT_DECODER_H

#include "hints.h"
#include "stt.h"

#define DECODER_RATE_HZ 16000

struct decoder;

/* complain is called with what cannot be used of hints: code "word" or "hints". -1: decoder_error says why. */
int decoder_open(const char *model, void (*complain)(void *ctx, const char *code, const char *text),
	void *ctx, struct decoder **ret) MUST_USE;
void decoder_close(struct decoder *d);
/* Load what an utterance without hints needs. */
void decoder_expect_free(struct decoder *d);
/* Samples at DECODER_RATE_HZ to a result. Never fails: what cannot be decoded is no words. */
void decoder_run(struct decoder *d, const int16_t *sample, size_t n, const struct hints *h,
	struct result *ret);

/* Reason of the last failure, for a message. */
const char *decoder_error(void);

#endif
