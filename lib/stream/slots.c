#include "stream/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x31746f6c73706361) /* "acpslot1", little endian */
#define DESCRIPTOR_MIN 60                  /* where a shell's own redirections do not reach */
#define DESCRIPTOR_LEAST 3

struct slots_file {
	uint64_t magic;
	uint64_t count[SLOTS_COUNTERS];
	char reserved[128 - 8 - 8 * SLOTS_COUNTERS];
	struct slot busy[SLOTS_BUSY_MAX];
	struct slot call[]; /* as many as were ever asked for */
};

_Static_assert(sizeof(struct slot) == 128, "layout of the file");
_Static_assert(offsetof(struct slots_file, busy) == 128, "layout of the file");

const char *const slots_counter_name[] = {
	[SLOTS_ANSWERED] = "answered",
	[SLOTS_BUSY] = "busy",
	[SLOTS_REFUSED] = "refused",
	[SLOTS_SCANNERS] = "scanners",
	[SLOTS_ERRORS] = "errors",
};

const char *const slot_state_name[] = {
	[SLOT_NEW] = "new",
	[SLOT_RUNNING] = "running",
	[SLOT_ENDING] = "ending",
	[SLOT_FALLBACK] = "fallback",
	[SLOT_PLAYING_BUSY] = "busy",
};

static size_t file_bytes(int64_t calls)
{
	return sizeof(struct slots_file) + (size_t)calls * sizeof(struct slot);
}

static off_t offset_of(enum slots_kind kind, int64_t i)
{
	if (kind == SLOTS_FOR_CALL)
		return (off_t)file_bytes(i);
	return (off_t)(offsetof(struct slots_file, busy) + (size_t)i * sizeof(struct slot));
}

/* Make the file at least so long, with its blocks: writing into a mapped hole of a full disk is
 * a SIGBUS. */
static int grow(int fd, size_t bytes)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) == -1)
		return -1;
	if ((size_t)st.st_size >= bytes)
		return 0;
	err = posix_fallocate(fd, 0, (off_t)bytes);
	errno = err;
	return err ? -1 : 0;
}

static int map_file(struct slots *s)
{
	uint64_t none = 0;
	void *map;

	if (grow(s->fd, file_bytes(0)) == -1)
		return -1;
	map = mmap(NULL, file_bytes(0), PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
	if (map == MAP_FAILED)
		return -1;
	s->map = map;
	__atomic_compare_exchange_n(
		&s->map->magic, &none, MAGIC, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	if (s->map->magic == MAGIC)
		return 0;
	munmap(map, file_bytes(0));
	s->map = NULL;
	errno = EINVAL;
	return -1;
}

/* A copy that the programs we run keep, out of the way of theirs as far as RLIMIT_NOFILE lets it. */
static int inheritable(int fd)
{
	int copy = -1;

	for (int min = DESCRIPTOR_MIN; copy == -1 && min >= DESCRIPTOR_LEAST; min /= 2)
		copy = fcntl(fd, F_DUPFD, min);
	return copy;
}

int slots_open(struct slots *s, const char *spool)
{
	char path[PATH_MAX];
	int fd, err;

	*s = (struct slots){.fd = -1};
	if (format_path(path, "%s/slots", spool) == -1)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd == -1)
		return -1;
	s->fd = inheritable(fd);
	close(fd);
	if (s->fd != -1 && map_file(s) == 0)
		return 0;
	err = errno;
	slots_close(s);
	errno = err;
	return -1;
}

void slots_close(struct slots *s)
{
	if (s->mine_map)
		munmap(s->mine_map, s->mine_bytes);
	if (s->map)
		munmap(s->map, file_bytes(0));
	if (s->fd != -1)
		close(s->fd);
	*s = (struct slots){.fd = -1};
}

static bool lock(int fd, off_t offset)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};

	return fcntl(fd, F_OFD_SETLK, &l) == 0;
}

