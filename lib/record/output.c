#include "record/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART ".part"

/* A file of `name` that was left behind: nobody holds its lock. Opened for writing, or NFS gives no lock. */
static void sweep_one(int dirfd, const char *temp)
{
	int fd = openat(dirfd, temp, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dirfd, temp, 0);
	close(fd);
}

/* What others of the same name have left behind. It is no failure if it cannot be removed. */
static void sweep(int dirfd, const char *name)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	size_t n = strlen(name), k;
	struct dirent *e;

	if (!d) {
		if (fd != -1)
			close(fd);
		return;
	}
	while ((e = readdir(d))) {
		k = strlen(e->d_name);
		if (e->d_name[0] == '.' && k > n + 2 + strlen(PART) &&
			strncmp(e->d_name + 1, name, n) == 0 && e->d_name[n + 1] == '.' &&
			strcmp(e->d_name + k - strlen(PART), PART) == 0)
			sweep_one(dirfd, e->d_name);
	}
	closedir(d);
}

/* Make a file of a name that nobody has, and lock it. -1 with EAGAIN: once more, under another name. */
static int begin(struct output *o, const char *name)
{
	static unsigned count;
	char host[64] = "";
	struct stat st;
	int n;

	(void)!gethostname(host, sizeof(host) - 1);
	n = snprintf(
		o->temp, sizeof(o->temp), ".%s.%s-%d-%u" PART, name, host, (int)getpid(), count++);
	if (n >= (int)sizeof(o->temp)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	o->fd = openat(o->dirfd, o->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (o->fd == -1) {
		errno = errno == EEXIST ? EAGAIN : errno;
		return -1;
	}
	/* Where there are no locks, sweep removes nothing either. */
	if (flock(o->fd, LOCK_EX) == 0 && fstat(o->fd, &st) == 0 && st.st_nlink == 0) {
		close(o->fd); /* sweep was here before the lock */
		o->fd = -1;
		errno = EAGAIN;
		return -1;
	}
	return 0;
}

int output_open(struct output *o, int dirfd, const char *name)
{
	int err;

	*o = (struct output){.dirfd = dirfd, .fd = -1};
	if (strchr(name, '/') || strlen(name) >= sizeof(o->name)) {
		errno = strchr(name, '/') ? EINVAL : ENAMETOOLONG;
		return -1;
	}
	snprintf(o->name, sizeof(o->name), "%s", name);
	sweep(dirfd, name);
	do
		err = begin(o, name);
	while (err && errno == EAGAIN);
	return err;
}

/* The new name has reached the disk, as far as the file system can do that. */
static int sync_folder(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd == -1)
		return -1;
	err = fsync(fd) == -1 && errno != EINVAL ? -1 : 0;
	close(fd);
	return err;
}

int output_commit(struct output *o)
{
	if (fsync(o->fd) == -1 || renameat(o->dirfd, o->temp, o->dirfd, o->name) == -1) {
		output_drop(o);
		return -1;
	}
	close(o->fd);
	o->fd = -1;
	return sync_folder(o->dirfd);
}

void output_drop(struct output *o)
{
	int saved = errno;

	if (o->fd != -1) {
		unlinkat(o->dirfd, o->temp, 0);
		close(o->fd);
		o->fd = -1;
	}
	errno = saved;
}

int output_write(int dirfd, const char *name, const void *buf, size_t n)
{
	struct output o;

	if (output_open(&o, dirfd, name) == -1)
		return -1;
	if (write_all(o.fd, buf, n) == -1) {
		output_drop(&o);
		return -1;
	}
	return output_commit(&o);
}
