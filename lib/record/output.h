/* output: a file that is made beside its place and put there when it is whole.
 *
 * Whoever reads the place finds the old file or the new one, whole, whatever is killed and when; after a crash of the
 * host too. What was not finished is a file ".NAME.HOST-PID-N.part", which nobody takes for a result; the next one
 * who makes NAME there removes those that are locked by nobody.
 */
#ifndef CALLPIPE_RECORD_OUTPUT_H
#define CALLPIPE_RECORD_OUTPUT_H

#include "base/util.h"

struct output {
	int dirfd;               /* of the folder; the caller's */
	int fd;                  /* to be written, at its beginning; -1: closed */
	char name[NAME_MAX + 1]; /* where it will be */
	char temp[NAME_MAX + 1]; /* where it is */
};

/* Begin the file `name` of the folder dirfd (AT_FDCWD: of the current one; no slash in it), mode 0640 under the
 * umask. */
int output_open(struct output *o, int dirfd, const char *name) MUST_USE;
/* It is whole: to the disk, and in its place. On -1 it is dropped. */
int output_commit(struct output *o) MUST_USE;
/* It is not to be. Harmless after commit. errno is preserved. */
void output_drop(struct output *o);

/* All of a small file at once. */
int output_write(int dirfd, const char *name, const void *buf, size_t n) MUST_USE;

#endif
