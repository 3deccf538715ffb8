#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <mpg123.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dl.h"
#include "info.h"
#include "why.h"

#define BLOCK 16384          /* bytes of MP3 fed at a time */
#define SOUND (4 * 1152 * 8) /* bytes of samples taken at a time */

static struct {
	__typeof__(mpg123_init) *init;
	__typeof__(mpg123_new) *new;
	__typeof__(mpg123_delete) *delete;
	__typeof__(mpg123_param) *param;
	__typeof__(mpg123_open_feed) *open_feed;
	__typeof__(mpg123_decode) *decode;
	__typeof__(mpg123_getformat) *format;
	__typeof__(mpg123_strerror) *text;
} mpg;

static int load(void)
{
	static const struct dl_symbol symbols[] = {{"mpg123_init", &mpg.init},
		{"mpg123_new", &mpg.new}, {"mpg123_delete", &mpg.delete},
		{"mpg123_param", &mpg.param}, {"mpg123_open_feed", &mpg.open_feed},
		{"mpg123_decode", &mpg.decode}, {"mpg123_getformat", &mpg.format},
		{"mpg123_strerror", &mpg.text}, {0}};

	if (mpg.init)
		return 0;
	if (dl_load("libmpg123.so.0", symbols) == -1)
		return why(EXIT_CONFIG, "libmpg123 is not installed");
	(void)mpg.init();
	return 0;
}

/* The sound has begun: its shape, once and for all. */
static int began(mpg123_handle *m, struct profile *p)
{
	int channels, encoding;
	long rate;

	if (p->rate_hz)
		return why(EXIT_DATA, "it does not decode: another format in its middle");
	if (mpg.format(m, &rate, &channels, &encoding) != MPG123_OK ||
		encoding != MPG123_ENC_SIGNED_16 || channels < 1 || channels > PROFILE_CHANNELS)
		return why(EXIT_DATA, "it does not decode: of an unknown format");
	profile_init(p, (int)rate, channels);
	return 0;
}

/* Decode what was fed. */
static int decode(mpg123_handle *m, const uint8_t *bytes, size_t n, struct profile *p)
{
	int16_t sound[SOUND / 2];
	size_t got;
	int r, err = 0;

	do {
		r = mpg.decode(m, bytes, n, (unsigned char *)sound, sizeof(sound), &got);
		n = 0;
		if (r == MPG123_NEW_FORMAT)
			err = began(m, p);
		else if (r != MPG123_OK && r != MPG123_NEED_MORE && r != MPG123_DONE)
			err = why(EXIT_DATA, "it does not decode: %s", mpg.text(m));
		if (!err && got > 0 && p->rate_hz)
			profile_add(p, sound, got / sizeof(*sound) / (size_t)p->channels);
	} while (!err && r != MPG123_NEED_MORE && r != MPG123_DONE);
	return err;
}

static int decode_file(mpg123_handle *m, int fd, int64_t bytes, struct profile *p)
{
	uint8_t block[BLOCK];
	struct info info;
	int64_t at = 0;
	ssize_t n;
	int err = info_open(fd, bytes, &info);

	while (!err && at < bytes) {
		n = pread(fd, block, sizeof(block), at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? why(EXIT_TRY_AGAIN, "it has become shorter")
				      : why_errno("cannot read it");
		info_add(&info, at, block, (size_t)n);
		err = decode(m, block, (size_t)n, p);
		at += n;
	}
	if (!err)
		err = info_end(&info);
	if (!err && !p->rate_hz)
		err = why(EXIT_DATA, "there is no sound in it");
	return err;
}

/* Where it loses its way it must not find it again by itself: what it skips would be missing. */
static mpg123_handle *decoder(void)
{
	mpg123_handle *m = mpg.new(NULL, NULL);

	if (m &&
		(mpg.param(m, MPG123_FLAGS, MPG123_QUIET | MPG123_GAPLESS, 0) != MPG123_OK ||
			mpg.param(m, MPG123_RESYNC_LIMIT, 0, 0) != MPG123_OK ||
			mpg.open_feed(m) != MPG123_OK)) {
		mpg.delete(m);
		return NULL;
	}
	return m;
}

int verify_decode(int fd, struct profile *ret)
{
	struct profile p = {0};
	mpg123_handle *m;
	struct stat st;
	int err = load();

	if (err)
		return err;
	if (fstat(fd, &st) == -1)
		return why_errno("cannot look at it");
	/* What is in memory is not what is on the disk. It was written out before. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	m = decoder();
	if (!m)
		return why(EXIT_SYSTEM, "libmpg123 has no memory");
	err = decode_file(m, fd, st.st_size, &p);
	mpg.delete(m);
	if (!err && profile_end(&p) == -1)
		err = why(EXIT_SYSTEM, "no memory");
	if (err)
		profile_free(&p);
	else
		*ret = p;
	return err;
}
