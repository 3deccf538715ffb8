#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/callpipe-util-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void test_time(void)
{
	char text[25];
	int64_t a = now_ns();
	int y, mo, d, h, mi, s, ms, end = 0;

	ok(a > 0 && now_ns() >= a, "monotonic time does not go back");
	wall_time(text, sizeof(text));
	ok(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &y, &mo, &d, &h, &mi, &s, &ms, &end) ==
				7 &&
			end == 24 && text[24] == '\0',
		"wall time %s is RFC 3339 in 24 bytes", text);
}

/* Test vectors of the draft. */
static void test_hash_text(void)
{
	ok(hash_text("") == UINT64_C(0xcbf29ce484222325), "of nothing");
	ok(hash_text("a") == UINT64_C(0xaf63dc4c8601ec8c), "of a letter");
	ok(hash_text("foobar") == UINT64_C(0x85944171f73967e8), "of a word");
}

static void test_parse_age(void)
{
	static const struct {
		const char *s;
		int64_t want; /* -1: EINVAL, -2: ERANGE */
	} t[] = {{"0", 0}, {"90s", 90}, {"15m", 900}, {"24h", 86400}, {"30d", 30 * 86400},
		{"4w", 28 * 86400}, {"", -1}, {"d", -1}, {"5", -1}, {"5x", -1}, {"-5d", -2},
		{"1.5h", -1}, {"5 d", -1}, {"9999999999w", -2},
		{"99999999999999999999999999d", -1}};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		int64_t v = 0;
		int64_t got = parse_age(t[i].s, &v) == 0 ? v : errno == EINVAL ? -1 : -2;

		is_int(got, t[i].want, "age '%s'", t[i].s);
	}
}

static void test_parse_int(void)
{
	static const struct {
		const char *s;
		int64_t min, max, want;
		int err;
	} t[] = {
		{"0", 0, 0, 0, 0},
		{"-5", -5, 5, -5, 0},
		{"007", 0, 9, 7, 0},
		{"9223372036854775807", 0, INT64_MAX, INT64_MAX, 0},
		{"-9223372036854775808", INT64_MIN, 0, INT64_MIN, 0},
		{"9223372036854775808", INT64_MIN, INT64_MAX, 0, ERANGE},
		{"6", -5, 5, 0, ERANGE},
		{"-6", -5, 5, 0, ERANGE},
		{"", 0, 9, 0, EINVAL},
		{"-", 0, 9, 0, EINVAL},
		{"--1", 0, 9, 0, EINVAL},
		{"+1", 0, 9, 0, EINVAL},
		{" 1", 0, 9, 0, EINVAL},
		{"1 ", 0, 9, 0, EINVAL},
		{"1x", 0, 9, 0, EINVAL},
		{"0x1", 0, 9, 0, EINVAL},
		{"1.0", 0, 9, 0, EINVAL},
		{"99999999999999999999x", 0, 9, 0, EINVAL},
	};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		int64_t v = 4711;
		int err = parse_int(t[i].s, t[i].min, t[i].max, &v) == 0 ? 0 : errno;

		ok(err == t[i].err && v == (err ? 4711 : t[i].want), "integer '%s'", t[i].s);
	}
}

static void test_format_path(void)
{
	char path[PATH_MAX], name[PATH_MAX];

	ok(format_path(path, "%s/%s", "/a", "b") == 0, "a path");
	is_str(path, "/a/b", "of parts");
	memset(name, 'x', sizeof(name));
	name[PATH_MAX - 2] = '\0';
	ok(format_path(path, "/%s", name) == 0 && strlen(path) == PATH_MAX - 1,
		"as long as a path may be");
	errno = 0;
	ok(format_path(path, "//%s", name) == -1 && errno == ENAMETOOLONG, "and a byte more");
}

