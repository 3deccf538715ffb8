#include "calldir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "codec/jline.h"

#define SAME_UUID_MAX 9999 /* directories of one UUID in one day */
#define VERDICT_READ_S 10 /* a dialplan reads its verdict within this time; it takes milliseconds */

static int make_dir(const char *path)
{
	return mkdir(path, 0750) == 0 || errno == EEXIST ? 0 : -1;
}

/* Make every directory of path below its first `from` bytes. */
static int make_dirs(char *path, size_t from)
{
	for (char *p = path + from; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (make_dir(path) == -1)
			return -1;
		*p = '/';
	}
	return make_dir(path);
}

/* As a whole or not at all: others read it from the moment it is seen. */
static int write_call_json(struct calldir *d, const struct call_info *info)
{
	char path[PATH_MAX];
	struct dynbuf b;
	int err = -1;

	dynbuf_init(&b, 2 * CALL_JSON_MAX);
	dynbuf_adds(&b, "{");
	jline_add_str(&b, "call", d->call);
	jline_add_str(&b, "uuid", info->uuid);
	jline_add_str(&b, "service", info->service);
	jline_add_int(&b, "rate", info->rate_hz);
	jline_add_str(&b, "accepted_at", info->accepted_at);
	d->vars_left = caller_json(&info->caller, &b, CALL_JSON_MAX - 2);
	dynbuf_adds(&b, "}\n");
	if (!dynbuf_failed(&b) && format_path(path, "%s/call.json", d->path) == 0)
		err = replace_file(path, b.p, b.n);
	dynbuf_free(&b);
	return err;
}

static int open_fifo(int dirfd, const char *name, int flags)
{
	if (mkfifoat(dirfd, name, 0600) == -1)
		return -1;
	return openat(dirfd, name, flags | O_NONBLOCK | O_CLOEXEC);
}

/* What the pipeline has to find in the new directory d->path. */
static int populate(struct calldir *d, const struct call_info *info)
{
	int fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = -1;

	if (fd == -1)
		return -1;
	if (write_call_json(d, info) == 0) {
		d->loop_fd = open_fifo(fd, "loop", O_RDWR);
		d->scribe_fd = open_fifo(fd, "scribe", O_RDONLY);
		err = d->loop_fd == -1 || d->scribe_fd == -1 ? -1 : 0;
	}
	close(fd);
	return err;
}

/* Undo what populate did, so that no half of a call directory is left. */
static void discard(struct calldir *d)
{
	int err = errno;
	char path[PATH_MAX];

	calldir_close(d);
	if (format_path(path, "%s/call.json", d->path) == 0)
		unlink(path);
	rmdir(d->path);
	errno = err;
}

/* The call's directory in an existing one: the first of UUID, UUID-2, ... that is not there yet. */
static int make_in(struct calldir *d, const char *parent, const struct call_info *info)
{
	for (int i = 1; i <= SAME_UUID_MAX; i++) {
		if (i == 1)
			snprintf(d->call, sizeof(d->call), "%s", info->uuid);
		else
			snprintf(d->call, sizeof(d->call), "%s-%d", info->uuid, i);
		if (format_path(d->path, "%s/%s", parent, d->call) == -1)
			return -1;
		if (mkdir(d->path, 0750) == 0) {
			if (populate(d, info) == 0)
				return 0;
			discard(d);
			return -1;
		}
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

static int make_in_spool(struct calldir *d, const char *spool, const struct call_info *info)
{
	const char *day = info->accepted_at; /* 2026-01-31T... */
	char parent[PATH_MAX];

	if (format_path(parent, "%s/calls/%.4s/%.2s/%.2s", spool, day, day + 5, day + 8) == -1)
		return -1;
	if (make_dirs(parent, 1) == -1)
		return -1;
	return make_in(d, parent, info);
}

static int make_elsewhere(struct calldir *d, const struct call_info *info)
{
	const char *base[] = {getenv("TMPDIR"), "/tmp", "/dev/shm"};
	char parent[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(base); i++) {
		if (!base[i] || base[i][0] != '/')
			continue;
		if (format_path(parent, "%s/callpipe-XXXXXX", base[i]) == -1 || !mkdtemp(parent))
			continue;
		if (make_in(d, parent, info) == 0)
			return 0;
		rmdir(parent);
	}
	return -1;
}

int calldir_open(struct calldir *d, const char *spool, const struct call_info *info)
{
	*d = (struct calldir){.loop_fd = -1, .scribe_fd = -1};
	if (make_in_spool(d, spool, info) == 0)
		return 0;
	d->spool_errno = errno;
	if (make_elsewhere(d, info) == 0)
		return 0;
	errno = d->spool_errno;
	return -1;
}

static void close_fifo(const struct calldir *d, const char *name, int *fd)
{
	char path[PATH_MAX];

	if (*fd != -1)
		close(*fd);
	*fd = -1;
	if (format_path(path, "%s/%s", d->path, name) == 0)
		unlink(path);
}

void calldir_close(struct calldir *d)
{
	close_fifo(d, "loop", &d->loop_fd);
	close_fifo(d, "scribe", &d->scribe_fd);
}

void verdict_prepare(const char *spool, const char *path)
{
	char folder[PATH_MAX];
	struct stat st;

	if (format_path(folder, "%s/verdicts", spool) == 0)
		make_dirs(folder, 1);
	if (stat(path, &st) == 0 && time(NULL) - st.st_mtime > VERDICT_READ_S)
		unlink(path);
}
