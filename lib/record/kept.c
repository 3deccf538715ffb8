#include "record/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "codec/jline.h"
#include "record/journal.h"

#define CALL_JSON_MAX 65536
#define DAY_MS INT64_C(86400000)
#define START_LINES 64  /* call-start is one of the first of a journal */
#define TAIL_BYTES 1024 /* of the journal; the record `verdict` is shorter */

int kept_file(const struct kept *k, const char *name, int64_t *ret_bytes)
{
	/* without waiting for the other end of a FIFO that has this name */
	int fd = openat(k->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	if (ret_bytes)
		*ret_bytes = st.st_size;
	return fd;
}

json_t *kept_json(const struct kept *k, const char *name)
{
	int64_t bytes;
	int fd = kept_file(k, name, &bytes);
	json_t *o = fd != -1 && bytes <= KEPT_JSON_MAX ? json_loadfd(fd, 0, NULL) : NULL;

	if (fd != -1)
		close(fd);
	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

/* A small file, or its last bytes; NUL-terminated. -1: it is not there. */
static ssize_t read_end(const struct kept *k, const char *name, char *buf, size_t size)
{
	int64_t bytes;
	int fd = kept_file(k, name, &bytes);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = pread(fd, buf, size - 1, max_i64(0, bytes - (int64_t)size + 1));
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

/* RFC 3339 in UTC, as wall_time writes it, as Unix time in ms. */
static bool read_time(const char *s, int64_t *ret_ms)
{
	struct tm tm = {0};
	int ms = 0, n = 0;

	if (sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		    &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6)
		return false;
	if (s[n] == '.' && sscanf(s + n, ".%3d", &ms) != 1)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ret_ms = (int64_t)timegm(&tm) * 1000 + ms;
	return true;
}

/* From call.json, or call-start, which has the same members. */
static void describe(struct kept *k, struct jspan obj)
{
	static const struct {
		const char *key;
		size_t at;
	} texts[] = {{"uuid", offsetof(struct kept, uuid)},
		{"service", offsetof(struct kept, service)}, {"from", offsetof(struct kept, from)},
		{"to", offsetof(struct kept, to)}, {"campaign", offsetof(struct kept, campaign)},
		{"accepted_at", offsetof(struct kept, accepted_at)}};
	int64_t rate = jline_get_int(obj, "rate", 0);

	k->described = true;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		(void)!jline_get_str(obj, texts[i].key, (char *)k + texts[i].at, KEPT_TEXT_MAX);
	if (rate == 8000 || rate == 16000)
		k->rate_hz = (int)rate;
}

static void read_call_json(struct kept *k)
{
	char *text = malloc(CALL_JSON_MAX);
	ssize_t n = text ? read_end(k, "call.json", text, CALL_JSON_MAX) : -1;

	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	if (n > 0 && jline_check(text, (size_t)n) == 0)
		describe(k, (struct jspan){text, (size_t)n});
	free(text);
}

/* The last component; of "." and the like, the one that is meant. */
static int name_of(const char *path, char ret[NAME_MAX + 1])
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char real[PATH_MAX];

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		if (!realpath(path, real))
			return -1;
		name = strrchr(real, '/') + 1;
	}
	snprintf(ret, NAME_MAX + 1, "%s", name);
	return 0;
}

/* What as-listen said of the call, where call.json is lost: whose it is must not be. */
static void read_call_start(struct kept *k)
{
	int fd = kept_file(k, "events.jsonl", NULL);
	struct journal_record r;
	struct journal j;

	if (fd == -1 || journal_open(fd, &j) == -1)
		return;
	while (!k->described && journal_next(&j, &r) && r.number <= START_LINES)
		if (!r.bad && strcmp(r.type, "call-start") == 0)
			describe(k, r.data);
	journal_close(&j);
}

/* Unix time of the last write to anything that a call writes. Not of the directory: what was made of a call since is
 * no sign of life. */
static time_t last_write(const struct kept *k)
{
	static const char *const names[] = {"call.json", "events.jsonl", "caller.s16", "bot.s16",
		"listen.jsonl", "session.json"};
	struct stat st;
	time_t last = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (fstatat(k->fd, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime > last)
			last = st.st_mtime;
	return last;
}

/* When the call may have begun: when it was written last, if that is of the day whose folder it is in (YYYY/MM/DD), or
 * if it is in none; else that day. What is made of a call later does not change it. */
static int64_t guess_time(const struct kept *k)
{
	int64_t last_ms = (int64_t)last_write(k) * 1000, day_ms;
	const char *slash = strrchr(k->path, '/'), *p = slash ? slash + 1 : k->path;
	char day[sizeof("2026-11-25T00:00:00")];

	if (p - k->path < 11 || p[-1] != '/' || p[-4] != '/' || p[-7] != '/')
		return last_ms;
	snprintf(day, sizeof(day), "%.4s-%.2s-%.2sT00:00:00", p - 11, p - 6, p - 3);
	if (strspn(day, "0123456789-") != 10 || !read_time(day, &day_ms))
		return last_ms;
	return last_ms >= day_ms && last_ms < day_ms + DAY_MS ? last_ms : day_ms;
}

int kept_open(const char *path, struct kept *ret)
{
	struct kept k = {.rate_hz = KEPT_RATE_DEFAULT_HZ};
	size_t n;

	if (format_path(k.path, "%s", path) == -1)
		return -1;
	for (n = strlen(k.path); n > 1 && k.path[n - 1] == '/'; n--)
		k.path[n - 1] = '\0';
	if (name_of(k.path, k.name) == -1)
		return -1;
	k.fd = open(k.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k.fd == -1)
		return -1;
	if (faccessat(k.fd, "call.json", F_OK, AT_SYMLINK_NOFOLLOW) == -1 &&
		faccessat(k.fd, "events.jsonl", F_OK, AT_SYMLINK_NOFOLLOW) == -1) {
		close(k.fd);
		errno = ENOENT;
		return -1;
	}
	read_call_json(&k);
	if (!k.described)
		read_call_start(&k);
	if (!read_time(k.accepted_at, &k.accepted_ms))
		k.accepted_ms = guess_time(&k);
	if (read_end(&k, "verdict", k.verdict, sizeof(k.verdict)) == -1)
		k.verdict[0] = '\0';
	k.verdict[strcspn(k.verdict, "\n")] = '\0';
	*ret = k;
	return 0;
}

void kept_close(struct kept *k)
{
	if (k->fd != -1)
		close(k->fd);
	k->fd = -1;
}

/* The journal's last record is as-answer's last word. */
static bool has_last_word(const struct kept *k)
{
	char tail[TAIL_BYTES], type[16];
	ssize_t n = read_end(k, "events.jsonl", tail, sizeof(tail));
	const char *line;

	if (n <= 0 || tail[--n] != '\n')
		return false;
	line = memrchr(tail, '\n', (size_t)n);
	line = line ? line + 1 : tail;
	n -= line - tail;
	return jline_check(line, (size_t)n) == 0 &&
		jline_get_str((struct jspan){line, (size_t)n}, "type", type, sizeof(type)) &&
		strcmp(type, "verdict") == 0;
}

/* A process of this host has the loop open: to open it for writing succeeds only then, and disturbs nobody, as all
 * three that use it hold it open for writing themselves. */
static bool has_process(const struct kept *k)
{
	int fd = openat(k->fd, "loop", O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool fifo;

	if (fd == -1)
		return false;
	fifo = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
	close(fd);
	return fifo;
}

enum kept_state kept_state(const struct kept *k)
{
	if (has_last_word(k))
		return KEPT_ENDED;
	if (has_process(k) || time(NULL) - last_write(k) < KEPT_QUIET_S)
		return KEPT_RUNNING;
	return k->verdict[0] ? KEPT_ENDED : KEPT_CRASHED;
}

bool kept_fresh(const struct kept *k, const char *name, const char *const sources[])
{
	return kept_fresh_in(k, k->fd, name, sources);
}

bool kept_fresh_in(const struct kept *k, int dirfd, const char *name, const char *const sources[])
{
	struct stat made, st;

	if (fstatat(dirfd, name, &made, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(made.st_mode))
		return false;
	for (; *sources; sources++)
		if (fstatat(k->fd, *sources, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			(st.st_mtim.tv_sec > made.st_mtim.tv_sec ||
				(st.st_mtim.tv_sec == made.st_mtim.tv_sec &&
					st.st_mtim.tv_nsec > made.st_mtim.tv_nsec)))
			return false;
	return true;
}
