#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/file.h"
#include "base/dynbuf.h"
#include "base/hmac.h"

#define SIZE_MAX_BYTES (INT64_C(2) << 30) /* more than an hour of any format in use */
#define CHUNKS_MAX 1000                   /* in front of the samples */
#define UNKNOWN 0x7ffff000U /* a size from here on is that of a program that wrote to a pipe */
#define SLACK 64            /* bytes that some programs count too many, and nobody hears */
#define BLOCK 16384

PRINTF_LIKE(3, 4) static int fail(char why[WHY_MAX], int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, WHY_MAX, fmt, ap);
	va_end(ap);
	return code;
}

static int fail_errno(char why[WHY_MAX])
{
	return fail(why, EXIT_IO, "%s", strerror(errno));
}

int hash_file(int fd, char ret[HASH_MAX])
{
	uint8_t block[BLOCK], hash[SHA256_BYTES];
	struct sha256 s;
	off_t at = 0;
	ssize_t n;

	sha256_begin(&s);
	while ((n = pread(fd, block, sizeof(block), at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		sha256_add(&s, block, (size_t)n);
		at += n;
	}
	sha256_end(&s, hash);
	hex_text(hash, SHA256_BYTES, ret);
	return 0;
}

static uint32_t get32(const uint8_t *p, bool little)
{
	return little ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]
		      : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Where the samples end, as the chunks of WAV (RIFF, RIFX) or AIFF (FORM) say; 0: they do not. */
static int64_t end_of_chunk(int fd, const char *id, bool little)
{
	int64_t at = 12;
	uint8_t head[8];

	for (int i = 0; i < CHUNKS_MAX && pread(fd, head, 8, at) == 8; i++) {
		uint32_t bytes = get32(head + 4, little);

		if (memcmp(head, id, 4) == 0)
			return bytes < UNKNOWN ? at + 8 + bytes : 0;
		at += 8 + (int64_t)bytes + bytes % 2;
	}
	return 0;
}

/* libsndfile takes what is there for all there is, in these formats; in others the decoder knows (audio_file_cut). */
static int64_t claimed_end(int fd)
{
	uint8_t head[12];

	if (pread(fd, head, 12, 0) != 12)
		return 0;
	if (memcmp(head, "RIFF", 4) == 0 || memcmp(head, "RIFX", 4) == 0)
		return end_of_chunk(fd, "data", head[3] == 'F');
	if (memcmp(head, "FORM", 4) == 0)
		return end_of_chunk(fd, "SSND", false);
	if (memcmp(head, ".snd", 4) == 0 && get32(head + 8, false) < UNKNOWN)
		return (int64_t)get32(head + 4, false) + get32(head + 8, false);
	return 0;
}

static int look(int fd, struct source *s, char why[WHY_MAX])
{
	int64_t end;

	if (fstat(fd, &s->st) < 0)
		return fail_errno(why);
	if (!S_ISREG(s->st.st_mode))
		return fail(why, EXIT_DATA, "not a regular file");
	if (s->st.st_size == 0)
		return fail(why, EXIT_DATA, "empty file");
	if (s->st.st_size > SIZE_MAX_BYTES)
		return fail(why, EXIT_DATA, "larger than 2 GB, and no prompt");
	end = claimed_end(fd);
	if (end > s->st.st_size + SLACK)
		return fail(why, EXIT_DATA, "cut off: %jd of %jd bytes are there",
			(intmax_t)s->st.st_size, (intmax_t)end);
	return hash_file(fd, s->hash) < 0 ? fail_errno(why) : 0;
}

int source_open(const char *path, struct source *ret, char why[WHY_MAX])
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), code;

	if (fd < 0)
		return fail_errno(why);
	*ret = (struct source){.path = path};
	code = look(fd, ret, why);
	close(fd);
	return code;
}

static bool changed(const struct source *s)
{
	const struct stat *a = &s->st;
	struct stat b;

	return stat(s->path, &b) < 0 || a->st_dev != b.st_dev || a->st_ino != b.st_ino ||
		a->st_size != b.st_size || a->st_mtim.tv_sec != b.st_mtim.tv_sec ||
		a->st_mtim.tv_nsec != b.st_mtim.tv_nsec;
}

static int read_all(struct audio_file *f, int rate_hz, struct dynbuf *b, char why[WHY_MAX])
{
	float block[BLOCK / sizeof(float)];
	ssize_t n;

	dynbuf_init(b, (size_t)rate_hz * AUDIO_FILE_MAX_S * sizeof(float));
	while ((n = audio_file_read_float(f, block, ARRAY_LEN(block))) > 0) {
		if ((size_t)n * sizeof(float) > b->max - b->n)
			return fail(why, EXIT_DATA, "longer than %d s", AUDIO_FILE_MAX_S);
		if (dynbuf_add(b, block, (size_t)n * sizeof(float)) < 0)
			return fail(why, EXIT_SYSTEM, "%s", strerror(errno));
	}
	if (n < 0)
		return fail(why, EXIT_DATA, "%s", audio_file_error());
	if (audio_file_cut(f))
		return fail(why, EXIT_DATA, "cut off after %.1f s",
			(double)b->n / sizeof(float) / rate_hz);
	return b->n ? 0 : fail(why, EXIT_DATA, "no sound in it");
}

int source_load(const struct source *s, int rate_hz, float **ret, size_t *ret_n, char why[WHY_MAX])
{
	struct audio_file *f;
	struct dynbuf b;
	int code;

	if (audio_file_open(s->path, rate_hz, &f) < 0)
		return fail(why, EXIT_DATA, "%s", audio_file_error());
	code = read_all(f, rate_hz, &b, why);
	audio_file_close(f);
	if (changed(s))
		code = fail(why, EXIT_TRY_AGAIN, "it was changed while it was read");
	if (code) {
		dynbuf_free(&b);
		return code;
	}
	*ret = (float *)(void *)b.p;
	*ret_n = b.n / sizeof(float);
	return 0;
}
