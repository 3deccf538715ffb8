#include "record/batch.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/progress.h"

struct batch {
	const struct batch_page *page;
	char **items;     /* found under the operands */
	size_t n, size;   /* of items; room */
	size_t at;        /* items given out */
	bool lines;       /* then the lines of stdin */
	char *line;       /* of stdin; as getline wants it */
	size_t line_size; /* room of it */
	size_t lines_read;
	size_t taken; /* items given out, of both kinds */
	size_t done, skipped, failed;
	int code;         /* exit code of the first that failed */
	int64_t began_ns; /* monotonic */
};

static int add(struct batch *b, const char *path)
{
	char **items;

	if (b->n == b->size) {
		items = reallocarray(b->items, b->size ? 2 * b->size : 256, sizeof(*items));
		if (!items)
			return -1;
		b->items = items;
		b->size = b->size ? 2 * b->size : 256;
	}
	b->items[b->n] = strdup(path);
	return b->items[b->n] ? (b->n++, 0) : -1;
}

static bool ends_with(const char *name, const char *const *suffixes)
{
	size_t n = strlen(name), k;

	for (; *suffixes; suffixes++) {
		k = strlen(*suffixes);
		if (n > k && strcmp(name + n - k, *suffixes) == 0 && name[0] != '.')
			return true;
	}
	return false;
}

static bool is_call(const char *path)
{
	static const char *const marks[] = {"call.json", "events.jsonl"};
	char file[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (format_path(file, "%s/%s", path, marks[i]) == 0 && lstat(file, &st) == 0)
			return true;
	return false;
}

static bool takes_calls(const struct batch *b)
{
	return !b->page->suffixes || b->page->calls;
}

/* An item that failed; errno says why. */
static void not_searched(struct batch *b, const char *path)
{
	log_error_errno("cannot search '%s'", path);
	b->taken++;
	batch_end(b, EXIT_IO);
}

/* An entry below an operand. -1: no memory. */
static int visit(struct batch *b, FTS *tree, FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_D:
		if (!takes_calls(b) || !is_call(e->fts_accpath))
			return 0;
		(void)fts_set(tree, e, FTS_SKIP);
		return add(b, e->fts_path);
	case FTS_F:
		return b->page->suffixes && ends_with(e->fts_name, b->page->suffixes)
			? add(b, e->fts_path)
			: 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = e->fts_errno;
		not_searched(b, e->fts_path);
		return 0;
	default:
		return 0;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* The items below a folder. -1: no memory. */
static int search(struct batch *b, char *folder)
{
	FTS *tree = fts_open(
		(char *[]){folder, NULL}, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	FTSENT *e;
	int err = tree ? 0 : -1;

	while (!err && (errno = 0, e = fts_read(tree)))
		err = visit(b, tree, e);
	if (tree && !err && errno)
		not_searched(b, folder);
	if (tree)
		fts_close(tree);
	return err;
}

static int operand(struct batch *b, char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0) {
		b->lines = true;
		return 0;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) && !(takes_calls(b) && is_call(path)))
		return search(b, path);
	return add(b, path); /* that it is not there is said when its turn has come */
}

int batch_open(const struct batch_page *page, char *const operands[], struct batch **ret)
{
	struct batch *b = calloc(1, sizeof(*b));
	int err = b ? 0 : -1;

	if (b) {
		*b = (struct batch){.page = page, .began_ns = now_ns()};
		b->lines = !operands[0];
	}
	if (b && b->lines && isatty(STDIN_FILENO)) {
		log_error("name %s, folders of them, or '-' for a list on stdin", page->many);
		free(b);
		return EXIT_USAGE;
	}
	for (; !err && *operands; operands++)
		err = operand(b, *operands);
	if (err) {
		log_error("no memory for the list of %s", page->many);
		if (b)
			(void)!batch_close(b);
		return EXIT_SYSTEM;
	}
	*ret = b;
	return 0;
}

/* The next line of stdin that is not empty; NULL at its end. */
static const char *next_line(struct batch *b)
{
	ssize_t n;

	while ((n = getline(&b->line, &b->line_size, stdin)) > 0) {
		b->lines_read++;
		if (b->line[n - 1] == '\n')
			b->line[--n] = '\0';
		if (strlen(b->line) != (size_t)n || n >= PATH_MAX) {
			log_error("cannot take line %zu of the list: no path", b->lines_read);
			b->taken++;
			batch_end(b, EXIT_DATA);
		} else if (n > 0) {
			return b->line;
		}
	}
	if (ferror(stdin)) {
		log_error_errno("cannot read the list");
		b->taken++;
		batch_end(b, EXIT_IO);
	}
	b->lines = false;
	return NULL;
}

const char *batch_next(struct batch *b)
{
	const char *path = NULL;

	batch_show(b);
	if (b->at < b->n)
		path = b->items[b->at++];
	else if (b->lines)
		path = next_line(b);
	if (path)
		b->taken++;
	return path;
}

void batch_end(struct batch *b, int end)
{
	if (end == 0)
		b->done++;
	else if (end == BATCH_SKIPPED)
		b->skipped++;
	else
		b->failed++;
	if (end > 0 && !b->code)
		b->code = end;
	batch_show(b);
}

void batch_show(struct batch *b)
{
	size_t ended = b->done + b->skipped + b->failed, left;
	char of[32] = "", remain[32] = "", failed[32] = "";
	double s, rate;

	if (!progress_due())
		return;
	s = (double)(now_ns() - b->began_ns) / NS_PER_S;
	rate = s > 0 ? (double)ended / s : 0;
	left = b->n - b->at + (b->taken - ended);
	if (!b->lines)
		snprintf(of, sizeof(of), " of %zu", ended + left);
	if (!b->lines && rate > 0)
		snprintf(remain, sizeof(remain), ", %.0f s left", (double)left / rate);
	if (b->failed)
		snprintf(failed, sizeof(failed), ", %zu failed", b->failed);
	progress_show("%zu%s %s, %.1f/s%s%s", ended, of, b->page->many, rate, remain, failed);
}

/* A line for people, also where nobody watches: it is what cron sends. */
static void sum_up(const struct batch *b)
{
	size_t ended = b->done + b->skipped + b->failed;
	char text[256];
	int n;

	if (ended == 0)
		return;
	n = snprintf(text, sizeof(text), "%s: %zu %s: %zu done, %zu skipped, %zu failed, %.1f s\n",
		log_prog(), ended, ended == 1 ? b->page->one : b->page->many, b->done, b->skipped,
		b->failed, (double)(now_ns() - b->began_ns) / NS_PER_S);
	(void)!write(STDERR_FILENO, text, (size_t)n);
}

int batch_close(struct batch *b)
{
	int code = b->code;

	progress_wipe();
	sum_up(b);
	for (size_t i = 0; i < b->n; i++)
		free(b->items[i]);
	free(b->items);
	free(b->line);
	free(b);
	return code;
}
