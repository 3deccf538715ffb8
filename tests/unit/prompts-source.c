#include "source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audio/file.h"
#include "random.h"
#include "tap.h"

static char path[] = "/tmp/callpipe-prompts-XXXXXX";
static char why[WHY_MAX];

static void put(const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write_all(fd, p, n) < 0 || close(fd) < 0)
		abort();
}

static int16_t sound[8000];

static void save(void)
{
	for (size_t i = 0; i < ARRAY_LEN(sound); i++)
		sound[i] = (int16_t)(i * 7);
	if (audio_file_save(path, 8000, sound, ARRAY_LEN(sound)) < 0)
		abort();
}

static void test_changed(void)
{
	struct source s;
	float *x = NULL;
	size_t n;

	save();
	is_int(source_open(path, &s, why), 0, "a source");
	is_int(source_load(&s, 8000, &x, &n, why), 0, "is loaded");
	ok(n == ARRAY_LEN(sound) && x[100] == 700, "as it is");
	free(x);
	x = NULL;
	sound[5] = 1;
	if (audio_file_save(path, 8000, sound, ARRAY_LEN(sound)) < 0)
		abort();
	is_int(source_load(&s, 8000, &x, &n, why), EXIT_TRY_AGAIN, "written to since");
	ok(!x, "it is not: %s", why);
	is_int(source_open(path, &s, why), 0, "looked at again");
	if (truncate(path, 1000) < 0)
		abort();
	ok(source_load(&s, 8000, &x, &n, why) != 0 && !x, "made shorter since: %s", why);
}

/* The header says `claimed` bytes of samples, 1000 are there. */
static int opened(uint32_t claimed)
{
	uint8_t file[1044] = {0};
	struct source s;

	memcpy(file, "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data",
		40);
	for (int i = 0; i < 4; i++)
		file[40 + i] = (uint8_t)(claimed >> 8 * i);
	put(file, sizeof(file));
	return source_open(path, &s, why);
}

static void test_claims(void)
{
	is_int(opened(1000), 0, "a size that is right");
	is_int(opened(500), 0, "there may be more behind it");
	is_int(opened(1036), 0, "a header that was counted, too");
	is_int(opened(1200), EXIT_DATA, "200 bytes that are not there");
	is_str(why, "cut off: 1044 of 1244 bytes are there", "are missed");
	is_int(opened(0x7ffff000), 0, "written to a pipe by espeak-ng");
	is_int(opened(0xffffffff), 0, "or by others");
}

/* Any bytes behind the beginning of a header: an answer, and no chunk is followed for ever. */
static void test_garbage(void)
{
	static const char *const heads[] = {"RIFF", "RIFX", "FORM", ".snd"};
	uint64_t seed = 11;
	uint8_t file[200];
	struct source s;
	size_t n = 0;

	for (int i = 0; i < 4000; i++) {
		for (size_t k = 0; k < sizeof(file); k++)
			file[k] = (uint8_t)(random_below(&seed, 4) ? 0 : random_below(&seed, 256));
		memcpy(file, heads[i % 4], 4);
		put(file, 1 + random_below(&seed, sizeof(file)));
		n += source_open(path, &s, why) == 0;
	}
	ok(n > 0 && n < 4000, "of 4000 headers of garbage %zu say nothing that is wrong", n);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0 || close(fd) < 0)
		return 1;
	test_changed();
	test_claims();
	test_garbage();
	unlink(path);
	return done_testing();
}
