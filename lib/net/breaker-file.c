#include "net/breaker-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x316b616572627063) /* "cpbreak1", little endian */
#define TRIES 20                           /* of 1 ms, while others replace the file */

_Static_assert(sizeof(struct breaker_record) == 192, "layout of the file");
_Static_assert(offsetof(struct breaker_file, record) == 192, "layout of the file");

static struct {
	char path[PATH_MAX];       /* "": there is none */
	int fd;                    /* of what is mapped */
	struct breaker_file *file; /* NULL: cannot be used */
	unsigned opened;           /* how many files there were */
} shared = {.fd = -1};

/* Which start of the host this is; 1 if it does not say. */
static uint64_t boot_id(void)
{
	uint64_t id = 1;
	size_t n;
	char *text;

	if (read_file("/proc/sys/kernel/random/boot_id", 256, &text, &n) == 0) {
		id = hash_text(text);
		free(text);
	}
	return id;
}

/* Make it beside its place, with its blocks: writing into a mapped hole of a full disk is a SIGBUS. EEXIST: somebody
 * else was faster. */
static int file_make(void)
{
	struct breaker_file *new = calloc(1, sizeof(*new));
	char path[PATH_MAX];
	int fd = -1, err = 0;

	if (!new ||
		format_path(path, "%s.%d-%llx", shared.path, (int)getpid(), (long long)now_ns()) ==
			-1) {
		free(new);
		return -1;
	}
	new->magic = MAGIC;
	new->boot = boot_id();
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd == -1 || write_all(fd, new, sizeof(*new)) == -1 || link(path, shared.path) == -1)
		err = errno;
	free(new);
	if (fd != -1) {
		unlink(path);
		close(fd);
	}
	errno = err;
	return err ? -1 : 0;
}

/* Times of another start say nothing: all are closed. Who is killed here leaves it to the next. */
static void forget_boot(struct breaker_file *f)
{
	uint64_t boot = boot_id();

	if (__atomic_load_n(&f->boot, __ATOMIC_ACQUIRE) == boot)
		return;
	for (size_t i = 0; i < BREAKERS_MAX; i++)
		__atomic_store_n(&f->record[i].word, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&f->boot, boot, __ATOMIC_RELEASE);
}

/* EILSEQ: it is of no use. */
static int file_map(int fd)
{
	struct breaker_file *f;
	struct stat st;
	int err;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if ((size_t)st.st_size < sizeof(*f)) {
		errno = EILSEQ;
		return -1;
	}
	err = posix_fallocate(fd, 0, sizeof(*f)); /* a copy of it may have holes */
	if (err) {
		errno = err;
		return -1;
	}
	f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (f == MAP_FAILED)
		return -1;
	if (f->magic != MAGIC) {
		munmap(f, sizeof(*f));
		errno = EILSEQ;
		return -1;
	}
	forget_boot(f);
	shared.fd = fd;
	shared.file = f;
	shared.opened++;
	return 0;
}

/* Take its name from a file that is of no use, if it still has it. Only who has its lock may, so nobody takes the name
 * from the one that came after it. */
static void file_remove(int fd)
{
	struct timespec ms = {.tv_nsec = NS_PER_MS};
	struct stat mine, there;

	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		nanosleep(&ms, NULL); /* whoever has it is about to do so */
		return;
	}
	if (fstat(fd, &mine) == 0 && stat(shared.path, &there) == 0 &&
		mine.st_ino == there.st_ino && mine.st_dev == there.st_dev)
		unlink(shared.path);
}

static int file_open(void)
{
	int fd, err = EAGAIN;

	for (int i = 0; i < TRIES; i++) {
		fd = open(shared.path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd == -1 && errno == ENOENT && (file_make() == 0 || errno == EEXIST))
			continue;
		if (fd == -1)
			return -1;
		if (file_map(fd) == 0)
			return 0;
		err = errno;
		if (err == EILSEQ)
			file_remove(fd);
		close(fd);
		if (err != EILSEQ)
			break;
	}
	errno = err;
	return -1;
}

static void file_close(void)
{
	if (!shared.file)
		return;
	munmap(shared.file, sizeof(*shared.file));
	close(shared.fd);
	shared.file = NULL;
	shared.fd = -1;
}

unsigned breaker_file_check(void)
{
	struct stat st;

	if (!shared.file)
		return 0;
	if (fstat(shared.fd, &st) == -1 || st.st_nlink == 0 ||
		(size_t)st.st_size < sizeof(*shared.file) || shared.file->magic != MAGIC) {
		file_close();
		(void)!file_open();
	}
	return shared.file ? shared.opened : 0;
}

int breaker_file_open(const char *spool)
{
	char path[PATH_MAX];

	if (format_path(path, "%s/breakers", spool) == -1)
		return -1;
	if (shared.file && strcmp(path, shared.path) == 0)
		return breaker_file_check() ? 0 : -1;
	file_close();
	memcpy(shared.path, path, sizeof(path));
	return file_open();
}

struct breaker_record *breaker_file_record(const char *name)
{
	uint64_t id = hash_text(name);

	for (size_t i = 0; i < BREAKERS_MAX; i++) {
		struct breaker_record *r = &shared.file->record[i];
		uint64_t has = __atomic_load_n(&r->id, __ATOMIC_ACQUIRE);

		if (has == 0 &&
			__atomic_compare_exchange_n(
				&r->id, &has, id, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			has = id;
		if (has != id)
			continue;
		if (strncmp(r->name, name, sizeof(r->name)) != 0)
			memcpy(r->name, name, sizeof(r->name));
		return r;
	}
	return NULL;
}

int breaker_file_read(const char *spool, struct breaker_file *ret, bool *ret_now)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	if (format_path(path, "%s/breakers", spool) == -1)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	n = pread(fd, ret, sizeof(*ret), 0);
	close(fd);
	if (n == sizeof(*ret) && ret->magic == MAGIC) {
		*ret_now = ret->boot == boot_id();
		return 1;
	}
	if (n != -1)
		errno = EILSEQ;
	return -1;
}
