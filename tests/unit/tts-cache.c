/* The cache: what was put is got, what is damaged is not, what is old goes. */
#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"

#define RATE 8000
#define DAY_S 86400

static char dir[] = "/tmp/tts-cache.XXXXXX";
static struct cache cache;

/* A key, and samples of its own. */
static const char *key_of(int i)
{
	static char key[CACHE_KEY_MAX];

	cache_key(&i, sizeof(i), key);
	return key;
}

static void fill(int i, uint8_t *bytes, size_t n)
{
	uint64_t seed = (uint64_t)i;

	random_fill(&seed, bytes, n);
}

static bool put(int i, size_t n)
{
	static uint8_t bytes[1 << 20];

	fill(i, bytes, n);
	return cache_put(&cache, key_of(i), RATE, bytes, n) == 0;
}

/* It is there, and as it was put. */
static bool got(int i, size_t n)
{
	static uint8_t bytes[1 << 20];
	struct dynbuf b;
	bool same;

	fill(i, bytes, n);
	dynbuf_init(&b, sizeof(bytes));
	same = cache_get(&cache, key_of(i), RATE, &b) && b.n == n && memcmp(b.p, bytes, n) == 0;
	dynbuf_free(&b);
	return same;
}

/* Path of the file of a key, in a folder of several. */
static const char *path_of(int i)
{
	static char path[PATH_MAX];
	const char *key = key_of(i);
	struct dirent *entry;
	DIR *d;

	path[0] = '\0';
	snprintf(path, sizeof(path), "%s/%.2s", dir, key);
	d = opendir(path);
	path[0] = '\0';
	while (d && (entry = readdir(d))) {
		if (strncmp(entry->d_name, key, CACHE_KEY_MAX - 1) == 0)
			snprintf(path, sizeof(path), "%s/%.2s/%s", dir, key, entry->d_name);
	}
	if (d)
		closedir(d);
	return path;
}

static void age(int i, int64_t seconds)
{
	struct timespec at[2];

	clock_gettime(CLOCK_REALTIME, &at[0]);
	at[0].tv_sec -= seconds;
	at[1] = at[0];
	utimensat(AT_FDCWD, path_of(i), at, 0);
}

static void write_to(const char *path, const char *text, int flags, off_t at)
{
	int fd = open(path, O_WRONLY | flags, 0640);

	if (fd < 0 || pwrite(fd, text, strlen(text), at) < 0)
		abort();
	close(fd);
}

static void test_names(void)
{
	char key[CACHE_KEY_MAX];

	cache_key("abc", 3, key);
	is_str(key, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"a key is a SHA-256");
	is_int(cache_crc("123456789", 9), 0xcbf43926, "the check value of CRC-32");
	is_int(cache_crc("", 0), 0, "of nothing");
}

static void test_put(void)
{
	struct dynbuf small;

	ok(!got(1, 1000), "an empty cache");
	ok(put(1, 1000) && got(1, 1000), "what was put is got");
	ok(!got(2, 1000), "another is not");
	ok(put(1, 1000) && got(1, 1000), "put again");
	dynbuf_init(&small, 999);
	ok(!cache_get(&cache, key_of(1), RATE, &small) && small.n == 0,
		"what does not fit is not got");
	dynbuf_free(&small);
	dynbuf_init(&small, 10000);
	ok(!cache_get(&cache, key_of(1), 16000, &small), "nor at another rate");
	dynbuf_free(&small);
}

static void test_damage(void)
{
	ok(put(3, 4000) && truncate(path_of(3), 3998) == 0 && !got(3, 4000), "cut off");
	is_str(path_of(3), "", "and removed");
	ok(put(3, 4000) && truncate(path_of(3), 4002) == 0 && !got(3, 4000), "too long");
	ok(put(3, 4000), "again");
	write_to(path_of(3), "x", 0, 1234);
	ok(!got(3, 4000) && !*path_of(3), "a byte changed");
	ok(put(3, 4000) && got(3, 4000), "made again it is good");
}

static int fail_errno(struct cache *c)
{
	int result = cache_put(c, key_of(9), RATE, "abcd", 4);

	return result < 0 ? errno : 0;
}

static void test_failure(void)
{
	struct cache none, bad;
	char path[PATH_MAX];

	ok(cache_init(&none, "") == 0 && cache_put(&none, key_of(9), RATE, "abcd", 4) == 0,
		"no cache keeps nothing");
	snprintf(path, sizeof(path), "%s/file", dir);
	write_to(path, "x", O_CREAT, 0);
	ok(cache_init(&bad, path) == 0, "a file where the folder should be");
	is_int(fail_errno(&bad), ENOTDIR, "it cannot be kept");
	is_int(fail_errno(&bad), 0, "which is said once");
	ok(cache_sweep(&bad, 1, 1) < 0, "nor swept");
}

static void test_sweep(void)
{
	char tmp[PATH_MAX];

	for (int i = 10; i < 20; i++) {
		if (!put(i, 100000))
			abort();
		age(i, (i - 10) * 3 * DAY_S + 100);
	}
	snprintf(tmp, sizeof(tmp), "%s/%.2s/.1.2.tmp", dir, key_of(10));
	write_to(tmp, "x", O_CREAT, 0);
	ok(cache_sweep(&cache, 1 << 30, 20) == 0, "what is older than 20 days goes");
	ok(got(10, 100000) && *path_of(16) && !*path_of(17) && !*path_of(19), "and only that");
	is_int(access(tmp, F_OK), 0, "a file that is being written stays");
	utimensat(AT_FDCWD, tmp, (struct timespec[2]){{1000, 0}, {1000, 0}}, 0);
	ok(got(16, 100000), "used, the oldest of the rest is the youngest");
	ok(cache_sweep(&cache, 500000, 0) == 0, "what is more than 500 kB goes, oldest first");
	ok(*path_of(16) && *path_of(10) && !*path_of(15) && !*path_of(14), "the unused");
	is_int(access(tmp, F_OK), -1, "a file that nobody will finish is gone");
}

/* Several processes put and get the same keys: what is got is always whole. */
static void test_many(void)
{
	int status, failed = 0;

	for (int k = 0; k < 4; k++) {
		if (fork() == 0) {
			bool good = true;

			for (int i = 0; i < 100; i++)
				good = good && put(50 + i % 5, 20000) && got(50 + i % 5, 20000);
			_exit(!good);
		}
	}
	while (wait(&status) > 0)
		failed += status != 0;
	is_int(failed, 0, "four processes at once");
}

static void remove_all(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", dir, NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

int main(void)
{
	char nested[PATH_MAX];

	if (!mkdtemp(dir))
		return 1;
	snprintf(nested, sizeof(nested), "%s/a/b/c", dir);
	test_names();
	ok(cache_init(&cache, nested) == 0 && put(1, 10) && got(1, 10),
		"folders are made as they are needed");
	if (cache_init(&cache, dir) < 0)
		return 1;
	test_put();
	test_damage();
	test_failure();
	test_sweep();
	test_many();
	remove_all();
	return done_testing();
}
