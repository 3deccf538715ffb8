/* growing: a file that somebody still writes while it is read.
 *
 *	LD_PRELOAD=build/tests/preload/growing.so GROWING=caller.s16 assemble ...
 *
 * When the first byte of a file whose name ends in $GROWING has been read, two more are added to it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void grow(int fd)
{
	static int grown;
	const char *name = getenv("GROWING");
	char link[64], path[PATH_MAX];
	ssize_t n;
	int to;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = name && !grown ? readlink(link, path, sizeof(path) - 1) : -1;
	if (n < (ssize_t)strlen(name ? name : "") || n == -1)
		return;
	path[n] = '\0';
	if (strcmp(path + n - strlen(name), name) != 0)
		return;
	grown = 1;
	to = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (to == -1 || write(to, "{\n", 2) != 2)
		abort();
	close(to);
}

ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	ssize_t (*next)(int, void *, size_t, off_t);
	ssize_t got;

	*(void **)&next = dlsym(RTLD_NEXT, "pread");
	got = next(fd, buf, n, at);
	grow(fd);
	return got;
}
