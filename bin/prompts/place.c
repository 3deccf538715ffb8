#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"

bool place_has(const struct stat *folder, const char *path)
{
	char real[PATH_MAX], *slash;
	struct stat st;

	if (!realpath(path, real))
		return false;
	for (;;) {
		if (stat(*real ? real : "/", &st) == 0 && st.st_dev == folder->st_dev &&
			st.st_ino == folder->st_ino)
			return true;
		slash = strrchr(real, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
}

static int not_nested(const char *path, char *const sources[])
{
	struct stat st;

	for (; *sources; sources++) {
		if (stat(*sources, &st) < 0 || !S_ISDIR(st.st_mode) || !place_has(&st, path))
			continue;
		log_error("cannot put prompts into '%s': it is in '%s', where they come from", path,
			*sources);
		return EXIT_USAGE;
	}
	return 0;
}

/* Two at once would each lose what the other knows. Where there are no locks, that is so. */
static void wait_for_others(int fd, const char *path)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return;
	log_warn("waiting for another one that makes prompts in '%s'", path);
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

int place_open(const char *path, char *const sources[], int *ret_fd, struct stat *ret_st)
{
	int fd, code = EXIT_IO;
	bool made = mkdir(path, 0755) == 0;

	if (!made && errno != EEXIST) {
		log_error_errno("cannot make the folder '%s'", path);
		return EXIT_IO;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR) {
		log_error("cannot put prompts into '%s': the last operand is the folder they go to",
			path);
		return EXIT_USAGE;
	}
	if (fd < 0 || fstat(fd, ret_st) < 0)
		log_error_errno("cannot open '%s'", path);
	else
		code = not_nested(path, sources);
	if (code == 0) {
		wait_for_others(fd, path);
		*ret_fd = fd;
		return 0;
	}
	if (fd >= 0)
		close(fd);
	if (made)
		rmdir(path);
	return code;
}
