#include "db/budget.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int budget_take(const char *path, int64_t n, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640), err;

	if (fd == -1)
		return -1;
	for (int64_t i = 0; i < n; i++) {
		/* not all begin with the first: with many it is taken */
		int64_t at = (getpid() + i) % n;
		struct flock l = {
			.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};

		if (fcntl(fd, F_OFD_SETLK, &l) == 0) {
			*ret_fd = fd;
			return 1;
		}
		if (errno != EAGAIN && errno != EACCES) {
			err = errno;
			close(fd);
			errno = err;
			return -1;
		}
	}
	close(fd);
	return 0;
}

void budget_give(int fd)
{
	if (fd != -1)
		close(fd);
}
