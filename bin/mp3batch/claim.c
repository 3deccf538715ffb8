#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int lock_name(char lock[NAME_MAX + 1], const char *name)
{
	if (snprintf(lock, NAME_MAX + 1, ".%s.lock", name) <= NAME_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* 1: locked; 0: by somebody else; -1 with errno. An open file description lock: that of a process would end as soon
 * as any other descriptor of the file is closed. */
static int lock(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_OFD_SETLK, &l) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES ? 0 : -1;
}

/* The file is still the one of this name: the last owner removes it, and another may have come in between. */
static bool is_there(const struct claim *c)
{
	struct stat ours, st;

	return fstat(c->fd, &ours) == 0 &&
		fstatat(c->dirfd, c->lock, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		ours.st_ino == st.st_ino && ours.st_dev == st.st_dev;
}

static void let_go(struct claim *c)
{
	int saved = errno;

	close(c->fd);
	c->fd = -1;
	errno = saved;
}

/* For people who wonder whose it is; nothing reads it. */
static void sign(int fd)
{
	char host[64] = "";

	(void)!gethostname(host, sizeof(host) - 1);
	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "%s %d\n", host, (int)getpid());
}

/* The claim stands without a lock if the folder has none. */
static int without_locks(const struct claim *c)
{
	int err = errno;

	unlinkat(c->dirfd, c->lock, 0);
	errno = err;
	return err == ENOLCK || err == ENOSYS || err == EOPNOTSUPP ? 1 : -1;
}

int claim_take(struct claim *c, int dirfd, const char *name)
{
	int got;

	*c = (struct claim){.dirfd = dirfd, .fd = -1};
	if (lock_name(c->lock, name) == -1)
		return -1;
	for (;;) {
		c->fd = openat(dirfd, c->lock,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
		if (c->fd == -1)
			return -1;
		got = lock(c->fd);
		if (got == 1 && is_there(c)) {
			sign(c->fd);
			return 1;
		}
		let_go(c);
		if (got == 0)
			return 0;
		if (got == -1)
			return without_locks(c);
	}
}

void claim_release(struct claim *c)
{
	if (c->fd == -1)
		return;
	unlinkat(c->dirfd, c->lock, 0); /* while it is locked, so that nobody else's is removed */
	let_go(c);
}

bool claim_left(int dirfd, const char *name)
{
	char lock_file[NAME_MAX + 1];

	return lock_name(lock_file, name) == 0 &&
		faccessat(dirfd, lock_file, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}
