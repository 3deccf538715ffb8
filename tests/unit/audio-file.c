#include "audio/file.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

static bool library_hidden; /* dlopen finds nothing */

void *dlopen(const char *name, int flags)
{
	static void *(*real)(const char *, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "dlopen");
	return library_hidden ? NULL : real(name, flags);
}

static void put(const char *name, const void *p, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || close(fd) < 0)
		abort();
}

/* Load, and give the reason, or "" and what was read. */
static const char *load(const char *name, int rate_hz, int max_s, int16_t **ret, size_t *ret_n)
{
	*ret = NULL;
	*ret_n = 0;
	return audio_file_load(name, rate_hz, max_s, ret, ret_n) < 0 ? audio_file_error() : "";
}

static void refused(const char *name, int max_s, const char *reason)
{
	int16_t *s;
	size_t n;

	is_str(load(name, 8000, max_s, &s, &n), reason, "%s: %s", name, reason);
	ok(!s && n == 0, "%s: nothing is returned", name);
	free(s);
}

/* A WAV file of `frames` frames of floats (format 3) or 16 bit samples (format 1), and what its header claims. */
static void put_wav(const char *name, int format, int channels, int rate_hz, const void *data,
	uint32_t bytes, uint32_t claimed)
{
	int width = format == 3 ? 4 : 2;
	uint8_t *file = malloc(44 + bytes), *p = file;
	const uint32_t words[] = {0x46464952, claimed + 36, 0x45564157, 0x20746d66, 16,
		(uint32_t)(format | channels << 16), (uint32_t)rate_hz,
		(uint32_t)(rate_hz * channels * width),
		(uint32_t)(channels * width | width * 8 << 16), 0x61746164, claimed};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (int k = 0; k < 4; k++)
			*p++ = (uint8_t)(words[i] >> 8 * k);
	memcpy(p, data, bytes);
	put(name, file, 44 + bytes);
	free(file);
}

static void test_without_library(void)
{
	static const int16_t sound[] = {1, -2, 3};
	int16_t *s;
	size_t n;

	library_hidden = true;
	ok(audio_file_save("plain.wav", 8000, sound, 3) == 0, "saving needs no library");
	refused("plain.wav", 10, "libsndfile.so.1 is not installed");
	put("plain.s16", "\1\0\xfe\xff", 4);
	is_str(load("plain.s16", 8000, 10, &s, &n), "", "*.s16 needs no library");
	ok(n == 2 && s[0] == 1 && s[1] == -2, "it is read as it is");
	library_hidden = false;
	free(s);
}

static void test_without_resampler(void)
{
	static const int16_t sound[100];
	int16_t *s;
	size_t n;

	put_wav("wide.wav", 1, 1, 16000, sound, sizeof(sound), sizeof(sound));
	is_str(load("wide.wav", 16000, 10, &s, &n), "",
		"a file of the wanted rate needs no resampling");
	free(s);
	put_wav("odd.wav", 1, 1, 22050, sound, sizeof(sound), sizeof(sound));
	library_hidden = true;
	is_str(load("wide.wav", 8000, 10, &s, &n), "", "nor one of twice that rate the library");
	free(s);
	refused("odd.wav", 10, "libsamplerate.so.0 is not installed");
	library_hidden = false;
}

static void test_round_trip(void)
{
	static int16_t sound[65536];
	int16_t *s;
	size_t n;

	for (int i = 0; i < 65536; i++)
		sound[i] = (int16_t)(i - 32768);
	is_int(audio_file_save("all.wav", 16000, sound, 65536), 0, "save every value");
	is_str(load("all.wav", 16000, 10, &s, &n), "", "load it");
	ok(n == 65536 && memcmp(s, sound, sizeof(sound)) == 0, "the same samples");
	free(s);
	is_str(load("all.wav", 8000, 10, &s, &n), "", "load it at half the rate");
	ok(n >= 32767 && n <= 32769, "half as many samples: %zu", n);
	free(s);
}

