#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"

#define STAMP \
	".swept" /* file in the folder: locked by who removes; its mtime is when that was done last */
#define TIDY_S 3600
#define TMP_S 3600 /* a file that was not renamed for so long never will be */
#define DAY_S 86400
#define FILES_MAX 1000000

struct kept {
	char name[NAME_MAX + 4]; /* "ab/NAME" */
	int64_t bytes;           /* of the file */
	int64_t used_s;          /* its last use, wall clock */
};

struct sweep {
	int dir_fd;         /* of the cache */
	int64_t now_s;      /* wall clock */
	int64_t oldest_s;   /* what was used before this goes */
	struct dynbuf kept; /* of struct kept */
	int64_t bytes;      /* of them together */
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static void sweep_file(struct sweep *s, int fd, const char *folder, const char *name)
{
	struct kept k;
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return;
	if (ends_with(name, ".tmp") && s->now_s - st.st_mtime > TMP_S) {
		unlinkat(fd, name, 0);
	} else if (ends_with(name, ".s16")) {
		if (st.st_mtime < s->oldest_s) {
			unlinkat(fd, name, 0);
			return;
		}
		k.bytes = max_i64(st.st_size, st.st_blocks * 512);
		k.used_s = st.st_mtime;
		if (snprintf(k.name, sizeof k.name, "%s/%s", folder, name) < (int)sizeof k.name &&
			dynbuf_add(&s->kept, &k, sizeof k) == 0)
			s->bytes += k.bytes;
	}
}

static void sweep_folder(struct sweep *s, const char *folder)
{
	int fd = openat(s->dir_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir)))
		sweep_file(s, fd, folder, entry->d_name);
	if (dir)
		closedir(dir);
}

static int older(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->used_s > y->used_s) - (x->used_s < y->used_s);
}

static void sweep_oldest(struct sweep *s, int64_t max_bytes)
{
	struct kept *k = (struct kept *)(void *)s->kept.p;
	size_t n = s->kept.n / sizeof *k;

	if (s->bytes <= max_bytes)
		return;
	qsort(k, n, sizeof *k, older);
	/* a little more, so that the next phrase does not begin it again */
	for (size_t i = 0; i < n && s->bytes > max_bytes / 10 * 9; i++) {
		unlinkat(s->dir_fd, k[i].name, 0);
		s->bytes -= k[i].bytes;
	}
}

static bool is_folder(const char *name)
{
	return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

int cache_sweep(struct cache *c, int64_t max_bytes, int64_t max_days)
{
	struct sweep s = {.now_s = time(NULL)};
	struct dirent *entry;
	int stamp;
	DIR *dir;

	if (!*c->dir || !(dir = opendir(c->dir)))
		return !*c->dir || errno == ENOENT ? 0 : -1;
	s.dir_fd = dirfd(dir);
	s.oldest_s = max_days ? s.now_s - max_days * DAY_S : 0;
	stamp = openat(s.dir_fd, STAMP, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (stamp < 0 || flock(stamp, LOCK_EX | LOCK_NB) < 0) {
		int result = stamp >= 0 && errno == EWOULDBLOCK ? 0 : -1, saved = errno;

		closedir(dir);
		if (stamp >= 0)
			close(stamp);
		errno = saved;
		return result;
	}
	futimens(stamp, NULL);
	dynbuf_init(&s.kept, FILES_MAX * sizeof(struct kept));
	while ((entry = readdir(dir))) {
		if (is_folder(entry->d_name))
			sweep_folder(&s, entry->d_name);
	}
	sweep_oldest(&s, max_bytes);
	dynbuf_free(&s.kept);
	close(stamp);
	closedir(dir);
	return 0;
}

int cache_tidy(struct cache *c, int64_t max_bytes, int64_t max_days)
{
	char path[PATH_MAX];
	struct stat st;

	if (!c->added || format_path(path, "%s/" STAMP, c->dir) < 0)
		return 0;
	if (stat(path, &st) == 0 && time(NULL) - st.st_mtime < TIDY_S)
		return 0;
	return cache_sweep(c, max_bytes, max_days);
}
