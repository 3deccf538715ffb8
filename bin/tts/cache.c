#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hmac.h"

#define KEY_CHARS (CACHE_KEY_MAX - 1)
#define DAY_S 86400

int cache_init(struct cache *c, const char *dir)
{
	*c = (struct cache){0};
	return dir && *dir ? format_path(c->dir, "%s", dir) : 0;
}

void cache_key(const void *id, size_t n, char key[CACHE_KEY_MAX])
{
	uint8_t digest[SHA256_BYTES];

	sha256(id, n, digest);
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		key[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		key[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	key[KEY_CHARS] = '\0';
}

uint32_t cache_crc(const void *p, size_t n)
{
	static uint32_t table[256];
	const uint8_t *byte = p;
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < 256 && !table[255]; i++) {
		uint32_t v = i;

		for (int bit = 0; bit < 8; bit++)
			v = v & 1 ? v >> 1 ^ 0xedb88320 : v >> 1;
		table[i] = v;
	}
	for (; n > 0; n--)
		crc = table[(crc ^ *byte++) & 0xff] ^ crc >> 8;
	return ~crc;
}

static int folder(const struct cache *c, const char *key, char path[PATH_MAX])
{
	return format_path(path, "%s/%.2s", c->dir, key);
}

/* Samples and checksum of a name that begins with key and rate: "KEY.RATE.SAMPLES.CRC.s16". */
static bool parse_name(
	const char *name, const char *key, int rate_hz, uint32_t *ret_samples, uint32_t *ret_crc)
{
	char start[CACHE_KEY_MAX + 16], again[NAME_MAX + 1];
	int n = snprintf(start, sizeof start, "%s.%d.", key, rate_hz);

	if (strncmp(name, start, (size_t)n) != 0 ||
		sscanf(name + n, "%" SCNu32 ".%" SCNx32, ret_samples, ret_crc) != 2)
		return false;
	snprintf(again, sizeof again, "%s%" PRIu32 ".%08" PRIx32 ".s16", start, *ret_samples,
		*ret_crc);
	return *ret_samples > 0 && strcmp(name, again) == 0;
}

/* All of an open file into audio, if it is what its name says. */
static bool read_checked(int fd, uint32_t samples, uint32_t crc, struct dynbuf *audio)
{
	size_t n = (size_t)samples * 2, done = 0, before = audio->n;
	struct stat st;
	ssize_t got;
	char *to;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != n ||
		!(to = dynbuf_room(audio, n)))
		return false;
	while (done < n && (got = read(fd, to + done, n - done)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		done += (size_t)got;
	}
	if (done < n || cache_crc(to, n) != crc)
		return false;
	dynbuf_grow(audio, n);
	/* once a day is enough to know what is not used any more */
	if (time(NULL) - st.st_mtime > DAY_S)
		futimens(fd, NULL);
	return audio->n == before + n;
}

/* A file of the folder, removed if it is damaged. */
static bool get_file(
	int dir_fd, const char *name, uint32_t samples, uint32_t crc, struct dynbuf *audio)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool found;

	if (fd < 0)
		return false;
	found = (size_t)samples * 2 <= audio->max && read_checked(fd, samples, crc, audio);
	close(fd);
	if (!found)
		unlinkat(dir_fd, name, 0);
	return found;
}

bool cache_get(struct cache *c, const char *key, int rate_hz, struct dynbuf *audio)
{
	char path[PATH_MAX];
	struct dirent *entry;
	uint32_t samples, crc;
	bool found = false;
	DIR *dir;

	if (!*c->dir || folder(c, key, path) < 0 || !(dir = opendir(path)))
		return false;
	while (!found && (entry = readdir(dir))) {
		if (parse_name(entry->d_name, key, rate_hz, &samples, &crc))
			found = get_file(dirfd(dir), entry->d_name, samples, crc, audio);
	}
	closedir(dir);
	return found;
}

/* The folder of a key, made with those above it that are missing; a descriptor. */
static int open_folder(const struct cache *c, const char *key)
{
	char path[PATH_MAX];
	int fd;

	if (folder(c, key, path) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0750) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	if (mkdir(path, 0750) < 0 && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Write under another name, then give it its own: nobody sees it in part. */
static int put_file(int dir_fd, const char *name, const void *bytes, size_t n)
{
	char other[64];
	int fd, saved;

	snprintf(other, sizeof other, ".%ld.%lld.tmp", (long)getpid(), (long long)now_ns());
	fd = openat(dir_fd, other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return -1;
	saved = write_all(fd, bytes, n) < 0 ? errno : 0;
	if (close(fd) < 0 && !saved)
		saved = errno;
	if (!saved && renameat(dir_fd, other, dir_fd, name) < 0)
		saved = errno;
	if (!saved)
		return 0;
	unlinkat(dir_fd, other, 0);
	errno = saved;
	return -1;
}

int cache_put(struct cache *c, const char *key, int rate_hz, const void *bytes, size_t n)
{
	char name[NAME_MAX + 1];
	int dir_fd, result, saved;

	if (!*c->dir || c->failed)
		return 0;
	snprintf(name, sizeof name, "%s.%d.%zu.%08" PRIx32 ".s16", key, rate_hz, n / 2,
		cache_crc(bytes, n));
	dir_fd = open_folder(c, key);
	result = dir_fd < 0 ? -1 : put_file(dir_fd, name, bytes, n);
	saved = errno;
	if (dir_fd >= 0)
		close(dir_fd);
	c->failed = result < 0;
	c->added += result == 0;
	errno = saved;
	return result;
}
