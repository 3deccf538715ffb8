#include "audio/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/pcm.h"
#include "audio/resample.h"
#include "base/dl.h"
#include "base/dynbuf.h"

#define BLOCK 4096 /* samples moved at a time, of all channels together */
#define SNDFILE_SO "libsndfile.so.1"

static struct {
	__typeof__(sf_open) *open;
	__typeof__(sf_close) *close;
	__typeof__(sf_readf_float) *read;
	__typeof__(sf_error) *error;
	__typeof__(sf_strerror) *text;
} sf;

struct audio_file {
	int fd;             /* of headerless samples; -1: snd is read */
	SNDFILE *snd;       /* of any other format */
	size_t channels;    /* in it */
	struct resample *r; /* from its rate to the wanted one */
	const float *out;   /* what came out of it and is not yet taken */
	size_t out_n;       /* samples there */
	bool over;          /* nothing more comes out of it */
	sf_count_t claimed; /* frames it says it has; SF_COUNT_MAX: its end cannot be found */
	sf_count_t read;    /* frames that were there so far */
};

static char reason[256]; /* of the last failure */

PRINTF_LIKE(1, 2) static int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof reason, fmt, ap);
	va_end(ap);
	return -1;
}

static int fail_errno(void)
{
	return fail("%s", strerror(errno));
}

/* libsndfile ends its sentences with a full stop, ours go on. */
static int fail_sndfile(SNDFILE *snd)
{
	const char *text = sf.text(snd);
	size_t n = strlen(text);

	while (n > 0 && (text[n - 1] == '.' || text[n - 1] == '\n'))
		n--;
	return fail("libsndfile: %.*s", (int)n, text);
}

const char *audio_file_error(void)
{
	return reason;
}

/* What is no number, or beyond all sense, would spread in the resampler. */
static float sane(float f)
{
	const float most = 32768 * 256.0F;

	return f >= -most && f <= most ? f : f > 0 ? most : f < 0 ? -most : 0;
}

/* Frames of several channels to the mean of each. */
static void mix(float *to, const float *from, size_t frames, size_t channels)
{
	for (size_t i = 0; i < frames; i++) {
		float sum = 0;
		for (size_t k = 0; k < channels; k++)
			sum += *from++;
		to[i] = sane(sum / (float)channels * 32768);
	}
}

/* The next block through the resampler. What the header says of the length is not to be trusted: read to the end. */
static int decode(struct audio_file *f)
{
	size_t channels = f->channels ? f->channels : 1;
	float block[BLOCK], mono[BLOCK];
	sf_count_t frames = sf.read(f->snd, block, (sf_count_t)(BLOCK / channels));

	if (frames < 0 || sf.error(f->snd) != SF_ERR_NO_ERROR)
		return fail_sndfile(f->snd);
	mix(mono, block, (size_t)frames, channels);
	f->read += frames;
	f->over = frames == 0;
	if (resample_run_float(f->r, mono, (size_t)frames, f->over, &f->out, &f->out_n) < 0)
		return fail_errno();
	return 0;
}

static int load_library(void)
{
	static const struct dl_symbol symbols[] = {
		{"sf_open", &sf.open},
		{"sf_close", &sf.close},
		{"sf_readf_float", &sf.read},
		{"sf_error", &sf.error},
		{"sf_strerror", &sf.text},
		{0},
	};

	if (sf.open || dl_load(SNDFILE_SO, symbols) == 0)
		return 0;
	return fail(errno == ENOENT ? SNDFILE_SO " is not installed" : SNDFILE_SO " is too old");
}

static int open_resampler(struct audio_file *f, int from_hz, int to_hz)
{
	if (resample_open(from_hz, to_hz, &f->r) == 0)
		return 0;
	if (errno == EINVAL)
		return fail("%d Hz is not within 8000 to 192000", from_hz);
	if (errno == ENOENT)
		return fail("libsamplerate.so.0 is not installed");
	return fail_errno();
}

static int open_sound(struct audio_file *f, const char *path, int rate_hz)
{
	SF_INFO info = {0};

	if (load_library() < 0)
		return -1;
	f->snd = sf.open(path, SFM_READ, &info);
	if (!f->snd)
		return fail_sndfile(NULL);
	if (info.channels < 1 || info.channels > BLOCK)
		return fail("%d channels", info.channels);
	f->channels = (size_t)info.channels;
	f->claimed = info.frames;
	return open_resampler(f, info.samplerate, rate_hz);
}

/* A FIFO would be waited for, and libsndfile calls every failure to open a system error. Its descriptor, or -1. */
static int open_regular(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), result = 0;

	if (fd < 0)
		return fail_errno();
	if (fstat(fd, &st) < 0)
		result = fail_errno();
	else if (!S_ISREG(st.st_mode))
		result = fail("not a regular file");
	else if (st.st_size == 0)
		result = fail("empty file");
	if (result == 0)
		return fd;
	close(fd);
	return -1;
}

