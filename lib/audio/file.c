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
#define WAV_HEADER_BYTES 44
#define SNDFILE_SO "libsndfile.so.1"

static struct {
	__typeof__(sf_open) *open;
	__typeof__(sf_close) *close;
	__typeof__(sf_readf_float) *read;
	__typeof__(sf_error) *error;
	__typeof__(sf_strerror) *text;
} sf;

/* What is being loaded, and what it may become. */
struct sound {
	struct dynbuf out; /* samples so far */
	int rate_hz;       /* wanted */
	int max_s;         /* longest, seconds */
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

static int fail_too_long(const struct sound *s)
{
	return fail("longer than %d s", s->max_s);
}

const char *audio_file_error(void)
{
	return reason;
}

/* Through the resampler to the end of out, within its maximum. */
static int convert(struct resample *r, const int16_t *in, size_t n, bool last, struct sound *s)
{
	const int16_t *part;
	size_t samples;

	if (resample_run(r, in, n, last, &part, &samples) < 0)
		return fail_errno();
	if (samples * sizeof *part > s->out.max - s->out.n)
		return fail_too_long(s);
	return dynbuf_add(&s->out, part, samples * sizeof *part) < 0 ? fail_errno() : 0;
}

/* Frames of several channels to the mean of each. */
static void mix(int16_t *to, const float *from, size_t frames, size_t channels)
{
	for (size_t i = 0; i < frames; i++) {
		float sum = 0;
		for (size_t k = 0; k < channels; k++)
			sum += *from++;
		to[i] = pcm_from_float(sum / (float)channels * 32768);
	}
}

static int decode(SNDFILE *snd, size_t channels, struct resample *r, struct sound *s)
{
	float block[BLOCK];
	int16_t mono[BLOCK];
	sf_count_t frames;

	/* What the header says of the length is not to be trusted: read to the end. */
	do {
		frames = sf.read(snd, block, (sf_count_t)(BLOCK / channels));
		if (frames < 0 || sf.error(snd) != SF_ERR_NO_ERROR)
			return fail_sndfile(snd);
		mix(mono, block, (size_t)frames, channels);
		if (convert(r, mono, (size_t)frames, frames == 0, s) < 0)
			return -1;
	} while (frames > 0);
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

static int load_sound(const char *path, struct sound *s)
{
	SF_INFO info = {0};
	struct resample *r;
	int result = -1;

	if (load_library() < 0)
		return -1;
	SNDFILE *snd = sf.open(path, SFM_READ, &info);
	if (!snd)
		return fail_sndfile(NULL);
	if (info.channels < 1 || info.channels > BLOCK) {
		fail("%d channels", info.channels);
	} else if (resample_open(info.samplerate, s->rate_hz, &r) == 0) {
		result = decode(snd, (size_t)info.channels, r, s);
		resample_close(r);
	} else if (errno == EINVAL) {
		fail("%d Hz is not within 8000 to 192000", info.samplerate);
	} else if (errno == ENOENT) {
		fail("libsamplerate.so.0 is not installed");
	} else {
		fail_errno();
	}
	sf.close(snd);
	return result;
}

static int load_raw(const char *path, struct sound *s)
{
	char *bytes;
	size_t n;

	/* Half a sample at the end is what a recorder leaves that was killed. */
	if (read_file(path, s->out.max + 1, &bytes, &n) < 0)
		return errno == EFBIG ? fail_too_long(s) : fail_errno();
	n -= n % sizeof(int16_t);
	int result = dynbuf_add(&s->out, bytes, n) < 0 ? fail_errno() : 0;
	free(bytes);
	if (result == 0)
		pcm_from_le((int16_t *)s->out.p, s->out.p, n / sizeof(int16_t));
	return result;
}

/* A FIFO would be waited for, and libsndfile calls every failure to open a system error. */
static int check_regular(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fail_errno();
	int result = 0;
	if (fstat(fd, &st) < 0)
		result = fail_errno();
	else if (!S_ISREG(st.st_mode))
		result = fail("not a regular file");
	else if (st.st_size == 0)
		result = fail("empty file");
	close(fd);
	return result;
}

int audio_file_load(const char *path, int rate_hz, int max_s, int16_t **ret, size_t *ret_samples)
{
	const char *dot = strrchr(path, '.');
	struct sound s = {.rate_hz = rate_hz, .max_s = max_s};

	if (rate_hz < 8000 || rate_hz > 192000 || max_s < 1)
		return fail("%d Hz and at most %d s cannot be had", rate_hz, max_s);
	if (check_regular(path) < 0)
		return -1;
	dynbuf_init(&s.out, (size_t)rate_hz * (size_t)max_s * sizeof(int16_t));
	int result = dot && strcmp(dot, ".s16") == 0 ? load_raw(path, &s) : load_sound(path, &s);
	if (result == 0 && s.out.n == 0)
		result = fail("no sound in it");
	if (result < 0) {
		dynbuf_free(&s.out);
		return -1;
	}
	*ret = (int16_t *)s.out.p;
	*ret_samples = s.out.n / sizeof(int16_t);
	return 0;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

/* RIFF/WAVE with a fmt chunk of plain PCM (Microsoft, Multimedia Programming Interface 1.0, 1991). */
static void wav_header(uint8_t h[WAV_HEADER_BYTES], uint32_t rate_hz, uint32_t data_bytes)
{
	memcpy(h, "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0........\2\0\x10\0data....", WAV_HEADER_BYTES);
	put_le32(h + 4, WAV_HEADER_BYTES - 8 + data_bytes);
	put_le32(h + 24, rate_hz);
	put_le32(h + 28, rate_hz * 2);
	put_le32(h + 40, data_bytes);
}

static int write_wav(int fd, int rate_hz, const int16_t *samples, size_t n)
{
	uint8_t header[WAV_HEADER_BYTES], block[BLOCK * sizeof(int16_t)];

	wav_header(header, (uint32_t)rate_hz, (uint32_t)(n * sizeof(int16_t)));
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

int audio_file_save(const char *path, int rate_hz, const int16_t *samples, size_t n)
{
	if (n > (UINT32_MAX - WAV_HEADER_BYTES) / sizeof(int16_t))
		return fail("longer than a WAV file can be");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd < 0)
		return fail_errno();
	int result = write_wav(fd, rate_hz, samples, n) < 0 ? fail_errno() : 0;
	if (close(fd) < 0 && result == 0)
		result = fail_errno();
	return result;
}
