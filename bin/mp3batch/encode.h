/* encode: a sound to an MP3, with libmp3lame.
 *
 * The file: an ID3v2.3 tag, a frame that tells length, delay, padding and checksum (Xing, LAME: decoders play exactly
 * the samples of the source, and can seek), the frames of the sound.
 */
#ifndef MP3BATCH_ENCODE_H
#define MP3BATCH_ENCODE_H

#include "profile.h"
#include "source.h"
#include "tags.h"

struct encode_want {
	bool vbr;    /* quality counts, or else kbps */
	int quality; /* V0 best to V9 */
	int kbps; /* constant; libmp3lame takes the nearest that there is, at most 64 below 16000 Hz */
};

/* "128k", "128" or "V5": 0, or -1. */
int encode_parse(const char *text, struct encode_want *ret) MUST_USE;

/* Write it to fd, at its beginning. profile: of what was encoded, NULL if it is not wanted. 0, or an exit code after
 * why(). */
int encode(const struct encode_want *want, struct source *s, const struct tags *t, int fd,
	struct profile *profile) MUST_USE;

#endif