/* Map the record that has been locked, and empty it. */
static int map_slot(struct slots *s, off_t offset)
{
	off_t page = offset & ~((off_t)sysconf(_SC_PAGESIZE) - 1);

	s->mine_bytes = (size_t)(offset - page) + sizeof(struct slot);
	s->mine_map = mmap(NULL, s->mine_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, page);
	if (s->mine_map == MAP_FAILED) {
		s->mine_map = NULL;
		return -1;
	}
	s->mine = (struct slot *)((char *)s->mine_map + (offset - page));
	memset(s->mine, 0, sizeof(*s->mine));
	return 1;
}

int slots_take(struct slots *s, enum slots_kind kind, int64_t n)
{
	if (grow(s->fd, file_bytes(kind == SLOTS_FOR_CALL ? n : 0)) == -1)
		return -1;
	for (int64_t i = 0; i < n; i++) {
		if (lock(s->fd, offset_of(kind, i)))
			return map_slot(s, offset_of(kind, i));
		if (errno != EAGAIN && errno != EACCES)
			return -1;
	}
	return 0;
}

/* The state last: whoever sees it sees the rest. */
void slots_describe(struct slots *s, const struct slot *as)
{
	struct slot new = *as;

	if (!s->mine)
		return;
	new.state = SLOT_NEW;
	*s->mine = new;
	slots_set_state(s, (enum slot_state)as->state);
}

void slots_set_state(struct slots *s, enum slot_state state)
{
	if (s->mine)
		__atomic_store_n(&s->mine->state, (uint32_t)state, __ATOMIC_RELEASE);
}

void slots_count(struct slots *s, enum slots_counter which)
{
	if (s->map)
		__atomic_fetch_add(&s->map->count[which], 1, __ATOMIC_RELAXED);
}

static bool is_locked(int fd, off_t offset)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};

	return fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}

static int by_age(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return (x->accepted_ms > y->accepted_ms) - (x->accepted_ms < y->accepted_ms);
}

/* Add the slots of one kind that are taken. */
static int view_kind(int fd, enum slots_kind kind, int64_t n, struct slots_view *v)
{
	for (int64_t i = 0; i < n; i++) {
		off_t offset = offset_of(kind, i);
		struct slot *live;

		if (!is_locked(fd, offset))
			continue;
		live = reallocarray(v->live, v->lives + 1, sizeof(*live));
		if (!live)
			return -1;
		v->live = live;
		live += v->lives;
		if (pread(fd, live, sizeof(*live), offset) != sizeof(*live) ||
			live->state >= SLOT_STATES)
			continue;
		live->call[sizeof(live->call) - 1] = live->service[sizeof(live->service) - 1] =
			'\0';
		v->lives++;
	}
	return 0;
}

static int view(int fd, struct slots_view *v)
{
	struct slots_file head;
	struct stat st;
	int64_t calls;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_size == 0)
		return 0; /* made a moment ago */
	n = pread(fd, &head, sizeof(head), 0);
	if (n == sizeof(head) && head.magic == 0)
		return 0; /* so was this */
	if (n != sizeof(head) || head.magic != MAGIC) {
		errno = EINVAL;
		return -1;
	}
	memcpy(v->count, head.count, sizeof(v->count));
	calls = (st.st_size - (off_t)sizeof(head)) / (off_t)sizeof(struct slot);
	if (view_kind(fd, SLOTS_FOR_BUSY, SLOTS_BUSY_MAX, v) == -1)
		return -1;
	if (view_kind(fd, SLOTS_FOR_CALL, min_i64(calls, SLOTS_CALLS_MAX), v) == -1)
		return -1;
	if (v->lives > 1)
		qsort(v->live, v->lives, sizeof(*v->live), by_age);
	return 0;
}

int slots_view(const char *spool, struct slots_view *ret)
{
	struct slots_view v = {0};
	char path[PATH_MAX];
	int fd, err;

	if (format_path(path, "%s/slots", spool) == -1)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1) {
		/* a spool without it has seen no call yet */
		if (errno != ENOENT || access(spool, F_OK) == -1)
			return -1;
		*ret = v;
		return 0;
	}
	err = view(fd, &v) == -1 ? errno : 0;
	close(fd);
	if (err) {
		free(v.live);
		errno = err;
		return -1;
	}
	*ret = v;
	return 0;
}
