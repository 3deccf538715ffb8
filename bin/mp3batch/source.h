/* source: a sound to be encoded: one file, or the two of a call side by side, in blocks of 16 bit samples.
 *
 * Formats: headerless signed 16 bit little endian, and WAV in any encoding of it that libsndfile reads (loaded on first
 * use). A file is never followed through a symbolic link. It has to be whole and to stay as it is: a WAV that is cut
 * off is refused, as is a file that changes while it is read.
 */
#ifndef MP3BATCH_SOURCE_H
#define MP3BATCH_SOURCE_H

#include <sys/stat.h>

#include "base/util.h"

#define SOURCE_RATE_MIN_HZ 8000 /* what MPEG audio has, the versions 1, 2 and 2.5 together */
#define SOURCE_RATE_MAX_HZ 48000
#define SOURCE_MAX_S \
	(24 * 3600) /* the tag of an MP3 counts its bytes in 32 bits: 29 hours at 320 kbit/s */

struct source_part {
	int fd;                  /* -1: there is no such file */
	char name[NAME_MAX + 1]; /* in its folder */
	struct stat st;          /* when it was opened */
};

struct source {
	int dirfd;                  /* of the folder; the caller's */
	int rate_hz, channels;      /* 1 or 2 */
	int64_t frames;             /* samples a channel */
	int64_t at;                 /* the next one */
	struct source_part part[2]; /* the file; or left and right */
	bool pair;                  /* then part[1] is in use, too */
	struct sf_private_tag *snd; /* WAV, by libsndfile; NULL: headerless */
	bool floats;                /* it holds floating point numbers */
};

/* Open: 0, or an exit code after why(). The functions that read are called from the first sample to the last. */
int source_open_raw(
	int dirfd, const char *name, int rate_hz, int channels, struct source *ret) MUST_USE;
int source_open_wav(int dirfd, const char *name, struct source *ret) MUST_USE;
/* Two files of one channel each; what one of them lacks, at its end or wholly, is silence. */
int source_open_pair(
	int dirfd, const char *left, const char *right, int rate_hz, struct source *ret) MUST_USE;
void source_close(struct source *s);

/* The next samples of all channels, interleaved: so many frames, 0 at the end, minus an exit code after why(). */
ssize_t source_read(struct source *s, int16_t *samples, size_t frames);
/* The files are still what they were when they were opened: 0, or EXIT_TRY_AGAIN after why(). */
int source_unchanged(const struct source *s) MUST_USE;
/* When the last of the files was written. */
struct timespec source_mtime(const struct source *s);
/* Remove the files: 0, or an exit code after why(). */
int source_remove(const struct source *s) MUST_USE;

#endif
