#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "record/batch.h"
#include "why.h"

#define WAV "recording.wav"
#define CALLER "caller.s16"
#define BOT "bot.s16"

const char *const place_suffixes[] = {".wav", ".s16", ".raw", NULL};

/* The suffix of a sound file, as its place in place_suffixes; -1: it has none. */
static int suffix_of(const char *name)
{
	size_t n = strlen(name), k;

	for (int i = 0; place_suffixes[i]; i++) {
		k = strlen(place_suffixes[i]);
		if (n > k && strcmp(name + n - k, place_suffixes[i]) == 0)
			return i;
	}
	return -1;
}

static bool is_there(const struct place *p, const char *name)
{
	return faccessat(p->dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One name for several files: none of them has it, as one would replace what is left of another. */
static int check_rivals(const struct place *p, int suffix)
{
	size_t stem = strlen(p->file) - strlen(place_suffixes[suffix]);
	char rival[NAME_MAX + 8];

	for (int i = 0; place_suffixes[i]; i++) {
		if (i == suffix)
			continue;
		snprintf(rival, sizeof(rival), "%.*s%s", (int)stem, p->file, place_suffixes[i]);
		if (is_there(p, rival))
			return why(EXIT_DATA, "'%s' beside it becomes '%s', too", rival, p->mp3);
	}
	return 0;
}

/* A file: its folder, which may be that of a call. */
static int open_file(struct place *p)
{
	const char *base = strrchr(p->path, '/');
	char folder[PATH_MAX];
	int suffix;

	base = base ? base + 1 : p->path;
	suffix = suffix_of(base);
	if (suffix == -1)
		return why(EXIT_DATA, "it is neither a call directory nor a .wav, .s16 or .raw");
	if (strlen(base) > NAME_MAX ||
		format_path(folder, "%.*s", (int)(base - p->path), p->path) == -1) {
		errno = ENAMETOOLONG;
		return why_errno("%s", "");
	}
	snprintf(p->file, sizeof(p->file), "%s", base);
	snprintf(p->mp3, sizeof(p->mp3), "%.*s.mp3",
		(int)(strlen(base) - strlen(place_suffixes[suffix])), base);
	p->in_call = kept_open(*folder ? folder : ".", &p->call) == 0;
	p->dirfd = p->in_call ? p->call.fd
			      : open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dirfd == -1)
		return why_errno("cannot open its folder");
	return check_rivals(p, suffix);
}

int place_open(const char *path, struct place *ret)
{
	struct place p = {.path = path, .call = {.fd = -1}, .dirfd = -1};
	struct stat st;
	int err = 0;

	if (stat(path, &st) == -1)
		return errno == ENOENT ? why(EXIT_DATA, "%s", strerror(errno))
				       : why_errno("%s", "");
	if (!S_ISDIR(st.st_mode)) {
		err = open_file(&p);
	} else if (kept_open(path, &p.call) == -1) {
		err = errno == ENOENT ? why(EXIT_DATA, "it is no call directory")
				      : why_errno("%s", "");
	} else {
		p.in_call = p.whole_call = true;
		p.dirfd = p.call.fd;
		snprintf(p.mp3, sizeof(p.mp3), "recording.mp3");
	}
	if (err)
		place_close(&p);
	else
		*ret = p;
	return err;
}

void place_close(struct place *p)
{
	if (p->in_call)
		kept_close(&p->call);
	else if (p->dirfd != -1)
		close(p->dirfd);
	p->dirfd = -1;
}

/* Later of the two. */
static struct timespec later(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec) ? a : b;
}

/* When the last of them was written; 0: none is there. */
static struct timespec written(const struct place *p, const char *const names[])
{
	struct timespec last = {0};
	struct stat st;

	for (; *names; names++)
		if (fstatat(p->dirfd, *names, &st, AT_SYMLINK_NOFOLLOW) == 0)
			last = later(last, st.st_mtim);
	return last;
}

bool place_early(const struct place *p, int64_t older_s)
{
	static const char *const of_call[] = {CALLER, BOT, "events.jsonl", "call.json", NULL};
	const char *const of_file[] = {p->file, NULL};

	if (p->in_call && kept_state(&p->call) == KEPT_RUNNING)
		return true;
	return older_s > 0 &&
		time(NULL) - written(p, p->whole_call ? of_call : of_file).tv_sec < older_s;
}

enum place_done place_done(const struct place *p)
{
	static const char *const of_wav[] = {WAV, NULL}, *const of_pair[] = {CALLER, BOT, NULL};
	const char *const of_file[] = {p->file, NULL};
	const char *const *names = !p->whole_call ? of_file : is_there(p, WAV) ? of_wav : of_pair;
	struct timespec sound = written(p, names), last;
	struct stat st;

	if (fstatat(p->dirfd, p->mp3, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
		return PLACE_TO_DO;
	if (sound.tv_sec == 0)
		return PLACE_NO_MORE;
	last = later(sound, st.st_mtim);
	return last.tv_sec == st.st_mtim.tv_sec && last.tv_nsec == st.st_mtim.tv_nsec ? PLACE_DONE
										      : PLACE_TO_DO;
}

int place_pair(const struct place *p, struct source *ret)
{
	return source_open_pair(p->dirfd, CALLER, BOT, p->call.rate_hz, ret);
}

/* Samples without a header. */
static int open_raw(const struct place *p, const struct settings *set, struct source *ret)
{
	int64_t rate = set->rate_hz ? set->rate_hz : p->call.described ? p->call.rate_hz : 0;

	if (rate == 0)
		return why(EXIT_USAGE, "nothing tells its rate: name it with --rate");
	return source_open_raw(p->dirfd, p->file, (int)rate, (int)set->channels, ret);
}

int place_source(const struct place *p, const struct settings *set, struct source *ret)
{
	int err;

	if (p->whole_call)
		err = is_there(p, WAV) ? source_open_wav(p->dirfd, WAV, ret) : place_pair(p, ret);
	else if (suffix_of(p->file) == 0)
		err = source_open_wav(p->dirfd, p->file, ret);
	else
		err = open_raw(p, set, ret);
	if (err || ret->frames > 0)
		return err;
	source_close(ret);
	return p->whole_call ? BATCH_SKIPPED : why(EXIT_DATA, "there is no sound in it");
}
