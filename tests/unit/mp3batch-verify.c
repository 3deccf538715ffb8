/* mp3batch, what it trusts: sources that change, MP3s with a few bytes wrong, profiles. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "encode.h"
#include "random.h"
#include "tap.h"
#include "verify.h"
#include "why.h"

#define RATE 8000
#define SECONDS 5
#define FLIPS 400
#define INFO_TOLD 169 /* bytes of the first frame, of one channel, up to its end of what it tells */
#define INFO_FRAME 288 /* bytes of all of it */

static uint64_t seed = 1;

/* A tone that comes and goes, with noise: something in every second. */
static void make_source(const char *path, int seconds)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int16_t s;

	for (int i = 0; i < seconds * RATE; i++) {
		s = (int16_t)(6000 * sin(i * 0.3) * sin(i * 0.0007) +
			(double)random_below(&seed, 400));
		if (write(fd, &s, 2) != 2)
			abort();
	}
	close(fd);
}

static void sources(void)
{
	int16_t samples[RATE];
	struct source s;
	int fd;

	make_source("x.s16", 2);
	is_int(source_open_raw(AT_FDCWD, "x.s16", RATE, 1, &s), 0, "a source is opened");
	is_int(s.frames, 2 * RATE, "it has its samples");
	is_int(source_unchanged(&s), 0, "it is what it was");
	is_int(source_read(&s, samples, 100), 100, "it is read");
	fd = open("x.s16", O_WRONLY | O_APPEND);
	is_int(write(fd, "ab", 2), 2, "more is written to it");
	close(fd);
	is_int(source_unchanged(&s), EXIT_TRY_AGAIN, "then it has changed");
	is_int(truncate("x.s16", 1000), 0, "it is cut");
	is_int(source_read(&s, samples, RATE), -EXIT_TRY_AGAIN, "that is noticed when it is read");
	is_str(why_text(), "'x.s16' has become shorter", "and said");
	source_close(&s);
	make_source("x.s16", 1);
	make_source("y.s16", 1);
	is_int(source_open_raw(AT_FDCWD, "x.s16", RATE, 1, &s), 0, "a source");
	is_int(rename("y.s16", "x.s16"), 0, "in whose place another one is put");
	is_int(source_unchanged(&s), EXIT_TRY_AGAIN, "has changed, too");
	source_close(&s);
}

