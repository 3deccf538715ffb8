/* wave: a WAV file of 16 bit samples, written in one go by libsndfile, which is loaded on first use.
 *
 * Its header counts in 64 bits (RF64, EBU Tech 3306) where the samples do not fit into 4 GiB. The comment (LIST INFO,
 * ICMT) tells what it was made of and how.
 */
#ifndef CALLPIPE_ASSEMBLE_WAVE_H
#define CALLPIPE_ASSEMBLE_WAVE_H

#include "base/util.h"

struct wave;

struct wave_form {
	int rate_hz;         /* samples per second and channel */
	int channels;        /* 1 or 2 */
	int64_t bytes_max;   /* samples will not be more than these */
	const char *comment; /* ASCII */
};

/* Begin in an empty file that can be read and written; the descriptor stays the caller's. On -1, wave_error tells
 * why. */
int wave_open(int fd, const struct wave_form *form, struct wave **ret) MUST_USE;
/* Samples of whole frames, in bytes as they will be in the file. -1: wave_error. */
int wave_write(struct wave *w, const void *p, size_t bytes) MUST_USE;
/* -1: wave_error. The file is whole but for fsync. */
int wave_close(struct wave *w) MUST_USE;

const char *wave_error(void);

/* True if the file of that name begins as one of this comment. */
bool wave_is(int dirfd, const char *name, const char *comment);

#endif
