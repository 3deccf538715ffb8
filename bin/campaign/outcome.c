#include "outcome.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dynbuf.h"
#include "base/log.h"
#include "codec/jline.h"

#define SUFFIX ".outcomes"
#define LINE_MAX_BYTES 8192
#define FILE_MAX_BYTES ((size_t)64 << 20)

/* By kind. CASE says what comes first. */
static const struct {
	const char *name, *sql;
	int n;
	unsigned group; /* 0: it locks caller ids, which others do for long */
} kinds[] = {
	[OUTCOME_UNDIALLED] = {"undialled",
		/* an attempt that was counted is not taken back, whether it rang or not */
		"SELECT CASE WHEN campaign_unclaim($1, $2, $3, p_trunk_fault => $4::boolean)"
		" THEN true ELSE campaign_lost($1, $2, $3) END",
		4, 0},
	[OUTCOME_ENDED] = {"ended",
		"SELECT CASE WHEN $8::float8 IS NULL"
		" OR campaign_state($1, $2, 'answered', to_timestamp($8::float8)) IS NOT NULL"
		" THEN campaign_finish($1, $3::integer, $4, $5, $6, $7,"
		" coalesce(to_timestamp($9::float8), clock_timestamp()), $10) END",
		10, OUTCOME_GROUP},
	[OUTCOME_LOST] = {"lost",
		"SELECT CASE WHEN $4::float8 IS NULL"
		" OR campaign_state($1, $2, 'answered', to_timestamp($4::float8)) IS NOT NULL"
		" THEN campaign_lost($1, $2, $3, coalesce(to_timestamp($5::float8), clock_timestamp())) END",
		5, OUTCOME_GROUP},
};

struct values {
	const char *v[OUTCOME_VALUES];
	char cause[16], answered[32], ended[32];
};

static const char *seconds(char *buf, size_t size, int64_t ms)
{
	if (ms <= 0)
		return NULL;
	snprintf(buf, size, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
	return buf;
}

/* What is left of them, if the database does not take the texts. */
static void make_plain(enum outcome_kind kind, const char *v[])
{
	if (kind == OUTCOME_ENDED)
		v[3] = v[4] = v[5] = v[6] = v[9] = NULL;
	else
		v[2] = "the database does not take the reason";
}

static void fill(struct values *to, const struct outcome *o)
{
	const char *answered = seconds(to->answered, sizeof(to->answered), o->answered_ms);
	const char *ended = seconds(to->ended, sizeof(to->ended), o->ended_ms);

	snprintf(to->cause, sizeof(to->cause), "%d", o->cause);
	to->v[0] = o->call;
	to->v[1] = o->node;
	if (o->kind == OUTCOME_ENDED) {
		to->v[2] = o->cause >= 0 ? to->cause : NULL;
		to->v[3] = o->tech_cause;
		to->v[4] = o->cause_txt;
		to->v[5] = o->amd_result;
		to->v[6] = o->amd_cause;
		to->v[7] = answered;
		to->v[8] = ended;
		to->v[9] = o->talk_end;
	} else if (o->kind == OUTCOME_UNDIALLED) {
		to->v[2] = o->why;
		to->v[3] = o->trunk_fault ? "true" : "false";
	} else {
		to->v[2] = o->why;
		to->v[3] = answered;
		to->v[4] = ended;
	}
	if (o->plain)
		make_plain(o->kind, to->v);
}

int outcome_tell(
	struct store *s, const struct outcome *o, store_row *row, store_done *done, void *ctx)
{
	struct values v;

	fill(&v, o);
	return store_ask_jointly(
		s, kinds[o->kind].group, kinds[o->kind].sql, v.v, kinds[o->kind].n, row, done, ctx);
}

/* ---- the file ---- */

struct left_line {
	struct left_line *next; /* of the file */
	struct left_behind *l;
	struct store *s;
	enum outcome_kind kind;
	bool plain;   /* the database has refused its texts */
	json_t *json; /* the array that it is */
};

struct left_behind {
	struct left_behind *next, **back; /* among all */
	int dirfd, fd;
	char name[NAME_MAX + 1];
	struct left_line *lines;
	int waiting; /* statements */
	bool failed; /* one of them: the file stays */
};

struct outcomes {
	struct left_behind *left; /* of others, being told */
	int dirfd;
	int fd; /* -1: nothing was ever kept */
	char name[NAME_MAX + 1];
	size_t kept; /* and not told */
};

static void drop(struct left_behind *l)
{
	for (struct left_line *line = l->lines, *next; line; line = next) {
		next = line->next;
		json_decref(line->json);
		free(line);
	}
	close(l->fd);
	close(l->dirfd);
	free(l);
}

static void forget(struct left_behind *l, bool told)
{
	if (told)
		unlinkat(l->dirfd, l->name, 0);
	*l->back = l->next;
	if (l->next)
		l->next->back = l->back;
	drop(l);
}

int outcomes_open(const char *spool, const char *node, struct outcomes **ret)
{
	struct outcomes *f = calloc(1, sizeof(*f));
	char path[PATH_MAX];

	if (!f)
		return -1;
	f->fd = -1;
	snprintf(f->name, sizeof(f->name), "%.200s" SUFFIX, node);
	if (format_path(path, "%s/campaign", spool) < 0 ||
		(mkdir(path, 0750) < 0 && errno != EEXIST))
		goto failed;
	f->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dirfd < 0)
		goto failed;
	*ret = f;
	return 0;
failed:
	free(f);
	return -1;
}

