#include "wipe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "calllog.h"

#define DAY_MS INT64_C(86400000)
#define EMPTY_FOR_S 60

/* ---- the directories ---- */

struct walk {
	char until[16]; /* last day, YYYY/MM/DD */
	void (*each)(const struct kept *k, void *ctx);
	void *ctx;
	bool failed;
};

static int is_shown(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* An empty folder is what a wipe that was killed has left; one that is younger, a call that is about to begin. */
static void tidy(const char *path)
{
	struct stat st;

	if (!set.dry_run && stat(path, &st) == 0 && st.st_mtime < time(NULL) - EMPTY_FOR_S)
		(void)!rmdir(path);
}

static void visit(struct walk *w, const char *path)
{
	struct kept k;

	if (kept_open(path, &k) == -1) {
		if (errno == ENOENT) {
			tidy(path);
		} else if (errno != ENOTDIR) {
			log_error_errno("cannot open '%s'", path);
			w->failed = true;
		}
		return;
	}
	w->each(&k, w->ctx);
	kept_close(&k);
}

/* day: the names of the folders so far, as in YYYY/MM. */
static void descend(struct walk *w, const char *path, const char *day, int depth)
{
	struct dirent **list;
	int n = scandir(path, &list, is_shown, alphasort);

	if (n == -1) {
		if (errno != ENOTDIR) {
			log_error_errno("cannot search '%s'", path);
			w->failed = true;
		}
		return;
	}
	for (int i = 0; i < n; i++) {
		char below[PATH_MAX], date[NAME_MAX + 16];

		snprintf(date, sizeof(date), "%.12s%s%s", day, *day ? "/" : "", list[i]->d_name);
		if (format_path(below, "%s/%s", path, list[i]->d_name) == -1)
			w->failed = true;
		else if (depth == 3)
			visit(w, below);
		else if (strncmp(date, w->until, strlen(date)) <= 0)
			descend(w, below, date, depth + 1);
		free(list[i]);
	}
	free(list);
}

int wipe_each(int64_t until_ms, void (*each)(const struct kept *k, void *ctx), void *ctx)
{
	struct walk w = {.each = each, .ctx = ctx};
	time_t until = (time_t)(min_i64(until_ms, 250000000000000) / 1000);
	char path[PATH_MAX];
	struct tm tm;

	gmtime_r(&until, &tm);
	strftime(w.until, sizeof(w.until), "%Y/%m/%d", &tm);
	if (format_path(path, "%s/calls", set.spool) == -1)
		return -1;
	if (access(path, F_OK) == -1 && errno == ENOENT) {
		log_warn("there is no '%s': only what is in the database is removed", path);
		return 0;
	}
	descend(&w, path, "", 0);
	return w.failed ? -1 : 0;
}

/* ---- their files ---- */

/* -1: it has been said why. */
static int remove_one(const struct kept *k, const char *name, struct wiped *sum)
{
	struct stat st;

	if (fstatat(k->fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!set.dry_run && unlinkat(k->fd, name, 0) == -1 && errno != ENOENT) {
		log_error_errno("cannot remove '%s/%s'", k->path, name);
		return -1;
	}
	sum->files++;
	sum->bytes += st.st_size;
	return 0;
}

static int remove_wanted(const struct kept *k, bool (*wanted)(const char *name), struct wiped *sum)
{
	int fd = openat(k->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		log_error_errno("cannot search '%s'", k->path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			wanted(e->d_name))
			err |= remove_one(k, e->d_name, sum);
	closedir(d);
	if (!set.dry_run && sum->files)
		(void)!fsync(k->fd);
	return err;
}

void wipe_files(const struct kept *k, bool (*wanted)(const char *name), struct wiped *sum)
{
	int64_t before = sum->files;

	if (remove_wanted(k, wanted, sum) == -1)
		sum->failed++;
	sum->calls += sum->files > before;
}

static bool tells_nothing(const char *name)
{
	return strcmp(name, "call.json") != 0 && strcmp(name, "events.jsonl") != 0;
}

void wipe_call(const struct kept *k, struct wiped *sum)
{
	static const char *const last[] = {"events.jsonl", "call.json"};
	int err = remove_wanted(k, tells_nothing, sum);

	for (size_t i = 0; !err && i < ARRAY_LEN(last); i++)
		err = remove_one(k, last[i], sum);
	if (!err && !set.dry_run && rmdir(k->path) == -1) {
		log_error_errno("cannot remove '%s'", k->path);
		err = -1;
	}
	sum->calls++;
	sum->failed += err ? 1 : 0;
}
