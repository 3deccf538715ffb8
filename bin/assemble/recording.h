/* recording: both sides of a call in one file.
 *
 * In memory is a block of each, however long the call is. What a side lacks is silence: holes, or its end.
 */
#ifndef CALLPIPE_ASSEMBLE_RECORDING_H
#define CALLPIPE_ASSEMBLE_RECORDING_H

#include <sys/stat.h>

#include "record/output.h"
#include "record/story.h"
#include "wave.h"

#define RECORDING_BLOCK 32768 /* samples of a side at a time */

enum recording_layout {
	RECORDING_STEREO, /* left the caller, right the bot, on one time axis */
	RECORDING_MIX,    /* the sum of both, likewise */
	RECORDING_SEQUENCE, /* what was said, one after the other; the sum, if it is not known when that was */
};

/* A side of the call. */
struct recording_side {
	const char *name; /* of the file */
	int fd;           /* of it; -1: there is none */
	struct stat was;  /* when it was opened */
	int64_t samples;  /* in it */
};

struct recording {
	struct recording_side caller, bot;
	int rate_hz;               /* of both */
	const struct story *story; /* what was said when, for a sequence */
	const char *reason;        /* why something failed */
};

/* Open what is there of both sides; a file that is missing is none. -1: one is there and cannot be read: *ret_side is
 * its name, errno; nothing is open. */
int recording_open(struct recording *r, const struct kept *k, const char **ret_side) MUST_USE;
void recording_close(struct recording *r);
static inline bool recording_has(const struct recording_side *side)
{
	return side->fd != -1;
}

/* Comment of a file of that layout: what it is known by. */
const char *recording_comment(enum recording_layout layout);

/* Write the file. 0, or an exit code with `reason` set; then the output is to be dropped. */
int recording_write(struct recording *r, enum recording_layout layout, int fd) MUST_USE;

/* n samples of a side, n up to a block, from `at` on; silence where there is nothing. -1: reason. */
int recording_read(struct recording *r, const struct recording_side *side, int64_t at, int16_t *to,
	size_t n) MUST_USE;
/* Samples to the file, which are no longer usable then (their bytes are turned on some machines). -1: reason. */
int recording_put(struct recording *r, struct wave *w, int16_t *samples, size_t n) MUST_USE;

/* The layout RECORDING_SEQUENCE. 1: nobody said anything, as far as is known: nothing is written. -1: reason. */
int sequence_write(struct recording *r, struct wave *w) MUST_USE;

#endif
