/* short: makes reads and writes short, and interrupts them, as POSIX allows and tests never see.
 *
 *	LD_PRELOAD=build/tests/preload/short.so SHORT_SEED=1 as-speak ...
 *
 * Of read, write, writev, recv and send, one call in four fails with EINTR, and the others are offered 1 to n of their
 * bytes. The calls are counted, so that a seed gives the same run again. Records of fixed size (signalfd) and messages to
 * stderr are left whole.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../unit/random.h"

#define WHOLE_BYTES 128 /* struct signalfd_siginfo: read(2) gives all of one or EINVAL */
#define PIECES 64

static uint64_t state;

__attribute__((constructor)) static void seed(void)
{
	const char *s = getenv("SHORT_SEED");

	state = s ? strtoull(s, NULL, 10) : 0;
}

/* True: this call is interrupted. */
static int interrupted(void)
{
	if (random_below(&state, 4))
		return 0;
	errno = EINTR;
	return 1;
}

static size_t fewer(size_t n)
{
	return n > 1 ? 1 + random_below(&state, n) : n;
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

ssize_t read(int fd, void *buf, size_t n)
{
	if (n == WHOLE_BYTES)
		return NEXT(read)(fd, buf, n);
	return interrupted() ? -1 : NEXT(read)(fd, buf, fewer(n));
}

ssize_t write(int fd, const void *buf, size_t n)
{
	if (fd == STDERR_FILENO)
		return NEXT(write)(fd, buf, n);
	return interrupted() ? -1 : NEXT(write)(fd, buf, fewer(n));
}

ssize_t writev(int fd, const struct iovec *iov, int pieces)
{
	struct iovec some[PIECES];
	size_t left = 0;
	int n = 0;

	if (pieces > PIECES)
		return NEXT(writev)(fd, iov, pieces);
	for (int i = 0; i < pieces; i++)
		left += iov[i].iov_len;
	for (left = fewer(left); left > 0 && n < pieces; n++) {
		some[n] = iov[n];
		if (some[n].iov_len > left)
			some[n].iov_len = left;
		left -= some[n].iov_len;
	}
	return interrupted() ? -1 : NEXT(writev)(fd, some, n);
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	return interrupted() ? -1 : NEXT(recv)(fd, buf, fewer(n), flags);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	return interrupted() ? -1 : NEXT(send)(fd, buf, fewer(n), flags);
}