/* Encode x.s16; its profile stays. */
static int encoded(const char *bitrate, struct profile *ret)
{
	int fd = open("x.mp3", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct tags tags = {.title = "x"};
	struct encode_want want;
	struct source s;

	profile_init(ret, RATE, 1);
	if (encode_parse(bitrate, &want) || source_open_raw(AT_FDCWD, "x.s16", RATE, 1, &s) ||
		encode(&want, &s, &tags, fd, ret))
		abort();
	source_close(&s);
	return fd;
}

/* 0: it passes for a copy. */
static int verdict(int fd, const struct profile *of)
{
	struct profile mp3;
	int err = verify_decode(fd, &mp3);

	if (err)
		return err;
	err = profile_compare(&mp3, of, -1);
	profile_free(&mp3);
	return err;
}

/* Any byte of the sound, changed in any way, is found. The ID3v2 tag before it is not of it, nor is what fills up the
 * first frame behind what that tells. */
static void flips(const char *bitrate)
{
	struct profile of;
	int fd = encoded(bitrate, &of), found = 0;
	int cuts = 0;
	off_t bytes = lseek(fd, 0, SEEK_END), at;
	uint8_t head[10], was, is;
	int tag;

	is_int(verdict(fd, &of), 0, "%s: a good one is good", bitrate);
	is_int(pread(fd, head, 10, 0), 10, "%s: its tag", bitrate);
	tag = 10 + (head[8] << 7) + head[9];
	for (int i = 0; i < FLIPS; i++) {
		at = tag + (off_t)random_below(&seed, (size_t)(bytes - tag));
		if (at >= tag + INFO_TOLD && at < tag + INFO_FRAME)
			at += INFO_FRAME - INFO_TOLD;
		if (pread(fd, &was, 1, at) != 1)
			abort();
		is = (uint8_t)(was ^ (1 + random_below(&seed, 255)));
		found += pwrite(fd, &is, 1, at) == 1 && verdict(fd, &of) == EXIT_DATA;
		if (pwrite(fd, &was, 1, at) != 1)
			abort();
	}
	is_int(found, FLIPS, "%s: every one with a byte wrong is found", bitrate);
	is_int(verdict(fd, &of), 0, "%s: the last was put back", bitrate);
	for (off_t cut = bytes - 1; cut > 0; cut -= bytes / 37) {
		if (ftruncate(fd, cut) == -1)
			abort();
		found += verdict(fd, &of) == EXIT_DATA;
		cuts++;
	}
	is_int(found, FLIPS + cuts, "%s: and every one that is cut off", bitrate);
	profile_free(&of);
	close(fd);
}

/* Constant samples of a level, so many. */
static void level(struct profile *p, int16_t value, int frames)
{
	for (int i = 0; i < frames; i++)
		profile_add(p, &value, 1);
}

/* Of two seconds and a bit, the second of which has this value. */
static struct profile with(int16_t second, int rest)
{
	struct profile p;

	profile_init(&p, RATE, 1);
	level(&p, 1000, RATE);
	level(&p, second, RATE);
	level(&p, 1000, rest);
	if (profile_end(&p))
		abort();
	return p;
}

static void profiles(void)
{
	static const struct {
		int16_t value;
		int rest, want;
		const char *what;
	} cases[] = {
		{1000, 10, 0, "the same"},
		{1200, 10, 0, "1.6 dB louder"},
		{1300, 10, EXIT_DATA, "2.3 dB louder"},
		{780, 10, EXIT_DATA, "2.2 dB softer"},
		{0, 10, EXIT_DATA, "silence"},
		{1000, 11, EXIT_DATA, "a sample longer"},
		{1000, 9, EXIT_DATA, "a sample shorter"},
	};
	struct profile of = with(1000, 10), copy, quiet, none;

	is_int(of.n, 2, "the rest is part of the second before");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		copy = with(cases[i].value, cases[i].rest);
		is_int(profile_compare(&copy, &of, -1), cases[i].want, "%s", cases[i].what);
		profile_free(&copy);
	}
	profile_free(&of);
	of = with(0, 10);
	copy = with(45, 10);
	is_int(profile_compare(&copy, &of, -1), 0, "silence beside sound may hear it coming");
	profile_free(&copy);
	copy = with(80, 10);
	is_int(profile_compare(&copy, &of, -1), EXIT_DATA, "but not as loud as this");
	profile_free(&copy);
	profile_init(&quiet, RATE, 1);
	profile_init(&none, RATE, 1);
	level(&quiet, 20, RATE);
	level(&none, 0, RATE);
	is_int(profile_end(&quiet) | profile_end(&none), 0, "a second of what nobody hears");
	is_int(profile_compare(&none, &quiet, -1), 0, "may become silence");
	profile_free(&of);
	profile_free(&quiet);
	profile_free(&none);
}

static void bitrates(void)
{
	static const char *const bad[] = {"", "V", "V10", "V-1", "7k", "321", "128kk", "k", "12x"};
	struct encode_want w;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		is_int(encode_parse(bad[i], &w), -1, "'%s' is no bit rate", bad[i]);
	is_int(encode_parse("V0", &w), 0, "V0");
	ok(w.vbr && w.quality == 0, "is variable");
	is_int(encode_parse("128k", &w), 0, "128k");
	ok(!w.vbr && w.kbps == 128, "is constant");
}

int main(void)
{
	char dir[] = "/tmp/callpipe-mp3batch-XXXXXX", cmd[64];

	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	sources();
	make_source("x.s16", SECONDS);
	flips("V5");
	flips("32k");
	profiles();
	bitrates();
	if (chdir("/"))
		return 1;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	return system(cmd) != 0 || done_testing();
}
