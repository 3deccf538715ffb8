#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define AGE_MAX_S (INT64_C(1000) * 366 * 86400)

int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

void wall_time(char *buf, size_t size)
{
	struct timespec ts;
	struct tm tm;
	char seconds[32];

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, size, "%s.%03dZ", seconds, (int)(ts.tv_nsec / NS_PER_MS));
}

uint64_t hash_text(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h;
}

char *hex_text(const void *p, size_t n, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i++) {
		ret[2 * i] = digits[bytes[i] >> 4];
		ret[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret[2 * n] = '\0';
	return ret;
}

int parse_int(const char *s, int64_t min, int64_t max, int64_t *ret)
{
	const char *digits = s + (*s == '-');
	int64_t v;
	char *end;

	/* strtoll would take blanks and a plus sign */
	if (*digits < '0' || *digits > '9') {
		errno = EINVAL;
		return -1;
	}
	errno = 0;
	v = strtoll(s, &end, 10);
	if (*end) {
		errno = EINVAL;
		return -1;
	}
	if (errno || v < min || v > max) {
		errno = ERANGE;
		return -1;
	}
	*ret = v;
	return 0;
}

int parse_age(const char *s, int64_t *ret_s)
{
	static const struct {
		char name;
		int64_t s;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
	char number[24];
	size_t n = strlen(s);
	int64_t value;

	if (strcmp(s, "0") == 0)
		return *ret_s = 0, 0;
	for (size_t i = 0; n > 1 && n < sizeof(number) && i < ARRAY_LEN(units); i++) {
		if (s[n - 1] != units[i].name)
			continue;
		memcpy(number, s, n - 1);
		number[n - 1] = '\0';
		if (parse_int(number, 0, AGE_MAX_S / units[i].s, &value) == -1)
			return -1;
		*ret_s = value * units[i].s;
		return 0;
	}
	errno = EINVAL;
	return -1;
}

int format_path(char path[PATH_MAX], const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, PATH_MAX, fmt, ap);
	va_end(ap);
	if (n >= 0 && n < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int write_all(int fd, const void *buf, size_t n)
{
	const char *p = buf;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done == -1) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* Close without losing the errno that the caller is to report. */
static void close_quietly(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

/* Read to the end of file: *n bytes into *p, grown as needed and, also after an error, the
 * caller's. */
static int read_to_end(int fd, size_t max, char **p, size_t *n)
{
	size_t size = 0;

	for (;;) {
		ssize_t got;

		if (*n + 1 >= size) {
			char *grown;

			size = size ? size * 2 : 4096;
			if (size > max + 2)
				size = max + 2;
			grown = realloc(*p, size);
			if (!grown)
				return -1;
			*p = grown;
		}
		got = read(fd, *p + *n, size - *n - 1);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			return 0;
		*n += (size_t)got;
		if (*n > max) {
			errno = EFBIG;
			return -1;
		}
	}
}

int read_file(const char *path, size_t max, char **ret, size_t *ret_bytes)
{
	char *p = NULL;
	size_t n = 0;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return -1;
	err = read_to_end(fd, max, &p, &n);
	close_quietly(fd);
	if (err) {
		free(p);
		return -1;
	}
	p[n] = '\0';
	*ret = p;
	*ret_bytes = n;
	return 0;
}

int replace_file(const char *path, const void *buf, size_t n)
{
	char *tmp;
	int fd, err;

	/* open, not mkstemp: the mode obeys the umask; a file left behind by a crash only costs a
	 * turn */
	do {
		if (asprintf(&tmp, "%s.%d-%llx", path, (int)getpid(), (long long)now_ns()) == -1)
			return -1;
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
		if (fd == -1) {
			err = errno;
			free(tmp);
			errno = err;
		}
	} while (fd == -1 && errno == EEXIST);
	if (fd == -1)
		return -1;

	err = write_all(fd, buf, n);
	if (err)
		close_quietly(fd);
	else
		err = close(fd);
	if (!err)
		err = rename(tmp, path);
	if (err) {
		int saved = errno;

		unlink(tmp);
		errno = saved;
	}
	free(tmp);
	return err;
}

int ensure_std_fds(void)
{
	/* stdin cannot be read and stdout not written, as before, but no socket can become them */
	static const int mode[] = {O_WRONLY, O_RDONLY, O_RDWR};

	for (int fd = 0; fd <= 2; fd++) {
		/* open takes the lowest free number, which is fd, as those below it are taken */
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", mode[fd]) != fd)
			return -1;
	}
	return 0;
}

bool same_file(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
		sa.st_ino == sb.st_ino;
}
