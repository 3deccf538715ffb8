#include "wave.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dl.h"

#define SNDFILE_SO "libsndfile.so.1"
#define RIFF_MAX \
	((int64_t)UINT32_MAX - 4096) /* bytes of samples in a file that counts in 32 bits */
#define HEAD_BYTES 512               /* the comment is within these */
#define AHEAD_BYTES \
	(8 << 20) /* then the kernel is told to begin with the disk, or fsync has it all to do */

static struct {
	__typeof__(sf_open_fd) *open;
	__typeof__(sf_close) *close;
	__typeof__(sf_set_string) *set_string;
	__typeof__(sf_write_raw) *write;
	__typeof__(sf_strerror) *text;
	__typeof__(sf_error_number) *number_text;
} sf;

struct wave {
	SNDFILE *snd;    /* the writer */
	int fd;          /* of the file */
	int64_t written; /* bytes of samples */
	int64_t pushed;  /* of these, on their way to the disk */
};

static char reason[256]; /* of the last failure */

const char *wave_error(void)
{
	return reason;
}

static int fail(const char *text)
{
	snprintf(reason, sizeof(reason), "%s", text);
	return -1;
}

/* A system call within the library failed, or it tells itself why: with a full stop and a line feed. */
static int fail_library(const char *text)
{
	if (errno)
		return fail(strerror(errno));
	snprintf(reason, sizeof(reason), "libsndfile: %s", text);
	reason[strcspn(reason, ".\n")] = '\0';
	return -1;
}

static int load_library(void)
{
	static const struct dl_symbol symbols[] = {
		{"sf_open_fd", &sf.open},
		{"sf_close", &sf.close},
		{"sf_set_string", &sf.set_string},
		{"sf_write_raw", &sf.write},
		{"sf_strerror", &sf.text},
		{"sf_error_number", &sf.number_text},
		{0},
	};

	if (sf.open || dl_load(SNDFILE_SO, symbols) == 0)
		return 0;
	return fail(errno == ENOENT ? SNDFILE_SO " is not installed" : SNDFILE_SO " is too old");
}

int wave_open(int fd, const struct wave_form *form, struct wave **ret)
{
	int kind = form->bytes_max > RIFF_MAX ? SF_FORMAT_RF64 : SF_FORMAT_WAV;
	SF_INFO info = {.samplerate = form->rate_hz,
		.channels = form->channels,
		.format = kind | SF_FORMAT_PCM_16};
	struct wave *w;

	if (load_library() == -1)
		return -1;
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail(strerror(ENOMEM));
	errno = 0;
	w->fd = fd;
	w->snd = sf.open(fd, SFM_WRITE, &info, SF_FALSE);
	if (!w->snd) {
		free(w);
		return fail_library(sf.text(NULL));
	}
	(void)sf.set_string(w->snd, SF_STR_COMMENT, form->comment);
	*ret = w;
	return 0;
}

int wave_write(struct wave *w, const void *p, size_t bytes)
{
	errno = 0;
	if (sf.write(w->snd, p, (sf_count_t)bytes) != (sf_count_t)bytes)
		return fail_library(sf.text(w->snd));
	w->written += (int64_t)bytes;
	if (w->written - w->pushed >= AHEAD_BYTES) {
		(void)sync_file_range(
			w->fd, w->pushed, w->written - w->pushed, SYNC_FILE_RANGE_WRITE);
		w->pushed = w->written;
	}
	return 0;
}

int wave_close(struct wave *w)
{
	int err;

	errno = 0;
	err = sf.close(w->snd);
	free(w);
	return err ? fail_library(sf.number_text(err)) : 0;
}

bool wave_is(int dirfd, const char *name, const char *comment)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char head[HEAD_BYTES];
	ssize_t n;

	if (fd == -1)
		return false;
	n = pread(fd, head, sizeof(head), 0);
	close(fd);
	return n > 0 && memmem(head, (size_t)n, comment, strlen(comment) + 1);
}
