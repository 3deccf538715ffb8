#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "base/dl.h"
#include "wav.h"
#include "why.h"

#define BLOCK 8192 /* frames read at a time */

static struct {
	__typeof__(sf_open_fd) *open;
	__typeof__(sf_close) *close;
	__typeof__(sf_readf_short) *read;
	__typeof__(sf_readf_float) *read_float;
	__typeof__(sf_error) *error;
	__typeof__(sf_strerror) *text;
} sf;

static int load(void)
{
	if (dl_load("libsndfile.so.1",
		    (struct dl_symbol[]){{"sf_open_fd", &sf.open}, {"sf_close", &sf.close},
			    {"sf_readf_short", &sf.read}, {"sf_readf_float", &sf.read_float},
			    {"sf_error", &sf.error}, {"sf_strerror", &sf.text}, {0}}) == -1)
		return why(EXIT_CONFIG, "libsndfile is not installed");
	return 0;
}

static int why_sndfile(SNDFILE *snd)
{
	const char *text = sf.text(snd);

	return why(EXIT_DATA, "libsndfile: %.*s", (int)strcspn(text, ".\n"), text);
}

/* Not waiting for the other end of a FIFO of this name. */
static int open_part(int dirfd, const char *name, struct source_part *ret)
{
	struct source_part p = {.fd = -1};

	if (strlen(name) >= sizeof(p.name)) {
		errno = ENAMETOOLONG;
		return why_errno("%s", "");
	}
	memcpy(p.name, name, strlen(name) + 1);
	p.fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (p.fd == -1 && errno == ELOOP)
		return why(EXIT_DATA, "'%s' is a symbolic link", name);
	if (p.fd == -1)
		return why_errno("cannot open '%s'", name);
	if (fstat(p.fd, &p.st) == -1 || !S_ISREG(p.st.st_mode)) {
		close(p.fd);
		return why(EXIT_DATA, "'%s' is no regular file", name);
	}
	(void)posix_fadvise(p.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*ret = p;
	return 0;
}

/* What no MP3 can have. */
static int check(const struct source *s)
{
	if (s->rate_hz < SOURCE_RATE_MIN_HZ || s->rate_hz > SOURCE_RATE_MAX_HZ)
		return why(EXIT_DATA, "%d samples a second, not %d to %d", s->rate_hz,
			SOURCE_RATE_MIN_HZ, SOURCE_RATE_MAX_HZ);
	if (s->channels < 1 || s->channels > 2)
		return why(EXIT_DATA, "%d channels, not one or two", s->channels);
	if (s->frames / s->rate_hz >= SOURCE_MAX_S)
		return why(EXIT_DATA, "it lasts longer than %d hours", SOURCE_MAX_S / 3600);
	return 0;
}

static int finish(struct source *s, int err, struct source *ret)
{
	if (!err)
		err = check(s);
	if (err)
		source_close(s);
	else
		*ret = *s;
	return err;
}

static struct source closed(int dirfd)
{
	return (struct source){.dirfd = dirfd, .part = {{.fd = -1}, {.fd = -1}}};
}

int source_open_raw(int dirfd, const char *name, int rate_hz, int channels, struct source *ret)
{
	struct source s = closed(dirfd);
	int err = open_part(dirfd, name, &s.part[0]);

	s.rate_hz = rate_hz;
	s.channels = channels;
	if (!err)
		s.frames = s.part[0].st.st_size / 2 / channels;
	return finish(&s, err, ret);
}

int source_open_pair(
	int dirfd, const char *left, const char *right, int rate_hz, struct source *ret)
{
	const char *names[2] = {left, right};
	struct source s = closed(dirfd);
	int err = 0;

	s.rate_hz = rate_hz;
	s.channels = 2;
	s.pair = true;
	for (int i = 0; i < 2 && !err; i++) {
		if (faccessat(dirfd, names[i], F_OK, AT_SYMLINK_NOFOLLOW) == -1 && errno == ENOENT)
			continue;
		err = open_part(dirfd, names[i], &s.part[i]);
		if (!err)
			s.frames = max_i64(s.frames, s.part[i].st.st_size / 2);
	}
	return finish(&s, err, ret);
}

int source_open_wav(int dirfd, const char *name, struct source *ret)
{
	struct source s = closed(dirfd);
	SF_INFO info = {0};
	int err = open_part(dirfd, name, &s.part[0]);

	if (!err)
		err = wav_whole(s.part[0].fd, s.part[0].st.st_size);
	if (!err)
		err = load();
	if (!err) {
		s.snd = sf.open(s.part[0].fd, SFM_READ, &info, 0);
		err = s.snd ? 0 : why_sndfile(NULL);
	}
	s.floats = (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_FLOAT ||
		(info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_DOUBLE;
	s.rate_hz = info.samplerate;
	s.channels = info.channels;
	s.frames = info.frames;
	return finish(&s, err, ret);
}

void source_close(struct source *s)
{
	if (s->snd)
		sf.close(s->snd);
	s->snd = NULL;
	for (int i = 0; i < 2; i++) {
		if (s->part[i].fd != -1)
			close(s->part[i].fd);
		s->part[i].fd = -1;
	}
}

/* Samples from their place in a file; beyond its end, or if there is none, they are silence. */
static int read_part(const struct source_part *p, int64_t at, int16_t *to, size_t samples)
{
	size_t there = p->fd == -1
		? 0
		: (size_t)max_i64(0, min_i64((int64_t)samples, p->st.st_size / 2 - at));
	size_t done = 0;
	ssize_t n;

	while (done < 2 * there) {
		n = pread(p->fd, (char *)to + done, 2 * there - done, at * 2 + (off_t)done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? why(EXIT_TRY_AGAIN, "'%s' has become shorter", p->name)
				      : why_errno("cannot read '%s'", p->name);
		done += (size_t)n;
	}
	pcm_from_le(to, to, there);
	memset(to + there, 0, 2 * (samples - there));
	return 0;
}

static int read_pair(const struct source *s, int16_t *samples, size_t frames)
{
	int16_t side[BLOCK] = {0};
	int err = 0;

	for (int c = 0; c < 2 && !err; c++) {
		err = read_part(&s->part[c], s->at, side, frames);
		for (size_t i = 0; i < frames && !err; i++)
			samples[2 * i + (size_t)c] = side[i];
	}
	return err;
}

/* libsndfile would cut 1.0 down to the sample 1. */
static sf_count_t read_float(SNDFILE *snd, int channels, int16_t *samples, size_t frames)
{
	float block[2 * BLOCK];
	sf_count_t n = sf.read_float(snd, block, (sf_count_t)frames);

	for (sf_count_t i = 0; i < n * channels; i++)
		samples[i] = pcm_from_float(block[i] * 32768);
	return n;
}

static int read_wav(const struct source *s, int16_t *samples, size_t frames)
{
	sf_count_t n = s->floats ? read_float(s->snd, s->channels, samples, frames)
				 : sf.read(s->snd, samples, (sf_count_t)frames);

	if (n == (sf_count_t)frames)
		return 0;
	if (sf.error(s->snd))
		return why_sndfile(s->snd);
	return why(EXIT_TRY_AGAIN, "'%s' has become shorter", s->part[0].name);
}

ssize_t source_read(struct source *s, int16_t *samples, size_t frames)
{
	size_t n = (size_t)min_i64(min_i64((int64_t)frames, BLOCK), s->frames - s->at);
	int err;

	if (n == 0)
		return 0;
	if (s->snd)
		err = read_wav(s, samples, n);
	else if (s->pair)
		err = read_pair(s, samples, n);
	else
		err = read_part(&s->part[0], s->at * s->channels, samples, n * (size_t)s->channels);
	s->at += (int64_t)n;
	return err ? -err : (ssize_t)n;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int source_unchanged(const struct source *s)
{
	for (int i = 0; i < 2; i++) {
		const struct source_part *p = &s->part[i];
		struct stat st;

		if (p->fd == -1)
			continue;
		if (fstatat(s->dirfd, p->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
			st.st_ino != p->st.st_ino || st.st_dev != p->st.st_dev ||
			st.st_size != p->st.st_size || !same_time(st.st_mtim, p->st.st_mtim))
			return why(EXIT_TRY_AGAIN, "'%s' has changed meanwhile", p->name);
	}
	return 0;
}

struct timespec source_mtime(const struct source *s)
{
	struct timespec last = {0};

	for (int i = 0; i < 2; i++) {
		struct timespec t = s->part[i].st.st_mtim;

		if (s->part[i].fd != -1 &&
			(t.tv_sec > last.tv_sec ||
				(t.tv_sec == last.tv_sec && t.tv_nsec > last.tv_nsec)))
			last = t;
	}
	return last;
}

int source_remove(const struct source *s)
{
	for (int i = 0; i < 2; i++)
		if (s->part[i].fd != -1 && unlinkat(s->dirfd, s->part[i].name, 0) == -1 &&
			errno != ENOENT)
			return why_errno("cannot remove '%s'", s->part[i].name);
	return 0;
}