static void test_formats(void)
{
	static const float odd[] = {0.5F, 1.5F, -2.0F, NAN, INFINITY, -INFINITY};
	static const int16_t stereo[] = {100, 300, -32768, -32768, 32767, -32767, 32767, 32767};
	int16_t *s;
	size_t n;

	put_wav("stereo.wav", 1, 2, 8000, stereo, sizeof(stereo), sizeof(stereo));
	is_str(load("stereo.wav", 8000, 10, &s, &n), "", "stereo");
	ok(n == 4 && s[0] == 200 && s[1] == -32768 && s[2] == 0 && s[3] == 32767,
		"is the mean of its channels");
	free(s);
	put_wav("float.wav", 3, 1, 8000, odd, sizeof(odd), sizeof(odd));
	is_str(load("float.wav", 8000, 10, &s, &n), "", "floats, with what is none");
	ok(n == 6 && s[0] == 16384 && s[1] == 32767 && s[2] == -32768 && s[3] == 0 &&
			s[4] == 32767 && s[5] == -32768,
		"are clipped");
	free(s);
	put("half.s16", "\1\0\2", 3);
	is_str(load("half.s16", 8000, 10, &s, &n), "", "s16 with half a sample at its end");
	is_int(n, 1, "which is dropped");
	free(s);
	put_wav("cut.wav", 1, 1, 8000, stereo, sizeof(stereo), 4000000);
	is_str(load("cut.wav", 8000, 10, &s, &n), "", "a recording that was cut off");
	is_int(n, 8, "gives what is there");
	free(s);
}

/* Blocks of any size give what a load gives. */
static void test_blocks(void)
{
	static const struct {
		const char *name;
		int rate_hz;
	} files[] = {{"noise.wav", 8000}, {"noise.wav", 16000}, {"noise.s16", 8000}};
	static int16_t sound[20000], got[20001];
	struct audio_file *f;
	uint64_t seed = 1;
	int16_t *whole;
	ssize_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(sound); i++)
		sound[i] = (int16_t)random_below(&seed, 65536);
	ok(audio_file_save("noise.wav", 16000, sound, ARRAY_LEN(sound)) == 0, "noise");
	put("noise.s16", sound, sizeof(sound));
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		size_t all, done = 0;

		is_str(load(files[i].name, files[i].rate_hz, 10, &whole, &all), "", "%s at %d Hz",
			files[i].name, files[i].rate_hz);
		is_int(audio_file_open(files[i].name, files[i].rate_hz, &f), 0, "opened");
		do {
			size_t want = 1 + random_below(&seed, 3000);

			if (want > ARRAY_LEN(got) - done)
				want = ARRAY_LEN(got) - done;
			n = audio_file_read(f, got + done, want);
			done += n > 0 ? (size_t)n : 0;
		} while (n > 0);
		ok(n == 0 && done == all && memcmp(got, whole, all * 2) == 0,
			"the same in blocks: %zu samples of %zu", done, all);
		audio_file_close(f);
		free(whole);
	}
}

/* As floats nothing is rounded or clipped, but for what is no sound. */
static void test_floats(void)
{
	static const float odd[] = {0.5F, 1.5F, 1e-6F, NAN, INFINITY};
	static const int16_t whole[] = {5, -32768};
	struct audio_file *f;
	float got[8] = {0};

	put_wav("float.wav", 3, 1, 8000, odd, sizeof(odd), sizeof(odd));
	is_int(audio_file_open("float.wav", 8000, &f), 0, "a file of floats");
	is_int(audio_file_read_float(f, got, 2), 2, "two of them");
	is_int(audio_file_read_float(f, got + 2, 6), 3, "and three");
	is_int(audio_file_read_float(f, got + 5, 1), 0, "and no more");
	ok(got[0] == 16384 && got[1] == 49152 && got[2] == 1e-6F * 32768, "as they are");
	ok(got[3] == 0 && got[4] > 32768 && isfinite(got[4]), "but for what is none");
	ok(!audio_file_cut(f), "it is whole");
	audio_file_close(f);
	put("whole.s16", whole, sizeof(whole));
	is_int(audio_file_open("whole.s16", 8000, &f), 0, "samples without a header");
	is_int(audio_file_read_float(f, got, 8), 2, "are read");
	ok(got[0] == 5 && got[1] == -32768 && !audio_file_cut(f), "and are floats");
	audio_file_close(f);
}