void outcomes_close(struct outcomes *f)
{
	if (!f)
		return;
	for (struct left_behind *l = f->left, *next; l; l = next) {
		next = l->next;
		drop(l);
	}
	if (f->fd >= 0 && !f->kept)
		unlinkat(f->dirfd, f->name, 0);
	if (f->fd >= 0)
		close(f->fd);
	close(f->dirfd);
	free(f);
}

/* Is this descriptor still what has that name? Somebody may have removed it before it was locked. */
static bool is_there(int dirfd, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(dirfd, name, &b, 0) == 0 && a.st_ino == b.st_ino &&
		a.st_dev == b.st_dev;
}

static int make(struct outcomes *f)
{
	for (int i = 0; i < 10; i++) {
		int fd = openat(f->dirfd, f->name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_there(f->dirfd, f->name, fd)) {
			f->fd = fd;
			return fsync(f->dirfd);
		}
		close(fd);
	}
	errno = EAGAIN;
	return -1;
}

/* Half a line would spoil the next one, too. */
static void take_back(int fd, off_t bytes)
{
	int saved = errno;

	(void)!ftruncate(fd, bytes);
	errno = saved;
}

int outcomes_keep(struct outcomes *f, const struct outcome *o)
{
	struct values v;
	struct dynbuf b;
	struct stat before;
	int err = -1;

	if ((f->fd < 0 && make(f) < 0) || fstat(f->fd, &before) < 0)
		return -1;
	fill(&v, o);
	dynbuf_init(&b, LINE_MAX_BYTES);
	dynbuf_addf(&b, "[\"%s\"", kinds[o->kind].name);
	for (int i = 0; i < kinds[o->kind].n; i++) {
		dynbuf_adds(&b, ",");
		if (v.v[i])
			(void)!jline_add_quoted(&b, v.v[i], strlen(v.v[i]));
		else
			dynbuf_adds(&b, "null");
	}
	dynbuf_adds(&b, "]\n");
	if (dynbuf_failed(&b))
		errno = EMSGSIZE;
	else if (write_all(f->fd, b.p, b.n) == 0 && fdatasync(f->fd) == 0)
		err = 0;
	else
		take_back(f->fd, before.st_size);
	dynbuf_free(&b);
	f->kept += err == 0;
	return err;
}

void outcomes_told(struct outcomes *f)
{
	if (f->kept > 0 && --f->kept == 0)
		(void)!ftruncate(f->fd, 0); /* what stays there is told again, which is nothing */
}

/* ---- those of others ---- */

static void on_told(void *ctx, const struct store_reply *r);

