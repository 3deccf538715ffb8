#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int map_open(const char *path, struct map *ret)
{
	struct stat st;
	void *p = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -1;
	errno = ENOTSUP;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	err = errno;
	close(fd);
	errno = err;
	if (p == MAP_FAILED)
		return -1;
	*ret = (struct map){p, (size_t)st.st_size};
	return 0;
}

void map_close(struct map *m)
{
	if (m->p)
		munmap(m->p, m->n);
	m->p = NULL;
}
