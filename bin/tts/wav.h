/* wav: the head of a WAV file as programs write it to a pipe: sizes may be wrong, chunks may stand before the samples.
 *
 * Source: Microsoft, Multimedia Programming Interface 1.0 (1991); RFC 2361 for the format tags.
 */
#ifndef TTS_WAV_H
#define TTS_WAV_H

#include "base/util.h"

#define WAV_HEAD_MAX 16384 /* bytes before the first sample */

enum wav_coding { WAV_PCM16, WAV_ALAW, WAV_ULAW, WAV_PCM24, WAV_FLOAT };

struct wav_head {
	enum wav_coding coding;
	int rate_hz;
	int channels;
	int64_t data_bytes; /* of samples; -1: until the file ends */
};

/* The head at the beginning of n bytes: >0 its length, after which samples follow; 0 more bytes are needed, -1
 * it cannot be used; *ret_why then says in words. */
int wav_head_parse(const uint8_t *p, size_t n, struct wav_head *ret, const char **ret_why) MUST_USE;

/* Bytes of a sample of all channels. */
size_t wav_block_bytes(const struct wav_head *h);
/* Samples of one channel, the mean of all, from whole blocks. */
void wav_samples(const struct wav_head *h, const uint8_t *p, size_t blocks, int16_t *ret);

#endif