static int ask_line(struct left_line *line)
{
	const char *v[OUTCOME_VALUES] = {NULL};
	int n = kinds[line->kind].n;

	for (int i = 0; i < n; i++)
		v[i] = json_string_value(json_array_get(line->json, (size_t)i + 1));
	if (line->plain)
		make_plain(line->kind, v);
	return store_ask_jointly(
		line->s, kinds[line->kind].group, kinds[line->kind].sql, v, n, NULL, on_told, line);
}

/* What the database will never take is not told it for ever. */
static void on_told(void *ctx, const struct store_reply *r)
{
	struct left_line *line = ctx;
	struct left_behind *l = line->l;
	bool never = r->end == STORE_REFUSED && r->fault == DB_DATA;
	char *text;

	if (never && !line->plain) {
		line->plain = true;
		if (ask_line(line) == 0)
			return;
		never = false;
	}
	if (never) {
		text = json_dumps(line->json, JSON_COMPACT);
		log_error("cannot tell the database of '%s', which is in '%s': %s",
			text ? text : "", l->name, r->why);
		free(text);
	}
	l->failed = l->failed || (r->end != STORE_DONE && !never);
	if (--l->waiting == 0)
		forget(l, !l->failed);
}

/* Of a line; OUTCOME_NONE: it is none. */
static enum outcome_kind kind_of(const json_t *line)
{
	const char *name = json_string_value(json_array_get(line, 0));

	for (size_t k = OUTCOME_UNDIALLED; name && k < ARRAY_LEN(kinds); k++)
		if (strcmp(kinds[k].name, name) == 0 &&
			json_array_size(line) == (size_t)kinds[k].n + 1)
			return (enum outcome_kind)k;
	return OUTCOME_NONE;
}

/* A broken one is the half of a crash: nothing was done about it. */
static void tell_line(struct left_behind *l, struct store *s, const char *text, size_t n)
{
	json_t *json = json_loadb(text, n, 0, NULL);
	enum outcome_kind kind = kind_of(json);
	struct left_line *line = kind == OUTCOME_NONE ? NULL : calloc(1, sizeof(*line));

	if (!line) {
		l->failed = l->failed || kind != OUTCOME_NONE;
		json_decref(json);
		return;
	}
	*line = (struct left_line){.next = l->lines, .l = l, .s = s, .kind = kind, .json = json};
	l->lines = line;
	if (ask_line(line) == 0)
		l->waiting++;
	else
		l->failed = true;
}

static int tell_all(struct left_behind *l, struct store *s)
{
	char *text = NULL, path[64];
	size_t bytes = 0;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", l->fd);
	l->waiting = 1; /* this one */
	if (read_file(path, FILE_MAX_BYTES, &text, &bytes) < 0) {
		l->failed = true;
		text = NULL;
		bytes = 0;
	}
	for (size_t at = 0; at < bytes;) {
		size_t n = strcspn(text + at, "\n");

		tell_line(l, s, text + at, n);
		at += n + 1;
	}
	free(text);
	return --l->waiting;
}

static void inherit(struct outcomes *f, const char *name, struct store *s)
{
	struct left_behind *l = calloc(1, sizeof(*l));
	int n;

	if (!l)
		return;
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->dirfd = dup(f->dirfd);
	l->fd = openat(f->dirfd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (l->dirfd < 0 || l->fd < 0 || flock(l->fd, LOCK_EX | LOCK_NB) < 0 ||
		!is_there(f->dirfd, name, l->fd)) {
		if (l->fd >= 0)
			close(l->fd);
		if (l->dirfd >= 0)
			close(l->dirfd);
		free(l);
		return;
	}
	l->next = f->left;
	l->back = &f->left;
	if (l->next)
		l->next->back = &l->next;
	f->left = l;
	n = tell_all(l, s);
	if (n)
		log_warn("%d outcomes that a process before left in '%s' are told the database", n,
			name);
	else
		forget(l, !l->failed);
}

void outcomes_inherit(struct outcomes *f, struct store *s)
{
	int fd = openat(f->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir))) {
		size_t n = strlen(e->d_name), suffix = strlen(SUFFIX);

		if (n > suffix && strcmp(e->d_name + n - suffix, SUFFIX) == 0 &&
			strcmp(e->d_name, f->name) != 0)
			inherit(f, e->d_name, s);
	}
	closedir(dir);
}
