/* file: sound files as mono 16 bit samples at a wanted rate.
 *
 * Any format libsndfile reads (loaded on first use), several channels mixed to one; *.s16 is headerless
 * little endian at the wanted rate. These calls block on the disk: not for a process that keeps the clock.
 */
#ifndef CALLPIPE_AUDIO_FILE_H
#define CALLPIPE_AUDIO_FILE_H

#include "base/util.h"

#define AUDIO_FILE_MAX_S 3600

/* A file that is read block by block, so that its beginning can be used while its end is being converted. */
struct audio_file;

/* Open a regular file to be had at rate_hz (8000-192000). On -1, audio_file_error says why. */
int audio_file_open(const char *path, int rate_hz, struct audio_file **ret) MUST_USE;
/* The next samples: n of them, fewer only at the end, 0 after it; -1: audio_file_error says why. However a file
 * is cut into blocks, they are the same. */
ssize_t audio_file_read(struct audio_file *f, int16_t *samples, size_t n) MUST_USE;
/* The same as floats, the scale that of samples: neither rounded nor clipped. A file is read in one of the two. */
ssize_t audio_file_read_float(struct audio_file *f, float *samples, size_t n) MUST_USE;
/* At its end: it has less than it says of itself. What libsndfile has put right already (the sizes in the headers of
 * WAV, AIFF and AU) is not known here. */
bool audio_file_cut(const struct audio_file *f);
void audio_file_close(struct audio_file *f);

/* Load a whole regular file of at most max_s seconds at rate_hz (8000-192000). *ret is malloc'd and never empty.
 * On -1, audio_file_error says why. */
int audio_file_load(
	const char *path, int rate_hz, int max_s, int16_t **ret, size_t *ret_samples) MUST_USE;

/* Write mono samples as 16 bit WAV. Needs no library. On -1, audio_file_error says why; the file may be there in
 * part. */
int audio_file_save(const char *path, int rate_hz, const int16_t *samples, size_t n) MUST_USE;
/* The same to a descriptor, from where it stands. On -1, errno too says why. */
int audio_file_write(int fd, int rate_hz, const int16_t *samples, size_t n) MUST_USE;

/* Reason of the last failure, for a message. */
const char *audio_file_error(void);

#endif
