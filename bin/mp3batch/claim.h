/* claim: that nobody else makes the same file at the same time, on this host or another.
 *
 * A claim is a lock on a file ".NAME.lock" beside NAME, of the kind that NFS passes on to its server (an fcntl lock;
 * flock would do, too). It was chosen over a file whose being there is the claim, made with O_EXCL and kept fresh,
 * because a lock ends with its owner: who is killed frees it at once, who is merely stopped keeps it, and no clock
 * of any host has a say. If a host dies, its server frees its locks: after the lease (90 s) with NFSv4, when the host
 * is back with NFSv3. Where a mount has no locks, or keeps them to itself (nolock, local_lock), two hosts may do the
 * same work. Nothing is lost then: each makes a whole file of its own beside its place (record/output.h), checks that
 * one, and puts it there; the claim saves work and nothing rests on it.
 *
 * In it is who has it, for people: "HOST PID".
 * What a claim means is seen only under it: whether the work was done meanwhile has to be looked at after claim_take.
 */
#ifndef MP3BATCH_CLAIM_H
#define MP3BATCH_CLAIM_H

#include "base/util.h"

struct claim {
	int dirfd;               /* of the folder; the caller's */
	int fd;                  /* of the lock file; -1: the folder has no locks */
	char lock[NAME_MAX + 1]; /* its name */
};

/* 1: it is ours; 0: somebody else has it; -1 with errno. */
int claim_take(struct claim *c, int dirfd, const char *name) MUST_USE;
void claim_release(struct claim *c);
/* Somebody has died who had claimed `name`, or has it now. */
bool claim_left(int dirfd, const char *name);

#endif