static void test_files(void)
{
	char *p = NULL;
	size_t n = 0;
	struct stat st;
	mode_t mask = umask(022);

	ok(read_file(in_dir("none"), 10, &p, &n) == -1 && errno == ENOENT && !p, "no such file");
	ok(replace_file(in_dir("f"), "one", 3) == 0, "a new file");
	ok(read_file(in_dir("f"), 3, &p, &n) == 0 && n == 3, "read at exactly the limit");
	is_str(p ? p : "", "one", "its content, NUL-terminated");
	free(p);
	p = NULL;
	ok(read_file(in_dir("f"), 2, &p, &n) == -1 && errno == EFBIG && !p,
		"one byte above the limit");
	ok(stat(in_dir("f"), &st) == 0 && (st.st_mode & 0777) == 0640, "mode 0640");
	umask(077);
	ok(replace_file(in_dir("f"), "", 0) == 0, "replaced by nothing");
	ok(stat(in_dir("f"), &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 0,
		"the umask is obeyed");
	umask(mask);
	ok(read_file(in_dir("f"), 0, &p, &n) == 0 && n == 0 && *p == '\0',
		"an empty file, limit 0");
	free(p);
	ok(replace_file(in_dir("no/f"), "x", 1) == -1 && errno == ENOENT, "no such directory");
	mkdir(in_dir("d"), 0700);
	ok(replace_file(in_dir("d"), "x", 1) == -1, "a directory is not replaced");
	rmdir(in_dir("d"));
	unlink(in_dir("f"));
	ok(rmdir(dir) == 0, "no temporary file is left");
	ok(mkdir(dir, 0700) == 0, "directory again");
}

/* A reader looks at the file all the time while it is replaced: it must see one of two whole
 * texts. */
static void test_replace_atomic(void)
{
	static char a[20000], b[30000];
	pid_t reader;
	int status = -1;

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	ok(replace_file(in_dir("v"), a, sizeof(a)) == 0, "first version");
	reader = fork();
	if (reader == 0) {
		for (int i = 0; i < 2000; i++) {
			char *p;
			size_t n;

			if (read_file(in_dir("v"), 65536, &p, &n) == -1)
				_exit(1);
			if ((n != sizeof(a) || memcmp(p, a, n) != 0) &&
				(n != sizeof(b) || memcmp(p, b, n) != 0))
				_exit(2);
			free(p);
		}
		_exit(0);
	}
	for (int i = 0; waitpid(reader, &status, WNOHANG) == 0; i++) {
		if (replace_file(in_dir("v"), i % 2 ? a : b, i % 2 ? sizeof(a) : sizeof(b)) == -1)
			break;
	}
	is_int(status, 0, "a reader sees the old or the new file, whole");
	unlink(in_dir("v"));
}

static void test_write_all(void)
{
	static char big[300000];
	int fd[2], full = open("/dev/full", O_WRONLY);
	size_t n = 0;
	ssize_t got;
	pid_t writer;
	int status;

	ok(write_all(full, "x", 1) == -1 && errno == ENOSPC, "disk full");
	close(full);
	if (pipe(fd) == -1)
		return;
	writer = fork();
	if (writer == 0)
		_exit(write_all(fd[1], big, sizeof(big)) == 0 ? 0 : 1);
	close(fd[1]);
	while ((got = read(fd[0], big, 1000)) > 0)
		n += (size_t)got;
	close(fd[0]);
	waitpid(writer, &status, 0);
	ok(status == 0 && n == sizeof(big), "more than a pipe holds");
}

static void test_fds(void)
{
	int fd[2], other[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1 || pipe(other) == -1)
		return;
	ok(same_file(fd[0], dup(fd[0])), "a duplicate is the same socket");
	ok(!same_file(fd[0], fd[1]), "two ends are not");
	ok(!same_file(fd[0], other[0]), "a socket is no pipe");
	ok(!same_file(-1, -1), "a closed descriptor is nothing");

	for (int closed = 0; closed < 8; closed++) {
		child = fork();
		if (child == 0) {
			for (int i = 0; i < 3; i++) {
				if (closed >> i & 1)
					close(i);
			}
			if (ensure_std_fds() == -1)
				_exit(1);
			for (int i = 0; i < 3; i++) {
				if (fcntl(i, F_GETFD) == -1)
					_exit(2);
			}
			if ((closed & 1 && read(0, &closed, 1) != -1) ||
				(closed & 2 && write(1, "", 1) != -1))
				_exit(4);
			_exit(open("/dev/null", O_RDONLY) > 2 ? 0 : 3);
		}
		waitpid(child, &status, 0);
		is_int(status, 0, "standard descriptors, closed mask %d", closed);
	}
}

static void test_hex(void)
{
	char text[9] = "--------";

	is_str(hex_text("\x00\x0a\xff", 3, text), "000aff", "bytes as digits");
	ok(text[7] == '-', "and nothing behind them");
	is_str(hex_text(NULL, 0, text), "", "of none, none");
}

static void test_endian(void)
{
	uint8_t b[2];

	put_be16(b, 0x1234);
	ok(b[0] == 0x12 && b[1] == 0x34 && get_be16(b) == 0x1234, "big endian");
	put_le16s(b, -2);
	ok(b[0] == 0xfe && b[1] == 0xff && get_le16s(b) == -2, "little endian, signed");
	put_le16s(b, INT16_MIN);
	is_int(get_le16s(b), INT16_MIN, "lowest sample");
}

int main(void)
{
	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	test_time();
	test_parse_int();
	test_parse_age();
	test_hash_text();
	test_format_path();
	test_files();
	test_replace_atomic();
	test_write_all();
	test_fds();
	test_hex();
	test_endian();
	rmdir(dir);
	return done_testing();
}