int audio_file_open(const char *path, int rate_hz, struct audio_file **ret)
{
	const char *dot = strrchr(path, '.');
	struct audio_file *f;
	int fd;

	if (rate_hz < 8000 || rate_hz > 192000)
		return fail("%d Hz cannot be had", rate_hz);
	fd = open_regular(path);
	if (fd < 0)
		return -1;
	f = malloc(sizeof *f);
	if (!f) {
		close(fd);
		return fail_errno();
	}
	*f = (struct audio_file){.fd = fd};
	if (!dot || strcmp(dot, ".s16") != 0) {
		close(fd);
		f->fd = -1;
		if (open_sound(f, path, rate_hz) < 0) {
			audio_file_close(f);
			return -1;
		}
	}
	*ret = f;
	return 0;
}

void audio_file_close(struct audio_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->snd)
		sf.close(f->snd);
	resample_close(f->r);
	free(f);
}

/* Half a sample at the end is what a recorder leaves that was killed. */
static ssize_t read_raw(int fd, int16_t *samples, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n * sizeof *samples) {
		got = read(fd, (char *)samples + done, n * sizeof *samples - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno();
		if (got == 0)
			break;
		done += (size_t)got;
	}
	pcm_from_le(samples, samples, done / sizeof *samples);
	return (ssize_t)(done / sizeof *samples);
}

/* What is decoded of the next n samples, at least one but at the end. */
static ssize_t decoded(struct audio_file *f, size_t n, const float **ret)
{
	while (f->out_n == 0 && !f->over)
		if (decode(f) < 0)
			return -1;
	n = n < f->out_n ? n : f->out_n;
	*ret = f->out;
	f->out += n;
	f->out_n -= n;
	return (ssize_t)n;
}

ssize_t audio_file_read(struct audio_file *f, int16_t *samples, size_t n)
{
	const float *from;
	size_t done = 0;
	ssize_t got = 1;

	if (f->fd >= 0)
		return read_raw(f->fd, samples, n);
	while (done < n && (got = decoded(f, n - done, &from)) > 0)
		for (ssize_t i = 0; i < got; i++)
			samples[done++] = pcm_from_float(from[i]);
	return got < 0 ? -1 : (ssize_t)done;
}

ssize_t audio_file_read_float(struct audio_file *f, float *samples, size_t n)
{
	int16_t raw[BLOCK];
	const float *from;
	size_t done = 0;
	ssize_t got = 1;

	while (f->fd >= 0 && done < n && got > 0) {
		got = read_raw(f->fd, raw, n - done < BLOCK ? n - done : BLOCK);
		for (ssize_t i = 0; i < got; i++)
			samples[done++] = raw[i];
	}
	while (f->fd < 0 && done < n && (got = decoded(f, n - done, &from)) > 0) {
		memcpy(samples + done, from, (size_t)got * sizeof *samples);
		done += (size_t)got;
	}
	return got < 0 ? -1 : (ssize_t)done;
}

bool audio_file_cut(const struct audio_file *f)
{
	return f->over && f->read < f->claimed;
}

static int load(struct audio_file *f, int max_s, struct dynbuf *b)
{
	int16_t block[BLOCK];
	ssize_t n;

	while ((n = audio_file_read(f, block, BLOCK)) > 0) {
		if ((size_t)n * sizeof *block > b->max - b->n)
			return fail("longer than %d s", max_s);
		if (dynbuf_add(b, block, (size_t)n * sizeof *block) < 0)
			return fail_errno();
	}
	if (n == 0 && b->n == 0)
		return fail("no sound in it");
	return (int)n;
}

int audio_file_load(const char *path, int rate_hz, int max_s, int16_t **ret, size_t *ret_samples)
{
	struct audio_file *f = NULL;
	struct dynbuf b;
	int result;

	if (max_s < 1)
		return fail("at most %d s cannot be had", max_s);
	if (audio_file_open(path, rate_hz, &f) < 0 || !f)
		return -1;
	dynbuf_init(&b, (size_t)rate_hz * (size_t)max_s * sizeof(int16_t));
	result = load(f, max_s, &b);
	audio_file_close(f);
	if (result < 0) {
		dynbuf_free(&b);
		return -1;
	}
	*ret = (int16_t *)b.p;
	*ret_samples = b.n / sizeof(int16_t);
	return 0;
}

static int write_wav(int fd, int rate_hz, const int16_t *samples, size_t n)
{
	uint8_t header[PCM_WAV_HEAD_BYTES], block[BLOCK * sizeof(int16_t)];

	pcm_wav_head(header, rate_hz, 1, (uint32_t)(n * sizeof(int16_t)));
	if (write_all(fd, header, sizeof header) < 0)
		return -1;
	while (n > 0) {
		size_t now = n < BLOCK ? n : BLOCK;
		pcm_to_le(block, samples, now);
		if (write_all(fd, block, now * sizeof(int16_t)) < 0)
			return -1;
		samples += now;
		n -= now;
	}
	return 0;
}

int audio_file_write(int fd, int rate_hz, const int16_t *samples, size_t n)
{
	if (n > (UINT32_MAX - PCM_WAV_HEAD_BYTES) / sizeof(int16_t)) {
		errno = EFBIG;
		return fail("longer than a WAV file can be");
	}
	return write_wav(fd, rate_hz, samples, n) < 0 ? fail_errno() : 0;
}

int audio_file_save(const char *path, int rate_hz, const int16_t *samples, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd < 0)
		return fail_errno();
	int result = audio_file_write(fd, rate_hz, samples, n);
	if (close(fd) < 0 && result == 0)
		result = fail_errno();
	return result;
}