/* Half of an Ogg file, whose end says how long it is (SoX makes it). */
static void test_cut(void)
{
	static const int16_t sound[20000] = {1, 5000, -3};
	struct audio_file *f;
	float got[4096];
	struct stat st;

	put_wav("long.wav", 1, 1, 8000, sound, sizeof(sound), sizeof(sound));
	if (system("sox long.wav -r 8000 long.ogg synth whitenoise 2>&1") != 0 ||
		stat("long.ogg", &st) < 0 || truncate("long.ogg", st.st_size / 2) < 0)
		abort();
	is_int(audio_file_open("long.ogg", 8000, &f), 0, "half a file");
	ok(!audio_file_cut(f), "is not known to be one at first");
	while (audio_file_read_float(f, got, ARRAY_LEN(got)) > 0)
		;
	ok(audio_file_cut(f), "but at its end");
	audio_file_close(f);
}

static void test_refused(void)
{
	static const int16_t second[16100];

	put("empty.wav", "", 0);
	put("empty.s16", "", 0);
	put("one.s16", "x", 1);
	put("text.wav", "This is no sound at all, but a line of text.\n", 45);
	put("garbage.wav", "RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff\x12\x34", 22);
	put_wav("nothing.wav", 1, 1, 8000, "", 0, 0);
	put_wav("slow.wav", 1, 1, 4000, second, 1000, 1000);
	put_wav("second.wav", 1, 1, 8000, second, 16000, 16000);
	put_wav("longer.wav", 1, 1, 8000, second, 16002, 16002);
	put_wav("resampled.wav", 1, 1, 16000, second, 32200, 32200);
	put("longer.s16", second, 16002);
	if (mkdir("folder", 0700) < 0 || mkfifo("fifo", 0600) < 0)
		abort();

	refused("absent.wav", 10, "No such file or directory");
	refused("folder", 10, "not a regular file");
	refused("fifo", 10, "not a regular file");
	refused("/dev/zero", 10, "not a regular file");
	refused("empty.wav", 10, "empty file");
	refused("empty.s16", 10, "empty file");
	refused("one.s16", 10, "no sound in it");
	refused("nothing.wav", 10, "no sound in it");
	refused("text.wav", 10, "libsndfile: Format not recognised");
	refused("slow.wav", 10, "4000 Hz is not within 8000 to 192000");
	refused("longer.wav", 1, "longer than 1 s");
	refused("longer.s16", 1, "longer than 1 s");
	refused("resampled.wav", 1, "longer than 1 s");

	int16_t *s;
	size_t n;
	is_str(load("second.wav", 8000, 1, &s, &n), "", "exactly as long as allowed");
	is_int(n, 8000, "one second");
	free(s);
	ok(load("garbage.wav", 8000, 1, &s, &n)[0] != '\0', "garbage is refused: %s",
		audio_file_error());
	ok(load("second.wav", 100, 1, &s, &n)[0] != '\0', "a rate that cannot be had: %s",
		audio_file_error());
	is_int(audio_file_save("absent/x.wav", 8000, second, 1), -1,
		"saving where there is no folder");
	is_str(audio_file_error(), "No such file or directory", "says why");
	is_int(audio_file_save("/dev/full", 8000, second, 1), -1, "saving on a full disk");
	is_str(audio_file_error(), "No space left on device", "says why");
}

/* A whole hour, and a file that claims to be 4 GB: bounded by what is asked for. */
static void test_huge(void)
{
	int16_t *s;
	size_t n;
	int fd;

	put_wav("hour.wav", 1, 1, 8000, "", 0, 3600 * 16000);
	fd = open("hour.wav", O_WRONLY);
	if (fd < 0 || ftruncate(fd, 44 + 3600 * 16000) < 0 || close(fd) < 0)
		abort();
	is_str(load("hour.wav", 8000, AUDIO_FILE_MAX_S, &s, &n), "", "an hour");
	is_int(n, 3600 * 8000, "of samples");
	free(s);
	refused("hour.wav", 3599, "longer than 3599 s");

	put("sparse.s16", "", 0);
	if (truncate("sparse.s16", INT64_C(1) << 40) < 0)
		abort();
	refused("sparse.s16", 10, "longer than 10 s");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	return remove(path);
}

int main(void)
{
	char folder[4096];

	snprintf(folder, sizeof(folder), "%s/audio-file.XXXXXX",
		getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(folder) || chdir(folder) < 0)
		abort();
	test_without_library();
	test_without_resampler();
	test_round_trip();
	test_formats();
	test_blocks();
	test_floats();
	test_cut();
	test_refused();
	test_huge();
	ok(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0, "clean up");
	return done_testing();
}
