/* info: the first frame of an MP3 that LAME has made, which tells how long the rest is, and has checksums
 * of both.
 *
 * Source: Mp3 Info Tag revision 1 specification (gabriel.mp3-tech.org/mp3infotag.html); ID3v2.3.0, 3.1.
 */
#ifndef MP3BATCH_INFO_H
#define MP3BATCH_INFO_H

#include "base/util.h"

struct info {
	int channels;        /* of the MP3 */
	bool known;          /* there is such a frame */
	int64_t begin, end;  /* bytes of the file that the checksum is of */
	int64_t promised;    /* bytes from that frame to the end, as it tells */
	int64_t there;       /* the same, as they are */
	uint16_t want, have; /* CRC-16 */
};

/* Find it: 0, or an exit code after why(). A file without one, of another encoder, is no
 * error. */
int info_open(int fd, int64_t bytes, struct info *ret) MUST_USE;
/* The n bytes of the file at `at`. */
void info_add(struct info *i, int64_t at, const uint8_t *p, size_t n);
/* That was all: 0, or EXIT_DATA after why(). */
int info_end(const struct info *i) MUST_USE;

#endif
